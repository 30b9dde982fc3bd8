"""One document's text -> the lines of its record: a guess, once, for a person to confirm.

It knows no particular questionnaire. The steps, in order:

 1. **Wrapping.** HTML, front matter and anchors are painted over as Markdown (`wrapping`); a
    CommonMark parser cuts the rest into blocks (`blocks`).
 2. **Lines.** Each line, cell, or part of a line, with its labels and all that it looks like
    (`lines`, `labels`, `wording`).
 3. **Known questions decide.** The wordings of the questionnaire are looked for where lines begin:
    in order, in any order, by number, by place (`known`). Without them, lines that stand alike are
    tried as the questions (`guess`). Tables of questions, and answers that follow a list of
    questions, are found on their own (`tables`, `pairing`).
 4. **One best path** of kinds over all lines, by one table of weights, says where each question and
    answer ends and what is nobody's (`guess`, `weights.tsv`).
 5. **Spans** with their numbers (`spans`), and with their respondents where a document has several
    (`respondents`).
 6. **Doubts**: what a person should look at (`doubts`). Everything is in the record either way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from motamot.reading.doubts import NOT_FOUND, differences, doubts, problem
from motamot.reading.guess import Best, best_path, group_of, guess, table
from motamot.reading.known import Found, by_line, matches
from motamot.reading.lines import Page, page_of
from motamot.reading.pairing import replies
from motamot.reading.respondents import by_columns, name_lines, shared
from motamot.reading.spans import Span, spans_of
from motamot.reading.tables import Table, tables
from motamot.reading.wording import is_blank
from motamot.recording.cut import Asked, edges
from motamot.recording.record import Entry, first_words
from motamot.text.folding import fold, slug
from motamot.text.markdown import plain
from motamot.text.problems import Problem
from motamot.text.source import Lines

_HEADING = re.compile(r"#{1,6}(?=[ \t])")
_TITLE_END = re.compile(r"\s*:?[*_]*(?:[ \t]+#+|\r?\n[ \t]*(?:=+|-+))?[ \t]*$")
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
    page = page_of(text)
    lines = Lines(text)
    if declined or not page.lines:
        return tuple(_opening_only(lines, page)), []
    found = by_line(matches(page, known)) if known else {}
    if known and not found:
        return tuple(_opening_only(lines, page)), []
    seen = _seen(page, found, names, blank=blank)
    again = Counter(match.question.number for match in found.values())
    if max(again.values(), default=0) > 1 and not any(s.respondent for s in seen.spans):
        found = _once(found)  # asked again, but not of another respondent
        seen = _seen(page, found, names, blank=blank)
    entries = [*_front(lines, page), *_entries(lines, page, seen.spans)]
    if blank:
        return tuple(entries), []
    numbers = [q.number for q in known] or [s.number for s in seen.spans if s.number]
    entries = _with_silences(entries, list(dict.fromkeys(numbers)), seen.in_cells)
    called = [name.casefold() for name in names.values()]
    looked_at = [
        *doubts(page, seen.best, seen.spans, seen.tables, called),
        *differences(page, seen.best, seen.found, known),
    ]
    problems = [
        problem(path, lines.number(page.lines[at].body), expected, what)
        for at, expected, what in looked_at
    ]
    return _marked(entries, problems, path), problems


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
    page: Page, found: Mapping[int, Found], names: Mapping[str, str], *, blank: bool
) -> _Seen:
    """What each run of lines is, once it is known where the questionnaire's questions stand."""
    asked = tables(page, found)
    found = _with_number_cells(found, asked)
    after = {} if blank else replies(page)
    best = _path(page, found, asked, after, blank=blank)
    named = {} if blank else name_lines(page, spans_of(page, best.kinds, found, after), names)
    if named:
        best = _path(page, found, asked, after, frozenset(named))
    rows = [row for one in asked for row in one.rows]
    columns = {
        at: row.question if row.number is None else row.number for row in rows for at in row.answers
    }
    spans = by_columns(page, spans_of(page, best.kinds, found, after | columns), asked)
    if not blank:
        spans = [
            replace(s, respondent=_identifier(s.respondent, names)) if s.respondent else s
            for s in shared(page, spans, names)
        ]
    return _Seen(best, found, asked, spans)


def _once(found: Mapping[int, Found]) -> dict[int, Found]:
    """Each question where it is most alike."""
    best: dict[str, Found] = {}
    for match in found.values():
        same = best.setdefault(match.question.number, match)
        if match.likeness > same.likeness:
            best[match.question.number] = match
    return by_line(list(best.values()))


