"""The record of a reading, `<stem>.reading`: where each passage begins, and what it is.

    format: 1
    document: liste-exemple-a.md
    sha256: 5f…
    encoding: utf-8
    questions: fixed here          or the file that fixes them: questions.md
    reviewed: no                   or: yes, who, when
    respondents: liste-a liste-b   only where others answer than the one of the file's name

    3        title         "#"  Questionnaire Exemple
    5        question 1    "**1)"  Seriez-vous favorable à … ?**
    7        answer 1      "Réponse :"  Oui, dès la première année, et …
    9:12     blank 2       "|"  (sans réponse)  "|"
    -        absent 7
    ? 43     section       Logement  ":"  # or a short answer to question 6?

One line a passage: its place (an editor's line, `:column` in characters, both from 1; `-` when the
document has none), its kind, the questionnaire's number, `@respondent` where a document has
several. It runs to the next line's place; the first takes the document's first character. What
stands between quotes (JSON strings, before and after) is the passage's label, and is not
published; its words are, and the line shows the first of them (a final " …": they go on). `""`
stands before words that open with `"`, `#` or `@`. A `blank` that has words is one once the record
is reviewed. `?` is a doubt, `# …` a remark. In a document of several, each question has one answer,
blank or absent of each respondent; where each fills the questions in anew, a question's line comes
as often, and a `-` blank below the one that it is of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from motamot.text.problems import Problem, Where, nearest

Kind = Literal["title", "preamble", "section", "question", "answer", "note", "blank", "absent"]
Place = tuple[int, int]  # line and column, both from 1
Wrong = tuple[str, str, str]  # what was expected, what was found, what to do

FORMAT = "1"
FIXED_HERE = "fixed here"
SUFFIX = ".reading"
SHOWN = 60  # characters of a passage that its line shows
KINDS = ("title", "preamble", "section", "question", "answer", "note", "blank", "absent")
NUMBERED = ("question", "answer", "blank", "absent")
UNPLACED = ("blank", "absent")  # kinds that may stand nowhere in the document
KEYS = (
    *("format", "document", "sha256", "encoding", "questions", "reviewed"),
    *("original", "respondents"),
)
_OPTIONAL = ("original", "respondents")
_DECODER = json.JSONDecoder()
_ENTRY = re.compile(r"(\?\s*)?(-|\d{1,9}(?::\d{1,9})?)\s+([a-z]+)(?=\s|$)[ \t]*(.*)")
_NUMBER = re.compile(r'([^\s"@#]\S*)(?=\s|$)[ \t]*')
_RESPONDENT = re.compile(r"@([a-z0-9]+(?:-[a-z0-9]+)*)(?=\s|$)[ \t]*")
_AFTER = re.compile(r'(?:^|[ \t]{2,})(?=")')
_REMARK = re.compile(r"(?:^|[ \t]{2,})#[ \t]*(.*)$")


@dataclass(frozen=True)
class Entry:
    """One line of a record. `at` is None for what stands nowhere in the document; `words` are the
    first words, white space folded, None when the line shows none."""

    kind: Kind
    at: Place | None
    number: str | None = None
    respondent: str | None = None
    before: str = ""
    words: str | None = None
    goes_on: bool = False
    after: str = ""
    doubtful: bool = False
    remark: str = ""
    line: int = 0  # of the record; 0 for a reading that was never written down

    def shows(self, words: str) -> bool:
        """Whether a passage of these words is the one that the line shows."""
        if self.words is None:
            return True
        if self.goes_on:
            return words.startswith(self.words)
        return words == self.words


@dataclass(frozen=True)
class Original:
    """The file that a text was drawn from: `original: tableau.docx 9f…e1 mammoth 1.9`."""

    name: str
    sha256: str
    converted_by: str


@dataclass(frozen=True)
class Record:
    """How one document was read. `questions` is FIXED_HERE or the name of the file that fixes them;
    `reviewed_by` says who confirmed it and when, None until somebody did."""

    document: str
    sha256: str
    encoding: str
    questions: str
    entries: tuple[Entry, ...]
    reviewed_by: str | None = None
    respondents: tuple[str, ...] = ()  # of a document that several share; else its file's name says
    original: Original | None = None
    head: tuple[tuple[str, int], ...] = ()  # (key, line) of what stands above its passages

    def line_of(self, key: str) -> int | None:
        """The line of its file where a key stands."""
        return dict(self.head).get(key)


def record_of(document: str) -> str:
    """The path of the record beside a document: `raw/q/liste-a.md` -> `raw/q/liste-a.reading`."""
    return f"{document.rpartition('.')[0]}{SUFFIX}"


def named(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The respondents that lines name, in the order in which they come."""
    return tuple(dict.fromkeys(e.respondent for e in entries if e.respondent))


