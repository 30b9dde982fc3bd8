"""Words taken from an answer: marked where they stand, and the link that leads to them."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

_PIECE = re.compile(r"<(/?)([a-z0-9]+)[^>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z0-9]+);|.", re.I | re.DOTALL)
_INLINE = {
    *("a", "b", "code", "del", "em", "i", "ins", "s", "strong", "sub", "sup", "u"),
}
_EXACT = 100  # characters: longer words are named by their beginning and their end
_NAMED = 5  # words of each
OPEN, CLOSE = "<mark>", "</mark>"


def marked(html: str, words: str) -> str | None:
    """Safe HTML with the first place of these words marked; None when they do not stand there.

    Only white space may differ: a line end, or the end of a paragraph, is a space. The first mark
    carries the id "extrait".
    """
    pieces = list(_PIECE.finditer(html))
    text = "".join(map(_read, pieces))
    expression = r"\s+".join(map(re.escape, words.split()))
    found = re.search(expression, text) if expression else None
    if found is None:
        return None
    # A piece is read as one character, or as none, so both are counted together.
    shown, at, inside = "", 0, False
    for piece in pieces:
        length = len(_read(piece))
        word = not piece[2] and found.start() <= at < found.end()
        if word != inside and not (word and piece[0].isspace()):
            shown += OPEN if word else CLOSE
            inside = word
        shown += piece[0]
        at += length
    shown += CLOSE if inside else ""
    return shown.replace(OPEN, '<mark id="extrait">', 1)


def _read(piece: re.Match[str]) -> str:
    if piece[2]:
        return "" if piece[2].lower() in _INLINE else "\n"
    return unescape(piece[0])


def fragment(words: str) -> str:
    """`:~:text=...`: what makes a browser scroll to these words and mark them.

    Long words, or words of several paragraphs, are named by their first and their last ones.
    """
    lines = [line.split() for line in words.splitlines() if line.split()]
    if not lines:
        return ""
    if len(lines) == 1 and len(" ".join(lines[0])) <= _EXACT:
        return ":~:text=" + _encoded(" ".join(lines[0]))
    begins, ends = " ".join(lines[0][:_NAMED]), " ".join(lines[-1][-_NAMED:])
    return f":~:text={_encoded(begins)},{_encoded(ends)}"


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
