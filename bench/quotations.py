"""How fast a quotation is checked: exact, cut, altered, absent; on a database that is there.

    python bench/quotations.py FILE        a database of Mot à mot, such as bench/search.py builds
    python bench/quotations.py FILE 50     so many quotations of each kind (200 if not said)

Prints, for each kind, the median and the worst time in milliseconds, the floor (the same words as
one phrase in bare FTS5), how many times the floor the median is, and how many got the verdict that
they must get: words of an answer *exact*, with a marked cut *cut*, with one word changed *near* and
the difference named, words drawn from all answers not *exact*. Then how long an article of thirty
takes, in seconds. Goals at 100,000 answers: each median within 50 ms, the worst within a second; an
article within two seconds at 10,000.
"""

from __future__ import annotations

import random
import re
import sqlite3
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from motamot.quoting.places import verify
from motamot.search.index import languages_of


def quotations(texts: list[str], rng: random.Random, count: int) -> dict[str, list[str]]:
    """`count` of each kind, of 5 to 60 words."""
    kinds: dict[str, list[str]] = {"exact": [], "with a cut": [], "near": [], "absent": []}
    everything = [word for text in texts for word in text.split()]
    while min(map(len, kinds.values())) < count:
        words = rng.choice(texts).split()
        size = min(rng.randint(5, 60), len(words))
        start = rng.randint(0, len(words) - size)
        taken = words[start : start + size]
        if size < 5:
            continue
        kinds["exact"].append(" ".join(taken))
        if size >= 12:
            third = size // 3
            kinds["with a cut"].append(" ".join([*taken[:third], "[…]", *taken[2 * third :]]))
        changed = list(taken)
        changed[rng.randrange(1, size - 1)] = "zarbouille"
        kinds["near"].append(" ".join(changed))
        kinds["absent"].append(" ".join(rng.choice(everything) for _ in range(size)))
    return {kind: found[:count] for kind, found in kinds.items()}


def main() -> None:
    connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    languages = languages_of(connection)
    rows = connection.execute("select text from answers where words > 20 order by id").fetchall()
    rng = random.Random(5)
    texts = [row[0] for row in rng.sample(rows, min(3 * count, len(rows)))]
    right: dict[str, Callable[[dict], bool]] = {
        "exact": lambda found: found["verdict"] == "exact",
        "with a cut": lambda found: found["verdict"] == "cut",
        "near": lambda found: (
            found["verdict"] == "near" and "zarbouille" in str(found["matches"][0]["remarks"])
        ),
        "absent": lambda found: found["verdict"] in ("absent", "near"),
    }
    heads = ("median ms", "worst ms", "floor ms", "x floor", "right")
    print(f"{len(rows)} answers\n{'':12}" + "".join(f"{head:>12}" for head in heads))
    kinds = quotations(texts, rng, count)
    for kind, asked in kinds.items():
        times, floors, good = [], [], 0
        for quotation in asked:
            floors.append(timed(bare, connection, quotation)[0])
            taken, found = timed(verify, connection, languages, quotation)
            times.append(taken)
            good += right[kind](found)
        middle, floor = median(times), median(floors)
        print(
            f"{kind:12}{middle:12.1f}{max(times):12.0f}{floor:12.2f}{middle / floor:12.1f}"
            f"{good:8}/{len(asked)}"
        )
    article = [asked[n] for asked in kinds.values() for n in range(8)][:30]
    taken = sum(timed(verify, connection, languages, each)[0] for each in article)
    print(f"an article of {len(article)}: {taken / 1000:.2f} s")


def timed(function: Callable, *arguments: object) -> tuple[float, Any]:
    """Milliseconds, and what the function gave."""
    start = time.perf_counter()
    found = function(*arguments)
    return 1000 * (time.perf_counter() - start), found


def bare(connection: sqlite3.Connection, quotation: str) -> list[tuple]:
    """The answers that have all these words in a row, as FTS5 alone finds them."""
    phrase = '"' + " ".join(re.findall(r"\w+", quotation)) + '"'
    sql = "select rowid from answers_fts where answers_fts match ? limit 10"
    return connection.execute(sql, (phrase,)).fetchall()


if __name__ == "__main__":
    main()
