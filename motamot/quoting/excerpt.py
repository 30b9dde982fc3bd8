"""Words taken from an answer: marked where they stand, and the link that leads to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from urllib.parse import quote

from motamot.quoting.words import Span, Token, is_optional, tokens

_PIECE = re.compile(r"<(/?)([a-z0-9]+)[^>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z0-9]+);|.", re.I | re.DOTALL)
_INLINE = {
    *("a", "b", "code", "del", "em", "i", "ins", "s", "strong", "sub", "sup", "u"),
}
_EXACT = 100  # characters: longer words are named by their beginning and their end
_NAMED = 5  # words of each
_CUT = " […] "
OPEN, CLOSE = "<mark>", "</mark>"


def joined(text: str, spans: Sequence[Span]) -> str:
    """The words of some runs of a text as they are cited: without the marks of its lists, and with
    […] between two runs."""
    return _CUT.join(_unmarked(text[a:b]) for a, b in spans)


def _unmarked(text: str) -> str:
    laid = [token for token in tokens(text) if token.kind in ("bullet", "order")]
    for token in reversed(laid):
        text = text[: token.start] + text[token.end :].lstrip(" \t")
    return text.strip()


def marked(html: str, text: str, spans: Sequence[Span]) -> str:
    """Safe HTML with runs of the plain text that it shows marked; the first mark carries the id
    "extrait"."""
    pieces = list(_PIECE.finditer(html))
    read = [_read(piece) for piece in pieces]
    runs = list(_runs("".join(read), text, spans))
    # A piece is read as one character, or as none, so both are counted together.
    shown, at, inside = "", 0, False
    for piece, length in zip(pieces, map(len, read), strict=True):
        word = not piece[2] and any(start <= at < end for start, end in runs)
        if word != inside and not (word and piece[0].isspace()):
            shown += OPEN if word else CLOSE
            inside = word
        shown += piece[0]
        at += length
    shown += CLOSE if inside else ""
    return shown.replace(OPEN, '<mark id="extrait">', 1)


def _runs(shown: str, text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Where runs of a text stand in what its HTML shows: both have the same words, in order; only
    the marks of lists and cells differ."""
    written, here = _solid(text), _solid(shown)
    for start, end in spans:
        inside = [n for n, token in enumerate(written) if start <= token.start < end]
        if inside and inside[-1] < len(here):
            yield here[inside[0]].start, here[inside[-1]].end


def _solid(text: str) -> list[Token]:
    return [token for token in tokens(text) if not is_optional(token)]


def _read(piece: re.Match[str]) -> str:
    if piece[2]:
        return "" if piece[2].lower() in _INLINE else "\n"
    return unescape(piece[0])


def fragment(words: str) -> str:
    """`:~:text=...`: what makes a browser scroll to these words and mark them; one directive for
    each run between two cuts."""
    return ":~:" + "&".join(f"text={_named(run)}" for run in words.split(_CUT) if run.split())


def _named(words: str) -> str:
    """Long words, or words of several paragraphs, are named by their first and their last ones."""
    lines = [line.split() for line in words.splitlines() if line.split()]
    if len(lines) == 1 and len(" ".join(lines[0])) <= _EXACT:
        return _encoded(" ".join(lines[0]))
    begins, ends = " ".join(lines[0][:_NAMED]), " ".join(lines[-1][-_NAMED:])
    return f"{_encoded(begins)},{_encoded(ends)}"


def address(permalink: str, words: str) -> str:
    """The link to these words: the browser's own way, and ours for those that have none."""
    return f"{permalink}?extrait={_encoded(words)}#{fragment(words)}"


def _encoded(words: str) -> str:
    """A dash and a comma have a meaning of their own in a text fragment."""
    return quote(words, safe="").replace("-", "%2D")


def beginning(text: str, most: int) -> str:
    """The first words of a text on one line, with … where more follow; no word is cut in two."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    kept = line[: most - 1]
    if not line[most - 1].isspace() and " " in kept:
        kept = kept[: kept.rindex(" ")]
    return kept.rstrip() + "…"
