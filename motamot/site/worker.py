"""The process in which a query runs: whatever a stranger's SQL does to it, the site goes on.

    python -m motamot.site.worker       the breeder: forks a worker for each socket that it is sent

SQLite can be asked to stop between two steps of a query, not inside one: `instr` of long texts or a
function of ours may run for hours. A process can always be killed, and its memory limited. Every
message is one marshalled value after its length; rows hold only what SQLite has: None, numbers,
text, bytes.
"""

from __future__ import annotations

import base64
import contextlib
import csv
import gc
import json
import marshal
import math
import os
import resource
import signal
import socket
import sqlite3
import struct
import sys
import traceback
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, Any, NamedTuple

from motamot.search.lexicon import lexicon
from motamot.site import functions

ORDER = struct.Struct("i")  # to the breeder: 0 and a socket, or the worker that is to be killed
LENGTH = struct.Struct("I")  # of a message
PIECE = 500_000  # characters of rows that are sent at once

LONGEST_VALUE = 5_000_000  # bytes; or twice the longest document
MEMORY = 48_000_000  # bytes, beyond what a worker has at first
FILE = 1_000_000_000  # bytes of a download, or of what a query sorts
# What only describes tables (and what FTS5 asks); others tell paths, or change how a query runs.
PRAGMAS = (
    *("data_version", "foreign_key_list", "index_info", "index_list", "index_xinfo"),
    *("schema_version", "table_info", "table_list", "table_xinfo"),
)


class Opening(NamedTuple):
    """What a worker is told first."""

    path: str
    identity: tuple[int, ...]  # of the file that is meant: another may have taken its place
    labels: dict[str, dict[str, dict[Any, str]]]  # {table: {column: {code: what it means}}}


class Question(NamedTuple):
    """A query; `most`: rows at most, None for all of them."""

    sql: str
    values: Any  # {name: value} or [value]
    seconds: float
    most: int | None = None
    download: tuple[str, str, bool, str] | None = None  # path, csv | json, header, shape


# --- messages ------------------------------------------------------------------------------------


def message(value: Any) -> bytes:
    said = marshal.dumps(value)
    return LENGTH.pack(len(said)) + said


def _received(site: socket.socket) -> Any:
    def exactly(count: int) -> bytes:
        found = b""
        while len(found) < count:
            piece = site.recv(count - len(found))
            if not piece:
                raise EOFError
            found += piece
        return found

    return marshal.loads(exactly(LENGTH.unpack(exactly(LENGTH.size))[0]))


# --- the breeder ---------------------------------------------------------------------------------


def breed(orders: socket.socket) -> None:
    """Fork workers, and kill those that are named, until the site is gone."""
    for each in (signal.SIGINT, signal.SIGTERM):  # the site ends, then we do
        signal.signal(each, signal.SIG_IGN)
    os.nice(5)  # pages come first
    lexicon()  # read once, for all
    gc.freeze()
    workers: set[int] = set()
    while True:
        order, sockets, _, _ = socket.recv_fds(orders, ORDER.size, 1)
        workers -= set(_ended())
        if not order:
            break
        if sockets:
            site = socket.socket(fileno=sockets[0])
            if worker := os.fork():
                workers.add(worker)
                site.close()
            else:
                orders.close()
                work(site)
        elif ORDER.unpack(order)[0] in workers:
            os.kill(ORDER.unpack(order)[0], signal.SIGKILL)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)


def _ended() -> Iterator[int]:
    """Those that ended; the number of one that did is not given to another process before that."""
    with contextlib.suppress(ChildProcessError):  # none is left
        while ended := os.waitpid(-1, os.WNOHANG)[0]:
            yield ended


# --- a worker ------------------------------------------------------------------------------------


