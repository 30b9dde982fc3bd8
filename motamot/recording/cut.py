"""A document's text and its record -> exact passages. It cuts, and never guesses.

Passages follow each other without a gap from the first character to the last: joined, they are the
document. A line of the record that does not fit the text is a problem, and nothing is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from motamot.recording.record import Entry, Kind
from motamot.text.markdown import one_line
from motamot.text.problems import Problem, Where, cut
from motamot.text.source import Lines, is_markdown

_BLANKS = re.compile(r"[\s\ufeff]*")
_SIGNS = re.compile(r"\\.|\*{1,3}|_{1,3}|~~")
_IN_WORDS = re.compile(r"(?<=[^\W_])[*_~]+(?=[^\W_])")
_HEADING = re.compile(r"[ \t]*(#{1,6}[ \t]+)")


@dataclass(frozen=True)
class Passage:
    """One run of characters of a document, read as one kind of thing. Its words are the run less
    its labels and the blanks around. Offsets are 0-based code points, end excluded; lines are
    1-based and inclusive, counted on "\\n"."""

    kind: Kind  # title, preamble, section, question, answer or note
    char_start: int
    char_end: int
    words_start: int
    words_end: int
    line_start: int
    line_end: int
    words_line_start: int
    words_line_end: int
    question: str | None = None  # the question's number, for a question and an answer
    respondent: str | None = None  # where the record names it
    blank: bool = False  # an answer that says nothing
    record_line: int = 0

    def of(self, text: str) -> str:
        """Every character of the passage."""
        return text[self.char_start : self.char_end]

    def words(self, text: str) -> str:
        """What is published of it."""
        return text[self.words_start : self.words_end]

    def reading(self, text: str, *, markdown: bool = True) -> str:
        """Its words as Markdown that stands alone: a heading's mark, and emphasis that its label
        opens and its words close, come back in front. Plain text stands alone as it is."""
        words = self.words(text)
        if not markdown:
            return words
        label = text[self.char_start : self.words_start]
        last = label.rstrip(" \t").rsplit("\n", 1)[-1].rsplit("\r", 1)[-1]
        if not words or not last.strip():
            return words
        heading = _HEADING.match(last)
        marks = _IN_WORDS.sub("", words)
        opened = "".join(sign for sign in _left_open(last) if marks.count(sign) % 2)
        return (heading[1] if heading else "") + opened + words


def _left_open(label: str) -> list[str]:
    """The signs of emphasis that a label opens and does not close, in order."""
    left: list[str] = []
    for found in _SIGNS.finditer(label):
        sign = found.group()
        if sign in left:
            left.remove(sign)
        elif not sign.startswith("\\"):
            left.append(sign)
    return left


@dataclass(frozen=True)
class Asked:
    """A question as one document asks it: its number there, its words as the document writes them,
    where."""

    number: str
    wording: str
    path: str
    line: int

    def full(self) -> str:
        """Its words on one line."""
        return one_line(self.wording, markdown=is_markdown(self.path))

    def short(self) -> str:
        """Their beginning, for a message."""
        return cut(self.full())


def asked(text: str, passages: Sequence[Passage], path: str) -> tuple[Asked, ...]:
    """The questions of a document, in its order."""
    markdown = is_markdown(path)
    return tuple(
        Asked(p.question or "", p.reading(text, markdown=markdown), path, p.line_start)
        for p in passages
        if p.kind == "question"
    )


def passages_of(
    text: str, entries: Sequence[Entry], path: str, source: str
) -> tuple[tuple[Passage, ...], list[Problem]]:
    """Cut a text by the lines of its record. `path` is the record's, `source` the document's, as
    messages give them. With problems, there are no passages."""
    lines = Lines(text)
    problems = list(_misplaced(entries, lines, path, source))
    if problems:
        return (), problems
    placed = [(e, lines.offset(*e.at) or 0) for e in entries if e.at]
    if text and not placed:
        problem = Problem(
            Where(path), "error", f"the passages of {source}", "none", "Write where each begins."
        )
        return (), [problem]
    starts = [0, *(start for _, start in placed[1:])]
    ends = [*starts[1:], len(text)]
    made: list[Passage] = []
    for (entry, _), start, end in zip(placed, starts, ends, strict=False):
        passage = _passage(text, lines, entry, start, end)
        if isinstance(passage, Passage):
            made.append(passage)
        else:
            expected, found, action = passage
            problems.append(Problem(Where(path, entry.line), "error", expected, found, action))
    if problems:
        return (), problems
    return tuple(_with_empty(made, entries, len(text), lines)), []


def _misplaced(entries: Sequence[Entry], lines: Lines, path: str, source: str) -> Iterator[Problem]:
    """Places that the text does not have, or that do not follow each other."""
    before, at = -1, ""
    for entry in entries:
        if not entry.at:
            continue
        place = f"{entry.at[0]}:{entry.at[1]}" if entry.at[1] > 1 else str(entry.at[0])
        where = Where(path, entry.line)
        offset = lines.offset(*entry.at)
        if offset is None:
            expected = f"a place in {source}, which has {lines.count()} lines"
            action = "Write the line as an editor shows it, and the column in characters from 1."
            yield Problem(where, "error", expected, place, action)
        elif offset <= before:
            expected, action = f"a place after {at}", "Put the lines in the document's order."
            yield Problem(where, "error", expected, place, action)
        else:
            before, at = offset, place


def _passage(
    text: str, lines: Lines, entry: Entry, start: int, end: int
) -> Passage | tuple[str, str, str]:
    """One passage, or (expected, found, what to do) when the record's line does not fit it."""
    first, last = low, high = edges(text, start, end)
    if not text.startswith(entry.before, low, high):
        expected = f"the label “{cut(entry.before)}” where this passage begins"
        return expected, f"“{cut(text[low:high])}”", _LABEL
    low += len(entry.before)
    if not text.endswith(entry.after, low, high):
        expected = f"the label “{cut(entry.after)}” where this passage ends"
        return expected, f"“{text[max(low, high - 60) : high]}”", _LABEL
    high = edges(text, low, high - len(entry.after))[1]
    low = edges(text, low, high)[0]
    words = " ".join(text[low:high].split())
    if not entry.shows(words):
        shown = f"{entry.words} …" if entry.goes_on else entry.words
        found = f"“{cut(words)}”" if words else "no words"
        return f"the words “{shown}”", found, _WORDS
    begins = lines.number(first if last > first else start)
    ends = lines.number(last - 1) if last > first else begins
    blank = entry.kind == "blank"
    kind: Kind = "answer" if blank else entry.kind
    own = lines.number(low)
    return Passage(
        *(kind, start, end, low, high, begins, ends, own, max(own, lines.number(high - 1))),
        *(entry.number, entry.respondent, blank, entry.line),
    )


