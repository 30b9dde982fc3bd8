"""The addresses nearest to one that leads nowhere: a permalink that was mistyped, or cut."""

from __future__ import annotations

import difflib
import re

from datasette.utils import tilde_decode

from motamot.site import adapter
from motamot.site.shapes import DATABASE, Datasette, Row
from motamot.text.folding import fold

Pages = dict[str, tuple[str, str | None]]  # identifier -> address, title

# What a row is called by, in the tables whose rows have addresses that people copy.
TITLE_SQL = {
    "questionnaires": "label",
    "questions": "number || '. ' || text",
    "respondents": "label",
    "documents": "path",
    "sections": "label",
    "answers": (
        "(select label from respondents where respondents.id = answers.respondent) || ', ' "
        "|| (select number || '. ' || text from questions where questions.id = answers.question)"
    ),
    "revisions": (
        "(select label from respondents where respondents.id = revisions.respondent) || ', ' "
        "|| (select number || '. ' || text from questions where questions.id = revisions.question)"
    ),
    "replies": "(select label from respondents where respondents.id = replies.respondent)",
}
CANDIDATES = 3000  # compared one by one: a few hundredths of a second
KEPT = 5


async def nearest_pages(datasette: Datasette, path: str) -> list[Row]:
    """Pages whose address resembles `path`: [{href, title, identifier}], the nearest first."""
    parts = [plain(part) for part in path.strip("/").split("/")]
    if len(parts) > 3:
        return []
    database = datasette.get_database(DATABASE)
    if len(parts) == 1:
        return _near(parts[0], _top(datasette))
    tables = await database.table_names() + await database.view_names()
    table = _close(parts[1], [*tables], 1)
    if len(parts) == 3 and table and table[0] in TITLE_SQL:
        return await _near_rows(datasette, table[0], parts[2])
    hidden = set(await database.hidden_table_names())
    about = adapter.described(datasette)["databases"][DATABASE]
    named = {**about.get("tables", {}), **about.get("queries", {})}
    pages = {
        name: (datasette.urls.table(DATABASE, name), (named.get(name) or {}).get("title"))
        for name in [*tables, *about.get("queries", {})]
        if name not in hidden
    }
    return _near(parts[1], pages)


def _top(datasette: Datasette) -> Pages:
    return {
        "questionnaires": (datasette.urls.database(DATABASE), "Les données"),
        "search": (datasette.urls.path("/-/search"), "Chercher"),
    }


async def _near_rows(datasette: Datasette, table: str, typed: str) -> list[Row]:
    """Rows of the same questionnaire first: an identifier begins with its questionnaire's."""
    known = await datasette.execute(DATABASE, "select id from questionnaires")
    questionnaires = [row["id"] for row in known.rows]
    same = _close(typed.split("_")[0], questionnaires, 1)
    start = same[0] if same and table not in ("questionnaires", "respondents") else ""
    found = await datasette.execute(
        DATABASE,
        f"select id, {TITLE_SQL[table]} from {table} where id like ? || '%' limit {CANDIDATES}",
        [start],
    )
    pages = {r[0]: (datasette.urls.row(DATABASE, table, r[0]), r[1]) for r in found.rows}
    return _near(typed, pages)


def _near(typed: str, pages: Pages) -> list[Row]:
    return [
        {"identifier": name, "href": pages[name][0], "title": _short(pages[name][1] or name)}
        for name in _close(typed, list(pages), KEPT)
    ]


def _short(title: str) -> str:
    return title if len(title) <= 120 else title[:119].rsplit(" ", 1)[0] + " …"


def _close(typed: str, names: list[str], count: int) -> list[str]:
    return difflib.get_close_matches(typed, names, count, cutoff=0.6)


def plain(part: str) -> str:
    """A piece of an address as identifiers are written: decoded, without accents, lower case."""
    return re.sub(r"[^a-z0-9_]+", "-", fold(tilde_decode(part))).strip("-")[:200]
