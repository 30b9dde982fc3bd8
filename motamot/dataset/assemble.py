"""What raw/ says of one questionnaire -> what is published of it: sections, replies, silences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from motamot.dataset.model import (
    Answer,
    Assembled,
    Change,
    Changed,
    Document,
    Question,
    Questionnaire,
    Received,
    Reply,
    ReplyStatus,
    Revision,
    Said,
    Section,
    Version,
    answer_id,
    document_id,
    question_id,
    reply_id,
    revision_id,
    section_id,
)
from motamot.text.markdown import plain

Words = list[str] | None  # of an answer; None where there is none


def assemble(questionnaire: Questionnaire, raw: Path) -> Assembled:
    """One questionnaire as it is published; sound only when its checks found no error. `raw` is
    the folder that documents' paths are told from."""
    reference = questionnaire.reference
    sections, questions = _asked(questionnaire.id, reference) if reference else ((), ())
    answers = tuple(
        answer
        for received in questionnaire.received
        for answer in _answers(questionnaire.id, received)
        if questionnaire.is_current(received, answer.respondent)
        and answer.respondent not in questionnaire.declined
    )
    return Assembled(
        about=questionnaire,
        title=questionnaire.title or (reference and reference.title) or questionnaire.id,
        sections=sections,
        questions=questions,
        replies=tuple(_replies(questionnaire, len(questions), answers)),
        documents=tuple(_document(questionnaire.id, d, raw) for d in questionnaire.documents),
        answers=answers,
        versions=tuple(_versions(questionnaire)),
        changes=tuple(_changes(questionnaire, answers)),
    )


def _asked(
    questionnaire: str, reference: Received
) -> tuple[tuple[Section, ...], tuple[Question, ...]]:
    sections: list[Section] = []
    questions: list[Question] = []
    section: Section | None = None
    asked = frozenset(reference.questions)
    for passage in reference.passages:
        if passage.kind == "section":
            title = reference.line(passage)
            section = _repeated(sections, title) if reference.shared else None
            if section is None:
                position = len(sections) + 1
                at = section_id(questionnaire, position)
                section = Section(at, questionnaire, position, title)
                sections.append(section)
        elif passage in asked:
            number = passage.question or ""
            question = Question(
                id=question_id(questionnaire, number),
                questionnaire=questionnaire,
                section=section.id if section else None,
                position=len(questions) + 1,
                number=number,
                markdown=passage.of(reference.text).strip(),
                words=passage.words(reference.text),
                reading=reference.words(passage),
                passage=passage,
            )
            questions.append(question)
    return tuple(sections), tuple(questions)


def _repeated(sections: list[Section], title: str) -> Section | None:
    """The section that has this title already, in another list's part of the same document."""
    return next((section for section in sections if section.title == title), None)


def _answers(questionnaire: str, received: Received) -> Iterator[Answer]:
    for passage in received.passages:
        respondent = passage.respondent or received.alone
        if passage.kind != "answer" or passage.question is None or respondent is None:
            continue
        yield Answer(
            id=answer_id(questionnaire, passage.question, respondent),
            question=question_id(questionnaire, passage.question),
            respondent=respondent,
            document=document_id(questionnaire, received.stem),
            status="blank" if received.silent(passage) else "answered",
            markdown=passage.words(received.text),
            reading=received.words(passage),
            passage=passage,
        )


def _replies(
    questionnaire: Questionnaire, questions: int, answers: tuple[Answer, ...]
) -> Iterator[Reply]:
    """Those who sent a document, then those who were asked and sent none."""
    said = {s.respondent: s for s in questionnaire.said}
    for respondent, versions in questionnaire.versions.items():
        own = [a for a in answers if a.respondent == respondent]
        written = sum(a.status == "answered" for a in own)
        status: ReplyStatus = "answered" if written == questions else "partial"
        yield _reply(questionnaire.id, respondent, said.get(respondent), versions[-1], status)
    for respondent in sorted(said.keys() - questionnaire.versions.keys()):
        yield _reply(questionnaire.id, respondent, said[respondent], None, "no-reply")


