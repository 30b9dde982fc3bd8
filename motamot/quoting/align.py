"""A quotation beside the passage it resembles most, word by word.

align(quotation, its tokens, text, its tokens) -> Alignment: what is the same, replaced, added,
removed, moved; in the original characters of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from motamot.quoting.words import Token

Change = Literal["same", "replaced", "added", "removed", "moved"]
_LONG = 300  # words of a quotation in which no long cut is looked for,
_CHANGES = 40  # and differences among which no move is
_SHORT = 0.3  # what a word of three letters or fewer weighs beside a longer one


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


def weight(token: Token) -> float:
    """How much a word counts: "de" says less than "logement", a mark nothing."""
    return 0.0 if token.kind != "word" else 1.0 if len(token.folded) > 3 else _SHORT


def overlap(quoted: Sequence[Token], text: Sequence[Token]) -> float:
    """0 to 1: the part of the quotation's words that a text has anywhere; quick to know."""
    have = Counter(token.folded for token in text)
    total = sum(map(weight, quoted))
    found = 0.0
    for token in quoted:
        if have[token.folded] > 0:
            have[token.folded] -= 1
            found += weight(token)
    return found / total if total else 0.0


def align(
    quotation: str, quoted: Sequence[Token], text: str, written: Sequence[Token]
) -> Alignment | None:
    """Lay a quotation along the passage of a text that has most of its words; None when it has
    none of them."""
    best = _align(quotation, quoted, text, written, len(quoted) * 5 // 4 + 3)
    if best and best.likeness < 0.95 and len(quoted) <= _LONG:  # a long silent cut?
        wide = _align(quotation, quoted, text, written, len(quoted) * 2 + 20)
        if wide and wide.likeness > best.likeness + 0.1:
            return wide
    return best


def _align(
    quotation: str, quoted: Sequence[Token], text: str, written: Sequence[Token], size: int
) -> Alignment | None:
    """`align`, with a passage of at most `size` tokens or so."""
    begin, end = _window(quoted, written, size)
    window = written[begin:end]
    blocks = _blocks(quoted, window)
    if not blocks:
        return None
    first, last = _ends(blocks, quoted, window)
    window, blocks = window[first:last], [(a, b - first, n) for a, b, n in blocks]
    runs = _moved(_merged(_runs(quoted, window, blocks)), quoted, window)
    found = tuple(_difference(run, quotation, quoted, text, window) for run in runs)
    matched = _matched(blocks, quoted)
    matched += sum(weight(t) for run in runs if run[0] == "moved" for t in quoted[run[1] : run[2]])
    total = sum(map(weight, quoted))
    likeness = min(1.0, matched / total) if total else 0.0
    return Alignment(found, window[0].start, window[-1].end, likeness)


Block = tuple[int, int, int]  # first token of the quotation, of the window, how many


def _matched(blocks: list[Block], quoted: Sequence[Token]) -> float:
    return sum(weight(t) for a, _, n in blocks for t in quoted[a : a + n])


def _window(quoted: Sequence[Token], written: Sequence[Token], size: int) -> tuple[int, int]:
    """The run of `size` tokens that has most of a quotation's words."""
    if len(written) <= size:
        return 0, len(written)
    wanted = Counter(token.folded for token in quoted)
    inside: Counter[str] = Counter()
    score, best, begin = 0.0, -1.0, 0
    for at, token in enumerate(written):
        inside[token.folded] += 1
        if inside[token.folded] <= wanted[token.folded]:
            score += weight(token) or 0.05
        if at >= size:
            out = written[at - size]
            if inside[out.folded] <= wanted[out.folded]:
                score -= weight(out) or 0.05
            inside[out.folded] -= 1
        if score > best + 1e-9:
            best, begin = score, max(0, at - size + 1)
    # The best window ends on its last word found: the passage may go on a little, or begin before.
    return max(0, begin - 3), min(len(written), begin + size + 3)


def _blocks(quoted: Sequence[Token], window: Sequence[Token]) -> list[Block]:
    """What a quotation and a window have in common, in order. A lone short word far from the rest
    ("la") may have hidden a better match nearer: without it, the nearer part is read again."""
    low, high = 0, len(window)
    kept: list[Block] = []
    for _ in range(3 if len(quoted) <= _LONG else 1):
        matcher = SequenceMatcher(
            None, [t.folded for t in quoted], [t.folded for t in window[low:high]], autojunk=False
        )
        found = [(b.a, low + b.b, b.size) for b in matcher.get_matching_blocks()[:-1]]
        ordered = _without_moved(found, quoted, window)
        kept = _without_strays(ordered, quoted)
        if len(kept) == len(found):
            break
        (a, b, _), (c, d, size) = kept[0], kept[-1]
        if ordered[0] != kept[0]:
            low = max(low, b - a - 2)
        if ordered[-1] != kept[-1]:
            high = min(high, d + size + len(quoted) - c - size + 2)
        if len(ordered) == len(kept):
            break
    return kept


def _without_moved(
    blocks: list[Block], quoted: Sequence[Token], window: Sequence[Token]
) -> list[Block]:
    """Blocks without those that hide a move: what stands before (after) the longest block in the
    quotation may stand after (before) it in the passage, and be alike there much more."""
    if not blocks:
        return blocks
    a, b, size = max(blocks, key=lambda block: block[2])
    before = [block for block in blocks if block[0] < a]
    after = [block for block in blocks if block[0] > a]
    if _is_elsewhere(quoted[:a], window[b + size :], before, quoted):
        before = []
    if _is_elsewhere(quoted[a + size :], window[:b], after, quoted):
        after = []
    return [*before, (a, b, size), *after]


def _is_elsewhere(
    part: Sequence[Token], other: Sequence[Token], here: list[Block], quoted: Sequence[Token]
) -> bool:
    if not part or not other:
        return False
    theirs, own = [t.folded for t in part], [t.folded for t in other]
    matcher = SequenceMatcher(None, theirs, own, autojunk=False)
    best = matcher.find_longest_match(0, len(theirs), 0, len(own))
    moved = sum(map(weight, part[best.a : best.a + best.size]))
    alike = sum(weight(t) for a, _, n in here for t in quoted[a : a + n])
    return moved >= 1 and moved > alike


def _without_strays(blocks: Sequence[Block], quoted: Sequence[Token]) -> list[Block]:
    """Matching blocks without lone short words that stand far from the others at either end."""
    kept = [(b[0], b[1], b[2]) for b in blocks]
    while len(kept) > 1 and _is_stray(kept[0], kept[1], quoted):
        kept.pop(0)
    while len(kept) > 1 and _is_stray(kept[-1], kept[-2], quoted):
        kept.pop()
    return kept


def _is_stray(block: Block, beside: Block, quoted: Sequence[Token]) -> bool:
    light = sum(weight(t) for t in quoted[block[0] : block[0] + block[2]]) < 1
    left, right = sorted((block, beside))
    apart = right[1] - left[1] - left[2]
    in_quotation = right[0] - left[0] - left[2]
    return light and apart > in_quotation + 2


def _ends(blocks: list[Block], quoted: Sequence[Token], window: Sequence[Token]) -> tuple[int, int]:
    """Where the passage begins and ends: a word of the quotation that is left at either end stands
    for one of the passage, unless the sentence ends there; or it was moved from the other end."""
    (a, b, _), (c, d, size) = blocks[0], blocks[-1]
    left, right = quoted[:a], quoted[c + size :]
    first, last = b, d + size
    while first > max(0, b - len(left)) and window[first - 1].kind == "word":
        first -= 1
    most = min(len(window), last + len(right))
    while last < most and window[last].kind == "word":
        last += 1
    moved = _place(right, window[:b])
    if moved is not None:
        first, last = min(moved[0], b), d + size
    moved = _place(left, window[d + size :])
    if moved is not None:
        first, last = b, d + size + moved[1]
    return first, last


def _place(part: Sequence[Token], window: Sequence[Token]) -> tuple[int, int] | None:
    """Where the words of a part stand in a row, marks left out: first token, last excluded."""
    wanted = [t.folded for t in part if t.kind == "word"]
    words = [(n, t.folded) for n, t in enumerate(window) if t.kind == "word"]
    if not wanted or sum(map(weight, part)) < 1:
        return None
    for at in range(len(words) - len(wanted) + 1):
        if [folded for _, folded in words[at : at + len(wanted)]] == wanted:
            return words[at][0], words[at + len(wanted) - 1][0] + 1
    return None


Run = tuple[Change, int, int, int, int]  # tokens of the quotation, tokens of the window


def _runs(quoted: Sequence[Token], window: Sequence[Token], blocks: list[Block]) -> Iterator[Run]:
    at, place = 0, 0
    for a, b, size in [*blocks, (len(quoted), len(window), 0)]:
        if at < a and place < b:
            yield "replaced", at, a, place, b
        elif at < a:
            yield "added", at, a, place, b
        elif place < b:
            yield "removed", at, a, place, b
        for n in range(size):
            same = quoted[a + n].key == window[b + n].key
            yield "same" if same else "replaced", a + n, a + n + 1, b + n, b + n + 1
        at, place = a + size, b + size


def _merged(runs: Iterator[Run]) -> list[Run]:
    """Single words become runs."""
    merged: list[Run] = []
    for run in runs:
        if merged and run[0] == merged[-1][0]:
            merged[-1] = (run[0], merged[-1][1], run[2], merged[-1][3], run[4])
        else:
            merged.append(run)
    return merged


def _difference(
    run: Run, quotation: str, quoted: Sequence[Token], text: str, window: Sequence[Token]
) -> Difference:
    change, a, b, c, d = run
    own = text[window[c].start : window[d - 1].end] if c < d else ""
    theirs = quotation[quoted[a].start : quoted[b - 1].end] if a < b else ""
    if c < d:
        after = text[window[d - 1].end : window[d].start] if d < len(window) else ""
    else:
        after = quotation[quoted[b - 1].end : quoted[b].start] if b < len(quoted) else ""
    return Difference(change, own, theirs, after)


# --- what was moved -------------------------------------------------------------------------------


def _moved(runs: list[Run], quoted: Sequence[Token], window: Sequence[Token]) -> list[Run]:
    """Words added at one place and removed at another were moved; the longest first."""
    for _ in range(4 if len(runs) <= 2 * _CHANGES else 0):
        best = max(_moves(runs, quoted, window), default=None)
        if best is None:
            break
        _, n, m, a, c, size = best
        runs = [
            part
            for at, run in enumerate(runs)
            for part in (
                _split_added(run, a, size)
                if at == n
                else _split_removed(run, c, size)
                if at == m
                else [run]
            )
        ]
    return runs


def _moves(
    runs: list[Run], quoted: Sequence[Token], window: Sequence[Token]
) -> Iterator[tuple[float, int, int, int, int, int]]:
    """(weight, run that added, run that removed, first token of each, how many) of each move."""
    for n, (change, a, b, _, _) in enumerate(runs):
        if change not in ("added", "replaced"):
            continue
        theirs = [t.folded for t in quoted[a:b]]
        for m, (other, _, _, c, d) in enumerate(runs):
            if n == m or other not in ("removed", "replaced"):
                continue
            own = [t.folded for t in window[c:d]]
            found = SequenceMatcher(None, theirs, own, autojunk=False).find_longest_match(
                0, len(theirs), 0, len(own)
            )
            heavy = sum(map(weight, quoted[a + found.a : a + found.a + found.size]))
            if heavy >= 1:
                yield heavy, n, m, a + found.a, c + found.b, found.size


def _split_added(run: Run, at: int, size: int) -> list[Run]:
    _, a, b, c, d = run
    parts: list[Run] = [
        ("removed", a, a, c, d),
        ("added", a, at, d, d),
        ("moved", at, at + size, d, d),
        ("added", at + size, b, d, d),
    ]
    return [part for part in parts if part[1] < part[2] or part[3] < part[4]]


def _split_removed(run: Run, at: int, size: int) -> list[Run]:
    _, a, b, c, d = run
    parts: list[Run] = [
        ("removed", a, a, c, at),
        ("moved", a, a, at, at + size),
        ("removed", a, a, at + size, d),
        ("added", a, b, d, d),
    ]
    return [part for part in parts if part[1] < part[2] or part[3] < part[4]]
