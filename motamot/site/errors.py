"""Errors in French, each saying what to do; a mistyped address proposes the nearest ones."""

from __future__ import annotations

import re
import sqlite3
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils import InvalidSql
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from motamot.site import nearest
from motamot.site.shapes import Datasette, Request, Row
from motamot.site.workers import Busy

TITLES = {
    400: "Demande incomprise",
    403: "Accès refusé",
    404: "Page introuvable",
    405: "Demande impossible",
    414: "Adresse trop longue",
    429: "Site occupé",
    500: "Erreur du site",
}
ADVICE = {
    400: "Une partie de l’adresse n’est pas comprise. Corrigez-la, ou revenez à la page d’origine.",
    403: "Cette page n’est pas publique.",
    404: "Aucune page n’a cette adresse. Elle est peut-être mal recopiée.",
    405: "Cette page se lit, mais ne reçoit rien : il n’y a rien à lui envoyer.",
    429: "Trop de requêtes longues sont en cours. Réessayez dans quelques secondes.",
    500: (
        "Le site n’a pas su répondre ; la faute n’est pas la vôtre. Réessayez plus tard, ou "
        "signalez l’adresse de cette page à l’équipe du site."
    ),
}

# What Datasette says in English -> what is said instead; \1 is what it was about.
MESSAGES = [
    (r"Database not found.*", "Il n’y a pas de base de ce nom."),
    (r"Table not found.*", "Il n’y a ni table, ni vue, ni requête de ce nom."),
    (r"no such table: (.*)", r"Il n’y a pas de table « \1 »."),
    (r"(?:Record|Row) not found.*", "Aucune ligne n’a cet identifiant."),
    (r"404|Not found|No data", ADVICE[404]),
    (r"You do not have permission to view this table", "Cette table n’est pas publique."),
    (r"You do not have permission to view this database", "Cette base n’est pas publique."),
    (r"You do not have permission to view this query", "Cette requête n’est pas publique."),
    (r"Permission denied.*", ADVICE[403]),
    (r"Database is immutable|attempt to write.*", "Cette base ne se modifie pas."),
    (r"Database download is forbidden", "Cette base ne se télécharge pas."),
    (r"Invalid database", "Il n’y a pas de base de ce nom."),
    (r"Cannot download.*", "Cette base ne se télécharge pas."),
    (r"_(?:no)?col=(.*) - invalid columns", r"Cette table n’a pas de colonne « \1 »."),
    (r"Cannot use _sort and .*", "Un seul tri à la fois : « _sort » ou « _sort_desc »."),
    (r"Cannot sort table by ?(.*)", r"Cette table ne se trie pas par « \1 »."),
    (r"_size must be a positive integer", "« _size » doit être un nombre entier positif."),
    (r"_size must be <= (\d+)", r"« _size » ne peut dépasser \1."),
    (r"_facet= is not allowed", "Les facettes sont désactivées."),
    (r"Cannot search by that column", "On ne peut pas chercher dans cette colonne."),
    (r"_where= is not allowed", "« _where » n’est pas permis."),
    (r"Invalid _through.*", "« _through » ne désigne aucun lien entre deux tables."),
    (r"CSV streaming is disabled", "L’export entier en CSV est désactivé."),
    (r"_next not allowed.*", "« _next » et « _stream » ne vont pas ensemble."),
    (r"Statement must be a SELECT", "Une requête commence par « select » ou « with »."),
    (r"Statement contained a disallowed PRAGMA.*", "Ce « pragma » n’est pas permis."),
    (r"\?_blob_column= is required", "« _blob_column » manque dans l’adresse."),
    (r"(.*) is not a valid column", r"Il n’y a pas de colonne « \1 »."),
    (r"Link has expired.*", "Ce lien n’est plus valable : les données ont changé."),
    (r"string or blob too big", "La requête fait un texte trop long."),
    (r"out of memory", "La requête demande trop de mémoire. Demandez moins à la fois."),
    (r"too many rows", "Le résultat est trop volumineux. Demandez moins de lignes, ou le CSV."),
    (r"Python int too large.*", "Un nombre est trop grand : SQLite en a de 64 bits au plus."),
    (r"not authorized.*", "La requête demande ce qui n’est pas permis ici."),
    (r"_shape=object is only.*", "« _shape=object » ne vaut que pour les tables."),
]
SQL_SAID = "SQLite a répondu : « {} »."
TOO_LONG = "La requête a été arrêtée : elle durait plus de {}. Demandez moins de lignes."

# A value of an address that Datasette cannot read ends up as one of these inside its own code.
BAD_VALUE = (ValueError, LookupError, OverflowError, TypeError, AssertionError)
_OURS = str(Path(__file__).parent.parent)


