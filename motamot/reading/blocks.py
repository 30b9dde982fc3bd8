"""A document's blocks, line by line: what markdown-it-py sees, with the offsets of each line.

A `Unit` is the smallest thing that may begin a passage: one line of a block, or one table cell.
What a unit *is* (question, answer ...) is not decided here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from markdown_it import MarkdownIt

from motamot.recording.cut import edges
from motamot.text.source import Lines

BlockKind = Literal["heading", "paragraph", "cell", "fence", "html", "rule"]

_BLOCKS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "table_open": "cell",
    "fence": "fence",
    "html_block": "html",
    "hr": "rule",
}
_MARKS = re.compile(  # block quotes, bullets, indentation
    r"(?P<quotes>(?:[ \t]*>[ \t]?)*)"
    r"(?P<bullets>(?:[ \t]*(?:[-*+‣◦▪–][ \t]+|[•·][ \t]*)(?=\S))*)\s*"
)
_HASHES = re.compile(r"#{1,6}(?:[ \t]+|$)(?P<words>.*?)(?:[ \t]+#+[ \t]*)?$")
_DRAWN = re.compile(r"[ \t]*\+[-=+: ]{3,}\+[ \t]*$")  # the line between two rows of a drawn table
_DELIMITER = re.compile(r"[\s|:+=-]+")
_WALL = re.compile(r"(?<!\\)(?:\\\\)*\|")


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
    first: bool  # begins its block, or its table's row
    level: int = 0  # 1-6 for a heading
    quoted: bool = False
    bullet: bool = False  # the line begins a bulleted item
    depth: int = 0  # how many lists it stands in
    row: int = -1  # of a table: where its row begins
    column: int = -1


@dataclass(frozen=True)
class _Leaf:
    """A block without others inside: lines [begin, end) of the document."""

    kind: BlockKind
    begin: int
    end: int
    level: int = 0
    depth: int = 0


def units(text: str, cells: Sequence[tuple[int, int, int, int]] = ()) -> list[Unit]:
    """Every non-blank line of a painted text as units, in order; lines that are drawn are none.
    `cells` are where those of HTML begin: (offset, table, row, column), counted from 1."""
    found: list[Unit] = []
    block: dict[int, int] = {}  # of each table of HTML, its first one
    for unit in _units(text):
        at = bisect_left(cells, (unit.body + 1,))
        _, table, row, column = cells[at - 1] if at else (0, 0, 0, 0)
        if column:
            own = block.setdefault(table, unit.block)
            unit = replace(unit, kind="cell", block=own, row=row, column=column - 1)
        found.append(unit)
    return found


def _units(text: str) -> Iterator[Unit]:
    lines = Lines(text)
    for block, leaf in enumerate(_leaves(lines)):
        own = lines.spans[leaf.begin : leaf.end]
        drawn = _DRAWN.match(text, *own[0]) and all(
            text[slice(*x)].strip()[:1] in "|+" for x in own
        )
        row, first = -1, True
        for start, end in own:
            if leaf.kind == "cell" or (drawn and len(own) > 2):
                delimiter = _DELIMITER.fullmatch(text, start, end)
                row = start if delimiter or not drawn else row
                yield from () if delimiter else _cells(text, start, end, block, row)
            elif text[start:end].strip():
                yield _line(text, start, end, block, leaf, first=first)
                first = False


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable(["code", "reference"])
    # Only the block structure is asked for: emphasis and links are read line by line.
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _leaves(lines: Lines) -> Iterator[_Leaf]:
    """The blocks in order; a line with words that none of them claims is a paragraph."""
    depth = at = 0
    for token in _parser().parse(lines.for_markdown()):
        kind = _BLOCKS.get(token.type)
        if token.type.startswith(("bullet_list", "ordered_list")):
            depth += token.nesting
        elif kind and token.map and token.map[1] > at:
            begin, end = token.map
            yield from _unclaimed(lines, at, begin)
            underlined = token.markup in ("-", "=")
            if underlined and lines.text[slice(*lines.spans[end - 2])].rstrip()[-1:] in ".;,!":
                kind = "paragraph"  # "... a sentence." over "---": a line drawn under a paragraph
            level = int(token.tag[1]) if kind == "heading" else 0
            yield _Leaf(kind, max(at, begin), end - underlined, level, depth)
            at = end
    yield from _unclaimed(lines, at, len(lines.spans))


def _unclaimed(lines: Lines, begin: int, end: int) -> Iterator[_Leaf]:
    for number in range(begin, end):
        if lines.text[slice(*lines.spans[number])].strip(" \t\r\n\f\v>"):
            yield _Leaf("paragraph", number, number + 1)


def _line(text: str, start: int, end: int, block: int, leaf: _Leaf, *, first: bool) -> Unit:
    marks = _MARKS.match(text, start, end)
    assert marks is not None
    body, tail = edges(text, marks.end(), end)
    hashes = _HASHES.match(text, body, tail) if leaf.kind == "heading" else None
    if hashes:
        body, tail = hashes.span("words")
    return Unit(
        *(start, end, body, tail, block, leaf.kind, first, leaf.level),
        *(bool(marks["quotes"]), bool(marks["bullets"]), leaf.depth),
    )


def _cells(text: str, start: int, end: int, block: int, row: int) -> Iterator[Unit]:
    """The cells of one line of a table. The wall before a cell belongs to the cell before it."""
    marks = _MARKS.match(text, start, end)
    at = marks.end() if marks else start
    walls = [wall.end() for wall in _WALL.finditer(text, at, end)]
    if not walls or text[at : walls[0] - 1].strip():
        walls.insert(0, at)
    if len(walls) == 1 or text[walls[-1] : end].strip():
        walls.append(end + 1)
    for column, (wall, after) in enumerate(pairwise(walls)):
        begin = wall if column else start
        stop = end if after == walls[-1] else after
        words = edges(text, wall, after - 1)
        quoted = bool(marks and marks["quotes"])
        yield Unit(
            *(begin, stop, *words, block, "cell", not column),
            quoted=quoted,
            row=row,
            column=column,
        )
