"""YAML files that people write, read with the line of every key and nothing guessed.

Scalars stay text as written ("2026-03-15" is no date object, "no" no boolean); an absent value is
None. A value stands where it belongs: a reference to one that stands elsewhere is refused. A YAML
file that cannot be read is a problem with its line, never an exception.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from motamot.text import files
from motamot.text.patience import Overlong, within
from motamot.text.problems import Problem, Where, nearest

# What neither UTF-8 nor XML can hold; YAML's escapes can write it all the same.
_UNSAYABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SAID_BEFORE = re.compile(r"^(?:expected [^,]*, )?(?:but )?found ")  # messages say it already


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


class _Loader(yaml.SafeLoader):
    """Reads no references: a file of ten lines can hold a million values by them."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            reason = f"the reference “*{event.anchor}”"
            raise yaml.MarkedYAMLError(problem=reason, problem_mark=event.start_mark)
        return super().compose_node(parent, index)


def load(path: Path, shown: str) -> tuple[Mapping, list[Problem]]:
    """Read one file as a mapping; `shown` is the path that messages give."""
    node, problems = _compose(path, shown, _Loader)
    if node is None:
        return Mapping(), problems
    if not isinstance(node, yaml.MappingNode):
        problem = Problem(
            Where(shown, node.start_mark.line + 1),
            "error",
            "lines of the form “key: value”",
            "something else",
            "Write one key and its value on each line.",
        )
        return Mapping(), [problem]
    return _mapping(node, shown, problems), problems


def texts_below(path: Path, shown: str, keys: Sequence[str]) -> tuple[Mapping, list[Problem]]:
    """The texts that stand below these keys of a file that holds much else, references too; empty
    when there is no such file, or nothing there."""
    place = Path(os.path.realpath(path))  # it may stand elsewhere
    node, problems = _compose(place, shown, yaml.SafeLoader) if path.exists() else (None, [])
    for key in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((value for name, value in pairs if name.value == key), None)
    if not isinstance(node, yaml.MappingNode):
        return Mapping(), problems
    texts = [(key, value) for key, value in node.value if isinstance(value, yaml.ScalarNode)]
    return _mapping(yaml.MappingNode(node.tag, texts), shown, problems), problems


def _compose(
    path: Path, shown: str, loader: type[yaml.SafeLoader]
) -> tuple[yaml.Node | None, list[Problem]]:
    """The root of a YAML file, None when it is empty or cannot be read."""
    data = files.read(path)
    if isinstance(data, Problem):
        return None, [data]
    text = ""
    try:
        text = data.decode("utf-8-sig")
        with within(shown, text):
            return yaml.compose(text, Loader=loader), []
    except Overlong as error:
        return None, [error.problem]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [_unreadable(shown, error, text)]


def _mapping(node: yaml.MappingNode, shown: str, problems: list[Problem]) -> Mapping:
    """What a node of keys and values holds; what is wrong is added to the problems."""
    entries: dict[str, Entry] = {}
    for key_node, value in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            found, action = "a key that is not one word", "Write “key: value”."
            problems.append(Problem(Where(shown, line), "error", "a word as a key", found, action))
            continue
        key = str(key_node.value)
        unsayable = [*_unsayable(key_node, shown), *_unsayable(value, shown)]
        if unsayable:
            problems += unsayable
            entries.setdefault(key, Entry(line))
        elif key in entries:
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
                    f"one text after “{key}:”, or “key: value” lines under it",
                    "a list",
                    "Write a single text, or such lines.",
                )
            )
    return Mapping(entries)


def _unsayable(node: yaml.Node, shown: str) -> Iterator[Problem]:
    """A problem when a text has a character that no page can show."""
    found = _UNSAYABLE.search(node.value) if isinstance(node, yaml.ScalarNode) else None
    if found:
        where = Where(shown, node.start_mark.line + 1)
        what = f"the character {ord(found[0]):#06x}, which is none"
        yield Problem(where, "error", "characters that a page can show", what, "Remove it.")


def _unreadable(shown: str, error: Exception, text: str) -> Problem:
    """The problem of a file that is no YAML, with the line where its parser stopped."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else None
    reason = getattr(error, "problem", None) or str(error)
    reason = _SAID_BEFORE.sub("", str(reason).replace("\n", " "))
    action = "Correct that line; a value that holds “: ” or begins with a sign goes between quotes."
    if "\\t" in reason:
        reason, action = "a tab", "Indent with spaces."
    elif reason == "unexpected end of stream":
        reason, action = "a quotation mark that is never closed", "Close it."
    elif "the reference" in reason:
        action = "Write there the value itself."
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        reason, action = f"the character {int(error.character):#04x}", "Remove it."
    elif isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        reason, action = f"the byte {error.object[error.start]:#04x}", "Save it as UTF-8."
    return Problem(Where(shown, line), "error", "a YAML file in UTF-8", reason, action)


def wrong_keys(
    mapping: Mapping, known: tuple[str, ...], shown: str, holders: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """An error for each key that is none of the known ones, with the nearest of them; and for each
    that holds lines where a text is meant, or a text where lines are (`holders`)."""
    for key, entry in mapping.entries.items():
        if key in known:
            yield from wrong_shape(key, entry, shown, holds=key in holders)
        else:
            near = nearest(key, known)
            yield Problem(
                Where(shown, entry.line),
                "error",
                f"one of the fields {', '.join(known)}",
                f"“{key}”",
                f"Did you mean “{near}”?" if near else "Remove it, or put it in note:.",
            )


def wrong_shape(key: str, entry: Entry, shown: str, *, holds: bool) -> Iterator[Problem]:
    """An error when a key holds lines where a text is meant, or the other way round."""
    if holds and entry.text is not None:
        expected, found = f"“key: value” lines under “{key}:”", f"“{entry.text}”"
    elif not holds and entry.below is not None:
        expected, found = f"one text after “{key}:”", "lines under it"
    else:
        return
    action = "Write them on lines of their own, two spaces in." if holds else "Write a single text."
    yield Problem(Where(shown, entry.line), "error", expected, found, action)


def in_yaml(text: str) -> str:
    """A text as a value in a YAML file, between quotes where it needs them."""
    dumped = yaml.safe_dump(text, allow_unicode=True, width=10**6)
    return dumped.removesuffix("\n").removesuffix("\n...")
