"""Files that appear only when they are whole; what a killed process left of one goes with the next.

A file is written in a hidden folder beside its place. Its folder is locked as long as its process
lives: one that can be locked is nobody's.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = ".motamot-"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write a new file at; the file takes its real place only when all went well. A link
    stays one; OSError when what stands there is no file."""
    place = Path(os.path.realpath(path))
    if os.path.lexists(place) and not stat.S_ISREG(place.lstat().st_mode):
        raise OSError(errno.EINVAL, "what stands there is no file")
    with beside(place) as building:
        yield building
        os.replace(building, place)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A path to write at, in a hidden folder beside a file; it is gone in the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path.parent):
        _tidy(path.parent)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=path.parent))
        lock = _locked(folder)
    try:
        yield folder / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)
        with suppress(OSError), alone(path.parent):
            _tidy(path.parent)  # children of a killed process hold its lock a moment longer


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other process is here with the same folder."""
    held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # where a system has no locks, two at once are not kept apart
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _tidy(place: Path) -> None:
    """Remove what a process that was killed left in a folder."""
    for folder in place.glob(f"{_PREFIX}*"):
        lock = _locked(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """A descriptor that holds the lock of a folder; None when another process does."""
    held = -1
    try:
        held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_DIRECTORY)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        if held >= 0:
            os.close(held)
        return None
    return held
