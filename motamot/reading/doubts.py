"""What a person should look at in a reading: places that can be read in more than one way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from motamot.reading.guess import Best
from motamot.reading.known import Found, likeness
from motamot.reading.lines import STANDING, Line, Page
from motamot.reading.spans import Span
from motamot.reading.tables import Table
from motamot.recording.cut import Asked
from motamot.text.problems import Problem, Where, cut

SETTLE = "correct the record that `build.py receive` writes"
NEAR = 3.0  # how little the best part of a line may outweigh another one
ALIKE = 0.95  # how alike a reply's wording and its questionnaire's are when nobody need look
_OPEN = re.compile(
    r"(?:[,;(]|[^\W\d_]['’]|\s(?:et|ou|de|du|des|la|le|les|à|and|or|of|the|to|und|oder))$"
)


def doubts(
    page: Page, path: Best, spans: Sequence[Span], tables: Sequence[Table], names: Sequence[str]
) -> Iterator[tuple[int, str, str]]:
    """(line of the page, what was expected, what was found), in no order."""
    yield from _narrow(page, path)
    yield from _beside_blanks(page, spans)
    yield from _cut_short(page, spans)
    yield from _asked_inside(page, spans)
    yield from _nobodys(page, spans)
    yield from _statements(page, spans)
    yield from _names_inside(page, spans, names)
    yield from _contexts(page, spans)
    yield from _left_at_the_end(page, spans)
    for table in tables:
        if table.choices and table.head:
            yield table.head[0], "a column for the answers", "one for each choice, and crosses"
        for row in table.rows:
            yield from ((at, "each cell on one line", _said(page, at)) for at in row.rest[:1])


def _said(page: Page, at: int) -> str:
    line = page.lines[at]
    return f"“{cut(' '.join(page.text[line.body : line.tail].split()).strip('*_ '))}”"


def _narrow(page: Page, path: Best) -> Iterator[tuple[int, str, str]]:
    """Lines whose part is hardly likelier than another; of a run of them, the first."""
    last = -9
    for at, margin in enumerate(path.margins):
        if margin < NEAR and page.lines[at].words and "says nothing" not in page.lines[at].said:
            if at > last + 2:
                part = _PART[path.kinds[at]]
                yield (
                    at,
                    "a place that can be read in one way only",
                    f"{_said(page, at)}, read as {part}",
                )
            last = at


_PART = {
    "Q": "a question",
    "R": "the rest of a question",
    "A": "an answer",
    "C": "the rest of an answer",
    "S": "a section's title",
    "T": "a title",
    "P": "nobody's words",
    "N": "nobody's words",
}


def _beside_blanks(page: Page, spans: Sequence[Span]) -> Iterator[tuple[int, str, str]]:
    """Words that stand under a question whose answer is read as blank."""
    for before, after in pairwise(spans):
        if before.kind != "question" or after.kind not in ("note", "preamble", "section"):
            continue
        line = page.lines[after.first]
        asked = page.lines[before.first]
        title = after.kind == "section" and "brief answer" not in line.said
        if line.words and not (title and _ranks_above(line, asked)) and "aside" not in line.said:
            number = before.number
            yield (
                after.first,
                f"the answer to question {number}",
                f"{_said(page, after.first)}, left out of it",
            )


def _ranks_above(line: Line, asked: Line) -> bool:
    if not line.standing:
        return False
    return not asked.standing or STANDING.index(line.look) < STANDING.index(asked.look)


def _cut_short(page: Page, spans: Sequence[Span]) -> Iterator[tuple[int, str, str]]:
    """A question that ends in mid-sentence, or an answer that begins in lower case under one that
    does not ask."""
    for before, after in pairwise(spans):
        if before.kind != "question" or after.kind != "answer" or before.end or after.start:
            continue
        last, first = page.lines[before.last], page.lines[after.first]
        asked = page.text[last.core : last.tail].rstrip("*_ \t")
        said = page.text[first.core : first.tail].lstrip("*_ \t>-•")
        lower = said[:1].islower() and not asked.endswith(("?", ".", ":", "!", "»"))
        if last.words and (_OPEN.search(asked) or lower) and first.unit.column < 0:
            yield (
                after.first,
                f"question {before.number} whole above its answer",
                _said(page, after.first),
            )


def _asked_inside(page: Page, spans: Sequence[Span]) -> Iterator[tuple[int, str, str]]:
    """What looks like a question inside an answer: marked as the questions are, or asking the list
    under a number or in a style that stands out."""
    asked = [page.lines[s.first] for s in spans if s.kind == "question"]
    looks = {line.look for line in asked if line.standing}
    schemes = {(x.look, x.label.scheme) for x in asked if x.label and x.label.parts}
    for span in spans:
        if span.kind != "answer":
            continue
        for at in range(span.first + 1, span.last + 1):
            line = page.lines[at]
            if not line.first or line.inline:
                continue
            same = line.look in looks or (
                line.label is not None and (line.look, line.label.scheme) in schemes
            )
            surely = "asks surely" in line.said and "addresses" in line.said
            if (same and page.asks[at] >= 0.9) or (
                surely and (line.numbered or line.look != "plain")
            ):
                number = span.number
                yield (
                    at,
                    f"nothing like a question inside the answer to question {number}",
                    _said(page, at),
                )


def _statements(page: Page, spans: Sequence[Span]) -> Iterator[tuple[int, str, str]]:
    """Two statements in a row among questions without numbers of which others ask: they may be
    titles of one answer."""
    heads = [s.first for s in spans if s.kind == "question"]
    if sum(page.asks[at] >= 0.9 for at in heads) < 2:
        return
    for at, after in pairwise(heads):
        lines = page.lines[at], page.lines[after]
        bare = all(line.label is None and not line.unit.level for line in lines)
        if bare and page.asks[at] < 0.4 and page.asks[after] < 0.4:
            yield at, "questions marked in one way", f"{_said(page, at)}, read as a question"
            return


def _nobodys(page: Page, spans: Sequence[Span]) -> Iterator[tuple[int, str, str]]:
    """Words between two questions that are neither's, and no introduction of a section."""
    last = max((i for i, s in enumerate(spans) if s.kind in ("question", "answer")), default=-1)
    first = next((i for i, s in enumerate(spans) if s.kind == "question"), len(spans))
    for i in range(first + 1, last):
        span = spans[i]
        line = page.lines[span.first]
        known = spans[i - 1].kind in ("section", "question", "preamble")
        nobodys = span.kind in ("note", "preamble") and not known and line.words
        if nobodys and not {"page number", "repeated"} & set(line.said):
            found = f"{_said(page, span.first)}, left out of both"
            yield span.first, "words of a question or an answer", found


