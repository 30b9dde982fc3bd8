"""One assembled questionnaire -> the rows of every table, rendered and ready for the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from motamot.dataset.model import Answer, Assembled, Document, Question, link_id
from motamot.search.index import ASSUMED
from motamot.search.words import MARK, terms, words_of
from motamot.text.markdown import count_words, html, links, plain, question_html

Row = tuple[object, ...]


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


@dataclass(frozen=True)
class Rows:
    """What one questionnaire adds to the database. `rows`: by table, in the order of its columns;
    `terms`: the search terms of each question and answer, in the order of their rows; `words`:
    (folded, as written) -> how often, for "vouliez-vous dire"."""

    rows: dict[str, list[Row]]
    terms: dict[str, list[str]]
    words: dict[tuple[str, str], int]
    respondents: list[str]
    counts: list[Counts]


def rows_of(made: Assembled) -> Rows:
    """Render one questionnaire."""
    about = made.about
    language = about.language or ASSUMED
    questions = [_question(q) for q in made.questions]
    answers = [_answer(a) for a in made.answers]
    texts = {
        "questions": [str(row[5]) for row in questions],
        "answers": [str(row[5]) for row in answers],
    }
    links_ = [
        *(link for q in made.questions for link in _links(q.id, q.reading, of_question=True)),
        *(link for a in made.answers for link in _links(a.id, a.markdown, of_question=False)),
    ]
    words = Counter(w for text in (*texts.values(),) for t in text for w in words_of(t, language))
    return Rows(
        rows={
            "questionnaires": [
                (
                    *(about.id, made.title, about.election, about.place, about.date),
                    *(about.language, about.asked_by, about.source_url, about.note),
                )
            ],
            "sections": [(s.id, s.questionnaire, s.position, s.title) for s in made.sections],
            "questions": questions,
            "documents": [_document(d) for d in made.documents],
            "replies": [
                (r.id, r.questionnaire, r.respondent, r.status, r.document, r.received_on, r.note)
                for r in made.replies
            ],
            "passages": [row for d in made.documents for row in _passages(d)],
            "answers": answers,
            "links": links_,
        },
        terms={
            table: [terms(text, language) or MARK for text in found]
            for table, found in texts.items()
        },
        words=dict(words),
        respondents=[r.respondent for r in made.replies],
        counts=[_counts(made, d, answers, links_) for d in made.documents],
    )


def _question(question: Question) -> Row:
    return (
        *(question.id, question.questionnaire, question.section, question.position),
        *(question.number, plain(question.reading), question.markdown),
        question_html(question.reading),
    )


def _answer(answer: Answer) -> Row:
    text = plain(answer.reading)
    passage = answer.passage
    return (
        *(answer.id, answer.question, answer.respondent, answer.document, answer.status, text),
        *(answer.markdown, html(answer.reading)),
        count_words(text) if answer.status == "answered" else 0,
        *(passage.words_start, passage.words_end),
        *(passage.words_line_start, passage.words_line_end),
    )


def _document(document: Document) -> Row:
    received = document.received
    return (
        *(document.id, document.questionnaire, document.respondent, document.path),
        *(received.sha256, received.bytes, received.lines, received.encoding, received.text),
    )


def _passages(document: Document) -> Iterator[Row]:
    for position, (passage, question, _) in enumerate(document.passages, 1):
        yield (
            *(document.id, position, passage.kind, question),
            *(passage.char_start, passage.char_end, passage.line_start, passage.line_end),
        )


def _links(owner: str, markdown: str, *, of_question: bool) -> Iterator[Row]:
    for position, link in enumerate(links(markdown), 1):
        question, answer = (owner, None) if of_question else (None, owner)
        yield (link_id(owner, position), question, answer, position, link.url, link.label)


def _counts(made: Assembled, document: Document, answers: list[Row], links: list[Row]) -> Counts:
    own = [row for row in answers if row[3] == document.id]
    asks = made.about.reference is document.received
    cited = {row[0] for row in own} | ({q.id for q in made.questions} if asks else set())
    passages = document.received.passages
    return Counts(
        path=document.path,
        sections=sum(p.kind == "section" for p in passages),
        questions=len(document.received.questions),
        answers=sum(row[4] == "answered" for row in own),
        blanks=sum(row[4] == "blank" for row in own),
        words=sum(int(str(row[8])) for row in own),
        links=sum((row[1] or row[2]) in cited for row in links),
    )
