"""The database that is served: one file at a time, each request seeing one of them whole.

A build puts a new file in the place of the old one. The next request opens it; those that are under
way end with the one that they began with. A file that is not what this version of the site reads
is refused: at start the site says so and stops, later it keeps the one it has.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from click import ClickException
from datasette.database import Database, QueryInterrupted, Results

from motamot import SCHEMA_VERSION
from motamot.site import adapter, errors, workers
from motamot.site.shapes import DATABASE, App, Datasette, Message, Send
from motamot.site.worker import Opening, Question, identity

T = TypeVar("T")
TRIES = 5  # to open a file that changes meanwhile
BUILD = "Run “python build.py” first."


class Unusable(Exception):
    """A file that cannot be served, in a sentence."""


class _Edition(NamedTuple):
    """One file, open."""

    identity: tuple[int, ...]
    hash: str  # SHA-256 of its bytes
    counts: dict[str, int]  # rows of each table
    connection: sqlite3.Connection  # for what the site asks of the schema
    workers: workers.Workers
    lock: threading.Lock


_seen: ContextVar[_Edition | None] = ContextVar("_seen", default=None)


class Limit:
    """How many rows a query gives to a page; and whether it had more."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.was_reached = False


_limit: ContextVar[Limit | None] = ContextVar("_limit", default=None)


@contextmanager
def limited(limit: Limit) -> Iterator[None]:
    token = _limit.set(limit)
    try:
        yield
    finally:
        _limit.reset(token)


class Published(Database):  # type: ignore[misc]
    """What Datasette knows of the database; its queries run in processes of their own."""

    def __init__(self, datasette: Datasette, path: str) -> None:
        super().__init__(datasette, path, is_mutable=False)
        self._refused: tuple[int, ...] = ()
        self._opening: asyncio.Lock | None = None
        self._latest: _Edition

    # --- which file ---

    async def open(self) -> None:
        """Serve the file that is there now. Raises Unusable, OSError."""
        for _ in range(TRIES):
            is_what = identity(self.path)
            try:
                found = await asyncio.to_thread(self._read, is_what)
                await found.workers.begin()
            except (sqlite3.Error, TypeError, workers.Failed):
                said = f"{self.path}: expected a database of Mot à mot; found another file"
                self._refused = is_what
                raise Unusable(f"{said}. {BUILD}") from None
            except workers.Replaced:
                continue
            self._latest = found
            return
        raise Unusable(f"{self.path}: written to while it was being opened.")

    def _read(self, is_what: tuple[int, ...]) -> _Edition:
        connection = self.connect()
        self.ds._prepare_connection(connection, DATABASE)
        schema = connection.execute("select schema from edition").fetchone()[0]
        if schema != SCHEMA_VERSION:
            self._refused = is_what
            said = f"{self.path}: expected schema {SCHEMA_VERSION}; found {schema}"
            raise Unusable(f"{said}. {BUILD}")
        tables = connection.execute("select name from sqlite_master where type = 'table'")
        counts = {
            name: connection.execute(f"select count(*) from {_quoted(name)}").fetchone()[0]
            for (name,) in tables.fetchall()
        }
        with open(self.path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        workers.BREEDER.start()
        opening = Opening(str(Path(self.path).resolve()), is_what, _labels(self.ds))
        made = workers.Workers(opening)
        return _Edition(is_what, digest, counts, connection, made, threading.Lock())

    async def follow(self) -> None:
        """Open the file that is there now, unless it is open already, or was refused."""
        if self._is_followed():
            return
        self._opening = self._opening or asyncio.Lock()
        async with self._opening:
            if self._is_followed():
                return
            try:
                await self.open()
            except (Unusable, OSError) as error:
                print(f"{error} The site keeps the database that it has.", file=sys.stderr)

    def _is_followed(self) -> bool:
        try:
            return identity(self.path) in (self._latest.identity, self._refused)
        except OSError:  # it is gone: what is open stays
            return True

    @property
    def _edition(self) -> _Edition:
        return _seen.get() or self._latest

    # --- what Datasette asks of a database ---

    @property
    def hash(self) -> str:
        return self._edition.hash

    @property
    def size(self) -> int:
        return self._edition.identity[2]

    async def table_counts(self, limit: int = 10) -> dict[str, int]:
        return self._edition.counts

    async def attached_databases(self) -> list[object]:
        return []  # asking would tell the path

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        edition = self._edition

        def asked() -> T:
            with edition.lock:
                return fn(edition.connection)

        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, asked)

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Results:
        """As Datasette's: `truncate` leaves out what is too much, and says so."""
        time = self.ds.sql_time_limit_ms
        seconds = min(time, custom_time_limit or time) / 1000
        most, limit = self.ds.max_returned_rows, _limit.get() or Limit(None)
        if limit.most:
            most = min(most, limit.most)
        most += most == (page_size or self.ds.page_size)
        question = Question(sql, _plain(params), seconds, most + 1 if truncate else None)
        columns, rows = await self._asked(question)
        truncated = truncate and len(rows) > most
        limit.was_reached |= truncated
        described = [(each, *[None] * 6) for each in columns]
        return Results(_as_rows(columns, rows[:most] if truncated else rows), truncated, described)

    async def download(self, path: str, sql: str, params: Any, how: tuple[str, bool, str]) -> None:
        """Write every row of a query to a file: `how` is csv or json, with a header or not, and
        the shape of JSON."""
        limit = self.ds.sql_time_limit_ms / 1000
        await self._asked(Question(sql, _plain(params), limit, None, (path, *how)))

    async def _asked(self, question: Question) -> tuple[list[str], list[tuple[Any, ...]]]:
        try:
            return await self._edition.workers.ask(question)
        except workers.Slow as error:
            slow = sqlite3.OperationalError("interrupted")
            raise QueryInterrupted(slow, question.sql, question.values) from error
        except workers.Failed as error:
            name, said = error.args
            raise _EXCEPTIONS.get(name, _EXCEPTIONS["OperationalError"])(said) from None


