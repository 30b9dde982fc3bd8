"""The words of a quotation and of a text, so that one can be looked for in the other.

Two texts are the same *word for word* when their tokens are: words with the hyphens and dots inside
them, and every punctuation mark but quotation marks and apostrophes. Case and accents count. What
may differ is a *liberty*, and each one taken is named:

    guillemets    their kind, or whether they are there
    apostrophes   the same
    espaces       white space of any kind, line breaks, invisible characters, marks of a list
    coupes        an ellipsis of the quotation where the text goes on: [...] (…) […] …
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from motamot.text.folding import letters

LIBERTIES = ("guillemets", "apostrophes", "espaces", "coupes")
Span = tuple[int, int]

_DOUBLE = '"«»“”„‟‹›＂〝〞'
_SINGLE = "'’‘‚‛ʼ′`´＇ʹʻʽ"
_HYPHENS = "-\u2010\u2011"
_INVISIBLE = "\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff"
_LETTERS = f"(?:[^\\W_{_SINGLE}]|[\u0300-\u036f{_INVISIBLE}])"
_TOKEN = re.compile(
    f"(?P<word>(?=[^\\W_]){_LETTERS}+(?:[{_HYPHENS}·•⋅‧]{_LETTERS}+)*)"
    r"|(?P<cut>[\[(]\s*(?:…|\.(?:\s?\.)+)\s*[\])])"
    r"|(?P<dots>…|\.(?:\s?\.)+)"
    f"|(?P<mark>[^\\s{_DOUBLE}{_SINGLE}{_INVISIBLE}])"
)
_REMOVED = re.compile(f"[{_INVISIBLE}]")
_BULLET = re.compile(r"^[ \t]*(?:[-*+•–▪◦‣]|\d{1,3}[.)])[ \t]+|(?<=\s)\|(?=\s)", re.MULTILINE)


class Token(NamedTuple):
    """A word or a mark: what it is compared by, and its characters in the text as written."""

    key: str  # as written, in one Unicode form, without invisible characters
    folded: str  # the same without case and accents
    start: int
    end: int
    kind: str  # word, mark, dots (an ellipsis), cut (an ellipsis between brackets)


def tokens(text: str, bare: bool = False) -> list[Token]:
    """The words and marks of a text; `bare`: without the marks of lists and of table cells."""
    layout = [match.span() for match in _BULLET.finditer(text)] if bare else []
    return [t for t in _tokens(text) if not any(a <= t.start and t.end <= b for a, b in layout)]


def unmarked(text: str) -> str:
    """A text without the marks of its lists and table cells, as a page shows it."""
    return _BULLET.sub("", text)


def _tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        key = found.group()
        if kind == "word":
            key, folded = _word(key)
        else:
            key = folded = key if kind == "mark" else "…"
        yield Token(key, folded, found.start(), found.end(), kind)


@lru_cache(maxsize=1 << 16)
def _word(written: str) -> tuple[str, str]:
    """A word's key, and the same without case and accents."""
    key = written
    if not key.isascii():
        key = unicodedata.normalize("NFC", _REMOVED.sub("", key))
        key = key.replace("\u2010", "-").replace("\u2011", "-")
    return key, letters(key) or key


def pieces(quotation: Sequence[Token]) -> list[list[Token]]:
    """The tokens between a quotation's own cuts; what holds no word is no piece."""
    found: list[list[Token]] = [[]]
    for token in quotation:
        if token.kind in ("cut", "dots"):
            found.append([])
        else:
            found[-1].append(token)
    return [piece for piece in found if any(token.kind == "word" for token in piece)]


def find(cut: Sequence[Sequence[Token]], text: Sequence[Token]) -> list[Span] | None:
    """Where pieces stand in a text, in order and as near to each other as can be: the first and the
    last (excluded) token of each; None when one is not there, or not after the one before."""
    keys = [token.key for token in text]
    wanted = [[token.key for token in piece] for piece in cut]
    spans: list[Span] = []
    at = 0
    for piece in wanted:
        found = _first(piece, keys, at)
        if found is None:
            return None
        spans.append((found, found + len(piece)))
        at = found + len(piece)
    for n in range(len(spans) - 2, -1, -1):  # nearer to what follows, when it comes again
        size, limit = len(wanted[n]), spans[n + 1][0]
        for start in range(limit - size, spans[n][0], -1):
            if keys[start : start + size] == wanted[n]:
                spans[n] = (start, start + size)
                break
    return spans


