"""The folder raw/ -> questionnaires with their documents, one questionnaire at a time.

Files are read, never written. What cannot be read is a problem; the rest still is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from motamot import yaml_file
from motamot.parse import SETTLED_KINDS, parse
from motamot.records import (
    Document,
    Problem,
    Question,
    Questionnaire,
    Received,
    Reply,
    ReplyStatus,
    Respondent,
    Where,
)
from motamot.source import Lines, decode

IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SUFFIXES = (".md", ".txt")
BLANK_STEM = "questions"  # questions.md: the questionnaire as it was sent
STATUSES = ("answered", "partial", "declined", "no-reply")
_RESPONDENT_FIELDS = ("name", "short_name", "kind", "url", "note")
_QUESTIONNAIRE_FIELDS = (
    *("title", "election", "place", "date", "language", "asked_by", "source_url", "note"),
    *("replies", "reading"),
)
_REPLY_FIELDS = ("status", "received_on", "note")


@dataclass(frozen=True)
class Raw:
    """The folder as a whole: who may reply, and where the questionnaires are."""

    folder: Path
    respondents: dict[str, Respondent]
    folders: tuple[Path, ...]

    @property
    def respondents_path(self) -> str:
        """The path of respondents.yml, as messages show it."""
        return show(self.folder / "respondents.yml")


def show(path: Path) -> str:
    """A path as the user gave it, with forward slashes."""
    return path.as_posix()


def open_raw(folder: Path) -> tuple[Raw, list[Problem]]:
    """Read respondents.yml and list the questionnaires' folders, sorted by name."""
    respondents, problems = _respondents(folder / "respondents.yml")
    folders = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    for path in sorted(p for p in folder.iterdir() if p.suffix in SUFFIXES and p.is_file()):
        problems.append(
            Problem(
                Where(show(path)),
                "error",
                "documents inside a questionnaire's folder",
                "one beside them",
                f"Move it to {show(folder)}/<questionnaire>/.",
            )
        )
    if not folders:
        problems.append(
            Problem(
                Where(show(folder)),
                "error",
                "at least one questionnaire's folder",
                "none",
                "Make a folder named after the questionnaire and drop a reply into it.",
            )
        )
    return Raw(folder, respondents, tuple(folders)), problems


def _respondents(path: Path) -> tuple[dict[str, Respondent], list[Problem]]:
    if not path.exists():
        return {}, []
    mapping, problems = yaml_file.load(path, show(path))
    found: dict[str, Respondent] = {}
    for key, entry in mapping.entries.items():
        problems += _bad_identifier(key, Where(show(path), entry.line))
        fields = entry.below or yaml_file.Mapping({"name": entry})
        problems += yaml_file.unknown_keys(fields, _RESPONDENT_FIELDS, show(path))
        name = fields.text("name")
        if not name:
            problems.append(
                Problem(
                    Where(show(path), entry.line),
                    "error",
                    f"a name for “{key}”",
                    "none",
                    f"Write “{key}: its name”, or a name: line under it.",
                )
            )
        values = {field: fields.text(field) for field in _RESPONDENT_FIELDS[1:]}
        found[key] = Respondent(key, name or name_from(key), **values)
    return found, problems


def name_from(identifier: str) -> str:
    """A readable name for a respondent that respondents.yml does not name yet."""
    return identifier.replace("-", " ").capitalize()


def _bad_identifier(text: str, where: Where) -> list[Problem]:
    if IDENTIFIER.fullmatch(text):
        return []
    better = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "liste-exemple"
    return [
        Problem(
            where,
            "error",
            "a name of small letters a-z, figures and hyphens",
            f"“{text}”",
            f"Rename it, for instance “{better}”: it becomes part of permanent addresses.",
        )
    ]


# --- one questionnaire ---------------------------------------------------------------------------


def read_questionnaire(folder: Path) -> tuple[Questionnaire, list[Problem]]:
    """Read questionnaire.yml and every document of one folder, the blank one first."""
    made, problems = _described(folder)
    problems = _bad_identifier(folder.name, Where(show(folder))) + problems
    files, strange = _documents(folder)
    problems += strange
    blanks = [p for p in files if p.stem == BLANK_STEM]
    files = [p for p in files if p.stem != BLANK_STEM]
    if blanks:
        received, found = _read(blanks[0], None, made.reading.get(BLANK_STEM, {}), blank=True)
        problems += found
        made = replace(made, blank_file=received)
    for path in files:
        problems += _bad_identifier(path.stem, Where(show(path)))
        received, found = _read(path, made.reference, made.reading.get(path.stem, {}))
        problems += found
        if received is not None:
            made = replace(made, received=(*made.received, received))
    return made, problems


