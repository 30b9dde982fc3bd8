"""What a person does after `build.py receive`, done by the tests for invented documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def confirm(raw: Path, run_build: Callable[..., object]) -> None:
    """Every document of a folder gets a record, without doubts and confirmed."""
    for record in raw.rglob("*.reading"):
        record.unlink()
    run_build("receive", raw, "--raw", raw)
    for record in raw.rglob("*.reading"):
        text = record.read_text(encoding="utf-8").replace("\n? ", "\n")
        said = "reviewed: yes, the tests, 2032-01-09"
        record.write_text(text.replace("reviewed: no", said), encoding="utf-8")
