"""Files that appear only when they are whole, and what Datasette wants to know of one."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datasette.inspect import inspect_hash, inspect_tables


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write a new file at; the file takes its real place only when all went well."""
    with beside(path) as building:
        yield building
        os.replace(building, path)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A path to write at, in a hidden folder beside a file; it is gone in the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _tidy(path)
    prefix = f".{path.name}-{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=path.parent) as folder:
        yield Path(folder) / path.name


def _tidy(path: Path) -> None:
    """Remove what a process that was killed left of the same file."""
    for folder in path.parent.glob(f".{path.name}-*-*"):
        process = folder.name.split("-")[-2]
        if process.isdecimal() and not _runs(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        pass
    return True


def inspect_data(path: Path) -> str:
    """What `datasette inspect` says of a database: with it, Datasette opens the file immutable."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    tables = inspect_tables(connection, {})
    connection.close()
    described = {
        path.stem: {
            "hash": inspect_hash(path),
            "size": path.stat().st_size,
            "file": path.name,
            "tables": tables,
        }
    }
    return json.dumps(described, indent=2, sort_keys=True) + "\n"
