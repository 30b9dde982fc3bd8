"""Documents of every layout, read as a careful reader would.

Each folder of `cases/valid` holds a document, `reply.md` or `reply.txt`, and what is in it,
`expected.yml`: its title, its sections, each question's number, section, first and last words,
those of its answer (or `blank`), and words that stand `outside` all questions and answers. Where
several respondents share the document, `answers` gives each one's by its identifier (or `blank`, or
`absent`). Words are compared in their plain reading, on one line.

Each folder of `cases/known` also holds `questions.md`, the questionnaire as it was sent: numbers
are its own, in its order. A question that the reply does not have is `absent`; `added` counts those
that the reply alone asks; a question whose words the reply does not repeat has neither `begins` nor
`ends`.

`cases/doubtful` holds documents that their layout alone does not settle: the reader must say so, on
the lines that a person then corrects in the record.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from motamot.recording.cut import Asked
from motamot.text.markdown import plain
from motamot.text.source import decode
from tests.readings import Answer, Question, Seen, seen

CASES = Path(__file__).parents[1] / "cases"
VALID = sorted(path for path in (CASES / "valid").iterdir() if path.is_dir())
KNOWN = sorted(path for path in (CASES / "known").iterdir() if path.is_dir())
MISREAD = (CASES / "misread.txt").read_text(encoding="utf-8").split()
DOUBTFUL = sorted(path for path in (CASES / "doubtful").iterdir() if path.is_dir())

# What design.md says of documents in the wild: a pattern that a document so laid out holds, and
# the case that shows it.
LAYOUTS = {
    "numbered 1.": (r"^1\. ", "en-numbered-list-answer-indented"),
    "numbered 1)": (r"^1\) ", "fr-windows-1252-hard-wrapped"),
    "numbered 1\\)": (r"^1\\\) ", "en-escaped-paren-answer-not-indented"),
    "numbered 1 -": (r"^1 - ", "fr-numbered-dash-caps-sections"),
    "numbered Q1": (r"^Q1\. ", "en-q1-labels-lettered-sections-no-title"),
    "numbered Question 1 :": (r"^Question 1 : ", "fr-question-label-and-response-label"),
    "nested 3a": (r"^3a\. ", "nl-numbered-3a-3b-list-responses-label"),
    "nested 3.1": (r"^\*\*3\.1 ", "en-decimal-subquestions-in-numbered-sections"),
    "answers after Réponse :": (r"^Réponse : ", "fr-question-label-and-response-label"),
    "answers after R :": (r"^R\W{1,2}: ?", "fr-q-r-pairs-unnumbered"),
    "answers after A:": (r"^A: ", "en-q-and-a-lines"),
    "headings without numbers": (r"^### [^\d]", "fr-unnumbered-headings-no-question-mark"),
    "questions in bold": (r"^\*\*[^*]+\*\*$", "fr-trailing-rhetorical-questions-in-answers"),
    "questions in italics": (r"^[*_][^*_]+[*_]$", "de-italic-questions"),
    "questions in block quotes": (r"^> ", "fr-blockquote-questions"),
    "questions in list items": (r"^[-*] ", "en-bullet-questions-plain-answers"),
    "two-column tables": (r"^\|[^|]+\|[^|]+\|$", "en-two-column-table"),
    "questions left blank": (r"^#### 2\..*\n\n#### 4", "fr-numbering-gap-and-blank-answers"),
    "headings, then bold": (r"^\*\*\d.*\*\*$", "fr-headings-then-bold-with-link-paragraphs"),
    "a link between question and answer": (
        r"^<http[^>]*>$",
        "fr-headings-then-bold-with-link-paragraphs",
    ),
    "sections that end in a colon": (r"^[A-Z][^.]*:$", "es-pregunta-number-sections-plain-colon"),
    "numbered lists in answers": (r"^1\. ", "fr-numbered-paragraphs-answers-with-same-numbers"),
    "headings in answers": (r"^#### ", "fr-rich-answers-headings-table-code-footnotes"),
    "bold lines in answers": (r"^\*\*", "en-h3-questions-bold-leads-in-answers"),
}


@dataclass(frozen=True)
class Case:
    """One folder, read."""

    expected: dict[str, Any]
    name: str
    text: str

    def numbers(self) -> list[str]:
        return [str(question["number"]) for question in self.expected["questions"]]


def reply_of(folder: Path) -> Path:
    """The one document of a case."""
    (reply,) = folder.glob("reply.*")
    return reply


@cache
def case_of(folder: Path) -> Case:
    reply = reply_of(folder)
    text, _, problems = decode(reply.read_bytes(), reply.name)
    assert all(problem.severity == "warning" for problem in problems), problems
    expected = yaml.safe_load((folder / "expected.yml").read_text(encoding="utf-8"))
    return Case(expected, reply.name, text)


@cache
def sent(folder: Path) -> tuple[Asked, ...]:
    """The questions of a case's questionnaire, as it was sent."""
    questions, _ = seen(
        (folder / "questions.md").read_text(encoding="utf-8"), "questions.md", blank=True
    )
    return questions.asked


