"""How fast a search is: through the site's query `chercher`, beside bare FTS5 and stock Datasette.

    python bench/search.py            100,000 answers
    python bench/search.py 10000      another size
    python bench/search.py --db FILE  a database that is there already

It invents a corpus (bench/corpus.py), builds it, serves it with a real Datasette in this process,
and asks rare words, common words, three words and phrases, drawn from the corpus's own answers.

How to read the figures, in milliseconds, median and 95th percentile:
  chercher      /questionnaires/chercher.json?q=...: the twenty best, with their extracts
  search_found  the SQL function that it asks: what is found, ordered again, with extracts
  its SQL       what that asks of the index: how many there are, and the best by rank
  bare FTS5     select rowid ... match ... order by rank limit 20, in bare sqlite3, on the same
                texts as they are written: answer, question, names, section; goal: its SQL 2 x
  ?_search=     /questionnaires/answers?_search=...&_size=20: Datasette's own page
  stock         the same page of a Datasette without this project, on the words as written; goal:
                ?_search= of a common word under a tenth
The last lines say what the search adds to the build: time to make its terms, and bytes beside those
of the texts (goal: 60 %).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote

import corpus
from datasette.app import Datasette

from motamot.search.words import indexed
from motamot.site import functions

ROOT = Path(__file__).parent.parent
ROUNDS = 40
COLUMNS = ("chercher", "search_found", "its SQL", "bare FTS5", "?_search=", "stock")
HEADER = " " * 12 + "".join(f"{c:>18}" for c in COLUMNS) + f"{'SQL x':>8}{'_search /':>10}"
# What the index holds of an answer, as it is written.
TEXTS = """
    select answers.rowid, answers.text, questions.number || ' ' || questions.text,
      respondents.name, questionnaires.title || ' ' || coalesce(questionnaires.election, '')
        || ' ' || coalesce(questionnaires.place, ''), coalesce(sections.title, '')
    from answers join questions on questions.id = answers.question
    join questionnaires on questionnaires.id = questions.questionnaire
    join respondents on respondents.id = answers.respondent
    left join sections on sections.id = questions.section"""
BARE = "select rowid from bare where bare match ? order by rank limit 20"


def built(size: int, folder: Path) -> Path:
    """A database of that many invented answers."""
    db = folder / "questionnaires.db"
    corpus.write_with_truth(folder, size)
    command = [sys.executable, ROOT / "build.py", "--quiet", "--raw", folder / "raw", "--db", db]
    subprocess.run(command, check=True)
    return db


def queries(db: Path, seed: int = 1) -> dict[str, list[str]]:
    """What is typed, by kind: words that stand in some answer, the first of a sentence left out."""
    rng = random.Random(seed)
    connection = sqlite3.connect(db)
    count = connection.execute("select max(rowid) from answers").fetchone()[0]
    common = connection.execute(
        "select written from search_words where length(folded) > 3 and terms = folded"
        " order by count desc limit ?",
        [ROUNDS],
    )
    found: dict[str, list[str]] = {
        "rare word": [],
        "common word": [word for (word,) in common],
        "three words": [],
        "phrase": [],
    }
    while len(found["phrase"]) < ROUNDS:
        row = connection.execute(
            "select text from answers where rowid = ?", (rng.randint(1, count),)
        ).fetchone()
        words = [w for w in row[0].split() if w.isalpha() and len(w) > 3]
        text = row[0].split()
        if len(words) < 12 or len(text) < 12:
            continue
        at = rng.randrange(1, len(text) - 3)
        phrase = text[at : at + 3]
        if all(w.isalpha() for w in phrase):
            found["phrase"].append(f'"{" ".join(phrase)}"')
            found["rare word"].append(rng.choice(words))
            found["three words"].append(" ".join(rng.sample(words, 3)))
    return found


def quoted(typed: str) -> str:
    """What stock Datasette makes of it: every word between quotes."""
    return typed if typed.startswith('"') else " ".join(f'"{w}"' for w in typed.split())


def timed(run: Callable[[str], object], typed: list[str]) -> list[float]:
    """Milliseconds of each call."""
    found = []
    for query in typed:
        start = time.perf_counter()
        run(query)
        found.append(1000 * (time.perf_counter() - start))
    return found


async def timed_pages(get: Callable[[str], Awaitable[object]], paths: list[str]) -> list[float]:
    """The same for pages of the site."""
    found = []
    for path in paths:
        start = time.perf_counter()
        await get(path)
        found.append(1000 * (time.perf_counter() - start))
    return found


def site(db: Path, folder: Path) -> Datasette:
    """The project's own site on that database."""
    target = folder / "site"
    target.mkdir()
    shutil.copy(db, target / "questionnaires.db")
    for name in ("metadata.yml", "settings.json"):
        shutil.copy(ROOT / name, target)
    shutil.copytree(ROOT / "templates", target / "templates")
    return Datasette(config_dir=target)


