"""HTML, front matter and anchors of a Markdown document, painted over as Markdown.

Every character keeps its offset: a tag becomes blanks, line ends and Markdown's own signs, as many
as it has characters. What is no known tag stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?\r?\n)?---[ \t]*(?:\r?\n|$)", re.DOTALL)
_TITLE = re.compile(r"""^title:[ \t]*(?:"(.+)"|'(.+)'|(\S.*?))[ \t]*\r?$""", re.MULTILINE)
_KEY = re.compile(r"^[A-Za-z_][\w-]*:", re.MULTILINE)
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
_SIGNS = {"strong": "**", "b": "**"} | dict.fromkeys(("em", "i", "u", "mark", "span", "font"), "*")
_OPENING = {"li": "- ", "dt": "**", "summary": "**", "h1": "# ", "h2": "## "}
_OPENING |= {f"h{level}": "### " for level in range(3, 7)}
_CLOSING = {"dt": "**", "summary": "**"}


@dataclass(frozen=True)
class Painted:
    """A text as it is read. `tags` are the places of what was painted over, in order."""

    text: str
    title: tuple[int, int] | None = None  # of the front matter
    front: int = 0  # where the front matter ends
    tags: tuple[tuple[int, int, bool], ...] = ()  # and whether it goes on with its line

    def start(self, at: int) -> int:
        """Where a passage that would begin at an offset begins: never inside a tag."""
        return next((begin for begin, end, _ in self.tags if begin < at < end), at)

    def words(self, begin: int, end: int) -> tuple[int, int]:
        """Where words that would begin and end at two offsets do: no tag is cut; those that wrap a
        block are no words, those within a line are."""
        for start, stop, inline in self.tags:
            if start <= begin < stop:
                begin = start if inline else stop
        for start, stop, inline in reversed(self.tags):
            if start < end <= stop:
                end = stop if inline else start
        return begin, end


def painted(text: str) -> Painted:
    """What a text says, without its wrapping."""
    front, title = _front_matter(text)
    made = ["".join(c if c in "\r\n" else " " for c in text[:front])]
    line, at = "", front
    tags: list[tuple[int, int, bool]] = []
    for match in _PAINTED.finditer(text, front):
        between = text[at : match.start()]
        made.append(between)
        line = (line + between).rpartition("\n")[2]
        paint = _paint(match, line)
        made.append(paint)
        line = (line + paint).rpartition("\n")[2]
        at = match.end()
        tags.append((*match.span(), (match["name"] or "").lower() in _INLINE))
    made.append(text[at:])
    return Painted("".join(made).replace("\ufeff", " "), title, front, tuple(tags))


def _front_matter(text: str) -> tuple[int, tuple[int, int] | None]:
    """Where the front matter ends, and its title's place."""
    found = _FRONT_MATTER.match(text)
    if not found or not found[1] or not _KEY.match(found[1].lstrip()):
        return 0, None
    title = _TITLE.search(text, found.start(1), found.end())
    return found.end(), title and title.span(title.lastindex or 0)


def _paint(match: re.Match[str], line: str) -> str:
    """`line` is what stands before it on its line."""
    whole, name = match[0], (match["name"] or "").lower()
    width = len(whole)
    kept = "".join("\n" if c == "\n" else " " for c in whole)
    if name in _INLINE:
        signs = _SIGNS.get(name, "")
        return signs.rjust(width) if not match["close"] else signs.ljust(width)
    if not name or line.lstrip().startswith("|"):
        return kept
    if match["close"]:
        signs = _CLOSING.get(name, "")
        return (signs + "\n\n")[:width].ljust(width)
    signs = _OPENING.get(name, "")
    if name == "br" or not line.strip():
        return ("\n" * (name == "br") + signs.rjust(width - (name == "br")))[-width:]
    breaks = "\n\n" if width >= len(signs) + 2 else "\n"
    return (breaks + signs.rjust(width - len(breaks)))[:width]
