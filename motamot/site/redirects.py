"""Links to what is published no more: 301 to what replaced it, or 410 with the reason.

Only an address that found nothing comes here, so pages that exist pay nothing. The table
`redirects` was checked when the database was built: whatever it names exists.
"""

from __future__ import annotations

import re

from datasette.utils.asgi import NotFound, Response
from datasette.views.base import DatasetteError

from motamot.site.errors import error_page
from motamot.site.shapes import DATABASE, Datasette, Request

ADDRESS = re.compile(rf"/{DATABASE}/(?P<old>[a-z]+/[a-z0-9_-]+)(?P<format>\.[a-z0-9.]+)?/?")


async def declared(datasette: Datasette, path: str) -> tuple[str | None, str | None] | None:
    """What became of the page at a path: (new path or None, why it is gone or None); None when
    redirects.yml says nothing of it."""
    base = datasette.setting("base_url")
    found = ADDRESS.fullmatch("/" + path.removeprefix(base))
    if not found:
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


async def answer(datasette: Datasette, request: Request, exception: Exception) -> Response | None:
    """None when the exception is not of a page that is missing, or nothing is said of this one."""
    missing = isinstance(exception, NotFound) or (
        isinstance(exception, DatasetteError) and exception.status == 404
    )
    found = await declared(datasette, request.path) if missing else None
    if found is None:
        return None
    new, gone = found
    if new is None:
        return await error_page(datasette, request, 410, "Page retirée", gone)
    query = f"?{request.query_string}" if request.query_string else ""
    return Response("", 301, {"Location": f"{new}{query}"})
