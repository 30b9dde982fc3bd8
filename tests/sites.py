"""A real Datasette on the site's own files, and how the tests ask it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from datasette.app import Datasette

ROOT = Path(__file__).parent.parent
METADATA = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))
DATABASE = METADATA["databases"]["questionnaires"]
QUERIES = DATABASE["queries"]


def build_site(raw: Path, folder: Path) -> Datasette:
    """Build a database from a raw folder and serve it as `datasette .` would."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "build.py", "--quiet", "--raw", str(raw)]
    subprocess.run([*command, "--db", str(folder / "questionnaires.db")], cwd=ROOT, check=True)
    for name in ("metadata.yml", "settings.json"):
        shutil.copy(ROOT / name, folder)
    for name in ("templates", "static"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
    return Datasette(config_dir=folder)


def get(site: Datasette, path: str):
    async def ask():
        await site.invoke_startup()
        return await site.client.get(path, follow_redirects=True)

    return asyncio.run(ask())


def rows(site: Datasette, path: str) -> list[dict]:
    answer = get(site, path + ("&" if "?" in path else "?") + "_shape=array")
    assert answer.status_code == 200, answer.text[:400]
    return answer.json()


def sql(site: Datasette, query: str) -> list[dict]:
    async def ask():
        return [
            dict(row) for row in (await site.get_database("questionnaires").execute(query)).rows
        ]

    return asyncio.run(ask())