def line(text: str | None) -> str:
    """A text on one line, without the sign of a list item before it."""
    shown = html.unescape(text or "").strip()
    return " ".join(re.sub(r"^(?:[-*+]|\d+[.)])\s+", "", shown).split())


def words(markdown: str) -> str:
    """The plain reading of a slice, on one line."""
    return line(plain(markdown))


# --- the comparison ------------------------------------------------------------------------------


def differences(document: Seen, expected: dict[str, Any], *, known: bool = False) -> Iterator[str]:
    """What a careful reader would object to, one sentence each. A reply to `known` questions may
    take them in any order, and has those of the questionnaire for sections and title."""
    numbers = [question.number for question in document.questions]
    if any("answers" in wanted for wanted in expected["questions"]):
        numbers = list(dict.fromkeys(numbers))  # a part for each respondent repeats them
    asked = [str(question["number"]) for question in expected["questions"]]
    if known:
        own = {*numbers, *(answer.number for answer in document.answers)} - set(asked)
        yield from _differ("numbers of no question that was sent", own, set())
    else:
        yield from _differ("title", line(document.title), line(expected["title"]))
        sections = [line(section.title) for section in document.sections]
        yield from _differ("sections", sections, [line(title) for title in expected["sections"]])
        yield from _differ("numbers", numbers, asked)
    if known or numbers == asked:
        for wanted in expected["questions"]:
            yield from _pair_differs(document, wanted, known=known)
    yield from _outside_taken(document, expected.get("outside") or [])


def _pair_differs(document: Seen, wanted: dict[str, Any], *, known: bool) -> Iterator[str]:
    """One question and its answers; the first of it counts, where each part repeats it."""
    number = str(wanted["number"])
    question = next((q for q in document.questions if q.number == number), None)
    answers = {a.respondent: a for a in document.answers if a.number == number}
    if question and "begins" in wanted:
        yield from _question_differs(question, wanted, sections=not known)
    if "answers" not in wanted:
        here = bool(question) or bool(answers)
        answer = next(iter(answers.values()), None)
        yield from _answer_differs(f"answer {number}", answer, wanted["answer"], here=here)
        return
    yield from _differ(
        f"question {number} is answered by others",
        sorted(map(str, answers.keys() - wanted["answers"].keys())),
        [],
    )
    for respondent, own in wanted["answers"].items():
        name, answer = f"answer {number} of {respondent}", answers.get(respondent)
        yield from _answer_differs(name, answer, own, here=answer is not None)


