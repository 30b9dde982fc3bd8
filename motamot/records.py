"""The nouns of Mot à mot: what is read, and what is wrong with it.

Everything here is frozen and holds no behaviour beyond naming itself. Offsets are 0-based Unicode
code points, end excluded, as Python slices; lines are 1-based and inclusive, counted on "\\n".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["title", "preamble", "section", "question", "answer", "note"]
Severity = Literal["error", "warning"]
ReplyStatus = Literal["answered", "partial", "declined", "no-reply"]
AnswerStatus = Literal["answered", "blank"]


@dataclass(frozen=True)
class Where:
    """A place in a file: `path` as the user gave it, `line` 1-based or None for the whole file."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True)
class Problem:
    """Something a person should look at. Errors stop a build, warnings do not."""

    where: Where
    severity: Severity
    expected: str
    found: str
    action: str  # what to do next

    def __str__(self) -> str:
        return (
            f"{self.where}: {self.severity}: expected {self.expected}; "
            f"found {self.found}. {self.action}"
        )


@dataclass(frozen=True)
class Passage:
    """One run of characters of a document, read as one kind of thing. Never touches its neighbour's
    characters: joined in order, the passages are the document."""

    kind: Kind
    char_start: int
    char_end: int
    line_start: int
    line_end: int
    question: str | None = None  # the question's number, for a question and an answer


@dataclass(frozen=True)
class Section:
    """A heading that groups questions. `position` counts from 1 in its document."""

    position: int
    title: str  # plain reading, without a final colon
    line: int


@dataclass(frozen=True)
class Question:
    """A question as one document asks it."""

    number: str  # "7", "3a", "3.1"; unique in its questionnaire
    position: int  # from 1, in the order of the document
    section: int | None  # position of its section, None outside any
    markdown: str  # the exact slice of the document
    wording: str  # the slice without number, heading signs and cell walls: what is rendered
    line: int


@dataclass(frozen=True)
class Answer:
    """What was written under one question; `markdown` is `document.text[char_start:char_end]`."""

    number: str  # of its question
    status: AnswerStatus
    markdown: str
    char_start: int
    char_end: int
    line_start: int
    line_end: int


@dataclass(frozen=True)
class Document:
    """One received text, read. `text` is every character of it, as decoded."""

    path: str
    text: str
    title: str | None
    passages: tuple[Passage, ...]
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Received:
    """A document with what is known of its file."""

    respondent: str
    document: Document
    sha256: str
    bytes: int
    lines: int
    encoding: str


@dataclass(frozen=True)
class Respondent:
    """A list or party that was asked."""

    id: str
    name: str
    short_name: str | None = None
    kind: str | None = None
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Reply:
    """What `questionnaire.yml` says of one respondent's reply; absent values are None."""

    respondent: str
    status: ReplyStatus | None = None
    received_on: str | None = None
    note: str | None = None
    line: int | None = None  # where questionnaire.yml speaks of it


@dataclass(frozen=True)
class Settled:
    """What a person said of a document's lines, in questionnaire.yml from line `line` on."""

    line: int
    kinds: dict[int, str] = field(default_factory=dict)  # line of the document -> what it is
    said_on: dict[int, int] = field(default_factory=dict)  # the same -> line of questionnaire.yml


@dataclass(frozen=True)
class Questionnaire:
    """One questionnaire: what is known of it, the questions it asks, the replies received."""

    id: str
    path: str  # its folder
    title: str | None = None
    election: str | None = None
    place: str | None = None
    date: str | None = None
    language: str | None = None
    asked_by: str | None = None
    source_url: str | None = None
    note: str | None = None
    replies: tuple[Reply, ...] = ()
    blank_file: Received | None = None  # questions.md, when it is there
    received: tuple[Received, ...] = ()
    reading: dict[str, Settled] = field(default_factory=dict)  # by the stem of a document
    readable: bool = True  # whether its questionnaire.yml could be read

    @property
    def blank(self) -> Document | None:
        """The questionnaire as it was sent, when questions.md holds it."""
        return self.blank_file.document if self.blank_file else None

    @property
    def reference(self) -> Document | None:
        """The document that fixes the questions: the blank questionnaire, or the first reply."""
        if self.blank is not None:
            return self.blank
        asking = (r.document for r in self.received if r.document.questions)
        return next(asking, self.received[0].document if self.received else None)


@dataclass(frozen=True)
class Counts:
    """What was read in one document, for the summary of a build."""

    path: str
    sections: int
    questions: int
    answers: int
    blanks: int
    words: int
    links: int


def slug(number: str) -> str:
    """A question's number as identifiers carry it: "3.1" -> "3-1", "3 A" -> "3a"."""
    return re.sub(r"[^a-z0-9]+", "-", number.lower().replace(" ", "")).strip("-")
