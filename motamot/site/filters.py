"""The filters, the order and the facets of a table, as French says them.

For templates:

    {{ operators[key] }}                     the label of a filter's operator
    {{ filter_clauses(filters, request) }}   the filters in force, each with what removes it
    {{ filter_sentence(filters, request, metadata) }}
    {{ facet_values(database, table, facet) }}   the values of a facet, called by their names
    {{ sorted_by(database, table) }}         the columns that stand for others in an order
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup

from motamot.site import interface
from motamot.site.french import NBSP
from motamot.site.shapes import DATABASE, Datasette, Request, Row
from motamot.text.folding import sort_key

OPERATORS = {
    "exact": "est égal à",
    "not": "est différent de",
    "contains": "contient",
    "endswith": "finit par",
    "startswith": "commence par",
    "gt": "est plus grand que",
    "gte": "est au moins",
    "lt": "est plus petit que",
    "lte": "est au plus",
    "like": "suit le motif SQL",
    "notlike": "ne suit pas le motif SQL",
    "glob": "suit le motif de fichiers (* et ?)",
    "in": "est parmi",
    "notin": "n’est pas parmi",
    "arraycontains": "a dans sa liste JSON",
    "arraynotcontains": "n’a pas dans sa liste JSON",
    "date": "est à la date",
    "isnull": "n’a pas de valeur",
    "notnull": "a une valeur",
    "isblank": "est vide",
    "notblank": "n’est pas vide",
}
ALONE = {"isnull", "notnull", "isblank", "notblank"}  # operators that take no value


def filter_clauses(filters: Any, request: Request) -> list[tuple[Markup, dict[str, str | None]]]:
    """The filters in force: [(sentence, the query string arguments that make it)]."""
    found: list[tuple[Markup, dict[str, str | None]]] = []
    for key in request.args:
        if key.startswith("_search") and key != "_searchmode" and request.args[key]:
            where = key.partition("_search_")[2]
            column = Markup(" dans <code>{}</code>").format(where) if where else ""
            said = Markup("le texte{} répond à «{}{}{}»")
            found.append((said.format(column, NBSP, request.args[key], NBSP), {key: None}))
        elif key == "_through":
            for through in request.args.getlist(key):
                said = Markup("le lien <code>{}</code> mène à la ligne").format(through)
                found.append((said, {key: through}))
    for key, value in filters.pairs:
        column, lookup = key.rsplit("__", 1) if "__" in key else (key, "exact")
        if lookup not in OPERATORS:
            continue
        if lookup in ("in", "notin") and value.startswith("["):
            value = ", ".join(str(v) for v in json.loads(value))
        said = Markup("<code>{}</code> {}").format(column, OPERATORS[lookup])
        if lookup not in ALONE:
            said += Markup(" «{}{}{}»").format(NBSP, value, NBSP)
        found.append((said, {key: value}))
    return found


def sort_sentence(request: Request, metadata: Row) -> Markup | str:
    """« triées par words, ordre décroissant »; "" when the order is the rows' own."""
    column = request.args.get("_sort_desc") or request.args.get("_sort")
    down = bool(request.args.get("_sort_desc"))
    if not column:
        column = metadata.get("sort_desc") or metadata.get("sort")
        down = bool(metadata.get("sort_desc"))
    if not column:
        return ""
    order = "décroissant" if down else "croissant"
    return Markup("par <code>{}</code>, ordre {}").format(column, order)


def filter_sentence(filters: Any, request: Request, metadata: Row) -> Markup:
    """« où status est égal à « blank », par words, ordre décroissant »; "" when all is shown."""
    clauses = [sentence for sentence, _ in filter_clauses(filters, request)]
    said = Markup("où ") + Markup(" et ").join(clauses) if clauses else ""
    return Markup(", ").join([part for part in (said, sort_sentence(request, metadata)) if part])


async def facet_values(
    datasette: Datasette, database: str, table: str, facet: Row
) -> list[dict[str, Any]]:
    """The values of a facet, each with its label, by name: a count ranks no list. Codes come as
    metadata.yml has them."""
    said = interface.value_labels(datasette, database, table, facet["name"])
    codes = list(said)
    named = interface.about_table(datasette, database, table).get("labels") or {}
    labels: dict[Any, str] = {}
    if other := named.get(facet["name"]):
        sql = f"select id, label from {other} where id in (select value from json_each(?))"
        values = json.dumps([value["value"] for value in facet["results"]])
        labels = {row[0]: row[1] for row in (await datasette.execute(database, sql, [values])).rows}

    def order(value: Row) -> tuple[int, float, str]:
        if value["value"] in codes:
            return 0, codes.index(value["value"]), ""
        if isinstance(value["value"], (int, float)) and value["label"] == value["value"]:
            return 0, value["value"], ""
        return 1, 0, sort_key(str(value["label"]))

    found = []
    for value in facet["results"]:
        label = said.get(value["value"]) or labels.get(value["value"]) or value["label"]
        found.append({**value, "label": "(vide)" if label in (None, "") else label})
    return sorted(found, key=order)


def told_apart(datasette: Datasette, app: Any) -> Any:
    """A table asked to be sorted by a name or a number is sorted as a reader does, and a facet of
    names that several may have is one of their identifiers: metadata.yml says by which columns."""
    base = re.escape(datasette.urls.path("/").rstrip("/"))
    address = re.compile(rf"{base}/{DATABASE}/([a-z_]+)(?:\.[a-z]+)?")

    async def asked(scope: Any, receive: Any, send: Any) -> None:
        found = address.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found and (b"_sort" in scope["query_string"] or b"_facet" in scope["query_string"]):
            about = interface.about_table(datasette, DATABASE, found[1])
            by = about.get("sorted_by") or {}
            columns = {"_sort": by, "_sort_desc": by, "_facet": about.get("identified_by") or {}}
            pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            query = urlencode([(k, columns.get(k, {}).get(v, v)) for k, v in pairs])
            scope = {**scope, "query_string": query.encode("latin-1")}
        await app(scope, receive, send)

    return asked


def sorted_by(datasette: Datasette, database: str, table: str) -> dict[str, str]:
    return interface.about_table(datasette, database, table).get("sorted_by") or {}


def names(datasette: Datasette) -> dict[str, Any]:
    """The globals of templates."""
    return {
        "operators": OPERATORS,
        "operators_alone": ALONE,
        "filter_clauses": filter_clauses,
        "filter_sentence": filter_sentence,
        "facet_values": partial(facet_values, datasette),
        "sorted_by": partial(sorted_by, datasette),
    }
