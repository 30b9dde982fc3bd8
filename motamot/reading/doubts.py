"""What a person should look at in a document: places that can be read in more than one way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from motamot.reading.heads import STRONG_STYLES, Head
from motamot.reading.page import Page
from motamot.reading.proposals import Reading
from motamot.reading.titles import Mark
from motamot.reading.wording import answers, ends_asking
from motamot.recording.record import Kind
from motamot.text.problems import Problem, Where, cut
from motamot.text.source import Lines

SETTLE = "correct the record that `build.py receive` writes"


@dataclass(frozen=True)
class Span:
    """A run of the document read as one kind of thing; `number` is its question's."""

    kind: Kind
    number: str | None
    start: int
    end: int


def doubt_of(path: str, lines: Lines, mark: Mark) -> Problem:
    return Problem(
        Where(path, lines.number(mark.start)),
        "warning",
        "a place that can be read in one way only",
        str(mark.doubt),
        f"If that is wrong, {SETTLE}.",
    )


def disputes(
    path: str, lines: Lines, ranked: Sequence[tuple[float, Reading]], reading: Reading
) -> list[Problem]:
    """A warning when another reading weighs nearly as much and takes other lines for questions."""
    top = ranked[0][0]
    mine = {h.unit for h in reading.heads}
    for weight, other in ranked[1:]:
        theirs = {h.unit for h in other.heads}
        if weight < 0.85 * top and not _run_of_statements(reading, other, theirs):
            continue
        differing = sorted(mine ^ theirs)
        if len(differing) < 0.2 * len(mine | theirs):
            continue
        head = next(h for h in (*reading.heads, *other.heads) if h.unit == differing[0])
        taken = "was" if head.unit in mine else "was not"
        return [
            Problem(
                Where(path, lines.number(head.start)),
                "warning",
                "questions marked in one way",
                f"two ways that fit nearly as well ({len(mine)} or {len(theirs)} questions); this "
                f"line {taken} read as a question",
                f"Check the questions found; {SETTLE}.",
            )
        ]
    return []


def _run_of_statements(reading: Reading, other: Reading, theirs: set[int]) -> bool:
    """Whether `other` keeps only the unnumbered questions that ask, and leaves out two statements
    in a row: they may be sub-headings of one answer."""
    if not other.family.endswith("asking") or len(other.heads) < 2 or any(reading.numbers):
        return False
    if not theirs < {h.unit for h in reading.heads} or any(h.level for h in reading.heads):
        return False
    left_out = [h.unit not in theirs for h in reading.heads]
    return any(a and b for a, b in pairwise(left_out))


def swallowed(path: str, spans: Sequence[Span], page: Page) -> Iterator[Problem]:
    """A warning for each block inside an answer that looks like the document's questions."""
    starts = {s.start for s in spans if s.kind in ("question", "section")}
    asked = [h for h in page.heads if h.start in starts]
    styles = {h.style for h in asked if h.style in STRONG_STYLES or h.label}
    schemes = {h.label.scheme for h in asked if h.label and h.label.parts}
    for span in spans:
        for head in page.heads if span.kind == "answer" else ():
            inside = span.start < head.start < span.end
            if inside and _looks_asked(page, head, styles, schemes):
                words = " ".join(page.text[head.wording : head.end].split())
                yield Problem(
                    Where(path, page.units[head.unit].line),
                    "warning",
                    f"nothing like a question inside the answer to question {span.number}",
                    f"“{cut(words.strip('*_'))}”",
                    f"If it is one, {SETTLE}.",
                )


def _looks_asked(page: Page, head: Head, styles: set[str], schemes: set[str]) -> bool:
    """A block styled as the questions are, or one that asks under a number like theirs or in a
    style that stands out."""
    if not head.first:
        return False
    weight = page.asks(head.wording, head.end)
    words = page.text[head.wording : head.end]
    asking = ends_asking(words) and weight >= 1.0 and not answers(words)
    whole = head.style in STRONG_STYLES and not head.style.endswith("-lead")
    numbered = head.label is not None and head.numbered and head.label.scheme in schemes
    return (whole and (head.style in styles or (asking and weight >= 1.4))) or (numbered and asking)
