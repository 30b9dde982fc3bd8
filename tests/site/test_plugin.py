"""The site as a plugin of Datasette: one list of hooks, one entry point, harmless elsewhere."""

from __future__ import annotations

import ast
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from graphlib import TopologicalSorter
from types import SimpleNamespace

import pytest
from datasette.app import Datasette
from datasette.plugins import pm

from motamot.site import adapter, plugin
from tests.sites import ROOT, get

SITE = ROOT / "motamot" / "site"
BELOW = (
    "motamot.publishing.SCHEMA",
    "motamot.quoting",
    "motamot.search",
    "motamot.site",
    "motamot.text",
)


def imports(file):
    """The modules of motamot that a module imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("motamot."):
            if node.module.count(".") == 1:
                yield from (f"{node.module}.{name.name}" for name in node.names)
            else:
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("motamot"))


# --- one list -------------------------------------------------------------------------------------


def test_every_hook_is_in_one_list():
    files = (ROOT / "motamot").rglob("*.py")
    hooking = {file for file in files if "hookimpl" in file.read_text(encoding="utf-8")}
    assert hooking == {SITE / "plugin.py"}
    assert {caller.name for caller in pm.get_hookcallers(plugin) or []} == {
        *("asgi_wrapper", "extra_template_vars", "forbidden", "handle_exception"),
        *("prepare_connection", "prepare_jinja2_environment", "register_output_renderer"),
        *("register_routes", "render_cell", "startup"),
    }


def test_the_site_imports_only_what_is_below_it_and_in_no_circle():
    needs = {f"motamot.site.{file.stem}": set(imports(file)) for file in SITE.glob("*.py")}
    assert len(needs) > 20
    for module, needed in needs.items():
        assert all(each.startswith(BELOW) for each in needed), module
    assert list(TopologicalSorter(needs).static_order())


def test_metadata_that_datasette_1_cuts_in_two_is_whole_again():
    answers, queries = {"title": "Réponses"}, {"chercher": {"sql": "select 1"}}
    whole = {"title": "T", "databases": {"q": {"tables": {"answers": {**answers, "sort": "id"}}}}}
    whole["databases"]["q"]["queries"] = queries
    said = {"title": "T", "databases": {"q": {"tables": {"answers": answers}}}}
    known = {"databases": {"q": {"tables": {"answers": {"sort": "id"}}, "queries": queries}}}
    in_two = SimpleNamespace(_metadata_local=said, config=known)
    in_one = SimpleNamespace(metadata=lambda: whole)
    assert adapter.described(in_two) == adapter.described(in_one) == whole


# --- a Datasette of something else ----------------------------------------------------------------


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Someone else's database in the environment of this package: no folder, nothing of ours."""
    file = tmp_path_factory.mktemp("elsewhere") / "birds.db"
    connection = sqlite3.connect(file)
    connection.executescript(
        "create table birds (id integer primary key, name text, page text);"
        "insert into birds values (1, 'Merle noir', '/questionnaires/answers/merle');"
        "create virtual table birds_fts using fts5(name, content='birds');"
        "insert into birds_fts (rowid, name) select id, name from birds;"
    )
    connection.close()
    return Datasette([str(file)])


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/", "birds"),
        ("/birds", "Custom SQL query"),
        ("/birds/birds", '<td class="col-page type-str">/questionnaires/answers/merle</td>'),
        ("/birds/birds?_search=merle", "1 row"),
        ("/birds/birds/1", "Merle noir"),
        ("/birds/birds.json", "Merle noir"),
        ("/birds/birds.csv", "Merle noir"),
        ("/birds?sql=select+escape_fts('merle+noir')", "&#34;merle&#34; &#34;noir&#34;"),
        ("/-/search?q=merle", "Search all tables"),
        *[(f"/-/{name}", "<h1>") for name in ("versions", "plugins", "patterns", "allow-debug")],
    ],
)
def test_another_datasette_of_the_environment_is_as_it_was(elsewhere, address, shown):
    answer = get(elsewhere, address)
    assert answer.status_code == 200
    assert shown in answer.text
    assert "Mot à mot" not in answer.text


def test_errors_of_another_datasette_stay_its_own(elsewhere):
    for address in ("/nowhere", "/birds/birds/9", "/birds/birds.embed", "/flux.atom", "/-/oembed"):
        answer = get(elsewhere, address)
        assert "Page introuvable" not in answer.text, address
        assert answer.status_code == (200 if address.endswith(".embed") else 404)
    assert "access-control-allow-origin" not in get(elsewhere, "/birds/birds.json").headers


# --- the wheel ------------------------------------------------------------------------------------


def test_the_wheel_holds_every_module_and_every_file_that_these_read(tmp_path):
    shutil.copytree(ROOT / "motamot", tmp_path / "motamot")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", "out"]
    alone = ["--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, *alone, "."], cwd=tmp_path, check=True, timeout=120)
    [wheel] = (tmp_path / "out").iterdir()
    with zipfile.ZipFile(wheel) as held:
        names = set(held.namelist())
        [points] = [name for name in names if name.endswith("entry_points.txt")]
        assert held.read(points).decode().split() == [
            *("[datasette]", "motamot", "=", "motamot.site.plugin")
        ]
    files = [f for f in (ROOT / "motamot").rglob("*") if f.is_file() and f.suffix != ".pyc"]
    assert {f.relative_to(ROOT).as_posix() for f in files} <= names
    assert {name.split("/")[0] for name in names} == {"motamot", points.split("/")[0]}