def _marked(entries: Sequence[Entry], doubts: Sequence[Problem], path: str) -> tuple[Entry, ...]:
    """The lines of the record, a doubt on each that a problem names; files by their names alone."""
    folder = path[: path.rfind("/") + 1]
    made = list(entries)
    for doubt in doubts:
        here = [i for i, e in enumerate(made) if e.at and e.at[0] <= (doubt.where.line or 0)]
        if here and doubt.found != NOT_FOUND:
            remark = f"expected {doubt.expected}; found {doubt.found}"
            remark = remark.replace(folder, "") if folder else remark
            made[here[-1]] = replace(made[here[-1]], doubtful=True, remark=remark)
    absent = (i for i, e in enumerate(made) if e.kind == "absent")
    for i in absent:
        made[i] = replace(made[i], doubtful=True, remark="not found")
    return tuple(made)


def _identifier(name: str, names: Mapping[str, str]) -> str:
    """A respondent's identifier: the known one of that name, or one made of it."""
    same = (key for key, known in names.items() if fold(name) in (fold(known), key))
    return next(same, slug(name))


def _with_silences(
    entries: Sequence[Entry], numbers: Sequence[str], in_cells: Collection[str | None]
) -> list[Entry]:
    """The lines of a record, and one for each respondent who says nothing to a question: blank
    where it is asked of them alone or has their empty cell, else absent, at the end."""
    respondents: list[str | None] = list(
        dict.fromkeys(e.respondent for e in entries if e.respondent)
    )
    respondents = respondents or [None]
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


def _with_number_cells(found: Mapping[int, Found], asked: Sequence[Table]) -> dict[int, Found]:
    """Questions of a table begin at the cell of their number."""
    moved = {
        row.question: row.number for one in asked for row in one.rows if row.number is not None
    }
    return {moved.get(at, at): match for at, match in found.items()}


def _path(
    page: Page,
    found: Mapping[int, Found],
    asked: Sequence[Table],
    after: Mapping[int, int],
    named: frozenset[int] = frozenset(),
    *,
    blank: bool = False,
) -> Best:
    """What each line is: by the known questions, else by the best guess; tables say for theirs."""
    forced = forced_by(page, asked) | dict.fromkeys(after.values(), "Q") | dict.fromkeys(after, "A")
    forced |= dict.fromkeys(named, "AC")
    allowed = [forced.get(at, "TPSQRN" if blank else "TPSQRACN") for at in range(len(page.lines))]
    if not found:
        return guess(page, allowed, blank=blank)
    first = min(found)
    for at in range(len(allowed)):
        allowed[at] = "TPSN" if at < first else "SPRACN"
    looks = {(page.lines[at].look, page.scheme(at)) for at in found}
    for at in range(first, len(allowed)):
        line = page.lines[at]
        alike = (line.look, page.scheme(at)) in looks and (line.numbered or line.standing)
        asks = line.numbered or "addresses" in line.said
        if alike and line.first and asks and "asks surely" in line.said:
            allowed[at] = "Q"  # the reply's own
    for at in forced:
        if at not in found and forced[at] not in ("Q", "R"):
            allowed[at] = forced[at]
    for at, match in found.items():
        allowed[at] = "Q"
        for rest in range(at + 1, match.last + 1):
            allowed[rest] = "R"
    for at in after:
        allowed[at] = "A"
    return best_path(page, group_of(page, "known", found), table(), allowed, with_margins=True)


def forced_by(page: Page, asked: Sequence[Table]) -> dict[int, str]:
    """What the lines of tables of questions are, and that nothing goes on below them."""
    forced: dict[int, str] = {}
    for one in asked:
        below = 1 + max(at for row in one.rows for at in (row.question, *row.answers, *row.rest))
        if below < len(page.lines) and page.lines[below].unit.column < 0:
            forced[below] = "TPSQN"
        forced |= dict.fromkeys(one.head, "PN")
        for row in one.rows:
            begin = row.question if row.number is None else row.number
            forced[row.question] = "R"
            forced[begin] = "Q"
            forced |= dict.fromkeys((*row.answers[1:], *row.rest), "CN")
            forced |= dict.fromkeys(row.answers[:1], "A")
    return forced


# --- entries --------------------------------------------------------------------------------------


