"""From the chosen questions to marks: where every passage of the document begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from motamot.reading.closings import closing_index
from motamot.reading.extents import Extent, extent, habits
from motamot.reading.heads import Head
from motamot.reading.labels import Label, speaker_at
from motamot.reading.page import (
    Chunk,
    Page,
    Parts,
)
from motamot.reading.proposals import Reading
from motamot.reading.sequence import number_text
from motamot.reading.titles import (
    Gap,
    Mark,
    find_section,
    opening_marks,
    section_styles,
    split_lines,
)
from motamot.reading.wording import (
    is_furniture,
)


@dataclass(frozen=True)
class Item:
    """A question with its number and extent. `start` is where its passage begins (a stem's)."""

    head: Head
    number: str
    start: int
    extent: Extent


def marks_of(page: Page, reading: Reading) -> tuple[list[Mark], list[Item]]:
    """The marks of a document and its questions, section by section."""
    heads, parts, starts, stems = _without_stems(reading)
    text_end = len(page.text)
    nexts = [stem or head.start for head, stem in zip(heads[1:], stems[1:], strict=True)]
    bounds = [*nexts, text_end]
    opening = page.between(0, stems[0] or heads[0].start)
    gaps = [Gap(None, heads[0], split_lines(page, opening, opening=True))]
    gaps += [
        Gap(head, heads[i + 1] if i + 1 < len(heads) else None, _chunks(page, head.end, bounds[i]))
        for i, head in enumerate(heads)
    ]
    styles = section_styles(page, gaps, heads)
    marks, sections = opening_marks(page, gaps[0], styles, heads)
    section_of: list[int] = []
    bodies: list[list[Chunk]] = []
    closings: list[list[Mark]] = []
    count = len(sections)
    for gap in gaps[1:]:
        section_of.append(count)
        body, closing = _close_gap(page, gap, styles, heads)
        bodies.append(body)
        closings.append(closing)
        count += sum(mark.kind == "section" for mark in closing)
    numbers = numbers_of(parts, section_of)
    use = habits(page, heads, bodies)
    items: list[Item] = []
    extents = [extent(page, h, bodies[i], starts[i], use) for i, h in enumerate(heads)]
    for i, (head, found) in enumerate(zip(heads, _without_name(page, extents), strict=True)):
        start = stems[i] or head.start
        items.append(Item(head, numbers[i], start, found))
        marks.append(Mark(start, "question", numbers[i], found.doubt))
        if found.answer is not None:
            marks.append(Mark(found.answer, "answer", numbers[i]))
        marks += closings[i]
    marks += _between_runs(page, heads, extents)
    return sorted(marks, key=lambda m: m.start), items


def _between_runs(page: Page, heads: Sequence[Head], extents: Sequence[Extent]) -> list[Mark]:
    """Where all questions come before all answers: what stands between the two is preamble."""
    starts = [e.answer for e in extents if e.answer is not None]
    if not starts or len(heads) < 2 or min(starts) < heads[-1].start:
        return []
    return [Mark(c.start, "preamble") for c in page.between(heads[-1].end, min(starts))[:1]]


def _without_name(page: Page, extents: Sequence[Extent]) -> list[Extent]:
    """Where most answers open with one same name and a colon, that label is no word of theirs."""
    names: dict[int, Label] = {}
    for i, e in enumerate(extents):
        at = e.words
        while at is not None and at < len(page.text) and page.text[at].isspace():
            at += 1
        label = speaker_at(page.text, at, _line_end(page, at)) if at is not None else None
        if label:
            names[i] = label
    answered = sum(e.answer is not None for e in extents)
    if not names:
        return list(extents)
    name, count = Counter(label.written for label in names.values()).most_common(1)[0]
    if count < 2 or count * 2 < answered:
        return list(extents)
    return [
        replace(e, words=names[i].end) if i in names and names[i].written == name else e
        for i, e in enumerate(extents)
    ]


def _line_end(page: Page, at: int) -> int:
    end = page.text.find("\n", at)
    return len(page.text) if end == -1 else end


def _without_stems(
    reading: Reading,
) -> tuple[list[Head], list[Parts | None], list[tuple[int, int] | None], list[int | None]]:
    """Heads, numbers, known answer starts, and for a first sub-question where its stem begins."""
    heads: list[Head] = []
    parts: list[Parts | None] = []
    starts: list[tuple[int, int] | None] = []
    stems: list[int | None] = []
    numbers = reading.numbers or (None,) * len(reading.heads)
    known = reading.answer_starts or (None,) * len(reading.heads)
    pending: int | None = None
    for i, head in enumerate(reading.heads):
        here, after = numbers[i], numbers[i + 1] if i + 1 < len(numbers) else None
        following = reading.heads[i + 1] if i + 1 < len(numbers) else None
        if here and after and len(here) == 1 and len(after) == 2 and after[0] == here[0]:
            assert following is not None
            if _is_heading_like(head, following):
                continue  # a section, found again as one
            if following.unit == head.unit + 1:
                pending = head.start
                continue
        heads.append(head)
        parts.append(here)
        starts.append(known[i])
        stems.append(pending)
        pending = None
    return heads, parts, starts, stems


def _is_heading_like(head: Head, following: Head) -> bool:
    if head.level:
        return not following.level or head.level < following.level
    return head.style == "bold" and following.style != "bold"


def _chunks(page: Page, start: int, stop: int) -> list[Chunk]:
    return split_lines(page, page.between(start, stop))


def _close_gap(
    page: Page, gap: Gap, styles: Counter[str], heads: Sequence[Head]
) -> tuple[list[Chunk], list[Mark]]:
    """The chunks that are the question's own, and the marks that end them."""
    chunks = list(gap.chunks)
    rules = _rules(page, gap)
    if gap.before is None:
        ruled = _rules_close_answers(page, heads)
        index, doubt = closing_index(page, gap, rules, ruled)
        marks = [Mark(c.start, "note") for c in chunks[index:]]
        marks[:1] = [replace(m, doubt=doubt) for m in marks[:1]]
    else:
        index, titles = find_section(page, gap, styles, heads)
        marks = [
            Mark(c.start, "section" if i in titles else "preamble")
            for i, c in enumerate(chunks)
            if i >= index
        ]
    while index > 0 and is_furniture(page.text[chunks[index - 1].start : chunks[index - 1].stop]):
        index -= 1
        marks.insert(0, Mark(chunks[index].start, "note"))
    body_end = chunks[index - 1].stop if index else (gap.after.end if gap.after else 0)
    first_mark = marks[0].start if marks else None
    drawn = [r for r in rules if r >= body_end and (first_mark is None or r < first_mark)]
    if drawn:
        marks.insert(0, Mark(drawn[0], "note"))
    return chunks[:index], marks


def _rules(page: Page, gap: Gap) -> list[int]:
    """Offsets of the horizontal rules in a gap."""
    after = gap.after.unit if gap.after else -1
    before = gap.before.unit if gap.before else len(page.units)
    return [u.start for u in page.units[after + 1 : before] if u.kind == "rule"]


def _rules_close_answers(page: Page, heads: Sequence[Head]) -> bool:
    """Whether most questions are preceded by a horizontal rule."""
    drawn = sum(page.units[h.unit - 1].kind == "rule" for h in heads[1:] if h.unit)
    return len(heads) > 1 and drawn * 2 >= len(heads) - 1


_BIS = ("bis", "ter", "quater", "quinquies", "sexies")


def numbers_of(parts: Sequence[Parts | None], section_of: Sequence[int]) -> list[str]:
    """The questions' numbers as text. Without labels, their positions; where numbering restarts in
    each section, the section's position comes first ("2.1"); one without a number among others
    that have one follows them ("3bis"), so that theirs do not move."""
    if sum(bool(p) for p in parts) * 2 <= len(parts):
        return [str(i + 1) for i in range(len(parts))]
    written: list[str] = []
    for part in parts:
        if part:
            written.append(number_text(part))
        else:
            after = re.sub(rf"(?:{'|'.join(_BIS)})$", "", written[-1]) if written else "0"
            free = (f"{after}{bis}" for bis in _BIS if f"{after}{bis}" not in written)
            written.append(next(free, f"{after}-{len(written)}"))
    if len(set(written)) == len(written):
        return written
    by_section = [f"{s}.{n}" for s, n in zip(section_of, written, strict=True)]
    return by_section if len(set(by_section)) == len(by_section) else written
