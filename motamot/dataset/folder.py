"""The folder raw/ -> questionnaires with their documents, one questionnaire at a time.

Files are read, never written. What cannot be read is a problem; the rest still is. A document is
cut by its record; one that has none is guessed anew each time, by the reader that is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from motamot.dataset.documents import BLANK_STEM, SUFFIXES, Guess, read_documents, show
from motamot.dataset.model import (
    Edition,
    Questionnaire,
    ReplyStatus,
    Respondent,
    Said,
    is_day,
    name_from,
    versioned,
)
from motamot.recording.record import SUFFIX
from motamot.text import files, yaml_file
from motamot.text.problems import Problem, Severity, Where

IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
STATUSES = ("answered", "partial", "declined", "no-reply")
_RESPONDENT_FIELDS = ("name", "short_name", "kind", "url", "note", "name_from")
_QUESTIONNAIRE_FIELDS = (
    *("title", "election", "place", "date", "language", "asked_by", "source_url", "note"),
    "replies",
)
_REPLY_FIELDS = ("status", "received_on", "note", "author_from")
_AUTHORS = ("document", "sender", "inferred")
_NAMED = ("given", "inferred")
_EDITION = ("public_url", "publisher", "contact")
_AGAIN = "Build again when nothing changes in it."
_ONE_OF = {
    "status": "Write one of these, or leave it out: it follows from the document.",
    "author_from": "Write one of these, or leave it out: it is not known.",
    "name_from": "Write one of these, or leave it out: the name is as given.",
}


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

    @property
    def names(self) -> dict[str, str]:
        """identifier -> name of each respondent, for whoever looks for them in a document."""
        return {one.id: one.name for one in self.respondents.values()}


def open_raw(folder: Path) -> tuple[Raw, list[Problem]]:
    """Read respondents.yml and list the questionnaires' folders, sorted by name."""
    held, unlisted = _listed(folder)
    respondents, problems = _respondents(folder / "respondents.yml", "respondents.yml" in held)
    readable = bool(respondents) or not problems
    folders = [folder / name for name, kind in held.items() if kind == "folder"]
    problems += [*unlisted, *_strays(folder, held)]
    if not folders and not unlisted:
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


def read_edition(path: Path) -> tuple[Edition, list[Problem]]:
    """What a site's metadata.yml says under `plugins: motamot:`; empty when it says nothing."""
    shown = show(path)
    fields, problems = yaml_file.texts_below(path, shown, ("plugins", "motamot"))
    texts = {key: said.strip() for key in _EDITION if (said := fields.text(key))}
    url = texts.get("public_url", "").rstrip("/")
    if url and not re.fullmatch(r"https?://[^\s/?#]+(?:/[^\s?#]*)?", url):
        expected = "“public_url:” of plugins: motamot: as https://, a host, and a path if any"
        action = "Write the address that readers see."
        where = Where(shown, fields.line("public_url"))
        problems.append(Problem(where, "error", expected, f"“{url}”", action))
    return Edition(url, texts.get("publisher"), texts.get("contact")), problems


def nothing_read(raw: Raw) -> Problem:
    """What to say when no folder holds anything: nothing good is replaced by nothing."""
    deeper = (p for suffix in SUFFIXES for p in sorted(raw.folder.glob(f"*/*/*{suffix}")))
    found = next((f"documents one folder deeper, as {show(path)}" for path in deeper), "none")
    return Problem(
        Where(show(raw.folder)),
        "error",
        "at least one document, as <questionnaire>/<respondent>.md",
        found,
        "Give the folder that holds the questionnaires' folders with --raw, or drop a reply into "
        "one of them.",
    )


def _strays(folder: Path, held: Mapping[str, str]) -> Iterator[Problem]:
    """What stands beside the questionnaires' folders."""
    known = ("respondents.yml", "permalinks.txt", "redirects.yml", "README.md")
    for path in (folder / name for name in held if name not in known):
        kind, document = held[path.name], path.suffix in SUFFIXES
        expected = "respondents.yml and one folder for each questionnaire"
        if kind == "link":
            found, action = "a link", "Put there itself what it leads to."
        elif document:
            found, action = "a document beside them", f"Move it to {show(folder)}/<questionnaire>/."
        else:
            found = "another file"
            action = "It was not read. Rename it or move it elsewhere."
        severity: Severity = "error" if document or kind == "link" else "warning"
        if kind != "folder":
            yield Problem(Where(show(path)), severity, expected, found, action)


