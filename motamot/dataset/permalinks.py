"""Permalinks that outlive rebuilds: what was ever published, and where the rest went.

`raw/permalinks.txt` records every public identifier ever published, one a line, sorted; only
`build.py --release` writes it. `raw/redirects.yml` says what became of those that are no more:

    answers/exemple_3_liste-a: answers/exemple_4_liste-a
    answers/exemple_5_liste-a: {gone: Retirée à la demande de la liste, qui n’existe plus.}

A recorded identifier that is neither published nor declared is an error: a link would die.
"""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from motamot.dataset.documents import show
from motamot.text import files, yaml_file
from motamot.text.problems import Problem, Where

TABLES = (
    *("questionnaires", "sections", "questions", "respondents", "documents", "replies", "answers"),
    "revisions",
)
RECORD, REDIRECTS = "permalinks.txt", "redirects.yml"
MOST = 100_000_000  # bytes of the record of all that was ever published
_IDENTIFIER = re.compile(rf"(?:{'|'.join(TABLES)})/[a-z0-9_-]+")
_COMPARED = 300  # identifiers that are compared letter by letter for a suggestion


@dataclass(frozen=True)
class Redirect:
    """Where an identifier went: `new`, or nowhere and `gone` says why. `line` of redirects.yml."""

    old: str
    new: str | None
    gone: str | None
    line: int


class Ledger:
    """What was published before, beside what is published now. Holds identifiers only."""

    def __init__(self, folder: Path, recording: bool = False) -> None:
        """`recording`: whether `new` and `text` will be asked for, though nothing is recorded."""
        self._record = show(folder / RECORD)
        self._declared = show(folder / REDIRECTS)
        self.recorded, self._found = _record(folder / RECORD)  # identifier -> its line
        self._redirects, self._mentioned, found = _redirects(folder / REDIRECTS)
        self._found += found
        self._keeps = recording or bool(self.recorded or self._redirects)
        self._published: set[str] = set()
        self._ends: dict[str, Redirect] = {}  # identifier -> the last redirect of its chain
        self._unsure: set[str] = set()  # questionnaires that were read with errors

    def add(self, identifiers: Iterable[str]) -> None:
        """Take in what is published."""
        if self._keeps:
            self._published.update(identifiers)

    def doubt(self, questionnaire: str) -> None:
        """What a questionnaire with errors lacks may come back once they are mended."""
        self._unsure.add(questionnaire)

    def problems(self) -> list[Problem]:
        """All that is wrong, once everything that is published was taken in."""
        return [*self._found, *self._vanished(), *self._wrong_redirects()]

    def redirects(self) -> list[Redirect]:
        """Every redirect with the end of its chain, sorted; sound only without `problems`."""
        ends = ((old, self._end(old)) for old in sorted(self._redirects))
        return [Redirect(old, end.new, end.gone, end.line) for old, end in ends]

    def new(self) -> list[str]:
        """What is published and was never recorded, sorted."""
        return sorted(self._published - self.recorded.keys())

    def text(self) -> str:
        """The record with what is new: one identifier a line, sorted; nothing ever leaves it."""
        return "".join(f"{path}\n" for path in sorted(self._published | self.recorded.keys()))

    # --- what may be wrong ----------------------------------------------------------------------

    def _vanished(self) -> Iterator[Problem]:
        missing = [
            path
            for path in self.recorded
            if path not in self._published and path not in self._mentioned
        ]
        near = _Nearest(self.new()) if missing else None
        for path in missing:
            if near is None or self._may_come_back(path):
                continue
            suggested = near.to(path)
            line = f"{path}: {suggested}" if suggested else f"{path}: {{gone: why}}"
            yield Problem(
                Where(self._record, self.recorded[path]),
                "error",
                f"“{path}”, which was published, to be there still",
                f"“{suggested}”, which is new" if suggested else "nothing like it",
                f"Bring it back, or write where it went in {self._declared}, "
                f"for instance “{line}”.",
            )

    def _may_come_back(self, path: str) -> bool:
        table, _, identifier = path.partition("/")
        if table == "respondents":
            return bool(self._unsure)
        return identifier.split("_")[0] in self._unsure

    def _wrong_redirects(self) -> Iterator[Problem]:
        for old, redirect in self._redirects.items():
            where = Where(self._declared, redirect.line)
            if old in self._published:
                yield Problem(
                    where,
                    "error",
                    "an identifier that is published no more",
                    f"“{old}”, which is",
                    "Remove that line, or the redirect would hide the page.",
                )
            elif old not in self.recorded:
                near = get_close_matches(old, list(islice(self.recorded, 3000)), n=1)
                yield Problem(
                    where,
                    "warning",
                    f"an identifier that {self._record} records",
                    f"“{old}”",
                    f"Did you mean “{near[0]}”?" if near else "Check its spelling.",
                )
            end = self._end(old)
            if end.new is None or end.new in self._published:
                continue
            if end.new in self._redirects:
                yield Problem(
                    where,
                    "error",
                    "a redirect that leads to a page",
                    f"one that leads back to “{end.new}”",
                    "Write where the last of them went.",
                )
            elif redirect.new == end.new and not self._may_come_back(end.new):
                same = [p for p in self._published if p.split("/")[0] == end.new.split("/")[0]]
                suggested = _Nearest(sorted(same)).to(end.new)
                yield Problem(
                    where,
                    "error",
                    f"an identifier that is published after “{old}:”",
                    f"“{end.new}”",
                    f"Did you mean “{suggested}”?" if suggested else "Write {gone: why} instead.",
                )

    def _end(self, old: str) -> Redirect:
        """The last redirect of a chain; one that was met before when the chain is a loop."""
        seen = {old}
        redirect = self._ends.get(old) or self._redirects[old]
        while redirect.new in self._redirects and redirect.new not in self._published:
            if redirect.new in seen:
                break
            seen.add(redirect.new)
            redirect = self._ends.get(redirect.new) or self._redirects[redirect.new]
        self._ends |= dict.fromkeys(seen, redirect)
        return redirect


