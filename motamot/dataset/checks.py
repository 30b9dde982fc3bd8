"""The rules that a dataset must keep, one short function each, in one visible tuple.

A rule takes a questionnaire and the folder it stands in, and yields problems. Errors stop a build,
warnings do not; all rules run, and all problems are reported at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from motamot.dataset.documents import BLANK_STEM
from motamot.dataset.folder import IDENTIFIER, Raw
from motamot.dataset.model import Questionnaire, Received, is_day, name_from, slug
from motamot.recording.cut import Passage
from motamot.recording.record import Entry
from motamot.text.problems import Problem, Severity, Where, nearest
from motamot.text.yaml_file import in_yaml

Rule = Callable[[Questionnaire, Raw], Iterator[Problem]]


def check(questionnaire: Questionnaire, raw: Raw, release: bool = False) -> list[Problem]:
    """Every problem of one questionnaire that some rule finds; a release takes nothing that nobody
    confirmed."""
    found = [problem for rule in RULES for problem in rule(questionnaire, raw)]
    return found + list(confirmed(questionnaire, "error" if release else "warning"))


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
    first: dict[str, str] = {}
    for received in questionnaire.received:
        for respondent in received.respondents:
            first.setdefault(respondent, received.path)
    for respondent, path in first.items():
        nameable = IDENTIFIER.fullmatch(respondent) and raw.readable
        if nameable and respondent not in raw.respondents:
            name = name_from(respondent)
            yield Problem(
                Where(path),
                "warning",
                f"the name of “{respondent}” in {raw.respondents_path}",
                f"none: it is shown as “{name}”",
                f"Add the line “{respondent}: {name}” there, with its real name.",
            )


def replies_known(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """Whoever questionnaire.yml lists must be a known respondent, or have sent a document."""
    documents = {one for r in questionnaire.received for one in r.respondents}
    known = sorted(documents | raw.respondents.keys())
    for reply in questionnaire.said:
        if reply.respondent in known:
            continue
        near = nearest(reply.respondent, known)
        hint = f"Did you mean “{near}”? If not, add" if near else "Add"
        yield Problem(
            Where(f"{questionnaire.path}/questionnaire.yml", reply.line),
            "error",
            f"a respondent named in {raw.respondents_path}, or a document of theirs",
            f"“{reply.respondent}”",
            f"{hint} “{reply.respondent}: its name” there.",
        )


def replies_consistent(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A status must fit what was received: silence has no document, an answer has one."""
    documents = {one: versions[-1] for one, versions in questionnaire.versions.items()}
    for reply in questionnaire.said:
        where = Where(f"{questionnaire.path}/questionnaire.yml", reply.line)
        received = documents.get(reply.respondent)
        if received and reply.status == "no-reply":
            yield Problem(
                where,
                "error",
                f"no document for “{reply.respondent}”, who is said not to have replied",
                received.path,
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
    """A respondent has one document, and of each later day one version of it."""
    first: dict[tuple[str, str | None], str] = {}
    for received in questionnaire.received:
        for respondent in received.respondents:
            other = first.setdefault((respondent, received.day), received.path)
            if other != received.path:
                yield Problem(
                    Where(received.path),
                    "error",
                    f"one document for “{respondent}”"
                    + (f" on {received.day}" if received.day else ""),
                    f"this one beside {other}",
                    "If one corrects the other, write the day on which it came in its name, as "
                    f"{respondent}@2026-03-02.md; else join them.",
                )


def versions_follow(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """`received_on` is when the first document came; the others have their day in their names."""
    for reply in questionnaire.said:
        came = reply.received_on
        first, *later = questionnaire.versions.get(reply.respondent, (None,))
        if first is None or came is None or not is_day(came):
            continue
        if first.day not in (None, came):
            expected = f"{first.day}, as in the name of {first.path}"
        elif later and came >= str(later[0].day):
            expected = f"the day on which {first.path} came, before {later[0].path}"
        else:
            continue
        where = Where(f"{questionnaire.path}/questionnaire.yml", reply.line)
        found, action = f"“received_on: {came}”", "Correct it, or remove it when it is not known."
        yield Problem(where, "error", expected, found, action)


def not_empty(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A document has words in it."""
    for document in _sound(questionnaire):
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
    for document in _sound(questionnaire):
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
    """A document yields at least one question or answer, unless its author declined, then or until
    a later version."""
    for document in _sound(questionnaire):
        read = document.questions or any(p.kind == "answer" for p in document.passages)
        letter = questionnaire.is_refusal(document) or questionnaire.is_earlier(document)
        if read or not document.text.strip() or letter:
            continue
        yield Problem(
            Where(document.path, 1),
            "error",
            "questions: numbered or bold lines, headings, lines that end in a question mark",
            "none",
            f"Check the file; or say where they are in {document.record_path}, which `build.py "
            "receive` writes.",
        )


def numbers_unique(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """In one document, two questions never share an identifier; several lists may each repeat one
    in their parts."""
    for document in _sound(questionnaire):
        first: dict[str, Passage] = {}
        for question in document.questions:
            same = first.setdefault(slug(question.question or ""), question)
            if same is not question:
                yield Problem(
                    document.where(question),
                    "error",
                    f"one question {same.question} (first on line {document.where(same).line})",
                    f"another question {question.question}: “{document.short(question)}”",
                    f"Both would have one address: {_settle(document)}.",
                )


def numbers_follow(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """The questionnaire's numbers should follow each other; a gap may be a question not seen."""
    document = questionnaire.reference
    if document is None or document.reading == "reviewed":
        return
    numbers = {question.question for question in document.questions}
    for before, question in pairwise(document.questions):
        gap = _gap(before.question or "", question.question or "")
        if gap and gap not in numbers:
            yield Problem(
                document.where(question),
                "warning",
                f"question {gap} after question {before.question} "
                f"(line {document.where(before).line})",
                f"question {question.question}",
                f"If the document has that question, {_settle(document)}.",
            )


def _gap(before: str, after: str) -> str | None:
    """The number that is missing between two plain numbers, if one is."""
    if before.isdigit() and after.isdigit() and int(after) > int(before) + 1:
        return str(int(before) + 1)
    return None


def same_questions(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A document speaks only of the questions that its questionnaire asks."""
    reference = questionnaire.reference
    if reference is None or not reference.sound or not reference.questions:
        return
    known = {q.question for q in reference.questions}
    for document in _sound(questionnaire):
        if document is reference or questionnaire.is_refusal(document):
            continue
        asked = {p.question for p in document.questions}
        for passage in document.passages:
            number = passage.question
            if number is None or number in known:
                continue
            if passage.kind == "question" or number not in asked:
                what = f"{passage.kind} {number}: “{document.short(passage)}”"
                yield _another(document, reference, document.where(passage), what)
        for entry in document.entries:
            if entry.kind == "absent" and entry.number not in known:
                where = Where(document.record_path, entry.line)
                yield _another(document, reference, where, f"{entry.kind} {entry.number}")


def _another(document: Received, reference: Received, where: Where, found: str) -> Problem:
    added = (
        "add it to questions.md."
        if reference.stem == BLANK_STEM
        else "save the blank questionnaire as questions.md: that reply, read first, lacks it."
    )
    return Problem(
        where,
        "error",
        f"only questions of {reference.path}",
        f"another one, {found.removeprefix('question ')}",
        f"If it is no question, {_settle(document)}; if it is, {added}",
    )


def each_is_accounted_for(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A record says one thing of each question and each respondent: answer, blank or absent. A
    guess may say nothing of one; where several answer, it says whose each answer is, and no two."""
    reference = questionnaire.reference
    if reference is None or not reference.sound:
        return
    for document in _sound(questionnaire):
        guessed = document.record is None
        if (guessed and not document.shared) or questionnaire.is_refusal(document):
            continue
        said = Counter((e.number, e.respondent or document.alone) for e in _spoken_of(document))
        known = dict.fromkeys(question.question for question in reference.questions)
        for number in known:
            for one in document.respondents:
                count = said.pop((number, one), 0)
                passed = one in questionnaire.declined or (guessed and not count)
                if count != 1 and not passed:
                    yield _unaccounted(document, number, one, count)
        for number, respondent in said:
            if number in known:
                yield _unaccounted(document, number, respondent, -1)


def _spoken_of(document: Received) -> list[Entry]:
    """The lines that say what becomes of a question: each answer, blank and absent."""
    return [e for e in document.entries if e.kind in ("answer", "blank", "absent")]


def _unaccounted(
    document: Received, number: str | None, respondent: str | None, count: int
) -> Problem:
    """`count`: how often it is answered; -1 when nobody of that name answers in the document."""
    if count < 0:
        expected = f"an answer of {' or '.join(document.respondents)} to question {number}"
        found = f"one of “@{respondent}”" if respondent else "one that does not say whose"
        action = "Write @respondent after the number, as “respondents:” has it."
    else:
        whose = f" of “{respondent}”" if document.shared else ""
        expected = f"one line for the answer{whose} to question {number}"
        found = str(count) if count else "none"
        action = (
            "Write where it is, “- blank” when nothing is written, “- absent” when it lacks it."
        )
        action = "Keep one of them." if count else action
    if document.record is None:
        action = f"{action[:-1]}, in the record that `build.py receive` writes."
    line = _said(document, number, respondent) if count else _asked(document, number, respondent)
    return Problem(document.line_of(line), "error", expected, found, action)


def _said(document: Received, number: str | None, respondent: str | None) -> Entry:
    """The last line that says what one respondent did of a question."""
    lines = [e for e in _spoken_of(document) if e.number == number]
    return [e for e in lines if (e.respondent or document.alone) == respondent][-1]


def _asked(document: Received, number: str | None, respondent: str | None) -> Entry | None:
    """The line of a question; where each list's part repeats it, the one nearest to that list's."""
    own = [e.line for e in document.entries if e.respondent == respondent]
    lines = [e for e in document.entries if e.number == number]
    asked = [e for e in lines if e.kind == "question"] or lines[:1]
    return min(
        asked, key=lambda e: min((abs(e.line - line) for line in own), default=0), default=None
    )


def doubts_settled(questionnaire: Questionnaire, raw: Raw) -> Iterator[Problem]:
    """A `?` in a record asks a person; once they confirmed the reading, none is left."""
    for document in questionnaire.documents:
        for entry in document.entries:
            if entry.doubtful and document.record:
                yield Problem(
                    Where(document.record_path, entry.line),
                    "error" if document.record.reviewed_by else "warning",
                    "a place that can be read in one way only",
                    f"“?” {entry.remark}".rstrip(),
                    "Compare it with the document, correct the line, and remove its “?”.",
                )


def confirmed(questionnaire: Questionnaire, severity: Severity) -> Iterator[Problem]:
    """A person has compared each document with its record."""
    for document in _sound(questionnaire):
        if document.reading == "reviewed" or not document.text.strip():
            continue
        if document.record is None:
            found = "none: its reading is a guess, made anew by each build"
            action = f"`build.py receive {document.path}` writes it down."
        else:
            found = "“reviewed: no”"
            action = (
                f"Compare it with the document (`build.py outline {document.path}`), then write "
                f"“reviewed: yes, who, when” there."
            )
        expected = f"a reading that a person confirmed, in {document.record_path}"
        yield Problem(Where(document.path), severity, expected, found, action)


def _sound(questionnaire: Questionnaire) -> list[Received]:
    return [document for document in questionnaire.documents if document.sound]


def _settle(document: Received) -> str:
    """What a person does when a line was read as the wrong thing."""
    if document.record:
        return f"correct {document.record_path}"
    return "correct the record that `build.py receive` writes"


RULES: tuple[Rule, ...] = (
    described,
    respondents_named,
    replies_known,
    replies_consistent,
    one_document_each,
    versions_follow,
    not_empty,
    without_nul,
    has_questions,
    numbers_unique,
    numbers_follow,
    same_questions,
    each_is_accounted_for,
    doubts_settled,
)
