"""A document in which several lists answer: from raw/ to the pages, by its record or a guess."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner, Result
from datasette.app import Datasette

import build
from motamot.recording.record import Entry
from motamot.text.problems import Problem
from tests.sites import build_site, get, rows

Run = Callable[..., "CompletedProcess[str]"]

ASKED = ("Soutiendrez-vous une cantine ?", "Ouvrirez-vous la bibliothèque le dimanche ?")
# Each list fills the questions in anew; the second leaves one out.
DOCUMENT = f"""# Questionnaire Exemple

## Liste Exemple A

### Enfance

**1) {ASKED[0]}**

Oui, dès la première année.

### Culture

**2) {ASKED[1]}**

Oui, de 14 à 18 heures.

## Liste Exemple B

### Enfance

**1) {ASKED[0]}**

Non.

### Culture

**2) {ASKED[1]}**
"""
LINES = """1 title "#" Questionnaire Exemple
3 note
5 section "###" Enfance
7 question 1 "**1)"
9 answer 1 @liste-a Oui, dès la première année.
11 section "###" Culture
13 question 2 "**2)"
15 answer 2 @liste-a
17 note
19 section "###" Enfance
21 question 1 "**1)"
23 answer 1 @liste-b Non.
25 section "###" Culture
27 question 2 "**2)"
- blank 2 @liste-b
"""
NAMES = "liste-a: Liste Exemple A\nliste-b: Liste Exemple B\n"


def record(document: str, lines: str, *, respondents: str = "liste-a liste-b") -> str:
    digest = hashlib.sha256(document.encode()).hexdigest()
    return (
        f"format: 1\ndocument: commun.md\nsha256: {digest}\nencoding: utf-8\n"
        "questions: fixed here\nreviewed: yes, Exemple, 2032-01-09\n"
        f"respondents: {respondents}\n\n{lines}"
    )


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "raw"


def files(lines: str = LINES, **more: str) -> dict[str, str]:
    """raw/ with a questionnaire that two lists answered in one document."""
    return {
        "respondents.yml": NAMES,
        "exemple/questionnaire.yml": "title: Questionnaire Exemple\nlanguage: fr\n",
        "exemple/commun.md": DOCUMENT,
        "exemple/commun.reading": record(DOCUMENT, lines),
        **more,
    }


@pytest.fixture
def built(tmp_path: Path, run_build: Run) -> Callable[..., sqlite3.Connection]:
    """The database of a raw/ folder, which has to be clean."""

    def run(given: dict[str, str], said: str = "") -> sqlite3.Connection:
        write(tmp_path, given)
        done = run_build("--release", "--raw", "raw", "--db", "q.db", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, said)
        return sqlite3.connect(tmp_path / "q.db")

    return run


def asked_of(db: sqlite3.Connection, sql: str) -> list[tuple[object, ...]]:
    return db.execute(sql).fetchall()


# --- by its record --------------------------------------------------------------------------------


def test_each_list_has_its_reply_and_its_answers_and_each_question_is_published_once(
    built: Callable[..., sqlite3.Connection],
) -> None:
    db = built(files())
    assert asked_of(db, "SELECT id, section, position FROM questions") == [
        ("exemple_1", "exemple_s1", 1),
        ("exemple_2", "exemple_s2", 2),
    ]
    assert asked_of(db, "SELECT title FROM sections") == [("Enfance",), ("Culture",)]
    assert asked_of(db, "SELECT id, respondent, status, text FROM answers ORDER BY id") == [
        ("exemple_1_liste-a", "liste-a", "answered", "Oui, dès la première année."),
        ("exemple_1_liste-b", "liste-b", "answered", "Non."),
        ("exemple_2_liste-a", "liste-a", "answered", "Oui, de 14 à 18 heures."),
        ("exemple_2_liste-b", "liste-b", "blank", ""),
    ]
    assert asked_of(db, "SELECT id, status, document FROM replies") == [
        ("exemple_liste-a", "answered", "exemple_commun"),
        ("exemple_liste-b", "partial", "exemple_commun"),
    ]
    assert asked_of(db, "SELECT id, respondent FROM documents") == [("exemple_commun", None)]
    assert asked_of(db, "SELECT id FROM respondents") == [("liste-a",), ("liste-b",)]
    assert asked_of(db, "SELECT number, respondent, status FROM dataset") == [
        ("1", "Liste Exemple A", "answered"),
        ("1", "Liste Exemple B", "answered"),
        ("2", "Liste Exemple A", "answered"),
        ("2", "Liste Exemple B", "blank"),
    ]
    proof = "SELECT passages_are_document, characters = characters_in_one_passage FROM proof"
    assert asked_of(db, proof) == [(1, 1)]
    assert asked_of(db, "SELECT answers_equal_slice FROM proof") == [(4,)]


def test_its_permalinks_are_those_of_the_lists_and_of_the_document(
    tmp_path: Path, built: Callable[..., sqlite3.Connection]
) -> None:
    built(files())
    published = (tmp_path / "raw" / "permalinks.txt").read_text(encoding="utf-8").split()
    assert published == [
        *(f"answers/exemple_{n}_liste-{one}" for n in (1, 2) for one in "ab"),
        "documents/exemple_commun",
        *("questionnaires/exemple", "questions/exemple_1", "questions/exemple_2"),
        *("replies/exemple_liste-a", "replies/exemple_liste-b"),
        *("respondents/liste-a", "respondents/liste-b"),
        *("sections/exemple_s1", "sections/exemple_s2"),
    ]


@pytest.mark.parametrize("whose", ["liste-a", "liste-b"])
def test_an_answer_that_nobody_wrote_stands_once_in_the_part_of_its_list(
    whose: str, built: Callable[..., sqlite3.Connection]
) -> None:
    lines = LINES if whose == "liste-b" else LINES.replace("15 answer", "- blank")
    db = built(files(lines))
    line = {"liste-a": 15, "liste-b": 27}[whose]  # the last of the question's passage
    found = asked_of(
        db,
        "SELECT respondent, line_start FROM passages WHERE kind = 'answer'"
        f" AND char_start = char_end AND respondent = '{whose}'",
    )
    assert found == [(whose, line)]


def test_another_document_may_fix_the_questions(built: Callable[..., sqlite3.Connection]) -> None:
    blank = f"# Questionnaire Exemple\n\n1. {ASKED[0]}\n\n2. {ASKED[1]}\n"
    said = record(blank, '1 title "#"\n3 question 1 "1."\n5 question 2 "2."\n')
    said = said.replace("commun.md", "questions.md").replace("respondents: liste-a liste-b\n", "")
    given = files(**{"exemple/questions.md": blank, "exemple/questions.reading": said})
    given["exemple/commun.reading"] = record(DOCUMENT, LINES).replace("fixed here", "questions.md")
    db = built(given)
    assert asked_of(db, "SELECT count(*) FROM questions") == [(2,)]
    assert asked_of(db, "SELECT count(*), count(DISTINCT document) FROM answers") == [(4, 1)]


def test_of_a_list_that_declined_there_nothing_is_published_and_of_the_others_all(
    built: Callable[..., sqlite3.Connection],
) -> None:
    said = "title: T\nreplies:\n  liste-b: {status: declined}\n"
    lines = LINES.split("19 section")[0]
    text = DOCUMENT.split("### Enfance\n\n**1")[:2]
    document = "### Enfance\n\n**1".join(text) + "Nous ne répondons pas.\n"
    given = files(lines, **{"exemple/questionnaire.yml": said, "exemple/commun.md": document})
    given["exemple/commun.reading"] = record(document, lines)
    db = built(given)
    assert asked_of(db, "SELECT id, status FROM replies") == [
        ("exemple_liste-a", "answered"),
        ("exemple_liste-b", "declined"),
    ]
    assert asked_of(db, "SELECT DISTINCT respondent FROM answers") == [("liste-a",)]


# --- what is said of it ---------------------------------------------------------------------------


def said_of(tmp_path: Path, run_build: Run, given: dict[str, str]) -> list[str]:
    write(tmp_path, given)
    done = run_build("check", "--raw", "raw", cwd=tmp_path)
    return [line for line in done.stderr.splitlines() if "that a person confirmed" not in line]


def test_a_list_that_has_a_document_of_its_own_answers_in_no_other(
    tmp_path: Path, run_build: Run
) -> None:
    own = {"exemple/liste-b.md": DOCUMENT.split("## Liste Exemple B")[0]}
    assert (
        "raw/exemple/liste-b.md: error: expected one document for “liste-b”; found this one beside "
        "raw/exemple/commun.md. If one corrects the other, write the day on which it came in its "
        "name, as liste-b@2026-03-02.md; else join them."
    ) in said_of(tmp_path, run_build, files(**own))


def test_a_list_without_a_name_is_said_once(tmp_path: Path, run_build: Run) -> None:
    own = {"exemple/liste-b.md": DOCUMENT.split("## Liste Exemple B")[0]}
    given = files(**own) | {"respondents.yml": "liste-a: Liste Exemple A\n"}
    said = said_of(tmp_path, run_build, given)
    assert sum("the name of “liste-b”" in line for line in said) == 1
    assert not any("“commun”" in line for line in said)


def test_a_number_that_no_part_lacks_is_no_gap(tmp_path: Path, run_build: Run) -> None:
    """The first list leaves question 2 out."""
    lines = LINES.replace("13 question 2", "13 question 3").replace("15 answer 2", "15 answer 3")
    lines += "- absent 2 @liste-a\n- absent 3 @liste-b\n"
    given = files(lines)
    given["exemple/commun.reading"] = re.sub(
        "reviewed: .*", "reviewed: no", record(DOCUMENT, lines)
    )
    assert said_of(tmp_path, run_build, given) == []


# --- by a guess -----------------------------------------------------------------------------------

GUESSED = [
    Entry("title", (1, 1), before="#"),
    Entry("note", (3, 1)),
    Entry("question", (7, 1), "1", before="**1)"),
    Entry("answer", (9, 1), "1", "liste-a"),
    Entry("question", (13, 1), "2", before="**2)"),
    Entry("answer", (15, 1), "2", "liste-a"),
    Entry("note", (17, 1)),
    Entry("question", (21, 1), "1", before="**1)"),
    Entry("answer", (23, 1), "1", "liste-b"),
    Entry("question", (27, 1), "2", before="**2)"),
    Entry("blank", None, "2", "liste-b"),
]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """build.py in this process, with a reader that finds what it is told to: what the real one
    makes of such documents is its own affair. The names that it was given are `command.names`."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, guess: Sequence[Entry] = GUESSED) -> Result:
        def read(
            text: str, path: str, known: object = (), *, names: object = None, **how: bool
        ) -> tuple[Sequence[Entry], list[Problem]]:
            assert names == {"liste-a": "Liste Exemple A", "liste-b": "Liste Exemple B"}
            return guess, []

        monkeypatch.setattr("motamot.reading.reader.read", read)
        done = CliRunner().invoke(build.main, arguments)
        assert isinstance(done.exception, SystemExit | None), done.exception
        return done

    return run


