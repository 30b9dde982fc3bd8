"""A build under a running site: seen whole, at once, without a restart; or not at all."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest

from tests.dataset.test_versions import raw_of, reply
from tests.sites import build_site, get

PAGES = [
    "/",
    "/questionnaires/questionnaires/exemple",
    "/questionnaires/answers/exemple_1_liste-a",
    "/questionnaires/answers.json?_shape=array",
    "/questionnaires/dataset.csv",
    "/questionnaires/longueur-des-reponses.json?_shape=array",
    "/questionnaires/answers?_search=platanes",
    "/questionnaires/answers?_search=mimosas",
    "/-/search?q=platanes",
    "/-/search?q=platanez",
    "/-/search?q=mimosaz",
    "/-/verifier?citation=Nous+planterons+dix+mimosas",
    "/flux.atom",
]


def raw_with(folder, *trees):
    files = {
        f"liste-{letter}.md": reply(f"Nous planterons dix {tree}.", "Oui, bien sûr.", "Non.")
        for letter, tree in zip("ab", trees, strict=False)
    }
    return raw_of(folder, files)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two sites, of one and of two replies."""
    folder = tmp_path_factory.mktemp("two")
    return (
        build_site(raw_with(folder / "a", "platanes"), folder / "first"),
        build_site(raw_with(folder / "b", "mimosas", "mimosas"), folder / "second"),
    )


@pytest.fixture
def copied(two, tmp_path):
    return shutil.copytree(two[0].config_dir, tmp_path / "site")


def publish(site, folder):
    """As a build does."""
    shutil.copy(site.config_dir / "questionnaires.db", folder / "new")
    os.replace(folder / "new", folder / "questionnaires.db")


def shown(site):
    return [get(site, page).text for page in PAGES]


def test_the_next_request_sees_what_was_built_and_nothing_of_what_was(two, copied):
    site = type(two[0])(config_dir=copied)
    first, second = map(shown, two)
    assert all(one != other for one, other in zip(first, second, strict=True))
    assert shown(site) == first
    publish(two[1], copied)
    assert shown(site) == second
    publish(two[0], copied)
    assert shown(site) == first


def test_no_page_is_made_of_two_datasets(two, copied):
    site = type(two[0])(config_dir=copied)
    whole = [set(pair) for pair in zip(*map(shown, two), strict=True)]
    ended = threading.Event()

    def build():
        for turn in range(60):
            publish(two[turn % 2], copied)
            if ended.wait(0.05):
                return

    async def read():
        await site.invoke_startup()
        return [
            [answer.text for answer in await asyncio.gather(*map(site.client.get, PAGES))]
            for _ in range(8)
        ]

    builder = threading.Thread(target=build)
    builder.start()
    try:
        seen = asyncio.run(read())
    finally:
        ended.set()
        builder.join()
    for pages in seen:
        for page, possible, address in zip(pages, whole, PAGES, strict=True):
            assert page in possible, address
    assert len({pages[0] for pages in seen}) == 2


@pytest.mark.parametrize("content", [b"", b"no database" * 900])
def test_what_is_no_database_never_takes_the_place_of_one(two, copied, capfd, content):
    site = type(two[0])(config_dir=copied)
    before = shown(site)
    (copied / "new").write_bytes(content)
    os.replace(copied / "new", copied / "questionnaires.db")
    assert shown(site) == before
    (copied / "questionnaires.db").unlink()
    assert shown(site) == before
    said = capfd.readouterr().err
    assert said.count("expected a database of Mot à mot") == 1
    assert "keeps the database that it has" in said
    publish(two[1], copied)
    assert shown(site) == shown(two[1])


# --- at start -------------------------------------------------------------------------------------


def started(folder):
    return subprocess.run(
        [sys.executable, "-m", "datasette", str(folder), "--get", "/"],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def _other_schema(database):
    connection = sqlite3.connect(database)
    connection.execute("update edition set schema = 2")
    connection.commit()
    connection.close()


def _another(database):
    database.unlink()
    connection = sqlite3.connect(database)
    connection.execute("create table birds (name)")
    connection.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda database: database.unlink(), "found no file"),
        (_other_schema, "expected schema 4; found 2"),
        (_another, "expected a database of Mot à mot"),
        (lambda database: database.write_bytes(b"no database" * 900), "expected a database"),
        (lambda database: database.write_bytes(b""), "expected a database"),
    ],
)
def test_a_site_without_its_database_says_so_and_does_not_start(copied, change, said):
    change(copied / "questionnaires.db")
    done = started(copied)
    assert done.returncode == 1
    assert said in done.stderr
    assert "python build.py" in done.stderr
    assert "Traceback" not in done.stderr
