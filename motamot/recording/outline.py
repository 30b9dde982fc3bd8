"""A reading for a person's eyes: each passage with its lines, its kind, its words at both ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from motamot.recording.cut import Passage
from motamot.recording.record import Entry

FIRST, LAST = 60, 30  # characters shown of a passage's words


def outline(text: str, passages: Sequence[Passage], entries: Sequence[Entry]) -> Iterator[str]:
    """One line a passage, in the document's order; then what it lacks."""
    doubts = {e.at: e.remark for e in entries if e.doubtful and e.at}
    placed = [e.at for e in entries if e.at]
    at = 0
    for passage in passages:
        empty = passage.char_start == passage.char_end
        doubt = None
        if not empty:
            doubt = doubts.get(placed[at]) if at < len(placed) else None
            at += 1
        yield _line(text, passage, doubt)
    for entry in entries:
        if entry.kind == "absent":
            said = f"  # {entry.remark}" if entry.remark else ""
            mark = "?" if entry.doubtful else " "
            yield f"{mark} {'-':<9} {_name(entry.kind, entry):<22} not in the document{said}"


def _line(text: str, passage: Passage, doubt: str | None) -> str:
    first, last = passage.line_start, passage.line_end
    lines = f"{first}" if first == last else f"{first}-{last}"
    if passage.char_start == passage.char_end:
        lines = "-"
    kind = "blank" if passage.blank else passage.kind
    words = " ".join(passage.words(text).split())
    count = len(words.split())
    shown = words
    if len(words) > FIRST + LAST + 10:
        head = words[:FIRST].rsplit(" ", 1)[0]
        tail = words[-LAST:].split(" ", 1)[-1]
        shown = f"{head} […] {tail} ({count} words)"
    before = _label(text[passage.char_start : passage.words_start])
    after = _label(text[passage.words_end : passage.char_end])
    mark = "?" if doubt is not None else " "
    remark = f"  # {doubt}" if doubt else ""
    said = " ".join(part for part in (before, shown, after) if part)
    written = f"{mark} {lines:<9} {_name(kind, passage):<22} {said}{remark}"
    return written.rstrip()


def _label(text: str) -> str:
    label = " ".join(text.split())
    return f"[{label[:40]}]" if label else ""


def _name(kind: str, of: Passage | Entry) -> str:
    number = of.question if isinstance(of, Passage) else of.number
    whose = f" @{of.respondent}" if of.respondent else ""
    return f"{kind} {number}{whose}" if number else kind
