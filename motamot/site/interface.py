"""What every page is made of: cells, titles, the fields of a query's form, static files.

For templates:

    {{ cell|fr_cell }}                   a cell: binary values and empty ones said in French
    {{ table_title(database, table) }}   titles and meanings that metadata.yml gives
    {{ value_label(database, table, column, value) }}
    {{ foreign_labels(database, table, row) }}
    {{ stylesheet }}, {{ script }}, {{ editor }}, {{ editor_files }}
                                         addresses of static files, which change when these do
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import datasette as served_by
from datasette.utils import (
    path_with_added_args,
    path_with_removed_args,
    path_with_replaced_args,
)
from markupsafe import Markup, escape

from motamot.site import adapter, french
from motamot.site.shapes import Datasette, Request, Row

# --- cells --------------------------------------------------------------------------------------

_BINARY = re.compile(r"&lt;Binary:&nbsp;([\d,]+)&nbsp;bytes?&gt;")
_TITLE = re.compile(r' title="[^"]*B"')
EMPTY = Markup(
    '<span class="quiet"><span aria-hidden="true">–</span>'
    '<span class="hidden-visually">vide</span></span>'
)


def fr_cell(value: object) -> object:
    """The content of a table cell, with Datasette's own words in French."""
    if value is None or str(value) in ("", "&nbsp;"):
        return EMPTY
    if isinstance(value, Markup) and (size := _BINARY.search(value)):
        said = "donnée binaire, " + french.size(int(size[1].replace(",", "")))
        return Markup(_BINARY.sub(said, _TITLE.sub("", value)))
    return value


def found_words(value: object) -> Markup:
    """An extract of a query, its **words found** marked."""
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<mark>\1</mark>", str(escape(value)), flags=re.DOTALL))


def permalink(datasette: Datasette, value: object) -> Markup | None:
    """The permanent addresses that queries and views return, as links."""
    if isinstance(value, str) and value.startswith("/questionnaires/") and " " not in value:
        path = datasette.urls.path(value)
        return Markup('<a href="{}">{}</a>').format(path, value.removeprefix("/questionnaires/"))
    return None


# --- titles and meanings, from metadata.yml -----------------------------------------------------


def about_table(datasette: Datasette, database: str, table: str) -> dict[str, Any]:
    """What metadata.yml says of a table, a view or a canned query; {} when nothing."""
    about = (adapter.described(datasette).get("databases") or {}).get(database) or {}
    tables, queries = about.get("tables") or {}, about.get("queries") or {}
    return tables.get(table) or queries.get(table) or {}


def table_title(datasette: Datasette, database: str, table: str) -> str:
    return about_table(datasette, database, table).get("title") or table


def value_labels(datasette: Datasette, database: str, table: str, column: str) -> dict[object, str]:
    """Every code of a column and what it means; {} when metadata.yml gives none."""
    return (about_table(datasette, database, table).get("values") or {}).get(column) or {}


def value_label(datasette: Datasette, database: str, table: str, column: str, value: object) -> str:
    """What a code such as `blank` means, when metadata.yml says so under `values`; else ""."""
    return value_labels(datasette, database, table, column).get(value, "")


async def foreign_labels(datasette: Datasette, database: str, table: str, row: Row) -> Row:
    """Where the foreign keys of a row lead: {column: {href, label}}."""
    found = {}
    for key in await datasette.get_database(database).foreign_keys_for_table(table):
        column, other = key["column"], key["other_table"]
        if column not in row.keys() or row[column] is None:  # noqa: SIM118
            continue
        value = row[column]
        labels = await adapter.foreign_labels(datasette, database, table, column, value)
        found[column] = {
            "href": datasette.urls.row(database, other, str(value)),
            "label": labels.get((column, value), value),
        }
    return found


