"""The scale on which all readings of a document are weighed, whatever family proposed them.

Does what is chosen ask, does what follows answer, do the numbers follow each other, is nothing
left out that looks alike. The weights were set on invented documents of many layouts
(`tests/cases/valid`); another document moves them only if no case there breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from motamot.reading.heads import STRONG_STYLES, Head
from motamot.reading.labels import is_group_label
from motamot.reading.page import (
    Chunk,
    Page,
    Parts,
    asked_with_blocks,
    asking_blocks,
    goes_past_first_line,
    is_known,
    lead_asks,
    looks_like_title,
)
from motamot.reading.pairing import paired_readings
from motamot.reading.proposals import Reading, propose
from motamot.reading.sequence import follows
from motamot.reading.wording import (
    ends_asking,
    speaks_of_document,
)

_STANDING_OUT = STRONG_STYLES | {"italic", "quote"}


def best(page: Page) -> list[tuple[float, Reading]]:
    """The readings of a document with their weights, the best first."""
    proposed = chain(propose(page), paired_readings(page))
    readings = (replace(r, heads=clipped(page, r.heads)) for r in proposed)
    weighed = [(weigh(page, reading), reading) for reading in readings]
    return sorted(weighed, key=lambda pair: -pair[0])


def clipped(page: Page, heads: Sequence[Head]) -> tuple[Head, ...]:
    """Heads that end before the next one begins, where several share a block."""
    made: list[Head] = []
    for at, head in enumerate(heads):
        limit = heads[at + 1].start if at + 1 < len(heads) else len(page.text)
        while limit > head.wording and page.text[limit - 1].isspace():
            limit -= 1
        made.append(replace(head, end=min(head.end, limit), stop=min(head.stop, limit)))
    return tuple(made)


def weigh(page: Page, reading: Reading) -> float:
    """How well a reading accounts for the document: the sum over its questions, less what it
    leaves out that looks like a question."""
    heads = reading.heads
    styles = Counter(h.style for h in heads)
    wordings = Counter(page.key(h.wording, h.end) for h in heads)
    total = reading.bonus - 0.25 * (len(heads) - max(styles.values()))
    numbered = sum(h.numbered for h in heads)
    if numbered * 2 > len(heads):
        total -= 1.2 * (len(heads) - numbered)  # no number, among those that have one
    levels = {h.level for h in heads if h.level}
    total -= 0.8 * sum(h.level > min(levels) for h in heads if h.level)
    for at, head in enumerate(heads):
        end = heads[at + 1].start if at + 1 < len(heads) else len(page.text)
        total += _weigh_item(page, reading, at, head, end)
        asked = page.key(head.wording, head.end)
        total -= 0.9 * bool(asked and wordings[asked] > 1)
    total += sum(
        0.7 for a, b in zip(reading.numbers, reading.numbers[1:], strict=False) if _succeeds(a, b)
    )
    total -= _before_first(page, heads[0])
    return total


def _succeeds(before: Parts | None, after: Parts | None) -> bool:
    if not before or not after:
        return False
    if len(before) > 1 and len(after) > 1 and before[0] == after[0]:
        return follows(before[1], after[1])
    if len(before) == 1 and len(after) == 2 and before[0] == after[0]:
        return True
    return follows(before[0], after[0])


def _weigh_item(page: Page, reading: Reading, at: int, head: Head, end: int) -> float:
    asked = page.asks(head.wording, head.end)
    known_start = reading.answer_starts[at] if reading.answer_starts else None
    body = page.between(head.end, end)
    while body and len(body) > 1 and looks_like_title(page, body[-1]):
        body.pop()
    if body and at + 1 < len(reading.heads) and looks_like_title(page, body[0]):
        body = [] if len(body) == 1 else body
    score = _style_worth(head)
    if body:
        asked = max(asked, asked_with_blocks(page, head, body))
        first = body[min(len(body) - 1, asking_blocks(page, head, body))]
        marked = head.label is not None or head.style in _STANDING_OUT or asked > 0.5
        score += (0.4 if marked else 0.1) + 0.35 * page.answers(first.start, first.stop)
    elif lead_asks(page, head) and not ends_asking(page.text[head.wording : head.end]):
        asked = max(asked, 0.9)
        score += 0.4
    elif goes_past_first_line(page, head):
        line = page.text.find("\n", head.wording)
        asked = max(asked, page.asks(head.wording, line))
        score += 0.3
    elif not page.blank:
        score -= 0.7 if head.level or head.label else 1.1
    score += 0.6 * asked
    wording = page.text[head.wording : head.end]
    if len(wording.split()) > 120:
        score -= 0.6
    if head.label is None and head.style.startswith(("bold", "bullet")) and asked < 0.5:
        # "**Rents:** a ceiling", "**Works start with the roof.**": what answers put in bold.
        score -= 0.6 if wording.rstrip("*_ ")[-1:] in (":", ".", ",", ";") else 0.0
        score -= 1.0 if is_group_label(wording) else 0.0
    if is_known(page, head):
        score += 3.0
    if known_start is None:
        score += _marker_worth(page, head, end, len(reading.heads))
    else:
        score += 0.6
    if at == 0 and head.unit == 0 and asked < 0.9 and head.label is None:
        score -= 2.0 if speaks_of_document(wording) else 0.0
    if _is_title_with_byline(page, head, body):
        score -= 2.5
    if head.label is None and not head.level and _follows_colon(page, head):
        score -= 1.2  # "In three steps:", then bold lines: what an answer lists
    return score - _left_out(page, head, body[asking_blocks(page, head, body) :])


def _is_title_with_byline(page: Page, head: Head, body: Sequence[Chunk]) -> bool:
    """Whether the document's first line is followed by no more than a name or a date."""
    if head.unit or head.label is not None or not body:
        return False
    line = page.text[body[0].start : body[0].stop].strip("*_ \r\n")
    bare = len(line.split()) <= 12 and line[-1:] not in ".!?:"
    dated = any(c.isdigit() for c in line) or speaks_of_document(line)
    return bare and (dated or len(body) > 1)