def first_words(words: str) -> tuple[str, bool]:
    """What a line shows of a passage's words, and whether they go on: whole words where it can."""
    folded = " ".join(words[: 40 * SHOWN].split())
    if len(folded) <= SHOWN:
        return folded, False
    head = folded[: SHOWN + 1]
    shown = (head.rsplit(" ", 1)[0] if " " in head else head[:SHOWN]).rstrip()
    return shown, True


# --- written --------------------------------------------------------------------------------------


def written(record: Record) -> str:
    """A record as its file holds it; `parse` gives it back."""
    header = [
        f"format: {FORMAT}",
        f"document: {record.document}",
        f"sha256: {record.sha256}",
        f"encoding: {record.encoding}",
        f"questions: {record.questions}",
        f"reviewed: {f'yes, {record.reviewed_by}' if record.reviewed_by else 'no'}",
    ]
    if record.original:
        o = record.original
        header.append(f"original: {o.name} {o.sha256} {o.converted_by}")
    if record.respondents:
        header.append(f"respondents: {' '.join(record.respondents)}")
    return "\n".join([*header, "", *map(entry_line, record.entries)]) + "\n"


def entry_line(entry: Entry) -> str:
    """One line of a record, its columns aligned where they can be."""
    place = "-"
    if entry.at:
        line, column = entry.at
        place = f"{line}:{column}" if column > 1 else f"{line}"
    place = f"? {place}" if entry.doubtful else place
    kind = f"{entry.kind} {entry.number}" if entry.number else entry.kind
    if entry.respondent:
        kind += f" @{entry.respondent}"
    said = "  ".join(_said(entry))
    return f"{place:<8} {kind:<14} {said}".rstrip()


def _said(entry: Entry) -> Iterator[str]:
    words = entry.words or ""
    if entry.before or words.startswith(('"', "#", "@")) or (entry.after and not words):
        yield _quoted(entry.before)
    if words:
        yield f"{words} …" if entry.goes_on else words
    # Words that open as a label does need one after them; so does a remark that follows no words.
    if entry.after or words.startswith('"') or (entry.remark and entry.before and not words):
        yield _quoted(entry.after)
    if entry.remark:
        yield f"# {entry.remark}"


def _quoted(label: str) -> str:
    return json.dumps(label, ensure_ascii=False)


# --- read -----------------------------------------------------------------------------------------


def parse(text: str, path: str) -> tuple[Record | None, list[Problem]]:
    """Read a record's file; `path` is the one that messages give. None when anything is wrong."""
    lines = [line.rstrip() for line in text.removeprefix("\ufeff").split("\n")]
    end = lines.index("") if "" in lines else len(lines)
    header, problems = _header(lines[:end], path)
    entries: list[Entry] = []
    for number, line in enumerate(lines[end:], end + 1):
        if not line.strip() or line.startswith("#"):
            continue
        entry = _entry(line, number)
        if isinstance(entry, Entry):
            entries.append(entry)
        else:
            problems.append(Problem(Where(path, number), "error", *entry))
    if problems:
        return None, problems
    made = Record(
        document=header["document"],
        sha256=header["sha256"].lower(),
        encoding=header["encoding"],
        questions=header["questions"],
        entries=tuple(entries),
        reviewed_by=header["reviewed"].partition(",")[2].strip() or None,
        respondents=tuple(dict.fromkeys(header.get("respondents", "").split())),
        head=tuple((line.partition(":")[0].strip(), n) for n, line in enumerate(lines[:end], 1)),
    )
    if "original" in header:
        made = replace(made, original=Original(*header["original"].split(None, 2)))
    return made, []


def _header(lines: list[str], path: str) -> tuple[dict[str, str], list[Problem]]:
    found: dict[str, str] = {}
    problems: list[Problem] = []

    def wrong(line: int | None, expected: str, said: str, action: str) -> None:
        problems.append(Problem(Where(path, line), "error", expected, said, action))

    for number, line in enumerate(lines, 1):
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        if not colon or key not in KEYS:
            near = nearest(key, KEYS)
            action = f"Did you mean “{near}:”?" if near else "An empty line ends these."
            wrong(number, f"one of the lines {', '.join(KEYS)}", f"“{line}”", action)
        elif key in found:
            wrong(number, f"“{key}:” once", "it again", "Keep one of the two.")
        else:
            found[key] = value
            if bad := _bad_value(key, value):
                wrong(number, *bad)
    missing = [key for key in KEYS if key not in found and key not in _OPTIONAL]
    if missing and not problems:
        action = "`build.py receive` writes these lines: take them back from an earlier version."
        wrong(None, f"the line “{missing[0]}:” at its head", "none", action)
    return found, problems


