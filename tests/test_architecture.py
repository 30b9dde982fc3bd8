"""The house is as docs/architecture.md draws it: its rooms, its modules, and who may use whom."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
# From the top: a room uses those below it, and no other.
ROOMS = (
    *("site", "publishing", "quoting", "dataset", "reading"),
    *("receiving", "recording", "search", "text"),
)
MODULES = sorted(p for p in (ROOT / "motamot").glob("*/*.py") if p.name != "__init__.py")
# What a site serves with has nothing of raw/ in it, and a recorded document needs no reader.
FORBIDDEN = {
    "site": {"publishing", "dataset", "reading", "receiving", "recording"},
    "publishing": {"reading", "quoting", "receiving"},
    "quoting": {"dataset", "reading", "receiving", "recording"},
    "dataset": {"reading", "receiving", "search"},
    "recording": {"search"},
}


def used_by(module: Path) -> set[str]:
    """The rooms that a module imports from."""
    names: list[str] = []
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return {name.split(".")[1] for name in names if name.startswith("motamot.")}


def test_there_are_modules() -> None:
    assert len(MODULES) > 50
    assert {module.parent.name for module in MODULES} == set(ROOMS)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: f"{m.parent.name}/{m.stem}")
def test_a_module_says_what_it_knows_there_and_here(module: Path) -> None:
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    first = said.split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
    place = PAGE.split(f"### `{module.parent.name}/`")[1].split("\n### ")[0]
    assert f"| `{module.stem}` | {first} |" in place, f"docs/architecture.md: `{module.stem}`"


@pytest.mark.parametrize("module", MODULES, ids=lambda m: f"{m.parent.name}/{m.stem}")
def test_a_room_uses_only_rooms_below_it(module: Path) -> None:
    room = module.parent.name
    below = set(ROOMS[ROOMS.index(room) :]) - FORBIDDEN.get(room, set())
    assert used_by(module) <= below