def _first(piece: list[str], keys: list[str], at: int) -> int | None:
    size = len(piece)
    while True:
        try:
            at = keys.index(piece[0], at)
        except ValueError:
            return None
        if keys[at : at + size] == piece:
            return at
        at += 1


def omitted(spans: Sequence[Span], text: Sequence[Token]) -> list[int]:
    """How many words stand in the text between each piece and the next."""
    gaps = pairwise(spans)
    return [sum(t.kind == "word" for t in text[a[1] : b[0]]) for a, b in gaps]


# --- liberties ------------------------------------------------------------------------------------


def liberties(
    quotation: str,
    quoted: Sequence[Token],
    text: str,
    written: Sequence[Token],
    spans: Sequence[Span],
) -> tuple[str, ...]:
    """What a quotation changed of the text it is word for word, in the order of LIBERTIES."""
    taken: set[str] = set()
    for piece, (first, last) in zip(pieces(quoted), spans, strict=True):
        taken |= _between(quotation, piece, text, written[first:last])
    if _has_cut(quoted, written, spans):
        taken.add("coupes")
    taken |= _around(quotation, quoted, text, written, spans)
    return tuple(name for name in LIBERTIES if name in taken)


def _between(
    quotation: str, piece: Sequence[Token], text: str, written: Sequence[Token]
) -> set[str]:
    """The liberties inside one piece: words one by one, and what stands between them."""
    taken = set()
    for quoted, own in zip(piece, written, strict=True):
        same = _composed(quotation[quoted.start : quoted.end])
        if same != _composed(text[own.start : own.end]):
            taken.add("espaces")
    for n in range(1, len(piece)):
        ours = _gap(text[written[n - 1].end : written[n].start], written[n - 1])
        theirs = _gap(quotation[piece[n - 1].end : piece[n].start], piece[n - 1])
        taken |= {name for name in LIBERTIES[:3] if ours[name] != theirs[name]}
    return taken


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _gap(between: str, before: Token) -> dict[str, str]:
    """What stands between two tokens, by the liberty it falls under."""
    found = dict.fromkeys(LIBERTIES[:3], "")
    for at, char in enumerate(between):
        if char in _SINGLE and at == 0 and before.kind == "word":
            found["apostrophes"] += char
        elif char in _SINGLE or char in _DOUBLE:
            found["guillemets"] += char
        else:
            found["espaces"] += char
    return found


def _has_cut(quoted: Sequence[Token], written: Sequence[Token], spans: Sequence[Span]) -> bool:
    """Whether some ellipsis of the quotation is not the text's own."""
    if not any(token.kind in ("cut", "dots") for token in quoted):
        return False
    gaps = [written[a[1] : b[0]] for a, b in pairwise(spans)]
    if quoted[0].kind in ("cut", "dots"):
        gaps.append(written[max(0, spans[0][0] - 1) : spans[0][0]])
    if any(token.kind in ("cut", "dots") for token in _tail(quoted)):
        gaps.append(written[spans[-1][1] : spans[-1][1] + 1])
    return not all(gap and all(t.kind in ("cut", "dots") for t in gap) for gap in gaps)


def _tail(quoted: Sequence[Token]) -> Sequence[Token]:
    last = max(n for n, token in enumerate(quoted) if token.kind == "word")
    return quoted[last + 1 :]


def _around(
    quotation: str,
    quoted: Sequence[Token],
    text: str,
    written: Sequence[Token],
    spans: Sequence[Span],
) -> set[str]:
    """Quotation marks that surround the whole quotation, and that the text does not have there."""
    first, last = spans[0][0], spans[-1][1]
    before = text[written[first - 1].end if first else 0 : written[first].start]
    after = text[written[last - 1].end : written[last].start if last < len(written) else None]
    for own, theirs in ((before, quotation[: quoted[0].start]), (after, _end(quotation, quoted))):
        marks = {char for char in theirs if char in _DOUBLE or char in _SINGLE}
        if marks - set(own):
            return {"guillemets"}
    return set()


def _end(quotation: str, quoted: Sequence[Token]) -> str:
    return quotation[quoted[-1].end :]
