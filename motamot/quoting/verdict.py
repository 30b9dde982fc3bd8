"""Was this ever written? A quotation -> a verdict, with where and how.

    check(quotation, corpus) -> Verdict

    exact      in one text, word for word
    cut        the same, in pieces of four words or more, in order, each cut marked
    quoted     words that an answer itself quotes from another
    unticked   an option that no answer ticked
    question   words of the questionnaire
    near       words, figures or their order differ, or a piece is too short
    absent     nothing close; with the passage that is least far, when one has some of its words

The corpus is asked a few times for some tens of texts, by full-text search; what it gives back is
then verified here, word by word. Other sources (older versions of an answer) are other kinds of
Text that the corpus brings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from motamot.quoting.finding import Found, Quotation, find_among, quotation
from motamot.quoting.nearest import Difference, lay, overlap, weight
from motamot.quoting.owners import owner
from motamot.quoting.words import Span, Token, count, keys, tokens
from motamot.search import words as french
from motamot.search.stems import stem
from motamot.text.markdown import count_words

FEWEST, MOST = 3, 5000  # words, characters of a quotation
NEAR = 0.6  # likeness from which a passage is worth showing,
FOUND = 2.2  # and the weight of the words found in it (nearest.weight)
LEAST = 0.4  # likeness from which it is shown beside words that were not found
SHOWN = 3  # passages that resemble a quotation
PLACES = 10  # places where a quotation stands word for word

_FETCHED = 30  # texts that one question to the corpus brings
_BY_WORDS = 12  # the same, when they only share some words
_CLOSE = 0.8  # overlap of words from which no text is looked for by its words alone
_ALIGNED = 8  # texts that are compared word by word, fewer when there is much to compare:
_COMPARISONS = 1_000_000  # words of a quotation times words of the texts, in all
_PARTS = 12  # pieces that may come each from another text; a quotation of more is read as one
_PHRASE = 5  # words in a row that are looked for
_MANY = 10**6  # how often words stand in the corpus that nobody counted
_PIECES = 8  # pieces of one quotation that are looked for


Kind = Literal["answer", "question"]
Name = Literal["exact", "cut", "quoted", "unticked", "question", "near", "absent", "short", "long"]
WRITTEN: tuple[Name, ...] = ("exact", "cut", "quoted", "unticked", "question")  # the best first


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

    def blocks(self, text: Text) -> Sequence[Span]:
        """The paragraphs of a text that stand in a block quote: characters."""


@dataclass(frozen=True)
class Match:
    """One place where a quotation, or a piece of one, stands or nearly does."""

    verdict: Name
    source: Text
    quoted: str  # the words of the quotation that are compared
    spans: tuple[Span, ...]  # characters of the text: what is quoted; for *near*, the passages
    liberties: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()  # for *near*
    likeness: float = 1.0
    disordered: bool = False  # the pieces are there, but in another order
    short: bool = False  # the pieces are there, in order, but some have too few words


@dataclass(frozen=True)
class Verdict:
    """What was found; `matches` are places, the nearest passages for *near*, and for a quotation
    `joined` from several texts one match for each of its pieces."""

    verdict: Name
    matches: tuple[Match, ...] = ()
    joined: bool = False


def check(typed: str, corpus: Corpus) -> Verdict:
    """Look a quotation up."""
    if len(typed) > MOST:
        return Verdict("long")
    quoted = quotation(typed)
    if max(quoted.words, count_words(typed)) < FEWEST:
        return Verdict("short")
    wanted = [_Wanted(_slice(typed, piece), corpus) for piece in quoted.pieces[:_PIECES]]
    candidates = _Candidates(quoted, corpus)
    candidates.look(" AND ".join(filter(None, (piece.every_phrase() for piece in wanted))))
    found = _written(quoted, candidates)
    if not found or found[0].verdict not in ("exact", "cut"):
        for piece in wanted:
            candidates.look(piece.any_phrase())
        if candidates.nearest() < _CLOSE:
            for piece in wanted:
                candidates.look(piece.any_word(), _BY_WORDS)
        found = _written(quoted, candidates)
    if found:
        best = found[0].verdict
        return Verdict(best, tuple([m for m in found if m.verdict == best][:PLACES]))
    return _near(quoted, candidates)


# --- as it was written ----------------------------------------------------------------------------


def _written(quoted: Quotation, candidates: _Candidates) -> list[Match]:
    """Every candidate that holds the quotation: the best verdict first, the fewest liberties."""
    found = [
        judged(quoted, source, at, candidates.corpus)
        for source in candidates.texts
        if (at := candidates.find(source)) and not at.is_short
    ]
    order = lambda m: (WRITTEN.index(m.verdict), len(m.liberties), m.source.id)  # noqa: E731
    return sorted(found, key=order)


def judged(quoted: Quotation, source: Text, found: Found, corpus: Corpus) -> Match:
    """What a quotation is in the text where it was found."""
    whose = owner(source.text, found.spans, corpus.blocks(source))
    plain: Name = "cut" if found.cuts else "exact"
    if source.kind == "question":
        verdict: Name = "unticked" if whose == "unticked" else "question"
    else:
        verdict = plain if whose == "own" else whose
    return Match(verdict, source, quoted.typed, found.spans, found.liberties)


# --- nearly ---------------------------------------------------------------------------------------


def _near(quoted: Quotation, candidates: _Candidates) -> Verdict:
    cut = _at_most(quoted.pieces, _PARTS)
    near = [*_short(quoted, candidates)]
    known = {match.source for match in near}
    parts = cut if len(cut) > 1 else _at_most(_sentences(quoted.tokens), _PARTS)
    for source in candidates.best(quoted.tokens):
        match = None if source in known else _along(quoted.typed, cut, source, candidates)
        if match and match.likeness < 0.9 and parts != cut:  # sentences in another order?
            apart = _along(quoted.typed, parts, source, candidates)
            match = apart if apart and apart.likeness > match.likeness + 0.1 else match
        if match and _tells(match.likeness, quoted.tokens):
            near.append(match)
    near.sort(key=lambda m: (-round(m.likeness, 3), m.source.kind, m.source.id))
    best = near[0].likeness if near else 0.0
    joined = _joined(quoted.typed, parts, candidates) if best < 0.9 else []
    if joined and min(m.likeness for m in joined) > max(best + 0.1, 0.8):
        return Verdict("near", tuple(joined), joined=True)
    if not near:
        return Verdict("absent", _least_far(quoted, cut, candidates))
    shown = [m for m in near if m.likeness >= best - 0.2]
    return Verdict("near", tuple(shown[:SHOWN]))


def _least_far(
    quoted: Quotation, cut: Sequence[Sequence[Token]], candidates: _Candidates
) -> tuple[Match, ...]:
    """The passage that has most of the words of a quotation that was not found, if any has some."""
    for source in candidates.best(quoted.tokens, LEAST)[:1]:
        match = _along(quoted.typed, cut, source, candidates)
        if match and match.likeness >= LEAST and match.likeness * weight(quoted.tokens) >= FOUND:
            return (replace(match, verdict="absent"),)
    return ()


def _tells(likeness: float, quoted: Sequence[Token]) -> bool:
    """Whether enough is alike to be no chance: two words of three are not, unless it is all."""
    return likeness >= 0.95 or (likeness >= NEAR and likeness * weight(quoted) >= FOUND)


def _short(quoted: Quotation, candidates: _Candidates) -> Iterator[Match]:
    """Where all pieces stand in order, but some are too short to be anybody's words."""
    for source in candidates.texts:
        found = candidates.find(source)
        if not found:
            continue
        said = [Difference("same", source.text[a:b], source.text[a:b], " ") for a, b in found.spans]
        cuts = [Difference("removed", source.text[a:b].strip(), "", " ") for a, b in found.cuts]
        told = tuple(
            each for pair in zip(said, [*cuts, None], strict=True) for each in pair if each
        )
        near = Match("near", source, quoted.typed, found.spans, differences=told)
        yield replace(near, short=True)