# --- the fields of a canned query ---------------------------------------------------------------
#
# metadata.yml describes the parameters of a query under its `fields`:
#
#     fields:
#       liste:
#         label: Liste ou parti
#         help: ...                        a sentence under the field; optional
#         empty: la première               what no choice means
#         which: [respondent_id, liste]    the column of the rows that says which one was meant, and
#                                          those that call it by name
#         choices: select id, name from respondents   value, words; group, language if wanted
#
# A value that is not among the choices is accepted from the address all the same.

MOST = 400  # longer lists become a text field: nobody reads them, and they weigh


async def query_fields(
    datasette: Datasette, request: Request | None, database: str | None, template: str | None
) -> dict[str, Any]:
    """{query_fields: {parameter: its field, its choices in groups}}; {} on any other page."""
    name = (request.url_vars or {}).get("table") if request else None
    if not (request and database and name) or not (template or "").startswith("query"):
        return {}
    fields = {}
    for parameter, described in (
        about_table(datasette, database, name).get("fields") or {}
    ).items():
        groups = await _groups(datasette, database, described.get("choices"))
        values = {str(value) for choices in groups.values() for value, _, _ in choices}
        known = request.args.get(parameter) in values
        fields[parameter] = {**described, "groups": groups, "known": known}
    return {"query_fields": fields}


async def _groups(
    datasette: Datasette, database: str, sql: str | None
) -> dict[str, list[tuple[str, str, str]]]:
    """Choices as {group: [(value, words, language)]}; {} when there are none, or too many."""
    if not sql:
        return {}
    results = await datasette.execute(database, f"select * from ({sql}) limit {MOST + 1}")
    if len(results.rows) > MOST:
        return {}
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for value, words, group, language in ((*row, "", "", "")[:4] for row in results.rows):
        groups.setdefault(group or "", []).append((value, words, language or ""))
    return groups


def meant(
    rows: Sequence[Sequence[Any]], columns: Sequence[str], which: Sequence[str]
) -> list[tuple[Any, str]]:
    """What a value of a parameter may mean, from the rows that it gave: [(identifier, words)]."""
    if not which or not set(which) <= set(columns):
        return []
    at, *words = [list(columns).index(name) for name in which]
    found = {row[at]: " · ".join(str(row[each]) for each in words) for row in rows}
    return list(found.items())


# --- every page, error pages included -----------------------------------------------------------

EDITOR = (  # of SQL, in the order in which they are needed
    *("codemirror-5.57.0.min.css", "codemirror-5.57.0.min.js", "codemirror-5.57.0-sql.min.js"),
    "sql-formatter-2.3.3.min.js",
)


def static_files(datasette: Datasette) -> dict[str, str]:
    """The path of every file that pages use, and its version, which changes when the file does."""
    kept = Path(served_by.__file__).parent / "static"
    found = {f"/-/static/{name}": kept / name for name in EDITOR}
    for path, folder in datasette.static_mounts:
        files = (file for file in Path(folder).rglob("*") if file.is_file())
        found |= {f"/{path}/{file.relative_to(folder).as_posix()}": file for file in files}
    return {path: hashlib.sha256(file.read_bytes()).hexdigest()[:8] for path, file in found.items()}


ADDRESSES = (path_with_added_args, path_with_removed_args, path_with_replaced_args)
FILTERS = {"fr_cell": fr_cell, "found_words": found_words, "meant": meant}


def names(datasette: Datasette) -> dict[str, Any]:
    """The globals of templates."""
    asked = (about_table, table_title, value_labels, value_label, foreign_labels)
    files = static_files(datasette)

    def static(path: str) -> str:
        return datasette.urls.path(path) + (f"?{files[path]}" if path in files else "")

    return {
        "stylesheet": static("/static/mot-a-mot.css"),
        "script": static("/static/mot-a-mot.js"),
        "editor": static("/static/sql.js"),
        "editor_files": [static(f"/-/static/{name}") for name in EDITOR],
        "site_metadata": partial(adapter.described, datasette),
        **{each.__name__: each for each in ADDRESSES},
        **{each.__name__: partial(each, datasette) for each in asked},
    }