def work(site: socket.socket) -> None:
    """Answer the site's questions, and end."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        site.sendall(message(os.getpid()))
        opening = Opening(*_received(site))
        connection = opened(opening)
        site.sendall(message(connection is not None))
        while connection:
            question = Question(*_received(site))
            # The site kills a worker in time; should it be gone, the system does.
            signal.setitimer(signal.ITIMER_REAL, question.seconds + 1)
            for said in answers(connection, question):
                site.sendall(message(said))
            signal.setitimer(signal.ITIMER_REAL, 0)
    except (EOFError, OSError):
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def opened(opening: Opening) -> sqlite3.Connection | None:
    """None when another file has taken the place of the one that is meant."""
    connection = sqlite3.connect(f"file:{opening.path}?immutable=1", uri=True)
    connection.execute("select 1 from sqlite_master").fetchall()
    if identity(opening.path) != opening.identity:
        return None
    longest = connection.execute("select max(bytes) from documents").fetchone()[0] or 0
    connection.text_factory = lambda each: str(each, "utf-8", "replace")

    def label(table: str, column: str, value: object) -> str:
        return opening.labels.get(table, {}).get(column, {}).get(value, "")

    functions.prepare(connection, label)
    _limit(connection, max(LONGEST_VALUE, 2 * longest))
    return connection


def identity(path: str) -> tuple[int, ...]:
    """Of a file: the same as long as nothing takes its place or is written to it."""
    found = os.stat(path)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _limit(connection: sqlite3.Connection, longest: int) -> None:
    memory = MEMORY + 4 * longest
    connection.execute(f"pragma hard_heap_limit = {memory}")
    connection.execute("pragma query_only = 1")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.set_authorizer(allowed)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    if sys.platform == "linux":
        with open("/proc/self/statm") as file:
            now = int(file.read().split()[5]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_DATA, (now + memory, now + memory))


def allowed(action: int, first: str | None, second: str | None, *_: object) -> int:
    """Nothing that reaches outside of the database; inside, it is read-only anyway."""
    if action == sqlite3.SQLITE_FUNCTION:
        may = second not in ("load_extension", "fts3_tokenizer")
    elif action == sqlite3.SQLITE_PRAGMA:
        may = first in PRAGMAS
    else:
        may = action not in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH)
    return sqlite3.SQLITE_OK if may else sqlite3.SQLITE_DENY


class _Given(dict[str, object]):
    """The parameters of a query; those that are not given are empty."""

    def __missing__(self, name: str) -> str:
        return ""


def answers(connection: sqlite3.Connection, question: Question) -> Iterator[object]:
    """Columns, then rows, then None; or (exception, message) when it went wrong."""
    values = question.values
    try:
        given = _Given(values) if isinstance(values, dict) else values
        cursor = connection.execute(question.sql, given)
        columns = [each[0] for each in cursor.description or ()]
        if question.download:
            _download(question.download, columns, cursor)
            yield None
            return
        yield columns
        yield from _pieces(islice(cursor, question.most))
        cursor.close()
        yield None
    except MemoryError:
        yield "OperationalError", "out of memory"
    except Exception as error:
        yield type(error).__name__, str(error)


def _pieces(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    some, size = [], 0
    for row in rows:
        some.append(row)
        size += 10 + sum([len(each) for each in row if isinstance(each, (str, bytes))])
        if size > PIECE:
            yield some
            some, size = [], 0
    if some:
        yield some


# --- downloads -----------------------------------------------------------------------------------


def _download(
    wanted: tuple[str, str, bool, str], columns: list[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    path, extension, header, shape = wanted
    with open(path, "w", encoding="utf-8", newline="") as file:
        if extension == "csv":
            csv.writer(file).writerows(chain([columns] if header else [], rows))
        else:
            _json(file, columns, rows, shape)


def _json(file: IO[str], columns: list[str], rows: Iterable[tuple[Any, ...]], shape: str) -> None:
    """Rows as Datasette writes them: `array`, `arrayfirst`, or `lines`."""

    def written(row: tuple[Any, ...]) -> str:
        finite = [None if each in (math.inf, -math.inf) else each for each in row]
        said = finite[0] if shape == "arrayfirst" else dict(zip(columns, finite, strict=True))
        return json.dumps(said, default=_of_bytes)

    lines = map(written, rows)
    opens, between, closes = ("", "\n", "") if shape == "lines" else ("[", ", ", "]")
    file.write(opens + next(lines, ""))
    file.writelines(between + line for line in lines)
    file.write(closes)


def _of_bytes(value: bytes) -> object:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"$base64": True, "encoded": base64.b64encode(value).decode()}


if __name__ == "__main__":
    breed(socket.socket(fileno=int(sys.argv[1])))
