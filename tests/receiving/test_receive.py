"""`build.py receive`, `outline` and `status`: a document is taken in, read once, written down."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.confirming import confirm
from tests.receiving.made import docx, eml, levels, numbered, p

ROOT = Path(__file__).parents[2]
DOCUMENT = """# Questionnaire Exemple

**1) Soutiendrez-vous la création d’une cantine ?**

Oui, dès la première année.

**2) Ouvrirez-vous la bibliothèque le dimanche ?**

Sans réponse
"""
RECORD = """3        question 1     "**1)"  Soutiendrez-vous la création d’une cantine ?**
5        answer 1       Oui, dès la première année.
7        question 2     "**2)"  Ouvrirez-vous la bibliothèque le dimanche ?**
9        blank 2        Sans réponse
"""


@pytest.fixture
def raw(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "Réponse de A.md").write_text(DOCUMENT, encoding="utf-8")
    return tmp_path / "raw"


@pytest.fixture
def receive(raw, run_build, tmp_path):
    def run(*arguments):
        return run_build("receive", *arguments, cwd=tmp_path)

    return run


def test_a_file_is_copied_unchanged_read_and_written_down(raw, receive):
    done = receive("Réponse de A.md", "--questionnaire", "exemple", "--respondent", "liste-a")
    assert (done.returncode, done.stderr) == (0, "")
    folder = raw / "exemple"
    assert (folder / "liste-a.md").read_text(encoding="utf-8") == DOCUMENT
    record = (folder / "liste-a.reading").read_text(encoding="utf-8")
    assert "reviewed: no\n" in record
    assert "questions: fixed here\n" in record
    assert record.endswith(RECORD)
    assert "Oui, dès la première année." in done.stdout  # the outline
    assert "then write “reviewed: yes, who, when” in it." in done.stdout


def test_a_file_s_name_says_who_answers_when_nobody_else_does(raw, receive):
    receive("Réponse de A.md", "--questionnaire", "exemple")
    assert (raw / "exemple" / "r-ponse-de-a.md").exists()


def test_nothing_is_asked_for_where_nobody_can_answer(raw, receive):
    done = receive("Réponse de A.md")
    assert done.returncode == 2
    assert "--questionnaire" in done.stderr


def test_a_document_of_raw_is_only_read_and_its_record_is_never_overwritten(raw, receive):
    receive("Réponse de A.md", "--questionnaire", "exemple", "--respondent", "liste-a")
    record = raw / "exemple" / "liste-a.reading"
    corrected = record.read_text(encoding="utf-8").replace("blank 2 ", "answer 2")
    record.write_text(corrected, encoding="utf-8")
    done = receive("raw/exemple/liste-a.md")
    assert record.read_text(encoding="utf-8") == corrected
    assert "stays as it is" in done.stdout
    assert "+9        blank 2        Sans réponse" in done.stdout
    assert "-9        answer 2       Sans réponse" in done.stdout


def test_another_document_of_the_same_list_is_not_put_over_the_first(raw, receive, tmp_path):
    receive("Réponse de A.md", "--questionnaire", "exemple", "--respondent", "liste-a")
    (tmp_path / "autre.md").write_text(DOCUMENT.replace("Oui", "Non"), encoding="utf-8")
    done = receive("autre.md", "--questionnaire", "exemple", "--respondent", "liste-a")
    assert done.returncode == 1
    assert "expected no document of “liste-a” yet; found one with other words" in done.stderr
    assert (raw / "exemple" / "liste-a.md").read_text(encoding="utf-8") == DOCUMENT


def test_a_format_that_is_not_read_is_said(raw, receive, tmp_path):
    (tmp_path / "a.docx").write_bytes(b"PK")
    (tmp_path / "a.xls").write_bytes(b"12")
    done = receive("a.docx", "a.xls", "--questionnaire", "exemple")
    assert done.returncode == 1
    assert "a.docx: error: expected a reply in one of the formats .md, .txt, .docx" in done.stderr
    assert "found a file that is damaged, or of which only a part came." in done.stderr
    assert "found “a.xls”. Save its text as .md or .txt, and receive that." in done.stderr
    assert list(raw.iterdir()) == []


WORD = docx(
    numbered("Ouvrirez-vous la bibliothèque le dimanche ?", 1)
    + p("Oui, le matin.")
    + p("Non", "", "<w:strike/>")
    + numbered("Soutiendrez-vous la cantine ?", 1)
    + p("Oui, dès la première année."),
    numbering=levels(("decimal", "%1.")),
)


def test_a_word_file_is_kept_its_text_drawn_out_and_built(raw, receive, run_build, tmp_path):
    (tmp_path / "Réponse.DOCX").write_bytes(WORD)
    arguments = ("Réponse.DOCX", "--questionnaire", "exemple", "--respondent", "liste-a")
    done = receive(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    folder = raw / "exemple"
    assert (folder / "liste-a.docx").read_bytes() == WORD
    text = (folder / "liste-a.md").read_text(encoding="utf-8")
    assert "1. Ouvrirez-vous la bibliothèque le dimanche ?\n\nOui, le matin.\n\n2. Sout" in text
    record = (folder / "liste-a.reading").read_text(encoding="utf-8")
    digest = hashlib.sha256(WORD).hexdigest()
    assert f"original: liste-a.docx {digest} motamot word\n" in record
    doubt = "# struck through, and left out: “Non”; words of the file that are not here: “non”"
    assert f"? 3      answer 1       Oui, le matin.  {doubt}\n" in record
    assert doubt in done.stdout
    built = run_build("--raw", "raw", "--db", "q.db", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    database = sqlite3.connect(tmp_path / "q.db")
    assert database.execute("SELECT id, text FROM answers ORDER BY id").fetchall() == [
        ("exemple_1_liste-a", "Oui, le matin."),
        ("exemple_2_liste-a", "Oui, dès la première année."),
    ]
    kept = database.execute("SELECT original, original_sha256 FROM documents").fetchone()
    assert kept == ("liste-a.docx", digest)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = receive(*arguments)
    assert again.returncode == 0
    assert "It is read so today too." in again.stdout
    assert "It is read so today too." in receive("raw/exemple").stdout
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_other_bytes_of_the_same_list_need_a_date(raw, receive, tmp_path):
    (tmp_path / "a.docx").write_bytes(WORD)
    (tmp_path / "b.docx").write_bytes(docx(p("1. Un ?") + p("Non.")))
    named = ("--questionnaire", "exemple", "--respondent", "liste-a")
    receive("a.docx", *named)
    done = receive("b.docx", *named)
    assert done.returncode == 1
    assert "expected no document of “liste-a” yet" in done.stderr
    assert receive("Réponse de A.md", *named).returncode == 1
    assert (raw / "exemple" / "liste-a.docx").read_bytes() == WORD
    receive("b.docx", *named, "--date", "2032-03-02")
    assert (raw / "exemple" / "liste-a@2032-03-02.docx").exists()


def test_a_folder_is_taken_in_and_one_bad_file_does_not_stop_the_others(raw, receive, tmp_path):
    mails = tmp_path / "reçus"
    mails.mkdir()
    (mails / "liste-a.docx").write_bytes(WORD)
    (mails / "liste-b.eml").write_bytes(
        eml("B a écrit :\n> 1. Ouvrirez-vous la bibliothèque le dimanche ?\nNon.\n")
    )
    (mails / "liste-c.docx").write_bytes(b"PK\x03\x04")
    (mails / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    done = receive("reçus", "--questionnaire", "exemple")
    assert done.returncode == 1
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == ["reçus/liste-c.docx"]
    assert sorted(path.name for path in (raw / "exemple").iterdir()) == [
        *("liste-a.docx", "liste-a.md", "liste-a.reading"),
        *("liste-b.eml", "liste-b.md", "liste-b.reading"),
    ]


def test_a_file_put_into_raw_is_taken_in_where_it_is(raw, receive):
    (raw / "exemple").mkdir()
    (raw / "exemple" / "liste-a.docx").write_bytes(WORD)
    assert receive("raw/exemple").returncode == 0
    record = (raw / "exemple" / "liste-a.reading").read_text(encoding="utf-8")
    assert "original: liste-a.docx " in record


def test_a_name_that_cannot_be_an_address_is_said_and_nothing_is_copied(raw, receive):
    done = receive("Réponse de A.md", "--questionnaire", "Exemple 2032", "--respondent", "liste-a")
    assert done.returncode == 1
    assert "found “Exemple 2032”. Rename it, for instance “exemple-2032”" in done.stderr
    assert list(raw.iterdir()) == []


def test_a_second_reply_is_read_by_the_questions_of_the_first(raw, receive, tmp_path):
    receive("Réponse de A.md", "--questionnaire", "exemple", "--respondent", "liste-a")
    other = DOCUMENT.replace("une cantine", "une grande cantine").split("**2)")[0]
    (tmp_path / "b.md").write_text(other, encoding="utf-8")
    done = receive("b.md", "--questionnaire", "exemple", "--respondent", "liste-b")
    record = (raw / "exemple" / "liste-b.reading").read_text(encoding="utf-8")
    assert "questions: liste-a.md\n" in record
    doubts = [line for line in record.splitlines() if line.startswith("?")]
    assert [line.split()[2] for line in doubts] == ["question", "absent"]
    assert "liste-a.md:3" in doubts[0]
    assert str(raw) not in record
    assert "2 doubts" in done.stdout


def test_lines_settled_in_questionnaire_yml_become_a_record(raw, receive):
    (raw / "exemple").mkdir()
    (raw / "exemple" / "liste-a.md").write_text(
        DOCUMENT + "\n3. Un parc\n\nOui, un parc.\n\nFin.\n", encoding="utf-8"
    )
    (raw / "exemple" / "questionnaire.yml").write_text(
        "title: T\nreading:\n  liste-a:\n    1: note\n    11: question\n    15: note\n"
    )
    done = receive("raw/exemple/liste-a.md")
    record = (raw / "exemple" / "liste-a.reading").read_text(encoding="utf-8")
    assert "? 1      note" in record
    assert "11       question 3" in record  # as it was read
    assert "13       answer 3       Oui, un parc.\n" in record
    assert "? 15     note           Fin." in record
    assert "reading:" in done.stderr  # and to be removed


def test_outline_and_status_say_how_sure_a_reading_is(raw, receive, run_build, tmp_path):
    (raw / "exemple").mkdir()
    for name in ("liste-a", "liste-b", "liste-c"):
        (raw / "exemple" / f"{name}.md").write_text(DOCUMENT, encoding="utf-8")
    receive("raw/exemple/liste-a.md", "raw/exemple/liste-b.md")
    record = raw / "exemple" / "liste-a.reading"
    said = record.read_text(encoding="utf-8")
    record.write_text(said.replace("reviewed: no", "reviewed: yes, Exemple, 2032-01-09"))
    status = run_build("status", "--raw", "raw", cwd=tmp_path)
    assert status.stdout.splitlines() == [
        "raw/exemple/liste-a.md: reviewed by Exemple, 2032-01-09",
        "raw/exemple/liste-b.md: recorded, not reviewed, 0 doubts",
        "raw/exemple/liste-c.md: guessed, no record",
        "3 documents: 1 reviewed, 1 recorded, 1 guessed.",
    ]
    outline = run_build("outline", "raw/exemple/liste-c.md", "--raw", "raw", cwd=tmp_path)
    assert outline.stdout.splitlines()[0] == "raw/exemple/liste-c.md: guessed, no record"
    assert "blank 2" in outline.stdout.splitlines()[-1]
    everything = run_build("outline", "--raw", "raw", cwd=tmp_path).stdout
    assert [line for line in everything.splitlines() if line.startswith("raw/")] == [
        line for line in status.stdout.splitlines() if line.startswith("raw/")
    ]
    assert receive("--raw", "raw").returncode == 0
    assert (raw / "exemple" / "liste-c.reading").exists()


# --- a build from records -------------------------------------------------------------------------


def test_a_build_from_records_needs_no_reader(raw, run_build, tmp_path):
    """The same bytes with the folder that guesses, and without it."""
    shutil.copytree(ROOT / "tests" / "demo", raw, dirs_exist_ok=True)
    built = run_build("--raw", raw, "--db", tmp_path / "with.db")
    assert built.returncode == 0
    code = tmp_path / "code"
    shutil.copytree(ROOT / "motamot", code / "motamot", ignore=shutil.ignore_patterns("reading"))
    shutil.copy(ROOT / "build.py", code)
    without = run_build(
        "--raw", raw, "--db", tmp_path / "without.db", command=code / "build.py", PYTHONPATH=code
    )
    assert without.returncode == 0, without.stderr
    assert (tmp_path / "without.db").read_bytes() == (tmp_path / "with.db").read_bytes()


def test_a_release_refuses_what_nobody_confirmed_and_records_nothing(raw, run_build, tmp_path):
    shutil.copytree(ROOT / "tests" / "demo", raw, dirs_exist_ok=True)
    (raw / "mobilites-ville-exemple" / "liste-exemple-a.reading").unlink()
    done = run_build("--release", "--raw", "raw", "--db", "q.db", cwd=tmp_path)
    assert done.returncode == 1
    refused = [line for line in done.stderr.splitlines() if ".md: error: " in line]
    assert len(refused) == 9
    assert not (tmp_path / "q.db").exists()
    assert not (raw / "permalinks.txt").exists()
    confirm(raw, run_build)
    done = run_build("--release", "--raw", "raw", "--db", "q.db", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (raw / "permalinks.txt").exists()


def test_a_changed_document_builds_nothing(raw, receive, run_build, tmp_path):
    receive("Réponse de A.md", "--questionnaire", "exemple", "--respondent", "liste-a")
    run_build("--raw", "raw", "--db", "q.db", cwd=tmp_path)
    before = (tmp_path / "q.db").read_bytes()
    (raw / "exemple" / "liste-a.md").write_text(DOCUMENT.replace("Oui", "Non"), encoding="utf-8")
    done = run_build("--raw", "raw", "--db", "q.db", cwd=tmp_path)
    assert done.returncode == 1
    assert (
        "raw/exemple/liste-a.reading:3: error: expected the document that was read" in done.stderr
    )
    assert (tmp_path / "q.db").read_bytes() == before


def test_several_lists_may_answer_in_one_document(raw, receive, run_build, tmp_path):
    text = "1. Oui ou non ?\n\nA : Oui.\n\nB : Non.\n"
    (tmp_path / "tableau.md").write_text(text, encoding="utf-8")
    receive("tableau.md", "--questionnaire", "exemple")
    record = raw / "exemple" / "tableau.reading"
    head = record.read_text(encoding="utf-8").split("\n\n")[0]
    record.write_text(
        f"{head}\nrespondents: liste-a liste-b\n\n"
        '1 question 1 "1." Oui ou non ?\n'
        '3 answer 1 @liste-a "A :" Oui.\n'
        '5 answer 1 @liste-b "B :" Non.\n',
        encoding="utf-8",
    )
    done = run_build("--raw", "raw", "--db", "q.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = sqlite3.connect(tmp_path / "q.db").execute("SELECT id, text FROM answers").fetchall()
    assert found == [("exemple_1_liste-a", "Oui."), ("exemple_1_liste-b", "Non.")]
