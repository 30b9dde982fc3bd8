"""Files of others, each read once and whole; what is no file, or too big to be one, is a problem.

No link is followed: what stands outside a folder is not taken for a part of it. Nothing waits for a
pipe that nobody writes to.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from motamot.text.problems import Problem, Where

MOST = 1_000_000  # bytes of a file that is read as text
_CHUNK = 1 << 20
_NO_FILE = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read(path: Path, most: int = MOST) -> bytes | Problem:
    """The bytes of a file; what is wrong when it cannot be read, or has more than `most`."""
    try:
        with _opened(path) as file:
            data = b"".join(_chunks(file, most + 1))
            if len(data) <= most:
                return data
            size = max(os.fstat(file.fileno()).st_size, len(data))
    except OSError as error:
        return _unreadable(path, error)
    expected, found = f"a text of at most {most:,} bytes", f"one of {size:,}"
    action = "Leave out what is no text, or part it."
    return Problem(Where(path.as_posix()), "error", expected, found, action)


def sha256(path: Path) -> str | Problem:
    """The digest of a file of any size, in hexadecimal."""
    digest = hashlib.sha256()
    try:
        with _opened(path) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        return _unreadable(path, error)
    return digest.hexdigest()


def _opened(path: Path) -> FileIO:
    """Raises OSError for what is no file of its own."""
    kind = stat.S_IFMT(path.lstat().st_mode)  # to open a device may do something
    if kind in _NO_FILE:
        raise OSError(errno.EINVAL, _NO_FILE[kind])
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return FileIO(path, opener=lambda name, _: os.open(name, flags))


def _chunks(file: FileIO, most: int) -> Iterator[bytes]:
    while most > 0 and (chunk := file.read(min(most, _CHUNK))):
        most -= len(chunk)
        yield chunk


def _unreadable(path: Path, error: OSError) -> Problem:
    found = error.strerror or "an error of the system"
    action = "Check that it is there, and its permissions."
    if isinstance(error, IsADirectoryError):
        found, action = "a folder", f"Rename it: {path.name} is a file."
    elif error.errno == errno.ELOOP:
        found, action = "a link", "Put there the file itself that it leads to."
    elif error.errno == errno.EINVAL:
        action = f"Remove it: {path.name} is a file."
    return Problem(Where(path.as_posix()), "error", "a file that can be read", found, action)


# --- folders --------------------------------------------------------------------------------------


def listed(folder: Path) -> dict[str, str]:
    """What a folder holds, by name: "folder", "file", or "link" and "other" for what is neither.
    What is hidden is left out. Raises OSError."""
    with os.scandir(folder) as entries:
        found = [(entry.name, _kind(entry)) for entry in entries if entry.name[0] != "."]
    return dict(sorted(found))


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def state(folder: Path) -> dict[str, tuple[int, ...]]:
    """Every file below a folder, hidden ones left out, with what changes when it does."""
    found: dict[str, tuple[int, ...]] = {}
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] != "."]
        for name in names:
            try:
                about = os.lstat(os.path.join(above, name))
            except OSError:  # gone already
                continue
            if name[0] != ".":
                found[os.path.join(above, name)] = about.st_ino, about.st_size, about.st_mtime_ns
    return found
