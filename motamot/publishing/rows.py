"""One assembled questionnaire -> the rows of every table, rendered and ready for the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from motamot.dataset.model import (
    Answer,
    Assembled,
    Document,
    Edition,
    Question,
    Reply,
    Respondent,
    Revision,
    link_id,
    unnamed,
)
from motamot.publishing.indexed import Index, Terms
from motamot.publishing.kept import Kept
from motamot.publishing.shown import Shown, packed, shown, unpacked
from motamot.recording.cut import edges
from motamot.search.index import ASSUMED
from motamot.search.words import Written, language_of
from motamot.text.dates import iso
from motamot.text.markdown import Rendered, count_words
from motamot.text.patience import SECONDS, within
from motamot.text.source import Lines

Row = tuple[object, ...]
Told = TypeVar("Told", Answer, Revision)
MEDIA_TYPES = {  # RFC 7763, RFC 2046 and the registrations of the formats' makers
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".html": "text/html",
    ".csv": "text/csv",
    ".eml": "message/rfc822",
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odt": "application/vnd.oasis.opendocument.text",
}


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
    earlier: bool = False  # whether later versions took its place
    revised: int = 0  # answers of it that later versions changed


@dataclass(frozen=True)
class Rows:
    """What one questionnaire adds to the database. `rows`: by table, in the order of its columns;
    `terms`: what is searched of each question, answer and revision, in the order of their rows;
    `language`: what its texts are in; `words`: how often each word stands there."""

    rows: dict[str, list[Row]]
    terms: dict[str, list[Terms]]
    language: str
    words: dict[Written, int]
    respondents: list[str]
    counts: list[Counts]


def rows_of(
    made: Assembled, respondents: Mapping[str, Respondent], edition: Edition, kept: Kept
) -> Rows:
    """Render one questionnaire, document by document; `respondents` are those of the whole dataset
    that are named."""
    language = made.about.language or ASSUMED
    reference = made.about.reference
    asks_in_markdown = reference is None or reference.markdown
    path, text = (reference.path, reference.text) if reference else ("", "")
    with within(path, text, SECONDS / 2):
        asked = _shown(made.questions, language, kept, markdown=asks_in_markdown, questions=True)
    questions = list(zip(made.questions, asked.texts, strict=True))
    said = list(_by_document(made, [(a, a) for a in made.answers], language, kept))
    before = list(_by_document(made, [(r, r.was) for r in made.revisions], language, kept))
    answers = [pair for own, found in said for pair in zip(own, found.texts, strict=True)]
    revisions = [pair for own, found in before for pair in zip(own, found.texts, strict=True)]
    words: Counter[Written] = Counter()
    for found in (asked, *(found for _, found in (*said, *before))):
        words.update(found.words)
    named = [_named(respondents, r.respondent) for r in made.replies]
    rows = _described(made) | _told(questions, answers, revisions, _order(made, named))
    rows["changes"] = list(_changes(made))
    rows["dataset_rows"] = list(_flat(made, questions, answers, respondents, edition))
    index = Index(made, named, language)
    words.update(index.words)
    return Rows(
        rows=rows,
        terms={
            "questions": index.questions(asked.terms),
            "answers": index.answers(
                [answer for answer, _ in answers], [t for _, found in said for t in found.terms]
            ),
            "revisions": [(t,) for _, found in before for t in found.terms],
        },
        language=language_of(language),
        words=dict(words),
        respondents=[r.respondent for r in made.replies],
        counts=[_counts(made, d, rows["answers"], rows["links"]) for d in made.documents],
    )


def _by_document(
    made: Assembled, told: Sequence[tuple[Told, Answer]], language: str, kept: Kept
) -> Iterator[tuple[list[Told], Shown]]:
    """Answers rendered together with those of the same document, and as it is: Markdown or not."""
    for document in made.documents:
        own = [(each, answer) for each, answer in told if answer.document == document.id]
        if own:
            markdown = document.received.markdown
            with within(document.received.path, document.received.text, SECONDS / 2):
                found = _shown([answer for _, answer in own], language, kept, markdown=markdown)
            yield [each for each, _ in own], found


def _shown(
    texts: Sequence[Question | Answer],
    language: str,
    kept: Kept,
    *,
    markdown: bool,
    questions: bool = False,
) -> Shown:
    readings = [text.reading for text in texts]
    return kept.take(
        [language, markdown, questions, *readings],
        lambda: shown(readings, language, markdown=markdown, questions=questions),
        packed,
        unpacked,
    )


def _described(made: Assembled) -> dict[str, list[Row]]:
    """The rows of what was sent and received, in the order in which tables refer to each other."""
    about = made.about
    known = (about.election, about.place, iso(about.date), about.language, about.asked_by)
    rest = (about.source_url, about.note, about.date, made.title)
    return {
        "questionnaires": [(about.id, made.title, *known, *rest)],
        "sections": [(s.id, s.questionnaire, s.position, s.title, s.title) for s in made.sections],
        "documents": [_document(d) for d in made.documents],
        "replies": [
            (
                *(r.id, r.questionnaire, r.respondent, r.status, r.document),
                *(r.received_on, r.note, r.author_from),
            )
            for r in made.replies
        ],
        "versions": [(v.reply, v.document, v.date) for v in made.versions],
        "passages": [row for d in made.documents for row in _passages(d)],
        "redirects": [(old, new, None) for old, new in made.withdrawn().items()],
    }


def _named(respondents: Mapping[str, Respondent], identifier: str) -> Respondent:
    return respondents.get(identifier) or unnamed(identifier)


def _order(made: Assembled, named: Sequence[Respondent]) -> dict[str, str]:
    """What sorts questions and answers, by their identifiers: the order of the questionnaire, then
    that of the lists' names."""
    place = {q.id: f"{q.questionnaire} {q.position:05}" for q in made.questions}
    names = {who.id: f"{who.sort_key} {who.id}" for who in named}
    return place | {a.id: f"{place[a.question]} {names[a.respondent]}" for a in made.answers}


