"""The processes that answer queries, as the site sees them: a few at once, none for long.

A query that lasts gives its turn to the next one and goes on beside it, in the background; when
too many do, the last one is stopped. So short queries, which are those of pages, wait for no long
one. worker.py says why processes: a query is stopped by killing the one that it runs in.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import marshal
import socket
import subprocess
import sys
import threading
from collections import deque
from typing import Any

from motamot.site import worker
from motamot.site.worker import LENGTH, ORDER, Opening, Question

TURNS = 4  # queries at once, beside those in the background
YOUTH = 0.25  # seconds, after which a query goes on in the background
BACKGROUND = 3  # queries there, at most
MOST = 40_000_000  # bytes of an answer's rows


class Busy(Exception):
    """Too many long queries at once; the same one may be asked again later."""


class Slow(Exception):
    """A query took longer than it may."""


class Failed(Exception):
    """A query failed: (the name of the exception, its message)."""


class Replaced(Exception):
    """Another file is where the one that is meant was, and no worker has that one open."""


class _Breeder:
    """The process that forks workers: one for the whole site, begun when first needed."""

    def __init__(self) -> None:
        self._orders: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        with self._lock:
            if self._orders is None:
                ours, its = socket.socketpair()
                self._process = subprocess.Popen(
                    [sys.executable, "-m", worker.__name__, str(its.fileno())],
                    pass_fds=[its.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )
                its.close()
                self._orders = ours
                atexit.register(ours.close)

    def worker(self) -> socket.socket:
        """The socket of a new worker."""
        for again in (True, False):
            self.start()
            ours, its = socket.socketpair()
            try:
                assert self._orders
                socket.send_fds(self._orders, [ORDER.pack(0)], [its.fileno()])
                break
            except OSError:  # it was killed: another one takes its place
                self._orders = None
                if not again:
                    raise
            finally:
                its.close()
        ours.setblocking(False)
        return ours

    def kill(self, number: int) -> None:
        with contextlib.suppress(OSError):
            assert self._orders
            self._orders.sendall(ORDER.pack(number))


BREEDER = _Breeder()


class _Worker:
    """One process; it answers one question at a time."""

    def __init__(self) -> None:
        self._site = BREEDER.worker()
        self.number = 0
        self.is_free = True  # to answer
        self.is_stopped = False

    async def open(self, opening: Opening) -> bool:
        """False when the file that is meant is no longer where it was."""
        self.number = await self._said()
        await self._say(tuple(opening))
        return bool(await self._said())

    async def ask(self, question: Question) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Columns and rows."""
        self.is_free = False
        await self._say(tuple(question))
        columns: list[str] = []
        rows: list[tuple[Any, ...]] = []
        size = 0
        while (said := await self._said()) is not None:
            if isinstance(said, tuple):
                self.is_free = True
                raise Failed(*said)
            if not columns:
                columns = said
                continue
            rows += said
            size += self.last
            if size > MOST:
                raise Failed("OperationalError", "too many rows")
        self.is_free = True
        return columns, rows

    async def _say(self, value: object) -> None:
        await asyncio.get_running_loop().sock_sendall(self._site, worker.message(value))

    async def _said(self) -> Any:
        (self.last,) = LENGTH.unpack(await self._exactly(LENGTH.size))
        return marshal.loads(await self._exactly(self.last))

    async def _exactly(self, count: int) -> bytes:
        loop, found = asyncio.get_running_loop(), bytearray(count)
        view, have = memoryview(found), 0
        while have < count:
            more = await loop.sock_recv_into(self._site, view[have:])
            if not more:
                raise Failed("OperationalError", "out of memory")
            have += more
        return bytes(found)

    def stop(self) -> None:
        """End it; whoever waits for its answer gets none."""
        self.is_stopped = True
        BREEDER.kill(self.number)

    def __del__(self) -> None:
        self._site.close()


class Workers:
    """The workers of one file."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._background: set[_Worker] = set()
        self._turns = TURNS
        self._short = 0  # turns that wait for a worker
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def begin(self) -> None:
        """Have one worker open the file, so that it stays open."""
        self._idle.append(await self._new())

    async def ask(self, question: Question) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The columns and the rows of a query. Raises Busy, Slow, Failed, Replaced."""
        at_work: _Worker | None = None
        has_turn = False
        try:
            async with asyncio.timeout(question.seconds):
                if self._turns:
                    self._turns -= 1
                else:
                    await self._turn()
                has_turn = True
                at_work = await self._worker()
                return await self._watched(at_work, question)
        except TimeoutError as error:
            raise (Slow if at_work else Busy) from error
        except Failed as error:
            if at_work and at_work.is_stopped:
                raise Busy from error
            raise
        finally:
            if has_turn:
                self._done(at_work)

    async def _turn(self) -> None:
        """Wait for somebody else's turn to end."""
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """The turn that ends is the next one's."""
        while self._waiting:
            following = self._waiting.popleft()
            if not following.done():
                return following.set_result(None)
        self._turns += 1
        return None

    async def _worker(self) -> _Worker:
        while not self._idle:
            try:
                return await self._new()
            except Replaced:
                if not (self._busy or self._background):
                    raise
                self._short += 1  # there are fewer workers than turns, and no more to be had
                await self._turn()
        return self._idle.pop()

    async def _new(self) -> _Worker:
        made = _Worker()
        if not await made.open(self._opening):
            raise Replaced
        return made

    async def _watched(
        self, at_work: _Worker, question: Question
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        self._busy.add(at_work)
        ageing = asyncio.get_running_loop().call_later(YOUTH, self._ages, at_work)
        try:
            return await at_work.ask(question)
        finally:
            self._busy.discard(at_work)
            ageing.cancel()

    def _ages(self, at_work: _Worker) -> None:
        if len(self._background) >= BACKGROUND:
            return at_work.stop()
        self._busy.remove(at_work)
        self._background.add(at_work)
        return self._pass_on()

    def _done(self, at_work: _Worker | None) -> None:
        if at_work and at_work.is_free:
            self._idle.append(at_work)
        elif at_work:
            at_work.stop()
        if at_work not in self._background:
            self._pass_on()
            return
        self._background.remove(at_work)
        if self._short:
            self._short -= 1
            self._pass_on()
