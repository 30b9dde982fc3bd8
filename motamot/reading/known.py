"""Where a reply asks the questions of its questionnaire: the best choice among likely places.

A place is worth how alike its words are to the question's, and how its number and its look fit.
Dynamic programming takes the choice that is worth most in all; to go back in the questionnaire's
order has its price, to change the look, and to ask everything again, of another respondent.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from motamot.reading.lines import ASKING, Line, Page
from motamot.reading.wording import answers
from motamot.reading.wording import words as words_of
from motamot.recording.cut import Asked

_SIGN = re.compile(r"(?:[.:;!?…][*_»”\"]*|\s[-–—])\s+(?=\S)")  # an answer may begin after it
STEM = 6  # letters of a word that are compared: "maintenez" is "maintenir"
ENOUGH, NUMBERED = 0.36, 0.3  # how alike is nothing worth; what a number alone is worth
BACK, AGAIN, OTHER_LOOK = 0.1, 0.4, 0.1  # prices
KEPT, BEAM = 4, 60  # choices that are followed up: to one place, to all


@dataclass(frozen=True)
class Found:
    """A question of the questionnaire, found at a line. Its words in the reply end at `end`."""

    line: int
    last: int  # the line where its words end
    end: int
    question: Asked
    likeness: float  # 0: found by its number alone
    place: int  # among the questionnaire's questions
    worth: float = 0.0
    listed: bool = False  # nothing stands before the next question: a table of contents, perhaps


def stems(text: str) -> list[str]:
    """The words of a text, as they are compared."""
    return [part.rstrip("s")[:STEM] for word in words_of(text) for part in word.split("-")]


def likeness(a: str, b: str) -> float:
    """0 to 1: how alike two wordings are, word by word."""
    return SequenceMatcher(None, stems(a), stems(b), False).ratio()


def by_line(found: Sequence[Found]) -> dict[int, Found]:
    """Each by the line where it stands."""
    return {f.line: f for f in found}


def matches(page: Page, known: Sequence[Asked]) -> list[Found]:
    """The questions that a reply asks, in its order."""
    chosen = _chosen(page, _without_lists(page, list(_places(page, known))), known)
    looks = {_manner(page, found.line) for found in chosen if page.lines[found.line].standing}
    titles = [at for at in range(len(page.lines)) if _manner(page, at) in looks]
    if len(titles) != len(known) or any(titles[f.place] != f.line for f in chosen):
        return chosen
    own = by_line(chosen)  # as many titles as questions, each of those found in its place
    for at, question in zip(titles, known, strict=True):
        wording = page.of(page.lines[at])
        if at not in own and page.asks[at] >= ASKING and likeness(wording, question.wording) < 0.3:
            return chosen  # it asks something else
    ends = [page.lines[at].tail for at in titles]
    made = zip(titles, titles, ends, known, strict=True)
    return [own.get(at[0]) or Found(*at, 0.01, n) for n, at in enumerate(made)]


class _Words:
    """The words of a page, and of the questions that are looked for there."""

    def __init__(self, page: Page, known: Sequence[Asked]) -> None:
        self.page = page
        self.asked = [stems(question.wording) for question in known]
        self.pieces = [piece for at in range(len(page.lines)) for piece in _pieces(page, at)]
        self.first = {at: i for i, (at, _, _) in reversed([*enumerate(self.pieces)])}
        held = Counter(word for wording in self.asked for word in set(wording))
        most = math.log(1 + 2 * len(known))
        self.rare = {word: math.log(1 + len(known) / n) / most for word, n in held.items()}

    def weight(self, words: Sequence[str]) -> float:
        """How much words tell one question from the others."""
        return sum(
            self.rare.get(w, 0.7) * (1.0 if len(w) > 3 or w.isdigit() else 0.3) for w in words
        )

    def alike(self, at: int, place: int) -> tuple[float, int, int]:
        """(how alike what begins at a line is to a question, 0 to 1; the line where it ends; the
        offset): of what is asked, how much is said, of what is said, how much is asked."""
        lines = self.page.lines
        best = 0.0, at, lines[at].wording
        left, asked = Counter(self.asked[place]), self.weight(self.asked[place])
        same = said = 0.0
        most = int(1.6 * len(self.asked[place])) + 8
        for line, end, words in self.pieces[self.first[at] : self.first[at] + most]:
            below = line > at
            cell = lines[at].unit.column >= 0
            if most < 0 or (below and (cell or lines[line].standing > lines[line - 1].standing)):
                break
            most -= len(words)
            own = [word for word in words if left[word] > 0 and not left.subtract([word])]
            same, said = same + self.weight(own), said + self.weight(words)
            short = same / said * (0.5 + 0.5 * same / asked) * min(1.0, 2 * same) if same else 0.0
            score = max(short, 2 * same / (asked + said) if same else 0.0)
            few = len(own) < 2 or 2 * len(own) < len(words)
            chance = below and few and "ends ?" in lines[line - 1].said
            if score > best[0] and not chance and (not below or end == lines[line].tail):
                best = score, line, end
        return best


def _pieces(page: Page, at: int) -> Iterator[tuple[int, int, list[str]]]:
    """A line up to each sign after which an answer may begin: (line, offset, words)."""
    line = page.lines[at]
    whole = line.standing or line.unit.column >= 0
    signs = () if whole else _SIGN.finditer(page.text, line.wording, line.tail)
    for begin, end in pairwise([line.wording, *(sign.end() for sign in signs), line.tail]):
        yield at, end, stems(page.text[begin:end])


def _places(page: Page, known: Sequence[Asked]) -> Iterator[Found]:
    """Where each question may begin, in the document's order."""
    words = _Words(page, known)
    for at, line in enumerate(page.lines):
        opening = set(stems(page.text[line.wording : line.tail][:80]))
        for place, question in enumerate(known):
            number = _number(line, question)
            if not number and opening.isdisjoint(words.asked[place]):
                continue
            alike, last, end = words.alike(at, place)
            fits = alike + _fits(page, at, end)
            score = fits + number
            if fits > ENOUGH:
                yield Found(at, last, end, question, score, place, score - ENOUGH)
            elif number and not (page.asks[at] >= ASKING and alike < 0.3):
                yield Found(at, at, line.wording, question, 0.0, place, NUMBERED)


