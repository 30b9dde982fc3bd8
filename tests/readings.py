"""A text read and cut, as the tests look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from motamot.reading.reader import read
from motamot.recording.cut import Asked, Passage, asked, passages_of
from motamot.text.markdown import plain
from motamot.text.problems import Problem


@dataclass(frozen=True)
class Section:
    """A section's title, on one line, and the document's line where it begins."""

    title: str
    line: int


@dataclass(frozen=True)
class Question:
    """A question, and the position of its section, None before any."""

    number: str
    section: int | None
    wording: str
    markdown: str
    line: int


@dataclass(frozen=True)
class Answer:
    """An answer, where its words stand, and whether it says anything."""

    number: str
    status: str
    markdown: str
    char_start: int
    char_end: int
    line_start: int
    line_end: int
    respondent: str | None = None  # where a document that several share tells whose it is


@dataclass(frozen=True)
class Seen:
    """One document, read and cut."""

    text: str
    title: str | None
    passages: tuple[Passage, ...]
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    answers: tuple[Answer, ...]
    asked: tuple[Asked, ...]


def seen(
    text: str, path: str, known: Sequence[Asked] = (), *, blank: bool = False
) -> tuple[Seen, list[Problem]]:
    """Read a text, and cut it by what was read; a reading always fits its text."""
    entries, doubts = read(text, path, known, blank=blank)
    passages, problems = passages_of(text, entries, f"{path}.reading", path)
    assert not problems, [str(problem) for problem in problems]
    sections: list[Section] = []
    questions: list[Question] = []
    answers: list[Answer] = []
    title = None
    for p in passages:
        number, words = p.question or "", p.reading(text)
        if p.kind == "title" and title is None:
            title = " ".join(plain(words).split()) or None
        elif p.kind == "section":
            sections.append(Section(" ".join(plain(words).split()), p.line_start))
        elif p.kind == "question":
            whole = p.of(text).strip()
            questions.append(Question(number, len(sections) or None, words, whole, p.line_start))
        elif p.kind == "answer":
            status = "blank" if p.blank else "answered"
            lines = (p.words_line_start, p.words_line_end)
            answers.append(
                Answer(
                    *(number, status, p.words(text), p.words_start, p.words_end, *lines),
                    respondent=p.respondent,
                )
            )
    made = (tuple(sections), tuple(questions), tuple(answers))
    return Seen(text, title, passages, *made, asked(text, passages, path)), doubts
