"""Kinds of lines -> spans: what each run of lines is, of which question and which respondent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from motamot.reading.known import Found
from motamot.reading.labels import number_text
from motamot.reading.lines import Line, Page
from motamot.recording.record import Kind

_KINDS: dict[str, Kind] = {
    "T": "title",
    "P": "preamble",
    "S": "section",
    "Q": "question",
    "R": "question",
    "A": "answer",
    "C": "answer",
    "N": "note",
}
_BIS = ("bis", "ter", "quater", "quinquies", "sexies")
Parts = tuple[int | str, ...]


@dataclass(frozen=True)
class Span:
    """Lines first to last (included), read as one thing. `start` is where it begins, when that is
    within its first line."""

    kind: Kind
    first: int
    last: int
    number: str | None = None
    respondent: str | None = None  # its name as the document has it
    start: int | None = None
    end: int | None = None  # where its words end, when that is known
    labelled: bool = False  # its number stands before its words
    named: bool = False  # its respondent's name does
    cell: bool = False  # it stands in a table of questions


def spans_of(
    page: Page, kinds: str, found: Mapping[int, Found], after: Mapping[int, int]
) -> list[Span]:
    """The spans of a document, in order; questions have their numbers. `after`: lines that answer
    a question which is not the one above -> its line."""
    made: list[Span] = []
    for at, letter in enumerate(kinds):
        kind = _KINDS[letter]
        goes_on = made and made[-1].kind == kind and letter not in "QA"
        if goes_on and letter in "ST":
            goes_on = page.lines[at].unit.block == page.lines[at - 1].unit.block
        if goes_on:
            made[-1] = replace(made[-1], last=at)
        else:
            made.append(Span(kind, at, at))
    made = list(_around(page, _mended(page, made)))
    made = list(_split_numbers(page, made, found))
    made = made if found else list(_with_stems(page, made))
    made = _without_names(page, made)
    heads = [span for span in made if span.kind == "question"]
    if found:
        numbers = [found[s.first].question.number for s in heads if s.first in found]
    else:
        firsts = _asked_again(page, heads)
        unique = [head for head, first in zip(heads, firsts, strict=True) if head is first]
        number = dict(zip(unique, numbers_of(page, made, unique), strict=True))
        numbers = [number[first] for first in firsts]
    asked = [head for head in heads if not found or head.first in found]
    own = {
        at: number
        for head, number in zip(asked, numbers, strict=True)
        for at in range(head.first, head.last + 1)
    }
    return list(_numbered(page, made, own, after))


def _asked_again(page: Page, heads: Sequence[Span]) -> list[Span]:
    """For each question the first of the same words, where a document asks them all again."""
    keys = [" ".join(w for x in page.lines[h.first : h.last + 1] for w in x.words) for h in heads]
    first: dict[str, Span] = {}
    for key, head in zip(keys, heads, strict=True):
        first.setdefault(key, head)
    if len(first) * 2 > len(heads) + 1 or len(heads) < 2:
        return list(heads)
    low, seen = 0, set(keys)
    for key, head in zip(keys, heads, strict=True):
        if key in seen and page.title_between(low, head.first) is None:
            return list(heads)  # nobody's name heads this part
        seen = set() if key in seen else seen
        seen.add(key)
        low = head.last + 1
    return [first[key] for key in keys]


def _mended(page: Page, spans: Sequence[Span]) -> list[Span]:
    """What one line after the other cannot see: a parenthesis above an answer is the question's, a
    stem begins the question that it leads to, a sentence that a page's foot cuts goes on."""
    made: list[Span] = []
    for span in spans:
        before = made[-1] if made else None
        first, last = page.lines[span.first], page.lines[span.last]
        nobodys = span.kind in ("note", "preamble", "section")
        foot = "lower case" in last.said and {"page number", "repeated"} & set(first.said)
        if before and (before.kind, span.kind) == ("question", "answer"):
            if "aside" in first.said and span.last > span.first:
                made[-1] = replace(before, last=span.first)
                span = replace(span, first=span.first + 1)
        elif before and (before.kind, span.kind) == ("answer", "question"):
            above = page.lines[before.last]
            stem = above.numbered and "heads lower numbers" in above.said
            if stem and _label(first) == ("a",) and before.last > before.first:
                made[-1] = replace(before, last=before.last - 1)
                span = replace(span, first=before.last)
        filler = span.first == span.last and "says nothing" in first.said and bool(first.words)
        if before and before.kind == "question" and nobodys and filler:
            span = replace(span, kind="answer")
        if before and before.kind == "answer" and nobodys and foot:
            made[-1] = replace(before, last=span.last)
        else:
            made.append(span)
    if len(made) > 1 and (made[-2].kind, made[-1].kind) == ("answer", "note"):
        line = page.lines[made[-1].first]
        own = {"first person", "answers", "opens as an answer"} & set(line.said)
        if not (_CLOSING if own else _CLOSING | _ENDING) & set(line.said):
            made[-2:] = [replace(made[-2], last=made[-1].last)]
    return made


# What begins the end of a document, after the last answer; unless it is said in the first person.
_CLOSING = {"greets", "closes", "footnote", "after a closing"}
_ENDING = {
    *("page number", "of document", "aside", "speaker", "says section", "link"),
    *("looks h", "looks bold", "looks italic", "looks rule", "looks caps", "looks html"),
}


def _first_block(page: Page, spans: Sequence[Span]) -> list[Span]:
    """The first block of a document as its title."""
    first = spans[0]
    block = page.lines[first.first].unit.block
    last = max(i for i in range(first.first, first.last + 1) if page.lines[i].unit.block == block)
    rest = [replace(first, first=last + 1)] if last < first.last else []
    return [Span("title", first.first, last), *rest, *spans[1:]]