def _along(
    typed: str, cut: Sequence[Sequence[Token]], source: Text, candidates: _Candidates
) -> Match | None:
    """A quotation laid along one text, piece by piece."""
    written = candidates.tokens(source)
    found = [(lay(typed, piece, source.text, written), piece) for piece in cut]
    laid = [alignment for alignment, _ in found if alignment]
    if not laid:
        return None
    alike = sum(alignment.likeness * weight(piece) for alignment, piece in found if alignment)
    differences = tuple(
        difference
        for alignment, piece in found
        for difference in (
            alignment.differences
            if alignment
            else (Difference("added", "", _slice(typed, piece), " "),)
        )
    )
    spans = tuple((alignment.start, alignment.end) for alignment in laid)
    return Match(
        "near",
        source,
        typed,
        spans,
        differences=differences,
        likeness=alike / (sum(map(weight, cut)) or 1),
        disordered=list(spans) != sorted(spans),
    )


def _joined(typed: str, parts: Sequence[Sequence[Token]], candidates: _Candidates) -> list[Match]:
    """The best place of each part, when they are in more than one text."""
    found = []
    for part in parts if len(parts) > 1 else ():
        texts = candidates.best(part)
        places = [m for text in texts if (m := _along(typed, [part], text, candidates))]
        if not places:
            return []
        best = max(places, key=lambda m: (m.likeness, m.source.kind == "answer"))
        found.append(replace(best, quoted=_slice(typed, part)))
    return found if len({match.source.id for match in found}) > 1 else []


def _sentences(quoted: Sequence[Token]) -> list[list[Token]]:
    """A quotation cut after its full stops; a short sentence stays with the one before."""
    found: list[list[Token]] = [[]]
    for token in quoted:
        found[-1].append(token)
        if token.key in (".", "!", "?"):
            found.append([])
    kept: list[list[Token]] = []
    for sentence in found:
        if kept and count(sentence) < FEWEST:
            kept[-1] += sentence
        else:
            kept.append(sentence)
    return kept


def _at_most(parts: Sequence[Sequence[Token]], most: int) -> list[Sequence[Token]]:
    """Parts in order, the last ones put together when there are too many."""
    if len(parts) <= most:
        return list(parts)
    return [*parts[: most - 1], [token for part in parts[most - 1 :] for token in part]]


def _slice(text: str, run: Sequence[Token]) -> str:
    return text[run[0].start : run[-1].end] if run else ""


# --- candidates -----------------------------------------------------------------------------------


class _Candidates:
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
        worth.sort(key=lambda pair: (-pair[0], len(pair[1].text), pair[1].id))
        left = _COMPARISONS
        kept: list[Text] = []
        for _, text in worth[:_ALIGNED]:
            left -= len(quoted) * len(self._tokens[text])
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
        runs = [p for words, _ in self._readings for p in _phrases(self._windows(words)[:4])]
        short = [
            phrase
            for words, _ in self._readings
            for phrase in _phrases((self._windows(words, 3) or self._windows(words, 2))[:3])
        ]
        return _either([*runs, *short])

    def any_word(self) -> str:
        """The rarest words that the corpus has, by their stems."""
        wanted = []
        for words, language in self._readings:
            known = sorted({w for w in words if 0 < self._counts[w] < _MANY}, key=self._rarity)
            wanted += [f'"{french.MARK}{stem(word, language)}"' for word in known[:5]]
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
