"""Several respondents in one document: whose each answer is.

A name stands before each answer under a question, or heads a part in which the same questions are
asked again, or a column of a table."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from motamot.reading.lines import Line, Page
from motamot.reading.spans import Span
from motamot.reading.tables import Table
from motamot.reading.wording import is_form_word
from motamot.text.folding import fold
from motamot.text.markdown import plain

_TAG_END = re.compile(r"[\s:*_–—-]+$")


def shared(page: Page, spans: Sequence[Span], names: Mapping[str, str]) -> list[Span]:
    """The spans of a document, its answers with the names of their respondents where it has
    several; `names` are those of respondents that are known, by identifier."""
    return _parts(page, spans) or _named(page, spans, names) or list(spans)


def by_columns(page: Page, spans: Sequence[Span], tables: Sequence[Table]) -> list[Span]:
    """The answers of a table with a column for each respondent, one by one."""
    owner = {
        at: name
        for table in tables
        for row in table.rows
        for at, name in zip(row.answers, row.names, strict=False)
    }
    answering = {at for table in tables for row in table.rows for at in row.answers}
    made: list[Span] = []
    for span in spans:
        if span.kind != "answer" or span.first not in owner:
            made.append(replace(span, cell=span.first in answering))
            continue
        for at in range(span.first, span.last + 1):
            if at in owner:
                made.append(replace(span, first=at, last=at, respondent=owner[at], cell=True))
            else:
                made[-1] = replace(made[-1], last=at)
    return made


def name_of(line: Line, page: Page) -> str | None:
    """The name that a line gives: before a colon, or alone on its line."""
    if line.answer or line.numbered:
        return None
    if line.speaker:
        return _bare(line.speaker.written)
    words = _bare(page.text[line.body : line.tail])
    short = 0 < len(words.split()) <= 6 and words[:1].isupper() and words[-1:] not in ".!?,;"
    return words if (short and not line.inline) or (short and line.look == "bold") else None


def _bare(words: str) -> str:
    return _TAG_END.sub("", " ".join(plain(words.strip("*_ \t:")).split()))


def _name(page: Page, at: int) -> str:
    return _bare(page.text[page.lines[at].body : page.lines[at].tail])


# --- a name before each answer --------------------------------------------------------------------


def name_lines(page: Page, spans: Sequence[Span], names: Mapping[str, str]) -> dict[int, str]:
    """The lines at which a name stands before an answer, and the name; none where a document has
    one respondent. Names come back under question after question, or are known."""
    heads = [s.first for s in spans if s.kind == "question"]
    if not heads:
        return {}
    known = {fold(name) for name in names.values()} | {fold(i) for i in names}
    asked = {at for s in spans if s.kind == "question" for at in range(s.first, s.last + 1)}
    of: dict[int, str] = {}
    under: dict[str, set[int]] = {}
    for at in range(heads[0], len(page.lines)):
        name = name_of(page.lines[at], page) if at not in asked else None
        if name and not is_form_word(name):
            of[at] = name
            under.setdefault(fold(name), set()).add(bisect_right(heads, at))
    often = {n for n, where in under.items() if len(where) > 1 or n in known}
    own = {at: name for at, name in of.items() if fold(name) in often and _leads(page, at, of)}
    several = [
        head
        for head in range(1, len(heads) + 1)
        if sum(head in w for n, w in under.items() if n in often) > 1
    ]
    firsts = sum(1 for s in spans if s.kind == "question" and s.last + 1 in own)
    enough = (
        len(often) > 1 and several and (len(several) * 2 >= len(heads) or firsts * 2 > len(heads))
    )
    return own if enough and firsts * 2 > len(heads) * 0.8 else {}


def _named(page: Page, spans: Sequence[Span], names: Mapping[str, str]) -> list[Span] | None:
    """Answers parted at the names that stand before them, question after question."""
    of = name_lines(page, spans, names)
    if not of:
        return None
    made: list[Span] = []
    for span in spans:
        if span.kind == "answer" and span.start is None and not span.respondent:
            made += _parted(span, of)
        else:
            made.append(span)
    return made


def _leads(page: Page, at: int, of: Mapping[int, str]) -> bool:
    """Whether something is said after a name."""
    line = page.lines[at]
    said = line.speaker is not None and line.speaker.end < line.tail
    return said or (at + 1 < len(page.lines) and at + 1 not in of)


def _parted(span: Span, of: Mapping[int, str]) -> Iterator[Span]:
    own = [at for at in range(span.first, span.last + 1) if at in of]
    if not own:
        yield replace(span, kind="note", number=None)
        return
    if own[0] > span.first:
        yield replace(span, last=own[0] - 1, kind="note", number=None)
    for at, after in zip(own, [*own[1:], span.last + 1], strict=True):
        yield replace(span, first=at, last=after - 1, respondent=of[at], named=True)


# --- a part for each ------------------------------------------------------------------------------


def _parts(page: Page, spans: Sequence[Span]) -> list[Span] | None:
    """Answers with the name that heads their part, where the questions are asked again in each."""
    heads = [s for s in spans if s.kind == "question"]
    runs: list[list[Span]] = []
    for head in heads:
        if not runs or any(h.number == head.number for h in runs[-1]):
            runs.append([])
        runs[-1].append(head)
    if len(runs) < 2:
        return None
    above = [0, *(run[-1].last + 1 for run in runs[:-1])]
    titles = [page.title_between(low, run[0].first) for low, run in zip(above, runs, strict=True)]
    names = {_name(page, t) for t in titles if t is not None}
    if any(title is None for title in titles) or len(names) < len(runs):
        return None
    made: list[Span] = []
    name: str | None = None
    for span in spans:
        inside = [t for t in titles if t is not None and span.first <= t <= span.last]
        if inside:
            at = inside[0]
            if at > span.first:
                made.append(
                    replace(span, last=at - 1, respondent=name if span.kind == "answer" else None)
                )
            name = _name(page, at)
            made.append(Span("preamble", at, span.last))
        elif span.kind == "answer":
            made.append(replace(span, respondent=name))
        elif name and span.kind == "section":
            made.append(replace(span, kind="preamble"))
        else:
            made.append(span)
    return made
