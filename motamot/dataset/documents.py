"""One folder's documents: bytes and record -> passages; without a record, by a guess."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from motamot.dataset.model import Received, versioned
from motamot.recording.cut import Asked, passages_of
from motamot.recording.record import FIXED_HERE, SUFFIX, Entry, Record, named, parse, record_of
from motamot.text import files
from motamot.text.patience import Overlong, within
from motamot.text.problems import Problem, Where
from motamot.text.source import Lines, decode

BLANK_STEM = "questions"  # questions.md: the questionnaire as it was sent
SUFFIXES = (".md", ".txt")
LARGEST = 500_000  # bytes of a document: some 250 pages, read in less than a second
# (text, path, known questions, blank=, declined=, names=) -> the lines of a record, what to look at
Guess = Callable[..., tuple[Sequence[Entry], list[Problem]]]


def show(path: Path) -> str:
    """A path as the user gave it, with forward slashes."""
    return path.as_posix()


@dataclass(frozen=True)
class Opened:
    """A document and its record, read from their files; `sound` when both could be."""

    path: str
    name: str
    stem: str
    text: str
    encoding: str
    sha256: str
    bytes: int
    record: Record | None
    sound: bool


@dataclass(frozen=True)
class Documents:
    """What one folder holds. `reference` fixes the questions: None when there is no document."""

    blank: Received | None
    received: tuple[Received, ...]
    reference: Received | None


def read_documents(
    paths: Sequence[Path],
    declined: frozenset[str],
    guess: Guess,
    names: Mapping[str, str],
) -> tuple[Documents, list[Problem]]:
    """Read and cut each document of a folder; `declined` are those whose letter answers
    nothing, `names` those of whoever may answer. The one that fixes the questions comes first: the
    others are guessed beside it."""
    guess = partial(guess, names=names)
    problems: list[Problem] = []
    opened: list[Opened] = []
    beside = {path.name for path in paths}
    for path in paths:
        found, wrong = open_document(path, beside)
        problems += wrong
        opened += [found] if found else []
    blank = next((o for o in opened if o.stem == BLANK_STEM), None)
    fixing, wrong = _fixing(opened, blank)
    problems += wrong
    cut: dict[str, Received] = {}
    reference: Received | None = None
    letters = _letters(opened, declined)
    for each in sorted(opened, key=lambda o: o is not fixing):
        known = reference.asked if reference else ()
        try:
            with within(each.path, each.text):
                received, wrong = _cut(each, known, guess, declined=each.path in letters)
        except Overlong as error:
            refused = replace(each, record=None, sound=False)
            received, wrong = _cut(refused, known, guess, declined=True)
            problems.append(error.problem)
        problems += wrong
        cut[each.path] = received
        if reference is None and (received.questions or each is fixing):
            reference = received
    received_ = tuple(cut[o.path] for o in opened if o.stem != BLANK_STEM)
    made = Documents(cut[blank.path] if blank else None, received_, reference)
    return replace(made, reference=reference or next(iter(received_), None)), problems


def _letters(opened: Sequence[Opened], declined: frozenset[str]) -> set[str]:
    """The last document of each of those who declined: what they had answered before stays so."""
    by_day = sorted((versioned(o.stem)[1] or "", versioned(o.stem)[0], o.path) for o in opened)
    last = {owner: path for _, owner, path in by_day}
    return {path for owner, path in last.items() if owner in declined}


def open_document(path: Path, beside: Collection[str]) -> tuple[Opened | None, list[Problem]]:
    """Read a document and the record beside it; None when the document cannot be read. `beside` are
    the names of the documents of its folder."""
    data = files.read(path, LARGEST)
    if isinstance(data, Problem):
        return None, [data]
    problems: list[Problem] = []
    digest = hashlib.sha256(data).hexdigest()
    record, wrong = _record(path, beside)
    text, encoding = "", "utf-8"
    if record is not None:
        encoding = record.encoding
        text, wrong = _as_recorded(path, data, digest, record)
    elif not wrong:
        text, encoding, problems = decode(data, show(path))
        if problems and not text:
            return None, problems
    sound = not wrong
    shown = show(path)
    made = Opened(shown, path.name, path.stem, text, encoding, digest, len(data), record, sound)
    return made, [*problems, *wrong]


def _as_recorded(path: Path, data: bytes, digest: str, record: Record) -> tuple[str, list[Problem]]:
    """The text of a document that a record speaks of, which may be of no other."""
    wrong = list(_changed(path, record, digest))
    text = _decoded(data, record.encoding)
    if text is None and not wrong:
        where = Where(show(path.with_suffix(SUFFIX)), record.line_of("encoding"))
        expected, found = f"the encoding of {show(path)}", f"“{record.encoding}”"
        action = "Write the one that its first record had, most often utf-8."
        wrong.append(Problem(where, "error", expected, found, action))
    return text or "", wrong


def _record(path: Path, beside: Collection[str]) -> tuple[Record | None, list[Problem]]:
    """The record beside a document, None when there is none or it cannot be read. The record of
    another file of the same name (`a.txt` beside `a.md`) is not its own; `beside` are the names of
    the documents of its folder."""
    file = path.with_suffix(SUFFIX)
    if not os.path.lexists(file):
        return None, []
    data = files.read(file)
    if isinstance(data, Problem):
        return None, [data]
    try:
        text = data.decode("utf-8-sig")
        at = text.find("\0")
        found = "" if at < 0 else "a NUL character"
    except UnicodeDecodeError as error:
        at, found = error.start, f"the byte {data[error.start]:#04x}"
    if found:
        where = Where(show(file), data.count(b"\n", 0, at) + 1)
        return None, [Problem(where, "error", "a record in UTF-8", found, "Save it as UTF-8.")]
    try:
        with within(show(file), text):
            record, problems = parse(text, show(file))
    except Overlong as error:
        return None, [error.problem]
    if record and record.document != path.name and record.document in beside:
        return None, []
    return record, problems


def _changed(path: Path, record: Record, digest: str) -> Iterator[Problem]:
    """A record is of one document, byte for byte."""
    file = show(path.with_suffix(SUFFIX))
    if record.document != path.name:
        where = Where(file, record.line_of("document"))
        expected, found = f"“document: {path.name}”", f"“document: {record.document}”"
        yield Problem(where, "error", expected, found, "Write the name of the file beside it.")
    if record.sha256 != digest:
        yield Problem(
            Where(file, record.line_of("sha256")),
            "error",
            f"the document that was read, of SHA-256 {record.sha256[:12]}…",
            f"another {show(path)}, {digest[:12]}…",
            "Take the document back from an earlier version; if the new one is right, remove the "
            f"record and run `build.py receive {show(path)}`.",
        )
    if record.original:
        yield from _original(path, record, Where(file, record.line_of("original")))


def _original(path: Path, record: Record, where: Where) -> Iterator[Problem]:
    """The file that the text was drawn from is kept beside it, unchanged."""
    assert record.original
    file = path.with_name(record.original.name)
    digest = files.sha256(file)
    if isinstance(digest, Problem):
        yield digest
    elif digest != record.original.sha256.lower():
        expected = f"{show(file)} as it was received, {record.original.sha256[:12]}…"
        action = "Take it back from an earlier version."
        yield Problem(where, "error", expected, "another file of that name", action)


def _decoded(data: bytes, encoding: str) -> str | None:
    """Bytes as a record says; None when they are not in that encoding, to the last one."""
    try:
        text = data.decode(encoding)
        text.encode()  # some of Python's own encodings hold what is no character
        return text if text.encode(encoding) == data else None
    except (ValueError, LookupError):
        return None


def _fixing(opened: Sequence[Opened], blank: Opened | None) -> tuple[Opened | None, list[Problem]]:
    """The document that fixes the questions, as the records say; None when none does yet."""
    saying = [o for o in opened if o.record and o.record.questions == FIXED_HERE]
    fixing = blank or next(iter(saying), None)
    problems: list[Problem] = []
    for each in opened:
        record = each.record
        if record is None or (record.questions == FIXED_HERE and each is fixing):
            continue
        where = Where(record_of(each.path), record.line_of("questions"))
        if fixing is None:
            found = f"none of the records of this folder that says “questions: {FIXED_HERE}”"
            expected = "one document that fixes the questions"
            action = "Save the blank questionnaire as questions.md, or write it in one record."
            return None, [Problem(where, "error", expected, found, action)]
        if record.questions != fixing.name:
            expected = f"“questions: {fixing.name}”, which fixes them"
            found, action = f"“questions: {record.questions}”", "Write that."
            problems.append(Problem(where, "error", expected, found, action))
    return fixing, problems


def _cut(
    opened: Opened, known: Sequence[Asked], guess: Guess, *, declined: bool
) -> tuple[Received, list[Problem]]:
    """Cut one document by its record, or by a guess."""
    blank = opened.stem == BLANK_STEM
    record, path = opened.record, opened.path
    entries: Sequence[Entry] = record.entries if record else ()
    problems: list[Problem] = []
    if record is None and opened.sound:
        entries, problems = guess(opened.text, path, known, blank=blank, declined=declined)
    record_path = record_of(path) if record else path
    passages, wrong = (
        passages_of(opened.text, entries, record_path, path) if opened.sound else ((), [])
    )
    made = Received(
        path=path,
        stem=opened.stem,
        text=opened.text,
        encoding=opened.encoding,
        sha256=opened.sha256,
        bytes=opened.bytes,
        lines=Lines(opened.text).count(),
        passages=passages,
        entries=tuple(entries),
        record=record,
        respondents=() if blank else _answering(record, entries) or (versioned(opened.stem)[0],),
        sound=opened.sound and not wrong,
    )
    return made, problems + wrong


def _answering(record: Record | None, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Who answers in a document, as its record's head or its guessed lines say; none when the
    file's name says it."""
    return record.respondents if record else named(entries)
