"""What is shown and found of the texts of one document: rendered once, kept from build to build.

Nothing here depends on anything but the texts, their language and this code: `Kept` takes over what
an earlier build made of the same texts with the same code, so that a rebuild costs what changed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from motamot.search.words import MARK, indexed
from motamot.text.markdown import Block, Link, Rendered, rendered

ROOMS = ("text", "search", "publishing")  # whose code makes what is kept
LIBRARIES = ("markdown-it-py", "linkify-it-py", "nh3", "snowballstemmer")


@dataclass(frozen=True)
class Shown:
    """Several texts, in order: what is shown of each, their search terms, and all their words:
    [folded, as written, how often]."""

    texts: list[Rendered]
    terms: list[str]
    words: list[tuple[str, str, int]]


def shown(readings: Sequence[str], language: str, *, questions: bool = False) -> Shown:
    """Render texts of Markdown, and find their words."""
    texts = [rendered(reading, question=questions) for reading in readings]
    words: Counter[tuple[str, str]] = Counter()
    terms: list[str] = []
    for text in texts:
        found, own = indexed(text.text, language)
        terms.append(found or MARK)
        words.update(own)
    return Shown(texts, terms, [(*word, count) for word, count in words.items()])


@dataclass
class Kept:
    """What earlier builds made, in a file beside the database. `used` is what this build needed,
    whether it was there or not: the next file holds that and nothing else."""

    path: Path | None = None
    used: dict[str, str] = field(default_factory=dict)

    def shown(self, readings: Sequence[str], language: str, *, questions: bool = False) -> Shown:
        """`shown`, taken over where it can be."""
        said = json.dumps([_code(), language, questions, *readings], ensure_ascii=False)
        key = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
        value = self._find(key)
        if value is not None:
            self.used[key] = value
            return _unpacked(value)
        made = shown(readings, language, questions=questions)
        self.used[key] = _packed(made)
        return made

    def _find(self, key: str) -> str | None:
        if self.path is None or not self.path.exists():
            return None
        with suppress(sqlite3.Error):  # not what a build wrote: as good as none
            connection = _opened(str(self.path))
            found = connection.execute("SELECT value FROM kept WHERE key = ?", [key]).fetchone()
            return str(found[0]) if found else None
        return None


def write_kept(path: Path, used: Iterable[tuple[str, str]]) -> None:
    """Write the file that the next build looks into."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
        )
        connection.executemany("INSERT OR IGNORE INTO kept VALUES (?, ?)", used)
        connection.commit()


@lru_cache(maxsize=1)
def _opened(path: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


@lru_cache(maxsize=1)
def _code() -> str:
    """Names the code that makes what is kept: a change of one character of it keeps nothing."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for file in sorted(f for room in ROOMS for f in (package / room).rglob("*.*")):
        if file.suffix != ".pyc":
            digest.update(file.read_bytes())
    digest.update(" ".join(version(library) for library in LIBRARIES).encode())
    return digest.hexdigest()


def _packed(made: Shown) -> str:
    texts = [
        (
            [(block.text, block.first, block.end) for block in text.blocks],
            text.html,
            [(link.url, link.label) for link in text.links],
        )
        for text in made.texts
    ]
    return json.dumps([texts, made.terms, made.words], ensure_ascii=False)


def _unpacked(value: str) -> Shown:
    texts, terms, words = json.loads(value)
    return Shown(
        [
            Rendered(tuple(Block(*b) for b in blocks), html, tuple(Link(*x) for x in links))
            for blocks, html, links in texts
        ],
        terms,
        [(folded, written, count) for folded, written, count in words],
    )