@pytest.fixture
def unread(tmp_path: Path) -> Path:
    given = files()
    del given["exemple/commun.reading"]
    return write(tmp_path, given)


def test_what_a_guess_finds_is_built_with_a_warning(
    command: Callable[..., Result], unread: Path
) -> None:
    done = command("--raw", "raw", "--db", "q.db")
    assert done.exit_code == 0, done.stderr
    (warning,) = done.stderr.splitlines()
    assert "expected a reading that a person confirmed" in warning
    db = sqlite3.connect("q.db")
    assert asked_of(db, "SELECT id FROM answers ORDER BY id") == [
        (f"exemple_{n}_liste-{one}",) for n in (1, 2) for one in "ab"
    ]
    assert asked_of(db, "SELECT id, document FROM replies") == [
        ("exemple_liste-a", "exemple_commun"),
        ("exemple_liste-b", "exemple_commun"),
    ]
    assert asked_of(db, "SELECT respondent FROM documents") == [(None,)]


def test_receive_writes_who_answers_in_the_record_s_head(
    command: Callable[..., Result], unread: Path
) -> None:
    done = command("receive", "raw/exemple/commun.md")
    assert (done.exit_code, done.stderr) == (0, "")
    written = (unread / "exemple" / "commun.reading").read_text(encoding="utf-8")
    assert "\nrespondents: liste-a liste-b\n\n" in written
    assert "answer 1 @liste-b" in done.stdout  # the outline
    assert command("check", "--raw", "raw").exit_code == 0
    again = command("receive", "raw/exemple/commun.md")
    assert "It is read so today too." in again.stdout
    assert "answer 1 @liste-b" in command("outline", "raw/exemple/commun.md").stdout