def _respondents(path: Path, there: bool) -> tuple[dict[str, Respondent], list[Problem]]:
    if not there:
        return {}, []
    mapping, problems = yaml_file.load(path, show(path))
    found: dict[str, Respondent] = {}
    for key, entry in mapping.entries.items():
        problems += bad_identifier(key, Where(show(path), entry.line))
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
        problems += _not_among(fields, "name_from", _NAMED, show(path))
        values = {field: fields.text(field) for field in _RESPONDENT_FIELDS[1:-1]}
        said = fields.text("name_from") or ("given" if name else "identifier")
        found[key] = Respondent(key, name or name_from(key), **values, name_from=said)
    return found, problems


def _bad_address(fields: yaml_file.Mapping, key: str, shown: str) -> list[Problem]:
    address = fields.text(key)
    if address is None or re.match(r"https?://[^\s/]", address):
        return []
    where = Where(shown, fields.line(key))
    expected, found = "an address that begins with http:// or https://", f"“{address}”"
    return [Problem(where, "error", expected, found, "Write the whole address.")]


def _not_among(
    fields: yaml_file.Mapping, key: str, known: Sequence[str], shown: str
) -> list[Problem]:
    """An error when a field has a value that is none of the known ones."""
    value = fields.text(key)
    if value is None or value in known:
        return []
    where = Where(shown, fields.line(key))
    return [
        Problem(where, "error", f"“{key}:” one of {', '.join(known)}", f"“{value}”", _ONE_OF[key])
    ]


def bad_identifier(text: str, where: Where) -> list[Problem]:
    """An error when a name cannot be part of an address."""
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


def bad_stem(stem: str, where: Where) -> list[Problem]:
    """An error when a document's name is neither its respondent's nor that and a day."""
    owner, day = versioned(stem)
    if day is None:
        return bad_identifier(owner, where)
    if owner == BLANK_STEM:
        expected, action = (
            f"the blank questionnaire as {BLANK_STEM}.md",
            "Only replies have versions.",
        )
        return [Problem(where, "error", expected, f"“{stem}”", action)]
    problems = bad_identifier(owner, where)
    if not is_day(day):
        expected = "the day on which this version came after “@”, as 2026-03-02"
        action = f"Rename it, for instance “{owner}@2026-03-02”."
        problems.append(Problem(where, "error", expected, f"“{day}”", action))
    return problems


# --- one questionnaire ---------------------------------------------------------------------------


def read_questionnaire(
    folder: Path, guess: Guess, names: Mapping[str, str] = {}
) -> tuple[Questionnaire, list[Problem]]:
    """Read questionnaire.yml and every document of one folder; `guess` reads those that have no
    record, and `names` are those of the respondents it may find in them."""
    held, problems = _listed(folder)
    if problems:
        return Questionnaire(folder.name, show(folder)), problems
    made, said = _described(folder, "questionnaire.yml" in held)
    own = [folder / name for name in held if name != "questionnaire.yml"]
    documents_ = [path for path in own if path.suffix in SUFFIXES]
    problems = [*bad_identifier(folder.name, Where(show(folder))), *said]
    if not documents_ and not made.said:
        expected, action = (
            "replies as .md or .txt files, or questions.md",
            "Drop a reply into this folder, or remove it.",
        )
        problems.append(Problem(Where(show(folder)), "warning", expected, "none", action))
    blanks = [path for path in documents_ if path.stem == BLANK_STEM]
    for path in blanks[1:]:
        found, action = f"this one beside {show(blanks[0])}", "Keep one of the two."
        where = Where(show(path))
        problems.append(Problem(where, "error", "one blank questionnaire", found, action))
    replies = [path for path in documents_ if path.stem != BLANK_STEM]
    for path in replies:
        problems += bad_stem(path.stem, Where(show(path)))
    documents, wrong = read_documents([*blanks[:1], *replies], made.declined, guess, names)
    made = replace(made, **vars(documents))
    records = [document.record for document in made.documents if document.record]
    originals = {record.original.name for record in records if record.original}
    others = (path for path in own if path not in documents_ and path.name not in originals)
    strange = (problem for path in others if (problem := _strange(path, held)))
    return made, [*problems, *strange, *wrong]