_LABEL = "Write the characters between quotes as the document has them."
_WORDS = (
    "Write the place and the first words as the document has them (with “ …” when they go on, two "
    "spaces before a label)."
)


def edges(text: str, start: int, end: int) -> tuple[int, int]:
    """A run without the blanks around it; a byte order mark is one of them."""
    found = _BLANKS.match(text, start, end)
    start = found.end() if found else start
    while end > start and (text[end - 1].isspace() or text[end - 1] == "\ufeff"):
        end -= 1
    return start, end


def _with_empty(
    passages: Sequence[Passage], entries: Sequence[Entry], end: int, lines: Lines
) -> Iterator[Passage]:
    """The passages, and after its question's one the empty passage of each answer that nobody
    wrote; at the document's end where it does not have the question."""
    line = max(1, lines.count())
    after = Passage("answer", end, end, end, end, line, line, line, line)
    following = _following(passages, entries)
    for at, passage in enumerate(passages):
        yield passage
        yield from (_empty(passage, entry) for entry in following.get(at, ()))
    yield from (_empty(after, entry) for entry in following.get(None, ()))


def _following(
    passages: Sequence[Passage], entries: Sequence[Entry]
) -> dict[int | None, list[Entry]]:
    """The passage after which each answer that nobody wrote belongs: its question's. Where several
    ask that question, as in a document that each list fills in anew, it is the last one above its
    line. None where there is no such question."""
    asked: dict[str | None, list[int]] = {}
    for at, passage in enumerate(passages):
        if passage.kind == "question":
            asked.setdefault(passage.question, []).append(at)
    found: dict[int | None, list[Entry]] = {}
    placed = 0  # how many passages stand above the line
    for entry in entries:
        placed += entry.at is not None
        if entry.kind == "blank" and not entry.at:
            own = asked.get(entry.number, [])
            above = [at for at in own if at < placed]
            found.setdefault(next(iter(above[-1:] or own), None), []).append(entry)
    return found


def _empty(after: Passage, entry: Entry) -> Passage:
    at, line = after.char_end, after.line_end
    return Passage(
        *("answer", at, at, at, at, line, line, line, line),
        *(entry.number, entry.respondent, True, entry.line),
    )
