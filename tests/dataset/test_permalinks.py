"""Permalinks outlive rebuilds: what was published stays, or says where it went."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from motamot.dataset.assemble import assemble
from motamot.dataset.folder import open_raw, read_questionnaire
from motamot.dataset.permalinks import TABLES, Ledger
from motamot.reading.reader import read
from tests.confirming import confirm
from tests.sites import ROOT, build_site, get, sql

CLEAN = Path(__file__).parents[1] / "cases" / "invalid" / "a-clean-folder" / "raw"
ANSWER = "answers/exemple_3_liste-a"


@pytest.fixture
def raw(tmp_path):
    shutil.copytree(CLEAN, tmp_path / "raw")
    return tmp_path / "raw"


@pytest.fixture
def release(raw, run_build, tmp_path):
    def run(*more):
        confirm(raw, run_build)
        return run_build("--release", "--raw", raw, "--db", tmp_path / "q.db", *more)

    return run


def published(site):
    return {
        f"{table}/{row['id']}" for table in TABLES for row in sql(site, f"select id from {table}")
    }


# --- the record -----------------------------------------------------------------------------------


def test_the_record_of_the_real_dataset_holds_every_page_that_it_has(tmp_path):
    site = build_site(ROOT / "raw", tmp_path / "site")
    recorded = (ROOT / "raw" / "permalinks.txt").read_text(encoding="utf-8").splitlines()
    assert recorded == sorted(recorded)
    assert published(site) <= set(recorded)


def test_identifiers_are_those_of_the_database(tmp_path):
    """Silent lists, declined replies, changed and missing questions: all of the demo."""
    raw = ROOT / "tests" / "demo"
    folder, _ = open_raw(raw)
    found = {f"respondents/{respondent}" for respondent in folder.respondents}
    for path in folder.folders:
        found |= set(assemble(read_questionnaire(path, read)[0], raw).identifiers())
    assert found == published(build_site(raw, tmp_path / "site"))


def test_a_release_records_what_is_new_and_nothing_else(raw, release):
    done = release()
    assert done.returncode == 0
    assert done.stdout.endswith(f"{raw}/permalinks.txt: 11 identifiers, 11 new.\n")
    first = (raw / "permalinks.txt").read_bytes()
    assert first.decode().splitlines() == sorted(first.decode().splitlines())
    assert ANSWER in first.decode().splitlines()
    assert release().stdout.endswith(": 11 identifiers, 0 new.\n")
    assert (raw / "permalinks.txt").read_bytes() == first
    shutil.copy(raw / "exemple" / "liste-a.md", raw / "exemple" / "liste-b.md")
    assert release().returncode == 0
    after = (raw / "permalinks.txt").read_text().splitlines()
    assert set(after) > set(first.decode().splitlines())
    assert after == sorted(after)
    assert "answers/exemple_3_liste-b" in after


def test_a_build_that_is_no_release_records_nothing(raw, run_build, tmp_path):
    assert run_build("--raw", raw, "--db", tmp_path / "q.db").returncode == 0
    assert not (raw / "permalinks.txt").exists()


def test_a_release_with_an_error_records_nothing_and_keeps_the_database(raw, release, tmp_path):
    assert release().returncode == 0
    record, database = (raw / "permalinks.txt").read_bytes(), (tmp_path / "q.db").read_bytes()
    (raw / "exemple" / "liste-b.md").write_bytes(b"\x00")
    (raw / "ecoles").mkdir()
    shutil.copy(raw / "exemple" / "liste-a.md", raw / "ecoles" / "liste-a.md")
    assert release().returncode == 1
    assert (raw / "permalinks.txt").read_bytes() == record
    assert (tmp_path / "q.db").read_bytes() == database
    assert not list(raw.glob(".*"))


def test_a_record_merged_by_git_is_sorted_again_and_loses_no_line(raw, release):
    (raw / "permalinks.txt").write_text(f"{ANSWER}\nanswers/exemple_1_liste-a\n{ANSWER}\n\n")
    assert release().returncode == 0
    lines = (raw / "permalinks.txt").read_text().splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) == 11


def test_check_and_release_do_not_go_together(run_build):
    done = run_build("--release", "check")
    assert done.returncode == 2
    assert "--release goes with a build" in done.stderr


# --- what vanished --------------------------------------------------------------------------------


def test_a_build_and_a_check_fail_when_a_published_identifier_has_vanished(
    raw, release, run_build, tmp_path
):
    assert release().returncode == 0
    (raw / "exemple" / "liste-a.md").rename(raw / "exemple" / "liste-b.md")
    confirm(raw, run_build)
    for command in (["check"], ["--db", tmp_path / "other.db"], ["--release"]):
        done = run_build(*command, "--raw", raw, cwd=tmp_path)
        assert done.returncode == 1
        lost = [line for line in done.stderr.splitlines() if "which was published" in line]
        assert len(lost) == 5  # three answers, a reply, a document; the list itself is named still
        assert (
            f"{raw}/permalinks.txt:3: error: expected “{ANSWER}”, which was published, to be there"
            " still; found “answers/exemple_3_liste-b”, which is new. Bring it back, or write where"
            f" it went in {raw}/redirects.yml, for instance “{ANSWER}: answers/exemple_3_liste-b”."
        ) in lost
    assert not (tmp_path / "other.db").exists()


def test_what_check_suggests_can_be_pasted(raw, release, run_build):
    assert release().returncode == 0
    (raw / "exemple" / "liste-a.md").rename(raw / "exemple" / "liste-b.md")
    confirm(raw, run_build)
    said = run_build("check", "--raw", raw).stderr.splitlines()
    lines = [line.split("for instance “")[1].removesuffix("”.") for line in said if "for i" in line]
    (raw / "redirects.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run_build("check", "--raw", raw).returncode == 0
    assert release().returncode == 0
    kept = (raw / "permalinks.txt").read_text().splitlines()
    assert {ANSWER, "answers/exemple_3_liste-b"} <= set(kept)


def test_a_renamed_questionnaire_of_a_thousand_answers_is_told_at_once(tmp_path):
    old = [f"answers/ancien_{n}_liste-{k}" for n in range(10) for k in range(300)]
    (tmp_path / "permalinks.txt").write_text("\n".join(sorted(old)))
    ledger = Ledger(tmp_path)
    ledger.add(path.replace("ancien", "nouveau") for path in old)
    problems = ledger.problems()
    assert len(problems) == len(old)
    assert all(
        p.found == p.expected.split(",")[0].replace("ancien", "nouveau") + ", which is new"
        for p in problems
    )


# --- redirects on the site ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("moved")
    shutil.copytree(CLEAN, folder / "raw")
    (folder / "raw" / "redirects.yml").write_text(
        "answers/exemple_7_liste-a: answers/exemple_8_liste-a\n"
        "answers/exemple_8_liste-a: answers/exemple_3_liste-a\n"
        "documents/exemple_ancienne: documents/exemple_liste-a\n"
        "answers/exemple_9_liste-a: {gone: La liste a retiré cette <réponse>.}\n",
        encoding="utf-8",
    )
    return build_site(folder / "raw", folder / "site")


def ask(site, path):
    async def asked():
        await site.invoke_startup()
        return await site.client.get(path, follow_redirects=False)

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("answers/exemple_7_liste-a", "answers/exemple_3_liste-a"),
        ("answers/exemple_8_liste-a", "answers/exemple_3_liste-a"),
        ("answers/exemple_8_liste-a.json", "answers/exemple_3_liste-a.json"),
        (
            "answers/exemple_8_liste-a.json?_shape=objects&a=%C3%A9",
            "answers/exemple_3_liste-a.json?_shape=objects&a=%C3%A9",
        ),
        ("answers/exemple_8_liste-a.embed", "answers/exemple_3_liste-a.embed"),
        ("documents/exemple_ancienne", "documents/exemple_liste-a"),
        ("documents/exemple_ancienne.txt", "documents/exemple_liste-a.txt"),
    ],
)
def test_what_moved_answers_301_in_every_format(moved, old, new):
    answer = ask(moved, f"/questionnaires/{old}")
    assert answer.status_code == 301
    assert answer.headers["location"] == f"/questionnaires/{new}"


def test_the_page_that_replaces_is_reached(moved):
    page = get(moved, "/questionnaires/answers/exemple_7_liste-a")
    assert page.status_code == 200
    assert "Nous en planterons deux cents." in page.text
    found = get(moved, "/questionnaires/answers/exemple_7_liste-a.json?_shape=objects").json()
    assert found["rows"][0]["id"] == "exemple_3_liste-a"


def test_what_is_gone_says_why(moved):
    page = ask(moved, "/questionnaires/answers/exemple_9_liste-a")
    assert page.status_code == 410
    assert "La liste a retiré cette &lt;réponse&gt;." in page.text
    assert "Page retirée" in page.text
    found = ask(moved, "/questionnaires/answers/exemple_9_liste-a.json")
    assert found.status_code == 410
    assert found.json()["error"] == "La liste a retiré cette <réponse>."


@pytest.mark.parametrize("path", ["answers/exemple_4_liste-a", "answers", "zz/exemple_8_liste-a"])
def test_what_was_never_declared_is_answered_as_before(moved, path):
    answer = ask(moved, f"/questionnaires/{path}")
    assert answer.status_code == (200 if path == "answers" else 404)


def test_redirects_hold_behind_a_base_url(moved):
    moved._settings["base_url"] = "/donnees/"
    try:
        answer = ask(moved, "/questionnaires/answers/exemple_8_liste-a.json?a=1")
    finally:
        moved._settings["base_url"] = "/"
    assert answer.status_code == 301
    new = "/donnees/questionnaires/answers/exemple_3_liste-a.json?a=1"
    assert answer.headers["location"] == new
