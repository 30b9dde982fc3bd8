"""What `build.py check` says of a raw/ folder where something is wrong, word for word.

Each folder of `cases/invalid` holds a small `raw/` and `expected.txt`, all that the command then
prints on standard error; that nobody confirmed a reading is left out but where a case is about it.
After rewording a message, read what is said now before keeping it:

    cd tests/cases/invalid/<name> && python ../../../../build.py check --raw raw 2> expected.txt
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import build
from motamot.dataset.checks import RULES, check
from motamot.dataset.folder import open_raw, read_questionnaire
from motamot.reading.reader import read
from motamot.text.problems import Problem

ROOT = Path(__file__).parents[2]
INVALID = Path(__file__).parents[1] / "cases" / "invalid"
CASES = sorted(path for path in INVALID.iterdir() if path.is_dir())
MESSAGE = re.compile(r"raw[^:]*(:\d+)?: (error|warning): expected .+; found .+\. .+[.?]")

# Messages that a folder kept in git cannot bring about; a test of their own shows each.
SHOWN_ELSEWHERE = {
    "a file that can be read",
    "no document of “…” yet",
    "the folder that was there",
    "a folder that can be read",
    "a text of at most … bytes",
    "a document that is read within … seconds",
}
UNCONFIRMED = ": expected a reading that a person confirmed, in "


def confirming(case: Path) -> bool:
    """Whether a case is about readings that nobody confirmed."""
    return "not-confirmed" in case.name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_check_says_exactly_what_is_wrong(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = (case / "expected.txt").read_text(encoding="utf-8")
    monkeypatch.chdir(case)
    done = CliRunner().invoke(build.main, ["check", "--raw", "raw"])
    assert isinstance(done.exception, SystemExit | None), done.exception
    said = [
        line for line in done.stderr.splitlines() if UNCONFIRMED not in line or confirming(case)
    ]
    assert said == expected.splitlines()
    errors = expected.count(": error: expected")
    assert done.exit_code == (1 if errors else 0)
    if not errors:
        warnings = done.stderr.count(": warning: expected")
        assert f"0 errors, {warnings} warning{'s' * (warnings != 1)}." in done.stdout


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_message_says_where_what_was_expected_what_was_found_and_what_to_do(case: Path) -> None:
    """And no message comes twice, nor holds a file name or line that does not exist."""
    messages = (case / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert len(set(messages)) == len(messages)
    for message in messages:
        assert MESSAGE.fullmatch(message), message
        where = re.match(r"(raw[^:]*)(?::(\d+))?: ", message)
        assert where is not None
        named = case / where[1]
        # questionnaire.yml is named where it ought to be written
        assert os.path.lexists(named) or named.name == "questionnaire.yml", message
        if where[2]:
            assert 1 <= int(where[2]) <= named.read_bytes().count(b"\n") + 1, message


def test_there_are_cases() -> None:
    assert len(CASES) >= 40
    assert (INVALID / "a-clean-folder" / "expected.txt").read_text() == ""


@cache
def problems_by_rule() -> dict[str, int]:
    """How many problems each rule finds in all the cases together."""
    found = dict.fromkeys((rule.__name__ for rule in RULES), 0)
    for case in CASES:
        folder, _ = open_raw(case / "raw")
        for path in folder.folders:
            try:
                questionnaire, _ = read_questionnaire(path, read)
            except Exception:  # the case's own test says so
                continue
            for rule in RULES:
                found[rule.__name__] += len(list(rule(questionnaire, folder)))
    return found


@pytest.mark.parametrize("rule", [rule.__name__ for rule in RULES])
def test_every_rule_has_a_case(rule: str) -> None:
    assert problems_by_rule()[rule], f"no case under {INVALID} breaks the rule {rule}"


# --- every message that the code can say ---------------------------------------------------------


def messages_in_code() -> Iterator[tuple[str, str]]:
    """(what the code expects, a pattern of the whole message) of each Problem that it makes."""
    for path in sorted((ROOT / "motamot").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                named = {k.arg: k.value for k in node.keywords if k.arg}
                order = ("where", "severity", "expected", "found", "action")
                values = {**dict(zip(order, node.args, strict=False)), **named}
                expected, found, action = (_pattern(values.get(part)) for part in order[2:])
                shown = re.sub(r"\\(.)", r"\1", expected).replace(".*", "…")
                yield (
                    f"{path.name}:{node.lineno} {shown}",
                    rf"expected {expected}; found {found}\. {action}",
                )


def _pattern(node: ast.expr | None) -> str:
    """The constant words of an expression, as a regular expression."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(value) for value in node.values)
    if isinstance(node, ast.IfExp):
        return f"(?:{_pattern(node.body)}|{_pattern(node.orelse)})"
    return ".*"


MESSAGES = dict(messages_in_code())


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_has_a_case(message: str) -> None:
    if any(message.endswith(known) for known in SHOWN_ELSEWHERE):
        return
    said = "\n".join((case / "expected.txt").read_text(encoding="utf-8") for case in CASES)
    assert re.search(MESSAGES[message], said), f"no case under {INVALID} says it"


