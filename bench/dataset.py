"""What a download of the whole dataset and a page of it cost, beside bare sqlite3 and csv.

    python bench/dataset.py                  2,000 and 20,000 answers
    python bench/dataset.py 1000 50000       other sizes

Each size is invented (bench/corpus.py), built, and served by a Datasette in this process. The floor
reads the same rows with sqlite3 and writes them with csv, in the same run. The goal: the whole CSV
within 3 times its floor at every size, and a page that does not grow with the dataset.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import corpus
from datasette.app import Datasette

ROOT = Path(__file__).parent.parent
TIMES = 3  # the best of so many


def floor(db: Path) -> float:
    """Seconds for bare sqlite3 and csv."""
    begun = time.perf_counter()
    connection = sqlite3.connect(db)
    rows = connection.execute("SELECT * FROM dataset")
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(column[0] for column in rows.description)
    writer.writerows(rows)
    written.getvalue().encode()
    connection.close()
    return time.perf_counter() - begun


async def best(ask: Callable[[], Awaitable[object]]) -> float:
    """Seconds of the quickest of several requests."""
    found = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await ask()
        found.append(time.perf_counter() - begun)
    return min(found)


async def measure(site: Datasette, db: Path) -> str:
    """One line of the table."""
    plain = {"accept-encoding": "identity"}
    await site.invoke_startup()

    async def whole() -> None:
        answer = await site.client.get("/questionnaires/dataset.csv?_stream=1", headers=plain)
        assert answer.status_code == 200

    async def page() -> None:
        assert (await site.client.get("/questionnaires/dataset")).status_code == 200

    least, csv_, html = min(floor(db) for _ in range(TIMES)), await best(whole), await best(page)
    return f"{least:>10.3f}{csv_:>10.3f}{csv_ / least:>10.1f}{html:>10.3f}{html / least:>14.2f}"


def main() -> None:
    """Measure every size, smallest first, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[2_000, 20_000])
    print(
        f"{'answers':>9}{'floor s':>10}{'csv s':>10}{'x floor':>10}{'page s':>10}{'page/floor':>14}"
    )
    for size in sorted(parser.parse_args().sizes):
        with tempfile.TemporaryDirectory(prefix="motamot-bench-") as name:
            folder = Path(name)
            answers = corpus.write_with_truth(folder, size)
            db = folder / "questionnaires.db"
            command = [sys.executable, ROOT / "build.py", "--quiet", "--raw", folder / "raw"]
            subprocess.run([*command, "--db", db], check=True, stderr=subprocess.DEVNULL)
            for kept in ("metadata.yml", "settings.json"):
                shutil.copy(ROOT / kept, folder)
            for kept in ("templates", "static"):
                shutil.copytree(ROOT / kept, folder / kept)
            line = asyncio.run(measure(Datasette(config_dir=folder), db))
            print(f"{answers:>9,}{line}", flush=True)


if __name__ == "__main__":
    main()
