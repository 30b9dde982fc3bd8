"""One search for the whole site: what is typed -> FTS5 expressions, extracts, and second thoughts.

The tables `questions_search` and `answers_search` index `words.terms` of each text, in the
language of its questionnaire. What is typed is read in every language of the dataset, since a
reader does not say which one it is in, and in the forms that the dataset has of its words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache

from motamot.search.query import Clause, Query, extract, parse_query
from motamot.search.vocabulary import stored
from motamot.search.words import MARK
from motamot.text.folding import letters

ASSUMED = "fr"  # the language of a questionnaire that does not say: this is a French site
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
        self.languages = languages_of(connection)
        self._vocabulary = stored(connection)
        # One search asks for it again with every row.
        self._parsed = lru_cache(maxsize=256)(self._parse)

    def _parse(self, typed: str, language: str) -> Query:
        return parse_query(typed, language, self._vocabulary)

    def expression(self, typed: str) -> str:
        """The FTS5 expression for what was typed; everything when nothing can be searched."""
        every = (self._parsed(typed, lang).match_expression() for lang in self.languages)
        return _any_of(every) or EVERYTHING

    def phrase(self, typed: str) -> str:
        """The expression of texts that hold all words in a row, to be ranked first; it finds
        nothing when fewer than two words were typed."""
        every = (self._parsed(typed, lang).phrase_expression() for lang in self.languages)
        return _any_of(every) or NOTHING

    def pieces(self, text: str, typed: str, language: str, words: int) -> list[tuple[str, bool]]:
        """An extract of a text around the words found: (piece, whether it was found), in order. The
        pieces are the text's own characters; an ellipsis stands where it goes on."""
        return extract(text, self._parsed(typed, language), language, words)

    def marked(self, text: str, typed: str, language: str, words: int = 40) -> str:
        """The same extract as one plain text, what was found between double asterisks."""
        pieces = self.pieces(text, typed, language, words)
        return "".join(f"**{piece}**" if found else piece for piece, found in pieces)


def _any_of(expressions: Iterable[str]) -> str:
    found = [e for e in dict.fromkeys(expressions) if e]
    return found[0] if len(found) == 1 else " OR ".join(f"({e})" for e in found)


def is_empty(typed: str, languages: Sequence[str]) -> bool:
    """Whether nothing that was typed can be searched."""
    return not any(parse_query(typed, language).match_expression() for language in languages)


def without_rarest(typed: str, language: str, counts: dict[str, int]) -> str | None:
    """What was typed less the word that the fewest texts hold; None when it has only one.

    `counts`: how many texts hold each clause, by its typed form.
    """
    groups = parse_query(typed, language).groups
    if len(groups) < 2:
        return None
    rarest = min(groups, key=lambda group: sum(counts.get(c.typed, 0) for c in group))
    return " ".join(_typed(group) for group in groups if group is not rarest)


def _typed(group: Sequence[Clause]) -> str:
    return " OR ".join(f'"{c.typed}"' if c.kind == "phrase" else c.typed for c in group)


def alone(typed: str, language: str) -> dict[str, str]:
    """Each thing asked for -> how it is typed alone."""
    groups = parse_query(typed, language).groups
    return {clause.typed: _typed([clause]) for group in groups for clause in group}


def nearest(word: str, vocabulary: dict[str, str], count: int = 3) -> list[str]:
    """The corpus's words that look most like a word that was not found ("vouliez-vous dire").

    `vocabulary`: folded word -> as it is written.
    """
    folded = letters(word)
    near = get_close_matches(folded, vocabulary, n=count + 1, cutoff=0.75)
    return [vocabulary[w] for w in near if w != folded][:count]
