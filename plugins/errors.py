"""Errors in French, each saying what to do; a mistyped address proposes the nearest ones.

Three ways lead here: an exception in a view (`handle_exception`), a refusal (`forbidden`), and an
answer in English that no hook can change (forms without their token, methods, static files),
which is replaced on its way out (`asgi_wrapper`).
"""

import difflib
import re
import sqlite3
import traceback

from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.utils import InvalidSql, tilde_decode
from datasette.utils.asgi import BadRequest, Base400, Request, Response
from datasette.views.base import DatasetteError

from motamot.text.folding import fold

TITLES = {
    400: "Demande incomprise",
    403: "Accès refusé",
    404: "Page introuvable",
    405: "Demande impossible",
    500: "Erreur du site",
}
ADVICE = {
    400: "Une partie de l’adresse n’est pas comprise. Corrigez-la, ou revenez à la page d’origine.",
    403: "Cette page n’est pas publique.",
    404: "Aucune page n’a cette adresse. Elle est peut-être mal recopiée.",
    405: "Cette page se lit, mais ne reçoit rien : il n’y a rien à lui envoyer.",
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
    (r"Record not found.*", "Aucune ligne n’a cet identifiant."),
    (r"404|Not found|No data", ADVICE[404]),
    (r"You do not have permission to view this table", "Cette table n’est pas publique."),
    (r"You do not have permission to view this database", "Cette base n’est pas publique."),
    (r"You do not have permission to view this query", "Cette requête n’est pas publique."),
    (r"Permission denied.*|Root token has already been used|Invalid token", ADVICE[403]),
    (r"Database is immutable", "Cette base ne se modifie pas."),
    (r"Database download is forbidden", "Cette base ne se télécharge pas."),
    (r"Invalid database", "Il n’y a pas de base de ce nom."),
    (r"Cannot download.*", "Cette base ne se télécharge pas."),
    (r"_(?:no)?col=(.*) - invalid columns", r"Cette table n’a pas de colonne « \1 »."),
    (r"Cannot use _sort and .*", "Un seul tri à la fois : « _sort » ou « _sort_desc »."),
    (r"Cannot sort table by (.*)", r"Cette table ne se trie pas par « \1 »."),
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
    (r"form-urlencoded POST field.*|.*[Cc]srf.*", "Le formulaire a expiré : rouvrez la page."),
    (r"_shape=object is only.*", "« _shape=object » ne vaut que pour les tables."),
]
SQL_SAID = "SQLite a répondu : « {} »."
TOO_LONG = "La requête a été arrêtée : elle durait plus de {}. Demandez moins de lignes."

# Bad values in an address end up as one of these inside Datasette's own code.
BAD_VALUE = (ValueError, LookupError, OverflowError, TypeError, AssertionError)


def french(message):
    """What a message of Datasette's says, in French; None when it is not one of them."""
    for pattern, said in MESSAGES:
        if found := re.fullmatch(pattern, message.strip(), re.DOTALL):
            return found.expand(said)
    return None


def explain(exception, request, time_limit_ms):
    """An exception -> (status, title, message, SQL to show or "")."""
    said = str(exception.args[0]) if exception.args else ""
    status = 500
    cause = exception.__context__
    if isinstance(exception, DatasetteError):
        status, said = exception.status, str(exception.message)
    elif isinstance(exception, Base400):
        status = exception.status
    elif isinstance(exception, (QueryInterrupted, InvalidSql, sqlite3.Error)):
        status = 400
    elif isinstance(exception, AssertionError) and request.method not in ("GET", "HEAD"):
        return 405, TITLES[405], ADVICE[405], ""
    elif isinstance(exception, BAD_VALUE) and request.query_string:
        return 400, TITLES[400], _about_address(request), ""
    interrupted = next((e for e in (exception, cause) if isinstance(e, QueryInterrupted)), None)
    if interrupted:
        asked = request.args.get("_timelimit") or ""
        limit = min(time_limit_ms, int(asked)) if asked.isdigit() else time_limit_ms
        limit = f"{limit / 1000:g} seconde{'s' * (limit >= 2000)}".replace(".", ",")
        return 400, "Requête interrompue", TOO_LONG.format(limit), interrupted.sql
    if said.startswith("no such table: ") and not request.args.get("sql"):
        status = 404
    message = french(said)
    if status == 500 and message:  # a wrong sort, both sorts: the address is wrong, not the site
        status = 400
    title = TITLES.get(status, TITLES[500])
    about_sql = isinstance(exception, (InvalidSql, sqlite3.Error))
    if about_sql or getattr(exception, "title", "") == "Invalid SQL":
        title = title if status == 404 else "Requête SQL incorrecte"
        message = message or SQL_SAID.format(said)
    elif isinstance(exception, Base400):
        message = message or said
    sql = request.args.get("sql") or "" if status == 400 else ""
    return status, title, message or ADVICE.get(status, ADVICE[500]), sql


