"""build.py as a person runs it: what it prints, what it writes, and what it never touches."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from motamot import SCHEMA_VERSION
from motamot.publishing.kept import Keeping, Kept
from motamot.text.source import decode
from tests.confirming import confirm

ROOT = Path(__file__).parent.parent
VALID = Path(__file__).parent / "cases" / "valid"
SHA256 = "ca2cd28c23433e7d747844ac5597d833e07019db63203910babf012fd0760a00"
REAL = Path("tds-municipales-paris/la-france-insoumise.md")
Run = Callable[..., "CompletedProcess[str]"]


# --- folders to build ----------------------------------------------------------------------------


def document(questions: int = 3, *, title: str = "Questionnaire Exemple", words: int = 20) -> str:
    """A reply that is read without a doubt."""
    blocks = [f"# {title}"]
    for number in range(1, questions + 1):
        blocks.append(f"**{number}) Que ferez-vous pour le quartier numéro {number} ?**")
        blocks.append("Nous y planterons " + "des arbres " * (words // 2) + f"en 20{number:02}.")
    return "\n\n".join(blocks) + "\n"


def folder_of(path: Path, files: dict[str, str | bytes]) -> Path:
    """Write files below `path`, in the order given, and return it."""
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def small(**more: str | bytes) -> dict[str, str | bytes]:
    """A clean questionnaire with two replies."""
    return {
        "respondents.yml": "liste-a: Liste Exemple A\nliste-b: Liste Exemple B\n",
        "exemple/questionnaire.yml": "title: Questionnaire Exemple\n",
        "exemple/liste-a.md": document(),
        "exemple/liste-b.md": document(),
        **more,
    }


def many(path: Path, count: int) -> Path:
    """So many questionnaires that a build of them takes seconds."""
    files: dict[str, str | bytes] = {"respondents.yml": "liste-a: Liste Exemple A\n"}
    for at in range(count):
        files[f"exemple-{at}/questionnaire.yml"] = f"title: Questionnaire {at}\n"
        files[f"exemple-{at}/liste-a.md"] = document(10, words=60)
    return folder_of(path, files)


def contents(path: Path) -> dict[str, str]:
    """Every file below a folder, hidden ones included, with a digest of its bytes."""
    return {
        file.relative_to(path).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(path.rglob("*"))
        if file.is_file()
    }


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, run_build: Run) -> Path:
    """The database of the real document."""
    folder = tmp_path_factory.mktemp("real")
    done = run_build("--raw", ROOT / "raw", "--db", "questionnaires.db", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "questionnaires.db"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, run_build: Run) -> Path:
    """All documents of cases/valid in one database, each its own questionnaire."""
    folder = tmp_path_factory.mktemp("corpus")
    for case in VALID.iterdir():
        (reply,) = case.glob("reply.*")
        name = f"liste-exemple{reply.suffix}"
        folder_of(folder / "raw" / case.name, {name: reply.read_bytes()})
    done = run_build("--raw", "raw", "--db", "questionnaires.db", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "questionnaires.db"


# --- what it prints ------------------------------------------------------------------------------


def test_a_build_says_what_was_read_in_each_document(tmp_path: Path, run_build: Run) -> None:
    folder_of(tmp_path / "raw", small(**{"exemple/liste-b.md": document() + "\n**4) ?**\n"}))
    text = (
        "# Questionnaire\n\n## Logement\n\n**1) Que ferez-vous ?**\n\nUn mot, <http://a.example>.\n"
        "\n**2) Et ensuite ?**\n\n—\n\n## Budget\n\n**3) Combien ?**\n\nDeux millions.\n"
    )
    shutil.rmtree(tmp_path / "raw" / "exemple")
    folder_of(tmp_path / "raw" / "exemple", {"questionnaire.yml": "title: T\n", "liste-a.md": text})
    confirm(tmp_path / "raw", run_build)
    done = run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    assert done.stdout.splitlines() == [
        "exemple/liste-a.md: 2 sections, 3 questions, 2 answers, 1 blank, 5 words, 1 link",
        "out.db: 1 document, 2 answers; 0 errors, 0 warnings.",
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_long_list_of_documents_is_cut_and_says_so(tmp_path: Path, run_build: Run) -> None:
    many(tmp_path / "raw", 45)
    done = run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    *shown, more, total = done.stdout.splitlines()
    assert len(shown) == 40
    assert more == "... and 5 documents more"
    assert total == "out.db: 45 documents, 450 answers; 0 errors, 45 warnings."


def test_quiet_says_nothing_but_problems(tmp_path: Path, run_build: Run) -> None:
    folder_of(tmp_path / "raw", {"exemple/liste-a.md": document()})
    for command in ([], ["check"]):
        done = run_build(*command, "--quiet", "--raw", "raw", cwd=tmp_path)
        assert done.stdout == ""
        assert done.stderr.count(": warning: ") == len(done.stderr.splitlines()) == 3
        assert done.returncode == 0


def test_no_progress_bar_is_shown_where_no_one_watches(tmp_path: Path, run_build: Run) -> None:
    many(tmp_path / "raw", 25)
    confirm(tmp_path / "raw", run_build)
    done = run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    assert done.stderr == ""
    assert "\r" not in done.stdout


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminal to show a bar on")
@pytest.mark.parametrize("quiet", [False, True], ids=["as usual", "quiet"])
def test_a_progress_bar_is_shown_on_a_terminal(quiet: bool, tmp_path: Path, run_build: Run) -> None:
    many(tmp_path / "raw", 25)
    confirm(tmp_path / "raw", run_build)
    ours, theirs = os.openpty()
    command = [sys.executable, str(ROOT / "build.py"), "--raw", "raw", *["--quiet"] * quiet]
    subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=theirs, timeout=60)
    os.write(theirs, b"the end")
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    os.close(theirs)
    assert ("Reading" in shown) is not quiet
    assert ("100%" in shown) is not quiet


# --- options and exit codes ----------------------------------------------------------------------


def test_a_clean_build_exits_0_errors_exit_1_and_wrong_use_exits_2(
    tmp_path: Path, run_build: Run
) -> None:
    folder_of(tmp_path / "clean", small())
    folder_of(tmp_path / "broken", small(**{"exemple/liste-b.md": "Bonjour.\n"}))
    for command in ([], ["check"]):
        assert run_build(*command, "--raw", "clean", cwd=tmp_path).returncode == 0
        broken = run_build(*command, "--raw", "broken", cwd=tmp_path)
        assert broken.returncode == 1
        assert "broken/exemple/liste-b.md:1: error: " in broken.stderr
        for wrong in (["--raw", "nowhere"], ["--colour"], ["chekc"], ["--db", "."]):
            done = run_build(*command, *wrong, cwd=tmp_path)
            assert done.returncode == 2, wrong
            assert "Usage" in done.stderr


@pytest.mark.parametrize("db", ["file/out.db", "/proc/out.db"])
def test_a_database_that_cannot_be_written_is_wrong_use(
    db: str, tmp_path: Path, run_build: Run
) -> None:
    folder_of(tmp_path, {"file": "no folder"})
    folder_of(tmp_path / "raw", small())
    done = run_build("--raw", "raw", "--db", db, cwd=tmp_path)
    assert done.returncode == 2
    assert db.split("/out")[0] in done.stderr


def test_a_failed_build_says_that_nothing_was_built(tmp_path: Path, run_build: Run) -> None:
    folder_of(tmp_path / "raw", small(**{"exemple/liste-b.md": "Bonjour.\n"}))
    done = run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    assert done.stderr.splitlines()[-1] == "Nothing was built: 1 error, 2 warnings."
    assert done.stdout == ""
    assert not (tmp_path / "out.db").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--raw", "here", "--db", "out.db", "check"],
        ["check", "--raw", "here", "--db", "out.db"],
        ["--db", "out.db", "check", "--raw", "here"],
        ["--raw", "here", "check", "--quiet"],
        ["--quiet", "--raw", "here", "check"],
    ],
    ids=" ".join,
)
def test_options_may_stand_before_or_after_check_which_writes_nothing(
    arguments: list[str], tmp_path: Path, run_build: Run
) -> None:
    folder_of(tmp_path / "here", small())
    confirm(tmp_path / "here", run_build)
    before = contents(tmp_path)
    done = run_build(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    said = "" if "--quiet" in arguments else "1 questionnaire checked: 0 errors, 0 warnings.\n"
    assert done.stdout == said
    assert contents(tmp_path) == before


def test_check_and_build_find_the_same_problems(tmp_path: Path, run_build: Run) -> None:
    folder_of(tmp_path / "raw", small(**{"exemple/liste-b.md": "Bonjour.\n", "autre/x.md": ""}))
    checked = run_build("check", "--raw", "raw", cwd=tmp_path).stderr.splitlines()
    built = run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path).stderr.splitlines()
    assert checked == built[:-1]


def test_the_database_goes_where_db_says(tmp_path: Path, run_build: Run) -> None:
    folder_of(tmp_path / "raw", small())
    done = run_build("--raw", "raw", "--db", "new/folder/out.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(contents(tmp_path / "new")) == ["folder/out.db"]


def test_the_raw_folder_of_the_current_directory_is_read_when_none_is_named(
    tmp_path: Path, run_build: Run
) -> None:
    folder_of(tmp_path / "raw", small())
    assert run_build(cwd=tmp_path).returncode == 0
    assert rows(tmp_path / "questionnaires.db", "SELECT id FROM questionnaires") == [("exemple",)]


# --- what is never touched -----------------------------------------------------------------------


def test_a_build_with_errors_leaves_the_earlier_one_as_it_was(
    tmp_path: Path, run_build: Run
) -> None:
    folder_of(tmp_path / "raw", small())
    run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    folder_of(tmp_path / "raw", {"exemple/liste-b.md": "Bonjour.\n"})
    before = contents(tmp_path)
    assert run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path).returncode == 1
    assert contents(tmp_path) == before


def started_build(folder: Path) -> subprocess.Popen[str]:
    """A build of folder/raw into folder/out.db that is known to be writing."""
    command = [sys.executable, str(ROOT / "build.py"), "--raw", "raw", "--db", "out.db"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background has them ignore SIGINT; a person's does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        written = [p for p in folder.glob(".motamot-*/out.db") if p.stat().st_size > 100_000]
        if written:
            return process
        time.sleep(0.01)
    pytest.fail(f"the build was over before it could be stopped: {process.communicate()}")


@pytest.fixture(scope="module")
def built_of_many(tmp_path_factory: pytest.TempPathFactory, run_build: Run) -> Path:
    """A folder whose database is older than its many documents."""
    folder = tmp_path_factory.mktemp("many")
    folder_of(folder / "raw", small())
    run_build("--raw", "raw", "--db", "out.db", cwd=folder)
    many(folder / "raw", 1200)
    return folder


def test_a_terminated_build_leaves_the_earlier_one_and_no_temporary_file(
    built_of_many: Path,
) -> None:
    before = contents(built_of_many)
    process = started_build(built_of_many)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode not in (0, 2)
    assert "Traceback" not in stderr
    assert contents(built_of_many) == before
    assert not list(built_of_many.glob(".motamot-*"))


def test_an_interrupted_build_leaves_the_earlier_one_and_no_temporary_file(
    built_of_many: Path,
) -> None:
    before = contents(built_of_many)
    process = started_build(built_of_many)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode not in (0, 2)
    assert "Traceback" not in stderr
    assert contents(built_of_many) == before
    assert not list(built_of_many.glob(".motamot-*"))


def test_a_killed_build_leaves_the_earlier_one_and_the_next_one_succeeds(
    built_of_many: Path, tmp_path: Path, run_build: Run
) -> None:
    """Nothing can tidy up after SIGKILL; what it leaves is hidden and harms no later build."""
    shutil.copytree(built_of_many, tmp_path, dirs_exist_ok=True)
    shutil.rmtree(tmp_path / "raw")
    shutil.copytree(built_of_many / "raw", tmp_path / "raw")
    before = contents(tmp_path)
    process = started_build(tmp_path)
    process.kill()
    process.communicate(timeout=30)
    after = contents(tmp_path)
    left = set(after) - set(before)
    assert {name: data for name, data in after.items() if name not in left} == before
    assert all(name.startswith(".motamot-") for name in left)
    shutil.rmtree(tmp_path / "raw")
    folder_of(tmp_path / "raw", small())
    assert run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path).returncode == 0
    assert rows(tmp_path / "out.db", "SELECT count(*) FROM documents") == [(2,)]
    assert not list(tmp_path.glob(".motamot-*"))  # the next one tidies up


def test_a_build_leaves_what_was_received_as_it_was(tmp_path: Path, run_build: Run) -> None:
    shutil.copytree(ROOT / "raw", tmp_path / "raw")
    crlf = document().replace("\n", "\r\n").encode("cp1252") + b"\0"
    folder_of(tmp_path / "raw", {"autre/liste-a.md": crlf, "autre/notes.odt": "…"})
    before = contents(tmp_path / "raw")
    for command in ([], ["check"]):
        run_build(*command, "--raw", "raw", "--db", "out.db", cwd=tmp_path)
        assert contents(tmp_path / "raw") == before


# --- the same bytes ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory, run_build: Run) -> tuple[dict, dict]:
    """Files of several questionnaires, and what a build of them wrote."""
    files = small()
    for case in sorted(VALID.iterdir())[::5]:
        (reply,) = case.glob("reply.*")
        files[f"{case.name}/liste-exemple{reply.suffix}"] = reply.read_bytes()
    files["exemple/questionnaire.yml"] = (
        "title: Questionnaire Exemple\nreplies:\n  liste-c: {status: no-reply}\n"
        "  liste-d: {status: declined}\n"
    )
    files["respondents.yml"] = "".join(f"liste-{x}: Liste Exemple {x}\n" for x in "dcba")
    folder = tmp_path_factory.mktemp("varied")
    folder_of(folder / "raw", files)
    return files, built(folder, run_build)


def built(folder: Path, run_build: Run, raw: str = "raw", **variables: str) -> dict[str, str]:
    """Build, and return digests of what was written."""
    out = folder / "out"
    done = run_build("--raw", raw, "--db", out / "questionnaires.db", cwd=folder, **variables)
    assert done.returncode == 0, done.stderr
    written = contents(out)
    assert sorted(written) == ["questionnaires.db"]
    return written


def test_a_second_build_over_the_first_writes_the_same_bytes(
    varied: tuple[dict, dict], tmp_path: Path, run_build: Run
) -> None:
    files, first = varied
    folder_of(tmp_path / "raw", files)
    assert built(tmp_path, run_build) == first
    assert built(tmp_path, run_build) == first


def test_files_made_in_another_order_and_at_another_time_give_the_same_bytes(
    varied: tuple[dict, dict], tmp_path: Path, run_build: Run
) -> None:
    files, first = varied
    folder_of(tmp_path / "raw", dict(reversed(files.items())))
    for at, path in enumerate(sorted((tmp_path / "raw").rglob("*"))):
        os.utime(path, (1_000_000_000 - at, 1_000_000_000 - at))
    assert built(tmp_path, run_build) == first


def test_another_directory_gives_the_same_bytes(
    varied: tuple[dict, dict], tmp_path: Path, run_build: Run
) -> None:
    files, first = varied
    folder_of(tmp_path / "elsewhere" / "received", files)
    assert built(tmp_path, run_build, raw="elsewhere/received") == first
    assert built(tmp_path, run_build, raw=str(tmp_path / "elsewhere" / "received")) == first
    assert built(tmp_path, run_build, raw="./elsewhere/../elsewhere/received/") == first


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_another_hash_seed_gives_the_same_bytes(
    seed: str, varied: tuple[dict, dict], tmp_path: Path, run_build: Run
) -> None:
    files, first = varied
    folder_of(tmp_path / "raw", files)
    assert built(tmp_path, run_build, PYTHONHASHSEED=seed) == first


def test_another_time_zone_and_locale_give_the_same_bytes(
    varied: tuple[dict, dict], tmp_path: Path, run_build: Run
) -> None:
    files, first = varied
    folder_of(tmp_path / "raw", files)
    variables = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}
    assert built(tmp_path, run_build, **variables) == first


# --- the database is sound -----------------------------------------------------------------------


@pytest.fixture(params=["real", "corpus"])
def database(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


def test_sqlite_finds_the_file_whole_and_every_reference_kept(database: Path) -> None:
    assert rows(database, "PRAGMA foreign_key_check") == []
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    declared = rows(database, "SELECT count(*) FROM sqlite_master WHERE sql LIKE '%REFERENCES%'")
    assert declared[0][0] >= 6


@pytest.mark.parametrize("index", ["questions_fts", "answers_fts"])
def test_the_full_text_indexes_hold_what_their_tables_hold(
    index: str, database: Path, tmp_path: Path
) -> None:
    copy = shutil.copy(database, tmp_path / "copy.db")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(f"INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)")
        table = index.removesuffix("_fts")
        counts = connection.execute(
            f"SELECT (SELECT count(*) FROM {index}), (SELECT count(*) FROM {table})"
        ).fetchone()
    assert counts[0] == counts[1] > 0


def test_every_document_proves_itself_word_for_word(database: Path) -> None:
    proofs = rows(
        database,
        "SELECT document, characters, characters_in_one_passage, passages_are_document, answers, "
        "answers_equal_slice FROM proof",
    )
    assert len(proofs) == len(rows(database, "SELECT id FROM documents")) > 0
    for name, characters, once, joined, answers, exact in proofs:
        assert (characters, answers) == (once, exact), name
        assert joined == 1, name
        assert answers, name


def test_the_proof_notices_a_changed_character(real: Path, tmp_path: Path) -> None:
    """A proof that cannot fail proves nothing."""
    changes = {
        "UPDATE answers SET markdown = replace(markdown, 'é', 'e') WHERE id LIKE '%_9_%'": 9,
        "UPDATE answers SET char_end = char_end + 1 WHERE id LIKE '%_9_%'": 9,
        "UPDATE passages SET kind = 'note' WHERE kind = 'answer' AND question LIKE '%_9'": 9,
    }
    for change, exact in changes.items():
        assert proof_after(real, tmp_path, change)[3] == exact, change
    covering = [
        "UPDATE passages SET char_end = char_end - 1 WHERE position = 5",
        "UPDATE passages SET char_end = char_end + 1 WHERE position = 5",
        "DELETE FROM passages WHERE position = 5",
        "DELETE FROM passages",
    ]
    for change in covering:
        characters, once, joined, _ = proof_after(real, tmp_path, change)
        assert once != characters, change
        assert joined != 1, change


def proof_after(database: Path, folder: Path, change: str) -> tuple[object, ...]:
    copy = shutil.copy(database, folder / "changed.db")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute(change).rowcount > 0
        return connection.execute(
            "SELECT characters, characters_in_one_passage, passages_are_document, "
            "answers_equal_slice FROM proof"
        ).fetchone()


def test_a_document_in_the_database_is_its_file_byte_for_byte(corpus: Path) -> None:
    kept = rows(
        corpus, "SELECT questionnaire, sha256, bytes, lines, encoding, markdown FROM documents"
    )
    assert len(kept) == len(list(VALID.iterdir()))
    encodings = set()
    for name, sha256, size, lines, encoding, markdown in kept:
        (reply,) = (VALID / str(name)).glob("reply.*")
        data = reply.read_bytes()
        assert str(markdown).encode(str(encoding)) == data
        assert sha256 == hashlib.sha256(data).hexdigest()
        assert size == len(data)
        assert lines == data.count(b"\n") + (not data.endswith(b"\n"))
        assert markdown == decode(data, "")[0]
        encodings.add(encoding)
    assert encodings == {"utf-8", "utf-8-sig", "cp1252"}


def test_the_dataset_view_has_one_row_an_answer_and_each_leads_to_its_page(database: Path) -> None:
    flat = rows(
        database, "SELECT permalink, status, answer, words FROM dataset WHERE status <> 'absent'"
    )
    answers = rows(database, "SELECT id, status, text, words FROM answers")
    assert len(flat) == len(answers)
    prefix = "/questionnaires/answers/"
    assert {(str(link).removeprefix(prefix), *rest) for link, *rest in flat} == set(answers)


def test_an_identifier_is_made_of_names_that_stand_in_an_address(database: Path) -> None:
    for table in ("questionnaires", "sections", "questions", "answers", "replies", "documents"):
        for (identifier,) in rows(database, f"SELECT id FROM {table}"):
            allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-_")
            assert set(str(identifier)) <= allowed, identifier


# --- the real document ---------------------------------------------------------------------------

ME = "la-france-insoumise"
HERE = "tds-municipales-paris"


def test_the_real_document_has_4_sections_10_questions_10_answers_and_6_links(real: Path) -> None:
    counts = {
        table: rows(real, f"SELECT count(*) FROM {table}")[0][0]
        for table in ("questionnaires", "sections", "questions", "answers", "links", "documents")
    }
    assert counts == {
        **{"questionnaires": 1, "sections": 4, "questions": 10, "answers": 10},
        **{"links": 6, "documents": 1},
    }
    assert rows(real, "SELECT DISTINCT status FROM answers") == [("answered",)]
    assert rows(real, "SELECT id, status FROM replies") == [(f"{HERE}_{ME}", "answered")]


def test_its_links_are_all_cited_by_questions(real: Path) -> None:
    cited = rows(
        real,
        "SELECT questions.number, url FROM links JOIN questions ON questions.id = links.question "
        "WHERE answer IS NULL ORDER BY questions.position",
    )
    assert [number for number, _ in cited] == ["3", "4", "6", "7", "8", "9"]
    urls = [str(url) for _, url in cited]
    assert urls[0] == "https://casaxochiquetzal.org/"
    assert urls[2] == "https://www.youtube.com/watch?v=l-k-7h9dEjs"
    assert urls[3].endswith("%20dans%20les%20bois.pdf")


def test_its_sections_hold_their_questions(real: Path) -> None:
    held = rows(
        real,
        "SELECT sections.position, sections.title, group_concat(number, ' ') FROM questions "
        "JOIN sections ON sections.id = questions.section GROUP BY sections.id ORDER BY 1",
    )
    assert held == [
        (1, "Droit et accès à l'accompagnement sanitaire et social", "1 2 3"),
        (2, "Droit à la sécurité et lutte contre les violences", "4 5 6"),
        (3, "Droit au travail et lutte contre le harcèlement et la discrimination", "7 8 9"),
        (4, "Droits des étrangers, migration et traite", "10"),
    ]
    for title in ("Droit au travail et lutte", "Droits des étrangers, migration"):
        found = rows(real, f"SELECT id FROM answers WHERE markdown LIKE '%{title}%'")
        assert found == []


BEGINNINGS_AND_ENDS = [
    ("1", "Notre priorité est la mise en place", "des parcours de sortie de la prostitution."),
    ("2", "Oui, nous déclinons cela", "un accès effectif aux droits."),
    ("3", "Les personnes âgées concernées", "et le tissu associatif."),
    ("4", "Tout d'abord, il nous semble", "des violences subies par les personnes prostituées."),
    ("5", "Nous soutiendrons financièrement", "un vrai accompagnement social dans la durée."),
    ("6", "Nous soutiendrons les actions de prévention", "dissuasive pour prévenir les violences."),
    ("7", "Nous sommes opposés aux arrêtés", "par des politiques de prévention des risques."),
    ("8", "Nous refusons les logiques de répression.", "avec la police judiciaire."),
    ("9", "Nous sommes abolitionnistes", "même sous forme coopérative."),
    ("10", "La protection des personnes doit primer", "réseaux de traite d'être humains."),
]


@pytest.mark.parametrize(("number", "begins", "ends"), BEGINNINGS_AND_ENDS)
def test_its_answers_begin_and_end_where_they_do(
    number: str, begins: str, ends: str, real: Path
) -> None:
    ((markdown, text),) = rows(
        real, f"SELECT markdown, text FROM answers WHERE id = '{HERE}_{number}_{ME}'"
    )
    for words in (str(markdown), str(text)):
        assert words.startswith(begins)
        assert words.endswith(ends)


def test_its_last_answer_ends_with_the_last_character(real: Path) -> None:
    ((end, length),) = rows(
        real,
        "SELECT char_end, length(documents.markdown) FROM answers JOIN documents "
        f"ON documents.id = answers.document WHERE answers.id = '{HERE}_10_{ME}'",
    )
    assert end == length


def test_it_is_the_document_that_was_received(real: Path) -> None:
    data = (ROOT / "raw" / REAL).read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256
    ((sha256, path, markdown),) = rows(real, "SELECT sha256, path, markdown FROM documents")
    assert (sha256, path) == (SHA256, REAL.as_posix())
    assert hashlib.sha256(str(markdown).encode()).hexdigest() == SHA256


def test_what_it_does_not_say_is_unknown(real: Path) -> None:
    known = rows(
        real, "SELECT title, election, place, date, language, asked_by FROM questionnaires"
    )
    title, election, place, date, language, asked_by = known[0]
    assert (title, place, language) == ("Questionnaire TDS municipales Paris", "Paris", "fr")
    assert election == "Élections municipales"
    assert (date, asked_by) == (None, None)


# --- silence, and what is only dropped -----------------------------------------------------------


def test_a_dropped_document_builds_without_any_yml_and_says_what_to_write(
    tmp_path: Path, run_build: Run
) -> None:
    folder_of(tmp_path / "raw", {"exemple/liste-des-quais.md": document(title="Dix questions")})
    done = run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    assert done.returncode == 0
    assert "Write “title: Dix questions” there" in done.stderr
    assert "Add the line “liste-des-quais: Liste des quais” there" in done.stderr
    assert done.stderr.count("warning: ") == 3
    assert rows(tmp_path / "out.db", "SELECT title FROM questionnaires") == [("Dix questions",)]
    assert rows(tmp_path / "out.db", "SELECT id, name FROM respondents") == [
        ("liste-des-quais", "Liste des quais")
    ]


@pytest.fixture(scope="module")
def silences(tmp_path_factory: pytest.TempPathFactory, run_build: Run) -> Path:
    """One reply of each kind: whole, with a blank, one question short, declined, none."""
    folder = tmp_path_factory.mktemp("silences")
    blank = document().replace(document().split("\n\n")[4], "—")
    files = {
        "respondents.yml": "".join(f"liste-{x}: Liste Exemple {x.upper()}\n" for x in "abcde"),
        "exemple/questionnaire.yml": "title: T\nreplies:\n  liste-d: {status: declined}\n"
        "  liste-e: {status: no-reply, note: Relancée deux fois.}\n",
        "exemple/liste-a.md": document(),
        "exemple/liste-b.md": blank,
        "exemple/liste-c.md": document(2),
        "exemple/liste-d.md": "Madame, Monsieur,\n\nNous ne répondons à aucun questionnaire.\n",
    }
    folder_of(folder / "raw", files)
    done = run_build("--raw", "raw", "--db", "out.db", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out.db"


def test_silence_is_said_of_a_reply(silences: Path) -> None:
    assert rows(silences, "SELECT respondent, status, document, note FROM replies ORDER BY 1") == [
        ("liste-a", "answered", "exemple_liste-a", None),
        ("liste-b", "partial", "exemple_liste-b", None),
        ("liste-c", "partial", "exemple_liste-c", None),
        ("liste-d", "declined", "exemple_liste-d", None),
        ("liste-e", "no-reply", None, "Relancée deux fois."),
    ]


def test_silence_is_said_of_an_answer(silences: Path) -> None:
    assert rows(silences, "SELECT id, words FROM answers WHERE status = 'blank'") == [
        ("exemple_2_liste-b", 0)
    ]
    assert rows(silences, "SELECT count(*) FROM answers WHERE status = 'answered'") == [(7,)]


def test_a_letter_that_declines_answers_no_question(tmp_path: Path, run_build: Run) -> None:
    """Even when it asks one of its own: its words would stand under another question."""
    letter = "Madame,\n\n**Pourquoi ne répondons-nous pas ?**\n\nParce que le temps manque.\n"
    replies = "title: T\nreplies:\n  liste-b: {status: declined}\n"
    files = small(**{"exemple/liste-b.md": letter, "exemple/questionnaire.yml": replies})
    folder_of(tmp_path / "raw", files)
    assert run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path).returncode == 0
    answering = rows(tmp_path / "out.db", "SELECT DISTINCT respondent FROM answers")
    assert answering == [("liste-a",)]


def test_a_blank_questionnaire_fixes_the_questions_and_answers_none(
    tmp_path: Path, run_build: Run
) -> None:
    blank = "\n\n".join(b for b in document().split("\n\n") if not b.startswith("Nous")) + "\n"
    reply = document().replace("du quartier", "pour le quartier").replace("numéro 2", "n° 2")
    folder_of(
        tmp_path / "raw", small(**{"exemple/questions.md": blank, "exemple/liste-a.md": reply})
    )
    done = run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    database = tmp_path / "out.db"
    assert rows(database, "SELECT count(*), count(DISTINCT respondent) FROM answers") == [(6, 2)]
    shown = rows(database, "SELECT text FROM questions WHERE number = '2'")
    assert shown == [("Que ferez-vous pour le quartier numéro 2 ?",)]
    assert rows(database, "SELECT id FROM documents WHERE respondent IS NULL") == [
        ("exemple_questions",)
    ]


def every_number(database: Path) -> Iterator[str]:
    yield from (str(number) for (number,) in rows(database, "SELECT number FROM questions"))


def test_a_question_keeps_its_number_and_so_its_link_when_a_list_is_added(
    tmp_path: Path, run_build: Run
) -> None:
    """Promise 2: identifiers are made of names, and a rebuild does not move them."""
    files = small()
    late = files.pop("exemple/liste-a.md")
    folder_of(tmp_path / "raw", files)
    run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    before = rows(tmp_path / "out.db", "SELECT id FROM answers")
    folder_of(tmp_path / "raw", {"exemple/liste-a.md": late, "autre/liste-a.md": late})
    run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    assert set(before) < set(rows(tmp_path / "out.db", "SELECT id FROM answers"))
    assert set(every_number(tmp_path / "out.db")) == {"1", "2", "3"}


# --- what an earlier build made -------------------------------------------------------------------


def test_a_change_is_built_as_from_nothing_with_what_earlier_builds_made(
    tmp_path: Path, run_build: Run
) -> None:
    """The same bytes whether another build went before, and many questionnaires or few."""
    many(tmp_path / "raw", 30)
    confirm(tmp_path / "raw", run_build)
    (tmp_path / "raw" / "exemple-3" / "liste-a.reading").unlink()  # one that is guessed
    run_build("--raw", "raw", "--db", "a/out.db", cwd=tmp_path)
    changed = tmp_path / "raw" / "exemple-3" / "liste-a.md"
    changed.write_text(changed.read_text("utf-8").replace("des arbres", "des haies"), "utf-8")
    run_build("--raw", "raw", "--db", "a/out.db", cwd=tmp_path)
    run_build("--raw", "raw", "--db", "b/out.db", cwd=tmp_path)
    assert (tmp_path / "a/out.db").read_bytes() == (tmp_path / "b/out.db").read_bytes()
    found = rows(tmp_path / "a/out.db", "SELECT text FROM answers WHERE text LIKE '%haies%'")
    assert len(found) == 10


@pytest.mark.parametrize("spoilt", [b"", b"not a database", b"SQLite format 3\0" + b"\0" * 4000])
def test_a_spoilt_file_of_an_earlier_build_is_as_good_as_none(
    spoilt: bytes, tmp_path: Path
) -> None:
    keeping = Keeping(tmp_path, tmp_path / "out.db")
    keeping.path.write_bytes(spoilt)
    kept = Kept(keeping.path)
    assert kept.take(["Oui"], lambda: "made", str, str) == "made"


def test_what_was_kept_is_taken_over_and_the_files_of_many_databases_do_not_pile_up(
    tmp_path: Path,
) -> None:
    for at in range(20):
        keeping = Keeping(tmp_path, tmp_path / f"{at}.db")
        kept = Kept(keeping.path)
        for text in range(50):
            kept.take([text], lambda: "made", str, str)
        with keeping:
            keeping.add(kept.used)
            keeping.close()
    assert len(list(tmp_path.glob("*.db"))) <= 8
    assert Kept(keeping.path).take([3], lambda: "made again", str, str) == "made"


# --- nothing good is replaced by nothing ----------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "expected at least one questionnaire's folder; found none"),
        ({"exemple/notes.odt": "x"}, "expected at least one document, as <questionnaire>/"),
        (
            {"raw/exemple/liste-a.md": document()},
            "one folder deeper, as raw/raw/exemple/liste-a.md",
        ),
    ],
    ids=["an empty folder", "no document", "one folder too deep"],
)
def test_nothing_good_is_replaced_by_nothing(
    files: dict[str, str | bytes], said: str, tmp_path: Path, run_build: Run
) -> None:
    folder_of(tmp_path / "raw", small())
    run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    before = (tmp_path / "out.db").read_bytes()
    shutil.rmtree(tmp_path / "raw")
    (tmp_path / "raw").mkdir()
    folder_of(tmp_path / "raw", files)
    done = run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path)
    assert done.returncode == 1
    assert said in done.stderr
    assert (tmp_path / "out.db").read_bytes() == before


def test_whose_site_it_is_stands_in_the_file_and_makes_whole_permalinks(
    tmp_path: Path, run_build: Run
) -> None:
    folder_of(tmp_path / "raw", small())
    said = (
        "plugins:\n  motamot:\n    public_url: https://exemple.org/mots/\n    publisher: Exemple\n"
    )
    folder_of(tmp_path / "site", {"metadata.yml": said})
    run_build("--raw", "raw", "--db", "site/out.db", cwd=tmp_path)
    assert rows(tmp_path / "site/out.db", "SELECT * FROM edition") == [
        (SCHEMA_VERSION, "https://exemple.org/mots", "Exemple", None)
    ]
    assert rows(tmp_path / "site/out.db", "SELECT permalink FROM dataset LIMIT 1") == [
        ("https://exemple.org/mots/questionnaires/answers/exemple_1_liste-a",)
    ]
    folder_of(tmp_path / "site", {"metadata.yml": said.replace("https:", "gopher:")})
    done = run_build("--raw", "raw", "--db", "site/out.db", cwd=tmp_path)
    assert done.returncode == 1
    assert "“public_url:”" in done.stderr
    folder_of(tmp_path / "site", {"metadata.yml": "plugins: [\n"})
    done = run_build("--raw", "raw", "--db", "site/out.db", cwd=tmp_path)
    assert done.returncode == 1
    assert "metadata.yml:2: error: " in done.stderr
