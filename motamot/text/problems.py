"""What is wrong, as a value: where, what was expected, what was found, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]
# Signs that a terminal obeys, that hide or turn what follows, or that it cannot show.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Where:
    """A place in a file: `path` as the user gave it, `line` 1-based or None for the whole file."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True)
class Problem:
    """Something a person should look at. Errors stop a build, warnings do not."""

    where: Where
    severity: Severity
    expected: str
    found: str
    action: str  # what to do next

    def __str__(self) -> str:
        return seen(
            f"{self.where}: {self.severity}: expected {self.expected}; "
            f"found {self.found}. {self.action}"
        )


def seen(text: str) -> str:
    """A text as one line of a terminal, whatever stands in it: a line's end as “\\n”."""
    return _UNSEEN.sub(lambda sign: ascii(sign[0])[1:-1], text)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems as a person goes through them: file by file, line by line."""
    return sorted(problems, key=lambda p: (p.where.path, p.where.line or 0))


def cut(text: str) -> str:
    """At most 80 characters, whole words, with a mark where it was cut."""
    return text if len(text) <= 80 else text[:80].rsplit(" ", 1)[0] + " …"


def nearest(typed: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that is spelt most like what was typed; None when none is."""
    return next(iter(get_close_matches(typed, list(known), 1, cutoff)), None)
