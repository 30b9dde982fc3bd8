"""For any text at all: nothing is lost, nothing crashes; and what is well laid out is found.

Three families of texts: any characters; fragments of Markdown put together by an adversary; and
questionnaires made of words without sense, in the layouts that associations use, of which it is
known what was put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from motamot.recording.cut import Passage
from motamot.text.markdown import plain, rendered
from motamot.text.problems import Problem
from motamot.text.source import Lines, decode
from tests.examples import examples
from tests.readings import Answer, Seen, seen

# The same examples on every run in CI, new ones on a person's machine; never a flaky deadline.

MANY = examples(400)
SOME = examples(150)


# --- texts ---------------------------------------------------------------------------------------

SPECIAL = "\0\t\r\n\x0b\x0c\x1b\x85\u00a0\u2028\u2029\u202f\ufeff\ufffd\u0301🗳"
any_text = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(SPECIAL)))

WORDS = ["oui", "Nous", "logement", "?", "Êtes-vous", "pour", "l’eau", ":", "(", ")", "**", "_"]
few_words = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
OPENINGS = [
    *("", "# ", "## ", "#### ", "#", "> ", ">> ", "> > ", "- ", "* ", "+ ", "1. ", "1) ", "1\\) "),
    *("2. ", "3a) ", "3.1 ", "10. ", "999. ", "1 - ", "4/ ", "2° ", "Q1. ", "Q: ", "Q : ", "A: "),
    *("R : ", "Question 1 : ", "Question n°2", "Réponse : ", "**Réponse :** ", "Antwort", "II. "),
    *("**", "*", "_", "__", "**1) ", "a) ", "b. ", "| ", "|", "|---|---|", "| 1 | ", "  ", "    "),
    *("\t", "```", "~~~", "```\n", "---", "***", "===", "[^1]: ", "[^1]", "[a]: http://a.b", "<p>"),
    *("</p>", "<!--", "-->", "<br>", "<table><tr><td>", "<details>", "&nbsp;", "<http://a.b/?q=1>"),
    *("![", "](", "\\", "☐ Oui ☐ Non", "—", "n/a", "sans réponse", "Cordialement,", "THÈME 1 :"),
    *("Thème 2 : ", "Liste Exemple : ", "\ufeff", "\u2028", "\0", "1\ufe0f\u20e3 ", "a |", "| b |"),
]
CLOSINGS = [
    "",
    " ?",
    "?",
    "**",
    "*",
    "_",
    " :",
    ".",
    " |",
    "|",
    "?**",
    " ?** Oui.",
    "\\",
    "  ",
    "`",
]
ENDS = ["\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\n\n\n", "", "\u2028", "\n> ", "\n    ", "\x0b"]
fragment = st.tuples(
    st.sampled_from(OPENINGS), few_words, st.sampled_from(CLOSINGS), st.sampled_from(ENDS)
).map("".join)
adversarial = st.lists(fragment, max_size=14).map("".join)
texts = st.one_of(any_text, adversarial)


# --- nothing is lost -----------------------------------------------------------------------------


def line_of(text: str, char: int) -> int:
    """The line of a character as an editor shows it."""
    return text.count("\n", 0, char) + 1


def assert_lossless(text: str, document: Seen, *, blank: bool = False) -> None:
    """Promise 1, and every offset and line that supports it."""
    assert document.text == text
    passages = document.passages
    assert "".join(text[p.char_start : p.char_end] for p in passages) == text
    starts = [p.char_start for p in passages]
    ends = [p.char_end for p in passages]
    assert starts == [0, *ends[:-1]] if passages else text == ""
    assert all(start <= end for start, end in zip(starts, ends, strict=True))
    for passage in passages:
        assert_lines_of(text, passage)
        assert (passage.question is None) == (passage.kind not in ("question", "answer"))
    if not blank:
        assert_answers(text, document)
    for question in document.questions:
        assert question.markdown in text
        assert any(p.kind == "question" and p.question == question.number for p in passages)
    for section in document.sections:
        assert any(p.kind == "section" and p.line_start == section.line for p in passages)


def is_blank(char: str) -> bool:
    return char.isspace() or char == "\ufeff"


def assert_lines_of(text: str, passage: Passage) -> None:
    """A passage's lines are those of its first and last words, blank space left aside."""
    held = text[passage.char_start : passage.char_end]
    assert 1 <= passage.line_start <= passage.line_end <= text.count("\n") + 1
    shown = [at for at, char in enumerate(held, passage.char_start) if not is_blank(char)]
    if shown:
        assert passage.line_start == line_of(text, shown[0])
        assert passage.line_end == line_of(text, shown[-1])


