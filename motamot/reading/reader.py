"""One document's text -> the lines of its record: a guess, once, for a person to confirm.

It knows no particular questionnaire. The steps, in order:

 1. **Wrapping.** HTML, front matter and anchors are painted over as Markdown (`wrapping`); a
    CommonMark parser cuts the rest into blocks (`blocks`).
 2. **Lines.** Each line, cell, or part of a line, with its labels and all that it looks like
    (`lines`, `labels`, `wording`).
 3. **Known questions decide.** The wordings of the questionnaire are looked for where lines begin
    (`known`). Without them, lines that stand alike are tried as the questions (`guess`). Tables of
    questions, and answers that follow a list of questions, are found on their own (`tables`).
 4. **One best path** of kinds over all lines, by one table of weights, says where each question and
    answer ends and what is nobody's (`guess`, `weights.tsv`).
 5. **Spans** with their numbers (`spans`), and with their respondents where a document has several
    (`respondents`), become the lines of the record (`entries`).
 6. **Doubts**: what a person should look at (`doubts`). Everything is in the record either way.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from motamot.reading.doubts import NOT_FOUND, differences, doubts, problem
from motamot.reading.entries import entries_of
from motamot.reading.guess import KINDS, Best, best_path, group_of, guess, said, table
from motamot.reading.known import Found, by_line, matches
from motamot.reading.lines import ASKING, Line, Page, page_of
from motamot.reading.respondents import by_columns, shared
from motamot.reading.spans import Span, spans_of
from motamot.reading.tables import Table, replies, tables
from motamot.recording.cut import Asked
from motamot.recording.record import Entry
from motamot.text.folding import fold, slug
from motamot.text.problems import Problem
from motamot.text.source import Lines

SAME = 0.9  # how alike a known question is when nothing of it is left to be said
Reading = tuple[tuple[Entry, ...], list[Problem]]


def read(
    text: str,
    path: str,
    known: Sequence[Asked] = (),
    *,
    blank: bool = False,
    declined: bool = False,
    names: Mapping[str, str] = {},
) -> Reading:
    """Guess how one document is to be cut: (the lines of its record, what to look at).

    `known` are the questions of its questionnaire, when another document has fixed them. `blank`
    says that nobody has filled this one in, `declined` that it is a letter which answers no
    question; `names` are those of respondents, by identifier. Never raises, whatever the text.
    """
    page = page_of(text, blank=blank)
    lines = Lines(text)
    found = by_line(matches(page, known)) if known else {}
    if declined or not page.lines or (known and not found):
        spans = spans_of(page, _letter(page), {}, {}, again=False)
        return tuple(entries_of(lines, page, spans)), []
    seen = _seen(page, found, names)
    asked = Counter(s.number for s in seen.spans if s.kind == "question" and s.number)
    if max(asked.values(), default=0) > 1 and not any(s.respondent for s in seen.spans):
        seen = _seen(page, _once(found), names, again=False)  # but not of another respondent
    once = list(_answered_once(seen.spans))
    twice = [span for span, kept in zip(seen.spans, once, strict=True) if span is not kept]
    seen = replace(seen, spans=once)
    entries = list(entries_of(lines, page, seen.spans))
    if blank:
        return tuple(entries), []
    numbers = [q.number for q in known] or [s.number for s in seen.spans if s.number]
    entries = _with_silences(entries, list(dict.fromkeys(numbers)), seen.in_cells)
    problems = list(_problems(page, path, lines, seen, known, names))
    problems += [_again(path, lines.number(page.lines[s.first].body), s) for s in twice]
    return _marked(entries, problems, path), problems


def _problems(
    page: Page,
    path: str,
    lines: Lines,
    seen: _Seen,
    known: Sequence[Asked],
    names: Mapping[str, str],
) -> Iterator[Problem]:
    """What a person should look at."""
    called = [name.casefold() for name in names.values()]
    inside = doubts(page, seen.best, seen.spans, seen.tables, called, known=bool(known))
    for at, expected, found in (*inside, *differences(page, seen.best, seen.found, known)):
        yield problem(path, lines.number(page.lines[at].body), expected, found)


def _answered_once(spans: Iterable[Span]) -> Iterator[Span]:
    """Where a question is answered again by nobody else, the words are a note."""
    answered: set[tuple[str | None, str | None]] = set()
    for span in spans:
        whose = span.number, span.respondent
        if span.kind == "answer" and whose in answered:
            span = replace(span, kind="note", number=None)
        elif span.kind == "answer":
            answered.add(whose)
        yield span


def _again(path: str, line: int, span: Span) -> Problem:
    found = f"another one to question {span.number}, which became a note"
    return problem(path, line, "one answer to each question", found)


def _letter(page: Page) -> str:
    """The kinds of the lines of a document without questions: its title, and the rest."""
    first = page.lines[0].unit if page.lines else None
    return "".join(
        "T" if first and first.level and line.unit.block == first.block else "P"
        for line in page.lines
    )


@dataclass(frozen=True)
class _Seen:
    """What was made of a page."""

    best: Best
    found: Mapping[int, Found]
    tables: Sequence[Table]
    spans: Sequence[Span]

    @property
    def in_cells(self) -> set[str | None]:
        """The questions that several respondents answer in a table."""
        return {s.number for s in self.spans if s.respondent and s.cell}


def _seen(
    page: Page, found: Mapping[int, Found], names: Mapping[str, str], *, again: bool = True
) -> _Seen:
    """What each run of lines is, once it is known where the questionnaire's questions stand."""
    asked = tables(page, found)
    rows = [row for one in asked for row in one.rows]
    begins = {row.question: row.number for row in rows if row.number is not None}
    found = {begins.get(at, at): match for at, match in found.items()}
    after = {} if page.blank else replies(page)
    best = _path(page, found, asked, after)
    columns = {at: begins.get(row.question, row.question) for row in rows for at in row.answers}
    spans = spans_of(page, best.kinds, found, after | columns, again=again)
    spans = list(by_columns(spans, asked))
    spans = spans if page.blank else list(shared(page, spans, names))
    named = [replace(s, respondent=_identifier(s.respondent, names)) for s in spans]
    return _Seen(best, found, asked, named)


