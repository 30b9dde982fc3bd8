"""How long the reading of one text may take: whatever its shape, it ends within seconds.

What is counted is the processor's time, so that a busy machine refuses nothing more.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from motamot.text.problems import Problem, Where

SECONDS = 2.0  # of the processor, for the reading of one text; 500 kB of prose take a third


class Overlong(Exception):
    """Raised where a text asks for more time or memory than it may have; `problem` says so."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Over(Exception):
    pass


@contextmanager
def within(path: str, text: str, seconds: float = SECONDS) -> Iterator[None]:
    """Raise Overlong in the midst of what takes a text longer, in seconds of the processor. One at
    a time, in a process's main thread; `path` is the text's, as messages give it."""
    before = signal.signal(signal.SIGVTALRM, _over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)  # again, where one was lost
    try:
        yield
    except (_Over, RecursionError, MemoryError) as error:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        raise Overlong(_problem(path, text)) from error
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _over(number: int, frame: object) -> None:
    raise _Over


def _problem(path: str, text: str) -> Problem:
    lines = text.split("\n")
    longest = max(range(len(lines)), key=lambda at: len(lines[at]))
    return Problem(
        Where(path, longest + 1),
        "error",
        f"a document that is read within {SECONDS:.0f} seconds",
        f"one that is not: {len(lines):,} lines, of which this one, the longest, has "
        f"{len(lines[longest]):,} characters",
        "Leave out what is no text of a questionnaire, or break up its longest lines and tables.",
    )
