"""What a reader downloads is complete: whole tables and whole queries, whatever a page holds.

Datasette gives a page (100 rows) of a table and the first rows (`max_returned_rows`) of a query;
in CSV and in bare JSON (`_shape=array`, `_nl=on` ...) nothing says so. Here

- a table as CSV is streamed, a few large pages at a time; as bare JSON, its pages are joined;
- a query that fills what Datasette gives is asked once more without that limit, within the time
  that a query may take, and streamed from a temporary file;
- the paged JSON of a query that is cut says how many rows there are (`count`).

Whoever asks for a page (`_size=50`, `_next=`) gets that page.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import IO, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from datasette.database import QueryInterrupted
from datasette.utils import CustomJSONEncoder, sqlite_timelimit
from datasette.utils.asgi import Request

from motamot.site import adapter, errors
from motamot.site.shapes import DATABASE, Datasette

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Any, Send], Awaitable[None]]

PAGE = 2000  # rows of a table that are joined at once
IN_MEMORY = 5_000_000  # characters of a query's rows; what is longer waits in a file
CHUNK = 1_000_000  # characters sent at once
BARE = {"array": "[]", "arrayfirst": "[]", "object": "{}"}  # shapes that hold rows alone
_NEXT = re.compile(r'<([^>]+)>; rel="next"')


def complete(datasette: Datasette, app: App) -> App:
    """The site, with downloads that hold every row."""
    base = re.escape(datasette.urls.path("/").rstrip("/"))
    address = re.compile(rf"{base}/{DATABASE}(?:/([^/.]+))?\.(csv|json|bib|csl)")

    async def asked(scope: Message, receive: Any, send: Send) -> None:
        found = address.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] == "HEAD":
            return await app(scope, receive, send)
        download = _Download(datasette, app, scope, receive, send, found[2])
        sql = download.sql_of(found[1])
        if sql is not None:
            await download.query(sql)
        elif found[1]:
            await download.table()
        else:
            await app(scope, receive, send)

    return asked


async def count(datasette: Datasette, sql: str, given: Mapping[str, str]) -> int | None:
    """How many rows a query has; None when counting them takes too long."""
    try:
        counted = f"select count(*) from (\n{sql.rstrip().rstrip(';')}\n)"
        found = await datasette.get_database(DATABASE).execute(counted, _Given(given))
    except (sqlite3.Error, QueryInterrupted):
        return None
    return int(found.single_value())


class _Given(dict[str, str]):
    """The parameters of a query; those that are not given are empty."""

    def __missing__(self, name: str) -> str:
        return ""


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
        # Bodies are read here: they must not be compressed yet.
        headers = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
        self._scope = {**scope, "headers": headers}
        typed = scope["query_string"].decode("latin-1")
        self._given = dict(parse_qsl(typed, keep_blank_values=True))
        self._is_page = "_next" in self._given or self._given.get("_size", "max") != "max"
        shape = self._given.get("_shape", "") if extension == "json" else ""
        self._lines = shape == "array" and bool(self._given.get("_nl"))
        self._shape = shape
        self._around = ("", "") if self._lines else tuple(BARE.get(shape, "  "))
        self._between = "\n" if self._lines else ", "

    def sql_of(self, name: str | None) -> str | None:
        """The SQL of a canned query, or that of the address; None for a table or a view."""
        if name is None:
            return self._given.get("sql")
        about = adapter.described(self._datasette)["databases"].get(DATABASE) or {}
        sql: str | None = ((about.get("queries") or {}).get(name) or {}).get("sql")
        return sql

    # --- tables ---

    async def table(self) -> None:
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

    def _rows(self, body: bytes) -> str:
        said = body.decode()
        return said if self._lines else said[1:-1]

    # --- queries ---

    async def query(self, sql: str) -> None:
        start, body = await self._answer(self._scope)
        most = self._datasette.setting("max_returned_rows")
        if start["status"] != 200 or self._format in ("bib", "csl"):
            await self._forward(start, body)
        elif self._format == "json" and self._shape not in BARE:
            await self._forward(start, await self._counted(sql, body))
        elif self._length(body) < most:
            await self._forward(start, body)
        else:
            await self._whole(sql, start)

    def _length(self, body: bytes) -> int:
        """How many rows an answer holds."""
        if self._lines:
            return body.count(b"\n") + 1
        if self._format == "json":
            return len(json.loads(body))
        rows = sum(1 for _ in csv.reader(io.StringIO(body.decode(), newline="")))
        return rows - (self._given.get("_header") != "off")

    async def _counted(self, sql: str, body: bytes) -> bytes:
        """Paged JSON, with how many rows there are when it holds but the first of them."""
        if b'"truncated": true' not in body:
            return body
        said = json.loads(body)
        if said.get("truncated") is True:
            said["count"] = await count(self._datasette, sql, self._given)
        return json.dumps(said).encode()

    async def _whole(self, sql: str, start: Message) -> None:
        limit = self._datasette.setting("sql_time_limit_ms")

        def written(conn: sqlite3.Connection) -> IO[str]:
            file = tempfile.SpooledTemporaryFile(  # noqa: SIM115
                IN_MEMORY, "w+", encoding="utf-8", newline=""
            )
            try:
                with sqlite_timelimit(conn, limit):
                    cursor = conn.execute(sql, _Given(self._given))
                    self._write(file, [each[0] for each in cursor.description], cursor)
            except BaseException:
                file.close()
                raise
            file.seek(0)
            return file

        try:
            file = await self._datasette.get_database(DATABASE).execute_fn(written)
        except sqlite3.Error as error:
            return await self._refused(error, sql)
        with file:
            await self._begin(start)
            while chunk := file.read(CHUNK):
                await self._more(chunk)
            await self._more("", last=True)

    def _write(self, file: IO[str], columns: list[str], rows: Iterable[Iterable[Any]]) -> None:
        if self._format == "csv":
            writer = csv.writer(file)
            writer.writerows([columns] if self._given.get("_header") != "off" else [])
            writer.writerows(rows)
            return
        between = self._around[0]
        for row in rows:
            said = (
                next(iter(row))
                if self._shape == "arrayfirst"
                else dict(zip(columns, row, strict=True))
            )
            file.write(between + json.dumps(said, cls=CustomJSONEncoder))
            between = self._between
        file.write(self._around[1])

    async def _refused(self, error: sqlite3.Error, sql: str) -> None:
        """It cannot be had whole: an error says so, and what to do."""
        stopped = str(error) == "interrupted"
        found: Exception = QueryInterrupted(error, sql, self._given) if stopped else error
        request = Request({**self._scope, "csrftoken": lambda: "", "actor": None}, self._receive)
        response = await errors.answer(self._datasette, request, found)
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

    async def _more(self, text: str, *, last: bool = False) -> None:
        message = {"type": "http.response.body", "body": text.encode(), "more_body": not last}
        await self._send(message)


def _link(start: Message) -> str | None:
    """The address of the page that follows, None after the last."""
    headers = {name.lower(): value for name, value in start["headers"]}
    found = _NEXT.search(headers.get(b"link", b"").decode("latin-1"))
    return found[1] if found else None
