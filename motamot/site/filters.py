"""The filters, the order and the facets of a table, as French says them.

For templates:

    {{ operators[key] }}                     the label of a filter's operator
    {{ filter_clauses(filters, request) }}   the filters in force, each with what removes it
    {{ filter_sentence(filters, request, metadata) }}
    {{ values|alphabetical }}                the values of a facet
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from motamot.site.french import NBSP
from motamot.site.shapes import Request, Row
from motamot.text.folding import fold

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


def alphabetical(values: Iterable[Row], labels: Iterable[str] = ()) -> list[Row]:
    """The values of a facet by name: a count ranks no list. Codes come as metadata.yml has them."""
    codes = list(labels)

    def order(value: Row) -> tuple[int, float, str]:
        label = value["label"]
        if label in codes:
            return 0, codes.index(label), ""
        if isinstance(label, (int, float)):
            return 0, label, ""
        return 1, 0, fold(str(label or ""))

    return sorted(values, key=order)


FILTERS = {"alphabetical": alphabetical}
GLOBALS = {
    "operators": OPERATORS,
    "operators_alone": ALONE,
    "filter_clauses": filter_clauses,
    "filter_sentence": filter_sentence,
}
