"""Where answers do not stand below their questions: in tables, and in a list after all of them.

A table is one of questions when its head says so, or when its rows ask or are numbered; any other
is words like the rest of its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from motamot.reading.lines import ASKING, Page
from motamot.reading.wording import vocabulary
from motamot.text.folding import fold

_NUMBER = re.compile(r"(?:q(?:uestion)?\s*)?\d{1,3}(?:[.\s-]?(?:\d{1,2}|[a-z]))?[.)]?")
_TICK = re.compile(r"[xX✓✔☑☒•]|oui|yes|ja")
LISTED, ANSWERING = 0.6, 0.4  # how much a list of questions asks, and one of answers at most
Cells = dict[int, list[int]]  # of a row: column -> its lines


@dataclass(frozen=True)
class Row:
    """Places among a page's lines: of the number's cell, of the question's, of those that answer;
    `names` are the respondents' of these, as the table's head has them, empty for one alone."""

    number: int | None
    question: int
    answers: tuple[int, ...]
    names: tuple[str, ...]
    rest: tuple[int, ...]  # what goes on below the first line of a cell


@dataclass(frozen=True)
class Table:
    """The lines of a table of questions, its head aside."""

    head: tuple[int, ...]
    rows: tuple[Row, ...]
    choices: bool  # a column for each choice, and a cross in one of them


def tables(page: Page, found: Collection[int] = ()) -> list[Table]:
    """The tables of questions of a document, in order; `found` are the lines where questions of the
    questionnaire stand."""
    cells = [at for at, line in enumerate(page.lines) if line.unit.column >= 0]
    blocks = groupby(cells, key=lambda at: page.lines[at].unit.block)
    made = (_table(page, list(own), found) for _, own in blocks)
    return [table for table in made if table]


def _table(page: Page, places: list[int], found: Collection[int]) -> Table | None:
    rows: dict[int, Cells] = {}
    for at in places:
        unit = page.lines[at].unit
        rows.setdefault(unit.row, {}).setdefault(unit.column, []).append(at)
    head, *body = rows.values()
    heads = {c: page.of(page.lines[own[0]]) for c, own in head.items()}
    columns = _columns(page, body, heads, found)
    if columns is None:
        return _by_rows(page, head, body, found)
    number, asked, answering = columns
    if asked in head and page.asks[head[asked][0]] >= ASKING:
        head, heads, body = {}, {}, [head, *body]  # no head, but the first question
    ticks = _ticks(page, body, answering[:-1])
    several = len(answering) > 1 and not ticks and all(heads.get(c, "").strip() for c in answering)
    made: list[Row] = []
    for row in body:
        own = [c for c in answering if c in row]
        names = tuple(heads[c].strip("*_ ") for c in own) if several else ()
        rest = tuple(sorted(at for lines in row.values() for at in lines[1:]))
        first = row[number][0] if number in row else None
        if asked in row:
            made.append(Row(first, row[asked][0], tuple(row[c][0] for c in own), names, rest))
    return Table(tuple(at for own in head.values() for at in own), tuple(made), ticks)


def _by_rows(
    page: Page, head: Cells, body: Sequence[Cells], found: Collection[int]
) -> Table | None:
    """A table with a column for each question, and a row for each respondent."""
    places = {c: own[0] for c, own in head.items() if c}
    asking = {c for c, at in places.items() if page.asks[at] >= 1.2}
    if len(asking) < max(2, len(places)):  # a column of an answer's table may ask "Why there?"
        asking = {c for c in asking if len(page.lines[places[c]].words) > 4}
    asked = [c for c, at in places.items() if c in asking or at in found]
    rows = [row for row in body if 0 in row and len(page.lines[row[0][0]].words) <= 6]
    if not asked or not rows or len(rows) < len(body):
        return None
    made: list[Row] = []
    for column in asked:
        own = [row for row in rows if column in row]
        names = (page.of(page.lines[row[0][0]]).strip("*_ ") for row in own)
        rest = (at for row in own for at in row[column][1:])
        answers = tuple(row[column][0] for row in own)
        made.append(Row(None, places[column], answers, tuple(names), tuple(rest)))
    others = (at for row in (head, *rows) for c in row if c not in asked for at in row[c])
    return Table(tuple(others), tuple(made), choices=False)


def _columns(
    page: Page, body: Sequence[Cells], heads: Mapping[int, str], found: Collection[int]
) -> tuple[int | None, int, list[int]] | None:
    """(column of the number, column that asks, those that answer) of a table of questions."""
    columns = sorted({*heads, *(c for row in body for c in row)})

    def mostly(column: int, holds: Callable[[int], bool]) -> bool:
        return sum(column in row and holds(row[column][0]) for row in body) * 2 > len(body)

    said = [c for c in heads if _holds(heads[c], "answer_columns")]
    told = [c for c in columns if mostly(c, found.__contains__)]
    told += [c for c in heads if _holds(heads[c], "question_columns")]
    numbers = (c for c in columns[:2] if mostly(c, lambda at: _is_number(page, at)))
    number = next((c for c in numbers if c not in told[:1]), None)
    asked = told[0] if told else 0 if number is None else number + 1
    sure = told or said or mostly(asked, lambda at: _asks(page, at))
    answering = [c for c in columns if c not in (asked, number)]
    said = [c for c in said if c in answering]
    answering = said if len(said) == 1 else answering
    return (number, asked, answering) if body and sure and answering else None


def _is_number(page: Page, at: int) -> bool:
    line = page.lines[at]
    return bool(_NUMBER.fullmatch(fold(page.text[line.body : line.tail].strip("*_ "))))


def _asks(page: Page, at: int) -> bool:
    return page.asks[at] >= ASKING or page.lines[at].numbered


def _holds(words: str, entry: str) -> bool:
    said = fold(words)
    return len(said) < 60 and any(word in said for word in map(fold, vocabulary()[entry]))


def _ticks(page: Page, body: Sequence[Cells], answering: Sequence[int]) -> bool:
    """Whether most of the filled cells hold a cross alone."""
    own = [page.of(page.lines[row[c][0]]) for row in body for c in answering if c in row]
    return bool(own) and sum(bool(_TICK.fullmatch(w.strip("*_ "))) for w in own) * 4 >= 3 * len(own)


# --- "a) Do you ...? b) ...", then "a) Yes. b) ..." -----------------------------------------------


def replies(page: Page) -> dict[int, int]:
    """Lines that answer -> the line of their question: two runs of the same labels, of which the
    first asks, with nothing between its lines, and the second does not."""
    labelled = [i for i, line in enumerate(page.lines) if line.numbered]
    labels = [label.parts for line in page.lines if (label := line.label) and line.numbered]
    after: dict[tuple[int | str, ...], int] = {}
    sizes = [0] * len(labels)  # how far from each label the same one comes again
    for at in range(len(labels) - 1, -1, -1):
        sizes[at] = after.get(labels[at], at) - at
        after[labels[at]] = at
    found: dict[int, int] = {}
    at = 0
    while at < len(labels):
        size = sizes[at]
        asked, answered = labelled[at : at + size], labelled[at + size : at + 2 * size]
        again = labels[at : at + size] == labels[at + size : at + 2 * size]
        if size > 1 and again and _asks_then_answers(page, asked, answered):
            found |= zip(answered, asked, strict=True)
            at += 2 * size
        else:
            at += 1
    return found


def _asks_then_answers(page: Page, asked: Sequence[int], answered: Sequence[int]) -> bool:
    between = [page.lines[i] for i in range(asked[0], asked[-1])]
    return (
        all(line.numbered or not line.first for line in between)
        and sum(page.asks[i] for i in asked) >= LISTED * len(asked)
        and sum(page.asks[i] for i in answered) < ANSWERING * len(answered)
    )
