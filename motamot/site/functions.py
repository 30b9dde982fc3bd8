"""The SQL functions that every connection of the site is given.

    escape_fts(typed)                       what is typed -> an FTS5 expression
    search_found(typed, kind, filters, size, start)   JSON: what is found, best first
    search_extract(text, typed, language)   an extract, its **words found** marked
    search_pieces(text, typed, language, words)   JSON: its pieces, [characters, whether found]
    verify_quotation(citation)              JSON: {verdict, name, sentence, joined, matches: [...]}
    quotation_in(answer, citation)          JSON: one of these matches, in that answer; or NULL
    first_sentence(text)                    its first sentence, for an example
    fold(name)                              small letters without accents, to find a name
    value_label(table, column, code)        what a code means, as metadata.yml says it
    words_changed(before, after)            the words that differ, in words

`escape_fts` is Datasette's own name: `?_search=` on every table goes through it, and so finds what
the site's search finds.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress

from motamot.quoting.places import verify, verify_in
from motamot.search import index as search
from motamot.search.results import Kind, Looking
from motamot.text import changes
from motamot.text.folding import fold


def prepare(conn: sqlite3.Connection, label: Callable[[str, str, str], str]) -> None:
    asked = search.Search(conn)

    def expression(typed: object) -> str:
        return asked.expression(_text(typed))

    def extract(text: object, typed: object, language: str | None) -> str:
        return asked.marked(_text(text), _text(typed), language or search.ASSUMED)

    def pieces(text: object, typed: object, language: str | None, words: int) -> str:
        found = asked.pieces(_text(text), _text(typed), language or search.ASSUMED, words)
        return json.dumps(found, ensure_ascii=False)

    def found(typed: object, kind: object, filters: object, size: int, start: int) -> str:
        texts: Kind = "questions" if kind == "questions" else "answers"
        looking = Looking(asked, _text(typed), texts, _filters(filters))
        return json.dumps(vars(looking.found(size, start)), ensure_ascii=False)

    def verified(typed: object) -> str:
        return json.dumps(verify(conn, asked.languages, _text(typed)), ensure_ascii=False)

    def verified_in(answer: str, typed: object) -> str | None:
        found = verify_in(conn, answer, _text(typed))
        return json.dumps(found, ensure_ascii=False) if found else None

    conn.create_function("escape_fts", 1, expression, deterministic=True)
    conn.create_function("search_found", 5, found)
    conn.create_function("search_extract", 3, extract, deterministic=True)
    conn.create_function("search_pieces", 4, pieces, deterministic=True)
    conn.create_function("verify_quotation", 1, verified)
    conn.create_function("quotation_in", 2, verified_in)
    conn.create_function("first_sentence", 1, first_sentence, deterministic=True)
    conn.create_function("fold", 1, folded, deterministic=True)
    conn.create_function("value_label", 3, label, deterministic=True)
    conn.create_function("words_changed", 2, _words_changed, deterministic=True)


def _filters(value: object) -> dict[str, str]:
    """What JSON says of filters; none where it says nothing."""
    with suppress(ValueError):
        said = json.loads(_text(value) or "{}")
        if isinstance(said, dict):
            return {str(name): _text(one) for name, one in said.items()}
    return {}


def _words_changed(before: object, after: object) -> str:
    return changes.in_words(_text(before), _text(after))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def folded(name: str | None) -> str | None:
    return None if name is None else fold(str(name))


def first_sentence(text: str | None) -> str:
    found = re.match(r".*?[.!?…](?=\s|$)", text or "", re.DOTALL)
    return (found.group() if found else text or "")[:500]