def test_the_record_of_one_list_s_document_names_it_where_the_file_does_not(
    command: Callable[..., Result], unread: Path
) -> None:
    command("receive", "raw/exemple/commun.md", guess=GUESSED[:6])
    written = (unread / "exemple" / "commun.reading").read_text(encoding="utf-8")
    assert "\nrespondents: liste-a\n\n" in written
    (unread / "exemple" / "commun.md").rename(unread / "exemple" / "liste-a.md")
    (unread / "exemple" / "commun.reading").unlink()
    command("receive", "raw/exemple/liste-a.md", guess=GUESSED[:6])
    written = (unread / "exemple" / "liste-a.reading").read_text(encoding="utf-8")
    assert "respondents:" not in written


def test_a_guess_that_says_two_things_of_one_question_builds_nothing(
    command: Callable[..., Result], unread: Path
) -> None:
    twice = [*GUESSED[:8], Entry("answer", (23, 1), "1", "liste-a"), *GUESSED[9:]]
    done = command("--raw", "raw", "--db", "q.db", guess=twice)
    assert done.exit_code == 1
    assert (
        "raw/exemple/commun.md:23: error: expected one line for the answer of “liste-a” to question"
        " 1; found 2. Keep one of them, in the record that `build.py receive` writes."
    ) in done.stderr.splitlines()


