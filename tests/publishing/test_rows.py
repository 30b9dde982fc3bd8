"""What is written of any document: exact slices, paragraphs at their places, nothing twice."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import assume, example, given

from motamot.dataset.assemble import assemble
from motamot.dataset.folder import read_questionnaire
from motamot.dataset.model import Edition
from motamot.publishing.kept import Kept
from motamot.publishing.rows import Row, Rows, rows_of
from motamot.reading.reader import read
from tests.examples import examples
from tests.reading.test_lossless import texts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("raw") / "exemple"
    path.mkdir()
    return path


def rows_made(folder: Path, text: str) -> Rows:
    """The rows of a questionnaire with one document."""
    (folder / "liste-a.md").write_bytes(text.encode())
    questionnaire, _ = read_questionnaire(folder, read)
    return rows_of(assemble(questionnaire, folder.parent), {}, Edition(), Kept())


def of(rows: list[Row], *columns: int) -> list[tuple[object, ...]]:
    return [tuple(row[at] for at in columns) for row in rows]


@given(answer=texts)
@examples(200)
@example(answer="- a\n- b\n\n> c\n> d\n\n| e | f |\n|---|---|\n| g | h |\n\n    i\n\n<p>j</p>\n")
@example(answer="a\r\rb\r\n\r\nc\u2028d\n\n\ufeff\n")
@example(answer="2°K? OUI\n1⃣OUI")
def test_paragraphs_are_the_text_and_stand_where_they_say(folder: Path, answer: str) -> None:
    text = f"**1. Oui ou non ?**\n\n{answer}\n\n**2. Et ensuite ?**\n\nOui.\n"
    try:
        text.encode()
    except UnicodeEncodeError:
        assume(False)
    made = rows_made(folder, text).rows
    texts_ = {
        **{("q", row[0]): (row[5], None) for row in made["questions"]},
        **{("a", row[0]): (row[5], row[9:13]) for row in made["answers"]},
    }
    for (kind, identifier), (shown, place) in texts_.items():
        own = [p for p in made["paragraphs"] if p[1 if kind == "q" else 2] == identifier]
        assert "\n\n".join(str(p[5]) for p in own) == shown
        assert [p[4] for p in own] == list(range(1, len(own) + 1))
        for *_, start, end, first, last in own:
            assert place is None or (place[0] <= start <= end <= place[1])
            assert first == text.count("\n", 0, int(str(start))) + 1
            assert last == text.count("\n", 0, int(str(end))) + 1


@given(answer=texts)
@examples(100)
def test_an_answer_is_its_passage_s_words(folder: Path, answer: str) -> None:
    text = f"# T\n\n1. Oui ou non ?\n\nRéponse : {answer}\n"
    assume(max(text) < "\ud800")
    made = rows_made(folder, text).rows
    passages = {row[3]: (row[9], row[10]) for row in made["passages"] if row[2] == "answer"}
    for _, question, _, _, _, _, markdown, _, _, start, end, *_ in made["answers"]:
        assert passages[question] == (start, end)
        assert markdown == text[int(str(start)) : int(str(end))]
    asked = {(row[17], row[20]) for row in made["dataset_rows"]}
    assert len(asked) == len(made["dataset_rows"]) == len(made["questions"])


def head_of(name: str, text: str, reviewed: str) -> str:
    """The head of the record of a document that fixes the questions."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return (
        f"format: 1\ndocument: {name}\nsha256: {digest}\nencoding: utf-8\n"
        f"questions: fixed here\nreviewed: {reviewed}\n\n"
    )


@pytest.mark.parametrize(
    ("answer", "reviewed", "status"),
    [
        ("(sans réponse)", "no", "answered"),
        ("(sans réponse)", "yes, A. Exemple, 2031-02-03", "blank"),
        ("☐ Pour ☐ Contre", "no", "answered"),
        ("—", "no", "blank"),
        ("&mdash;", "no", "blank"),
        ("<em></em>", "no", "answered"),
    ],
)
def test_only_a_person_says_that_words_are_none(
    folder: Path, answer: str, reviewed: str, status: str
) -> None:
    text = f"1. Oui ou non ?\n\n{answer}\n"
    record = folder / "liste-a.reading"
    places = f'1 question 1 "1."  Oui ou non ?\n3 blank 1  {answer}\n'
    record.write_text(head_of("liste-a.md", text, reviewed) + places, encoding="utf-8")
    try:
        (row,) = rows_made(folder, text).rows["answers"]
    finally:
        record.unlink()
    assert row[4] == status
    assert row[5]


def test_a_document_in_plain_text_is_shown_as_it_is(tmp_path: Path) -> None:
    answer = "# 2 *arbres*\n_Oui_ pour R&amp;D :\n> a"
    text = f"# *Parcs*\n\n**1.** Le <b>parc</b> ?\n\n{answer}\n"
    folder = tmp_path / "exemple"
    folder.mkdir()
    (folder / "liste-a.txt").write_text(text, encoding="utf-8")
    places = '1 title\n3 question 1 "**1."\n5 answer 1\n'
    head = head_of("liste-a.txt", text, "no")
    (folder / "liste-a.reading").write_text(head + places, encoding="utf-8")
    questionnaire, _ = read_questionnaire(folder, read)
    made = rows_of(assemble(questionnaire, tmp_path), {}, Edition(), Kept()).rows
    assert made["questionnaires"][0][1] == "# *Parcs*"
    assert [row[5] for row in made["questions"]] == ["** Le <b>parc</b> ?"]
    assert [row[5] for row in made["answers"]] == [answer]