def _once(found: Mapping[int, Found]) -> dict[int, Found]:
    """Each question where it is most alike."""
    best: dict[str, Found] = {}
    for match in sorted(found.values(), key=lambda f: -f.likeness):
        best.setdefault(match.question.number, match)
    return by_line(list(best.values()))


def _path(
    page: Page, found: Mapping[int, Found], asked: Sequence[Table], after: Mapping[int, int]
) -> Best:
    """What each line is: by the known questions, else by the best guess; tables say for theirs."""
    allowed = kinds_of(page, asked, after)
    if not found:
        return guess(page, allowed)
    first = min(found)
    schemes = {(page.lines[at].look, page.lines[at].scheme) for at in found}
    for at, line in enumerate(page.lines):
        alike = (line.look, line.scheme) in schemes and (line.numbered or line.standing)
        asks = line.numbered or "addresses" in line.said
        if at > first and alike and line.first and asks and "asks surely" in line.said:
            allowed[at] = "Q"  # the reply's own
        elif len(allowed[at]) > 2 or allowed[at] in ("Q", "R"):
            allowed[at] = "TPSN" if at < first else "SPRACN"
    for at, match in found.items():
        allowed[at : match.last + 1] = "Q" + "R" * (match.last - at)
        below = match.last + 1
        if below < len(allowed) and below not in found and _answers(page.lines[below]):
            allowed[below] = "A" if match.likeness > SAME else "RA"
    for at in after:
        allowed[at] = "A"
    return best_path(said(page, group_of(page, found)), table(), allowed, with_margins=True)


def _answers(line: Line) -> bool:
    """Whether a line below a known question can only be of it, or of its answer."""
    others = {"greets", "closes", "aside", "of document", "says section", "page number"}
    return line.look in ("plain", "fence") and bool(line.words) and not others & {*line.said}