def assert_answers(text: str, document: Seen) -> None:
    """One answer a question, each an exact slice inside one answer passage of its number."""
    numbers = [question.number for question in document.questions]
    assert sorted(answer.number for answer in document.answers) == sorted(numbers)
    for answer in document.answers:
        assert answer.markdown == text[answer.char_start : answer.char_end]
        around = [
            p
            for p in document.passages
            if p.kind == "answer"
            and p.question == answer.number
            and p.char_start <= answer.char_start
            and answer.char_end <= p.char_end
        ]
        assert len(around) == 1
        assert_lines_of_answer(text, document, answer)
        if answer.status == "answered":
            assert answer.markdown.strip()


def assert_lines_of_answer(text: str, document: Seen, answer: Answer) -> None:
    """Those of its first and last character; of no words at all, a line of its question's or
    of the space after it."""
    lines = (answer.line_start, answer.line_end)
    if answer.markdown:
        first, last = answer.char_start, answer.char_end - 1
        assert lines == (line_of(text, first), line_of(text, last))
    else:
        asked = next(q.line for q in document.questions if q.number == answer.number)
        assert asked <= lines[0] == lines[1] <= line_of(text, answer.char_start)


def assert_problems(text: str, problems: Sequence[Problem]) -> None:
    for problem in problems:
        assert problem.where.path == "a.md"
        assert 1 <= (problem.where.line or 0) <= text.count("\n") + 1


@MANY
@given(any_text)
@example("")
@example("\0")
@example("\ufeff")
@example("\r")
@example("\n \u2028\n")
def test_any_text_is_read_without_a_loss(text: str) -> None:
    document, problems = seen(text, "a.md")
    assert_lossless(text, document)
    assert_problems(text, problems)


@MANY
@given(adversarial)
@example("**1) A ?**\r\r**2) B ?**\r\rOui\r")
@example("| a | b |\n|---|---|\n| Oui ? | \\| |\n")
@example("1) a ?\n\n```\n2) b ?\n")
@example("> > 1. a ?\n> 2. b ?\nlazy\n")
def test_any_markdown_is_read_without_a_loss(text: str) -> None:
    document, problems = seen(text, "a.md")
    assert_lossless(text, document)
    assert_problems(text, problems)


@SOME
@given(adversarial, adversarial, st.booleans())
def test_whatever_questions_are_known_nothing_is_lost(
    reference: str, text: str, blank: bool
) -> None:
    known = seen(reference, "questions.md", blank=True)[0].asked
    document, problems = seen(text, "a.md", known, blank=blank)
    assert_lossless(text, document, blank=blank)
    assert_problems(text, problems)


@SOME
@given(texts)
def test_the_same_text_is_read_in_the_same_way_again(text: str) -> None:
    assert seen(text, "a.md") == seen(text, "a.md")


@SOME
@given(texts)
def test_any_text_has_a_plain_reading_safe_html_and_links(text: str) -> None:
    made = rendered(text)
    shown = made.html.lower()
    assert "<script" not in shown
    assert "javascript:" not in "".join(shown.split("href=")[1:]).split(">")[0]
    assert made.text == plain(text)
    assert all(link.url is not None for link in made.links)


