"""The words of a corpus, and which of them a typed word stands for.

The table `search_words` holds each word of the corpus once for each language, with its stem. Where
the lexicon knows both the typed word and the corpus's, it decides whether they are one; else their
stems do. A query is thus expanded into what the index holds, and into nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from motamot.search.lexicon import is_known, lexicon, related
from motamot.search.stems import stem
from motamot.search.words import Written

MOST_FORMS = 60  # forms of one word that are looked for, the most frequent

Row = tuple[str | int, ...]


def rows(words: Mapping[str, Mapping[Written, int]]) -> list[Row]:
    """The rows of `search_words`, in order, without a number: language, terms, folded, stem, known,
    written, count.

    `words`: language -> word -> how often, as `words.indexed` counts them.
    Of several ways of writing a word, one in small letters is kept.
    """
    made: list[Row] = []
    for language, counted in words.items():
        kept: dict[str, tuple[str, int]] = {}
        for word, count in counted.items():
            terms, written = word.split("\t")
            known, before = kept.get(terms, (written, 0))
            kept[terms] = (min(known, written, key=_plainness), before + count)
        for terms, (written, count) in kept.items():
            folded = terms.replace(" ", "")
            in_lexicon = int(language == "fr" and is_known(folded))
            root = stem(folded, language)
            made.append((language, terms, folded, root, in_lexicon, written, count))
    return sorted(made)


def _plainness(written: str) -> tuple[bool, bool, str]:
    """Letters alone and small ones first: "logement" rather than "Logement"."""
    return (not written.isalpha(), not written.islower(), written)


class Vocabulary(Protocol):
    """What a query may ask of a corpus."""

    def forms(self, word: str, language: str) -> list[str]:
        """The terms of the index, words in a row, that a folded word stands for; the most frequent
        first."""

    def has(self, words: Sequence[str], language: str) -> set[str]:
        """Which of these folded words stand in the corpus, as they are."""


class Nothing:
    """The vocabulary of no corpus."""

    def forms(self, word: str, language: str) -> list[str]:
        return []

    def has(self, words: Sequence[str], language: str) -> set[str]:
        return set()


NOTHING = Nothing()


# The languages are few, the words many: `+` keeps SQLite from looking for the first.
_FORMS = """
    select terms, count from search_words
    where folded in (select value from json_each(:related)) and +language = :language
    union
    select terms, count from search_words where stem = :stem and +language = :language"""
_MOST_FREQUENT = " order by count desc, terms limit :most"


class Stored:
    """The vocabulary of a database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.forms = lru_cache(maxsize=4096)(self._forms)  # the same words are typed again

    def _forms(self, word: str, language: str) -> list[str]:
        known = related(word) if language == "fr" else frozenset()
        found = self._connection.execute(
            _FORMS + (" and not known" if known else "") + _MOST_FREQUENT,
            {
                "language": language,
                "related": json.dumps(sorted(known)),
                "stem": self._stem(word, language),
                "most": MOST_FORMS,
            },
        )
        return [terms for terms, _ in found]

    def _stem(self, word: str, language: str) -> str:
        """As the build found it, where it did: the stemmer is slow."""
        found = self._connection.execute(
            "select stem from search_words where folded = ? and +language = ?", (word, language)
        ).fetchone()
        return str(found[0]) if found else stem(word, language)

    def has(self, words: Sequence[str], language: str) -> set[str]:
        found = self._connection.execute(
            "select folded from search_words"
            " where folded in (select value from json_each(?)) and +language = ?",
            (json.dumps(list(words)), language),
        )
        return {folded for (folded,) in found}


def stored(connection: sqlite3.Connection) -> Vocabulary:
    """The vocabulary of a database, that of nothing where it is no database of ours."""
    ours = connection.execute("select 1 from sqlite_master where name = 'search_words'").fetchone()
    return Stored(connection) if ours else NOTHING


_SHORTEST = 3  # letters of a half
_LONGEST = 40  # letters of a word that may be two
# What begins a word, and stands before a space or a hyphen as well.
_PREFIXES = frozenset(
    [
        *("agro", "anti", "auto", "bio", "co", "cyber", "eco", "geo", "hyper", "inter", "intra"),
        *("micro", "mini", "multi", "para", "pluri", "post", "pre", "radio", "semi", "tele"),
        *("ultra", "video"),
    ]
)


def apart(word: str, vocabulary: Vocabulary, language: str) -> list[tuple[str, str]]:
    """The two words of the corpus that one may be written as: "foodtruck" -> (food, truck)."""
    if len(word) > _LONGEST:
        return []
    halves = [(word[:at], word[at:]) for at in range(_SHORTEST, len(word) - _SHORTEST + 1)]
    wanted = [form for pair in halves for half in pair for form in _plurals(half)]
    known = vocabulary.has(wanted, language) if wanted else set()
    return [
        pair
        for pair in halves
        if all(known.intersection(_plurals(half)) for half in pair)
        and not _says_something_else(pair, language)
    ]


def _plurals(word: str) -> tuple[str, str, str]:
    return word, word + "s", word.removesuffix("s")


def together(
    pairs: Sequence[tuple[str, str]], vocabulary: Vocabulary, language: str
) -> dict[tuple[str, str], str]:
    """Of words typed one after the other, those that the corpus has as one: (open, data) ->
    opendata."""
    joined = {
        pair: "".join(pair)
        for pair in pairs
        if pair[0] in _PREFIXES or not _says_something_else(pair, language)
    }
    wanted = [form for word in joined.values() for form in _plurals(word)]
    known = vocabulary.has(wanted, language) if wanted else set()
    return {pair: word for pair, word in joined.items() if known.intersection(_plurals(word))}


def _says_something_else(pair: tuple[str, str], language: str) -> bool:
    """Whether two words are words, and others than the one they make: `sur tout`, `surtout`."""
    if language != "fr" or not all(map(is_known, pair)):
        return False
    return any(entry.kind != "c" for entry in lexicon().entries("".join(pair)))
