"""A document's blocks, line by line: what markdown-it-py sees, with the offsets of each line.

A `Unit` is the smallest thing that may begin a passage: one line of a block, or one table cell.
What a unit *is* (question, answer ...) is not decided here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from motamot.text.source import Lines

BlockKind = Literal["heading", "paragraph", "cell", "delimiter", "fence", "html", "rule", "other"]

# Container marks at the start of a line: block quotes, bullets, indentation.
_QUOTE = re.compile(r"[ \t]*>[ \t]?")
_BULLET = re.compile(r"[ \t]*(?:[-*+‣◦▪–]|[•·](?=[ \t]*\S))[ \t]*(?<![-*+‣◦▪–])(?=\S)")
_HASHES = re.compile(r"[ \t]*#{1,6}(?:[ \t]+|$)")
_CLOSING_HASHES = re.compile(r"[ \t]+#+[ \t]*$")
_DRAWN = re.compile(r"[ \t]*\+[-=+: ]{3,}\+[ \t]*$")  # the line between two rows of a drawn table
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class Unit:
    """One line of a block, or one cell. `text[start:end]` is the line, `text[body:tail]` its words
    without container marks, `#` signs or cell walls."""

    start: int
    end: int
    body: int
    tail: int
    block: int  # number of its block: units of one block are neighbours
    kind: BlockKind
    first: bool  # begins its block
    level: int = 0  # 1-6 for a heading
    quoted: bool = False
    bullet: bool = False  # the line begins a bulleted item
    depth: int = 0  # how many lists it stands in
    row: int = -1  # table row, counted over the document
    column: int = -1


@dataclass(frozen=True)
class _Leaf:
    """A block token without children: lines [begin, end) of the document."""

    kind: BlockKind
    begin: int
    end: int
    level: int = 0
    quotes: int = 0
    depth: int = 0


def units(text: str) -> list[Unit]:
    """Every non-blank line of a painted text as units, in order."""
    lines = Lines(text)
    found: list[Unit] = []
    row = 0
    for block, leaf in enumerate(_with_leftovers(_leaves(lines.for_markdown()), lines)):
        if leaf.kind == "cell":
            for number in range(leaf.begin, leaf.end):
                found.extend(_cells(lines, text, number, block, row, leaf))
                row += 1
        elif leaf.kind in ("paragraph", "other") and _drawn(lines, leaf):
            for number in range(leaf.begin, leaf.end):
                found.extend(_cells(lines, text, number, block, row, leaf))
                row += bool(_DRAWN.match(text, *lines.spans[number]))
        else:
            first = True
            for number in range(leaf.begin, leaf.end):
                unit = _line_unit(lines, text, number, block, leaf, first)
                if unit is not None:
                    found.append(unit)
                    first = False
    return found


def _drawn(lines: Lines, leaf: _Leaf) -> bool:
    """Whether a paragraph is a table drawn with + - |, as converters write it."""
    own = [lines.text[slice(*lines.spans[n])].strip() for n in range(leaf.begin, leaf.end)]
    return len(own) > 2 and bool(_DRAWN.match(own[0])) and all(x[:1] in "|+" for x in own)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable(["code", "reference"])
    # Only the block structure is asked for: emphasis and links are read line by line.
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _leaves(markdown: str) -> Iterator[_Leaf]:
    parser = _parser()
    quotes = depth = 0
    skip_to = -1
    for token in parser.parse(markdown):
        if token.type in ("blockquote_open", "blockquote_close"):
            quotes += token.nesting
        elif token.type in (
            "bullet_list_open",
            "bullet_list_close",
            "ordered_list_open",
            "ordered_list_close",
        ):
            depth += token.nesting
        elif token.map and token.map[0] >= skip_to:
            kind = _KINDS.get(token.type)
            if kind is None:
                continue
            if kind == "cell":
                skip_to = token.map[1]
            yield from _leaf(token, kind, quotes, depth, markdown)


_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "table_open": "cell",
    "fence": "fence",
    "html_block": "html",
    "hr": "rule",
}


def _leaf(token: Token, kind: BlockKind, quotes: int, depth: int, markdown: str) -> Iterator[_Leaf]:
    assert token.map is not None
    begin, end = token.map
    if kind != "heading" or token.markup not in ("-", "="):
        level = int(token.tag[1]) if kind == "heading" else 0
        yield _Leaf(kind, begin, end, level, quotes, depth)
        return
    # "text" over "---": a heading for CommonMark, but often a line drawn under a paragraph.
    words = "\n".join(markdown.split("\n")[begin : end - 1])
    if end - begin > 3 or len(words) > 160 or re.search(r"[.;,!]\s*$", words):
        yield _Leaf("paragraph", begin, end - 1, 0, quotes, depth)
        yield _Leaf("rule", end - 1, end, 0, quotes, depth)
    else:
        yield _Leaf("heading", begin, end, int(token.tag[1]), quotes, depth)


def _with_leftovers(leaves: Iterator[_Leaf], lines: Lines) -> Iterator[_Leaf]:
    """The leaves, and between them a leaf for each non-blank line that no block claimed."""
    at = 0
    for leaf in leaves:
        yield from _leftovers(lines, at, leaf.begin)
        if leaf.end > at:
            yield _Leaf(
                leaf.kind, max(at, leaf.begin), leaf.end, leaf.level, leaf.quotes, leaf.depth
            )
            at = leaf.end
    yield from _leftovers(lines, at, len(lines.spans))


def _leftovers(lines: Lines, begin: int, end: int) -> Iterator[_Leaf]:
    for number in range(begin, end):
        start, stop = lines.spans[number]
        if lines.text[start:stop].strip(" \t\r\n\f\v>"):
            yield _Leaf("other", number, number + 1)


def _line_unit(
    lines: Lines, text: str, number: int, block: int, leaf: _Leaf, first: bool
) -> Unit | None:
    start, end = lines.spans[number]
    if not lines.text[start:end].strip():
        return None
    body, bullet = _skip_marks(text, start, end, leaf)
    tail = end
    if leaf.kind == "heading":
        hashes = _HASHES.match(text, body, end)
        if hashes:
            body = hashes.end()
            closing = _CLOSING_HASHES.search(text, body, end)
            tail = closing.start() if closing else end
    while tail > body and text[tail - 1].isspace():
        tail -= 1
    return Unit(
        start=start,
        end=end,
        body=min(body, tail),
        tail=tail,
        block=block,
        kind=leaf.kind,
        first=first,
        level=leaf.level,
        quoted=leaf.quotes > 0 and _QUOTE.match(text, start, end) is not None,
        bullet=bullet,
        depth=leaf.depth,
    )


def _skip_marks(text: str, start: int, end: int, leaf: _Leaf) -> tuple[int, bool]:
    """Where the words of a line begin, and whether it begins a bulleted item."""
    at, bullet = start, False
    for _ in range(leaf.quotes):
        quote = _QUOTE.match(text, at, end)
        at = quote.end() if quote else at
    if leaf.kind in ("paragraph", "heading"):
        mark = _BULLET.match(text, at, end)
        while mark:
            at, bullet = mark.end(), True
            mark = _BULLET.match(text, at, end) if leaf.depth > 1 else None
    space = _SPACE.match(text, at, end)
    return (space.end() if space else at), bullet


def _cells(lines: Lines, text: str, number: int, block: int, row: int, leaf: _Leaf) -> list[Unit]:
    """The cells of one table row. The wall before a cell belongs to the cell before it."""
    start, end = lines.spans[number]
    if not text[start:end].strip():
        return []
    at = start
    for _ in range(leaf.quotes):
        quote = _QUOTE.match(text, at, end)
        at = quote.end() if quote else at
    walls = [i for i in range(at, end) if text[i] == "|" and not _escaped(text, i)]
    kind: BlockKind = "delimiter" if re.fullmatch(r"[\s|:+=-]+", text[at:end]) else "cell"
    edges = [at - 1, *walls, end]
    if walls and not text[at : walls[0]].strip():
        edges = [*walls, end]
    if walls and len(edges) > 2 and not text[walls[-1] + 1 : end].strip():
        edges.pop()  # the wall that closes the row opens no cell
    made: list[Unit] = []
    for column, (wall, stop) in enumerate(itertools.pairwise(edges)):
        body, tail = wall + 1, stop
        while body < tail and text[body].isspace():
            body += 1
        while tail > body and text[tail - 1].isspace():
            tail -= 1
        made.append(
            Unit(
                start=start if column == 0 else wall + 1,
                end=end if stop == edges[-1] else stop + 1,
                body=body,
                tail=tail,
                block=block,
                kind=kind,
                first=column == 0,
                quoted=leaf.quotes > 0,
                row=row,
                column=column,
            )
        )
    return made


def _escaped(text: str, at: int) -> bool:
    backslashes = 0
    while at > backslashes and text[at - 1 - backslashes] == "\\":
        backslashes += 1
    return backslashes % 2 == 1