@MANY
@given(texts)
def test_lines_are_counted_as_an_editor_counts_them(text: str) -> None:
    lines = Lines(text)
    assert lines.count() == text.count("\n") + (not text.endswith("\n") and text != "")
    assert [lines.number(i) for i in range(len(text))] == [
        line_of(text, i) for i in range(len(text))
    ]


# --- bytes ---------------------------------------------------------------------------------------

MARKS = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf" * 2]
encoded = st.tuples(texts, st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "cp1252"])).map(
    lambda pair: pair[0].encode(pair[1], errors="replace")
)
any_bytes = st.one_of(
    st.binary(),
    encoded,
    st.tuples(st.sampled_from(MARKS), st.one_of(st.binary(), encoded)).map(b"".join),
    st.tuples(encoded, st.binary(max_size=3), encoded).map(b"".join),
)


@MANY
@given(any_bytes)
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe\x00")
@example(b"a\n\x81\n")
def test_bytes_are_decoded_so_that_they_come_back_or_a_line_is_named(data: bytes) -> None:
    text, encoding, problems = decode(data, "a.md")
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        assert text == ""
    else:
        assert text.encode(encoding) == data
    for problem in problems:
        assert problem.where.path == "a.md"
        assert 1 <= (problem.where.line or 0) <= data.count(b"\n") + 1


@SOME
@given(any_bytes)
def test_any_bytes_that_decode_are_read_without_a_loss(data: bytes) -> None:
    text, encoding, problems = decode(data, "a.md")
    if not any(problem.severity == "error" for problem in problems):
        document, _ = seen(text, "a.md")
        assert_lossless(text, document)
        joined = "".join(text[p.char_start : p.char_end] for p in document.passages)
        assert joined.encode(encoding) == data


# --- questionnaires of which it is known what was put in -----------------------------------------

VOCABULARY = {
    "fr": "quartier école piscine arbres trottoirs vélos cantine logements budget jardin musée "
    "tramway places travaux horaires tarifs mairie agents enfants crèches berges marché",
    "en": "street library housing trees buses market budget park school council rents nursery "
    "river lights hours fares playground clinic staff repairs bridge gardens",
    "de": "Schule Straße Bäume Wohnungen Haushalt Bibliothek Radweg Markt Mieten Spielplatz "
    "Brücke Personal Busse Gebühren Öffnungszeiten Ufer Gärten Rathaus Kita Museum",
    "es": "barrio escuela árboles viviendas presupuesto biblioteca mercado alquileres parque "
    "puente horarios tarifas autobuses jardines obras museo calles piscina ribera patios",
    "it": "quartiere scuola alberi alloggi bilancio biblioteca mercato affitti parco ponte orari "
    "tariffe autobus giardini lavori museo strade piscina argine cortili",
}
ASKING = {
    "fr": ["Soutiendrez-vous", "Comment financerez-vous", "Quelle place pour", "Prévoyez-vous"],
    "en": ["Will you support", "How will you fund", "What do you plan for", "Do you agree with"],
    "de": ["Werden Sie", "Wie finanzieren Sie", "Was planen Sie für", "Unterstützen Sie"],
    "es": ["¿Apoyarán", "¿Cómo financiarán", "¿Qué prevén para", "¿Están de acuerdo con"],
    "it": ["Sosterrete", "Come finanzierete", "Che cosa prevedete per", "Quali sono"],
}
ANSWERING = {
    "fr": ["Oui,", "Nous voulons", "Notre liste prévoit", "Le", "Un"],
    "en": ["Yes,", "We want", "Our list plans", "The", "A"],
    "de": ["Ja,", "Wir wollen", "Unsere Liste plant", "Das", "Ein"],
    "es": ["Sí,", "Queremos", "Nuestra lista prevé", "El", "Un"],
    "it": ["Sì,", "Noi vogliamo", "La nostra lista prevede", "Il", "Un"],
}
SECTION = {"fr": "Thème", "en": "Topic", "de": "Thema", "es": "Tema", "it": "Tema"}
LABELS = {
    "fr": ("Question {} :", "Réponse :"),
    "en": ("Question {}:", "Answer:"),
    "de": ("Frage {}:", "Antwort:"),
    "es": ("Pregunta {}:", "Respuesta:"),
    "it": ("Domanda {}:", "Risposta:"),
}