def kinds_of(page: Page, asked: Sequence[Table], after: Mapping[int, int]) -> list[str]:
    """The kinds that each line may have, as the tables of questions and the answers that follow a
    list of questions (lines -> those of their questions) say."""
    every = KINDS.replace("AC", "") if page.blank else KINDS
    allowed = [every] * len(page.lines)
    for one in asked:
        below = 1 + max(at for row in one.rows for at in (row.question, *row.answers, *row.rest))
        if below < len(page.lines) and page.lines[below].unit.column < 0:
            allowed[below] = "TPSQN"  # nothing goes on below a table
        for at in one.head:
            allowed[at] = "PN"
        for row in one.rows:
            allowed[row.question] = "R"
            allowed[row.question if row.number is None else row.number] = "Q"
            for at in row.rest:
                cell, above, asking = (page.lines[i].unit for i in (at, at - 1, row.question))
                goes_on = "R" if (cell.row, cell.column) == (asking.row, asking.column) else "C"
                allowed[at] = "CN" if cell.column != above.column else goes_on
            for at in row.answers:
                allowed[at] = "A"
    for at, question in after.items():
        stem = question > 0 and "heads lower numbers" in page.lines[question - 1].said
        allowed[at], allowed[question] = "A", "R" if stem else "Q"
    for at, line in enumerate(page.lines):
        if line.trails and page.asks[at] < ASKING:
            allowed[at] = "R"  # a name beside question after question
        elif "says question" in line.said and allowed[at] == every:
            allowed[at] = "TPSQN"
        elif line.unit.kind == "fence":
            allowed[at] = "PR" if page.blank else "PRAC"  # code is somebody's words
    for at in _over_pages(page):
        allowed[at] = "RC"
    return allowed


def _over_pages(page: Page) -> Iterator[int]:
    """The lines of a sentence that goes on over a page's foot and head, and these."""
    for turns, run in groupby(range(len(page.lines)), lambda at: page.lines[at].turns):
        own = list(run)
        below = own[-1] + 1
        if turns and below < len(page.lines) and "lower case" in page.lines[below].said:
            yield from (*own, below)


def _identifier(name: str | None, names: Mapping[str, str]) -> str | None:
    """A respondent's identifier: the known one of that name, or one made of it."""
    same = (key for key, known in names.items() if name and fold(name) in (fold(known), key))
    return next(same, slug(name)) if name else None


# --- beside the passages --------------------------------------------------------------------------


def _with_silences(
    entries: Sequence[Entry], numbers: Sequence[str], in_cells: Collection[str | None]
) -> list[Entry]:
    """The lines of a record, and one for each respondent who says nothing to a question: blank
    where it is asked of them alone or has their empty cell, else absent, at the end."""
    named = dict.fromkeys(e.respondent for e in entries if e.respondent)
    respondents: list[str | None] = [*named] or [None]
    said = {(e.number, e.respondent) for e in entries if e.kind in ("answer", "blank")}
    asked = {e.number for e in entries if e.kind == "question"}
    blank = {n for n in asked if len(respondents) == 1 or n in in_cells}
    made: list[Entry] = []
    for entry in entries:
        made.append(entry)
        if entry.kind == "question" and entry.number in blank:
            own = [r for r in respondents if (entry.number, r) not in said]
            made += [Entry("blank", None, entry.number, r) for r in own]
            said |= {(entry.number, r) for r in own}
    lacking = ((n, r) for n in numbers for r in respondents if (n, r) not in said)
    return made + [Entry("absent", None, n, r) for n, r in lacking]


def _marked(entries: Sequence[Entry], doubts: Sequence[Problem], path: str) -> tuple[Entry, ...]:
    """The lines of the record, a doubt on each that a problem names; files by their names alone."""
    folder = path[: path.rfind("/") + 1]
    made = [
        replace(e, doubtful=True, remark="not found") if e.kind == "absent" else e for e in entries
    ]
    placed = [(e.at[0], i) for i, e in enumerate(made) if e.at]  # in the document's order
    for doubt in doubts:
        above = bisect_right(placed, (doubt.where.line or 0, len(made)))
        if above and doubt.found != NOT_FOUND:
            at = placed[above - 1][1]
            remark = f"expected {doubt.expected}; found {doubt.found}"
            remark = remark.replace(folder, "") if folder else remark
            made[at] = replace(made[at], doubtful=True, remark=remark)
    return tuple(made)
