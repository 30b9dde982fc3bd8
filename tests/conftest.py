"""What several tests share: the checkout, and build.py run as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sites import build_site

ROOT = Path(__file__).parent.parent
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def run_build() -> Run:
    """`run_build("check", "--raw", path, cwd=folder)`: one run of build.py, ended and captured."""

    def run(
        *arguments: object, cwd: Path = ROOT, command: Path = ROOT / "build.py", **variables: object
    ) -> object:
        done = subprocess.run(
            [sys.executable, str(command), *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "PYTHONUTF8": "1", **{k: str(v) for k, v in variables.items()}},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run  # type: ignore[return-value]


@pytest.fixture(scope="session")
def real(tmp_path_factory):
    return build_site(ROOT / "raw", tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    return build_site(ROOT / "tests" / "demo", tmp_path_factory.mktemp("demo"))


@pytest.fixture(params=["real", "demo"])
def site(request):
    return request.getfixturevalue(request.param)
