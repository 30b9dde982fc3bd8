"""One document's text -> the lines of its record: a guess, once, for a person to confirm.

It knows no particular questionnaire. The rules, in order:

 1. **Blocks.** A CommonMark parser cuts the text into blocks; each line of a block, and each cell
    of a table, may begin a passage. Indented code and link definitions are read as text; code,
    raw HTML and rules never begin a question.
 2. **Questions are chosen on the whole document.** Several readings are proposed: the outer
    sequence of numbers (of each style of number, of each style of line, of all), one repeated
    style (headings of a level, bold, italic, quoted, bulleted, capital lines), "Q:" marks, two
    speakers who take turns, what stands before each "Réponse :", rows of tables, sentences that
    ask, a list of questions followed by a list of answers, the questionnaire's own questions where
    they are known. One scale weighs them all (`scale.weigh`): what is chosen should ask and stand
    out; what follows should exist and answer; numbers should follow each other; nothing that looks
    alike should be left inside an answer. Where two readings weigh nearly the same, a warning names
    the first line they dispute.
 3. **A sequence of numbers** may have gaps, may restart after a section's title, may go down to
    3.1, 3a or a lettered line that asks. Numbers inside answers lose against the outer sequence.
 4. **A question** is its line or block; plus the sentence that asks when a number or short heading
    stands apart from it; plus paragraphs that are only a link or a parenthesis; plus a stem
    ("3. On housing:") when it is followed at once by its first sub-question.
 5. **An answer** begins at its "Réponse :" mark, which is not part of it, or at the first block
    after the question; or, when nothing follows, after the question mark inside the same block.
    Nothing there, or only a filler ("—", "sans réponse"), is a blank.
 6. **Sections** are titles between an answer and the next question: headings above the questions'
    level, labelled lines ("Thème 2", "II."), bold, capital or colon-ended short lines that stand
    right before a question. What follows a section's title up to its question is preamble.
 7. **The title** is the first heading, or the first short line, that is not a section.
 8. **After the last answer**, thanks, greetings, a signature, foreign footnotes and what follows a
    line drawn are notes.
 9. Where the questionnaire's questions are known, a question gets the number that it has there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from motamot.reading.doubts import Span, disputes, doubt_of, swallowed
from motamot.reading.known import NOT_FOUND, differences, lacking, matches
from motamot.reading.marks import Item, marks_of
from motamot.reading.page import Page, key, page_of
from motamot.reading.scale import best
from motamot.reading.titles import Mark
from motamot.reading.wording import is_blank
from motamot.recording.cut import Asked, asked, edges, passages_of
from motamot.recording.record import Entry, first_words
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

    `known` are the questions of its questionnaire, when another document has fixed them: numbers
    are theirs, and one of the document that they lack keeps a number that none of them has.
    `blank` says that nobody has filled this one in, `declined` that it is a letter which answers no
    question. Never raises, whatever the text.
    """
    lines = Lines(text)
    wordings = frozenset(k for q in known if (k := key(q.wording)))
    page = page_of(text, wordings, blank=blank)
    ranked = [] if declined else best(page)
    if not ranked or ranked[0][0] <= 0:
        return tuple(_entries(lines, page, [], _opening_only(page), blank=True)), []
    reading = ranked[0][1]
    marks, items = marks_of(page, reading)
    entries = tuple(_entries(lines, page, items, marks, blank=blank))
    doubts = [doubt_of(path, lines, mark) for mark in marks if mark.doubt]
    doubts += disputes(path, lines, ranked, reading)
    doubts += swallowed(path, _spans(text, marks), page)
    if known:
        own = asked(text, passages_of(text, entries, path, path)[0], path)
        matched = matches(known, own)
        doubts += differences(known, own, matched)
        entries = _renumbered(entries, _numbers(own, matched, known))
        lacked = lacking(known, own, matched)
        entries += tuple(
            Entry("absent", None, q.number, doubtful=True, remark=f"“{q.short()}” was not found")
            for q, _ in lacked
        )
        doubts += [problem for _, problem in lacked]
    return _marked(entries, doubts, path), doubts


def _renumbered(entries: Sequence[Entry], numbers: Mapping[str, str]) -> tuple[Entry, ...]:
    return tuple(replace(e, number=numbers[e.number]) if e.number else e for e in entries)


def _marked(entries: Sequence[Entry], doubts: Sequence[Problem], path: str) -> tuple[Entry, ...]:
    """The lines of the record, a doubt on each that a problem names; files by their names alone."""
    folder = path[: path.rfind("/") + 1]
    made = list(entries)
    for problem in doubts:
        here = [i for i, e in enumerate(made) if e.at and e.at[0] <= (problem.where.line or 0)]
        if here and problem.found != NOT_FOUND:
            remark = f"expected {problem.expected}; found {problem.found}"
            remark = remark.replace(folder, "") if folder else remark
            made[here[-1]] = replace(made[here[-1]], doubtful=True, remark=remark)
    return tuple(made)


