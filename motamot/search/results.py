"""What is found: the texts that answer what was typed, best first, each with an extract.

All words together first; where nothing holds them all, what holds most of them, the rare ones
weighing most, and whole queries that find something.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, islice
from typing import Literal

from motamot.search import ranking
from motamot.search.index import ASSUMED, NOTHING, Search, any_of
from motamot.search.query import MAX_QUERY, Clause, Query
from motamot.search.ranking import POOL, Candidate

Kind = Literal["answers", "questions"]
Mode = Literal["all", "most", "none"]
MOST = 1000  # hits at once
WORDS = {"answers": 40, "questions": 60}  # of an extract
COMMON = math.log(1 + 4)  # how rare a word is that a text in four holds
MOST_GROUPS = 12  # of a query of which some are looked for: the rarest
SUGGESTIONS, TRIES = 5, 12
MOST_KEPT = 5  # words of a query that is proposed

_IN_QUESTION = """
    questions.number || ' ' || questions.text as question, questionnaires.language,
    questionnaires.label || ' ' || coalesce(questionnaires.election, '') || ' '
      || coalesce(questionnaires.place, '') || ' ' || coalesce(questionnaires.date, '')
      as questionnaire,
    coalesce(sections.title, '') as section
    {}
    join questionnaires on questionnaires.id = questions.questionnaire
    left join sections on sections.id = questions.section"""
TEXTS = {  # what is read of a text: where it is ordered, and shown
    "answers": f"""
        select answers.rowid, answers.text as shown, answers.text as answer,
        respondents.label || ' ' || coalesce(short_name, '') || ' '
          || replace(respondents.id, '-', ' ') as respondent,
        {_IN_QUESTION.format("from answers join questions on questions.id = answers.question")}
        join respondents on respondents.id = answers.respondent
        where answers.rowid in (select value from json_each(?))""",
    "questions": f"""
        select questions.rowid, questions.text as shown, '' as answer, '' as respondent,
        {_IN_QUESTION.format("from questions")}
        where questions.rowid in (select value from json_each(?))""",
}
_NARROWED = """
    (:questionnaire = '' or questions.questionnaire = :questionnaire)
    and (:section = '' or questions.section = :section)"""
KEPT = {  # the rows that filters keep
    "answers": f"""
        select answers.rowid from answers join questions on questions.id = answers.question
        where (:liste = '' or respondent = :liste) and {_NARROWED}""",
    "questions": f"""
        select questions.rowid from questions where {_NARROWED} and (:liste = '' or questions.id in
          (select question from answers where respondent = :liste))""",
}


Hit = tuple[int, list[tuple[str, bool]]]  # rowid, its extract
Asked = Mapping[str, Query]  # in each language
Rarest = tuple[Query, list[float]]  # some groups of a query, and how rare each is


@dataclass(frozen=True)
class Found:
    """What a search gives: `read` are the words read as others; each hit is the rowid of a text,
    and its extract in pieces, marked or not."""

    count: int = 0
    mode: Mode = "none"
    read: tuple[tuple[str, str], ...] = ()
    expression: str = NOTHING
    hits: tuple[Hit, ...] = ()
    suggestions: tuple[str, ...] = ()


class Looking:
    """One search for what was typed among texts of one kind. `filters`: identifiers by
    "questionnaire", "section" and "liste"; "" or absent for none."""

    def __init__(self, search: Search, typed: str, kind: Kind, filters: Mapping[str, str]) -> None:
        self._search, self._typed, self._kind = search, typed[:MAX_QUERY], kind
        self._filters = {name: filters.get(name) or "" for name in ("questionnaire", "section")}
        self._filters["liste"] = filters.get("liste") or ""
        self._table = f"{kind}_search"
        kept = f" and rowid in ({KEPT[kind]})" if any(self._filters.values()) else ""
        self._where = f"from {self._table} where {self._table} match :expression{kept}"

    @property
    def queries(self) -> Asked:
        """What was typed, in each language."""
        return self._search.queries(self._typed)

    def found(self, size: int, start: int) -> Found:
        """`size` of the hits, from `start` on."""
        size, start = min(max(size, 0), MOST), max(start, 0)
        queries = self.queries
        if not queries:
            return Found()
        read = tuple(self._search.corrected(self._typed)[1])
        for asked in (queries, {name: query.essential() for name, query in queries.items()}):
            expression = any_of(query.match_expression() for query in asked.values())
            if first := self._ranked(expression, POOL + 1):
                is_all = len(first) <= POOL
                count = len(first) if is_all else self._count(expression)
                pool = first if is_all else self._pool(asked, expression, first)
                ids = self._best(pool, asked, expression, start, size)
                return Found(count, "all", read, expression, self._shown(ids))
        rarest = {lang: self._rarest(query.loose().essential()) for lang, query in queries.items()}
        ids, expression = self._most(rarest)
        mode: Mode = "most" if ids else "none"
        hits = self._shown(ids[start : start + size])
        return Found(len(ids), mode, read, expression, hits, self._suggested(rarest))

    def _count(self, expression: str) -> int:
        found = self._search.connection.execute(
            f"select count(*) {self._where}", {**self._filters, "expression": expression}
        )
        return int(found.fetchone()[0])

    def _ranked(self, expression: str, limit: int) -> dict[int, float]:
        """The first rows by FTS5's own rank."""
        found = self._search.connection.execute(
            f"select rowid, rank {self._where} order by rank limit :limit",
            {**self._filters, "expression": expression, "limit": limit},
        )
        return dict(found.fetchall())

    def _pool(self, asked: Asked, expression: str, first: dict[int, float]) -> dict[int, float]:
        """Of more texts than are ordered again: the first that hold the words in a row, the first
        that hold them as typed, the first of all."""
        pool: dict[int, float] = {}
        in_a_row = any_of(query.phrase_expression() for query in asked.values())
        exact = any_of(query.match_expression(exact=True) for query in asked.values())
        for part in dict.fromkeys([in_a_row, exact]):
            if part and part != expression:
                pool = self._ranked(part, POOL) | pool
        return pool if len(pool) >= POOL else dict(islice(first.items(), POOL)) | pool

    def _best(
        self, pool: Mapping[int, float], asked: Asked, expression: str, start: int, size: int
    ) -> list[int]:
        """Those that hold everything: the pool in its own order, the rest as FTS5 ranks it."""
        first = ranking.order(self._candidates(pool), asked)
        if start + size <= len(first):
            return first[start : start + size]
        rest = [n for n in self._ranked(expression, start + size + len(first)) if n not in pool]
        return [*first, *rest][start : start + size]

    def _candidates(self, pool: Mapping[int, float]) -> Iterator[Candidate]:
        found = self._search.connection.execute(TEXTS[self._kind], [json.dumps(list(pool))])
        for rowid, _, answer, who, question, language, questionnaire, section in found:
            fields = {
                "answer": answer,
                "question": question,
                "respondent": who,
                "section": section,
                "questionnaire": questionnaire,
            }
            if self._kind == "questions":
                del fields["answer"]
            yield Candidate(rowid, pool[rowid], language or ASSUMED, fields)

    def _most(self, rarest: Mapping[str, Rarest]) -> tuple[list[int], str]:
        """(Those that hold most of the words, what finds them)."""
        queries = [query for query, _ in rarest.values() if query.groups]
        expression = any_of(
            replace(query, groups=_not_everywhere(query, weights)).any_expression()
            for query, weights in rarest.values()
        )
        pool = self._ranked(expression or NOTHING, POOL)
        # Those that hold the rarest words may be few among those that hold the others.
        for query in queries:
            for group in query.groups:
                one = replace(query, groups=(group,)).match_expression()
                pool = self._ranked(one, POOL // MOST_GROUPS) | pool
        return ranking.order_most(self._candidates(pool), rarest), expression or NOTHING

    def _rarest(self, query: Query) -> Rarest:
        """(A query with the groups that stand somewhere, the rarest of them; how rare each is)."""
        whole = self._search.connection.execute(f"select count(*) from {self._kind}")
        total = whole.fetchone()[0]
        counted = []
        for group in query.groups:
            count = self._count(replace(query, groups=(group,)).match_expression())
            if count:
                counted.append((count, group))
        common = sorted(counted, key=lambda pair: pair[0])[MOST_GROUPS:]
        kept = [pair for pair in counted if pair not in common]
        weights = [math.log(1 + total / count) for count, _ in kept]
        return replace(query, groups=tuple(group for _, group in kept)), weights

    def _shown(self, ids: list[int]) -> tuple[Hit, ...]:
        found = self._search.connection.execute(TEXTS[self._kind], [json.dumps(ids)])
        texts = {rowid: (shown, language) for rowid, shown, _, _, _, language, *_ in found}
        shown = []
        for rowid in ids:
            text, language = texts[rowid]
            pieces = self._search.pieces(text, self._typed, language or ASSUMED, WORDS[self._kind])
            shown.append((rowid, pieces))
        return tuple(shown)

    def _suggested(self, rarest: Mapping[str, Rarest]) -> tuple[str, ...]:
        """Whole queries that find something: what was typed less a word, or two, the rarest ones
        kept first; or with a word written as the next nearest one."""
        found: dict[str, None] = {}
        for typed in islice(self._tries(rarest), TRIES):
            queries = self._search.queries(typed)
            expression = any_of(query.match_expression() for query in queries.values())
            if expression and self._count(expression):
                found[typed] = None
            if len(found) == SUGGESTIONS:
                break
        return tuple(found)

    def _tries(self, rarest: Mapping[str, Rarest]) -> Iterator[str]:
        for word, read in self._search.corrected(self._typed)[1]:
            for other in self._search.spelling.nearest(word, 3):
                if other != read:
                    yield self._typed.replace(word, other)
        kept, weights = rarest.get(ASSUMED) or next(iter(rarest.values()))
        rare = sorted(range(len(weights)), key=lambda place: -weights[place])[:MOST_KEPT]
        for size in range(len(rare), 0, -1):
            for places in combinations(rare, size):
                less = replace(kept, groups=tuple(kept.groups[n] for n in sorted(places)))
                if self._count(less.match_expression()):
                    yield less.typed()


def _not_everywhere(query: Query, weights: list[float]) -> tuple[tuple[Clause, ...], ...]:
    """The groups that few texts hold; all of them where there is none such."""
    pairs = zip(query.groups, weights, strict=True)
    return tuple(group for group, weight in pairs if weight > COMMON) or query.groups