def stock(db: Path, folder: Path) -> Datasette:
    """Datasette alone, on the answers and the words as they are written."""
    copy = folder / "stock.db"
    shutil.copy(db, copy)
    return Datasette([copy], settings={"sql_time_limit_ms": 60_000})


class Timed(sqlite3.Connection):
    """A connection as the site has it. `spent`: seconds that it asked the index, since it was last
    set to 0."""

    spent = 0.0

    def execute(self, sql: str, given: Any = ()) -> Any:
        start = time.perf_counter()
        cursor = super().execute(sql, given)
        if "answers_search match" not in sql:
            return cursor
        rows = cursor.fetchall()
        self.spent += time.perf_counter() - start
        return Rows(rows)

    def found(self, typed: str) -> float:
        """Milliseconds of it on the index."""
        self.spent = 0.0
        super().execute("select search_found(?, 'answers', '{}', 20, 0)", [typed]).fetchall()
        return 1000 * self.spent


class Rows(list[Any]):
    """Rows that were fetched, as a cursor has them."""

    def fetchall(self) -> list[Any]:
        return self

    def fetchone(self) -> Any:
        return self[0]


def bare(db: Path) -> sqlite3.Connection:
    """FTS5 alone on the same texts."""
    connection = sqlite3.connect(db)
    connection.executescript(
        "create virtual table temp.bare using fts5(a, b, c, d, e, content='');"
        f"insert into temp.bare (rowid, a, b, c, d, e) {TEXTS};"
    )
    return connection


async def measure(db: Path, folder: Path) -> Iterator[str]:
    """The lines of the table."""
    served, alone = site(db, folder), stock(db, folder)
    for each in (served, alone):
        await each.invoke_startup()
    ours, floor = sqlite3.connect(db, factory=Timed), bare(db)
    functions.prepare(ours, lambda table, column, code: code)

    def getter(datasette: Datasette) -> Callable[[str], Awaitable[object]]:
        async def get(path: str) -> None:
            answer = await datasette.client.get(path, follow_redirects=True)
            assert answer.status_code == 200, answer.text[:300]

        return get

    lines = []
    for kind, typed in queries(db).items():
        pages = [f"/questionnaires/chercher.json?_shape=array&q={quote(q)}" for q in typed]
        tables = [f"/questionnaires/answers?_size=20&_search={quote(q)}" for q in typed[:10]]
        plain = [f"/stock/answers?_size=20&_search={quote(q)}" for q in typed[:10]]
        await timed_pages(getter(served), pages[:3])  # connections open, caches filled
        timed(ours.found, typed[:3])
        measured = [
            await timed_pages(getter(served), pages),
            timed(ours.found, typed),
            [ours.found(query) for query in typed],
            timed(lambda q: floor.execute(BARE, (quoted(q),)).fetchall(), typed),
            await timed_pages(getter(served), tables),
            await timed_pages(getter(alone), plain),
        ]
        said = " ".join(f"{median(m):9.1f} {p95(m):7.1f}" for m in measured)
        ratio = median(measured[2]) / median(measured[3])
        share = median(measured[4]) / median(measured[5])
        lines.append(f"{kind:12} {said} {ratio:7.1f} {share:9.2f}")
    return iter(lines)


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[-1]


def cost(db: Path) -> str:
    """What the search takes: time to make the terms of an answer, bytes in the file."""
    connection = sqlite3.connect(db)
    texts = [text for (text,) in connection.execute("select text from answers")]
    start = time.perf_counter()
    indexed(texts, "fr")
    seconds = time.perf_counter() - start
    sizes = dict(
        connection.execute(
            "select 'search', sum(length(block)) from answers_search_data union all "
            "select 'written', sum(length(block)) from answers_fts_data"
        )
    )
    size = sum(len(text.encode()) for text in texts)
    whole = connection.execute(
        "select sum(" + " + ".join(f"length(cast({c} as blob))" for c in "abcde") + ")"
        f" from (select 0, '' a, '' b, '' c, '' d, '' e where 0 union all {TEXTS})"
    ).fetchone()[0]
    return (
        f"terms: {1e6 * seconds / len(texts):.0f} microseconds an answer\n"
        f"index: {sizes['search'] / 2**20:.1f} MiB, {sizes['search'] / size:.0%} of the answers,"
        f" {sizes['search'] / whole:.0%} of all the texts in it; the words as written take"
        f" {sizes['written'] / size:.0%} of the answers"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("size", type=int, nargs="?", default=100_000)
    parser.add_argument("--db", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        db = given.db or built(given.size, folder)
        print(HEADER)
        for line in asyncio.run(measure(db, folder)):
            print(line)
        print(cost(db))


if __name__ == "__main__":
    main()
