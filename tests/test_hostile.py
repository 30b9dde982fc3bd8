"""Whatever stands in raw/, and whatever happens to a build: it ends with a sentence, and the
earlier database stays whole, with nothing beside it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motamot.dataset.documents import LARGEST
from tests.examples import examples
from tests.test_build import ROOT, contents, document, folder_of, many, rows, small

Run = Callable[..., "CompletedProcess[str]"]
WRITTEN = {"out.db"}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, run_build: Run) -> Path:
    """A folder with a clean raw/ and its database."""
    folder = tmp_path_factory.mktemp("good")
    folder_of(folder / "raw", small())
    assert run_build("--raw", "raw", "--db", "out.db", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def site(good: Path, tmp_path: Path) -> Path:
    """A copy of it, to do harm to."""
    return shutil.copytree(good, tmp_path / "site")


def refused(site: Path, run_build: Run, *said: str) -> None:
    """A build says so with each of these words, and leaves everything as it was."""
    before = {name: data for name, data in contents(site).items() if name in WRITTEN}
    done = run_build("--raw", "raw", "--db", "out.db", cwd=site)
    assert done.returncode == 1, done.stderr
    for words in said:
        assert words in done.stderr
    assert {path.name for path in site.iterdir()} == {"raw", *WRITTEN}
    assert {name: data for name, data in contents(site).items() if name in WRITTEN} == before


# --- what is no file -----------------------------------------------------------------------------


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # the name of a socket is short
    socket.socket(socket.AF_UNIX).bind(path.name)
    os.fchdir(here)
    os.close(here)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_link(path: Path) -> None:
    path.symlink_to(__file__)


@pytest.mark.parametrize("place", [a_pipe, a_socket, a_folder, a_link], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "name",
    [
        *("exemple/liste-b.md", "exemple/questionnaire.yml", "respondents.yml", "redirects.yml"),
        *("permalinks.txt", "exemple/liste-a.reading"),
    ],
)
def test_what_is_no_file_is_not_read(
    place: Callable[[Path], None], name: str, site: Path, run_build: Run
) -> None:
    path = site / "raw" / name
    path.unlink(missing_ok=True)
    place(path)
    refused(site, run_build, f"raw/{name}: error: expected a file that can be read; found a")


def test_nothing_outside_raw_is_published_through_a_link_to_a_folder(
    site: Path, tmp_path: Path, run_build: Run
) -> None:
    folder_of(tmp_path / "secret", {"liste-a.md": document()})
    (site / "raw" / "autre").symlink_to(tmp_path / "secret")
    refused(site, run_build, "raw/autre: error: ", "found a link")


def test_raw_itself_may_be_a_link(site: Path, tmp_path: Path, run_build: Run) -> None:
    (tmp_path / "here").symlink_to(site / "raw")
    done = run_build("--raw", "here", "--db", "out.db", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
@pytest.mark.parametrize("name", ["raw/exemple/liste-a.md", "raw/exemple", "raw"])
def test_what_may_not_be_read_is_said(name: str, site: Path, run_build: Run) -> None:
    (site / name).chmod(0)
    try:
        refused(site, run_build, f"{name}: error: ", "Permission denied")
    finally:
        (site / name).chmod(0o755)


# --- documents of every shape --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("exemple/liste-b.md", b"x" * (LARGEST + 1), "expected a text of at most 500,000 bytes"),
        ("exemple/questionnaire.yml", b"#" * 1_000_001, "expected a text of at most 1,000,000"),
        ("exemple/liste-b.md", document().encode() + b"[" * 400_000, "read within 2 seconds"),
        ("exemple/liste-b.md", document().encode() + b"<!--" * 100_000, "read within 2 seconds"),
    ],
    ids=["too many bytes", "too long a description", "brackets", "comments"],
)
def test_what_would_take_too_long_is_refused_with_a_sentence(
    name: str, data: bytes, said: str, site: Path, run_build: Run
) -> None:
    folder_of(site / "raw", {name: data})
    refused(site, run_build, f"raw/{name}", said)


def test_a_wide_table_is_read_whole(site: Path, run_build: Run) -> None:
    wide = "|" + "a|" * 2000 + "\n|" + "-|" * 2000 + "\n|" + "b|" * 2000 + "\n"
    folder_of(site / "raw", {"exemple/liste-b.md": document() + "\n" + wide})
    done = run_build("--raw", "raw", "--db", "out.db", cwd=site)
    assert done.returncode == 0, done.stderr
    ((last,),) = rows(site / "out.db", "SELECT text FROM answers WHERE id = 'exemple_3_liste-b'")
    assert str(last).count("b |") == 1999


def test_control_characters_are_kept_as_they_came(site: Path, run_build: Run) -> None:
    odd = document().replace("Nous y", "Nous\x01 y\x0b \x1b[31m\ufffe")
    folder_of(site / "raw", {"exemple/liste-b.md": odd})
    done = run_build("--raw", "raw", "--db", "out.db", cwd=site)
    assert done.returncode == 0, done.stderr
    query = "SELECT markdown FROM documents WHERE id = 'exemple_liste-b'"
    assert rows(site / "out.db", query) == [(odd,)]
    assert "\x1b" not in done.stderr + done.stdout


STRANGE = [
    "a\nb",
    "a\x1b[31mb",
    "\u202ea",
    "é" * 60,
    "CON",
    "-h",
    "a b",
    "'",
    "😀",
    "a\udcffb",
    "*",
]


@pytest.mark.parametrize("name", STRANGE, ids=ascii)
def test_a_name_of_any_characters_is_shown_on_one_line(
    name: str, site: Path, run_build: Run
) -> None:
    (site / "raw" / "exemple" / f"{name}.md").write_text(document(), encoding="utf-8")
    (site / "raw" / name).mkdir()
    (site / "raw" / name / "liste-a.md").write_text(document(), encoding="utf-8")
    refused(site, run_build, "a name of small letters")
    for command in ([], ["check"], ["outline"], ["status"]):
        done = run_build(*command, "--raw", "raw", cwd=site)
        lines = done.stderr.splitlines()
        assert all(line.startswith(("raw", "Nothing was built")) for line in lines), lines
        assert not {"\x1b", "\u202e"} & set(done.stderr)


# --- files that change, a disk that is full ------------------------------------------------------

MEANWHILE = """
import os, runpy, sys
opened, change = sys.argv[1:3]
def hook(event, about):
    if event == "open" and str(about[0]).endswith(opened):
        exec(change)
