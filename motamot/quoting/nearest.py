"""A quotation beside the passage of a text that it resembles most, word by word.

    lay(quotation, its tokens, text, its tokens) -> Alignment, or None

Runs of words that both have are chained, in order, where they weigh more than what stands between
them costs; the rest is what differs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from motamot.quoting.words import Token, is_optional

Change = Literal["same", "replaced", "added", "removed", "moved"]
Block = tuple[int, int, int]  # first token of the quotation, of the text, how many
_SHORT = 0.3  # what a word of three letters or fewer weighs beside a longer one
_BLOCKS = 300  # runs that are chained, the heaviest


@dataclass(frozen=True)
class Difference:
    """One run of words: what the text has (`written`), what the quotation has (`quoted`)."""

    change: Change
    written: str  # "" when the quotation added words
    quoted: str  # "" when it removed some
    after: str  # what stands between this run and the next: a space, an apostrophe, nothing


@dataclass(frozen=True)
class Alignment:
    """A quotation laid along a passage of a text."""

    differences: tuple[Difference, ...]
    start: int  # characters of the text: the passage
    end: int
    likeness: float  # 0 to 1: the part of the quotation's words that the passage has, in order


def weight(run: Sequence[Token]) -> float:
    """How much words count: "de" says less than "logement", a mark nothing."""
    return sum(
        1.0 if token.kind == "number" or len(token.folded) > 3 else _SHORT
        for token in run
        if token.kind in ("word", "number")
    )


def overlap(quoted: Sequence[Token], text: Sequence[Token]) -> float:
    """0 to 1: the part of the quotation's words that a text has anywhere; quick to know. A first or
    last word may be one that was cut in two ("200" of "1 200")."""
    have = Counter(token.folded for token in text)
    found: list[Token] = []
    lost: list[Token] = []
    for token in quoted:
        (found if have[token.folded] > 0 else lost).append(token)
        have[token.folded] -= 1
    if lost[:1] == list(quoted[:1]) and any(map(lost[0].ends, text)):
        found.append(lost[0])
    elif lost[-1:] == list(quoted[-1:]) and any(map(lost[-1].begins, text)):
        found.append(lost[-1])
    return weight(found) / (weight(quoted) or 1)


def lay(
    quotation: str, quoted: Sequence[Token], text: str, written: Sequence[Token]
) -> Alignment | None:
    """Lay a quotation along the passage of a text that has most of its words; None when it has
    none of them. What either side may lack is left out of both."""
    quoted, written = ([t for t in each if not is_optional(t)] for each in (quoted, written))
    chain = _chain(_blocks(quoted, written), quoted)
    if not chain:
        return None
    first, last = _ends(chain, quoted, written)
    blocks = list(_filled(chain, quoted, written, first, last))
    runs = _merged(_runs(quoted, written, blocks, first, last))
    differences = [_difference(run, quotation, quoted, text, written) for run in runs]
    alike = sum(weight(quoted[a : a + n]) for a, _, n in blocks)
    alike += sum(_halves(quoted[a:b], written[c:d]) for _, a, b, c, d in runs)
    likeness = alike / weight(quoted)
    span = written[first].start, written[last - 1].end
    return Alignment(tuple(_moved(differences)), *span, min(1.0, likeness))


def _halves(quoted: Sequence[Token], written: Sequence[Token]) -> float:
    """The weight of words and figures that were cut in two, where each stands for one."""
    pairs = zip(quoted, written, strict=False) if len(quoted) == len(written) else ()
    halves = [q for q, w in pairs if q.folded != w.folded and (q.ends(w) or q.begins(w))]
    return weight(halves)


def _blocks(quoted: Sequence[Token], written: Sequence[Token]) -> list[Block]:
    """Every run of words that both have, as long as it goes; lone short words are none."""
    places = defaultdict(list)
    for at, token in enumerate(written):
        places[token.folded].append(at)
    found: list[Block] = []
    going: dict[int, int] = {}  # place of the last token of a run -> its first token in `quoted`
    for n in range(len(quoted) + 1):
        here = {}
        for at in places[quoted[n].folded] if n < len(quoted) else []:
            here[at] = going.get(at - 1, n)
        for at, start in going.items():
            if here.get(at + 1) != start and weight(quoted[start:n]) >= 2 * _SHORT:
                found.append((start, at + 1 - (n - start), n - start))
        going = here
    found.sort(key=lambda block: -weight(quoted[block[0] : block[0] + block[2]]))
    return sorted(found[:_BLOCKS], key=lambda block: (block[1], block[0]))


def _chain(blocks: Sequence[Block], quoted: Sequence[Token]) -> list[Block]:
    """The blocks, in order on both sides, that weigh most less what stands between them."""
    best: list[tuple[float, int, Block]] = []  # worth of the chain that ends here, what is before
    for a, b, size in blocks:
        here = weight(quoted[a : a + size]), -1, (a, b, size)
        for n, (worth, _, (c, d, length)) in enumerate(best):
            over = max(0, c + length - a, d + length - b)
            if over >= size or (c, d) >= (a, b) or c >= a:
                continue
            cost = _cost(b - d - length) + _cost(a - c - length) / 2
            total = worth - cost + weight(quoted[a + over : a + size])
            if total > here[0]:
                here = total, n, (a + over, b + over, size - over)
        best.append(here)
    chain: list[Block] = []
    at = max(range(len(best)), key=lambda n: best[n][0], default=-1)
    while at >= 0:
        _, at, block = best[at]
        chain.insert(0, block)
    return chain


def _cost(apart: int) -> float:
    """What so many words between two runs cost: the first ones most, since a long cut is a cut."""
    return min(0.15 * apart, 1.2 + 0.02 * apart) if apart > 0 else 0


def _ends(chain: list[Block], quoted: Sequence[Token], written: Sequence[Token]) -> tuple[int, int]:
    """Where the passage begins and ends: a word of the quotation that is left at either end stands
    for one of the passage, unless the sentence ends there."""
    (a, b, _), (c, d, size) = chain[0], chain[-1]
    first, last = b, d + size
    while first > max(0, b - a) and written[first - 1].kind in ("word", "number"):
        first -= 1
    most = min(len(written), last + len(quoted) - c - size)
    while last < most and written[last].kind in ("word", "number"):
        last += 1
    return first, last


def _filled(
    chain: list[Block], quoted: Sequence[Token], written: Sequence[Token], first: int, last: int
) -> Iterator[Block]:
    """The chain with what is also the same between its blocks and at its ends."""
    at, place = 0, first
    for a, b, size in [*chain, (len(quoted), last, 0)]:
        theirs, own = ([t.folded for t in r] for r in (quoted[at:a], written[place:b]))
        if len(theirs) * len(own) <= 10_000:
            matcher = SequenceMatcher(None, theirs, own, autojunk=False)
            for found in matcher.get_matching_blocks()[:-1]:
                yield at + found.a, place + found.b, found.size
        if size:
            yield a, b, size
        at, place = a + size, b + size


Piece = tuple[Change, int, int, int, int]  # tokens of the quotation, tokens of the text


def _runs(
    quoted: Sequence[Token], written: Sequence[Token], blocks: list[Block], first: int, last: int
) -> Iterator[Piece]:
    at, place = 0, first
    for a, b, size in [*blocks, (len(quoted), last, 0)]:
        if at < a or place < b:
            change: Change = (
                "replaced" if at < a and place < b else "added" if at < a else "removed"
            )
            yield change, at, a, place, b
        for n in range(size):
            same = quoted[a + n].key == written[b + n].key
            yield "same" if same else "replaced", a + n, a + n + 1, b + n, b + n + 1
        at, place = a + size, b + size


def _merged(runs: Iterator[Piece]) -> list[Piece]:
    """Single words become runs."""
    merged: list[Piece] = []
    for run in runs:
        if merged and run[0] == merged[-1][0]:
            merged[-1] = (run[0], merged[-1][1], run[2], merged[-1][3], run[4])
        else:
            merged.append(run)
    return merged


def _difference(
    run: Piece, quotation: str, quoted: Sequence[Token], text: str, written: Sequence[Token]
) -> Difference:
    change, a, b, c, d = run
    own = text[written[c].start : written[d - 1].end] if c < d else ""
    theirs = quotation[quoted[a].start : quoted[b - 1].end] if a < b else ""
    if c < d:
        after = text[written[d - 1].end : written[d].start] if d < len(written) else ""
    else:
        after = quotation[quoted[b - 1].end : quoted[b].start] if b < len(quoted) else ""
    return Difference(change, own, theirs, after)


def _moved(differences: list[Difference]) -> Iterator[Difference]:
    """The same words added at one place and removed at another were moved."""
    added = {each.quoted for each in differences if each.change == "added"}
    moved = added & {each.written for each in differences if each.change == "removed"}
    for each in differences:
        is_moved = each.change in ("added", "removed") and {each.quoted, each.written} & moved
        yield replace(each, change="moved") if is_moved else each
