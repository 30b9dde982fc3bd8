"""Where a quotation may stand: the texts that a corpus gives, asked by full-text search.

    Wanted(piece, corpus)          expressions that find what has a piece, some of it, its words
    Candidates(quotation, corpus)  the texts that came, each cut into tokens and searched once

What an answer said before is a candidate too, of a kind of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from motamot.quoting.finding import Found, Quotation, find_among
from motamot.quoting.nearest import overlap
from motamot.quoting.words import Span, Token, keys, tokens
from motamot.search import words as french

NEAR = 0.6  # likeness from which a passage is worth showing
_FETCHED = 30  # texts that one question to the corpus brings
BY_WORDS = 12  # the same, when they only share some words
_ALIGNED = 8  # texts that are compared word by word, fewer when there is much to compare:
_COMPARISONS = 1_000_000  # words of a quotation times words of the texts, in all
_PHRASE = 5  # words in a row that are looked for
_MANY = 10**6  # how often words stand in the corpus that nobody counted

Kind = Literal["answer", "question", "revision"]  # revision: what an answer said before


@dataclass(frozen=True)
class Text:
    """One text of the corpus."""

    kind: Kind
    id: str
    text: str
    was: str = ""  # of a revision: what names its answer, the same for all that it ever said

    @property
    def is_current(self) -> bool:
        return self.kind != "revision"


class Corpus(Protocol):
    """Where candidate texts come from."""

    languages: Sequence[str]  # ISO 639 codes, "" for not known

    def search(self, expression: str, limit: int) -> Iterable[Text]:
        """The texts that answer an FTS5 expression over `words.terms`, the best first."""

    def counts(self, words: Sequence[str]) -> Mapping[str, int]:
        """How often each folded word stands in the corpus; absent from it: not there."""

    def blocks(self, text: Text) -> Sequence[Span]:
        """The paragraphs of a text that stand in a block quote: characters."""


class Candidates:
    """The texts that may hold a quotation, as they come, with their tokens."""

    def __init__(self, quoted: Quotation, corpus: Corpus) -> None:
        self.corpus = corpus
        self._quoted, self._known = quoted, keys(quoted.tokens)
        self._tokens: dict[Text, list[Token]] = {}
        self._found: dict[Text, Found | None] = {}

    @property
    def texts(self) -> list[Text]:
        return list(self._tokens)

    def look(self, expression: str, limit: int = _FETCHED) -> None:
        """Ask the corpus for more."""
        for text in self.corpus.search(expression, limit) if expression else ():
            if text not in self._tokens:
                self._tokens[text] = tokens(text.text, self._known)

    def tokens(self, source: Text) -> list[Token]:
        return self._tokens[source]

    def find(self, source: Text) -> Found | None:
        if source not in self._found:
            self._found[source] = find_among(self._quoted, source.text, self._tokens[source])
        return self._found[source]

    def nearest(self) -> float:
        """How much of the quotation the text that has most of its words has."""
        return max((self._overlap(self._quoted.tokens, text) for text in self._tokens), default=0.0)

    def _overlap(self, quoted: Sequence[Token], text: Text) -> float:
        return overlap(quoted, self._tokens[text])

    def best(self, quoted: Sequence[Token], least: float = NEAR) -> list[Text]:
        """The texts that share the most words with a quotation."""
        scored = [(self._overlap(quoted, text), text) for text in self._tokens]
        worth = [pair for pair in scored if pair[0] >= least]
        worth.sort(key=lambda p: (-p[0], not p[1].is_current, len(p[1].text), p[1].id))
        left = _COMPARISONS
        kept: list[Text] = []
        for _, text in worth[:_ALIGNED]:
            left -= len(quoted) * len(self._tokens[text])
            if kept and left < 0:
                break
            kept.append(text)
        return kept


class Wanted:
    """One piece of a quotation as the index knows it: phrases and words to look for."""

    def __init__(self, piece: str, corpus: Corpus) -> None:
        self._readings: list[tuple[list[str], str]] = []  # folded words, language
        counted: set[str] = set()
        for language in corpus.languages:
            found = french.tokens(piece, language)
            words = [token.forms[0] for token in found]
            if words and all(words != known for known, _ in self._readings):
                self._readings.append((words, language))
                counted |= {
                    t.forms[0] for t in found if french.is_ordinary(t, piece[t.start : t.end])
                }
        counts = corpus.counts(sorted(counted))
        # Short words, numbers and inclusive forms are not counted: neither rare nor unknown.
        self._counts = {
            word: counts.get(word, 0) if word in counted else _MANY
            for words, _ in self._readings
            for word in words
        }

    def every_phrase(self) -> str:
        """What a text that has the whole piece has: its rarest runs of words, in some language."""
        chosen = [_phrases(self._windows(words)[:2]) for words, _ in self._readings]
        return _either(" AND ".join(phrases) for phrases in chosen)

    def any_phrase(self) -> str:
        """What a text that has some of the piece has: one run or another."""
        runs = [p for words, _ in self._readings for p in _phrases(self._windows(words)[:4])]
        short = [
            phrase
            for words, _ in self._readings
            for phrase in _phrases((self._windows(words, 3) or self._windows(words, 2))[:3])
        ]
        return _either([*runs, *short])

    def any_word(self) -> str:
        """The rarest words that the corpus has."""
        wanted = []
        for words, _ in self._readings:
            known = sorted({w for w in words if 0 < self._counts[w] < _MANY}, key=self._rarity)
            wanted += [f'"{word}"' for word in known[:5]]
        return _either(wanted)

    def _rarity(self, word: str) -> tuple[int, str]:
        return self._counts[word], word

    def _windows(self, words: list[str], size: int = _PHRASE) -> list[list[str]]:
        """Runs of words that may all be in one text, apart from each other, the rarest first. The
        first and the last word may be halves of what the text has: they are left out of long ones.
        """
        inner = words[1:-1] if len(words) > size + 2 and size == _PHRASE else words
        size = min(size, len(inner))
        runs = [(n, inner[n : n + size]) for n in range(len(inner) - size + 1)]
        known = [(n, run) for n, run in runs if all(self._counts[word] for word in run)]
        known.sort(key=lambda pair: sum(math.log(1 + self._counts[w]) for w in pair[1]))
        kept: list[tuple[int, list[str]]] = []
        for n, run in known:
            if all(abs(n - m) >= size for m, _ in kept):
                kept.append((n, run))
        return [run for _, run in kept]


def _phrases(runs: Iterable[list[str]]) -> list[str]:
    return [f'"{" ".join(run)}"' for run in runs if run]


def _either(expressions: Iterable[str]) -> str:
    found = list(dict.fromkeys(e for e in expressions if e))
    return f"({' OR '.join(f'({e})' for e in found)})" if found else ""
