"""Several respondents in one document: whose each answer is.

A name stands before each answer under a question, or heads a part in which the same questions are
asked again, or a column of a table: from there on, an answer is of that name."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from motamot.reading.lines import Page
from motamot.reading.spans import Span
from motamot.reading.tables import Table
from motamot.reading.wording import is_form_word
from motamot.text.folding import fold
from motamot.text.markdown import plain


def by_columns(spans: Sequence[Span], tables: Sequence[Table]) -> Iterator[Span]:
    """The answers of a table with a column for each respondent, one by one."""
    rows = [row for table in tables for row in table.rows]
    owner = {at: name for row in rows for at, name in zip(row.answers, row.names, strict=False)}
    cells = {at for row in rows for at in row.answers}
    for span in spans:
        if span.kind == "answer" and span.first in owner:
            yield from _parted(replace(span, cell=True), owner)
        else:
            yield replace(span, cell=span.first in cells)


def _parted(span: Span, owner: Mapping[int, str]) -> Iterator[Span]:
    """An answer from each line on at which a respondent's name stands."""
    own = [at for at in range(span.first, span.last + 1) if at in owner]
    for at, after in zip(own, [*own[1:], span.last + 1], strict=True):
        yield replace(span, first=at, last=after - 1, respondent=owner[at])


def shared(page: Page, spans: Sequence[Span], names: Mapping[str, str]) -> list[Span]:
    """The spans of a document, its answers with the names of their respondents where it has
    several; `names` are those of respondents that are known, by identifier."""
    heads = _headings(page, spans)
    if heads:
        return list(_under_headings(spans, heads))
    owner = name_lines(page, spans, names)
    return list(_after_names(spans, owner)) if owner else list(spans)


def _bare(words: str) -> str:
    return " ".join(plain(words.strip("*_ \t:–—-")).split())


# --- a name before each answer --------------------------------------------------------------------


def _name_at(page: Page, at: int) -> str:
    """The name that a line gives: before a colon, or alone on its line; "" for none."""
    line = page.lines[at]
    if line.answer or line.numbered:
        return ""
    if line.speaker:
        return _bare(line.speaker.name)
    words = _bare(page.text[line.body : line.tail])
    short = 0 < len(words.split()) <= 6 and words[:1].isupper() and words[-1:] not in ".!?,;"
    return words if short and (not line.inline or line.look == "bold") else ""


def name_lines(page: Page, spans: Sequence[Span], names: Mapping[str, str]) -> dict[int, str]:
    """The lines at which a name stands before an answer, and the name; none where a document has
    one respondent. Names come back under question after question, or are known."""
    questions = [s for s in spans if s.kind == "question"]
    heads = [s.first for s in questions]
    asked = {at for s in questions for at in range(s.first, s.last + 1)}
    known = {fold(name) for key_and_name in names.items() for name in key_and_name}
    own: dict[int, str] = {}
    under: dict[str, set[int]] = {}  # name -> the questions that it stands under
    for at in range(heads[0] if heads else 0, len(page.lines)):
        name = "" if at in asked else _name_at(page, at)
        if name and not is_form_word(name):
            own[at] = name
            under.setdefault(fold(name), set()).add(bisect_right(heads, at))
    often = {name for name, where in under.items() if len(where) > 1 or name in known}
    several = [n for n in range(1, len(heads) + 1) if sum(n in under[name] for name in often) > 1]
    own = {at: n for at, n in own.items() if fold(n) in often}
    firsts = sum(s.last + 1 in own for s in questions)  # the names right below a question
    return own if len(several) * 2 >= len(heads) and firsts * 5 > len(heads) * 2 else {}


def _after_names(spans: Sequence[Span], owner: Mapping[int, str]) -> Iterator[Span]:
    """Answers parted at the names; what stands before the first one is nobody's."""
    for span in spans:
        if span.kind != "answer" or span.start is not None or span.respondent:
            yield span
            continue
        parts = list(_parted(replace(span, named=True), owner))
        last = parts[0].first - 1 if parts else span.last
        if last >= span.first:
            yield replace(span, last=last, kind="note", number=None)
        yield from parts


# --- a part for each ------------------------------------------------------------------------------


def _headings(page: Page, spans: Sequence[Span]) -> dict[int, str]:
    """The lines that head a part, where the questions are asked again in each, and their names."""
    runs: list[list[Span]] = []
    for head in (s for s in spans if s.kind == "question"):
        if not runs or any(h.number == head.number for h in runs[-1]):
            runs.append([])
        runs[-1].append(head)
    above = [0, *(run[-1].last + 1 for run in runs)]
    titles = [page.title_between(low, run[0].first) for low, run in zip(above, runs, strict=False)]
    own = {
        at: _bare(page.text[page.lines[at].body : page.lines[at].tail])
        for at in titles
        if at is not None
    }
    return own if len(set(own.values())) == len(runs) > 1 else {}


def _under_headings(spans: Sequence[Span], owner: Mapping[int, str]) -> Iterator[Span]:
    """Answers with the name above; the names themselves, and the titles below them, are none's."""
    name: str | None = None
    for span in spans:
        at = next((at for at in owner if span.first <= at <= span.last), None)
        if span.kind == "answer":
            span = replace(span, respondent=name)
        if at is None:
            yield replace(span, kind="preamble") if name and span.kind == "section" else span
            continue
        if at > span.first:
            yield replace(span, last=at - 1)
        name = owner[at]
        yield Span("preamble", at, span.last)