def _strange(path: Path, held: Mapping[str, str]) -> Problem | None:
    """A warning for what was not read; None for a record."""
    if path.suffix == SUFFIX:
        if any(path.with_suffix(suffix).name in held for suffix in SUFFIXES):
            return None
        expected, found = f"the document of this record beside it ({path.stem}.md)", "none"
        action = "Put the document back, or remove the record."
        return Problem(Where(show(path)), "error", expected, found, action)
    return Problem(
        Where(show(path)),
        "warning",
        "replies as .md or .txt files, and questionnaire.yml",
        "a folder" if held[path.name] == "folder" else f"a “{path.suffix or path.name}” file",
        _rename(path),
    )


def _listed(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """What a folder holds, as `files.listed` has it; what is wrong when that cannot be told."""
    where = Where(show(folder))
    try:
        return files.listed(folder), []
    except FileNotFoundError:
        return {}, [Problem(where, "error", "the folder that was there", "none", _AGAIN)]
    except OSError as error:
        found, action = error.strerror or "an error of the system", "Check its permissions."
        return {}, [Problem(where, "error", "a folder that can be read", found, action)]


def changed(folder: Path, before: Mapping[str, tuple[int, ...]]) -> Iterator[Problem]:
    """What is not as it was: a dataset is of one moment. `before` is what `files.state` said."""
    after = files.state(folder)
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            found = "one that has changed" if path in before and path in after else "one that came"
            found = found if path in after else "none any more"
            expected = "the same file, as long as it is read"
            yield Problem(Where(show(Path(path))), "error", expected, found, _AGAIN)


def _rename(path: Path) -> str:
    """What to do with a file that was not read."""
    if path.name.lower() in ("questionnaire.yaml", "questionnaire.yml"):
        return "It was not read. Rename it questionnaire.yml."
    if path.suffix.lower() in SUFFIXES:
        return f"It was not read. Rename it {path.stem}{path.suffix.lower()}."
    return "It was not read. Save its text as .md to publish it, or move it elsewhere."


def _described(folder: Path, there: bool) -> tuple[Questionnaire, list[Problem]]:
    """What questionnaire.yml says: the questionnaire without its documents."""
    path = folder / "questionnaire.yml"
    shown = show(path)
    made = Questionnaire(id=folder.name, path=show(folder))
    if not there:
        return made, []
    mapping, problems = yaml_file.load(path, shown)
    readable = not problems
    if "reading" in mapping.entries:
        problems.append(_settled_no_more(mapping, folder, shown))
    known = (*_QUESTIONNAIRE_FIELDS, "reading")
    problems += yaml_file.wrong_keys(mapping, known, shown, holders=("replies", "reading"))
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
    said = tuple(_replies(mapping, shown, problems))
    texts = {name: mapping.text(name) for name in _QUESTIONNAIRE_FIELDS[:8]}
    problems += _bad_address(mapping, "source_url", shown)
    made = replace(made, **texts, said=said)  # type: ignore[arg-type]
    made = replace(made, readable=readable)
    return made, problems


def _settled_no_more(mapping: yaml_file.Mapping, folder: Path, shown: str) -> Problem:
    """`reading:` settled lines before each document had a record."""
    return Problem(
        Where(shown, mapping.line("reading")),
        "error",
        "how documents are read in their records",
        "“reading:”, which is read no more",
        f"Run `build.py receive {show(folder)}`: it writes these lines into the records. Then "
        "remove them here.",
    )


def _replies(mapping: yaml_file.Mapping, shown: str, problems: list[Problem]) -> Iterator[Said]:
    entry = mapping.entries.get("replies")
    for key, reply in (entry.below.entries if entry and entry.below else {}).items():
        problems += yaml_file.wrong_shape(key, reply, shown, holds=True)
        fields = reply.below or yaml_file.Mapping()
        problems += yaml_file.wrong_keys(fields, _REPLY_FIELDS, shown)
        problems += _not_among(fields, "status", STATUSES, shown)
        problems += _not_among(fields, "author_from", _AUTHORS, shown)
        yield Said(
            respondent=key,
            status=cast("ReplyStatus | None", fields.text("status")),
            received_on=fields.text("received_on"),
            author_from=fields.text("author_from"),
            note=fields.text("note"),
            line=reply.line,
        )
