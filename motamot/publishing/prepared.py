"""The questionnaires of raw/, each read, checked and made ready to be written; several at a time.

They come in the order of their folders, whatever finishes first, and only a few are in memory.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Self

from motamot.dataset.assemble import assemble
from motamot.dataset.checks import check
from motamot.dataset.documents import Guess
from motamot.dataset.folder import Raw, read_questionnaire
from motamot.dataset.model import Edition, Questionnaire
from motamot.publishing.kept import Kept
from motamot.publishing.rows import Rows, rows_of
from motamot.recording.cut import Asked
from motamot.recording.record import Entry, Kind
from motamot.text.patience import SECONDS, Overlong, within
from motamot.text.problems import Problem, Where, in_order

UNSAID = Edition()  # where nothing is written, nobody asks
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ALONE = 8  # folders for which a second process is not worth its start


@dataclass(frozen=True)
class Prepared:
    """One questionnaire. `rows` is None where it is only checked, or holds an error; `kept` is what
    the next build may take over."""

    id: str
    problems: list[Problem]
    identifiers: list[str]
    empty: bool
    rows: Rows | None = None
    kept: dict[str, str] | None = None

    @property
    def sound(self) -> bool:
        """Whether it has no error."""
        return all(problem.severity != "error" for problem in self.problems)


@dataclass(frozen=True)
class Order:
    """How questionnaires are to be prepared: `kept` is the file of what earlier builds made, None
    where nothing is to be written."""

    raw: Raw
    guess: Guess
    edition: Edition = UNSAID
    release: bool = False
    write: bool = False
    kept: Path | None = None


def prepare(path: Path, order: Order) -> Prepared:
    """Read, check and render the questionnaire of one folder."""
    kept = Kept(order.kept)
    guess = _guess_again(order.guess, kept)
    questionnaire, problems = read_questionnaire(path, guess, order.raw.names)
    try:
        return _prepared(questionnaire, problems, order, kept)
    except Overlong as error:
        return Prepared(questionnaire.id, in_order([*problems, error.problem]), [], empty=False)


def _prepared(
    questionnaire: Questionnaire, problems: list[Problem], order: Order, kept: Kept
) -> Prepared:
    """Raises Overlong where a document takes too long."""
    documents = questionnaire.documents
    largest = max(documents, key=lambda each: each.bytes, default=None)
    path, text = (largest.path, largest.text) if largest else ("", "")
    with within(path, text, SECONDS / 2 * (1 + len(documents) / 10)):
        problems = in_order([*problems, *check(questionnaire, order.raw, order.release)])
        assembled = assemble(questionnaire, order.raw.folder)
    empty = not (documents or questionnaire.said)
    made = Prepared(questionnaire.id, problems, assembled.identifiers(), empty)
    if not order.write or not made.sound:
        return made
    rows = rows_of(assembled, order.raw.respondents, order.edition, kept)
    return Prepared(made.id, problems, made.identifiers, empty, rows, kept.used)


def _guess_again(guess: Guess, kept: Kept) -> Guess:
    """A guess that is made once for one text, and taken over by later builds."""

    def guessed(
        text: str, path: str, known: Sequence[Asked] = (), **how: Any
    ) -> tuple[Sequence[Entry], list[Problem]]:
        return kept.take(
            [text, path, [astuple(q) for q in known], sorted(how.items())],
            lambda: guess(text, path, known, **how),
            lambda made: [[astuple(e) for e in made[0]], [astuple(p) for p in made[1]]],
            lambda value: (
                [_entry(*e) for e in value[0]],
                [Problem(Where(*where), *rest) for where, *rest in value[1]],
            ),
        )

    return guessed


def _entry(kind: Kind, at: list[int] | None, *rest: Any) -> Entry:
    return Entry(kind, (at[0], at[1]) if at else None, *rest)


def prepare_all(paths: Iterable[Path], order: Order) -> Iterator[Prepared]:
    """Prepare the questionnaires of these folders, side by side where there are many."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if cores < 2 or len(order.raw.folders) < ALONE:
        yield from (prepare(path, order) for path in paths)
        return
    pool = ProcessPoolExecutor(cores, initializer=_begin, initargs=(os.getpid(),))
    with _Stop() as stop:
        waiting: deque[Future[Prepared]] = deque()
        try:
            for path in paths:
                waiting.append(pool.submit(prepare, path, order))
                if len(waiting) > 2 * cores:
                    yield waiting.popleft().result()
                stop.here()
            while waiting:
                yield waiting.popleft().result()
                stop.here()
        finally:
            pool.shutdown(cancel_futures=True)


class _Stop:
    """An interruption is remembered, and raised between two questionnaires: amid the start of a
    process it could be lost, or leave a lock behind."""

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in STOPS:
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: object) -> None:
        self._asked = True

    def here(self) -> None:
        """Where nothing is held, and a build may end."""
        if self._asked:
            raise KeyboardInterrupt


def _begin(parent: int) -> None:
    """A process that prepares leaves its interruption to the one that asked, and ends with it."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