def test_every_message_of_the_code_is_looked_for() -> None:
    """The list above is read from the code: an empty one would test nothing."""
    assert len(MESSAGES) >= 30


# --- what no folder can hold ---------------------------------------------------------------------


def test_a_document_that_cannot_be_read_is_said_and_the_others_still_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "exemple"
    folder.mkdir()
    (folder / "liste-a.md").write_text("**Oui ou non ?**\n\nOui.\n", encoding="utf-8")
    (folder / "liste-b.md").write_text("**Oui ou non ?**\n\nNon.\n", encoding="utf-8")
    really = os.open

    def refuse(path: Path, flags: int) -> int:
        if path.name == "liste-a.md":
            raise PermissionError(13, "Permission denied")
        return really(path, flags)

    monkeypatch.setattr(os, "open", refuse)
    questionnaire, problems = read_questionnaire(folder, read)
    assert [str(problem) for problem in problems] == [
        f"{folder}/liste-a.md: error: expected a file that can be read; found Permission denied. "
        "Check that it is there, and its permissions."
    ]
    assert [received.stem for received in questionnaire.received] == ["liste-b"]


def test_a_folder_that_vanishes_while_the_others_are_read_is_no_empty_one(tmp_path: Path) -> None:
    _, (problem,) = read_questionnaire(tmp_path / "exemple", read)
    assert problem.severity == "error"
    assert problem.expected == "the folder that was there"


# --- nothing that a person wrote is passed over in silence ---------------------------------------

CLEAN = INVALID / "a-clean-folder" / "raw"


def problems_with(tmp_path: Path, files: dict[str, str]) -> list[Problem]:
    """All problems of the clean folder once some of its files are replaced."""
    for path in CLEAN.rglob("*.*"):
        files.setdefault(path.relative_to(CLEAN).as_posix(), path.read_text(encoding="utf-8"))
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    folder, problems = open_raw(tmp_path)
    for path in folder.folders:
        questionnaire, found = read_questionnaire(path, read)
        problems += [*found, *check(questionnaire, folder)]
    return [problem for problem in problems if UNCONFIRMED not in str(problem)]


@pytest.mark.parametrize(
    ("yaml", "line"),
    [
        pytest.param("title: T\nreplies: aucune\n", 2, id="a word where replies are meant"),
        pytest.param(
            "title: T\nreplies:\n  liste-a: declined\n", 3, id="a word where a reply's fields are"
        ),
        pytest.param("title: T\nreplies:\n  - liste-b\n", 2, id="a list where replies are meant"),
        pytest.param("title:\n  fr: T\n", 1, id="fields where a title is meant"),
        pytest.param("title: T\nreplies: &a\n  liste-a: *a\n", 3, id="an alias to itself"),
        pytest.param("title: T\nnote: \x00\n", 2, id="a character that YAML forbids"),
    ],
)
def test_what_questionnaire_yml_cannot_mean_is_said_with_its_line(
    yaml: str, line: int, tmp_path: Path
) -> None:
    problems = problems_with(tmp_path, {"exemple/questionnaire.yml": yaml})
    places = [(p.where.path.rsplit("/", 1)[-1], p.where.line) for p in problems]
    assert ("questionnaire.yml", line) in places, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("reponse.docx", "a document beside the folders, in a word processor's format"),
        ("respondents.yaml", "respondents.yml under another suffix"),
        ("exemple/questions.txt", "a second blank questionnaire"),
        ("exemple/questionnaire.yaml", "questionnaire.yml under another suffix"),
        ("exemple/liste-b.MD", "a reply with a capital suffix"),
    ],
)
def test_a_file_that_is_not_read_is_named(name: str, why: str, tmp_path: Path) -> None:
    blank = (CLEAN / "exemple" / "liste-a.md").read_text(encoding="utf-8")
    problems = problems_with(tmp_path, {"exemple/questions.md": blank, name: blank})
    assert any(problem.where.path.endswith(name) for problem in problems), why


def test_a_title_that_check_suggests_can_be_pasted_into_questionnaire_yml(tmp_path: Path) -> None:
    """Titles hold “ : ” in French, which YAML takes for a key unless it is quoted."""
    document = (CLEAN / "exemple" / "liste-a.md").read_text(encoding="utf-8")
    document = document.replace("# Questionnaire Exemple", "# Logement : trois questions")
    files = {"exemple/liste-a.md": document, "exemple/questionnaire.yml": "language: fr\n"}
    (warning,) = problems_with(tmp_path, files)
    suggested = re.search(r"Write “(title: .*)” there", warning.action)
    assert suggested
    assert "trois questions" in suggested[1]
    files["exemple/questionnaire.yml"] = f"language: fr\n{suggested[1]}\n"
    assert problems_with(tmp_path, files) == []
