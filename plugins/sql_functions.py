"""The SQL functions of the search: what is typed becomes an FTS5 expression, a text an extract.

`escape_fts` is Datasette's own name: `?_search=` on every table goes through it, and so finds what
the site's search finds.
"""

from datasette import hookimpl

from motamot.search import index as search


@hookimpl(trylast=True)  # after Datasette's own escape_fts, which it replaces
def prepare_connection(conn):
    languages = search.languages_of(conn)

    def expression(typed):
        return search.expression(_text(typed), languages)

    def phrase(typed):
        return search.phrase(_text(typed), languages)

    def extract(text, typed, language):
        return search.marked(_text(text), _text(typed), language or search.ASSUMED)

    conn.create_function("escape_fts", 1, expression, deterministic=True)
    conn.create_function("search_phrase", 1, phrase, deterministic=True)
    conn.create_function("search_extract", 3, extract, deterministic=True)


def _text(value):
    return "" if value is None else str(value)
