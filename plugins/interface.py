"""What Datasette says in English from Python, in French: operators, sentences, menus, messages.

For templates:

    {{ cell|fr_cell }}                       a cell: binary values and empty ones said in French
    {{ operators[key] }}                     the label of a filter's operator
    {{ filter_clauses(filters, request) }}   the filters in force, each with what removes it
    {{ filter_sentence(filters, request, metadata) }}
    {{ table_title(database, table) }}       titles and meanings that metadata.yml gives
    {{ value_label(database, table, column, value) }}
    {{ foreign_labels(database, table, row) }}
"""

import json
import re

from datasette import hookimpl
from datasette.plugins import pm
from datasette.utils import await_me_maybe, path_with_added_args
from markupsafe import Markup, escape

from motamot.text.folding import fold

NBSP = "\u00a0"

# --- cells --------------------------------------------------------------------------------------

_BINARY = re.compile(r"&lt;Binary:&nbsp;([\d,]+)&nbsp;bytes?&gt;")
_TITLE = re.compile(r' title="[^"]*B"')
EMPTY = Markup(
    '<span class="quiet"><span aria-hidden="true">–</span>'
    '<span class="hidden-visually">vide</span></span>'
)


def _cells(env):
    def fr_cell(value):
        """The content of a table cell, with Datasette's own words in French."""
        if value is None or str(value) in ("", "&nbsp;"):
            return EMPTY
        if isinstance(value, Markup) and (size := _BINARY.search(value)):
            said = "donnée binaire, " + env.filters["size"](int(size[1].replace(",", "")))
            return Markup(_BINARY.sub(said, _TITLE.sub("", value)))
        return value

    return fr_cell


def found_words(value):
    """An extract of a query, its **words found** marked."""
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<mark>\1</mark>", str(escape(value)), flags=re.DOTALL))


# --- filters of a table -------------------------------------------------------------------------

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


def filter_clauses(filters, request):
    """The filters in force: [(sentence, the query string arguments that make it)]."""
    found = []
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


def sort_sentence(request, metadata):
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


def filter_sentence(filters, request, metadata):
    """« où status est égal à « blank », par words, ordre décroissant »; "" when all is shown."""
    clauses = [sentence for sentence, _ in filter_clauses(filters, request)]
    said = Markup("où ") + Markup(" et ").join(clauses) if clauses else ""
    return Markup(", ").join([part for part in (said, sort_sentence(request, metadata)) if part])


def alphabetical(values, labels=()):
    """The values of a facet by name: a count ranks no list. Codes come as metadata.yml has them."""
    codes = list(labels)

    def order(value):
        label = value["label"]
        if label in codes:
            return 0, codes.index(label), ""
        if isinstance(label, (int, float)):
            return 0, label, ""
        return 1, 0, fold(str(label or ""))

    return sorted(values, key=order)


# --- titles and meanings, from metadata.yml -----------------------------------------------------


def _names(datasette):
    def about_table(database, table):
        """What metadata.yml says of a table, a view or a canned query; {} when nothing."""
        about = (datasette.metadata("databases") or {}).get(database) or {}
        tables, queries = about.get("tables") or {}, about.get("queries") or {}
        return tables.get(table) or queries.get(table) or {}

    def table_title(database, table):
        return about_table(database, table).get("title") or table

    def value_label(database, table, column, value):
        """What a code such as `blank` means, when metadata.yml says so under `values`; else ""."""
        return value_labels(database, table, column).get(value, "")

    def value_labels(database, table, column):
        """Every code of a column and what it means; {} when metadata.yml gives none."""
        return (about_table(database, table).get("values") or {}).get(column) or {}

    return {
        "about_table": about_table,
        "table_title": table_title,
        "value_labels": value_labels,
        "value_label": value_label,
    }


def _foreign_labels(datasette):
    async def foreign_labels(database, table, row):
        """Where the foreign keys of a row lead: {column: {href, label}}."""
        found = {}
        for key in await datasette.get_database(database).foreign_keys_for_table(table):
            column, other = key["column"], key["other_table"]
            if column not in row.keys() or row[column] is None:  # noqa: SIM118
                continue
            labels = await datasette.expand_foreign_keys(database, table, column, [row[column]])
            found[column] = {
                "href": datasette.urls.row(database, other, str(row[column])),
                "label": labels.get((column, row[column]), row[column]),
            }
        return found

    return foreign_labels


@hookimpl
def prepare_jinja2_environment(env, datasette):
    env.filters["fr_cell"] = _cells(env)
    env.filters["found_words"] = found_words
    env.filters["alphabetical"] = alphabetical
    env.globals.update(
        operators=OPERATORS,
        operators_alone=ALONE,
        filter_clauses=filter_clauses,
        filter_sentence=filter_sentence,
        path_with_added_args=path_with_added_args,
        foreign_labels=_foreign_labels(datasette),
        **_names(datasette),
    )


# --- menus and messages -------------------------------------------------------------------------

LABELS = {
    "Search all tables": "Chercher",
    "Databases": "Bases de données",
    "Installed plugins": "Greffons installés",
    "Version info": "Versions",
    "Metadata": "Métadonnées",
    "Settings": "Réglages",
    "Debug permissions": "Examiner les droits",
    "Debug messages": "Essayer les messages",
    "Debug allow rules": "Essayer les règles d’accès",
    "Debug threads": "Fils d’exécution",
    "Debug actor": "Qui est connecté",
    "Pattern portfolio": "Éléments de présentation",
    "You are now logged out": "Vous n’êtes plus connecté.",
}
_AFFECTED = re.compile(r"Query executed, (-?\d+) rows? affected$")


def _label(text):
    if done := _AFFECTED.match(str(text)):
        return f"Requête exécutée. Lignes concernées{NBSP}: {done[1]}."
    return LABELS.get(text, text)


@hookimpl
def extra_template_vars(datasette, request):
    async def menu_links():
        links = []
        actor = request.actor if request else None
        for hook in pm.hook.menu_links(datasette=datasette, actor=actor, request=request):
            links += await await_me_maybe(hook) or []
        return [{**link, "label": _label(link["label"])} for link in links]

    def show_messages():
        messages = datasette._show_messages(request) if request else []
        return [(_label(text), kind) for text, kind in messages]

    return {
        "menu_links": menu_links,
        "show_messages": show_messages,
        "format_bytes": datasette.jinja_env.filters["size"],
    }