_CLOSING = {
    "greets",
    "closes",
    "footnote",
    "page number",
    "of document",
    "after a closing",
    "aside",
}


def _left_at_the_end(page: Page, spans: Sequence[Span]) -> Iterator[tuple[int, str, str]]:
    """Many words after the last answer that are no greeting, signature or footnote."""
    if not spans or spans[-1].kind != "note":
        return
    own = range(spans[-1].first, spans[-1].last + 1)
    plain = sum(len(page.lines[at].words) for at in own if not _CLOSING & set(page.lines[at].said))
    if plain > 25:
        at = spans[-1].first
        yield at, "the end of the last answer", f"{_said(page, at)}, left out of it"


def _names_inside(
    page: Page, spans: Sequence[Span], names: Sequence[str]
) -> Iterator[tuple[int, str, str]]:
    """Another respondent's name before words inside an answer."""
    for span in spans:
        if span.kind != "answer":
            continue
        for at in range(span.first + 1, span.last + 1):
            speaker = page.lines[at].speaker
            if speaker and " ".join(speaker.written.split()).casefold() in names:
                yield (
                    at,
                    f"one respondent's words in the answer to question {span.number}",
                    _said(page, at),
                )


def _contexts(page: Page, spans: Sequence[Span]) -> Iterator[tuple[int, str, str]]:
    """Where one paragraph leads to the first question, the last one of each answer may lead to the
    next question."""
    first = next((i for i, s in enumerate(spans) if s.kind == "question"), 0)
    if not first or spans[first - 1].kind != "preamble" or not _leads(page, spans[first - 1]):
        return
    for before, after in pairwise(spans):
        if before.kind == "answer" and after.kind == "question":
            tail = [i for i in range(before.first + 1, before.last + 1) if page.lines[i].first]
            if tail and _leads(page, Span("answer", tail[-1], before.last)):
                yield (
                    tail[-1],
                    f"the answer to question {before.number}",
                    f"{_said(page, tail[-1])}, which may lead to the next question",
                )


def _leads(page: Page, span: Span) -> bool:
    """Whether a span is one plain paragraph of a few sentences that nobody says of themselves."""
    own = page.lines[span.first : span.last + 1]
    said = {x for line in own for x in line.said}
    alone = {line.unit.block for line in own} == {own[0].unit.block} and own[0].look == "plain"
    count = sum(len(line.words) for line in own)
    return (
        alone
        and 6 <= count <= 60
        and not said
        & {"opens as an answer", "addresses", "of document", "closes", "greets", "speaker"}
    )


# --- beside the questionnaire ---------------------------------------------------------------------


def _place(question: Asked) -> str:
    return f"{question.path}:{question.line}"


def differences(
    page: Page, path: Best, found: Mapping[int, Found], known: Sequence[Asked]
) -> Iterator[tuple[int, str, str]]:
    """Where a reply asks in other words than its questionnaire, and what it does not ask."""
    for i, kind in enumerate(path.kinds):
        if kind == "Q" and found and i not in found:
            yield (
                i,
                f"only questions of {known[0].path}",
                f"{_said(page, i)}: it and its answer are not published",
            )
    at = 0
    where = {match.question.number: match for match in found.values()}
    for question in known:
        match = where.get(question.number)
        if match is None:
            yield (
                at,
                f"question {question.number} of {_place(question)}: “{question.short()}”",
                NOT_FOUND,
            )
            continue
        at = match.line
        own = page.text[page.lines[at].wording : match.end]
        if match.likeness and likeness(own, question.wording) < ALIKE:
            found_ = " ".join(own.split()).strip("*_ ")
            yield (
                at,
                f"question {question.number} as in {_place(question)}: “{question.full()}”",
                f"“{cut(found_)}”",
            )


NOT_FOUND = "no such question after this line"


def problem(path: str, line: int, expected: str, found: str) -> Problem:
    """One doubt, as a build tells it."""
    return Problem(
        Where(path, line),
        "warning",
        expected,
        found,
        f"Compare it with the document; if it is wrong, {SETTLE}.",
    )
