"""The nouns of a dataset, and how each is called: every identifier is made here.

Everything is frozen. `Questionnaire` and what it holds are what raw/ says; `Assembled` is what is
published of it. Offsets and lines are those of `recording.cut.Passage`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from motamot.recording.cut import Asked, Passage, asked
from motamot.recording.record import Entry, Original, Record, record_of
from motamot.text.folding import fold, sort_key
from motamot.text.markdown import one_line
from motamot.text.problems import Where, cut
from motamot.text.source import is_markdown

ReplyStatus = Literal["answered", "partial", "declined", "no-reply"]
Reading = Literal["reviewed", "recorded", "guessed"]
Changed = Literal["changed", "added", "withdrawn"]

# --- what raw/ holds ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Respondent:
    """A list or party that was asked."""

    id: str
    name: str
    short_name: str | None = None
    kind: str | None = None
    url: str | None = None
    note: str | None = None
    name_from: str = "given"  # given, inferred, or identifier: the name of its file

    @property
    def sort_key(self) -> str:
        """Its name as a dictionary orders it."""
        return sort_key(self.name)


@dataclass(frozen=True)
class Said:
    """What `questionnaire.yml` says of one respondent's reply; absent values are None."""

    respondent: str
    status: ReplyStatus | None = None
    received_on: str | None = None
    author_from: str | None = None  # document, sender or inferred
    note: str | None = None
    line: int | None = None  # where questionnaire.yml speaks of it


@dataclass(frozen=True)
class Received:
    """One received text, cut. `text` is every character of it, as decoded."""

    path: str
    stem: str
    text: str
    encoding: str
    sha256: str
    bytes: int
    lines: int
    passages: tuple[Passage, ...]
    entries: tuple[Entry, ...] = ()  # the lines of its record or guess
    record: Record | None = None  # None: the reading is a guess
    respondents: tuple[str, ...] = ()  # who answers in it; none for the blank questionnaire
    sound: bool = True  # whether it and its record could be read

    @property
    def owner(self) -> str:
        """Whose reply it is, or what several share, as its file's name says."""
        return versioned(self.stem)[0]

    @property
    def day(self) -> str | None:
        """The day on which it came, where its file's name has it: a later version's always does."""
        return versioned(self.stem)[1]

    @property
    def reading(self) -> Reading:
        """How sure its reading is."""
        if self.record is None:
            return "guessed"
        return "reviewed" if self.record.reviewed_by else "recorded"

    @property
    def markdown(self) -> bool:
        """Whether it is written in Markdown, not as plain text."""
        return is_markdown(self.path)

    @property
    def shared(self) -> bool:
        """Whether several respondents answer in it."""
        return len(self.respondents) > 1

    @property
    def alone(self) -> str | None:
        """The one who answers in it; None when it is nobody, or several do."""
        return self.respondents[0] if len(self.respondents) == 1 else None

    @property
    def record_path(self) -> str:
        """Where its record is, or will be."""
        return record_of(self.path)

    def where(self, passage: Passage) -> Where:
        """The line that a person corrects: the record's, else the document's."""
        if self.record is not None:
            return Where(self.record_path, passage.record_line)
        return Where(self.path, passage.line_start)

    def line_of(self, entry: Entry | None) -> Where:
        """The same for a line of its record or guess; the whole file where there is none."""
        if self.record is not None:
            return Where(self.record_path, entry.line if entry else None)
        return Where(self.path, entry.at[0] if entry and entry.at else None)

    @cached_property
    def questions(self) -> tuple[Passage, ...]:
        """Its questions, in the document's order. One that several lists repeat, each in its part
        of the document, counts once: where it stands first."""
        found = tuple(p for p in self.passages if p.kind == "question")
        if not self.shared:
            return found
        first: dict[str | None, Passage] = {}
        for question in found:
            first.setdefault(question.question, question)
        return tuple(first.values())

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """The same as they stand in it, for whoever looks for them elsewhere."""
        return asked(self.text, self.questions, self.path)

    @cached_property
    def title(self) -> str | None:
        """Its title on one line, None when it has none."""
        titled = next((p for p in self.passages if p.kind == "title"), None)
        return (self.line(titled) or None) if titled else None

    def short(self, question: Passage) -> str:
        """The beginning of a question, for a message."""
        return cut(self.line(question))

    def silent(self, passage: Passage) -> bool:
        """Whether an answer says nothing. Of letters or figures, "(sans réponse)", only a person
        can say so; until one does, they are its words."""
        sure = self.reading == "reviewed"
        return passage.blank and (sure or not any(map(str.isalnum, self.line(passage))))

    def line(self, passage: Passage) -> str:
        """What a passage says, on one line."""
        return one_line(self.words(passage), markdown=self.markdown)

    def words(self, passage: Passage) -> str:
        """What is shown of a passage, as this document writes."""
        return passage.reading(self.text, markdown=self.markdown)


