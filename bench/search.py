"""How fast a search is: through the site's query `chercher`, beside two floors on the same file.

    python bench/search.py            100,000 answers
    python bench/search.py 10000      another size
    python bench/search.py --db FILE  a database that is there already

It invents a corpus (bench/corpus.py), builds it, serves it with a real Datasette in this process,
and asks one-word, three-word and phrase queries, drawn from the corpus's own answers.

How to read the figures, in milliseconds, median and 95th percentile:
  chercher      /questionnaires/chercher.json?q=...: the twenty best, ranked, with their extracts
  its SQL       the same query in bare sqlite3, without a server; goal: within 2 x of bare FTS5
  bare FTS5     select rowid from answers_fts where answers_fts match ... order by rank limit 20,
                in bare sqlite3
  ?_search=     /questionnaires/answers?_search=...&_size=20: Datasette's own page, which
                counts every hit and its facets; goal: chercher at least 10 x faster
The last line says what the search adds to the build: time to index, and bytes.
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
from urllib.parse import quote

import corpus
import yaml
from datasette.app import Datasette

from motamot.search.words import MARK, terms
from motamot.site import functions

ROOT = Path(__file__).parent.parent
ROUNDS = 40
COLUMNS = ("chercher", "its SQL", "bare FTS5", "?_search=")
HEADER = " " * 12 + "".join(f"{c:>19}" for c in COLUMNS) + f"{'SQL x':>10}{'x faster':>10}"


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
    found: dict[str, list[str]] = {"one word": [], "three words": [], "phrase": []}
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
            found["one word"].append(rng.choice(words))
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


async def measure(db: Path, folder: Path) -> Iterator[str]:
    """The lines of the table."""
    served = site(db, folder)
    await served.invoke_startup()
    bare = sqlite3.connect(db)
    functions.prepare(bare, lambda table, column, code: code)
    metadata = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))
    sql = metadata["databases"]["questionnaires"]["queries"]["chercher"]["sql"]
    match = "select rowid from answers_fts where answers_fts match ? order by rank limit 20"

    async def get(path: str) -> None:
        answer = await served.client.get(path)
        assert answer.status_code == 200, answer.text[:300]

    lines = []
    for kind, typed in queries(db).items():
        ours = [f"/questionnaires/chercher.json?_shape=array&q={quote(q)}" for q in typed]
        stock = [f"/questionnaires/answers?_size=20&_search={quote(q)}" for q in typed]
        await timed_pages(get, ours[:3])  # connections open, caches filled
        a = await timed_pages(get, ours)
        d = timed(lambda q: bare.execute(sql, {"q": q, "dans": "", "page": ""}).fetchall(), typed)
        b = timed(lambda q: bare.execute(match, (quoted(q),)).fetchall(), typed)
        c = await timed_pages(get, stock[:10])
        lines.append(
            f"{kind:12} {median(a):9.1f} {p95(a):8.1f} {median(d):9.1f} {p95(d):8.1f} "
            f"{median(b):9.1f} {p95(b):8.1f} "
            f"{median(c):9.1f} {p95(c):8.1f} {median(d) / median(b):9.1f} "
            f"{median(c) / median(a):9.1f}"
        )
    return iter(lines)


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[-1]


def cost(db: Path) -> str:
    """What the search's own index takes: seconds to make it again, bytes in the file."""
    connection = sqlite3.connect(db)
    start = time.perf_counter()
    connection.execute("create virtual table temp.again using fts5(terms, content = '')")
    rows = connection.execute("select rowid, text from answers")
    connection.executemany(
        "insert into temp.again (rowid, terms) values (?, ?)",
        ((rowid, terms(text, "fr") or MARK) for rowid, text in rows),
    )
    connection.commit()
    seconds = time.perf_counter() - start
    sizes = dict(
        connection.execute(
            "select 'search', sum(length(block)) from answers_search_data union all "
            "select 'fts', sum(length(block)) from answers_fts_data"
        )
    )
    whole = db.stat().st_size
    return (
        f"index: {seconds:.1f} s to make, {sizes['search'] / 2**20:.1f} MiB of {whole / 2**20:.1f} "
        f"(the words as written take {sizes['fts'] / 2**20:.1f})"
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