@dataclass(frozen=True)
class Made:
    """A questionnaire that was put together: (section, question, answer's paragraphs) in order."""

    language: str
    items: tuple[tuple[int, str, tuple[str, ...]], ...]


@st.composite
def made(draw: st.DrawFn) -> Made:
    """3 to 12 questions, at most a third of them blank, no wording twice; no sections, or some of
    at least two questions (a heading over each question would be a part of it)."""
    language = draw(st.sampled_from(sorted(VOCABULARY)))
    some = st.lists(st.sampled_from(VOCABULARY[language].split()), min_size=3, max_size=9)
    count = draw(st.integers(3, 12))
    wordings: set[str] = set()
    blanks = 0
    items = []
    section = draw(st.integers(0, 1))
    for at in range(count):
        asked = draw(st.sampled_from(ASKING[language]))
        words = draw(some.filter(lambda ws, a=asked: f"{a} {' '.join(ws)}" not in wordings))
        wordings.add(f"{asked} {' '.join(words)}")
        question = f"{asked} {' '.join(words)}{' ?' if language == 'fr' else '?'}"
        long_enough = [group for group, *_ in items].count(section) >= 2
        section += bool(section and long_enough and at < count - 1 and draw(st.booleans()))
        blank = 3 * (blanks + 1) <= at and draw(st.integers(0, 3)) == 0
        blanks += blank
        paragraphs = () if blank else tuple(draw(st.lists(paragraph(language), **SIZES)))
        items.append((section, question, paragraphs))
    return Made(language, tuple(items))


SIZES = {"min_size": 1, "max_size": 3}


@st.composite
def paragraph(draw: st.DrawFn, language: str) -> str:
    words = st.lists(st.sampled_from(VOCABULARY[language].split()), min_size=4, max_size=20)
    sentences = draw(st.lists(words, **SIZES))
    opening = draw(st.sampled_from(ANSWERING[language]))
    first, *others = [" ".join(sentence) + "." for sentence in sentences]
    return " ".join([f"{opening} {first}", *(other.capitalize() for other in others)])


def without_mark(question: str) -> str:
    return question.rstrip("?").rstrip().lstrip("¿")


def numbered_headings(made: Made, at: int, question: str) -> str:
    return f"#### {at}. {question}"


def bold_numbers(made: Made, at: int, question: str) -> str:
    return f"**{at}) {question}**"


def bold_without_numbers(made: Made, at: int, question: str) -> str:
    return f"**{question}**"


def headings_without_numbers(made: Made, at: int, question: str) -> str:
    return f"### {question}"


def numbered_paragraphs(made: Made, at: int, question: str) -> str:
    return f"{at}) {question}"


def labelled(made: Made, at: int, question: str) -> str:
    return f"{LABELS[made.language][0].format(at)} {question}"


def block_quotes(made: Made, at: int, question: str) -> str:
    return f"> {question}"


def italics(made: Made, at: int, question: str) -> str:
    return f"*{question}*"


def q_lines(made: Made, at: int, question: str) -> str:
    return f"Q: {question}"


HEADS = [
    *(numbered_headings, bold_numbers, bold_without_numbers, headings_without_numbers),
    *(numbered_paragraphs, labelled, block_quotes, italics, q_lines),
]
WITHOUT_NUMBERS = (bold_without_numbers, headings_without_numbers, block_quotes, italics)
FILLER = "—"
BEARS_NO_MARK = (numbered_headings, bold_numbers, headings_without_numbers, labelled, q_lines)