def _bad_value(key: str, value: str) -> Wrong | None:
    """What is wrong when the value of a key is not of its form."""
    forms = {
        "format": (re.escape(FORMAT), f"format {FORMAT}", "A later build.py may read it."),
        "sha256": (r"[0-9a-fA-F]{64}", "64 figures and letters a-f", "`build.py receive` says it."),
        "questions": (r".+", f"“{FIXED_HERE}”, or the file that fixes them", "Write one of these."),
        "reviewed": (
            r"no|yes,\s*\S.*",
            "“no”, or “yes, who, when”",
            "Write who compared it with the document, and when.",
        ),
        "original": (
            r"(?!\.\.? )[^\s/]+ [0-9a-fA-F]{64} \S.*",
            "a file's name, its SHA-256, and what drew the text from it",
            "Write the three, with spaces between.",
        ),
        "document": (r".+", "the file's name", "Write it, with its ending."),
        "encoding": (r"[a-zA-Z0-9_-]+", "the name of an encoding", "Most often it is utf-8."),
        "respondents": (
            r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\s+[a-z0-9]+(?:-[a-z0-9]+)*)*",
            "identifiers of respondents",
            "Write small letters a-z, figures and hyphens, with spaces between.",
        ),
    }
    form, expected, action = forms[key]
    if re.fullmatch(form, value):
        return None
    return expected, f"“{value}”" if value else "nothing", action


def _entry(line: str, number: int) -> Entry | Wrong:
    """One line -> its entry, or what is wrong with it."""
    found = _ENTRY.fullmatch(line.strip())
    shown = f"“{line.strip()[:80]}”"
    if not found:
        expected = "a place (12, 12:38 or -), a kind, and the first words"
        return expected, shown, "Write for instance “12 question 3  First words …”."
    doubt, place, kind, rest = found.groups()
    wrong = _wrong_place(place, kind)
    if wrong:
        return wrong
    own = _NUMBER.match(rest) if kind in NUMBERED else None
    if kind in NUMBERED and not own:
        return f"the number of a question after “{kind}”", shown, "Write it."
    rest = rest[own.end() :] if own else rest
    respondent = _RESPONDENT.match(rest)
    rest = rest[respondent.end() :] if respondent else rest
    said = _read_words(rest)
    if said is None:
        return "a closed label, as a JSON string", f"“{rest[:80]}”", 'Close it with ".'
    line_, _, column = place.partition(":")
    made = Entry(
        kind,  # type: ignore[arg-type]
        None if place == "-" else (int(line_), int(column or 1)),
        own[1] if own else None,
        respondent[1] if respondent else None,
    )
    before, words, goes_on, after, remark = said
    return replace(
        made,
        before=before,
        words=words,
        goes_on=goes_on,
        after=after,
        remark=remark,
        doubtful=doubt is not None,
        line=number,
    )


def _wrong_place(place: str, kind: str) -> Wrong | None:
    """What is wrong with a kind, or with where it stands."""
    if kind not in KINDS:
        near = nearest(kind, KINDS)
        action = f"Did you mean “{near}”?" if near else "Write one of these."
        return f"one of {', '.join(KINDS)}", f"“{kind}”", action
    if place == "-" and kind not in UNPLACED:
        return f"the line where this {kind} stands", "“-”", "Only a blank or absent has none."
    if place != "-" and kind == "absent":
        return "“-” before absent", f"“{place}”", "What the document lacks stands nowhere in it."
    return None


def _read_words(rest: str) -> tuple[str, str | None, bool, str, str] | None:
    """(label before, words or None, whether they go on, label after, remark) of a line's end."""
    before = after = remark = ""
    labelled = rest.startswith('"')
    if labelled:
        opened = _label(rest, 0)
        if opened is None:
            return None
        before, end = opened
        rest = rest[end:].lstrip(" \t")
    for quote in _AFTER.finditer(rest):
        closing = _label(rest, quote.end())
        if closing and (not (left := rest[closing[1] :].strip()) or left.startswith("#")):
            after, remark = closing[0], left.removeprefix("#").strip()
            rest = rest[: quote.start()]
            break
    else:
        noted = _REMARK.search(rest, 1 if labelled else 0)
        if noted:
            remark, rest = noted[1].strip(), rest[: noted.start()]
    words = rest.strip()
    shown = words.removesuffix("…").rstrip()
    return before, (words and shown) or None, shown != words, after, remark


def _label(text: str, at: int) -> tuple[str, int] | None:
    """The JSON string that begins at an offset, and where it ends; None when there is none."""
    try:
        label, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        return None
    return (label, end) if isinstance(label, str) else None