def _follows_colon(page: Page, head: Head) -> bool:
    """Whether the block before a head ends in a colon without being a title."""
    before = page.between(max(0, head.start - 2000), head.start)
    if not before or not head.first:
        return False
    text = page.text[before[-1].start : before[-1].stop].rstrip("*_ \r\n")
    return text.endswith(":") and not looks_like_title(page, before[-1])


def _style_worth(head: Head) -> float:
    worth = {"bold": 0.4, "bold-label": 0.4, "bold-lead": 0.2, "italic": 0.3, "quote": 0.2}
    score = 0.5 if head.level else worth.get(head.style, 0.0)
    if head.label and head.label.scheme.startswith("Q"):
        score += 0.8
    return score if head.first else score - 0.2


def _marker_worth(page: Page, head: Head, end: int, reading_size: int) -> float:
    """One "Réponse :" under a question speaks for it; two say that a question was missed."""
    if not page.markers:
        return 0.0
    first = head.unit
    count = 0
    for unit in range(first, len(page.units)):
        if page.units[unit].start >= end:
            break
        count += unit in page.markers and (unit != first or head.label is None)
    if count == 0:
        return -1.3 if len(page.markers) >= reading_size * 0.7 else -0.2
    return 0.8 if count == 1 else -0.9 * (count - 1)


def _left_out(page: Page, head: Head, body: Sequence[Chunk]) -> float:
    """What the body of a question holds that this reading should have taken for something else."""
    cost = 0.0
    for place, chunk in enumerate(body):
        unit = page.units[chunk.unit]
        inner = page.by_unit.get(chunk.unit)
        asked = page.asks(chunk.start, chunk.stop)
        short = len(page.text[chunk.start : chunk.stop].split()) < 70
        if place > 0 and asked >= 1.2 and short:
            styled = inner is not None and inner.style in STRONG_STYLES | {"italic"}
            deeper = bool(head.level and unit.level > head.level)
            cost += 0.2 if deeper else 0.9 if styled else 0.25
        if inner is not None and is_known(page, inner) and chunk.start >= inner.start:
            cost += 3.0
        if unit.kind == "heading":
            deeper = bool(head.level and unit.level > head.level)
            cost += 0.1 if deeper else 1.2 if head.level and unit.level < head.level else 0.5
    return cost


def _before_first(page: Page, first: Head) -> float:
    """What asks, or answers, before the first question."""
    cost = 0.0
    for chunk in page.between(0, first.start):
        if chunk.unit in page.markers:
            cost += 1.0
        inner = page.by_unit.get(chunk.unit)
        if inner and inner.style in STRONG_STYLES and page.asks(chunk.start, chunk.stop) >= 1:
            cost += 0.5
        if inner and is_known(page, inner):
            cost += 1.0
    return cost
