"""The rules that a dataset must keep, one short function each, in one visible tuple.

A rule takes a questionnaire and the folder it stands in, and yields problems. Errors stop a build,
warnings do not; all rules run, and all problems are reported at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from itertools import pairwise

from motamot.dataset.folder import BLANK_STEM, IDENTIFIER, Raw, name_from
from motamot.dataset.model import Questionnaire, slug
from motamot.reading.known import align, likeness
from motamot.recording.record import Document, Question
from motamot.text.markdown import plain
from motamot.text.problems import Problem, Where, cut
from motamot.text.yaml_file import in_yaml

Rule = Callable[[Questionnaire, Raw], Iterator[Problem]]


def check(questionnaire: Questionnaire, raw: Raw) -> list[Problem]:
    """Every problem of one questionnaire that some rule finds."""
    return [problem for rule in RULES for problem in rule(questionnaire, raw)]


def described(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A questionnaire should have a title of its own."""
    if questionnaire.title or not questionnaire.readable:
        return
    title = questionnaire.reference.title if questionnaire.reference else None
    yield Problem(
        Where(f"{questionnaire.path}/questionnaire.yml"),
        "warning",
        "a title for this questionnaire",
        f"none: “{title or questionnaire.id}” was taken from its "
        f"{'document' if title else 'folder'}",
        f"Write “title: {in_yaml(title or questionnaire.id)}” there, and what else is known of it.",
    )


