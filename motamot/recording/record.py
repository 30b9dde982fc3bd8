"""The nouns of one document that has been read.

Everything here is frozen. Offsets are 0-based Unicode code points, end excluded, as Python slices;
lines are 1-based and inclusive, counted on "\\n".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["title", "preamble", "section", "question", "answer", "note"]
AnswerStatus = Literal["answered", "blank"]


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
