"""What a person should look at in a reading: places that can be read in more than one way."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from motamot.reading.guess import Best
from motamot.reading.known import Found, likeness
from motamot.reading.lines import ASKING, STANDING, Line, Page
from motamot.reading.spans import Span
from motamot.reading.tables import Table
from motamot.recording.cut import Asked
from motamot.text.problems import Problem, Where, cut

SETTLE = "correct the record that `build.py receive` writes"
NEAR, NEAR_KNOWN = 5.5, 2.0  # how little the best part of a line may outweigh another one
ALIKE = 0.95  # how alike a reply's wording and its questionnaire's are when nobody need look
_OPEN = re.compile(
    r"(?:[,;(]|[^\W\d_]['’]|\s(?:et|ou|de|du|des|la|le|les|à|and|or|of|the|to|und|oder))$"
)
_FURNITURE = {"page number", "repeated"}
_READ_AS = {
    **{"Q": "a question", "R": "the rest of a question", "A": "an answer"},
    **{"C": "the rest of an answer", "S": "a section's title", "T": "a title"},
}
Doubt = tuple[int, str, str]  # line of the page, what was expected, what was found


def doubts(
    page: Page,
    path: Best,
    spans: Sequence[Span],
    tables: Sequence[Table],
    names: Sequence[str],
    *,
    known: bool,
) -> Iterator[Doubt]:
    """What can be read in more than one way, in no order; `names` are those of respondents, `known`
    says that the questions were."""
    yield from _narrow(page, path, NEAR_KNOWN if known else NEAR)
    named = {at for table in tables for at in table.head}  # heads of columns and rows
    for before, after in pairwise(spans):
        if after.first not in named:
            yield from _between(page, before, after)
    asked = [page.lines[s.first] for s in spans if s.kind == "question"]
    marks = {(x.look, x.scheme) for x in asked if x.standing or x.numbered}
    for span in spans:
        if span.kind == "answer":
            yield from _inside(page, span, marks, names)
    yield from _statements(page, [s.first for s in spans if s.kind == "question"])
    yield from _contexts(page, spans)
    for table in tables:
        if table.choices and table.head:
            yield table.head[0], "a column for the answers", "one for each choice, and crosses"
        for row in table.rows:
            yield from ((at, "each cell on one line", _said(page, at)) for at in row.rest[:1])


def _said(page: Page, at: int) -> str:
    line = page.lines[at]
    return f"“{cut(' '.join(page.text[line.body : line.tail].split()).strip('*_ '))}”"


def _narrow(page: Page, path: Best, near: float) -> Iterator[Doubt]:
    """Lines whose part is hardly likelier than another; of a run of them, the first."""
    last = -9
    for at, margin in enumerate(path.margins):
        if margin < near and page.lines[at].words and "says nothing" not in page.lines[at].said:
            if at > last + 2:
                part = _READ_AS.get(path.kinds[at], "nobody's words")
                found = f"{_said(page, at)}, read as {part}"
                yield at, "a place that can be read in one way only", found
            last = at


def _between(page: Page, before: Span, after: Span) -> Iterator[Doubt]:
    """Words between two passages that are neither's; a question that ends in mid-sentence, or an
    answer that begins so."""
    last, first, at = page.lines[before.last], page.lines[after.first], after.first
    kinds = before.kind, after.kind
    nobodys = after.kind in ("note", "preamble") and first.words and not _FURNITURE & {*first.said}
    if kinds == ("question", "section"):
        nobodys = "brief answer" in first.said or not _ranks_above(first, page.lines[before.first])
    if before.kind == "question" and nobodys and "aside" not in first.said:
        yield at, f"the answer to question {before.number}", f"{_said(page, at)}, left out of it"
    elif before.kind == "answer" and nobodys and after.last < len(page.lines) - 1:
        yield at, "words of a question or an answer", f"{_said(page, at)}, left out of both"
    elif kinds == ("question", "answer") and not (before.end or after.start):
        asked = page.text[last.core : last.tail].rstrip("*_ \t")
        said = page.text[first.core : first.tail].lstrip("*_ \t>-•")
        lower = said[:1].islower() and not asked.endswith(("?", ".", ":", "!", "»"))
        if last.words and (_OPEN.search(asked) or lower) and first.unit.column < 0:
            yield at, f"question {before.number} whole above its answer", _said(page, at)


def _ranks_above(line: Line, asked: Line) -> bool:
    ranks = [STANDING.index(x.look) if x.standing else len(STANDING) for x in (line, asked)]
    return ranks[0] < ranks[1]


def _inside(
    page: Page, answer: Span, marks: Collection[tuple[str, str]], names: Sequence[str]
) -> Iterator[Doubt]:
    """What looks like a question inside an answer: with their `marks`, or asking the list
    under a number, in a style that stands out, or at the end; another respondent's name."""
    for at in range(answer.first + 1, answer.last + 1):
        line = page.lines[at]
        asking = (line.look, line.scheme) in marks and page.asks[at] >= ASKING
        surely = {"asks surely", "addresses"} <= {*line.said}
        apart = line.numbered or line.look != "plain" or at == answer.last
        if line.first and (asking or (surely and apart)):
            expected = f"nothing like a question inside the answer to question {answer.number}"
            yield at, expected, _said(page, at)
        if line.speaker and " ".join(line.speaker.name.split()).casefold() in names:
            expected = f"one respondent's words in the answer to question {answer.number}"
            yield at, expected, _said(page, at)


def _statements(page: Page, heads: Sequence[int]) -> Iterator[Doubt]:
    """Two statements in a row, in bold, among questions that ask: they may be titles of one
    answer."""
    if sum(page.asks[at] >= ASKING for at in heads) > 1:
        pairs = (pair for pair in pairwise(heads) if all(_states(page, at) for at in pair))
        for at, _ in [*pairs][:1]:
            yield at, "questions marked in one way", f"{_said(page, at)}, read as a question"


def _states(page: Page, at: int) -> bool:
    line = page.lines[at]
    return line.look == "bold" and line.label is None and page.asks[at] < 0.4


def _contexts(page: Page, spans: Sequence[Span]) -> Iterator[Doubt]:
    """Where one paragraph leads to the first question, the last one of each answer may lead to the
    next question."""
    first = next((i for i, s in enumerate(spans) if s.kind == "question"), 0)
    if first and spans[first - 1].kind in ("preamble", "note") and _leads(page, spans[first - 1]):
        for before, after in pairwise(spans):
            tail = [i for i in range(before.first + 1, before.last + 1) if page.lines[i].first]
            answered = (before.kind, after.kind) == ("answer", "question")
            if answered and tail and _leads(page, Span("answer", tail[-1], before.last)):
                found = f"{_said(page, tail[-1])}, which may lead to the next question"
                yield tail[-1], f"the answer to question {before.number}", found


def _leads(page: Page, span: Span) -> bool:
    """Whether a span is one plain paragraph of a few sentences."""
    own = page.lines[span.first : span.last + 1]
    said = {x for line in own for x in line.said}
    alone = own[0].look == "plain" and own[0].unit.block == own[-1].unit.block
    few = 6 <= sum(len(line.words) for line in own) <= 60
    return alone and few and not said & {"addresses", "of document", "closes", "greets", "speaker"}


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
