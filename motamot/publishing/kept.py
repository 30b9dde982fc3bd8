"""What earlier builds made, taken over where nothing that made it has changed.

Only what depends on nothing but its inputs and this package's code is kept, under the hash of both:
the next build gives the same bytes with it and without. The file is no part of what is published,
and stands in a folder of its own, one for each database.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self, TypeVar

from motamot.text.whole import beside

Made = TypeVar("Made")

WORTH = 40  # texts of documents: a smaller dataset is built as fast without
MOST = 8  # databases of one checkout whose files are kept
LIBRARIES = ("markdown-it-py", "linkify-it-py", "nh3", "snowballstemmer")


@dataclass
class Kept:
    """The file of earlier builds, None for none. `used` is what this build needed, whether it was
    there or not: the next file holds that and nothing else."""

    path: Path | None = None
    used: dict[str, str] = field(default_factory=dict)

    def take(
        self,
        inputs: list[Any],
        make: Callable[[], Made],
        packed: Callable[[Made], Any],
        unpacked: Callable[[Any], Made],
    ) -> Made:
        """What `make` gives of these inputs, as an earlier build had it where it can be; `packed`
        turns it into lists and texts, `unpacked` back."""
        said = json.dumps([_code(), *inputs], ensure_ascii=False)
        key = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
        value = self._find(key)
        if value is not None:
            self.used[key] = value
            return unpacked(json.loads(value))
        made = make()
        self.used[key] = json.dumps(packed(made))  # half a pair of surrogates as an escape
        return made

    def _find(self, key: str) -> str | None:
        if self.path is None or not self.path.exists():
            return None
        with suppress(sqlite3.Error):  # not what a build wrote: as good as none
            connection = _opened(str(self.path))
            found = connection.execute("SELECT value FROM kept WHERE key = ?", [key]).fetchone()
            return str(found[0]) if found else None
        return None


class Keeping:
    """The file that the next build of a database looks into, written a questionnaire at a time;
    nothing is kept where its folder cannot be written."""

    def __init__(self, folder: Path, db: Path) -> None:
        name = hashlib.sha256(os.fsencode(os.path.realpath(db))).hexdigest()
        self.path = folder / f"{name[:16]}.db"
        self._count = 0
        self._building: Path | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with suppress(OSError):
            self._building = self._open.enter_context(beside(self.path))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, used: dict[str, str]) -> None:
        """Write what one questionnaire needed."""
        if self._building is None:
            return
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._building)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
            )
            connection.executemany("INSERT OR IGNORE INTO kept VALUES (?, ?)", used.items())
            connection.commit()
        self._count += len(used)

    def close(self) -> None:
        """Put the file in its place, where it is worth it; the oldest of many others go."""
        if self._building is None:
            return
        with suppress(OSError):
            if self._count < WORTH:
                self.path.unlink(missing_ok=True)
                return
            os.replace(self._building, self.path)
            others = sorted(self.path.parent.glob("*.db"), key=lambda p: p.stat().st_mtime)
            for old in others[:-MOST]:
                old.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def _opened(path: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True)


@lru_cache(maxsize=1)
def _code() -> str:
    """Names the code that makes what is kept: a change of one character of it keeps nothing."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*.*")):
        if file.suffix in (".py", ".yml", ".tsv"):
            digest.update(file.read_bytes())
    digest.update(" ".join(version(library) for library in LIBRARIES).encode())
    return digest.hexdigest()