def _reply(
    questionnaire: str,
    respondent: str,
    said: Said | None,
    document: Received | None,
    status: ReplyStatus,
) -> Reply:
    return Reply(
        id=reply_id(questionnaire, respondent),
        questionnaire=questionnaire,
        respondent=respondent,
        status=(said and said.status) or status,
        document=document_id(questionnaire, document.stem) if document else None,
        received_on=_came(document, said),
        note=said.note if said else None,
        author_from=said.author_from if said else None,
    )


def _came(document: Received | None, said: Said | None) -> str | None:
    """When a document came, as its name says; what questionnaire.yml says is of the first one."""
    return (document and document.day) or (said and said.received_on) or None


# --- a reply that was corrected -------------------------------------------------------------------


def _versions(questionnaire: Questionnaire) -> Iterator[Version]:
    """Every document of each reply, as they came."""
    said = {s.respondent: s for s in questionnaire.said}
    for respondent, versions in questionnaire.versions.items():
        for received in versions:
            yield Version(
                reply_id(questionnaire.id, respondent),
                document_id(questionnaire.id, received.stem),
                _came(received, said.get(respondent)),
            )


def _changes(questionnaire: Questionnaire, answers: tuple[Answer, ...]) -> Iterator[Change]:
    """What each later version of a reply changed in its answers."""
    said = {s.respondent: s for s in questionnaire.said}
    for respondent, versions in questionnaire.versions.items():
        if len(versions) == 1:
            continue
        days = [_came(each, said.get(respondent)) for each in versions]
        told = [
            {a.id: a for a in _answers(questionnaire.id, each) if a.respondent == respondent}
            for each in versions[:-1]
        ]
        told.append({a.id: a for a in answers if a.respondent == respondent})
        for identifier in dict.fromkeys(key for own in told for key in own):
            given = [own.get(identifier) for own in told]
            both = zip(given, versions, strict=True)
            words = [_words(answer, each.markdown) for answer, each in both]
            yield from _changes_of(given, words, days)


def _changes_of(
    given: Sequence[Answer | None], words: Sequence[Words], days: Sequence[str | None]
) -> Iterator[Change]:
    """The changes of one answer; `given`, `words`: what each version has of it."""
    later: Revision | None = None
    for start, end in reversed(list(pairwise(_starts(words)))):
        was, then, on = given[start], given[end], str(days[end])
        before = _revision(was, given[-1], days[start], on) if was else None
        kind: Changed = "changed" if was and then else "added" if then else "withdrawn"
        either = was or then
        assert either  # since they differ
        yield Change(either.question, either.respondent, on, kind, before, later)
        later = before


def _revision(was: Answer, now: Answer | None, came: str | None, replaced_on: str) -> Revision:
    identifier = revision_id(was.id, came, replaced_on)
    return Revision(identifier, was, now.id if now else None, came, replaced_on)


def _starts(words: Sequence[Words]) -> list[int]:
    """Which versions say something else than the one before; the first of them too."""
    return [at for at, own in enumerate(words) if at == 0 or own != words[at - 1]]


def _words(answer: Answer | None, markdown: bool) -> Words:
    """What an answer says, however its lines are broken and its marks are made."""
    if answer is None:
        return None
    if answer.status == "blank":
        return []
    return plain(answer.reading, markdown=markdown).split()


def _document(questionnaire: str, received: Received, raw: Path) -> Document:
    return Document(
        id=document_id(questionnaire, received.stem),
        questionnaire=questionnaire,
        respondent=received.alone,
        path=Path(received.path).relative_to(raw).as_posix(),
        received=received,
        original=received.record.original if received.record else None,
        passages=tuple(
            (
                passage,
                question_id(questionnaire, passage.question) if passage.question else None,
                passage.respondent or received.alone if passage.kind == "answer" else None,
            )
            for passage in received.passages
        ),
    )
