"""What a reader downloads is complete: whole tables and whole queries, whatever a page holds.

Datasette gives a page (100 rows) of a table and the first rows (`max_returned_rows`) of a query;
in CSV and in bare JSON (`_shape=array`, `_nl=on` ...) nothing says so. Here

- a table as CSV is streamed, a few large pages at a time; as bare JSON, its pages are joined;
- a query is tried for its first rows; when there are more, it is asked once more, whole, within
  the time that a query may take, and streamed from a temporary file;
- the page of a query shows its first rows, and its paged JSON more of them; when that is not all,
  both say how many there are (`count`).

Whoever asks for a page (`_size=50`, `_next=`) gets that page.
"""

from __future__ import annotations

import json
import re
import sqlite3
import tempfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request

from motamot.site import adapter, errors, published, workers
from motamot.site.shapes import DATABASE, App, Datasette, Message, Send

PAGE = 2000  # rows of a table that are joined at once
FIRST = 500  # rows of a query on its page, and before a download is asked for whole
CHUNK = 1_000_000  # bytes sent at once
# Shapes that hold rows alone, and what stands around these.
BARE = {"array": (b"[", b"]"), "arrayfirst": (b"[", b"]"), "object": (b"{", b"}")}
_NEXT = re.compile(r'<([^>]+)>; rel="next"')


def complete(datasette: Datasette, app: App) -> App:
    """The site, with downloads that hold every row."""
    base = re.escape(datasette.urls.path("/").rstrip("/"))
    address = re.compile(rf"{base}/{DATABASE}(?:/([^/.]+))?(?:\.(csv|json|bib|csl|embed))?")

    async def asked(scope: Message, receive: Any, send: Send) -> None:
        found = address.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] == "HEAD":
            return await app(scope, receive, send)
        download = _Download(datasette, app, scope, receive, send, found[2] or "html")
        sql = download.sql_of(found[1])
        if sql is not None:
            await download.query(sql)
        elif found[1] and found[2] not in (None, "embed"):
            await download.table()
        else:
            await app(scope, receive, send)

    return asked


async def count(datasette: Datasette, sql: str, given: Mapping[str, str]) -> int | None:
    """How many rows a query has; None when counting them takes too long."""
    try:
        counted = f"select count(*) from (\n{sql.rstrip().rstrip(';')}\n)"
        found = await datasette.get_database(DATABASE).execute(counted, given)
    except (sqlite3.Error, QueryInterrupted, workers.Busy):
        return None
    return int(found.single_value())


