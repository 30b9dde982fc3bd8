"""A received file -> its place in raw/, unchanged; and the first record of its reading."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from motamot.recording.cut import passages_of
from motamot.recording.record import Entry, Place, first_words
from motamot.text import files, yaml_file
from motamot.text.problems import Problem, Where
from motamot.text.whole import replacing

_NUMBER = re.compile(r"\W*(?:[^\W\d_]+\s+)?(\d+(?:[.-]\d+|[a-z])?)\s*[.):–-]")
_KINDS = ("title", "preamble", "section", "question", "answer", "note", "text")


def place(file: Path, folder: Path, stem: str, most: int) -> tuple[Path, list[Problem]]:
    """Copy a file into a questionnaire's folder, byte for byte; what stands there is never
    overwritten, and what has more bytes than `most` is not taken in. (where it is now, what is
    wrong)."""
    target = folder / f"{stem}{file.suffix.lower()}"
    data = files.read(Path(os.path.realpath(file)), most)
    there = files.read(target, most) if os.path.lexists(target) else None
    if isinstance(data, Problem) or isinstance(there, Problem):
        return target, [each for each in (data, there) if isinstance(each, Problem)]
    if there is None:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(target) as writing:
            writing.write_bytes(data)
    elif there != data:
        problem = Problem(
            Where(target.as_posix()),
            "error",
            f"no document of “{stem}” yet",
            "one with other words",
            "Give the day on which this one came with --date, when it is a later version; else "
            "another --respondent.",
        )
        return target, [problem]
    return target, []


def settled_lines(folder: Path, stem: str) -> dict[int, str]:
    """What `reading:` in questionnaire.yml said of a document's lines, before it had a record:
    line -> kind. It is read here alone, to become a record."""
    path = folder / "questionnaire.yml"
    mapping, _ = yaml_file.load(path, path.as_posix()) if path.exists() else (None, None)
    reading = mapping.entries.get("reading") if mapping else None
    lines = reading.below.entries.get(stem) if reading and reading.below else None
    return {
        int(line): kind.text
        for line, kind in (lines.below.entries if lines and lines.below else {}).items()
        if line.isdecimal() and kind.text in _KINDS
    }


def settled(text: str, entries: Sequence[Entry], lines: Mapping[int, str]) -> list[Entry]:
    """A reading with lines that a person settled, each a doubt still: the record shows what
    became of it."""
    made = list(entries)
    for line, kind in sorted(lines.items()):
        here = [e for e in made if e.at and e.at[0] == line]
        if any(e.kind == kind for e in here):
            continue
        gone = {e.number for e in here if e.kind == "question"}
        made = [e for e in made if e not in here and not (e.number and e.number in gone)]
        before = [e for e in made if e.at and e.at[0] < line]
        asked = [e for e in before if e.kind == "question"]
        owner = asked[-1].number if asked else None
        if kind == "question":
            made += _question(text, made, line, owner)
        elif kind == "answer" and owner:
            made = [e for e in made if e.number != owner or e.kind == "question"]
            made.append(_new("answer", line, owner))
        elif kind not in ("answer", "text"):
            made.append(_new(kind, line))
        made.sort(key=lambda e: e.at or (10**9, 0))
    ended = {e.at: end for e, end in _with_end(entries)}
    kept = [e if ended.get(e.at) == end else replace(e, after="") for e, end in _with_end(made)]
    return with_words(text, kept)


def _with_end(entries: Sequence[Entry]) -> list[tuple[Entry, Place | None]]:
    """Each entry with the place where its passage ends: a label after is good for that end only."""
    places = [e.at for e in entries if e.at]
    following = dict(pairwise(places))
    return [(e, following.get(e.at) if e.at else None) for e in entries]


def _question(text: str, made: Sequence[Entry], line: int, owner: str | None) -> list[Entry]:
    """A question's line, and where its answer begins: the first line with words after a blank
    one."""
    rows = text.split("\n")
    label = _NUMBER.match(rows[line - 1]) if line <= len(rows) else None
    number = label[1] if label else f"{owner or '0'}bis"
    while any(e.number == number for e in made):
        number += "bis"
    following = min((e.at[0] for e in made if e.at and e.at[0] > line), default=len(rows) + 1)
    gap = next((n for n in range(line, following) if not rows[n - 1].strip()), following)
    answer = next((n for n in range(gap, following) if rows[n - 1].strip()), None)
    question = _new("question", line, number)
    found = _new("answer", answer, number) if answer else Entry("blank", None, number)
    return [question, found]


def _new(kind: str, line: int, number: str | None = None) -> Entry:
    remark = "from reading: in questionnaire.yml"
    return Entry(kind, (line, 1), number, doubtful=True, remark=remark)  # type: ignore[arg-type]


def with_words(text: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries with the first words of each passage."""
    bare = [replace(e, words=None, goes_on=False) for e in entries]
    passages, _ = passages_of(text, bare, "", "")
    placed = iter(p for p in passages if p.char_end > p.char_start)
    found: list[Entry] = []
    for entry in bare:
        passage = next(placed, None) if entry.at else None
        if passage:
            words, goes_on = first_words(passage.words(text))
            entry = replace(entry, words=words or None, goes_on=goes_on)
        found.append(entry)
    return found