def _opening_only(lines: Lines, page: Page) -> Iterator[Entry]:
    """A document without questions: its title, and the rest."""
    yield from _front(lines, page)
    if not page.lines:
        if lines.text and not page.paint.front:
            yield Entry("preamble", (1, 1))
        return
    titled = page.lines[0].unit.kind == "heading"
    block = page.lines[0].unit.block
    rest = next((i for i, x in enumerate(page.lines) if x.unit.block != block), None)
    last = len(page.lines) - 1
    spans = [Span("preamble", 0, last)]
    if titled:
        spans = [Span("title", 0, last if rest is None else rest - 1)]
        spans += [] if rest is None else [Span("preamble", rest, last)]
    yield from _entries(lines, page, spans)


def _front(lines: Lines, page: Page) -> Iterator[Entry]:
    """The front matter: its title, and the rest."""
    paint = page.paint
    if not paint.front:
        return
    text = lines.text
    if paint.title is None:
        yield Entry("preamble", (1, 1))
        return
    begin, end = paint.title
    start = text.rfind("\n", 0, begin) + 1
    if text[:start].strip():
        yield Entry("preamble", (1, 1))
    stop = text.find("\n", end)
    yield _entry(
        lines, Span("title", 0, 0), start, begin, end, stop + 1 if stop != -1 else len(text)
    )
    if stop != -1 and text[stop : paint.front].strip():
        yield Entry("preamble", lines.place(stop + 1))


def _entries(lines: Lines, page: Page, spans: Sequence[Span]) -> Iterator[Entry]:
    """The lines of a record."""
    starts = [_start(page, span) for span in spans]
    if starts and not page.paint.front:
        starts[0] = 0
    stops = [*starts[1:], len(lines.text)][: len(spans)]
    for span, start, stop in zip(spans, starts, stops, strict=True):
        begin, end = _words(page, span, start, stop)
        yield _entry(lines, span, start, begin, end, stop)


def _start(page: Page, span: Span) -> int:
    return page.lines[span.first].start if span.start is None else span.start


def _words(page: Page, span: Span, start: int, stop: int) -> tuple[int, int]:
    """Where the words of a span begin and end: its labels aside."""
    first, last = page.lines[span.first], page.lines[span.last]
    if span.kind == "question":
        begin = first.core if "speaks often" in first.said else first.wording
        if first.unit.column >= 0 and not first.words and span.last > span.first:
            begin = page.lines[span.first + 1].core
        found = begin, span.end or last.tail
    elif span.kind == "answer":
        found = _answer(page, span, start, stop)
    elif span.kind in ("title", "section"):
        found = _title(page.text, first.body if first.unit.kind != "heading" else start, last.tail)
    else:
        found = start, stop
    return page.paint.words(*edges(page.text, *found))


def _answer(page: Page, span: Span, start: int, stop: int) -> tuple[int, int]:
    first, last = page.lines[span.first], page.lines[span.last]
    begin = start
    if span.start is not None:
        begin = span.start
    elif span.named:
        begin = first.speaker.end if first.speaker else first.tail
    elif first.answer and not first.answer.open:
        begin = first.answer.end
    elif "speaks often" in first.said:
        begin = first.core
    elif span.labelled:
        begin = first.wording
    elif span.cell or first.inline:
        begin = first.body
    if last.unit.column < 0:
        return begin, stop
    return begin, last.tail if span.cell else last.unit.end


def _title(text: str, start: int, stop: int) -> tuple[int, int]:
    """A title's words: without its heading's mark, a final colon, and the emphasis around both."""
    start, end = edges(text, start, stop)
    heading = _HEADING.match(text, start, end)
    begin = heading.end() if heading else start
    tail = _TITLE_END.search(text, begin, end)
    close = tail.start() if tail else end
    sign = "".join(c for c in text[close:end] if c in "*_")
    lead = len(text[begin:close]) - len(text[begin:close].lstrip())
    if sign:
        if ":" not in text[close:end] or not text.startswith(sign, begin + lead):
            return begin, end
        begin += lead + len(sign)
    return begin, close


def _entry(lines: Lines, span: Span, start: int, begin: int, end: int, stop: int) -> Entry:
    """`text[begin:end]` of a span are its words; what stands before and after are its labels."""
    text = lines.text
    low, high = edges(text, begin, max(begin, end))
    kind = span.kind
    if kind == "answer" and is_blank(plain(text[low:high])):
        kind = "blank"
    shown, goes_on = first_words(text[low:high])
    return Entry(
        kind,
        lines.place(start),
        span.number,
        span.respondent,
        before=_between(text, start, low),
        words=shown or None,
        goes_on=goes_on,
        after=_between(text, high, stop),
    )


def _between(text: str, start: int, end: int) -> str:
    """A label: what stands between two places, without the blanks around."""
    low, high = edges(text, start, max(start, end))
    return text[low:high]
