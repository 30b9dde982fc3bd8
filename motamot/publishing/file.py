"""A database in its place, and what Datasette wants to know of it."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from datasette.inspect import inspect_hash, inspect_tables

from motamot.text.whole import alone, beside


@contextmanager
def publishing(db: Path) -> Iterator[Path]:
    """A path to write a database at. It takes its place only when all went well, and its
    inspect-data.json with it: whoever is stopped between the two leaves none, never another's."""
    place = Path(os.path.realpath(db))  # a link stays one
    if os.path.lexists(place) and not stat.S_ISREG(place.lstat().st_mode):
        raise OSError(errno.EINVAL, "what stands there is no file")
    described = db.with_name("inspect-data.json")
    with beside(place) as inside, beside(described) as describing:
        building = inside.with_name(db.name)
        yield building
        describing.write_text(inspect_data(building), encoding="utf-8")
        with alone(db.parent):
            described.unlink(missing_ok=True)
            os.replace(building, place)
            os.replace(describing, described)


def inspect_data(path: Path) -> str:
    """What `datasette inspect` says of a database: with it, Datasette opens the file immutable."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        tables = inspect_tables(connection, {})
    described = {
        path.stem: {
            "hash": inspect_hash(path),
            "size": path.stat().st_size,
            "file": path.name,
            "tables": tables,
        }
    }
    return json.dumps(described, indent=2, sort_keys=True) + "\n"
