"""YAML files that people write, read with the line of every key and nothing guessed.

Scalars stay text as written ("2026-03-15" is no date object, "no" no boolean); an absent value is
None. A YAML file that cannot be read is a problem with its line, never an exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import yaml

from motamot.records import Problem, Where


@dataclass(frozen=True)
class Entry:
    """One key of a mapping: its text, or the mapping below it, and the line it stands on."""

    line: int
    text: str | None = None
    below: Mapping | None = None


@dataclass(frozen=True)
class Mapping:
    """A YAML mapping: key -> entry, in the order of the file."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        """The text of a key, None when it is absent or empty."""
        entry = self.entries.get(key)
        return entry.text if entry else None

    def line(self, key: str) -> int | None:
        """The line of a key, None when it is absent."""
        entry = self.entries.get(key)
        return entry.line if entry else None


def load(path: Path, shown: str) -> tuple[Mapping, list[Problem]]:
    """Read one file as a mapping; `shown` is the path that messages give."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        return Mapping(), [_unreadable(shown, error)]
    except RecursionError:
        return Mapping(), [_unreadable(shown, yaml.YAMLError("nested too deeply"))]
    if node is None:
        return Mapping(), []
    if not isinstance(node, yaml.MappingNode):
        problem = Problem(
            Where(shown, node.start_mark.line + 1),
            "error",
            "lines of the form “key: value”",
            "something else",
            "Write one key and its value on each line.",
        )
        return Mapping(), [problem]
    problems: list[Problem] = []
    return _mapping(node, shown, problems), problems


def _mapping(node: yaml.MappingNode, shown: str, problems: list[Problem]) -> Mapping:
    entries: dict[str, Entry] = {}
    for key_node, value in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in entries:
            problems.append(
                Problem(
                    Where(shown, line),
                    "error",
                    f"the key “{key}” once",
                    f"it again (first on line {entries[key].line})",
                    "Keep one of the two.",
                )
            )
        elif isinstance(value, yaml.MappingNode):
            entries[key] = Entry(line, below=_mapping(value, shown, problems))
        elif isinstance(value, yaml.ScalarNode):
            empty = value.tag == "tag:yaml.org,2002:null" or not value.value.strip()
            entries[key] = Entry(line, text=None if empty else value.value)
        else:
            entries[key] = Entry(line)
            problems.append(
                Problem(
                    Where(shown, line),
                    "error",
                    f"one text after “{key}:”",
                    "a list",
                    "Write a single text.",
                )
            )
    return Mapping(entries)


def _unreadable(shown: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "strerror", None) or str(error)
    return Problem(
        Where(shown, mark.line + 1 if mark else None),
        "error",
        "a YAML file in UTF-8",
        str(reason).replace("\n", " "),
        "Correct that line; a value that holds “: ” or begins with a sign goes between quotes.",
    )


def unknown_keys(mapping: Mapping, known: tuple[str, ...], shown: str) -> Iterator[Problem]:
    """An error for each key that is none of the known ones, with the nearest of them."""
    for key, entry in mapping.entries.items():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            yield Problem(
                Where(shown, entry.line),
                "error",
                f"one of the fields {', '.join(known)}",
                f"“{key}”",
                f"Did you mean “{near[0]}”?" if near else "Remove it, or write it as a note.",
            )