sys.addaudithook(hook)
sys.argv = sys.argv[2:]
sys.path.insert(0, sys.argv.pop(1))
runpy.run_path(sys.path[0] + "/build.py", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("opened", "change"),
    [
        (
            "liste-a.md",
            "os.path.exists('raw/exemple/liste-b.md') and os.unlink('raw/exemple/liste-b.md')",
        ),
        ("liste-b.md", "open('raw/exemple/liste-a.md', 'ab', 0).write(b'.')"),
        (
            "liste-b.md",
            "os.makedirs('raw/exemple/x', exist_ok=True); os.utime('raw/respondents.yml')",
        ),
        ("liste-b.md", "os.path.exists('raw/autre.yml') or os.mknod('raw/autre.yml')"),
        ("respondents.yml", "os.path.exists('raw/exemple') and os.rename('raw/exemple', 'gone')"),
    ],
    ids=["goes", "grows", "is touched", "comes", "the folder goes"],
)
def test_a_dataset_is_of_one_moment(opened: str, change: str, site: Path) -> None:
    before = {name: data for name, data in contents(site).items() if name in WRITTEN}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            MEANWHILE,
            opened,
            change,
            str(ROOT),
            "--raw",
            "raw",
            "--db",
            "out.db",
        ],
        cwd=site,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "raw" in done.stderr
    after = {name: data for name, data in contents(site).items() if name in WRITTEN}
    assert after == before


@pytest.mark.parametrize("size", [0, 4096, 40_000, 100_000])
def test_a_full_disk_leaves_the_earlier_database(size: int, site: Path) -> None:
    resource = pytest.importorskip("resource")
    folder_of(site / "raw", {"exemple/liste-b.md": document(40)})
    before = {name: data for name, data in contents(site).items() if name in WRITTEN}
    done = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "--raw", "raw", "--db", "out.db"],
        cwd=site,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    assert done.returncode == 1, done.stderr
    assert "cannot write out.db" in done.stderr
    assert "Traceback" not in done.stderr
    assert {name: data for name, data in contents(site).items() if name in WRITTEN} == before
    assert {path.name for path in site.iterdir()} == {"raw", *WRITTEN}


