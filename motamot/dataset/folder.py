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

from motamot.dataset.model import Questionnaire, Received, Reply, ReplyStatus, Respondent, Settled
from motamot.reading.reader import SETTLED_KINDS, letter, parse
from motamot.recording.record import Document, Question
from motamot.text import yaml_file
from motamot.text.problems import Problem, Where
from motamot.text.source import Lines, decode

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
    readable: bool = True  # whether respondents.yml could be read

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
    readable = bool(respondents) or not problems
    folders = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    problems += _strays(folder)
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
    return Raw(folder, respondents, tuple(folders), readable), problems


def _strays(folder: Path) -> Iterator[Problem]:
    """Files that stand beside the questionnaires' folders."""
    known = ("respondents.yml", "permalinks.txt", "redirects.yml", "README.md")
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        if path.name in known or path.name.startswith("."):
            continue
        document = path.suffix in SUFFIXES
        yield Problem(
            Where(show(path)),
            "error" if document else "warning",
            "respondents.yml and one folder for each questionnaire",
            "a document beside them" if document else "another file",
            f"Move it to {show(folder)}/<questionnaire>/."
            if document
            else "It was not read. Rename it or move it elsewhere.",
        )


def _respondents(path: Path) -> tuple[dict[str, Respondent], list[Problem]]:
    if not path.exists():
        return {}, []
    mapping, problems = yaml_file.load(path, show(path))
    found: dict[str, Respondent] = {}
    for key, entry in mapping.entries.items():
        problems += _bad_identifier(key, Where(show(path), entry.line))
        fields = entry.below or yaml_file.Mapping({"name": entry})
        problems += yaml_file.wrong_keys(fields, _RESPONDENT_FIELDS, show(path))
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
        problems += _bad_address(fields, "url", show(path))
        values = {field: fields.text(field) for field in _RESPONDENT_FIELDS[1:]}
        found[key] = Respondent(key, name or name_from(key), **values)
    return found, problems


def _bad_address(fields: yaml_file.Mapping, key: str, shown: str) -> list[Problem]:
    address = fields.text(key)
    if address is None or re.match(r"https?://[^\s/]", address):
        return []
    where = Where(shown, fields.line(key))
    expected, found = "an address that begins with http:// or https://", f"“{address}”"
    return [Problem(where, "error", expected, found, "Write the whole address.")]


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
    if not files and not made.replies:
        problems.append(
            Problem(
                Where(show(folder)),
                "warning",
                "replies as .md or .txt files, or questions.md",
                "none",
                "Drop a reply into this folder, or remove it.",
            )
        )
    blanks = [p for p in files if p.stem == BLANK_STEM]
    problems += [
        Problem(
            Where(show(path)),
            "error",
            "one blank questionnaire",
            f"this one beside {show(blanks[0])}",
            "Keep one of the two.",
        )
        for path in blanks[1:]
    ]
    files = [p for p in files if p.stem != BLANK_STEM]
    if blanks:
        received, found = _read(blanks[0], None, _kinds(made, BLANK_STEM), blank=True)
        problems += found
        made = replace(made, blank_file=received)
    for path in files:
        problems += _bad_identifier(path.stem, Where(show(path)))
        settled = _kinds(made, path.stem)
        declined = any(r.respondent == path.stem and r.status == "declined" for r in made.replies)
        received, found = _read(path, made.reference, settled, declined=declined)
        problems += found
        if received is not None:
            made = replace(made, received=(*made.received, received))
    return made, problems


def _kinds(questionnaire: Questionnaire, stem: str) -> dict[int, str]:
    settled = questionnaire.reading.get(stem)
    return settled.kinds if settled else {}


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
                    _rename(path),
                )
            )
    return files, problems


def _rename(path: Path) -> str:
    """What to do with a file that was not read."""
    if path.name.lower() in ("questionnaire.yaml", "questionnaire.yml"):
        return "It was not read. Rename it questionnaire.yml."
    if path.suffix.lower() in SUFFIXES:
        return f"It was not read. Rename it {path.stem}{path.suffix.lower()}."
    return "It was not read. Save its text as .md to publish it, or move it elsewhere."


def _read(
    path: Path,
    reference: Document | None,
    settled: dict[int, str],
    *,
    blank: bool = False,
    declined: bool = False,
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
    doubts: list[Problem] = []
    if declined:
        document = letter(text, show(path))
    else:
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
    readable = not problems
    problems += yaml_file.wrong_keys(
        mapping, _QUESTIONNAIRE_FIELDS, shown, holders=("replies", "reading")
    )
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
    problems += _bad_address(mapping, "source_url", shown)
    made = replace(made, **texts, replies=replies, reading=reading)  # type: ignore[arg-type]
    made = replace(made, readable=readable)
    return made, problems


def _replies(mapping: yaml_file.Mapping, shown: str, problems: list[Problem]) -> Iterator[Reply]:
    entry = mapping.entries.get("replies")
    for key, reply in (entry.below.entries if entry and entry.below else {}).items():
        problems += yaml_file.wrong_shape(key, reply, shown, holds=True)
        fields = reply.below or yaml_file.Mapping()
        problems += yaml_file.wrong_keys(fields, _REPLY_FIELDS, shown)
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
        yield Reply(
            respondent=key,
            status=cast("ReplyStatus | None", status),
            received_on=fields.text("received_on"),
            note=fields.text("note"),
            line=reply.line,
        )


def _reading(mapping: yaml_file.Mapping, shown: str, problems: list[Problem]) -> dict[str, Settled]:
    """`reading:` -> document's stem -> what its lines are."""
    found: dict[str, Settled] = {}
    entry = mapping.entries.get("reading")
    for stem, lines in (entry.below.entries if entry and entry.below else {}).items():
        problems += yaml_file.wrong_shape(stem, lines, shown, holds=True)
        settled = found.setdefault(stem, Settled(lines.line))
        for key, kind in (lines.below.entries if lines.below else {}).items():
            if re.fullmatch(r"[0-9]{1,9}", key) and kind.text in SETTLED_KINDS:
                settled.kinds[int(key)] = str(kind.text)
                settled.said_on[int(key)] = kind.line
            else:
                problems.append(
                    Problem(
                        Where(shown, kind.line),
                        "error",
                        f"a line's number and one of {', '.join(SETTLED_KINDS)}",
                        f"“{key}: {kind.text}”" if kind.text else f"“{key}:” without a kind",
                        "Write for instance “12: question”.",
                    )
                )
    return found