def french(message: str) -> str | None:
    """What a message of Datasette's says, in French; None when it is not one of them."""
    for pattern, said in MESSAGES:
        if found := re.fullmatch(pattern, message.strip(), re.DOTALL):
            return found.expand(said)
    return None


def about_sql(message: str) -> str:
    return french(message) or SQL_SAID.format(message)


def explain(
    exception: Exception, request: Request, time_limit_ms: int
) -> tuple[int, str, str, str]:
    """An exception -> (status, title, message, SQL to show or "")."""
    if _is_bad_value(exception) and request.query_string:
        return 400, TITLES[400], _about_address(request), ""
    if isinstance(exception, Busy):
        return 429, TITLES[429], ADVICE[429], ""
    for each in (exception, exception.__context__):
        if isinstance(each, QueryInterrupted):
            limit = f"{time_limit_ms / 1000:g} seconde{'s' * (time_limit_ms >= 2000)}"
            return 400, "Requête interrompue", TOO_LONG.format(limit.replace(".", ",")), each.sql
    if isinstance(exception, DatasetteError) and isinstance(exception.__context__, sqlite3.Error):
        exception = exception.__context__
    status, said = _said(exception)
    if said.startswith("no such table: ") and not request.args.get("sql"):
        status = 404
    message = french(said)
    if status == 500 and message:  # a wrong sort, both sorts: the address is wrong, not the site
        status = 400
    title = TITLES.get(status, TITLES[500])
    wrong_sql = isinstance(exception, (InvalidSql, sqlite3.Error))
    if wrong_sql or getattr(exception, "title", "") == "Invalid SQL":
        title = title if status == 404 else "Requête SQL incorrecte"
        message = about_sql(said)
    elif isinstance(exception, Base400):
        message = message or said
    sql = request.args.get("sql") or "" if status == 400 else ""
    return status, title, message or ADVICE.get(status, ADVICE[500]), sql


def _is_bad_value(exception: Exception) -> bool:
    """Where our own code is on the way, the fault is ours, and a 500."""
    frames = traceback.walk_tb(exception.__traceback__)
    ours = any(frame.f_code.co_filename.startswith(_OURS) for frame, _ in frames)
    return isinstance(exception, BAD_VALUE) and not ours


def _said(exception: Exception) -> tuple[int, str]:
    """The status that an exception of Datasette or of SQLite stands for, and its message."""
    said = str(exception.args[0]) if exception.args else ""
    if isinstance(exception, DatasetteError):
        return exception.status, str(exception.message)
    if isinstance(exception, Base400):
        return exception.status, said
    return (400 if isinstance(exception, (InvalidSql, sqlite3.Error)) else 500), said


def _about_address(request: Request) -> str:
    numbers = [k for k in ("_next", "_facet_size") if request.args.get(k)]
    lists = [k for k in request.args if k.endswith(("__in", "__notin")) or k == "_through"]
    named = [k for k in numbers if not request.args[k].isdigit()] or lists
    if not named:
        return ADVICE[400]
    return "Dans l’adresse, la valeur de « {} » n’est pas comprise.".format(" », « ".join(named))


async def answer(datasette: Datasette, request: Request, exception: Exception) -> Response:
    limit = datasette.setting("sql_time_limit_ms")
    status, title, message, sql = explain(exception, request, limit)
    if status == 500:
        traceback.print_exception(type(exception), exception, exception.__traceback__)
    near = await nearest.nearest_pages(datasette, request.path) if status == 404 else []
    return await error_page(datasette, request, status, title, message, sql, near)


async def refused(datasette: Datasette, request: Request, message: str) -> Response:
    return await error_page(datasette, request, 403, TITLES[403], french(message))


async def error_page(
    datasette: Datasette,
    request: Request,
    status: int,
    title: str,
    message: str | None = None,
    sql: str = "",
    near: Sequence[Row] = (),
) -> Response:
    """The answer: a page, or JSON where JSON was asked for."""
    message = message or ADVICE.get(status, ADVICE[500])
    if request.path.endswith(".json"):
        info: dict[str, Any] = {"ok": False, "error": message, "status": status, "title": title}
        if near:
            info["nearest"] = list(near)
        return Response.json(info, status=status)
    about = {
        "status": status,
        "title": title,
        "error": message,
        "failed_sql": sql,
        "nearest": near,
    }
    try:
        page = await datasette.render_template("error.html", about, request=request)
    except Exception:  # an error page must not fail: say it without the site around it
        traceback.print_exc()
        page = f'<!DOCTYPE html><html lang="fr"><title>{title}</title><h1>{title}</h1>'
    return Response.html(page, status=status)
