"""Tables of questions and answers: which cell asks, which answer, whose they are.

A table is one of questions when its head says so, or when its rows ask or are numbered; any other
is words like the rest of its answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from motamot.reading.lines import Line, Page
from motamot.reading.wording import vocabulary
from motamot.text.folding import fold

_NUMBER = re.compile(r"(?:q(?:uestion)?\s*)?\d{1,3}(?:[.\s-]?(?:\d{1,2}|[a-z]))?[.)]?")
_TICK = re.compile(r"[xX✓✔☑☒•]|oui|yes|ja")


@dataclass(frozen=True)
class Row:
    """Places among a page's lines: of the number's cell, of the question's, of those that answer;
    `names` are the respondents' of these, as the table's head has them, empty for one alone."""

    number: int | None
    question: int
    answers: tuple[int, ...]
    names: tuple[str, ...]
    rest: tuple[int, ...] = ()  # of a drawn table: what goes on below


@dataclass(frozen=True)
class Table:
    """The lines of a table of questions, its head aside."""

    head: tuple[int, ...]
    rows: tuple[Row, ...]
    choices: bool  # a column for each choice, and a cross in one of them


def tables(page: Page, found: Collection[int] = ()) -> list[Table]:
    """The tables of questions of a document, in order; `found` are the lines where questions of the
    questionnaire stand."""
    cells = [(i, line) for i, line in enumerate(page.lines) if line.unit.column >= 0]
    made = (
        _table(page, list(group), found)
        for _, group in groupby(cells, key=lambda c: c[1].unit.block)
    )
    return [table for table in made if table]


Cells = list[tuple[int, Line]]


def _table(page: Page, cells: Cells, found: Collection[int]) -> Table | None:
    rows = [list(group) for _, group in groupby(cells, key=lambda c: c[1].unit.row)]
    head = [(line.unit.column, page.of(line)) for _, line in rows[0]]
    body = rows[1:]
    asked, number, sure = _asking_column(page, head, body, found)
    if asked is None:
        return None
    columns = sorted({line.unit.column for row in body for _, line in row} | {c for c, _ in head})
    answering = [c for c in columns if c not in (asked, number)]
    said = [c for c, words in head if c in answering and _holds(words, "answer_columns")]
    if said and len(said) == 1:
        answering = said
    if not answering:
        return None
    if not sure and len(answering) > 1:
        return None
    heads = dict(head)
    ticks = _ticks(page, body, answering)
    several = len(answering) > 1 and not ticks and all(heads.get(c, "").strip() for c in answering)
    made = [row for r in body if (row := _row(page, r, asked, number, answering, heads, several))]
    first = tuple(i for i, _ in rows[0])
    if not head_of_questions(page, rows[0], asked):
        extra = _row(page, rows[0], asked, number, answering, {}, False)
        if extra and sure:
            return Table((), (extra, *made), ticks)
    return Table(first, tuple(made), ticks) if made else None


def head_of_questions(page: Page, row: Sequence[tuple[int, Line]], asked: int) -> bool:
    """Whether a table's first row is a head, and no question itself."""
    cell = next((i for i, line in row if line.unit.column == asked), None)
    return cell is None or page.asks[cell] < 0.9


def _asking_column(
    page: Page, head: Sequence[tuple[int, str]], body: Sequence[Cells], found: Collection[int]
) -> tuple[int | None, int | None, bool]:
    """(column that asks, column of the number, whether the head or most rows say so)."""
    if not body:
        return None, None, False
    width = max(len(row) for row in body)
    columns = Counter(x.unit.column for row in body for i, x in row if i in found)
    often, count = columns.most_common(1)[0] if columns else (0, 0)
    told = next((c for c, words in head if _holds(words, "question_columns")), None)
    told = often if count * 2 > len(body) else told
    numbers: int | None = None
    for column in (0, 1):
        own = [line for row in body for _, line in row if line.unit.column == column]
        bare = sum(
            bool(_NUMBER.fullmatch(fold(page.text[x.body : x.tail].strip("*_ ")))) for x in own
        )
        if column != told and own and bare * 2 > len(own) and bare * 2 > len(body):
            numbers = column
            break
    if told is not None:
        return told, numbers, True
    first = 0 if numbers is None else numbers + 1
    asking_cells = [(i, line) for row in body for i, line in row if line.unit.column == first]
    if not asking_cells or width < 2:
        return None, None, False
    asking = sum(page.asks[i] >= 0.9 or line.numbered for i, line in asking_cells)
    sure = any(_holds(words, "answer_columns") for _, words in head)
    if asking * 2 >= len(asking_cells) or sure:
        return first, numbers, True
    return None, None, False


def _holds(words: str, entry: str) -> bool:
    said = fold(words)
    return len(said) < 60 and any(word in said for word in map(fold, vocabulary()[entry]))


def _ticks(page: Page, body: Sequence[Cells], answering: Sequence[int]) -> bool:
    """Whether most of the filled cells hold a cross alone, in every column but the last."""
    own = [page.of(x) for row in body for _, x in row if x.unit.column in answering[:-1]]
    return bool(own) and sum(bool(_TICK.fullmatch(w.strip("*_ "))) for w in own) * 4 >= 3 * len(own)


def _row(
    page: Page,
    row: Cells,
    asked: int,
    number: int | None,
    answering: Sequence[int],
    heads: dict[int, str],
    several: bool,
) -> Row | None:
    at = {line.unit.column: i for i, line in reversed(row)}
    rest = tuple(i for i, _ in row if i not in at.values())
    if asked not in at:
        return None
    own = tuple(at[c] for c in answering if c in at)
    names = tuple(heads[c].strip("*_ ") for c in answering if c in at) if several else ()
    return Row(at.get(number) if number is not None else None, at[asked], own, names, rest)
