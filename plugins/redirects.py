"""Links to what is published no more: 301 to what replaced it, or 410 with the reason.

Only an address that found nothing comes here, so pages that exist pay nothing. The table
`redirects` was checked when the database was built: whatever it names exists.
"""

import re

from datasette import hookimpl
from datasette.utils import add_cors_headers
from datasette.utils.asgi import NotFound, Response
from datasette.views.base import DatasetteError

DATABASE = "questionnaires"
ADDRESS = re.compile(rf"/{DATABASE}/(?P<old>[a-z]+/[a-z0-9_-]+)(?P<format>\.[a-z0-9.]+)?/?")
KEPT = 86_400  # seconds: a redirect may be mended, so nobody remembers it for ever


async def declared(datasette, path):
    """What became of the page at a path: (new path or None, why it is gone or None); None when
    redirects.yml says nothing of it."""
    base = datasette.setting("base_url")
    found = ADDRESS.fullmatch("/" + path.removeprefix(base))
    if not found or DATABASE not in datasette.databases:
        return None
    database = datasette.get_database(DATABASE)
    if not await database.table_exists("redirects"):
        return None
    sql = "select new, gone from redirects where old = ?"
    row = (await database.execute(sql, [found["old"]])).first()
    if row is None:
        return None
    new = row["new"] and datasette.urls.path(f"/{DATABASE}/{row['new']}{found['format'] or ''}")
    return new, row["gone"]


@hookimpl(tryfirst=True)
def handle_exception(datasette, request, exception):
    missing = isinstance(exception, NotFound) or (
        isinstance(exception, DatasetteError) and exception.status == 404
    )

    async def answer():
        found = await declared(datasette, request.path) if missing else None
        if found is None:
            return None
        new, gone = found
        headers = {"Cache-Control": f"max-age={KEPT}"}
        if datasette.cors:
            add_cors_headers(headers)
        if new is None:
            return await _gone(datasette, request, gone, headers)
        query = f"?{request.query_string}" if request.query_string else ""
        return Response("", 301, {**headers, "Location": f"{new}{query}"})

    return answer


async def _gone(datasette, request, why, headers):
    title = "Page retirée"
    if request.path.endswith(".json"):
        info = {"ok": False, "error": why, "status": 410, "title": title}
        return Response.json(info, status=410, headers=headers)
    about = {"status": 410, "title": title, "error": why}
    page = await datasette.render_template("error.html", about, request=request)
    return Response.html(page, status=410, headers=headers)