def _about_address(request):
    numbers = [k for k in ("_next", "_timelimit", "_facet_size") if request.args.get(k)]
    lists = [k for k in request.args if k.endswith(("__in", "__notin")) or k == "_through"]
    named = [k for k in numbers if not request.args[k].isdigit()] or lists
    if not named:
        return ADVICE[400]
    return "Dans l’adresse, la valeur de « {} » n’est pas comprise.".format(" », « ".join(named))


@hookimpl
def prepare_jinja2_environment(env):
    env.filters["fr_error"] = lambda message: french(message) or SQL_SAID.format(message)


@hookimpl(hookwrapper=True)
def handle_exception(datasette, request, exception):
    """Takes the place of Datasette's own page, which would print everything a second time."""
    outcome = yield

    async def answer():
        limit = datasette.setting("sql_time_limit_ms")
        status, title, message, sql = explain(exception, request, limit)
        if status == 500:
            traceback.print_exception(type(exception), exception, exception.__traceback__)
        nearest = await nearest_pages(datasette, request.path) if status == 404 else []
        return await error_page(datasette, request, status, title, message, sql, nearest)

    others = [r for r in outcome.get_result() if r.__module__ != "datasette.handle_exception"]
    outcome.force_result([*others, answer])


@hookimpl
def forbidden(datasette, request, message):
    async def answer():
        return await error_page(datasette, request, 403, TITLES[403], french(message))

    return answer


async def error_page(datasette, request, status, title, message=None, sql="", nearest=()):
    """The answer: a page, or JSON where JSON was asked for."""
    message = message or ADVICE.get(status, ADVICE[500])
    if request.path.endswith(".json"):
        info = {"ok": False, "error": message, "status": status, "title": title}
        if nearest:
            info["nearest"] = list(nearest)
        return Response.json(info, status=status)
    about = {
        "status": status,
        "title": title,
        "error": message,
        "failed_sql": sql,
        "nearest": nearest,
    }
    try:
        page = await datasette.render_template("error.html", about, request=request)
    except Exception:  # an error page must not fail: say it without the site around it
        traceback.print_exc()
        page = f'<!DOCTYPE html><html lang="fr"><title>{title}</title><h1>{title}</h1>'
    return Response.html(page, status=status)


# --- the nearest addresses ----------------------------------------------------------------------

# What a row is called by, in the tables whose rows have addresses that people copy.
TITLE_SQL = {
    "questionnaires": "title",
    "questions": "number || '. ' || text",
    "respondents": "name",
    "documents": "path",
    "sections": "title",
    "answers": (
        "(select name from respondents where respondents.id = answers.respondent) || ', ' "
        "|| (select number || '. ' || text from questions where questions.id = answers.question)"
    ),
    "replies": "(select name from respondents where respondents.id = replies.respondent)",
}
CANDIDATES = 3000  # compared one by one: a few hundredths of a second
KEPT = 5


