"""A received file -> its place in raw/, unchanged; its text, and the first record of a reading."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from motamot.receiving import formats
from motamot.receiving.converted import Converted, Doubt, Refused
from motamot.recording.cut import passages_of
from motamot.recording.record import SUFFIX, Entry, Original, Place, first_words
from motamot.text import files, yaml_file
from motamot.text.problems import Problem, Where
from motamot.text.whole import replacing

_NUMBER = re.compile(r"\W*(?:[^\W\d_]+\s+)?(\d+(?:[.-]\d+|[a-z])?)\s*[.):–-]")
_MOST = 50_000_000  # bytes of a received file
_KINDS = ("title", "preamble", "section", "question", "answer", "note", "text")


@dataclass(frozen=True)
class Taken:
    """Where a document stands in raw/; what it was drawn from, and the doubts of that."""

    document: Path
    original: Original | None = None
    doubts: tuple[Doubt, ...] = ()


def take(file: Path, folder: Path, stem: str, most: int) -> tuple[Taken | None, list[Problem]]:
    """Copy a file into a questionnaire's folder, byte for byte, and put beside it the text that it
    holds, unless it is one. What stands there is never overwritten; what has more than `most` bytes
    of text is not taken in. (None, what is wrong) when it was not."""
    data = files.read(Path(os.path.realpath(file)), _MOST)
    if isinstance(data, Problem):
        return None, [data]
    inside = file.parent.resolve() == folder.resolve()
    try:
        kind, doubt = formats.kind_of(file.name, data)
        if kind in formats.TEXTS:
            wrong = _too_long(file, data, most) or _put(
                {folder / f"{stem}{kind}": data}, folder, stem
            )
            return _taken(wrong, Taken(folder / f"{stem}{kind}", None, _doubts(doubt)))
        original = file if inside else folder / f"{stem}{kind}"
        document = folder / f"{stem}.md"
        recorded = document.with_suffix(SUFFIX).exists() and document.exists()
        there = files.read(document, most) if recorded else None
        if isinstance(there, Problem):
            return None, [there]
        made, by = _converted(kind, data, there)
    except Refused as error:
        expected = f"a reply in one of the formats {', '.join(formats.SUFFIXES)}"
        return None, [Problem(Where(file.as_posix()), "error", expected, error.found, error.action)]
    text = made.text.encode() if there is None else there
    wrong = _too_long(file, text, most) or _put({original: data, document: text}, folder, stem)
    drawn = Original(original.name, hashlib.sha256(data).hexdigest(), by)
    return _taken(wrong, Taken(document, drawn, (*_doubts(doubt), *made.doubts)))


def _doubts(sentence: str) -> tuple[Doubt, ...]:
    return ((1, sentence),) if sentence else ()


def _taken(wrong: Problem | None, taken: Taken) -> tuple[Taken | None, list[Problem]]:
    return (None, [wrong]) if wrong else (taken, [])


def _converted(kind: str, data: bytes, there: bytes | None) -> tuple[Converted, str]:
    """The text of a file, and what drew it. Of a text that is there, with a record, only what this
    conversion doubts; nothing where it would be another text. Raises Refused."""
    if there is None:
        return formats.converted(kind, data)
    try:
        made, by = formats.converted(kind, data)
    except Refused:
        return Converted(""), "nothing"
    return made if made.text.encode() == there else Converted(""), by


def _too_long(file: Path, text: bytes, most: int) -> Problem | None:
    if len(text) <= most:
        return None
    expected, found = f"a text of at most {most:,} bytes", f"one of {len(text):,}"
    action = "Leave out what is no text, or part it."
    return Problem(Where(file.as_posix()), "error", expected, found, action)


def _put(made: Mapping[Path, bytes], folder: Path, stem: str) -> Problem | None:
    """Write files that are not there yet; none when other words of the list stand there."""
    texts = [folder / f"{stem}{suffix}" for suffix in formats.TEXTS]
    for path in dict.fromkeys([*made, *texts]):
        if os.path.lexists(path):
            there = files.read(path, _MOST)
            if isinstance(there, Problem):
                return there
            if there != made.get(path):
                return _other(path, stem)
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in made.items():
        if not os.path.lexists(path):
            with replacing(path) as writing:
                writing.write_bytes(data)
    return None


def _other(path: Path, stem: str) -> Problem:
    return Problem(
        Where(path.as_posix()),
        "error",
        f"no document of “{stem}” yet",
        "one with other words",
        "Give the day on which this one came with --date, when it is a later version; else "
        "another --respondent.",
    )


def with_doubts(entries: Sequence[Entry], doubts: Sequence[Doubt]) -> list[Entry]:
    """The lines of a record, each with the doubts that the conversion had of its passage."""
    made = list(entries)
    placed = [(entry.at[0], at) for at, entry in enumerate(made) if entry.at]
    for line, sentence in doubts if placed else ():
        above = [at for first, at in placed if first <= line]
        at = above[-1] if above else placed[0][1]
        said = " ".join(sentence.split())
        remark = f"{made[at].remark}; {said}" if made[at].remark else said
        made[at] = replace(made[at], doubtful=True, remark=remark)
    return made


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
