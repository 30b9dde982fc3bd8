"""How fast a quotation is checked: exact, altered and absent ones, on a database that is there.

    python bench/quotations.py FILE        a database of Mot à mot, such as bench/search.py builds
    python bench/quotations.py FILE 50     so many quotations of each kind (200 if not said)

Prints, for each kind, the median and the worst time in milliseconds, and how many got the verdict
that they must get: words of an answer *exact*, with one word changed *near* and the difference
named, words drawn from all answers not *exact*. Goal: the worst within a second.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Callable
from statistics import median

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
    print(f"{len(rows)} answers\n{'':12}{'median ms':>12}{'worst ms':>12}{'right':>12}")
    for kind, asked in quotations(texts, rng, count).items():
        times, good = [], 0
        for quotation in asked:
            start = time.perf_counter()
            found = verify(connection, languages, quotation)
            times.append(1000 * (time.perf_counter() - start))
            good += right[kind](found)
        print(f"{kind:12}{median(times):12.0f}{max(times):12.0f}{good:8}/{len(asked)}")


if __name__ == "__main__":
    main()