@dataclass(frozen=True)
class Questionnaire:
    """One questionnaire: what is known of it, and the documents of its folder."""

    id: str
    path: str  # its folder
    title: str | None = None
    election: str | None = None
    place: str | None = None
    date: str | None = None  # as its source writes it
    language: str | None = None
    asked_by: str | None = None
    source_url: str | None = None
    note: str | None = None
    said: tuple[Said, ...] = ()
    blank: Received | None = None  # questions.md, when it is there
    received: tuple[Received, ...] = ()
    reference: Received | None = None  # the document that fixes the questions
    readable: bool = True  # whether its questionnaire.yml could be read

    @property
    def documents(self) -> tuple[Received, ...]:
        """Every document, the blank questionnaire first."""
        return ((self.blank,) if self.blank else ()) + self.received

    @cached_property
    def versions(self) -> dict[str, tuple[Received, ...]]:
        """respondent -> the documents in which they reply, as they came: the last one is what they
        say now. One without a day in its name was the first."""
        found: dict[str, tuple[Received, ...]] = {}
        for received in sorted(self.received, key=lambda each: each.day or ""):
            for one in received.respondents:
                found[one] = (*found.get(one, ()), received)
        return found

    def is_current(self, document: Received, respondent: str) -> bool:
        """Whether a document is what a respondent says now."""
        return self.versions.get(respondent, (document,))[-1] is document

    def is_earlier(self, document: Received) -> bool:
        """Whether all who reply in a document have sent another since."""
        return bool(document.respondents) and not any(
            self.is_current(document, one) for one in document.respondents
        )

    @property
    def declined(self) -> frozenset[str]:
        """Who said that they do not answer."""
        return frozenset(s.respondent for s in self.said if s.status == "declined")

    def is_refusal(self, document: Received) -> bool:
        """Whether a document is the letter of respondents who do not answer."""
        return bool(document.respondents) and all(
            one in self.declined and self.is_current(document, one) for one in document.respondents
        )


@dataclass(frozen=True)
class Edition:
    """Whose site the dataset is for, from metadata.yml; `public_url` has no final slash."""

    public_url: str = ""
    publisher: str | None = None
    contact: str | None = None


# --- what is published ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """A part of a questionnaire. `position` counts from 1."""

    id: str
    questionnaire: str
    position: int
    title: str


@dataclass(frozen=True)
class Question:
    """A question: `markdown` is the exact slice, its number included; `words` are what is
    published of it, `reading` the same as a text that stands alone."""

    id: str
    questionnaire: str
    section: str | None
    position: int
    number: str
    markdown: str
    words: str
    reading: str
    passage: Passage


@dataclass(frozen=True)
class Reply:
    """What one respondent sent, or that nothing came."""

    id: str
    questionnaire: str
    respondent: str
    status: ReplyStatus
    document: str | None
    received_on: str | None
    note: str | None
    author_from: str | None


@dataclass(frozen=True)
class Answer:
    """What was written under one question: `markdown` is the exact slice of its words."""

    id: str
    question: str
    respondent: str
    document: str
    status: Literal["answered", "blank"]
    markdown: str
    reading: str
    passage: Passage


@dataclass(frozen=True)
class Revision:
    """What an answer said before: `was`, as an earlier document has it, until the version of
    `replaced_on`. `answer` is None where that one gives none; `date`, when it came, where it is not
    known."""

    id: str
    was: Answer
    answer: str | None
    date: str | None
    replaced_on: str


@dataclass(frozen=True)
class Change:
    """What the version of `date` changed in an answer: `before` is None where it was added, `after`
    where it stands as it is now, or no more."""

    question: str
    respondent: str
    date: str
    kind: Changed
    before: Revision | None
    after: Revision | None


@dataclass(frozen=True)
class Version:
    """One document of a reply; `date`: when it came, None where it is not known."""

    reply: str
    document: str
    date: str | None


