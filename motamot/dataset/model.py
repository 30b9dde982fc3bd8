"""The nouns of a dataset: who was asked what, what came back, and how each is called.

Everything here is frozen and holds no behaviour beyond naming itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from motamot.recording.record import Document

ReplyStatus = Literal["answered", "partial", "declined", "no-reply"]


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