def _numbers(
    own: Sequence[Asked], matched: dict[str, Asked], known: Sequence[Asked]
) -> dict[str, str]:
    """The document's numbers -> the questionnaire's; a free one for what it does not ask."""
    taken = {q.number for q in known}
    numbers: dict[str, str] = {}
    for question in own:
        number = question.number
        if number in matched:
            numbers[number] = matched[number].number
            continue
        while number in taken:
            number += "bis"
        taken.add(number)
        numbers[question.number] = number
    return numbers


def _opening_only(page: Page) -> list[Mark]:
    """A document without questions: its title, and the rest."""
    chunks = page.chunks
    if not chunks:
        return []
    titled = page.units[chunks[0].unit].kind == "heading"
    return [
        Mark(chunk.start, "title" if titled and not at else "preamble")
        for at, chunk in enumerate(chunks[:2])
    ]


def _spans(text: str, marks: Sequence[Mark]) -> list[Span]:
    """Marks in order -> spans that cover the text; neighbours of one kind are one, sections and
    questions aside."""
    kept: list[Mark] = []
    for mark in marks:
        same = kept and (kept[-1].kind, kept[-1].question) == (mark.kind, mark.question)
        if kept and kept[-1].start == mark.start:
            kept[-1] = kept[-1] if kept[-1].kind == "question" else mark
        elif not same or mark.kind in ("section", "question"):
            kept.append(mark)
    if not text:
        return []
    kept = kept or [Mark(0, "preamble")]
    ends = [*(mark.start for mark in kept[1:]), len(text)]
    return [
        Span(mark.kind, mark.question, mark.start, end)
        for mark, end in zip(kept, ends, strict=True)
    ]


def _entries(
    lines: Lines, page: Page, items: Sequence[Item], marks: Sequence[Mark], *, blank: bool
) -> Iterator[Entry]:
    """The lines of a record. `blank`: nobody was to answer."""
    text = lines.text
    spans = _spans(text, marks)
    by_start = {item.start: item for item in items}
    by_answer = {item.extent.answer: item for item in items}
    answered = {span.number for span in spans if span.kind == "answer"}
    for at, span in enumerate(spans):
        whole = replace(span, start=span.start if at else 0)
        if span.kind == "question":
            begin, end = _question(text, page, by_start[span.start], whole)
        elif span.kind == "answer":
            begin, end = _answer(text, page, by_answer[span.start], whole)
        else:
            begin, end = _title(text, whole) if span.kind in ("title", "section") else _bare(whole)
        entry = _entry(lines, whole, span.start, begin, end)
        yield entry
        if span.kind == "question" and span.number not in answered and not blank:
            yield Entry("blank", None, span.number)


def _entry(lines: Lines, span: Span, place: int, begin: int, end: int) -> Entry:
    """`text[begin:end]` of a span are its words; what stands before and after are its labels."""
    text = lines.text
    low, high = edges(text, begin, end)
    kind = span.kind
    if kind == "answer" and is_blank(plain(text[begin:end])):
        kind = "blank"
    shown, goes_on = first_words(text[low:high])
    return Entry(
        kind,
        lines.place(place),
        span.number,
        before=_between(text, span.start, begin),
        words=shown or None,
        goes_on=goes_on,
        after=_between(text, end, span.end),
    )


def _between(text: str, start: int, end: int) -> str:
    """A label: what stands between two places, without the blanks around."""
    low, high = edges(text, start, max(start, end))
    return text[low:high]


def _bare(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _title(text: str, span: Span) -> tuple[int, int]:
    """A title's words: without its heading's mark, a final colon, and the emphasis around both."""
    start, end = edges(text, span.start, span.end)
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


def _question(text: str, page: Page, item: Item, span: Span) -> tuple[int, int]:
    head = item.head
    end = min(span.end, max(item.extent.wording_end, head.wording))
    begin = head.wording if item.start == head.start else _stem_wording(page, item.start)
    return begin, end


def _stem_wording(page: Page, start: int) -> int:
    stem = next((h for h in page.heads if h.start == start), None)
    return stem.wording if stem else start


def _answer(text: str, page: Page, item: Item, span: Span) -> tuple[int, int]:
    start = item.extent.words if item.extent.words is not None else span.start
    cell = next((u for u in page.units[item.head.unit :] if u.start == span.start), None)
    if cell is None or cell.column < 0:
        return start, span.end
    row = [u for u in page.units if u.row == cell.row and cell.start <= u.start < span.end]
    return cell.body, max((u.tail for u in row if u.tail > u.body), default=cell.body)
