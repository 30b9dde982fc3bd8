"""What may begin a question: every line that a reader's eye could stop at, with its looks.

A `Head` joins a line's place, its label ("3a)", "Q:") and its style (heading, bold, italic, plain
...). Which heads *are* questions is decided in `scale`, on the whole document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from motamot.reading.blocks import Unit
from motamot.reading.labels import (
    Label,
    label_at,
    question_marker,
)
from motamot.reading.wording import (
    ends_asking,
    is_aside,
    is_link_only,
)

_STRONG = ("***", "___", "**", "__")
_WEAK = ("*", "_")
STRONG_STYLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "bold", "bold-lead", "bold-label"})


@dataclass(frozen=True)
class Head:
    """A line that may begin a question. `text[wording:end]` is what it asks."""

    unit: int  # index of its unit
    start: int
    wording: int  # after number, "#", bullets and cell walls
    end: int  # end of its wording, closing emphasis included
    stop: int  # end of its block (or cell)
    style: str
    label: Label | None
    first: bool  # begins its block
    depth: int
    open: str  # emphasis signs that stand before the number and close after the wording

    @property
    def numbered(self) -> bool:
        return self.label is not None and bool(self.label.parts)

    @property
    def level(self) -> int:
        """1-6 for a heading, 0 for anything else."""
        return int(self.style[1]) if re.fullmatch(r"h\d", self.style) else 0


def block_ends(units: Sequence[Unit]) -> list[int]:
    """For each unit, where the words of its block end (a cell is its own block)."""
    ends = [unit.tail for unit in units]
    for i in range(len(units) - 2, -1, -1):
        if units[i].column < 0 and units[i].block == units[i + 1].block:
            ends[i] = ends[i + 1]
    return ends


def find_heads(text: str, units: Sequence[Unit]) -> list[Head]:
    """Every head of a document, in order. Code, HTML and rules never begin a question."""
    ends = block_ends(units)
    heads: list[Head] = []
    for index, unit in enumerate(units):
        if unit.kind in ("fence", "rule", "delimiter") or unit.body >= unit.tail:
            continue
        if unit.kind == "heading" and not unit.first:
            continue
        label = label_at(text, unit.body, unit.tail) or question_marker(text, unit.body, unit.tail)
        heads.append(_head(text, index, unit, ends[index], label))
    return heads


def _head(text: str, index: int, unit: Unit, stop: int, label: Label | None) -> Head:
    wording = label.end if label else unit.body
    opened = label.open if label else ""
    head = Head(
        unit=index,
        start=unit.start,
        wording=wording,
        end=stop,
        stop=stop,
        style="plain",
        label=label,
        first=unit.first or unit.column >= 0 or unit.bullet,
        depth=unit.depth,
        open=opened,
    )
    if unit.kind == "heading":
        end = unit.tail if _underlined(text, unit.tail, stop) else stop
        return replace(head, style=f"h{unit.level}", end=end)
    styled = _emphasised(text, unit, head)
    if styled.style == "plain":
        styled = replace(styled, style=_plain_style(text, unit))
    return styled


def _underlined(text: str, tail: int, stop: int) -> bool:
    """Whether what follows a heading's first line is only the line drawn under it."""
    return bool(re.fullmatch(r"[\s>=-]*", text[tail:stop]))


def _plain_style(text: str, unit: Unit) -> str:
    if unit.column >= 0:
        return f"cell{unit.column}"
    words = text[unit.body : unit.tail]
    letters = [c for c in words if c.isalpha()]
    if len(letters) > 3 and not any(c.islower() for c in letters):
        return "caps"
    if unit.quoted:
        return "quote"
    return f"bullet {_bullet_sign(text, unit)}" if unit.bullet else "plain"


def _bullet_sign(text: str, unit: Unit) -> str:
    """The sign that opens a bulleted line: lists of one kind share it."""
    return text[unit.start : unit.body].strip(" \t>")[-1:]


def _emphasised(text: str, unit: Unit, head: Head) -> Head:
    """The head with the style and end of the emphasised run it begins with, if it does."""
    signs = head.open
    inner = head.wording
    if not signs:
        at = head.wording if head.label else unit.body
        signs = next((s for s in (*_STRONG, *_WEAK) if text.startswith(s, at)), "")
        inner = at + len(signs)
        if not signs:
            written = head.label.written if head.label else ""
            labelled = written.startswith(_STRONG) and written.endswith(_STRONG)
            return replace(head, style="bold-label") if labelled else head
    close = _run_end(text, signs, inner, head.stop)
    if close is None:
        return head
    style = "bold" if len(signs) >= 2 else "italic"
    line_rest = text[close : unit.tail if close <= unit.tail else _line_end(text, close, head.stop)]
    rest = line_rest.strip(" \t:.*_")
    if not rest or is_link_only(rest) or is_aside(rest):
        end = close + len(line_rest.rstrip())
        return replace(head, style=style, end=end)
    if style == "italic" and not ends_asking(text[inner:close]):
        return head
    return replace(head, style=f"{style}-lead", end=close)


def _line_end(text: str, at: int, stop: int) -> int:
    newline = text.find("\n", at, stop)
    return stop if newline == -1 else newline


def _run_end(text: str, signs: str, start: int, stop: int) -> int | None:
    """Where an emphasised run closes; runs with only links or spaces between them are one."""
    at = text.find(signs, start, stop)
    if at == -1:
        return None
    end = at + len(signs)
    while True:
        reopened = text.find(signs, end, stop)
        if reopened == -1:
            return end
        between = text[end:reopened]
        if "\n" in between or re.search(r"\w", re.sub(r"<?https?://[^\s>]+>?", "", between)):
            return end
        closed = text.find(signs, reopened + len(signs), stop)
        if closed == -1:
            return end
        end = closed + len(signs)