async def nearest_pages(datasette, path):
    """Pages whose address resembles `path`: [{href, title, identifier}], the nearest first."""
    parts = [plain(part) for part in path.strip("/").split("/")]
    if len(parts) > 3 or not datasette.databases.get("questionnaires"):
        return []
    database = datasette.get_database("questionnaires")
    if len(parts) == 1:
        return _near(parts[0], _top(datasette))
    tables = await database.table_names() + await database.view_names()
    table = _close(parts[1], [*tables], 1)
    if len(parts) == 3 and table and table[0] in TITLE_SQL:
        return await _near_rows(datasette, database, table[0], parts[2])
    hidden = set(await database.hidden_table_names())
    about = datasette.metadata("databases")["questionnaires"]
    named = {**about.get("tables", {}), **about.get("queries", {})}
    pages = {
        name: (datasette.urls.table("questionnaires", name), (named.get(name) or {}).get("title"))
        for name in [*tables, *about.get("queries", {})]
        if name not in hidden
    }
    return _near(parts[1], pages)


def _top(datasette):
    return {
        "questionnaires": (datasette.urls.database("questionnaires"), "Les données"),
        "search": (datasette.urls.path("/-/search"), "Chercher"),
    }


async def _near_rows(datasette, database, table, typed):
    """Rows of the same questionnaire first: an identifier begins with its questionnaire's."""
    questionnaires = [r[0] for r in await database.execute("select id from questionnaires")]
    same = _close(typed.split("_")[0], questionnaires, 1)
    start = same[0] if same and table not in ("questionnaires", "respondents") else ""
    rows = await database.execute(
        f"select id, {TITLE_SQL[table]} from {table} where id like ? || '%' limit {CANDIDATES}",
        [start],
    )
    pages = {r[0]: (datasette.urls.row("questionnaires", table, r[0]), r[1]) for r in rows}
    return _near(typed, pages)


def _near(typed, pages):
    return [
        {"identifier": name, "href": pages[name][0], "title": _short(pages[name][1] or name)}
        for name in _close(typed, list(pages), KEPT)
    ]


def _short(title):
    return title if len(title) <= 120 else title[:119].rsplit(" ", 1)[0] + " …"


def _close(typed, names, count):
    return difflib.get_close_matches(typed, names, count, cutoff=0.6)


def plain(part):
    """A piece of an address as identifiers are written: decoded, without accents, lower case."""
    return re.sub(r"[^a-z0-9_]+", "-", fold(tilde_decode(part))).strip("-")[:200]


# --- addresses to refuse, answers to replace ----------------------------------------------------


@hookimpl(tryfirst=True)
def register_routes():
    """A backslash would make /\\example.com/ redirect to another site."""

    async def refuse(request):
        raise BadRequest("Une adresse ne contient pas de barre oblique inverse (« \\ »).")

    return [(r"[^?]*(?:\\|%5[cC])", refuse)]


@hookimpl
def asgi_wrapper(datasette):
    """Plain English refusals become error pages."""

    def wrap(app):
        async def french_refusals(scope, receive, send):
            if scope["type"] != "http":
                return await app(scope, receive, send)
            return await app(scope, receive, _replacing(datasette, scope, receive, send))

        return french_refusals

    return wrap


def _replacing(datasette, scope, receive, send):
    start, replaced = None, False

    async def sending(message):
        nonlocal start, replaced
        if message["type"] == "http.response.start" and message["status"] in (403, 404, 405):
            start = message
        elif start is None:
            await send(message)
        elif not replaced:
            body = message.get("body", b"")
            if not body or body.lstrip()[:1] in (b"<", b"{", b"["):  # a page, or JSON
                await send(start)
                start = None
                await send(message)
            else:
                replaced = True
                await _refusal(datasette, scope, receive, send, start["status"], body)

    return sending


async def _refusal(datasette, scope, receive, send, status, body):
    await datasette.invoke_startup()
    request = Request(dict(scope, csrftoken=lambda: "", actor=None), receive)
    message = french(re.sub(r"<[^>]*>", " ", body.decode("utf-8", "replace")).strip()[:500])
    response = await error_page(datasette, request, status, TITLES[status], message)
    if scope.get("method") == "HEAD":
        response.body = b""
    await response.asgi_send(send)
