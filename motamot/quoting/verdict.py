"""Was this ever written? A quotation -> *exact*, *near* or *absent*, with where and how.

    check(quotation, corpus) -> Verdict

*Exact* is word for word, but for the liberties that `quoted` names, within one text. *Near* lays
the quotation along the passages it resembles most. The corpus is asked a few times for some tens of
texts, by full-text search; what it gives back is then verified here, word by word.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from motamot.quoting.align import Difference, align, overlap, weight
from motamot.quoting.words import LIBERTIES, Span, Token, find, liberties, omitted, pieces, tokens
from motamot.search import words as french
from motamot.search.stems import stem
from motamot.text.markdown import count_words

FEWEST, MOST = 3, 5000  # words, characters of a quotation
NEAR = 0.6  # likeness from which a passage is worth showing,
FOUND = 2.5  # and the weight of the words found in it (differences.weight)
SHOWN = 3  # passages that resemble a quotation
PLACES = 10  # places where a quotation stands word for word

_FETCHED = 40  # texts that one question to the corpus brings
_ALIGNED = 12  # texts that are compared word by word, fewer when there is much to compare:
_COMPARISONS = 1_000_000  # words of a quotation times words of the passages, in all
_PARTS = 12  # pieces that may come each from another text; a quotation of more is read as one
_PHRASE = 5  # words in a row that are looked for
_MANY = 10**6  # how often words stand in the corpus that nobody counted
_PIECES = 8  # pieces of one quotation that are looked for


Kind = Literal["answer", "question"]


@dataclass(frozen=True)
class Text:
    """One text of the corpus."""

    kind: Kind
    id: str
    text: str


class Corpus(Protocol):
    """Where candidate texts come from."""

    languages: Sequence[str]  # ISO 639 codes, "" for not known

    def search(self, expression: str, limit: int) -> Iterable[Text]:
        """The texts that answer an FTS5 expression over `french.terms`, the best first."""

    def counts(self, words: Sequence[str]) -> Mapping[str, int]:
        """How often each folded word stands in the corpus; absent from it: not there."""


@dataclass(frozen=True)
class Match:
    """One place where a quotation, or a piece of one, stands or nearly does."""

    source: Text
    quoted: str  # the words of the quotation that are compared
    spans: tuple[Span, ...]  # characters of the text: what is quoted; for *near*, the passages
    liberties: tuple[str, ...] = ()  # for *exact*
    omitted: tuple[int, ...] = ()  # words that the text has between one span and the next
    differences: tuple[Difference, ...] = ()  # for *near*
    likeness: float = 1.0
    disordered: bool = False  # the pieces are there, but in another order


@dataclass(frozen=True)
class Verdict:
    """What was found; `matches` are places for *exact*, the nearest passages for *near*, and for a
    quotation `joined` from several texts one match for each of its pieces."""

    verdict: Literal["exact", "near", "absent", "short", "long"]
    matches: tuple[Match, ...] = ()
    joined: bool = False


def check(quotation: str, corpus: Corpus) -> Verdict:
    """Look a quotation up."""
    quoted = tokens(quotation[: MOST + 1])
    if len(quotation) > MOST:
        return Verdict("long")
    cut = pieces(quoted)
    if not cut or count_words(_slice(quotation, quoted)) < FEWEST:
        return Verdict("short")
    wanted = [_Wanted(_slice(quotation, piece), corpus) for piece in cut[:_PIECES]]
    candidates = _Candidates(corpus)
    candidates.look(" AND ".join(filter(None, (piece.every_phrase() for piece in wanted))))
    found = _exact(quotation, quoted, candidates)
    if not found:
        for piece in wanted:
            candidates.look(piece.any_phrase())
            candidates.look(piece.any_word())
        found = _exact(quotation, quoted, candidates)
    if found:
        return Verdict("exact", tuple(found[:PLACES]))
    return _near(quotation, quoted, candidates)


# --- word for word --------------------------------------------------------------------------------


def _exact(quotation: str, quoted: list[Token], candidates: _Candidates) -> list[Match]:
    """Every candidate that holds the quotation: answers first, the fewest liberties first."""
    bare = tokens(quotation, bare=True)
    found = []
    for source in candidates.texts:
        for theirs, own in ((quoted, False), (quoted, True), (bare, True)):
            written = candidates.tokens(source, own)
            spans = find(pieces(theirs), written)
            if spans:
                found.append(_place(quotation, theirs, source, written, spans, own))
                break
    return sorted(found, key=lambda m: (m.source.kind, len(m.liberties), m.source.id))


def _place(
    quotation: str,
    quoted: list[Token],
    source: Text,
    written: list[Token],
    spans: list[Span],
    bare: bool,
) -> Match:
    taken = liberties(quotation, quoted, source.text, written, spans)
    if bare:  # the marks of a list were left out
        taken = tuple(name for name in LIBERTIES if name in (*taken, "espaces"))
    characters = tuple((written[a].start, written[b - 1].end) for a, b in spans)
    left_out = tuple(omitted(spans, written))
    return Match(source, quotation, characters, taken, left_out)


# --- nearly ---------------------------------------------------------------------------------------


def _near(quotation: str, quoted: list[Token], candidates: _Candidates) -> Verdict:
    cut = _at_most(pieces(quoted), _PARTS)
    whole = [_along(quotation, cut, source, candidates) for source in candidates.best(quoted)]
    near = sorted(
        (m for m in whole if m and _tells(m.likeness, quoted)),
        key=lambda m: (-round(m.likeness, 3), m.source.kind, m.source.id),
    )
    best = near[0].likeness if near else 0.0
    parts = cut if len(cut) > 1 else _at_most(_sentences(quoted), _PARTS)
    joined = _joined(quotation, parts, candidates) if best < 0.9 else None
    if joined and min(m.likeness for m in joined) > max(best + 0.1, 0.8):
        return Verdict("near", tuple(joined), joined=True)
    if not near:
        return Verdict("absent")
    shown = [m for m in near if m.likeness >= best - 0.2]
    return Verdict("near", tuple(shown[:SHOWN]))


def _tells(likeness: float, quoted: Sequence[Token]) -> bool:
    """Whether enough is alike to be no chance: two words of three are not, unless it is all."""
    return likeness >= 0.95 or (likeness >= NEAR and likeness * sum(map(weight, quoted)) >= FOUND)


def _along(
    quotation: str, cut: list[list[Token]], source: Text, candidates: _Candidates
) -> Match | None:
    """A quotation laid along one text, piece by piece."""
    written = candidates.tokens(source)
    found = [align(quotation, piece, source.text, written) for piece in cut]
    laid = [alignment for alignment in found if alignment]
    if not laid:
        return None
    whole = sum(weight(t) for piece in cut for t in piece)
    pairs = zip(found, cut, strict=True)
    likeness = sum(a.likeness * sum(map(weight, piece)) for a, piece in pairs if a) / (whole or 1)
    differences = tuple(
        difference
        for alignment, piece in zip(found, cut, strict=True)
        for difference in (alignment.differences if alignment else _all_added(quotation, piece))
    )
    starts = [alignment.start for alignment in laid]
    return Match(
        source,
        quotation,
        tuple((alignment.start, alignment.end) for alignment in laid),
        differences=differences,
        likeness=likeness,
        disordered=starts != sorted(starts),
    )


def _all_added(quotation: str, piece: list[Token]) -> tuple[Difference, ...]:
    return (Difference("added", "", _slice(quotation, piece), " "),)


def _joined(
    quotation: str, parts: list[list[Token]], candidates: _Candidates
) -> list[Match] | None:
    """The best place of each part, when they are in more than one text."""
    if len(parts) < 2:
        return None
    found = []
    for part in parts:
        places = [
            match
            for source in candidates.best(part)
            if (match := _along(quotation, [part], source, candidates))
        ]
        if not places:
            return None
        best = max(places, key=lambda m: (m.likeness, m.source.kind == "answer"))
        found.append(
            Match(
                best.source,
                _slice(quotation, part),
                best.spans,
                differences=best.differences,
                likeness=best.likeness,
            )
        )
    return found if len({match.source.id for match in found}) > 1 else None


def _sentences(quoted: list[Token]) -> list[list[Token]]:
    """A quotation cut after its full stops; a short sentence stays with the one before."""
    found: list[list[Token]] = [[]]
    for token in quoted:
        found[-1].append(token)
        if token.key in (".", "!", "?"):
            found.append([])
    kept: list[list[Token]] = []
    for sentence in found:
        if kept and sum(t.kind == "word" for t in sentence) < FEWEST:
            kept[-1] += sentence
        else:
            kept.append(sentence)
    return kept


def _at_most(parts: list[list[Token]], count: int) -> list[list[Token]]:
    """Parts in order, the last ones put together when there are too many."""
    if len(parts) <= count:
        return parts
    return [*parts[: count - 1], [token for part in parts[count - 1 :] for token in part]]


def _slice(text: str, run: Sequence[Token]) -> str:
    return text[run[0].start : run[-1].end] if run else ""


# --- candidates -----------------------------------------------------------------------------------


class _Candidates:
    """The texts that may hold a quotation, as they come, with their tokens."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._known: dict[tuple[str, str], Text] = {}
        self._tokens: dict[tuple[str, str, bool], list[Token]] = {}

    @property
    def texts(self) -> list[Text]:
        return list(self._known.values())

    def look(self, expression: str) -> None:
        """Ask the corpus for more."""
        if expression:
            for text in self._corpus.search(expression, _FETCHED):
                self._known.setdefault((text.kind, text.id), text)

    def tokens(self, source: Text, bare: bool = False) -> list[Token]:
        key = (source.kind, source.id, bare)
        if key not in self._tokens:
            self._tokens[key] = tokens(source.text, bare)
        return self._tokens[key]

    def best(self, quoted: Sequence[Token]) -> list[Text]:
        """The texts that share the most words with a quotation."""
        scored = [(overlap(quoted, self.tokens(text)), text) for text in self._known.values()]
        worth = [pair for pair in scored if pair[0] >= NEAR]
        worth.sort(key=lambda pair: (-pair[0], len(pair[1].text), pair[1].id))
        left = _COMPARISONS
        kept: list[Text] = []
        for _, text in worth[:_ALIGNED]:
            left -= len(quoted) * min(len(self.tokens(text)), 2 * len(quoted))
            if kept and left < 0:
                break
            kept.append(text)
        return kept


class _Wanted:
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
        runs = [p for words, _ in self._readings for p in _phrases(self._windows(words)[:6])]
        short = [
            phrase
            for words, _ in self._readings
            for phrase in _phrases((self._windows(words, 3) or self._windows(words, 2))[:4])
        ]
        return _either([*runs, *short])

    def any_word(self) -> str:
        """The rarest words that the corpus has, by their stems."""
        wanted = []
        for words, language in self._readings:
            known = sorted({w for w in words if 0 < self._counts[w] < _MANY}, key=self._rarity)
            wanted += [f'"{french.MARK}{stem(word, language)}"' for word in known[:6]]
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