def _told(
    questions: Sequence[tuple[Question, Rendered]],
    answers: Sequence[tuple[Answer, Rendered]],
    revisions: Sequence[tuple[Revision, Rendered]],
    order: Mapping[str, str],
) -> dict[str, list[Row]]:
    """The rows of what was asked and answered."""
    return {
        "questions": [(*_question(q, text), order[q.id]) for q, text in questions],
        "answers": [(*_answer(a, text), order[a.id]) for a, text in answers],
        "revisions": [_revision(r, text) for r, text in revisions],
        "paragraphs": [
            *(row for q, text in questions for row in _paragraphs((q.id, None, None), q, text)),
            *(row for a, text in answers for row in _paragraphs((None, a.id, None), a, text)),
            *(row for r, text in revisions for row in _paragraphs((None, None, r.id), r.was, text)),
        ],
        "links": [
            *(row for q, text in questions for row in _links(q.id, (q.id, None), text)),
            *(row for a, text in answers for row in _links(a.id, (None, a.id), text)),
        ],
    }


def _flat(
    made: Assembled,
    questions: Sequence[tuple[Question, Rendered]],
    answers: Sequence[tuple[Answer, Rendered]],
    respondents: Mapping[str, Respondent],
    edition: Edition,
) -> Iterator[Row]:
    """A row for each question and each list that was asked."""
    about = made.about
    sections = {s.id: s.title for s in made.sections}
    paths = {d.id: d.path for d in made.documents}
    given = {(a.question, a.respondent): (a, text.text) for a, text in answers}
    asked = [(r, _named(respondents, r.respondent)) for r in made.replies]
    asked.sort(key=lambda pair: (pair[1].sort_key, pair[1].id))
    for question, text_of in questions:
        section = sections.get(question.section or "")
        for reply, who in asked:
            answer, text = given.get((question.id, who.id), (None, None))
            page = f"answers/{answer.id}" if answer else f"questions/{question.id}"
            yield (
                *(None, made.title, about.election, about.place, section, question.number),
                *(text_of.text, who.name, answer.status if answer else _silence(reply), text),
                _words(answer, text) if answer and text is not None else None,
                paths.get(reply.document or ""),
                *_lines(answer),
                f"{edition.public_url}/questionnaires/{page}",
                *(about.id, question.id, question.position, who.id),
                *(answer.id if answer else None, reply.received_on, iso(about.date)),
                *(about.language, who.name_from, who.sort_key, question.section, about.date),
                None,
            )