class _Download:
    """One request for a table or a query in a format that is downloaded."""

    def __init__(
        self,
        datasette: Datasette,
        app: App,
        scope: Message,
        receive: Any,
        send: Send,
        extension: str,
    ) -> None:
        self._datasette, self._app, self._receive, self._send = datasette, app, receive, send
        self._format = extension
        self._scope = scope
        typed = scope["query_string"].decode("latin-1")
        self._given = dict(parse_qsl(typed, keep_blank_values=True))
        self._is_page = "_next" in self._given or self._given.get("_size", "max") != "max"
        shape = self._given.get("_shape", "") if extension == "json" else ""
        self._lines = shape == "array" and bool(self._given.get("_nl"))
        self._shape = shape
        self._around = (b"", b"") if self._lines else BARE.get(shape, (b"", b""))
        self._between = b"\n" if self._lines else b", "

    def sql_of(self, name: str | None) -> str | None:
        """The SQL of a canned query, or that of the address; None for a table or a view."""
        if name is None:
            return self._given.get("sql")
        about = adapter.described(self._datasette)["databases"].get(DATABASE) or {}
        sql: str | None = ((about.get("queries") or {}).get(name) or {}).get("sql")
        return sql

    def _readable(self) -> None:
        """Bodies are read here: they must not be compressed yet."""
        headers = [each for each in self._scope["headers"] if each[0] != b"accept-encoding"]
        self._scope = {**self._scope, "headers": headers}

    # --- tables ---

    async def table(self) -> None:
        self._readable()
        if self._is_page or (self._format == "json" and self._shape not in BARE):
            await self._app(self._scope, self._receive, self._send)
        elif self._format == "json":
            await self._joined()
        else:
            stream = self._format == "csv" and self._datasette.setting("allow_csv_stream")
            more = {"_size": "max", **({"_stream": "on"} if stream else {})}
            await self._app(self._with(more), self._receive, self._send)

    def _with(self, more: dict[str, str]) -> Message:
        """The request, with these parameters as well."""
        query = self._scope["query_string"]
        added = urlencode({k: v for k, v in more.items() if self._given.get(k) != v})
        pieces = [piece for piece in (query, added.encode()) if piece]
        return {**self._scope, "query_string": b"&".join(pieces)}

    async def _joined(self) -> None:
        """Pages of bare JSON as one answer."""
        scope = self._with({"_size": str(PAGE), "_nocount": "1", "_nofacet": "1"})
        start, body = await self._answer(scope)
        following = _link(start)
        if start["status"] != 200 or not following:
            return await self._forward(start, body)
        await self._begin(start)
        await self._more(self._around[0] + self._rows(body))
        while following:
            query = urlsplit(following).query.encode("latin-1")
            start, body = await self._answer({**scope, "query_string": query})
            if start["status"] != 200:
                raise RuntimeError(f"a page of a download failed: {body[:200]!r}")
            await self._more(self._between + self._rows(body))
            following = _link(start)
        await self._more(self._around[1], last=True)

    def _rows(self, body: bytes) -> bytes:
        return body if self._lines else body[1:-1]

    # --- queries ---

    async def query(self, sql: str) -> None:
        is_json = self._format == "json"
        is_download = self._format == "csv" or (is_json and self._shape in BARE)
        is_page = self._format in ("html", "embed")
        if not (is_download or is_page or is_json):
            return await self._app(self._scope, self._receive, self._send)
        limit = published.Limit(FIRST if is_download or is_page else None)
        with published.limited(limit):
            if is_page:
                return await self._app(self._scope, self._receive, self._send)
            self._readable()
            start, body = await self._answer(self._scope)
        if start["status"] != 200 or not limit.was_reached:
            await self._forward(start, body)
        elif is_download:
            await self._whole(sql, start)
        else:
            rows = await count(self._datasette, sql, self._given)
            await self._forward(start, body[:-1] + f', "count": {json.dumps(rows)}}}'.encode())

    async def _whole(self, sql: str, start: Message) -> None:
        shape = "lines" if self._lines else self._shape
        how = (self._format, self._given.get("_header") != "off", shape)
        database = self._datasette.get_database(DATABASE)
        with tempfile.NamedTemporaryFile() as file:
            try:
                await database.download(file.name, sql, self._given, how)
            except (sqlite3.Error, QueryInterrupted, workers.Busy) as error:
                return await self._refused(error)
            await self._begin(start)
            while chunk := file.read(CHUNK):
                await self._more(chunk)
            await self._more(b"", last=True)

    async def _refused(self, error: Exception) -> None:
        """It cannot be had whole: an error says so, and what to do."""
        request = Request({**self._scope, "csrftoken": lambda: "", "actor": None}, self._receive)
        response = await errors.answer(self._datasette, request, error)
        await response.asgi_send(self._send)

    # --- what is received and sent ---

    async def _answer(self, scope: Message) -> tuple[Message, bytes]:
        """What the site answers, whole: (how it starts, its body)."""
        start: Message = {}
        body: list[bytes] = []

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.append(message.get("body", b""))

        await self._app(scope, self._receive, kept)
        return start, b"".join(body)

    async def _forward(self, start: Message, body: bytes) -> None:
        await self._begin(start)
        await self._send({"type": "http.response.body", "body": body})

    async def _begin(self, start: Message) -> None:
        left_out = (b"content-length", b"link")
        headers = [each for each in start["headers"] if each[0].lower() not in left_out]
        await self._send({**start, "headers": headers})

    async def _more(self, body: bytes, *, last: bool = False) -> None:
        message = {"type": "http.response.body", "body": body, "more_body": not last}
        await self._send(message)


def _link(start: Message) -> str | None:
    """The address of the page that follows, None after the last."""
    headers = {name.lower(): value for name, value in start["headers"]}
    found = _NEXT.search(headers.get(b"link", b"").decode("latin-1"))
    return found[1] if found else None
