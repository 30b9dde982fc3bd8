"""Kinds of lines -> spans: what each run of lines is, of which question and which respondent."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from motamot.reading.known import Found
from motamot.reading.labels import number_text
from motamot.reading.lines import Line, Page
from motamot.recording.record import Kind

_KINDS: dict[str, Kind] = {
    **dict.fromkeys("QR", "question"),
    **dict.fromkeys("AC", "answer"),
    **{"T": "title", "P": "preamble", "S": "section", "N": "note"},
}
_AGAIN = ("bis", "ter", "quater", "quinquies", "sexies")
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
    page: Page, kinds: str, found: Mapping[int, Found], after: Mapping[int, int], *, again: bool
) -> list[Span]:
    """The spans of a document, in order; questions have their numbers. `after`: lines that answer
    a question which is not the one above -> its line; `again`: the same words may be asked anew."""
    runs = _settled(page, _runs(page, kinds))
    heads = [span for span in runs if span.kind == "question"]
    number: dict[int, str] = {at: match.question.number for at, match in found.items()}
    if not found:
        firsts = _asked_again(page, heads) if again else heads
        unique = [head for head, first in zip(heads, firsts, strict=True) if head is first]
        own = dict(zip(unique, numbers_of(page, runs, unique), strict=True))
        number = {head.first: own[first] for head, first in zip(heads, firsts, strict=True)}
    for head in heads:
        if head.first in number:
            number |= dict.fromkeys(range(head.first, head.last + 1), number[head.first])
    return list(_numbered(page, _with_feet(page, _split(page, runs, found)), number, after))


def _runs(page: Page, kinds: str) -> list[Span]:
    """The runs of lines of one kind."""
    runs: list[Span] = []
    for at, letter in enumerate(kinds):
        kind = _KINDS[letter]
        goes_on = runs and runs[-1].kind == kind and letter not in "QA"
        if goes_on and letter in "ST":
            goes_on = page.lines[at].unit.block == page.lines[at - 1].unit.block
        if goes_on:
            runs[-1] = replace(runs[-1], last=at)
        else:
            runs.append(Span(kind, at, at))
    return runs


def _settled(page: Page, spans: Sequence[Span]) -> list[Span]:
    """What only a line's neighbours settle: "Sans réponse" below a question, or last words that
    nothing closes, are an answer; how long one may be is the question's; a name beside it is not.
    """
    runs = list(spans)
    for i, (run, below) in enumerate(pairwise(runs)):
        said = page.lines[below.first].said
        nobodys = below.kind in ("note", "preamble", "section")
        filler = run.kind == "question" and below.first == below.last and "says nothing" in said
        last = run.kind == "answer" and below is runs[-1] and _says_on(page.lines[below.first])
        if nobodys and (filler or last):
            runs[i + 1] = replace(below, kind="answer")
    for i, (run, below) in enumerate(pairwise(runs)):
        aside = below.last > below.first and "aside" in page.lines[below.first].said
        if (run.kind, below.kind, aside) == ("question", "answer", True):
            runs[i] = replace(run, last=below.first)
            runs[i + 1] = replace(below, first=below.first + 1)
    for i, run in enumerate(runs):
        if run.kind == "question" and page.lines[run.last].trails:
            runs[i] = replace(run, end=page.lines[max(run.first, run.last - 1)].tail)
    return runs


def _says_on(line: Line) -> bool:
    """Whether a line says something for who answers, and closes nothing."""
    return "answers" in line.said and not {"greets", "closes"} & {*line.said}


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


def _split(page: Page, spans: Sequence[Span], found: Mapping[int, Found]) -> Iterator[Span]:
    """A question whose words end within a line: what follows is its answer."""
    for span in spans:
        match = found.get(span.first) if span.kind == "question" else None
        tail = page.lines[span.last].tail
        if match and span.first == span.last and page.text[match.end : tail].strip("*_ :.-–"):
            yield replace(span, end=match.end)
            yield Span("answer", span.first, span.last, start=match.end)
        else:
            yield span


def _with_feet(page: Page, spans: Iterable[Span]) -> Iterator[Span]:
    """The lines at the foot of an answer that it cites, "[1]: ..." below "... [1]", are its own."""
    said = before = ""
    for span in spans:
        lines = page.lines[span.first : span.last + 1]
        if span.kind == "question":
            said = ""
        elif span.kind == "answer":
            said += page.text[lines[0].start : lines[-1].tail]
        elif before == "answer":
            foot = sum(takewhile(bool, (_cited(page, line, said) for line in lines)))
            if foot:
                yield Span("answer", span.first, span.first + foot - 1)
                span = replace(span, first=span.first + foot)
        before = span.kind
        if span.first <= span.last:
            yield span


def _cited(page: Page, line: Line, said: str) -> bool:
    mark = page.text[line.body : line.tail].partition("]")[0]
    return "footnote" in line.said and f"{mark}]" in said


def _numbered(
    page: Page, spans: Iterable[Span], numbers: Mapping[int, str], after: Mapping[int, int]
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
    asked = {head.first for head in heads}
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
        if span.kind == "question" and span.first in asked:
            parts.append(own)
    if sum(bool(p) for p in parts) * 2 <= len(parts):
        return [str(i + 1) for i in range(len(parts))]
    written: list[str] = []
    last, more = "0", 0
    for part in parts:
        last, more = (number_text(part), 0) if part else (last, more + 1)
        written.append(last + (_AGAIN[min(more, len(_AGAIN)) - 1] if more else ""))
    if len(set(written)) == len(written):
        return written
    titles = [span.first for span in spans if span.kind == "section"]
    above_each = (bisect_left(titles, head.first) for head in heads)
    by_section = [f"{s}.{n}" for s, n in zip(above_each, written, strict=True)]
    if len(set(by_section)) == len(by_section):
        return by_section
    return [str(i + 1) for i in range(len(written))]


def _label(line: Line) -> Parts | None:
    return line.label.parts if line.label and line.label.parts else None