class _Nearest:
    """Finds the identifier that a vanished one most likely became: the one that shares all its
    parts but one (`exemple_*_liste-a`), else the one that is spelt alike."""

    def __init__(self, paths: list[str]) -> None:
        self._paths = paths
        self._by_parts: dict[tuple[str, ...], list[str]] = {}
        for path in paths:
            for parts in _without_one(path):
                self._by_parts.setdefault(parts, []).append(path)

    def to(self, path: str) -> str | None:
        """The nearest of them; None when none is like it."""
        alike = [p for parts in _without_one(path) for p in self._by_parts.get(parts, ())]
        table = path.split("/")[0]
        same = (p for p in alike or self._paths if p.split("/")[0] == table)
        cutoff = 0.0 if alike else 0.6
        return next(iter(get_close_matches(path, islice(same, _COMPARED), 1, cutoff)), None)


def _without_one(path: str) -> list[tuple[str, ...]]:
    table, _, identifier = path.partition("/")
    parts = identifier.split("_")
    if len(parts) < 2:
        return []
    return [(table, *parts[:at], "*", *parts[at + 1 :]) for at in range(len(parts))]


# --- the two files --------------------------------------------------------------------------------


def _record(path: Path) -> tuple[dict[str, int], list[Problem]]:
    """permalinks.txt: identifier -> the line it stands on."""
    recorded: dict[str, int] = {}
    problems: list[Problem] = []
    if not os.path.lexists(path):
        return recorded, problems
    data = files.read(path, MOST)
    if isinstance(data, Problem):
        return recorded, [data]
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        problem = Problem(
            Where(show(path)),
            "error",
            "a text file with one identifier a line",
            "something else",
            "Take it back from an earlier version: build.py --release alone writes it.",
        )
        return recorded, [problem]
    for number, line in enumerate(lines, 1):
        found = line.strip()
        if _IDENTIFIER.fullmatch(found):
            recorded.setdefault(found, number)
        elif found:
            problems.append(
                Problem(
                    Where(show(path), number),
                    "error",
                    "one identifier a line, such as answers/exemple_3_liste-a",
                    f"“{found[:80]}”",
                    "Take that line back from an earlier version, or remove it.",
                )
            )
    return recorded, problems


def _redirects(path: Path) -> tuple[dict[str, Redirect], Container[str], list[Problem]]:
    """redirects.yml: identifier -> where it went; and every identifier that it speaks of, any at
    all when it cannot be read."""
    if not os.path.lexists(path):
        return {}, (), []
    shown = show(path)
    mapping, problems = yaml_file.load(path, shown)
    if problems and not mapping.entries:
        return {}, _Anything(), problems
    redirects: dict[str, Redirect] = {}
    for old, entry in mapping.entries.items():
        gone = entry.below.text("gone") if entry.below else None
        if entry.below:
            problems += yaml_file.wrong_keys(entry.below, ("gone",), shown)
        if entry.text or gone:
            redirects[old] = Redirect(old, entry.text, gone, entry.line)
        elif not (entry.below and entry.below.entries.keys() - {"gone"}) and all(
            problem.where.line != entry.line for problem in problems
        ):
            problems.append(
                Problem(
                    Where(shown, entry.line),
                    "error",
                    f"where “{old}” went, or {{gone: why}}",
                    "nothing",
                    "Write an identifier that is published, or a sentence that says why.",
                )
            )
    return redirects, mapping.entries, problems


class _Anything(Container[str]):
    def __contains__(self, _: object) -> bool:
        return True