def _silence(reply: Reply) -> str:
    """Why a list has no answer to a question."""
    return reply.status if reply.status in ("declined", "no-reply") else "absent"


def _lines(answer: Answer | None) -> tuple[int | None, int | None]:
    if answer is None:
        return None, None
    return answer.passage.words_line_start, answer.passage.words_line_end


def _words(answer: Answer, text: str) -> int:
    return count_words(text) if answer.status == "answered" else 0


def _question(question: Question, shown: Rendered) -> Row:
    return (
        *(question.id, question.questionnaire, question.section, question.position),
        *(question.number, shown.text, question.markdown, shown.html),
    )


def _answer(answer: Answer, shown: Rendered) -> Row:
    passage = answer.passage
    return (
        *(answer.id, answer.question, answer.respondent, answer.document, answer.status),
        *(shown.text, answer.markdown, shown.html),
        _words(answer, shown.text),
        *(passage.words_start, passage.words_end),
        *_lines(answer),
    )


def _revision(revision: Revision, shown: Rendered) -> Row:
    _, question, respondent, document, status, *rest = _answer(revision.was, shown)
    return (
        *(revision.id, revision.answer, question, respondent, document),
        *(revision.date, revision.replaced_on, status, *rest),
    )


def _changes(made: Assembled) -> Iterator[Row]:
    now = {(a.question, a.respondent): a.id for a in made.answers}
    for change in made.changes:
        yield (
            *(change.question, change.respondent, change.date, change.kind),
            now.get((change.question, change.respondent)),
            change.before.id if change.before else None,
            change.after.id if change.after else None,
        )


def _document(document: Document) -> Row:
    received, original = document.received, document.original
    name = original.name if original else document.path
    return (
        *(document.id, document.questionnaire, document.respondent, document.path),
        *(received.sha256, received.bytes, received.lines, received.encoding, received.text),
        *((original.name, original.sha256) if original else (None, None)),
        MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream"),
        original.converted_by if original else None,
        received.reading,
        received.record.reviewed_by if received.record else None,
    )


def _passages(document: Document) -> Iterator[Row]:
    for position, (passage, question, respondent) in enumerate(document.passages, 1):
        yield (
            *(document.id, position, passage.kind, question),
            *(passage.char_start, passage.char_end, passage.line_start, passage.line_end),
            *(respondent, passage.words_start, passage.words_end),
        )


def _paragraphs(
    owner: tuple[str | None, str | None, str | None], of: Question | Answer, shown: Rendered
) -> Iterator[Row]:
    """Where each block of the plain reading stands in the document."""
    words = of.words if isinstance(of, Question) else of.markdown
    spans = Lines(words).spans
    for position, block in enumerate(shown.blocks, 1):
        first = spans[min(block.first, len(spans) - 1)][0]
        last = spans[min(max(block.end, block.first + 1), len(spans)) - 1][1]
        start, end = edges(words, first, max(first, last))
        line = of.passage.words_line_start + words.count("\n", 0, start)
        yield (
            *(None, *owner, position, block.text),
            *(of.passage.words_start + start, of.passage.words_start + end),
            *(line, line + words.count("\n", start, end)),
        )


def _links(owner: str, owners: tuple[str | None, str | None], shown: Rendered) -> Iterator[Row]:
    for position, link in enumerate(shown.links, 1):
        yield (link_id(owner, position), *owners, position, link.url, link.label)


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
        earlier=made.about.is_earlier(document.received),
        revised=sum(r.was.document == document.id for r in made.revisions),
    )
