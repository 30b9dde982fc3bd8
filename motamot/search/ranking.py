"""Which of the texts found comes first: the one place that knows it.

FTS5 ranks all of them, by the weights of the index's columns (`schema.sql`); the first ones are
ordered again by how close what they say is to what was typed: words in a row, then near each other;
as typed, accents too, rather than in another form; in the answer, rather than in its question or
the name of its list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from motamot.search.query import Clause, Query
from motamot.text.folding import letters

POOL = 100  # texts that are ordered again
# How much a column counts, in the order of `Fields`.
WEIGHTS = {"answer": 1.0, "question": 0.7, "respondent": 0.6, "section": 0.5, "questionnaire": 0.3}
AS_TYPED, ACCENTS, INFLECTED = 1.0, 0.8, 0.6
IN_A_ROW, CLOSE, NEAR = 2.0, 1.0, 0.5  # beside 1 for words as typed, all in the answer
RANK = 0.15  # no more than accents: FTS5 weighs a rare form more than the one that was typed

_WORDS = re.compile(r"\w+").findall
_folded = lru_cache(maxsize=1 << 16)(letters)
Fields = Mapping[str, str]  # column -> what it shows
Hit = tuple[int, int, float]  # position, group, how well
Read = tuple[dict[int, float], int, float]


@dataclass(frozen=True)
class Candidate:
    """One text found: `rank` is FTS5's, the lower the better."""

    rowid: int
    rank: float
    language: str
    fields: Fields


@dataclass
class Measure:
    """How close texts are to a query. `weights`: how much each of its groups counts."""

    query: Query
    weights: Sequence[float]

    def __post_init__(self) -> None:
        self._known: dict[str, Read] = {}
        self._runs: dict[str, list[tuple[tuple[str, ...], int, float]]] = {}
        self._prefixes: list[tuple[str, int]] = []
        self._typed = set(_WORDS(" ".join(c.typed for g in self.query.groups for c in g).lower()))
        for number, group in enumerate(self.query.groups):
            for clause in group:
                self._learn(clause, number)
        self._beginnings = tuple(prefix for prefix, _ in self._prefixes)
        self._order: dict[str, set[int]] = {}
        for number, forms in enumerate(self.query.words):
            for form in forms:
                self._order.setdefault(form.split()[0], set()).add(number)

    def _learn(self, clause: Clause, number: int) -> None:
        for place, run in enumerate(clause.runs):
            if clause.kind == "prefix":
                self._prefixes.append((run[0], number))
            else:
                quality = INFLECTED if place and clause.kind == "word" else AS_TYPED
                self._runs.setdefault(run[0], []).append((run[1:], number, quality))

    @staticmethod
    def _words(text: str) -> tuple[list[str], list[str]]:
        """(The words of a text in small letters, the same without accents)."""
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        written = _WORDS(text.lower())
        return written, list(map(_folded, written))

    def _hits(self, written: Sequence[str], folded: Sequence[str]) -> Iterator[Hit]:
        runs = self._runs
        for place, word in enumerate(folded):
            if word in runs:
                for rest, number, quality in runs[word]:
                    if not rest or tuple(folded[place + 1 : place + 1 + len(rest)]) == rest:
                        other = quality == AS_TYPED and written[place] not in self._typed
                        yield place, number, ACCENTS if other else quality
            elif self._beginnings and word.startswith(self._beginnings):
                for prefix, number in self._prefixes:
                    if word.startswith(prefix):
                        yield place, number, AS_TYPED

    def _pairs(self, folded: Sequence[str]) -> set[int]:
        """The words typed that the next one typed follows here."""
        order = self._order
        places = [order.get(word) for word in folded]
        return {
            number
            for here, there in pairwise(places)
            if here and there
            for number in here
            if number + 1 in there
        }

    def _read(self, text: str) -> Read:
        """(How well a text holds each group that it holds, how many pairs of words, how near)."""
        if text in self._known:  # many answers have one question
            return self._known[text]
        written, folded = self._words(text)
        hits = list(self._hits(written, folded))
        best: dict[int, float] = {}
        for _, number, quality in hits:
            best[number] = max(best.get(number, 0.0), quality)
        pairs = len(self._pairs(folded)) if hits and len(self.query.words) > 1 else 0
        near = _nearness(hits, len(self.query.groups)) if len(best) > 1 else 0.0
        self._known[text] = best, pairs, near
        return best, pairs, near

    def held(self, fields: Fields) -> tuple[float, float]:
        """(How much of the query a text holds, of all its groups' weights; how closely)."""
        best = [0.0] * len(self.query.groups)
        found = [0.0] * len(self.query.groups)
        wanted = max(1, len(self.query.words) - 1)
        row = close = near = 0.0
        for column, text in fields.items():
            weight = WEIGHTS[column]
            held, pairs, nearness = self._read(text)
            for number, quality in held.items():
                best[number] = max(best[number], weight * quality)
                found[number] = max(found[number], 0.5 + weight / 2)
            close = max(close, weight * pairs / wanted)
            row = max(row, weight * (pairs == wanted))
            near = max(near, weight * nearness)
        total = sum(self.weights) or 1.0
        exact = sum(w * b for w, b in zip(self.weights, best, strict=True)) / total
        share = sum(w * f for w, f in zip(self.weights, found, strict=True)) / total
        return share, exact + IN_A_ROW * row + CLOSE * close + NEAR * near


def _nearness(hits: Sequence[Hit], groups: int) -> float:
    """1 where all groups stand side by side, less where they are far apart or not all there."""
    last: dict[int, int] = {}
    best = 0.0
    for place, number, _ in hits:
        last[number] = place
        if len(last) > 1:
            size = place - min(last.values()) + 1
            best = max(best, len(last) ** 2 / groups / max(size, len(last)))
    return best


def order(candidates: Iterable[Candidate], queries: Mapping[str, Query]) -> list[int]:
    """The rowids of texts that hold all of a query, best first; `queries`: what was typed, in each
    language."""
    measures = {lang: Measure(query, [1.0] * len(query.groups)) for lang, query in queries.items()}
    found = list(candidates)
    most = max((-c.rank for c in found), default=0.0) or 1.0
    scored = [
        (measures[c.language].held(c.fields)[1] + RANK * -c.rank / most, -c.rank, -c.rowid)
        for c in found
    ]
    return [-rowid for *_, rowid in sorted(scored, reverse=True)]


LEAST = 0.6  # of what the best text holds
CLOSELY = 0.1  # beside 1 for what it holds


def order_most(
    candidates: Iterable[Candidate], queries: Mapping[str, tuple[Query, Sequence[float]]]
) -> list[int]:
    """The rowids of those that hold most of a query, best first; `queries` in each language, and
    how rare each of its groups is."""
    measures = {lang: Measure(query, weights) for lang, (query, weights) in queries.items()}
    scored = []
    for candidate in candidates:
        share, closely = measures[candidate.language].held(candidate.fields)
        scored.append((share + CLOSELY * closely, -candidate.rank, -candidate.rowid))
    scored.sort(reverse=True)
    return [-rowid for score, _, rowid in scored if score >= LEAST * scored[0][0]]