class _InFrench:
    """An exception of a query, which Datasette shows as it is."""

    args: tuple[str, ...]

    def __str__(self) -> str:
        return errors.about_sql(self.args[0])


_EXCEPTIONS = {
    each.__name__: type(each.__name__, (_InFrench, each), {})
    for each in vars(sqlite3).values()
    if isinstance(each, type) and issubclass(each, sqlite3.Error)
}


def _plain(params: Any) -> Any:
    """Parameters as a message can hold them."""
    if isinstance(params, Mapping):
        return {str(name): _value(value) for name, value in params.items()}
    return [_value(value) for value in params or ()]


def _value(value: object) -> object:
    return str(value) if isinstance(value, str) else value


def _as_rows(columns: list[str], rows: list[tuple[Any, ...]]) -> list[sqlite3.Row]:
    """Rows that can be asked by the names of their columns."""
    if not rows:
        return []
    names = ", ".join(f"null as {_quoted(each)}" for each in columns)
    cursor = _MEMORY.execute(f"select {names}")
    return [sqlite3.Row(cursor, row) for row in rows]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_MEMORY = sqlite3.connect(":memory:", check_same_thread=False)


def _labels(datasette: Datasette) -> dict[str, Any]:
    """{table: {column: {code: what it means}}}, as metadata.yml says."""
    about = (adapter.described(datasette).get("databases") or {}).get(DATABASE) or {}
    return {
        name: told["values"]
        for part in ("queries", "tables")
        for name, told in (about.get(part) or {}).items()
        if told.get("values")
    }


# --- the site -------------------------------------------------------------------------------------


async def serve(datasette: Datasette) -> None:
    """Serve the file that was found at start; end the command when there is none to serve."""
    database = datasette.databases.get(DATABASE)
    if database is None:
        if _is_meant(datasette):
            raise ClickException(f"{DATABASE}.db: expected a database; found no file. {BUILD}")
        return
    served = Published(datasette, database.path)
    try:
        await served.open()
    except (Unusable, OSError) as error:
        raise ClickException(str(error)) from None
    datasette.remove_database(DATABASE)
    datasette.add_database(served, name=DATABASE)


def _is_meant(datasette: Datasette) -> bool:
    return DATABASE in (adapter.described(datasette).get("databases") or {})


def one_edition(datasette: Datasette, app: App) -> App:
    """The site, each request of which sees one file from its beginning to its end."""

    async def seeing(scope: Message, receive: Any, send: Send) -> None:
        await datasette.invoke_startup()
        database = datasette.databases.get(DATABASE)
        if scope["type"] != "http" or _seen.get() or not isinstance(database, Published):
            await app(scope, receive, send)
            return
        is_begun = False

        async def sending(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        for last in (*[False] * TRIES, True):
            await database.follow()
            token = _seen.set(database._latest)
            try:
                await app(scope, receive, sending)
                return
            except workers.Replaced:
                if is_begun or last or scope["method"] not in ("GET", "HEAD"):
                    raise
            finally:
                _seen.reset(token)

    return seeing