def _differ(name: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{name}: {found!r}, not {wanted!r}"


def _question_differs(
    question: Question, wanted: dict[str, Any], *, sections: bool
) -> Iterator[str]:
    name = f"question {question.number}"
    if sections:
        yield from _differ(f"{name} is in section", question.section, wanted["section"])
    yield from _ends_differ(name, words(question.wording), wanted)


def _answer_differs(
    name: str, answer: Answer | None, wanted: dict[str, str] | str, *, here: bool
) -> Iterator[str]:
    status = answer.status if answer else "blank" if here else "absent"
    yield from _differ(f"{name} is", status, wanted if isinstance(wanted, str) else "answered")
    if answer and not isinstance(wanted, str):
        yield from _ends_differ(name, words(answer.markdown), wanted)


def _ends_differ(name: str, found: str, wanted: dict[str, str]) -> Iterator[str]:
    begins, ends = line(wanted.get("begins")), line(wanted.get("ends"))
    if not found.startswith(begins):
        yield f"{name} begins {found[: len(begins) + 20]!r}, not {begins!r}"
    if not found.endswith(ends):
        yield f"{name} ends {found[-len(ends) - 20 :]!r}, not {ends!r}"


def _outside_taken(document: Seen, outside: list[str]) -> Iterator[str]:
    everything = words(document.text.lstrip("\ufeff"))
    taken = {f"question {q.number}": words(q.wording) for q in document.questions}
    taken |= {f"answer {a.number}": words(a.markdown) for a in document.answers}
    for phrase in map(line, outside):
        if phrase not in everything:
            yield f"expected.yml is wrong: {phrase!r} is nowhere in the document"
        yield from (f"{name} holds {phrase!r}" for name, text in taken.items() if phrase in text)


# --- the tests -----------------------------------------------------------------------------------


def _cases(folders: list[Path]) -> list[Any]:
    """The cases; those of `misread.txt` are known to be read otherwise. A case that comes right, or
    that is nowhere, leaves the list."""
    still = pytest.mark.xfail(reason="misread.txt", strict=True)
    return [pytest.param(f, id=f.name, marks=still if f.name in MISREAD else ()) for f in folders]


@pytest.mark.parametrize("folder", _cases(VALID))
def test_a_document_is_read_as_a_careful_reader_would(folder: Path) -> None:
    case = case_of(folder)
    document, _ = seen(case.text, case.name)
    wrong = list(differences(document, case.expected))
    assert not wrong, "\n".join([case.expected["sentence"], *wrong])


@pytest.mark.parametrize("folder", _cases(KNOWN))
def test_a_reply_is_matched_to_the_questions_that_were_sent(folder: Path) -> None:
    case = case_of(folder)
    document, problems = seen(case.text, case.name, sent(folder))
    wrong = list(differences(document, case.expected, known=True))
    added = sum(problem.expected.startswith("only questions of") for problem in problems)
    wrong += _differ("questions told as added", added, case.expected.get("added", 0))
    assert not wrong, "\n".join([case.expected["sentence"], *wrong])


@pytest.mark.parametrize(
    "folder", [f for f in KNOWN if f.name not in MISREAD], ids=lambda folder: folder.name
)
def test_a_case_has_every_question_that_was_sent(folder: Path) -> None:
    assert case_of(folder).numbers() == [question.number for question in sent(folder)]


@pytest.mark.parametrize("folder", [*VALID, *KNOWN], ids=lambda folder: folder.name)
def test_a_case_says_in_a_sentence_what_it_shows(folder: Path) -> None:
    """And its questions are numbered once each, since a comparison would miss one that is not."""
    case = case_of(folder)
    assert len(case.expected["sentence"].split()) >= 6
    numbers = case.numbers()
    assert numbers
    assert len(set(numbers)) == len(numbers)


def test_every_misread_case_is_one() -> None:
    assert set(MISREAD) <= {folder.name for folder in [*VALID, *KNOWN]}


def test_there_are_cases() -> None:
    """An empty folder would make every test above pass by not existing."""
    assert len(VALID) >= 40
    assert len(KNOWN) >= 25
    assert DOUBTFUL
    for language in ("fr", "en", "de", "es", "it"):
        assert any(folder.name.startswith(f"{language}-") for folder in VALID), language


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_that_the_design_lists_has_a_case(layout: str) -> None:
    pattern, name = LAYOUTS[layout]
    folder = CASES / "valid" / name
    assert folder in VALID, f"no case {name} for {layout}"
    text = case_of(folder).text.replace("\r\n", "\n")
    assert re.search(pattern, text, re.MULTILINE), f"{name} no longer shows: {layout}"


@pytest.mark.parametrize(
    ("what", "of_bytes"),
    [
        ("CRLF line ends", lambda data: b"\r\n" in data),
        ("a byte order mark", lambda data: data.startswith(b"\xef\xbb\xbf")),
        ("Windows-1252", lambda data: decode(data, "reply.md")[1] == "cp1252"),
        ("a line separator U+2028", lambda data: "\u2028".encode() in data),
        ("non-breaking spaces", lambda data: "\u00a0".encode() in data),
        ("no final newline", lambda data: not data.endswith(b"\n")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_of_file_has_a_case(what: str, of_bytes: Any) -> None:
    assert any(of_bytes(reply_of(folder).read_bytes()) for folder in VALID), what


@pytest.mark.parametrize("folder", DOUBTFUL, ids=lambda folder: folder.name)
def test_a_doubtful_document_is_said_to_be_so_with_a_line(folder: Path) -> None:
    case = case_of(folder)
    _, problems = seen(case.text, "reply.md")
    assert problems
    count = case.text.count("\n") + 1
    for problem in problems:
        assert problem.severity == "warning"
        assert problem.where.path == "reply.md"
        assert 1 <= (problem.where.line or 0) <= count
        assert "the record" in problem.action