def respondents_named(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """Every respondent should be named in respondents.yml."""
    for received in questionnaire.received:
        nameable = IDENTIFIER.fullmatch(received.respondent) and raw.readable
        if nameable and received.respondent not in raw.respondents:
            name = name_from(received.respondent)
            yield Problem(
                Where(received.document.path),
                "warning",
                f"the name of “{received.respondent}” in {raw.respondents_path}",
                f"none: it is shown as “{name}”",
                f"Add the line “{received.respondent}: {name}” there, with its real name.",
            )


def replies_known(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """Whoever questionnaire.yml lists must be a known respondent, or have sent a document."""
    documents = {r.respondent for r in questionnaire.received}
    known = sorted(documents | raw.respondents.keys())
    for reply in questionnaire.replies:
        if reply.respondent in known:
            continue
        near = get_close_matches(reply.respondent, known, n=1)
        hint = f"Did you mean “{near[0]}”? If not, add" if near else "Add"
        yield Problem(
            Where(f"{questionnaire.path}/questionnaire.yml", reply.line),
            "error",
            f"a respondent named in {raw.respondents_path}, or a document of theirs",
            f"“{reply.respondent}”",
            f"{hint} “{reply.respondent}: its name” there.",
        )


def replies_consistent(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A status must fit what was received: silence has no document, an answer has one."""
    documents = {r.respondent: r for r in questionnaire.received}
    for reply in questionnaire.replies:
        where = Where(f"{questionnaire.path}/questionnaire.yml", reply.line)
        received = documents.get(reply.respondent)
        if received and reply.status == "no-reply":
            yield Problem(
                where,
                "error",
                f"no document for “{reply.respondent}”, who is said not to have replied",
                received.document.path,
                "Remove the status, or the document.",
            )
        known = received or reply.respondent in raw.respondents
        if known and not received and reply.status in (None, "answered", "partial"):
            yield Problem(
                where,
                "error",
                f"a document for “{reply.respondent}”, or status: no-reply or declined",
                "neither",
                f"Save the reply as {questionnaire.path}/{reply.respondent}.md, or give a status.",
            )


def one_document_each(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A respondent has one document."""
    first: dict[str, str] = {}
    for received in questionnaire.received:
        path = received.document.path
        if received.respondent in first:
            yield Problem(
                Where(path),
                "error",
                f"one document for “{received.respondent}”",
                f"this one beside {first[received.respondent]}",
                "Keep the one that was received last, or join them.",
            )
        first.setdefault(received.respondent, path)


def not_empty(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A document has words in it."""
    for document in _documents(questionnaire):
        if document.text.strip("\ufeff \t\r\n\f\v"):
            continue
        blank = document is questionnaire.blank
        yield Problem(
            Where(document.path, 1),
            "error",
            "the questions that were sent" if blank else "a filled-in questionnaire",
            "an empty document",
            "Save it again, or remove it."
            if blank
            else "Save the reply again; for a list that did not reply, write "
            "“status: no-reply” in questionnaire.yml.",
        )


def without_nul(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A document is text: SQLite would cut it at a NUL."""
    for document in _documents(questionnaire):
        at = document.text.find("\0")
        if at != -1:
            yield Problem(
                Where(document.path, document.text.count("\n", 0, at) + 1),
                "error",
                "a text document",
                "a NUL character, as in word processors' own files",
                "Save it as plain text or Markdown, in UTF-8.",
            )


def has_questions(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A document yields at least one question, unless its author declined."""
    declined = {r.respondent for r in questionnaire.replies if r.status == "declined"}
    blank = [questionnaire.blank_file] if questionnaire.blank_file else []
    for received in (*blank, *questionnaire.received):
        document = received.document
        if document.questions or not document.text.strip() or received.respondent in declined:
            continue
        yield Problem(
            Where(document.path, 1),
            "error",
            "questions: numbered or bold lines, headings, lines that end in a question mark",
            "none",
            "Check the file; or give the lines of its questions under reading: in "
            "questionnaire.yml.",
        )


def numbers_unique(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """In one document, two questions never share an identifier."""
    for document in _documents(questionnaire):
        first: dict[str, Question] = {}
        for question in document.questions:
            same = first.setdefault(slug(question.number), question)
            if same is not question:
                yield Problem(
                    Where(document.path, question.line),
                    "error",
                    f"one question {same.number} (first on line {same.line})",
                    f"another question {question.number}: “{short(question)}”",
                    "Both would have one address. Settle which lines are questions under "
                    "reading: in questionnaire.yml.",
                )


def numbers_follow(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """The questionnaire's numbers should follow each other; a gap may be a question not seen."""
    document = questionnaire.reference
    for before, question in pairwise(document.questions if document else ()):
        gap = _gap(before.number, question.number)
        if gap and document:
            yield Problem(
                Where(document.path, question.line),
                "warning",
                f"question {gap} after question {before.number} (line {before.line})",
                f"question {question.number}",
                "If the document has that question, say on which line under reading: in "
                "questionnaire.yml.",
            )


def _gap(before: str, after: str) -> str | None:
    """The number that is missing between two plain numbers, if one is."""
    if before.isdigit() and after.isdigit() and int(after) > int(before) + 1:
        return str(int(before) + 1)
    return None


def same_questions(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A reply asks the questionnaire's own questions, in its own words."""
    reference = questionnaire.reference
    if reference is None or not reference.questions:
        return
    declined = {r.respondent for r in questionnaire.replies if r.status == "declined"}
    for received in questionnaire.received:
        document = received.document
        if document is reference or not document.questions or received.respondent in declined:
            continue
        matched = align(reference, document)
        yield from _added_or_changed(reference, document, matched)
        yield from _dropped(reference, document, matched)


def _added_or_changed(
    reference: Document, document: Document, matched: dict[str, Question]
) -> Iterator[Problem]:
    for question in document.questions:
        own = matched.get(question.number)
        where = Where(document.path, question.line)
        if own is None:
            yield Problem(
                where,
                "error",
                f"only questions of {reference.path}",
                f"another one, {question.number}: “{short(question)}”",
                "If it is no question, say so under reading: in questionnaire.yml; if it is, "
                + (
                    "add it to questions.md."
                    if reference.path.endswith("/questions.md")
                    else "save the blank questionnaire as questions.md: that reply, read first, "
                    "lacks it."
                ),
            )
        elif likeness(own, question) < 1:
            far = likeness(own, question) < 0.5
            yield Problem(
                where,
                "error" if far else "warning",
                f"question {own.number} as in {reference.path}:{own.line}: “{full(own)}”",
                f"“{full(question)}”",
                "Check that the answer is to that question."
                if far
                else "The questionnaire's wording is shown; the reply's own stays in the document.",
            )


def _dropped(
    reference: Document, document: Document, matched: dict[str, Question]
) -> Iterator[Problem]:
    found = {own.number for own in matched.values()}
    line = 1
    for own in reference.questions:
        here = next((q for q in document.questions if matched.get(q.number) is own), None)
        line = here.line if here else line
        if own.number not in found:
            yield Problem(
                Where(document.path, line),
                "warning",
                f"question {own.number} of {reference.path}:{own.line}: “{short(own)}”",
                "no such question after this line",
                "If it is there, say on which line under reading: in questionnaire.yml; if not, "
                "it counts as not answered.",
            )


def settled_lines_exist(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """Documents that questionnaire.yml settles must exist, with those lines."""
    lines = {r.respondent: r.lines for r in questionnaire.received}
    if questionnaire.blank_file is not None:
        lines[BLANK_STEM] = questionnaire.blank_file.lines
    for stem, settled in questionnaire.reading.items():
        if stem not in lines:
            yield Problem(
                Where(f"{questionnaire.path}/questionnaire.yml", settled.line),
                "error",
                f"under reading:, documents of this folder ({', '.join(sorted(lines)) or 'none'})",
                f"“{stem}”",
                "Write the file's name without .md.",
            )
            continue
        for line in settled.kinds:
            if not 1 <= line <= lines[stem]:
                yield Problem(
                    Where(f"{questionnaire.path}/questionnaire.yml", settled.said_on[line]),
                    "error",
                    f"a line of {stem}, from 1 to {lines[stem]}",
                    f"line {line}",
                    "Write the line's number as an editor shows it.",
                )


def _documents(questionnaire: Questionnaire) -> list[Document]:
    blank = [questionnaire.blank] if questionnaire.blank is not None else []
    return [*blank, *(r.document for r in questionnaire.received)]


def full(question: Question) -> str:
    """A question's words on one line."""
    return " ".join(plain(question.wording).split())


def short(question: Question) -> str:
    """The beginning of a question, for a message."""
    return cut(full(question))


RULES: tuple[Rule, ...] = (
    described,
    respondents_named,
    replies_known,
    replies_consistent,
    one_document_each,
    not_empty,
    without_nul,
    has_questions,
    numbers_unique,
    numbers_follow,
    same_questions,
    settled_lines_exist,
)
