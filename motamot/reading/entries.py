"""Spans -> the lines of a record: where each passage and its words begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from motamot.reading.lines import Page
from motamot.reading.spans import Span
from motamot.reading.wording import is_blank, is_unticked
from motamot.recording.cut import edges
from motamot.recording.record import Entry, first_words
from motamot.text.markdown import plain
from motamot.text.source import Lines

_HEADING = re.compile(r"#{1,6}(?=[ \t])")
_TITLE_END = re.compile(r"\s*:?[*_]*(?:[ \t]+#+|\r?\n[ \t]*(?:=+|-+))?[ \t]*$")


def entries_of(lines: Lines, page: Page, spans: Sequence[Span]) -> Iterator[Entry]:
    """The lines of a record: the front matter first, each passage from its first character."""
    yield from _front(lines, page)
    if not spans and lines.text and not page.paint.front:
        yield Entry("preamble", (1, 1))
    starts = [page.lines[s.first].start if s.start is None else s.start for s in spans]
    if starts and not page.paint.front:
        starts[0] = 0
    stops = [*starts[1:], len(lines.text)][: len(spans)]
    for span, start, stop in zip(spans, starts, stops, strict=True):
        words = edges(page.text, *_words(page, span, start, stop))
        yield _entry(lines, span, start, stop, page.paint.words(*words))


def _front(lines: Lines, page: Page) -> Iterator[Entry]:
    """The front matter: its title, and the rest."""
    text, front, title = lines.text, page.paint.front, page.paint.title
    if front and title is None:
        yield Entry("preamble", (1, 1))
    elif front and title:
        start, stop = text.rfind("\n", 0, title[0]) + 1, text.find("\n", title[1]) + 1
        if text[:start].strip():
            yield Entry("preamble", (1, 1))
        yield _entry(lines, Span("title", 0, 0), start, stop or len(text), title)
        if stop and text[stop:front].strip():
            yield Entry("preamble", lines.place(stop))


def _words(page: Page, span: Span, start: int, stop: int) -> tuple[int, int]:
    """Where the words of a span begin and end: its labels aside."""
    first, last = page.lines[span.first], page.lines[span.last]
    if span.kind == "question":
        begin = first.core if "speaks often" in first.said else first.wording
        if first.unit.column >= 0 and not first.words and span.last > span.first:
            begin = page.lines[span.first + 1].core
        return begin, span.end or last.tail
    if span.kind == "answer":
        end = stop if last.unit.column < 0 else last.tail if span.cell else last.unit.end
        return _answer(page, span, start), end
    if span.kind in ("title", "section"):
        return _title(page.text, first.body if first.unit.kind != "heading" else start, last.tail)
    return start, stop


def _answer(page: Page, span: Span, start: int) -> int:
    """Where the words of an answer begin."""
    first = page.lines[span.first]
    if span.start is not None:
        return span.start
    if span.named:
        return first.speaker.end if first.speaker else first.tail
    if first.answer and not first.answer.open:
        return first.answer.end
    if "speaks often" in first.said:
        return first.core
    if span.labelled:
        return first.wording
    return first.body if span.cell or first.inline else start


def _title(text: str, start: int, stop: int) -> tuple[int, int]:
    """A title's words: without its heading's mark, a final colon, and the emphasis around both."""
    start, end = edges(text, start, stop)
    heading = _HEADING.match(text, start, end)
    begin = heading.end() if heading else start
    tail = _TITLE_END.search(text, begin, end)
    close = tail.start() if tail else end
    sign = "".join(c for c in text[close:end] if c in "*_")
    lead = begin + len(text[begin:close]) - len(text[begin:close].lstrip())
    if not sign:
        return begin, close
    wrapped = ":" in text[close:end] and text.startswith(sign, lead)
    return (lead + len(sign), close) if wrapped else (begin, end)


def _entry(lines: Lines, span: Span, start: int, stop: int, words: tuple[int, int]) -> Entry:
    """What stands before and after the words of a span are its labels."""
    text = lines.text
    low, high = edges(text, min(words[0], stop), min(max(words), stop))
    if span.kind == "answer" and is_unticked(text[low:high]):
        low = high  # what a form offers is nobody's answer
    said = text[low:high]
    shown, goes_on = first_words(said)
    return Entry(
        "blank" if span.kind == "answer" and is_blank(plain(said)) else span.kind,
        lines.place(start),
        span.number,
        span.respondent,
        before=text[slice(*edges(text, start, low))],
        words=shown or None,
        goes_on=goes_on,
        after=text[slice(*edges(text, high, stop))],
    )
