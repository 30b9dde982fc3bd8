"""Words looked for in one text: its pieces, each a run of whole words, in order; and what is cut.

    find(quotation, text) -> Found, or None

The only place where a quotation is said to stand in a text. Nothing may differ but typography
(words.py): the page, the marks of ?extrait=, frames and JSON all ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from motamot.quoting.words import (
    LIBERTIES,
    Span,
    Token,
    count,
    is_optional,
    keys,
    liberties,
    tokens,
)

PIECE = 4  # words of a piece between two cuts, at least: fewer can be made to say anything
Run = tuple[int, int]  # tokens, end excluded


@dataclass(frozen=True)
class Quotation:
    """What is looked for: words, and the pieces that its own cuts make of them."""

    typed: str
    tokens: tuple[Token, ...]
    pieces: tuple[tuple[Token, ...], ...]  # what holds no word is no piece

    @property
    def words(self) -> int:
        return count(self.tokens)


@dataclass(frozen=True)
class Found:
    """Where the pieces of a quotation stand in a text, in order."""

    spans: tuple[Span, ...]  # characters of each run; the text's own ellipses cut none
    liberties: tuple[str, ...]  # names of LIBERTIES that were taken
    is_short: bool  # some piece has fewer words than PIECE

    @property
    def cuts(self) -> tuple[Span, ...]:
        return tuple((a[1], b[0]) for a, b in pairwise(self.spans))


def quotation(typed: str) -> Quotation:
    """What is typed, read once."""
    found = tuple(tokens(typed))
    pieces: list[list[Token]] = [[]]
    for token in found:
        if token.kind in ("cut", "dots"):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return Quotation(typed, found, tuple(tuple(p) for p in pieces if count(p)))


def find(quoted: Quotation, text: str) -> Found | None:
    """The pieces, as near to each other as they can be; None when one is not there, or not after
    the one before."""
    return find_among(quoted, text, tokens(text, keys(quoted.tokens)))


def find_among(quoted: Quotation, text: str, written: Sequence[Token]) -> Found | None:
    """`find`, when the tokens of the text are known."""
    runs = _in_order(quoted.pieces, written, False) or _in_order(quoted.pieces, written, True)
    if not runs:
        return None
    joined = [runs[0]]
    for run in runs[1:]:
        if count(written[joined[-1][1] : run[0]]):
            joined.append(run)
        else:  # nothing was cut
            joined[-1] = (joined[-1][0], run[1])
    spans = tuple((written[a].start, written[b - 1].end) for a, b in joined)
    is_short = len(joined) > 1 and min(count(written[a:b]) for a, b in joined) < PIECE
    return Found(spans, _taken(quoted, text, written, runs), is_short)


def _in_order(
    pieces: Sequence[Sequence[Token]], written: Sequence[Token], any_case: bool
) -> list[Run] | None:
    """A run for each piece; with `any_case`, the case of the first letter of each may differ."""
    runs: list[Run] = []
    for piece in pieces:
        run = _first(piece, written, runs[-1][1] if runs else 0, any_case)
        if run is None:
            return None
        runs.append(run)
    for n in range(len(runs) - 2, -1, -1):  # nearer to what follows, when it comes again
        limit = runs[n + 1][0]
        while later := _first(pieces[n], written[:limit], runs[n][0] + 1, any_case):
            runs[n] = later
    return runs


def _first(piece: Sequence[Token], written: Sequence[Token], at: int, any_case: bool) -> Run | None:
    """The first run from `at` on that is the piece."""
    head = next(n for n, token in enumerate(piece) if not is_optional(token))
    key = piece[head].key
    swapped = key[:1].swapcase() + key[1:] if any_case else key
    for start in range(at, len(written)):
        if written[start].key in (key, swapped):
            end = _after(piece[head + 1 :], written, start + 1)
            if end is not None and _same_before(piece[:head], written[at:start]):
                return start, end
    return None


def _after(piece: Sequence[Token], written: Sequence[Token], at: int) -> int | None:
    """Where a run that is the piece from `at` on ends. Either side may lack what is optional; but
    two figures that differ are no call of a footnote."""
    end, n = at, 0
    lacking: set[bool] = set()  # the sides that lack a figure since the last word
    while n < len(piece):
        token, own = piece[n], written[at] if at < len(written) else None
        if own and token.key == own.key:
            n, at, lacking = n + 1, at + 1, set()
            end = at
        elif own and is_optional(own):
            lacking |= {True} if own.kind != "bullet" else set()
            at += 1
        elif is_optional(token):
            lacking |= {False} if token.kind != "bullet" else set()
            n += 1
        else:
            return None
        if len(lacking) == 2:
            return None
    return end


def _same_before(leading: Sequence[Token], written: Sequence[Token]) -> bool:
    """Whether the boxes and figures that open a piece are those that the text has there."""
    mine = [token.key for token in leading if token.kind != "bullet"]
    own: list[str] = []
    for token in reversed(written):
        if not is_optional(token):
            break
        own.insert(0, token.key)
    return all(key in own for key in mine)


def _taken(
    quoted: Quotation, text: str, written: Sequence[Token], runs: Sequence[Run]
) -> tuple[str, ...]:
    """The liberties of all pieces, in the order of LIBERTIES."""
    taken = {
        name
        for piece, (a, b) in zip(quoted.pieces, runs, strict=True)
        for name in liberties(quoted.typed, piece, text, written[a:b])
    }
    return tuple(name for name in LIBERTIES if name in taken)
