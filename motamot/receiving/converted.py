"""What a file says, as Markdown with doubts; its words compared with those of a second reading."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from motamot.text.markdown import rendered
from motamot.text.problems import cut

Doubt = tuple[int, str]  # a line of the text, from 1, and a sentence
_WORD = re.compile(r"\w+")
_PRIVATE = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.\w+)+|(?<!\d)(?:\+33|0)\s?[1-9](?:[\s.-]?\d\d){4}(?!\d)"
)
_ADDRESS = re.compile(r"\]\([^()\s]*\)|<br>")


@dataclass(frozen=True)
class Converted:
    """`text` is Markdown with "\\n" lines, whose rendering has the words that a person sees."""

    text: str
    doubts: tuple[Doubt, ...] = ()


class Refused(Exception):
    """A file that is not taken in: what was found in it, and what to do."""

    def __init__(self, found: str, action: str) -> None:
        super().__init__(f"{found}. {action}")
        self.found, self.action = found, action


CLOSED = (
    "the file is closed by a password",
    "Open it, save it without a password, and receive that file.",
)


class Draft:
    """A text in the making: its blocks, an empty line between, and the doubts of its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.doubts: list[Doubt] = []

    def block(self, lines: Sequence[str], doubts: Sequence[Doubt] = ()) -> None:
        """Add a block; the lines of its doubts count from 1 within it."""
        if not lines:
            for _, sentence in doubts:
                self.doubt(sentence)
            return
        if self.lines:
            self.lines.append("")
        self.doubts += [(len(self.lines) + line, sentence) for line, sentence in doubts]
        self.lines += lines

    def doubt(self, sentence: str) -> None:
        """Doubt the last line so far."""
        self.doubts.append((max(1, len(self.lines)), sentence))

    def made(self, original: str, added: str = "") -> Converted:
        """The text, compared with what another reading of the original sees; `added` are words
        that a person sees and that it has nowhere, as automatic numbers."""
        text = "\n".join(self.lines) + "\n" if self.lines else ""
        found = [*self.doubts, *_private(self.lines), *differing(text, original, added)]
        doubts = sorted(found, key=lambda doubt: doubt[0])
        return Converted(text, tuple(dict.fromkeys(doubts)))


def masked(text: str) -> str:
    """A text without the addresses and telephone numbers in it."""
    return _PRIVATE.sub("…", text)


def _private(lines: Sequence[str]) -> Iterator[Doubt]:
    for number, line in enumerate(lines, 1):
        if found := _PRIVATE.search(line):
            yield number, f"is this to be published: “{cut(found.string[found.start() :])}”?"


def words(text: str) -> list[str]:
    """The words of a plain text, as they are compared."""
    folded = unicodedata.normalize("NFKC", text.replace("\xad", "")).casefold()
    return _WORD.findall(folded)


def differing(text: str, original: str, added: str = "") -> Iterator[Doubt]:
    """Words that one of the two has, or has more often, each run of them with its place."""
    here = Counter(words(rendered(text).text)) - Counter(words(added))
    there = Counter(words(original))
    if here == there:
        return
    lost, new = there - here, here - there
    before = words(original)
    rows = [
        (word, number)
        for number, line in enumerate(text.split("\n"), 1)
        for word in words(_ADDRESS.sub(" ", line))
    ]
    after = [word for word, _ in rows]
    found: list[tuple[int, bool, str]] = []  # line, whether lost, word
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, before, after).get_opcodes():
        if tag != "equal":
            line = rows[max(0, b1 - 1)][1] if rows else 1
            found += [(line, True, word) for word in before[a1:a2] if _taken(lost, word)]
            found += [(n, False, word) for word, n in rows[b1:b2] if _taken(new, word)]
    for (line, is_lost), run in groupby(found, key=lambda f: f[:2]):
        said = "words of the file that are not here" if is_lost else "words that the file has not"
        yield line, f"{said}: “{cut(' '.join(word for _, _, word in run))}”"


def _taken(left: Counter[str], word: str) -> bool:
    left[word] -= 1
    return left[word] >= 0
