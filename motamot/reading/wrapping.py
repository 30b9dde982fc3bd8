"""HTML, front matter and anchors of a Markdown document, painted over as Markdown.

Every character keeps its offset: a tag becomes blanks, line ends and Markdown's own signs, as many
as it has characters. What is no known tag stays as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

_FRONT_MATTER = re.compile(  # between lines of dashes, or lines of "title: ..." before an empty one
    r"\ufeff?---[ \t]*\r?\n(?:\s*[A-Za-z_][\w-]*:.*?\r?\n)---[ \t]*(?:\r?\n|$)"
    r"|\ufeff?(?=(?:[a-z_]+:[^\n]*\n)*title:)(?:[a-z_]+:[^\n]*\n)+(?=\r?\n)",
    re.DOTALL,
)
_TITLE = re.compile(r"""^title:[ \t]*(?:"(.+)"|'(.+)'|(\S.*?))[ \t]*\r?$""", re.MULTILINE)
_BREAKS = (
    *("p", "div", "li", "ul", "ol", "center", "table", "thead", "tbody", "tr", "td", "th"),
    *("blockquote", "dl", "dt", "dd", "details", "summary", "section", "article", "br", "hr"),
    *(f"h{level}" for level in range(1, 7)),
)
_INLINE = ("strong", "b", "em", "i", "span", "font", "u", "mark", "sup", "sub", "small", "a")
_PAINTED = re.compile(
    r"<!--.*?-->"
    rf"|<(?P<close>/?)(?P<name>{'|'.join((*_BREAKS, *_INLINE))})(?:\s[^<>]*)?/?>"
    r"|&(?:nbsp|ensp|thinsp|\#160|\#xa0);"
    r"|(?<=\S)[ \t]*\{\#[^{}\s]*\}",
    re.IGNORECASE | re.DOTALL,
)
_SIGNS = dict.fromkeys(("strong", "b", "dt", "summary"), "**")  # around the words
_SIGNS |= dict.fromkeys(("em", "i", "u", "mark", "span", "font"), "*")
_MARKS = {"li": "- ", "h1": "# ", "h2": "## "} | {f"h{n}": "### " for n in range(3, 7)}  # before


@dataclass(frozen=True)
class Painted:
    """A text as it is read. `tags` are the places of what was painted over, in order."""

    text: str
    title: tuple[int, int] | None = None  # of the front matter
    front: int = 0  # where the front matter ends
    tags: tuple[tuple[int, int, bool], ...] = ()  # and whether it goes on with its line
    cells: tuple[tuple[int, int, int, int], ...] = ()  # (offset, table, row, column), from 1 on

    def start(self, at: int) -> int:
        """Where a passage that would begin at an offset begins: never inside a tag."""
        before = self.tags[: bisect_left(self.tags, (at,))]
        return before[-1][0] if before and at < before[-1][1] else at

    def words(self, begin: int, end: int) -> tuple[int, int]:
        """Where words that would begin and end at two offsets do: no tag is cut; those that wrap a
        block are no words, those within a line are."""
        for start, stop, inline in self.tags[max(0, bisect_left(self.tags, (begin + 1,)) - 1) :]:
            if not start <= begin < stop:
                break
            begin = start if inline else stop
        for start, stop, inline in reversed(self.tags[: bisect_left(self.tags, (end,))]):
            if not start < end <= stop:
                break
            end = stop if inline else start
        return begin, end


def painted(text: str) -> Painted:
    """What a text says, without its wrapping."""
    found = _FRONT_MATTER.match(text)
    front = found.end() if found else 0
    title = _TITLE.search(text, 0, front)
    made = [_blank(text[:front])]
    line, at = "", front  # what a line begins with, so far
    tags: list[tuple[int, int, bool]] = []
    cells = [(0, 0, 0, 0)]
    for match in _PAINTED.finditer(text, front):
        made.append(text[at : match.start()])
        line = _begins(line + made[-1])
        made.append(_paint(match, line))
        line = _begins(line + made[-1])
        at = match.end()
        tags.append((*match.span(), (match["name"] or "").lower() in _INLINE))
        cells.append((at, *_cell(match, *cells[-1][1:])))
    made.append(text[at:])
    place = title.span(title.lastindex or 0) if title else None
    return Painted("".join(made).replace("\ufeff", " "), place, front, tuple(tags), tuple(cells))


def _cell(match: re.Match[str], table: int, row: int, column: int) -> tuple[int, int, int]:
    """Which table, row and column follow a tag; column 0: none."""
    name, opens = (match["name"] or "").lower(), not match["close"]
    if name == "table":
        return table + opens, 0, 0
    if name == "tr":
        return table, row + opens, 0
    return table, row, column + (opens and name in ("td", "th"))


def _begins(text: str) -> str:
    """The first sign of the last line of a text, "" for none."""
    return text.rpartition("\n")[2].lstrip()[:1]


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)


def _paint(match: re.Match[str], line: str) -> str:
    """`line` is what its line begins with, nothing where it does."""
    width, name = len(match[0]), (match["name"] or "").lower()
    inline = name in _INLINE
    if not name or (line == "|" and not inline):
        return _blank(match[0])
    signs = _SIGNS.get(name, "")
    if match["close"]:
        return (signs if inline else signs + "\n\n")[:width].ljust(width)
    signs = signs or _MARKS.get(name, "")
    breaks = "\n" if name == "br" else "" if inline or not line else "\n\n"
    if width < len(signs) + len(breaks):
        breaks = breaks[:1]
    return (breaks + signs.rjust(width - len(breaks)))[:width]