def _number(line: Line, question: Asked) -> float:
    """What the number in front of a line says for a question."""
    own = line.label.number if line.label and line.numbered else None
    last = re.findall(r"\d+|[a-z]+", question.number)[-1:]
    return 0.2 if own == question.number else 0.1 if last == [own] else 0.0


def _fits(page: Page, at: int, end: int) -> float:
    """What else a line says for a question: how it looks, and whether it asks or answers."""
    line = page.lines[at]
    stands = line.standing or line.look == "italic"
    answered = not stands and answers(page.text[line.wording : min(end, line.tail)]) >= 0.7
    return 0.1 * stands + 0.1 * (page.asks[at] >= ASKING) - 0.3 * answered


def _without_lists(page: Page, places: Sequence[Found]) -> Iterator[Found]:
    """The places, without those far less alike than another; a list of questions asks nothing."""
    strong = sorted({found.line for found in places if found.likeness >= 0.8})
    bare: set[Found] = set()
    most: dict[int, float] = {}
    for found in places:
        following = bisect_right(strong, found.last)
        until = strong[following] if following < len(strong) else len(page.lines)
        below = range(found.last + 1, until)
        whole = found.end >= page.lines[found.last].tail
        if whole and all("looks h" in page.lines[at].said for at in below):
            bare.add(found)
        else:
            most[found.place] = max(most.get(found.place, 0.0), found.likeness)
    for found in places:
        less = most.get(found.place, -1.0) - (found.likeness or NUMBERED)
        listed = found in bare and less > -0.25
        if less < 0.5:
            yield replace(found, listed=listed, worth=0.005 if listed else found.worth)


@dataclass(frozen=True)
class _Path:
    """A choice of places up to one of them."""

    worth: float
    found: Found
    before: _Path | None = None
    asked: int = 0  # the questions since it last began, a bit for each


def _chosen(page: Page, places: Iterator[Found], known: Sequence[Asked]) -> list[Found]:
    """The best choice of places, in the document's order. Two in one line have one answer: they
    are one, the last."""
    paths = [_Path(0.0, Found(-1, -1, 0, known[0], 1.0, -1))]
    for found in places:
        steps = [s for p in paths for s in _steps(page, p, found, len(known) / 4)]
        kept: list[_Path] = []
        for step in sorted(steps, key=lambda path: -path.worth):
            if len(kept) < KEPT and all(path.asked & ~step.asked for path in kept):
                kept.append(step)  # none that is worth more has asked no more
        paths = sorted([*paths, *kept], key=lambda path: -path.worth)[:BEAM]
    path, chosen = paths[0], []
    while path.before:
        found, path = path.found, path.before
        while page.lines[found.line].inline and path.found.last + 1 == found.line and path.before:
            found, path = replace(found, line=path.found.line), path.before
        chosen.append(found)
    return chosen[::-1]


def _steps(page: Page, path: _Path, found: Found, least: float) -> Iterator[_Path]:
    """A path that goes on to a place, or that begins again there, below a name."""
    before, own = path.found, 0 if found.listed else 1 << found.place
    if before.last >= found.line:
        return
    back, worth = found.place <= before.place, path.worth + found.worth
    if path.before and _manner(page, before.line) != _manner(page, found.line):
        worth -= OTHER_LOOK if found.likeness else 3 * OTHER_LOOK
    if not path.asked & 1 << found.place and (found.likeness or not back):
        yield _Path(worth - BACK * back, found, path, path.asked | own)
    title = page.title_between(before.last + 1, found.line)
    if back and title is not None and path.asked.bit_count() > least:
        yield _Path(worth - AGAIN, found, path, own)


def _manner(page: Page, at: int) -> tuple[str, str]:
    """How a question is set: its look, and the signs of its number."""
    line = page.lines[at]
    return line.look, re.sub(r"\w+", "", page.text[line.body : line.wording])
