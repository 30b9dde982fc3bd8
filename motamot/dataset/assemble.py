"""What raw/ says of one questionnaire -> what is published of it: sections, replies, silences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from motamot.dataset.model import (
    Answer,
    Assembled,
    Document,
    Question,
    Questionnaire,
    Received,
    Reply,
    ReplyStatus,
    Said,
    Section,
    answer_id,
    document_id,
    question_id,
    reply_id,
    section_id,
)


def assemble(questionnaire: Questionnaire, raw: Path) -> Assembled:
    """One questionnaire as it is published; sound only when its checks found no error. `raw` is
    the folder that documents' paths are told from."""
    reference = questionnaire.reference
    sections, questions = _asked(questionnaire.id, reference) if reference else ((), ())
    answers = tuple(
        answer
        for received in questionnaire.received
        for answer in _answers(questionnaire.id, received)
        if answer.respondent not in questionnaire.declined
    )
    return Assembled(
        about=questionnaire,
        title=questionnaire.title or (reference and reference.title) or questionnaire.id,
        sections=sections,
        questions=questions,
        replies=tuple(_replies(questionnaire, len(questions), answers)),
        documents=tuple(_document(questionnaire.id, d, raw) for d in questionnaire.documents),
        answers=answers,
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
    sent: set[str] = set()
    for received in questionnaire.received:
        for respondent in received.respondents:
            own = [a for a in answers if a.respondent == respondent]
            written = sum(a.status == "answered" for a in own)
            status: ReplyStatus = "answered" if written == questions else "partial"
            document = document_id(questionnaire.id, received.stem)
            yield _reply(questionnaire.id, respondent, said.get(respondent), document, status)
            sent.add(respondent)
    for respondent in sorted(said.keys() - sent):
        yield _reply(questionnaire.id, respondent, said[respondent], None, "no-reply")


def _reply(
    questionnaire: str,
    respondent: str,
    said: Said | None,
    document: str | None,
    status: ReplyStatus,
) -> Reply:
    return Reply(
        id=reply_id(questionnaire, respondent),
        questionnaire=questionnaire,
        respondent=respondent,
        status=(said and said.status) or status,
        document=document,
        received_on=said.received_on if said else None,
        note=said.note if said else None,
        author_from=said.author_from if said else None,
    )


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