def _documents(folder: Path) -> tuple[list[Path], list[Problem]]:
    files: list[Path] = []
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "questionnaire.yml":
            continue
        if path.is_file() and path.suffix in SUFFIXES:
            files.append(path)
        else:
            problems.append(
                Problem(
                    Where(show(path)),
                    "warning",
                    "replies as .md or .txt files, and questionnaire.yml",
                    "a folder" if path.is_dir() else f"a “{path.suffix or path.name}” file",
                    "It was not read. Save its text as .md to publish it, or move it elsewhere.",
                )
            )
    return files, problems


def _read(
    path: Path, reference: Document | None, settled: dict[int, str], *, blank: bool = False
) -> tuple[Received | None, list[Problem]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = Problem(
            Where(show(path)),
            "error",
            "a file that can be read",
            error.strerror or "an error of the system",
            "Check its permissions.",
        )
        return None, [problem]
    text, encoding, problems = decode(data, show(path))
    if problems and not text:
        return None, problems
    known: Sequence[Question] = reference.questions if reference else ()
    document, doubts = parse(text, show(path), known, settled, blank=blank)
    digest = hashlib.sha256(data).hexdigest()
    lines = Lines(text).count()
    received = Received(path.stem, document, digest, len(data), lines, encoding)
    return received, problems + doubts


def _described(folder: Path) -> tuple[Questionnaire, list[Problem]]:
    """What questionnaire.yml says: the questionnaire without its documents."""
    path = folder / "questionnaire.yml"
    shown = show(path)
    made = Questionnaire(id=folder.name, path=show(folder))
    if not path.exists():
        return made, []
    mapping, problems = yaml_file.load(path, shown)
    problems += yaml_file.unknown_keys(mapping, _QUESTIONNAIRE_FIELDS, shown)
    language = mapping.text("language")
    if language and not re.fullmatch(r"[a-z]{2,3}", language):
        problems.append(
            Problem(
                Where(shown, mapping.line("language")),
                "error",
                "a language code such as fr",
                f"“{language}”",
                "Write its two or three letters (ISO 639).",
            )
        )
    replies = tuple(_replies(mapping, shown, problems))
    reading = _reading(mapping, shown, problems)
    texts = {name: mapping.text(name) for name in _QUESTIONNAIRE_FIELDS[:8]}
    made = replace(made, **texts, replies=replies, reading=reading)  # type: ignore[arg-type]
    return made, problems


def _replies(mapping: yaml_file.Mapping, shown: str, problems: list[Problem]) -> Iterator[Reply]:
    entry = mapping.entries.get("replies")
    for key, reply in (entry.below.entries if entry and entry.below else {}).items():
        fields = reply.below or yaml_file.Mapping()
        problems += yaml_file.unknown_keys(fields, _REPLY_FIELDS, shown)
        status = fields.text("status")
        if status is not None and status not in STATUSES:
            problems.append(
                Problem(
                    Where(shown, fields.line("status")),
                    "error",
                    f"a status among {', '.join(STATUSES)}",
                    f"“{status}”",
                    "Write one of these, or leave it out: it follows from the document.",
                )
            )
            status = None
        yield Reply(
            respondent=key,
            status=cast("ReplyStatus | None", status),
            received_on=fields.text("received_on"),
            note=fields.text("note"),
            line=reply.line,
        )


def _reading(
    mapping: yaml_file.Mapping, shown: str, problems: list[Problem]
) -> dict[str, dict[int, str]]:
    """`reading:` -> document's stem -> {line: what it is}."""
    found: dict[str, dict[int, str]] = {}
    entry = mapping.entries.get("reading")
    for stem, lines in (entry.below.entries if entry and entry.below else {}).items():
        settled = found.setdefault(stem, {})
        for key, kind in (lines.below.entries if lines.below else {}).items():
            if key.isdigit() and kind.text in SETTLED_KINDS:
                settled[int(key)] = str(kind.text)
            else:
                problems.append(
                    Problem(
                        Where(shown, kind.line),
                        "error",
                        f"a line's number and one of {', '.join(SETTLED_KINDS)}",
                        f"“{key}: {kind.text or ''}”",
                        "Write for instance “12: question”.",
                    )
                )
    return found
