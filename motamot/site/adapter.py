"""Each call that is not the same in Datasette 0.65 and 1.0, and only those.

docs/datasette-1.0.md says what was tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment


def described(datasette: Any) -> dict[str, Any]:
    """metadata.yml, whole: {title, license, databases: {name: {tables, queries}}, ...}."""
    if hasattr(datasette, "metadata"):
        return datasette.metadata() or {}
    # 1.0 cuts the file in two as it starts: what it knows of tables and queries is configuration.
    return _merged(datasette._metadata_local, datasette.config or {})


def _merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    both = [key for key in first if isinstance(first[key], dict) and key in second]
    return {**second, **first, **{key: _merged(first[key], second[key]) for key in both}}


def environment(datasette: Any) -> Environment:
    """Where Jinja finds templates, and our filters and globals."""
    if hasattr(datasette, "jinja_env"):
        found: Environment = datasette.jinja_env
    else:
        found = datasette.get_jinja_environment()
    return found


async def foreign_labels(
    datasette: Any, database: str, table: str, column: str, value: object
) -> dict[tuple[str, Any], str]:
    """What the row that a foreign key leads to is called: {(column, value): label}."""
    actor: Sequence[None] = () if hasattr(datasette, "metadata") else (None,)
    where = (*actor, database, table, column, [value])
    found: dict[tuple[str, Any], str] = await datasette.expand_foreign_keys(*where)
    return found
