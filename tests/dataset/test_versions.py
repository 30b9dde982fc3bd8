"""A list that corrects its reply: every version is kept, the last one is what it says now."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.confirming import confirm

Run = Callable[..., "CompletedProcess[str]"]
ASKED = ("Planterez-vous des arbres ?", "Poserez-vous des bancs ?", "Ouvrirez-vous le musée ?")
NAMES = "liste-a: Liste Exemple A\nliste-b: Liste Exemple B\n"


def reply(*answers: str | None) -> str:
    """A document with these answers; None: it drops the question, "": nothing is written."""
    blocks = ["# Questionnaire Exemple"]
    for number, (question, answer) in enumerate(zip(ASKED, answers, strict=True), 1):
        blocks += [f"**{number}) {question}**", answer] if answer is not None else []
    return "\n\n".join(block for block in blocks if block) + "\n"


def raw_of(folder: Path, files: dict[str, str], about: str = "") -> Path:
    raw = folder / "raw"
    (raw / "exemple").mkdir(parents=True, exist_ok=True)
    (raw / "respondents.yml").write_text(NAMES, encoding="utf-8")
    described = f"title: Questionnaire Exemple\nlanguage: fr\n{about}"
    (raw / "exemple" / "questionnaire.yml").write_text(described, encoding="utf-8")
    blank = "\n\n".join(f"**{n}) {q}**" for n, q in enumerate(ASKED, 1))
    (raw / "exemple" / "questions.md").write_text(f"# Questionnaire Exemple\n\n{blank}\n")
    for name, text in files.items():
        (raw / "exemple" / name).write_text(text, encoding="utf-8")
    return raw


def build(raw: Path, run_build: Run, *options: str) -> Path:
    confirm(raw, run_build)
    database = raw.parent / "questionnaires.db"
    done = run_build("--raw", raw, "--db", database, "--quiet", *options)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return database


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


REVISIONS = (
    "select id, answer, document, date, replaced_on, status, text from revisions order by id"
)
CHANGES = "select question, kind, date, before, after from changes order by question, date"
RECEIVED = "replies:\n  liste-a:\n    received_on: 2032-01-10\n"


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory, run_build: Run) -> Path:
    files = {
        "liste-a.md": reply("Deux cents arbres.", "Oui, dix bancs.", "Oui."),
        "liste-a@2032-03-02.md": reply("Cent arbres.", "Oui,\n*dix* bancs.", None),
        "liste-b.md": reply("Non.", "", "Oui."),
    }
    folder = tmp_path_factory.mktemp("corrected")
    return build(raw_of(folder, files, RECEIVED), run_build)


def test_the_last_version_is_current_and_both_documents_are_published(corrected: Path) -> None:
    assert rows(
        corrected, "select id, document, text from answers where respondent = 'liste-a'"
    ) == [
        ("exemple_1_liste-a", "exemple_liste-a_2032-03-02", "Cent arbres."),
        ("exemple_2_liste-a", "exemple_liste-a_2032-03-02", "Oui, dix bancs."),
    ]
    assert rows(corrected, "select * from versions where reply = 'exemple_liste-a'") == [
        ("exemple_liste-a", "exemple_liste-a", "2032-01-10"),
        ("exemple_liste-a", "exemple_liste-a_2032-03-02", "2032-03-02"),
    ]
    assert rows(corrected, "select document, received_on, status from replies order by id") == [
        ("exemple_liste-a_2032-03-02", "2032-03-02", "partial"),
        ("exemple_liste-b", None, "partial"),
    ]
    assert len(rows(corrected, "select * from documents")) == 4


def test_only_words_that_changed_are_revisions(corrected: Path) -> None:
    was = ("exemple_liste-a", "2032-01-10", "2032-03-02", "answered")
    assert rows(corrected, REVISIONS) == [
        ("exemple_1_liste-a_2032-01-10", "exemple_1_liste-a", *was, "Deux cents arbres."),
        ("exemple_3_liste-a_2032-01-10", None, *was, "Oui."),
    ]
    assert rows(corrected, CHANGES) == [
        ("exemple_1", "changed", "2032-03-02", "exemple_1_liste-a_2032-01-10", None),
        ("exemple_3", "withdrawn", "2032-03-02", "exemple_3_liste-a_2032-01-10", None),
    ]


def test_the_proof_covers_what_was_said_before(corrected: Path) -> None:
    proof = "select document, answers, answers_equal_slice, revisions, revisions_equal_slice, "
    proof += "characters = characters_in_one_passage, passages_are_document from proof"
    assert rows(corrected, proof) == [
        ("exemple_liste-a", 0, 0, 2, 2, 1, 1),
        ("exemple_liste-a_2032-03-02", 2, 2, 0, 0, 1, 1),
        ("exemple_liste-b", 3, 3, 0, 0, 1, 1),
        ("exemple_questions", 0, 0, 0, 0, 1, 1),
    ]
    slices = "select revisions.markdown, substr(documents.markdown, char_start + 1, "
    slices += "char_end - char_start) from revisions join documents on documents.id = document"
    assert all(markdown == cut for markdown, cut in rows(corrected, slices))


def test_no_address_that_was_published_dies(tmp_path: Path, run_build: Run) -> None:
    raw = raw_of(tmp_path, {"liste-a.md": reply("Oui.", "Non.", "Oui.")})
    build(raw, run_build, "--release")
    (raw / "exemple" / "liste-a@2032-03-02.md").write_text(reply("Non.", None, "Oui."))
    database = build(raw, run_build, "--release")
    recorded = (raw / "permalinks.txt").read_text().split()
    assert "answers/exemple_2_liste-a" in recorded
    assert "documents/exemple_liste-a_2032-03-02" in recorded
    assert [each for each in recorded if each.startswith("revisions/")] == [
        "revisions/exemple_1_liste-a_avant-2032-03-02",
        "revisions/exemple_2_liste-a_avant-2032-03-02",
    ]
    assert rows(database, "select old, new from redirects") == [
        ("answers/exemple_2_liste-a", "revisions/exemple_2_liste-a_avant-2032-03-02")
    ]
    (raw / "exemple" / "liste-a.md").unlink()
    (raw / "exemple" / "liste-a.reading").unlink()
    done = run_build("check", "--raw", raw)
    assert (
        "error: expected “revisions/exemple_1_liste-a_avant-2032-03-02”, which was" in done.stderr
    )


def test_several_versions_follow_each_other(tmp_path: Path, run_build: Run) -> None:
    """Each run of the same words is told once: where it began, and what ended it."""
    files = {
        "liste-a@2032-01-10.md": reply("Oui.", None, ""),
        "liste-a@2032-02-11.md": reply("Oui.", "Dix bancs.", "Oui."),
        "liste-a@2032-03-12.md": reply("Non.", "Dix bancs.", "Peut-être."),
        "liste-a@2032-04-13.md": reply("Oui.", "Six bancs.", ""),
    }
    database = build(raw_of(tmp_path, files), run_build)
    days = ("2032-01-10", "2032-02-11", "2032-03-12", "2032-04-13")
    first, second, third, last = days
    assert rows(database, CHANGES) == [
        ("exemple_1", "changed", third, f"exemple_1_liste-a_{first}", f"exemple_1_liste-a_{third}"),
        ("exemple_1", "changed", last, f"exemple_1_liste-a_{third}", None),
        ("exemple_2", "added", second, None, f"exemple_2_liste-a_{second}"),
        ("exemple_2", "changed", last, f"exemple_2_liste-a_{second}", None),
        (
            "exemple_3",
            "changed",
            second,
            f"exemple_3_liste-a_{first}",
            f"exemple_3_liste-a_{second}",
        ),
        (
            "exemple_3",
            "changed",
            third,
            f"exemple_3_liste-a_{second}",
            f"exemple_3_liste-a_{third}",
        ),
        ("exemple_3", "changed", last, f"exemple_3_liste-a_{third}", None),
    ]
    assert (
        rows(database, "select status from revisions where question = 'exemple_3'").count(
            ("blank",)
        )
        == 1
    )
    assert [r[0] for r in rows(database, "select date from versions")] == list(days)


def test_one_of_several_who_replied_together_corrects_alone(tmp_path: Path, run_build: Run) -> None:
    together = "# Questionnaire Exemple\n\n"
    for number, question in enumerate(ASKED, 1):
        together += (
            f"**{number}) {question}**\n\nListe Exemple A : Oui.\n\nListe Exemple B : Non.\n\n"
        )
    raw = raw_of(tmp_path, {"commun.md": together})
    database = build(raw, run_build)
    assert len(rows(database, "select * from answers")) == 6
    (raw / "exemple" / "liste-a@2032-03-02.md").write_text(reply("Non.", "Oui.", "Oui."))
    database = build(raw, run_build)
    assert rows(database, "select id, document from replies order by id") == [
        ("exemple_liste-a", "exemple_liste-a_2032-03-02"),
        ("exemple_liste-b", "exemple_commun"),
    ]
    assert rows(database, "select answer, document, text from revisions") == [
        ("exemple_1_liste-a", "exemple_commun", "Oui.")
    ]
    both = together.replace("Exemple B : Non", "Exemple B : Si")
    (raw / "exemple" / "commun@2032-04-02.md").write_text(both)
    database = build(raw, run_build)
    assert rows(database, "select distinct document from answers") == [
        ("exemple_commun_2032-04-02",)
    ]
    assert len(rows(database, "select * from revisions where respondent = 'liste-b'")) == 3


def test_a_list_that_declines_after_it_answered(tmp_path: Path, run_build: Run) -> None:
    files = {
        "liste-a.md": reply("Oui.", "Non.", "Oui."),
        "liste-a@2032-03-02.md": "Nous retirons nos réponses et ne souhaitons pas en donner.\n",
    }
    raw = raw_of(tmp_path, files, "replies:\n  liste-a:\n    status: declined\n")
    database = build(raw, run_build)
    assert rows(database, "select status, document from replies") == [
        ("declined", "exemple_liste-a_2032-03-02")
    ]
    assert rows(database, "select * from answers") == []
    assert [r[0] for r in rows(database, "select kind from changes")] == ["withdrawn"] * 3


def test_a_list_that_answers_after_it_declined(tmp_path: Path, run_build: Run) -> None:
    files = {
        "liste-a.md": "Nous ne souhaitons pas répondre à ce questionnaire.\n",
        "liste-a@2032-03-02.md": reply("Oui.", "Non.", "Oui."),
    }
    raw = raw_of(tmp_path, files)
    done = run_build("--raw", raw, "--db", tmp_path / "questionnaires.db", "--quiet")
    assert done.returncode == 0, done.stderr
    database = tmp_path / "questionnaires.db"
    assert rows(database, "select status from replies") == [("answered",)]
    assert [r[0] for r in rows(database, "select kind from changes")] == ["added"] * 3
    assert rows(database, "select * from revisions") == []


# --- taking a version in --------------------------------------------------------------------------


def test_receive_puts_a_later_version_beside_the_first(tmp_path: Path, run_build: Run) -> None:
    raw = raw_of(tmp_path, {"liste-a.md": reply("Oui.", "Non.", "Oui.")})
    confirm(raw, run_build)
    came = tmp_path / "Notre réponse (corrigée).md"
    came.write_text(reply("Non.", "Non.", "Oui."), encoding="utf-8")
    where = ("--raw", raw, "--questionnaire", "exemple", "--respondent", "liste-a")
    done = run_build("receive", came, *where)
    assert done.returncode == 1
    assert (
        "Give the day on which this one came with --date, when it is a later version" in done.stderr
    )
    done = run_build("receive", came, *where, "--date", "2 mars")
    assert (
        "the day on which this version came after “@”, as 2026-03-02; found “2 mars”" in done.stderr
    )
    done = run_build("receive", came, *where, "--date", "2032-03-02")
    assert done.returncode == 0, done.stderr
    record = raw / "exemple" / "liste-a@2032-03-02.reading"
    head = record.read_text(encoding="utf-8").split("\n\n")[0]
    assert "document: liste-a@2032-03-02.md" in head
    assert "respondents:" not in head
    assert (raw / "exemple" / "liste-a@2032-03-02.md").read_bytes() == came.read_bytes()
    status = run_build("status", "--raw", raw).stdout.splitlines()
    assert (
        f"{raw}/exemple/liste-a.md: reviewed by the tests, 2032-01-09, an earlier version" in status
    )
    assert f"{raw}/exemple/liste-a@2032-03-02.md: recorded, not reviewed, 0 doubts" in status
    done = run_build("--raw", raw, "--db", tmp_path / "q.db")
    assert "exemple/liste-a.md: an earlier version, 1 answer changed" in done.stdout


def test_a_file_that_has_its_day_in_its_name_keeps_it(tmp_path: Path, run_build: Run) -> None:
    raw = raw_of(tmp_path, {})
    came = tmp_path / "Liste A@2032-03-02.md"
    came.write_text(reply("Non.", "Non.", "Oui."), encoding="utf-8")
    shutil.copy(came, tmp_path / "contact@liste-b.md")
    for file in (came, tmp_path / "contact@liste-b.md"):
        done = run_build("receive", file, "--raw", raw, "--questionnaire", "exemple")
        assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in (raw / "exemple").glob("*.md")) == [
        *("contact-liste-b.md", "liste-a@2032-03-02.md", "questions.md")
    ]