@dataclass(frozen=True)
class Document:
    """A received document, whole. `passages` come with the question's identifier and the
    respondent's, None where they have none."""

    id: str
    questionnaire: str
    respondent: str | None
    path: str  # below raw/
    received: Received
    original: Original | None
    passages: tuple[tuple[Passage, str | None, str | None], ...]


@dataclass(frozen=True)
class Assembled:
    """One questionnaire as it is published."""

    about: Questionnaire
    title: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    replies: tuple[Reply, ...]
    documents: tuple[Document, ...]
    answers: tuple[Answer, ...]
    versions: tuple[Version, ...]
    changes: tuple[Change, ...]

    @property
    def revisions(self) -> list[Revision]:
        """What answers said before."""
        return [change.before for change in self.changes if change.before]

    def withdrawn(self) -> dict[str, str]:
        """The address of each answer that a later version gives no more -> where its last words
        are read."""
        gone = (r for r in reversed(self.revisions) if r.answer is None)
        return {f"answers/{r.was.id}": f"revisions/{r.id}" for r in gone}

    def identifiers(self) -> list[str]:
        """Its public identifiers, as its pages' addresses have them: `answers/exemple_3_liste-a`.
        A respondent comes with each questionnaire that it was asked."""
        return [
            f"questionnaires/{self.about.id}",
            *(f"sections/{s.id}" for s in self.sections),
            *(f"questions/{q.id}" for q in self.questions),
            *(f"respondents/{r.respondent}" for r in self.replies),
            *(f"replies/{r.id}" for r in self.replies),
            *(f"documents/{d.id}" for d in self.documents),
            *(f"answers/{a.id}" for a in self.answers),
            *(f"revisions/{r.id}" for r in self.revisions),
            *self.withdrawn(),
        ]


# --- identifiers ----------------------------------------------------------------------------------


def slug(number: str) -> str:
    """A question's number as identifiers carry it: "3.1" -> "3-1", "3 A" -> "3a"."""
    return re.sub(r"[^a-z0-9]+", "-", number.lower().replace(" ", "")).strip("-")


def section_id(questionnaire: str, position: int) -> str:
    """`exemple_s2`."""
    return f"{questionnaire}_s{position}"


def question_id(questionnaire: str, number: str) -> str:
    """`exemple_3-1`."""
    return f"{questionnaire}_{slug(number)}"


def answer_id(questionnaire: str, number: str, respondent: str) -> str:
    """`exemple_3-1_liste-a`: the permalink."""
    return f"{question_id(questionnaire, number)}_{respondent}"


def reply_id(questionnaire: str, respondent: str) -> str:
    """`exemple_liste-a`."""
    return f"{questionnaire}_{respondent}"


def document_id(questionnaire: str, stem: str) -> str:
    """`exemple_liste-a`, `exemple_liste-a_2026-03-02` for a later version."""
    return f"{questionnaire}_{stem.replace('@', '_')}"


def revision_id(answer: str, date: str | None, replaced_on: str) -> str:
    """`exemple_3_liste-a_2026-01-10`, `exemple_3_liste-a_avant-2026-03-02` where the day on which
    these words came is not known."""
    known = date if date and is_day(date) else f"avant-{replaced_on}"
    return f"{answer}_{known}"


def versioned(stem: str) -> tuple[str, str | None]:
    """`liste-a@2026-03-02` -> (`liste-a`, `2026-03-02`); no day: (`liste-a`, None)."""
    owner, at, day = stem.partition("@")
    return owner, day if at else None


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, as 2026-03-02."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def link_id(owner: str, position: int) -> str:
    """`exemple_3_liste-a_l1`: the first link of a question or an answer."""
    return f"{owner}_l{position}"


def name_from(identifier: str) -> str:
    """A readable name for a respondent that respondents.yml does not name yet."""
    return identifier.replace("-", " ").capitalize()


def unnamed(identifier: str) -> Respondent:
    """A respondent of whom only the file's name is known."""
    return Respondent(identifier, name_from(identifier), name_from="identifier")


# --- labels ---------------------------------------------------------------------------------------


def labels(named: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """What each of these (identifier, name, where and when) is called beside the others: its name;
    with where and when, else with its identifier, when another has the same name."""
    known = list(named)
    alike = Counter(fold(name) for _, name, _ in known)
    there = Counter((fold(name), hint) for _, name, hint in known)
    return {
        one: name
        if alike[fold(name)] == 1
        else f"{name} ({hint if hint and there[fold(name), hint] == 1 else one})"
        for one, name, hint in known
    }
