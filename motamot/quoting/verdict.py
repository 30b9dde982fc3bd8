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
then verified here, word by word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from motamot.quoting.candidates import BY_WORDS, NEAR, Candidates, Corpus, Text, Wanted
from motamot.quoting.finding import Found, Quotation, quotation
from motamot.quoting.nearest import Difference, lay, weight
from motamot.quoting.owners import owner
from motamot.quoting.words import Span, Token, count
from motamot.text.markdown import count_words

FEWEST, MOST = 3, 5000  # words, characters of a quotation
FOUND = 2.2  # weight of the words found in a passage that is worth showing (nearest.weight)
LEAST = 0.4  # likeness from which it is shown beside words that were not found
SHOWN = 3  # passages that resemble a quotation
PLACES = 10  # places where a quotation stands word for word

_CLOSE = 0.8  # overlap of words from which no text is looked for by its words alone
_PARTS = 12  # pieces that may come each from another text; a quotation of more is read as one
_PIECES = 8  # pieces of one quotation that are looked for


Name = Literal["exact", "cut", "quoted", "unticked", "question", "near", "absent", "short", "long"]
WRITTEN: tuple[Name, ...] = ("exact", "cut", "quoted", "unticked", "question")  # the best first


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
    wanted = [Wanted(_slice(typed, piece), corpus) for piece in quoted.pieces[:_PIECES]]
    candidates = Candidates(quoted, corpus)
    candidates.look(" AND ".join(filter(None, (piece.every_phrase() for piece in wanted))))
    found = _written(quoted, candidates)
    if not found or found[0].verdict not in ("exact", "cut"):
        for piece in wanted:
            candidates.look(piece.any_phrase())
        if candidates.nearest() < _CLOSE:
            for piece in wanted:
                candidates.look(piece.any_word(), BY_WORDS)
        found = _written(quoted, candidates)
    if found:
        best = found[0].verdict
        return Verdict(best, tuple([m for m in found if m.verdict == best][:PLACES]))
    return _near(quoted, candidates)


# --- as it was written ----------------------------------------------------------------------------


def _written(quoted: Quotation, candidates: Candidates) -> list[Match]:
    """Every candidate that holds the quotation: the best verdict first, what is said now, the
    fewest liberties."""
    found = [
        judged(quoted, source, at, candidates.corpus)
        for source in candidates.texts
        if (at := candidates.find(source)) and not at.is_short
    ]
    found.sort(
        key=lambda m: (
            *(WRITTEN.index(m.verdict), not m.source.is_current),
            *(len(m.liberties), m.source.id),
        )
    )
    return _once(found)


def _once(matches: Sequence[Match]) -> list[Match]:
    """Of an answer and what it said before, the first that matches, and no other."""
    first: dict[str, Match] = {}
    for match in matches:
        first.setdefault(match.source.was or match.source.id, match)
    return list(first.values())


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


def _near(quoted: Quotation, candidates: Candidates) -> Verdict:
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
    near = _once(near)
    best = near[0].likeness if near else 0.0
    joined = _joined(quoted.typed, parts, candidates) if best < 0.9 else []
    if joined and min(m.likeness for m in joined) > max(best + 0.1, 0.8):
        return Verdict("near", tuple(joined), joined=True)
    if not near:
        return Verdict("absent", _least_far(quoted, cut, candidates))
    shown = [m for m in near if m.likeness >= best - 0.2]
    return Verdict("near", tuple(shown[:SHOWN]))


def _least_far(
    quoted: Quotation, cut: Sequence[Sequence[Token]], candidates: Candidates
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


def _short(quoted: Quotation, candidates: Candidates) -> Iterator[Match]:
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
    typed: str, cut: Sequence[Sequence[Token]], source: Text, candidates: Candidates
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


def _joined(typed: str, parts: Sequence[Sequence[Token]], candidates: Candidates) -> list[Match]:
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
