"""One search for the whole site: what is typed -> FTS5 expressions and extracts.

The tables `questions_search` and `answers_search` index `words.terms` of each text, in the
language of its questionnaire. What is typed is read in every language of the dataset, since a
reader does not say which one it is in, and in the forms that the dataset has of its words; a word
that it has no form of is read as the nearest one that it has (`spelling`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cached_property, lru_cache

from motamot.search.extracts import extract
from motamot.search.query import MAX_QUERY, Query, parse_query, words_unknown
from motamot.search.spelling import Spelling, may_be_misspelt
from motamot.search.vocabulary import stored
from motamot.search.words import MARK

ASSUMED = "fr"  # the language of a questionnaire that does not say: this is a French site
MOST_READ = 8  # words of a query that are read as others
EVERYTHING = f'"{MARK}"'  # every indexed text holds the mark
NOTHING = '""'


def languages_of(conn: sqlite3.Connection) -> tuple[str, ...]:
    """The languages of the dataset: what is typed is read in each of them."""
    known = conn.execute("select 1 from sqlite_master where name = 'questionnaires'").fetchone()
    if not known:
        return (ASSUMED,)
    rows = conn.execute("select distinct language from questionnaires")
    return tuple(sorted({row[0] or ASSUMED for row in rows})) or (ASSUMED,)


class Search:
    """What is typed, read for one database: its languages, its vocabulary."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.languages = languages_of(connection)
        self._vocabulary = stored(connection)
        # One search asks for it again with every row.
        self._parsed = lru_cache(maxsize=256)(self._parse)
        # (What was typed as it is read, [(a word, what it is read as)]).
        self.corrected = lru_cache(maxsize=256)(self._correct)

    def _parse(self, typed: str, language: str) -> Query:
        return parse_query(self.corrected(typed)[0], language, self._vocabulary)

    @cached_property
    def spelling(self) -> Spelling:
        return Spelling(self.connection)

    def _correct(self, typed: str) -> tuple[str, list[tuple[str, str]]]:
        read: list[tuple[str, str]] = []
        unknown = set.intersection(*({*self._unknown(typed, each)} for each in self.languages))
        for start, word in sorted(sorted(unknown)[:MOST_READ], reverse=True):
            if near := self.spelling.nearest(word):
                typed = typed[:start] + near[0] + typed[start + len(word) :]
                read.insert(0, (word, near[0]))
        return typed, read

    def _unknown(self, typed: str, language: str) -> list[tuple[int, str]]:
        unknown = words_unknown(typed, language, self._vocabulary)
        return [(start, word) for start, word in unknown if may_be_misspelt(word)]

    def queries(self, typed: str) -> dict[str, Query]:
        """What was typed, in each language; {} when nothing of it can be searched."""
        typed = typed[:MAX_QUERY]
        every = {language: self._parsed(typed, language) for language in self.languages}
        return every if any(query.match_expression() for query in every.values()) else {}

    def expression(self, typed: str) -> str:
        """The FTS5 expression for what was typed; everything when nothing can be searched."""
        every = self.queries(typed).values()
        return any_of(query.match_expression() for query in every) or EVERYTHING

    def pieces(self, text: str, typed: str, language: str, words: int) -> list[tuple[str, bool]]:
        """An extract of a text around the words found: (piece, whether it was found), in order. The
        pieces are the text's own characters; an ellipsis stands where it goes on."""
        return extract(text, self._parsed(typed[:MAX_QUERY], language), language, words)

    def marked(self, text: str, typed: str, language: str, words: int = 40) -> str:
        """The same extract as one plain text, what was found between double asterisks."""
        pieces = self.pieces(text, typed, language, words)
        return "".join(f"**{piece}**" if found else piece for piece, found in pieces)


def any_of(expressions: Iterable[str]) -> str:
    """The expression of what any of these finds; "" for none."""
    found = [e for e in dict.fromkeys(expressions) if e]
    return found[0] if len(found) == 1 else " OR ".join(f"({e})" for e in found)