def _around(page: Page, spans: Sequence[Span]) -> Iterator[Span]:
    """A document has one title; before its questions there are no notes."""
    titled = asked = False
    if spans and all(span.kind != "title" for span in spans):
        line = page.lines[spans[0].first]
        short = 0 < len(line.words) <= 14 and not {"addresses", "ends ,", "numbered"} & set(
            line.said
        )
        if spans[0].kind in ("section", "preamble") and short and (line.standing or line.first):
            spans = _first_block(page, spans)
    for span in spans:
        asked = asked or span.kind == "question"
        if (span.kind == "title" and titled) or (span.kind == "note" and not asked):
            span = replace(span, kind="preamble")
        titled = titled or span.kind == "title"
        yield span


def _with_stems(page: Page, spans: Sequence[Span]) -> Iterator[Span]:
    """A stem ("3. On housing:") belongs to the first question that goes down from it."""
    waiting: Span | None = None
    for span in spans:
        own = page.lines[span.first]
        stem = "heads lower numbers" in own.said and not own.unit.level
        if waiting:
            below = span.kind == "question" and span.first == waiting.last + 1
            if below and _label(own) != _label(page.lines[waiting.first]):
                span, stem = replace(span, first=waiting.first), False
            else:
                yield waiting
        waiting = span if span.kind == "question" and stem else None
        if waiting is None:
            yield span
    if waiting:
        yield waiting


def _without_names(page: Page, spans: Sequence[Span]) -> list[Span]:
    """Questions without the name that stands after them, on the same line, again and again."""
    after = Counter(
        page.lines[s.last].words for s in spans if s.kind == "question" and _trails(page, s)
    )
    return [
        replace(s, end=page.lines[s.last - 1].tail)
        if s.kind == "question" and _trails(page, s) and after[page.lines[s.last].words] > 1
        else s
        for s in spans
    ]


def _trails(page: Page, span: Span) -> bool:
    line = page.lines[span.last]
    return span.last > span.first and line.inline and 0 < len(line.words) <= 6


def _split_numbers(page: Page, spans: Sequence[Span], found: Mapping[int, Found]) -> Iterator[Span]:
    """A question whose words end within a line: what follows is its answer."""
    for span in spans:
        match = found.get(span.first) if span.kind == "question" else None
        end = match.end if match else 0
        if (
            match
            and span.first == span.last
            and page.text[end : page.lines[span.last].tail].strip("*_ :.-–")
        ):
            yield replace(span, end=end)
            yield Span("answer", span.first, span.last, start=end)
        else:
            yield span


def _numbered(
    page: Page, spans: Sequence[Span], numbers: Mapping[int, str], after: Mapping[int, int]
) -> Iterator[Span]:
    """The spans with their questions' numbers. Pieces of one answer are one span; what stands
    under a question that the questionnaire lacks is a note."""
    number: str | None = None
    waiting: Span | None = None
    for span in spans:
        if span.kind == "question":
            number = numbers.get(span.first)
        elif span.first in after:
            number = numbers.get(after[span.first])
            span = replace(span, labelled=bool(page.lines[span.first].label))
        if span.kind in ("question", "answer"):
            span = replace(span, number=number) if number else replace(span, kind="note")
        joined = waiting and (waiting.kind, waiting.number) == (span.kind, span.number)
        if waiting and joined and span.kind in ("answer", "note"):
            waiting = replace(waiting, last=span.last)
            continue
        if waiting:
            yield waiting
        waiting = span
    if waiting:
        yield waiting


# --- numbers --------------------------------------------------------------------------------------


def numbers_of(page: Page, spans: Sequence[Span], heads: Sequence[Span]) -> list[str]:
    """The questions' numbers as text. Without labels, their positions; where numbering restarts in
    each section, the section's position comes first ("2.1"); one without a number among others
    that have one follows them ("3bis"), so that theirs do not move."""
    parts: list[Parts | None] = []
    above: int | None = None
    for span in spans:
        if span.kind == "answer":
            continue
        if span.kind in ("preamble", "note"):
            tops = [_label(line) for line in page.lines[span.first : span.last + 1]]
            above = next((t[0] for t in reversed(tops) if t and isinstance(t[0], int)), above)
            continue
        own = _label(page.lines[span.first])
        if own and isinstance(own[0], str) and span.kind == "question":
            own = (above, *own) if above is not None else None
        elif own and isinstance(own[0], int):
            above = own[0]
            inner = [_label(line) for line in page.lines[span.first + 1 : span.last + 1]]
            own = (*own, "a") if ("a",) in inner else own
        if span in heads:
            parts.append(own)
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
    by_section = [f"{s}.{n}" for s, n in zip(_sections(spans, heads), written, strict=True)]
    if len(set(by_section)) == len(by_section):
        return by_section
    return _by_run(written)


def _label(line: Line) -> Parts | None:
    return line.label.parts if line.label and line.label.parts else None


def _sections(spans: Sequence[Span], heads: Sequence[Span]) -> list[int]:
    titles = [span.first for span in spans if span.kind == "section"]
    return [sum(t < head.first for t in titles) for head in heads]


def _by_run(written: Sequence[str]) -> list[str]:
    """Numbers that start again without a section's title: the run comes first."""
    seen: set[str] = set()
    run, made = 1, []
    for number in written:
        if number in seen:
            seen, run = set(), run + 1
        seen.add(number)
        made.append(f"{run}.{number}")
    if len(set(made)) == len(made):
        return made
    return [str(i + 1) for i in range(len(written))]
