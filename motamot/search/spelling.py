"""A typed word that stands nowhere in the corpus, read as the nearest one that does.

Near in letters, or in sound: `amenagment`, `pharmassie`. A word that the lexicon knows is no
misspelling, unless it is long and sounds the same (`décheterie`, `déchetterie`), and what has a
form in the corpus is never read as something else.
"""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from motamot.search.lexicon import is_known
from motamot.text.folding import letters

SHORTEST, LONGEST = 4, 40  # letters of a word that may be misspelt
TWO_SPELLINGS = 8  # of one that the lexicon knows, to be read as another that sounds the same

# Letters that sound alike, one after the other.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("(?:(?<![cgs])(?:ees?|ers?|ez|es|e)|[stdx])+$", ""),
        ("ph", "f"),
        ("th", "t"),
        ("rh", "r"),
        ("sch|ch", "$"),
        ("h", ""),
        ("(?<=[aeiou])s(?=[aeiouy])", "z"),
        ("sc(?=[eiy])|ss|c(?=[eiy])", "s"),
        ("t(?=i(?:on|el|eu|aire))", "s"),
        ("qu|ck|q|c", "k"),
        ("g(?=[eiy])", "j"),
        ("gu(?=[eiy])", "g"),
        ("y", "i"),
        ("eau|au", "o"),
        ("ai(?![nm])|ei(?![nm])", "e"),
        ("(?:ain|ein|aim|im(?=[bp])|in)(?![aeiou])", "1"),
        ("(?:en|em|am)(?=[bcdfgjklpqrstvxz$])", "an"),
        (r"(.)\1+", r"\1"),
    )
]


@lru_cache(maxsize=1 << 16)
def sound(word: str) -> str:
    """How a folded word sounds, roughly: the same for `pharmassie` and `pharmacie`."""
    for pattern, heard in _SOUNDS:
        word = pattern.sub(heard, word)
    return word


class Spelling:
    """The words of a database, by how they are written and how they sound."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._counts: dict[str, int] = {}
        self._written: dict[str, str] = {}
        rows = connection.execute("select folded, written, count from search_words order by count")
        for folded, written, count in rows:
            if len(folded) >= SHORTEST - 1 and folded.isalpha():
                self._counts[folded] = self._counts.get(folded, 0) + count
                self._written[folded] = written
        self._words = list(self._counts)

    def nearest(self, word: str, count: int = 1) -> list[str]:
        """The words of the corpus, as it writes them, that a word was most likely meant as."""
        folded = letters(word)
        farthest = 1 if len(folded) < 6 else 2 if len(folded) < 11 else 3
        near = process.extract(
            folded, self._words, scorer=OSA.distance, score_cutoff=farthest + 1, limit=50
        )
        heard = sound(folded)
        word_is_known, is_long = is_known(folded), len(folded) > 7
        scored = []
        for known, distance, _ in near:
            sounds = OSA.distance(heard, sound(known))
            if sounds and (word_is_known or distance > farthest - (sounds > 1 and not is_long)):
                continue
            if _begins_alike(folded, known, heard):
                scored.append((distance + 2 * sounds, -self._counts[known], known))
        return [self._written[known] for *_, known in sorted(scored)[:count]]


def _begins_alike(typed: str, known: str, heard: str) -> bool:
    """Whether two words begin with one letter or sound: people seldom miss the first."""
    return typed[0] == known[0] or heard[:1] == sound(known)[:1] or typed[1:2] == known[:1]


def may_be_misspelt(word: str) -> bool:
    """Whether a word may be a misspelling at all: no figure, no acronym, none that is short, nor
    one that the lexicon knows, unless long enough to have two spellings."""
    folded = letters(word)
    acronym = word.isupper() and len(word) < 6
    shortest = TWO_SPELLINGS if is_known(folded[: LONGEST + 1]) else SHORTEST
    return word.isalpha() and shortest <= len(folded) <= LONGEST and not acronym
