"""Letters without case and accents: to compare and to sort, never to show."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ß": "ss", "’": "'"}
)
_ACCENTS = re.compile(
    "(?<=[\x00-\x7f])[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """Small letters without accents or ligatures, with plain apostrophes: "L’Œuvre" -> "l'oeuvre".

    Accents go from Latin letters only (in Cyrillic, й is not an и).
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES)).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart.translate(_LIGATURES)))


def sort_key(name: str) -> str:
    """A name as a French dictionary orders it, numbers by their value: "Liste 2", "Liste 10"."""
    return re.sub(r"[0-9]+", lambda found: found[0].zfill(9), fold(name))


def letters(word: str) -> str:
    """The letters and figures of a word, folded: "l’Œuvré" -> "loeuvre"."""
    return "".join(filter(str.isalnum, fold(word)))


def slug(name: str) -> str:
    """An identifier made of a name: "Liste Exemple A" -> "liste-exemple-a"."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