def test_a_build_that_is_killed_at_any_moment_leaves_nothing_wrong(
    tmp_path: Path, run_build: Run
) -> None:
    many(tmp_path / "raw", 30)
    build = [sys.executable, str(ROOT / "build.py"), "--raw", "raw", "--db", "out.db"]
    began = time.monotonic()
    assert run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path).returncode == 0
    usual, before, chance = time.monotonic() - began, contents(tmp_path), random.Random(12)
    for _ in range(12):
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(build, cwd=tmp_path, stdout=quiet, stderr=quiet)
        time.sleep(usual * chance.uniform(0.2, 1.05))
        process.kill()
        process.wait()
        after = contents(tmp_path)
        assert after["out.db"] == before["out.db"]
    assert run_build("--raw", "raw", "--db", "out.db", cwd=tmp_path).returncode == 0
    assert contents(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {"raw", *WRITTEN}


def test_two_builds_at_once_leave_one_database(site: Path) -> None:
    build = [sys.executable, str(ROOT / "build.py"), "--raw", "raw", "--db", "out.db", "--quiet"]
    running = [
        subprocess.Popen(build, cwd=site, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(3)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert {path.name for path in site.iterdir()} == {"raw", *WRITTEN}
    assert rows(site / "out.db", "PRAGMA integrity_check") == [("ok",)]


def test_a_hangup_tidies_up_as_an_interruption_does(tmp_path: Path) -> None:
    many(tmp_path / "raw", 600)
    build = [sys.executable, str(ROOT / "build.py"), "--raw", "raw", "--db", "out.db", "--quiet"]
    process = subprocess.Popen(build, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".motamot-*/out.db")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGHUP)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_a_database_that_is_a_link_stays_one(site: Path, tmp_path: Path, run_build: Run) -> None:
    (tmp_path / "elsewhere").mkdir()
    (site / "out.db").unlink()
    (site / "out.db").symlink_to(tmp_path / "elsewhere" / "kept.db")
    assert run_build("--raw", "raw", "--db", "out.db", cwd=site).returncode == 0
    assert (site / "out.db").is_symlink()
    assert rows(tmp_path / "elsewhere" / "kept.db", "SELECT count(*) FROM documents") == [(2,)]
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["kept.db"]


def test_what_is_no_file_is_never_replaced_by_a_database(site: Path, run_build: Run) -> None:
    os.mkfifo(site / "pipe")
    done = run_build("--raw", "raw", "--db", "pipe", cwd=site)
    assert done.returncode == 1
    assert "cannot write pipe: what stands there is no file" in done.stderr
    assert (site / "pipe").is_fifo()


# --- anything at all -----------------------------------------------------------------------------

NAMES = st.sampled_from(
    [
        *("respondents.yml", "redirects.yml", "permalinks.txt", "exemple/questionnaire.yml"),
        *("exemple/liste-b.md", "exemple/liste-c.txt", "exemple/liste-a.reading", "autre/x.md"),
        *("exemple/questions.md", "exemple/liste-a@2026-03-02.md"),
    ]
)
PIECES = st.sampled_from(
    [
        *(
            b"\0",
            b"\xff",
            b"\xed\xa0\x80",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\r",
            b"\n",
            b"\t",
            b"\x1b",
        ),
        *(
            b"a: ",
            b"&a ",
            b"*a",
            b"<<: ",
            b"{",
            b"[",
            b'"\\ud800"',
            b"- ",
            b"? ",
            b"!!binary ",
            b"|\n",
        ),
        *(
            b"# ",
            b"**1) Oui ou non ?**\n\n",
            b"> ",
            b"| a | b |\n|-|-|\n",
            b"<td>",
            b"`" * 9,
            b"</",
        ),
        *(b"format: 1\n", b"document: liste-a.md\n", b"encoding: utf-7\n", b"title: ", b"gone"),
        *(
            "é\u202e\ufffe\u2028".encode(),
            b"answers/exemple_1_liste-a",
            b"liste-a: ",
            b"replies:\n ",
        ),
    ]
)


@given(files=st.dictionaries(NAMES, st.lists(PIECES, max_size=30).map(b"".join), max_size=3))
@examples(60)
def test_a_build_of_anything_ends_with_a_sentence_or_a_database(
    files: dict[str, bytes],
    good: Path,
    tmp_path_factory: pytest.TempPathFactory,
    run_build: Run,
) -> None:
    site = shutil.copytree(good, tmp_path_factory.mktemp("any") / "site")
    folder_of(site / "raw", dict(files))
    before = {name: data for name, data in contents(site).items() if name in WRITTEN}
    done = run_build("--raw", "raw", "--db", "out.db", cwd=site)
    assert done.returncode in (0, 1), done.stderr
    assert {path.name for path in site.iterdir()} == {"raw", *WRITTEN}
    assert rows(site / "out.db", "PRAGMA integrity_check") == [("ok",)]
    if done.returncode:
        assert ": error: " in done.stderr
        after = {name: data for name, data in contents(site).items() if name in WRITTEN}
        assert after == before
