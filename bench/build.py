"""How fast a build is, how much memory it takes, and how far it is from the least possible.

    make bench                               2,000 and 20,000 answers
    python bench/build.py 1000 100000        other sizes

For each size it invents a corpus (bench/corpus.py), runs `python build.py` on it in a process of
its own (every reading is a guess), writes the records down (`receive`), runs the build again from
nothing, changes one document and builds once more over the earlier database; it checks the database
against what was invented, and runs the floor (bench/floor.py). Everything is written to a temporary
folder ($TMPDIR), and removed after.

How to read the figures:
  build s       wall-clock of a build of recorded readings from nothing, Python's own start included
                (0.2 s or so, which weighs on the smallest size)
  answers/s     answers / build s
  peak MiB      the most memory that one process of the build held (getrusage's ru_maxrss)
  floor s       the same questions and answers into bare sqlite3 with FTS5, its start included too
  x floor       build s / floor s: what cutting, checking, rendering and proving cost
  guessed       a build without records / build s: what reading costs
  rebuilt       a build after one document changed / build s
  rebuilt g.    the same without records / the build without records
  memory ratio  peak at the largest size / peak at the next smaller one: about 1 when memory does
                not grow with the corpus; the goal is 1.5 at most

Exit code 1 when a build fails, or reads something else than what was invented.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import corpus

HERE = Path(__file__).parent
BUILD = HERE.parent / "build.py"
GOAL = 1.5
UNIT = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss: bytes on macOS, KiB elsewhere


@dataclass(frozen=True)
class Run:
    """What one process took: wall-clock seconds and mebibytes at its peak."""

    seconds: float
    peak: float


@dataclass(frozen=True)
class Measure:
    """One line of the table."""

    answers: int
    build: Run
    floor: Run
    guessed: Run
    rebuilt: Run
    guessed_again: Run

    def __str__(self) -> str:
        rate = self.answers / self.build.seconds
        return (
            f"{self.answers:>9,}{self.build.seconds:>10.2f}{rate:>11,.0f}{self.build.peak:>10.1f}"
            f"{self.floor.seconds:>10.2f}{self.build.seconds / self.floor.seconds:>10.1f}"
            f"{self.guessed.seconds / self.build.seconds:>10.2f}"
            f"{self.rebuilt.seconds / self.build.seconds:>10.2f}"
            f"{self.guessed_again.seconds / self.guessed.seconds:>12.2f}"
        )


HEADER = (
    f"{'answers':>9}{'build s':>10}{'answers/s':>11}{'peak MiB':>10}{'floor s':>10}{'x floor':>10}"
    f"{'guessed':>10}{'rebuilt':>10}{'rebuilt g.':>12}"
)


def run(*command: str | Path) -> Run:
    """Run a Python script to its end; what it prints is shown only when it fails."""
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen([sys.executable, *command], stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read()[-4000:].decode(errors="replace")
            sys.exit(f"{said}\n{' '.join(map(str, command))}: exit code {process.returncode}")
    return Run(seconds, usage.ru_maxrss / UNIT)


def measure(size: int) -> Measure:
    """Invent a corpus, build it in each way, check what was read, and measure the floor."""
    with tempfile.TemporaryDirectory(prefix="motamot-bench-") as name:
        folder = Path(name)
        answers = corpus.write_with_truth(folder, size)
        raw, db = folder / "raw", folder / "questionnaires.db"
        command = (BUILD, "--quiet", "--raw", raw, "--db", db)
        guessed = run(*command)
        change(raw)
        guessed_again = run(*command)
        change(raw, back=True)
        run(BUILD, "receive", "--raw", raw, raw)
        shutil.rmtree(HERE.parent / ".kept", ignore_errors=True)
        build = run(*command)
        wrong = list(corpus.check_truth(folder, db))
        if wrong:
            shown = "\n".join(wrong[:20])
            sys.exit(f"{shown}\n{len(wrong)} documents were not read as they were written")
        floor = run(HERE / "floor.py", db, folder / "floor.db")
        changed = change(raw)
        changed.with_suffix(".reading").unlink()
        run(BUILD, "receive", "--raw", raw, changed)
        rebuilt = run(*command)
    return Measure(answers, build, floor, guessed, rebuilt, guessed_again)


def change(raw: Path, *, back: bool = False) -> Path:
    """Change one word of an answer in the last document, or change it back."""
    document = sorted(raw.glob("*/*.md"))[-1]
    words = ("ville", "cité")
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace(*(reversed(words) if back else words)), encoding="utf-8")
    return document


def main() -> None:
    """Measure every size, smallest first, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[2_000, 20_000])
    measures: list[Measure] = []
    sizes = sorted(parser.parse_args().sizes)
    if sizes[0] < 1:
        parser.error("a size is a number of answers, from 1")
    print(HEADER, flush=True)
    for size in sizes:
        measures.append(measure(size))
        print(measures[-1], flush=True)
    if len(measures) > 1:
        before, last = measures[-2:]
        ratio = last.build.peak / before.build.peak
        print(
            f"memory ratio, {last.answers:,} / {before.answers:,} answers: {ratio:.2f} "
            f"(goal: at most {GOAL}; {'kept' if ratio <= GOAL else 'MISSED'})"
        )


if __name__ == "__main__":
    main()