def test_a_guess_that_does_not_say_whose_an_answer_is_builds_nothing(
    command: Callable[..., Result], unread: Path
) -> None:
    done = command("check", guess=[*GUESSED[:8], Entry("answer", (23, 1), "1"), *GUESSED[9:]])
    assert done.exit_code == 1
    assert (
        "raw/exemple/commun.md:23: error: expected an answer of liste-a or liste-b to question 1; "
        "found one that does not say whose. Write @respondent after the number, as “respondents:” "
        "has it, in the record that `build.py receive` writes."
    ) in done.stderr.splitlines()


# --- on the site ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    folder = tmp_path_factory.mktemp("shared")
    return build_site(write(folder, files()), folder / "site")


def words(site: Datasette, path: str) -> str:
    """What a page says, on one line."""
    page = get(site, path)
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_the_page_of_the_document_names_its_lists_and_each_answer_s(site: Datasette) -> None:
    said = words(site, "/questionnaires/documents/exemple_commun")
    assert "Listes ou partis Liste Exemple A , Liste Exemple B Taille" in said
    assert "questionnaire vierge" not in said
    assert said.count("Réponse de Liste Exemple A à la question 1") == 1
    assert said.count("Réponse de Liste Exemple B à la question 2") == 1
    page = get(site, "/questionnaires/documents/exemple_commun").text
    for answer in ("1_liste-a", "1_liste-b", "2_liste-a", "2_liste-b"):
        assert page.count(f'href="/questionnaires/answers/exemple_{answer}"') == 1


def test_the_page_of_the_questionnaire_shows_both_lists_and_each_question_once(
    site: Datasette,
) -> None:
    page = get(site, "/questionnaires/questionnaires/exemple").text
    assert page.count(ASKED[0]) == 1
    said = words(site, "/questionnaires/questionnaires/exemple")
    assert "A répondu à tout Liste Exemple A · document" in said
    assert "A répondu en partie Liste Exemple B · document" in said
    assert "questionnaire vierge" not in said


@pytest.mark.parametrize(("whose", "name"), [("liste-a", "A"), ("liste-b", "B")])
def test_the_pages_of_a_list_show_what_it_wrote(site: Datasette, whose: str, name: str) -> None:
    said = words(site, f"/questionnaires/answers/exemple_1_{whose}")
    assert (
        f"<title>Liste Exemple {name}"
        in get(site, f"/questionnaires/answers/exemple_1_{whose}").text
    )
    assert "exemple/commun.md" in said
    assert ("Non." in said) == (whose == "liste-b")
    assert f"Liste Exemple {name}" in words(site, f"/questionnaires/respondents/{whose}")
    feed = get(site, f"/questionnaires/respondents/{whose}.atom").text
    other = "liste-b" if whose == "liste-a" else "liste-a"
    assert f"exemple_1_{whose}" in feed
    assert f"exemple_1_{other}" not in feed


def test_who_replied_counts_the_answers_of_each_list(site: Datasette) -> None:
    found = rows(site, "/questionnaires/qui-a-repondu.json")
    assert [(row["liste"], row["réponses"]) for row in found] == [
        ("Liste Exemple A", 2),
        ("Liste Exemple B", 1),
    ]


def test_a_question_that_is_quoted_is_found_where_it_was_asked_first(site: Datasette) -> None:
    assert "exemple/commun.md, ligne 13" in words(site, f"/-/verifier?citation={ASKED[1]}")