def written(made: Made, head: object, marks: Sequence[bool]) -> str:
    """The questionnaire as Markdown, sections as headings of level 2."""
    blocks = ["# Questionnaire Exemple"]
    section = 0
    for at, (group, question, paragraphs) in enumerate(made.items, 1):
        if group != section:
            section = group
            blocks.append(f"## {SECTION[made.language]} {group}")
        shown = question if marks[(at - 1) % len(marks)] else without_mark(question)
        blocks.append(head(made, at, shown))  # type: ignore[operator]
        if head in WITHOUT_NUMBERS:  # nothing at all would make two questions one
            paragraphs = paragraphs or (FILLER,)
        opening = {labelled: f"{LABELS[made.language][1]} ", q_lines: "A: "}.get(head, "")
        first, *others = paragraphs or ("",)
        blocks += [f"{opening}{first}".rstrip(), *others]
    return "\n\n".join(block for block in blocks if block) + "\n"


def found(document: Seen) -> list[tuple[int, str, str]]:
    """(section, question, answer) of each question that was read, as plain words."""
    answers = {
        answer.number: plain(answer.markdown) if answer.status == "answered" else ""
        for answer in document.answers
    }
    return [(q.section or 0, plain(q.wording), answers[q.number]) for q in document.questions]


def put_in(made: Made, marks: Sequence[bool]) -> list[tuple[int, str, str]]:
    return [
        (
            group,
            question if marks[at % len(marks)] else without_mark(question),
            "\n\n".join(paragraphs),
        )
        for at, (group, question, paragraphs) in enumerate(made.items)
    ]


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.__name__)
@given(made=made())
@examples(40, fixed=True)
def test_a_questionnaire_that_asks_is_read_as_it_was_written(made: Made, head: object) -> None:
    text = written(made, head, [True])
    document, _ = seen(text, "a.md")
    assert_lossless(text, document)
    assert found(document) == put_in(made, [True])


@pytest.mark.parametrize("head", BEARS_NO_MARK, ids=lambda head: head.__name__)
@given(made=made(), marks=st.lists(st.booleans(), min_size=1, max_size=5))
@examples(40, fixed=True)
def test_question_marks_are_not_needed_where_something_else_tells_a_question(
    made: Made, marks: list[bool], head: object
) -> None:
    text = written(made, head, marks)
    document, _ = seen(text, "a.md")
    assert_lossless(text, document)
    assert found(document) == put_in(made, marks)


@pytest.mark.parametrize("columns", [2, 3])
@given(made=made())
@examples(40, fixed=True)
def test_a_table_of_questions_is_read_row_by_row(made: Made, columns: int) -> None:
    asked, answered = LABELS[made.language]
    names = [asked.format("").strip(" :"), answered.strip(" :")]
    rows = [names, ["---", "---"]]
    rows += [[question, " ".join(paragraphs)] for _, question, paragraphs in made.items]
    if columns == 3:
        numbers = ["n°", "---", *map(str, range(1, len(made.items) + 1))]
        rows = [[number, *row] for number, row in zip(numbers, rows, strict=True)]
    text = "# Questionnaire Exemple\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    document, _ = seen(text, "a.md")
    assert_lossless(text, document)
    wanted = [(0, question, " ".join(paragraphs)) for _, question, paragraphs in made.items]
    assert found(document) == wanted


@pytest.mark.parametrize("head", [numbered_headings, bold_numbers, labelled])
@given(made=made())
@examples(25)
def test_the_numbers_of_a_document_are_the_questions_numbers(made: Made, head: object) -> None:
    """Whatever number it starts from: identifiers and links are made of it."""
    document, _ = seen(written(made, head, [True]), "a.md")
    assert [q.number for q in document.questions] == [
        str(at) for at in range(1, len(made.items) + 1)
    ]
