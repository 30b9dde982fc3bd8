"""Words of a file -> Markdown that shows these words: signs escaped, whole bold lines, links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile, zip_longest

_SIGNS = re.compile(
    r"[\\`*|]|(?<![^\W_])_|_(?![^\W_])|\](?=\()|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~(?=~)|(?<=~)~|(?<=\s)#(?=#*$)"
)
_FIRST = re.compile(r"#{1,6}(?=\s|$)|\+(?=\s|$)|>|=+\s*$|-+\s*$|(?:[-_]\s*){3,}$")


@dataclass(frozen=True)
class Piece:
    """Words with one look; a "\\n" in them is a line's end that stands in the paragraph."""

    text: str
    bold: bool = False
    url: str = ""


def escaped(text: str) -> str:
    """One line of words, without blanks around, as Markdown that reads the same."""
    marked = _SIGNS.sub(r"\\\g<0>", text)
    return f"\\{marked}" if _FIRST.match(text) and not marked.startswith("\\") else marked


def lines_of(pieces: Sequence[Piece], label: str = "", *, bold: bool = True) -> list[str]:
    """The lines of a paragraph, each but a block's last with a hard break; empty when it has no
    words. `label` is Markdown already, as of an automatic number. An empty line within parts it."""
    rows = [_line(row, bold) for row in _rows(pieces)]
    while rows and not rows[-1]:
        rows.pop()
    while rows and not rows[0]:
        rows.pop(0)
    if label:
        rows = [f"{label} {rows[0]}", *rows[1:]] if rows else [label]
    folded = [f"{row}  " if row and after else row for row, after in zip_longest(rows, rows[1:])]
    return [row for at, row in enumerate(folded) if row or (at and folded[at - 1])]


def _rows(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    row: list[Piece] = []
    for piece in pieces:
        first, *others = piece.text.split("\n")
        row.append(replace(piece, text=first))
        for text in others:
            yield row
            row = [replace(piece, text=text)]
    yield row


def _line(row: Sequence[Piece], bold: bool) -> str:
    """One line of a paragraph, as Markdown."""
    if not any(piece.text.strip() for piece in row):
        return ""
    head = list(takewhile(lambda p: p.bold or not p.text.strip(), row)) if bold else []
    label, line = _words(head).strip(), _words(row).strip()
    rest = line.removeprefix(label)
    if label and not rest:
        return f"**{line}**"
    if label and label[-1] in ":?" and line.startswith(label) and rest[0].isspace():
        return f"**{label}**{rest}"
    return f"\\{line}" if _FIRST.match(line) else line


def _words(row: Sequence[Piece]) -> str:
    parts = []
    for url, run in groupby(row, key=lambda p: p.url):
        text = re.sub(r"[\t\n\r\f ]+", " ", "".join(piece.text for piece in run))
        parts.append(_link(text, url) if url and text.strip() else _within(text))
    return "".join(parts)


def _within(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", text)


def _link(text: str, url: str) -> str:
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    if text.strip() == url:
        return text
    safe = url
    for sign, code in ((" ", "%20"), ("(", "%28"), (")", "%29"), ("<", "%3C"), (">", "%3E")):
        safe = safe.replace(sign, code)
    shown = _within(text.strip()).replace("[", "\\[").replace("]", "\\]").replace("\\\\]", "\\]")
    return f"{before}[{shown}]({safe}){after}"


def table_lines(rows: list[list[str]]) -> list[str]:
    """A Markdown table, its first row as the head; each row as wide as the widest."""
    width = max(map(len, rows))
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    drawn = [f"| {' | '.join(row)} |" for row in full]
    return [drawn[0], f"|{' --- |' * width}", *drawn[1:]]
