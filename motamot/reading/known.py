"""Where a reply asks the questions of its questionnaire: found by their words, then by number.

Each wording is compared with what begins at each line: how much of it stands there, and how much
else. Questions are matched in their order first, then in any, then by the number in front. A reply
that several respondents share may ask each of them anew.
"""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from motamot.reading.lines import STANDING, Line, Page
from motamot.recording.cut import Asked
from motamot.text.folding import fold
from motamot.text.markdown import plain

_WORD = re.compile(r"[^\W_]+")
STEM = 7  # letters of a word that are compared: "maintenez" is "maintenir"
IN_ORDER, ANYWHERE, REPEATED = 0.42, 0.55, 0.8  # how alike is enough


@dataclass(frozen=True)
class Found:
    """A question of the questionnaire, found at a line. Its words in the reply end at `end`."""

    line: int
    last: int  # the line where its words end
    end: int
    question: Asked
    likeness: float  # 0: found by its number alone


def stems(text: str) -> list[str]:
    """The words of a text, as they are compared."""
    return [fold(word)[:STEM] for word in _WORD.findall(text)]


class _Weights:
    """How much a word tells one question from the others."""

    def __init__(self, wordings: Sequence[Sequence[str]]) -> None:
        self._count = len(wordings)
        self._in = Counter(word for wording in wordings for word in set(wording))

    def of(self, word: str) -> float:
        held = self._in.get(word, 0)
        rare = math.log(1 + self._count / max(held, 0.5)) / math.log(1 + 2 * self._count)
        return rare * (1.0 if len(word) > 3 or word.isdigit() else 0.3)


def matches(page: Page, known: Sequence[Asked]) -> list[Found]:
    """The questions that a reply asks, in its order."""
    wordings = [stems(plain(q.wording)) for q in known]
    weights = _Weights(wordings)
    likely: list[list[Found]] = []
    tokens = _tokens(page)
    for question, wording in zip(known, wordings, strict=True):
        likely.append(list(_likely(page, tokens, question, wording, weights)))
    parts = _parts(page, likely) or _numbered_parts(page, known)
    if len(parts) > 1:
        return [found for part in parts for found in part]
    chosen = _in_order(page, likely)
    chosen = _anywhere(chosen, likely)
    chosen = _by_number(page, chosen, known)
    chosen = _by_place(page, chosen, known)
    return sorted(chosen, key=lambda f: f.line)


# --- likeness -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tokens:
    words: list[str]
    first: list[int]  # of each line, its first token


def _tokens(page: Page) -> _Tokens:
    made = _Tokens([], [])
    for line in page.lines:
        made.first.append(len(made.words))
        for word in _WORD.finditer(page.text, line.wording, line.tail):
            made.words.append(fold(word[0])[:STEM])
    made.first.append(len(made.words))
    return made


def _likely(
    page: Page, tokens: _Tokens, question: Asked, wording: Sequence[str], weights: _Weights
) -> Iterator[Found]:
    """The lines where the words of a question may begin."""
    whole = sum(map(weights.of, wording))
    if not whole:
        return
    telling = set(wording)
    for at in range(len(page.lines)):
        begin = tokens.first[at]
        if tokens.first[at + 1] == begin or not telling.intersection(
            tokens.words[begin : begin + 8]
        ):
            continue
        found = _best_end(page, tokens, at, question, wording, whole, weights)
        if found is not None and found.likeness >= IN_ORDER:
            yield found


def _best_end(
    page: Page,
    tokens: _Tokens,
    at: int,
    question: Asked,
    wording: Sequence[str],
    whole: float,
    weights: _Weights,
) -> Found | None:
    left = Counter(wording)
    same = read = 0.0
    best: tuple[float, int] | None = None
    longest = int(1.6 * len(wording)) + 8
    place = tokens.first[at]
    line, asked = at, False
    while line < len(page.lines) and place - tokens.first[at] <= longest:
        own = 0
        for place in range(tokens.first[line], tokens.first[line + 1]):
            word = tokens.words[place]
            weight = weights.of(word)
            read += weight
            if left[word] > 0:
                left[word] -= 1
                same += weight
                own += 1
        place = tokens.first[line + 1]
        score = _likeness(same / whole, same / read if read else 0.0)
        chance = asked and own < 2  # one like word under a question mark
        if best is None or (score > best[0] and not chance):
            best = score, line
        asked = "ends ?" in page.lines[line].said
        line += 1
        if page.lines[at].unit.column >= 0:
            break  # a cell is one thing
    if best is None:
        return None
    score, last = best
    score += _fits(page.lines[at], question)
    return Found(at, last, page.lines[last].tail, question, score)


def _likeness(recall: float, precision: float) -> float:
    """0 to 1: of what is asked, what stands there; of what stands there, what is asked."""
    if not recall or not precision:
        return 0.0
    both = 2 * recall * precision / (recall + precision)
    return max(both, precision * min(1.0, 0.5 + 0.5 * recall))


def _fits(line: Line, question: Asked) -> float:
    """What stands around the words: a number, an answer's first person."""
    fits = 0.0
    if line.numbered and line.label:
        fits += 0.2 if line.label.number == question.number else -0.05
    if "answers" in line.said:
        fits -= 0.3
    elif "first person" in line.said:
        fits -= 0.15
    if line.standing or line.look == "italic":
        fits += 0.05
    return fits


# --- the choice -----------------------------------------------------------------------------------


def _apart(page: Page, likely: Sequence[Sequence[Found]]) -> dict[Found, bool]:
    """Whether something stands between a place and the next one where a question may begin."""
    strong = sorted({f.line for some in likely for f in some if f.likeness >= REPEATED})
    made: dict[Found, bool] = {}
    for some in likely:
        for found in some:
            at = bisect_left(strong, found.last + 1)
            following = strong[at] if at < len(strong) else len(page.lines)
            made[found] = any(
                "looks h" not in page.lines[i].said for i in range(found.last + 1, following)
            )
    return made


def _parts(page: Page, likely: Sequence[Sequence[Found]]) -> list[list[Found]]:
    """Where the questions are asked again, one run after the other: the runs."""
    apart = _apart(page, likely)
    strong: list[Found] = []
    for found in sorted(
        (f for some in likely for f in some if f.likeness >= REPEATED), key=lambda f: -f.likeness
    ):
        if all(found.last < f.line or f.last < found.line for f in strong):
            strong.append(found)
    strong.sort(key=lambda f: f.line)
    runs = _runs(strong)
    answered = [run for run in runs if sum(apart[f] for f in run) * 2 > len(run)]
    longest = max(map(len, answered), default=0)
    whole = [run for run in answered if len(run) * 2 >= longest]
    enough = longest * 2 >= len(likely) and (longest > 1 or len(likely) == 1)
    return whole if enough and _headed(page, whole) else []


def _runs(found: Sequence[Found]) -> list[list[Found]]:
    """Places in order, parted where a question comes again."""
    runs: list[list[Found]] = []
    for one in found:
        if not runs or any(f.question is one.question for f in runs[-1]):
            runs.append([])
        runs[-1].append(one)
    return runs


def _headed(page: Page, runs: Sequence[Sequence[Found]]) -> bool:
    """Whether there are several runs, and a line that may be a name stands before each."""
    above = [0, *(run[-1].last + 1 for run in runs[:-1])]
    return len(runs) > 1 and all(
        page.title_between(low, run[0].line) is not None
        for low, run in zip(above, runs, strict=True)
    )


def _numbered_parts(page: Page, known: Sequence[Asked]) -> list[list[Found]]:
    """The same, where each part repeats the numbers alone, or short forms behind them."""
    by_number = {q.number: q for q in known}
    found: list[Found] = []
    for at, line in enumerate(page.lines):
        question = by_number.get(line.label.number) if line.label and line.numbered else None
        if question:
            own = page.text[line.wording : line.tail]
            short = likeness(own, question.wording) >= 0.3 and len(line.words) < 12
            found.append(Found(at, at, line.tail if short else line.wording, question, 0.0))
    runs = _runs(found)
    enough = all(len(run) * 2 >= len(known) for run in runs)
    return runs if enough and len(known) > 1 and _headed(page, runs) else []


def _in_order(page: Page, likely: Sequence[Sequence[Found]]) -> list[Found]:
    """The best choice of one place for each question, in the questionnaire's order."""
    apart = _apart(page, likely)
    flat = sorted(
        ((f.line, n, f) for n, some in enumerate(likely) for f in some), key=lambda x: x[:2]
    )
    best: list[float] = []
    back: list[int] = []
    for j, (line, n, found) in enumerate(flat):
        worth = found.likeness - IN_ORDER + 0.05 - (0.0 if apart[found] else 0.2)
        score, source = 0.0, -1
        for i in range(j):
            before = flat[i]
            if before[1] < n and before[2].last < line and best[i] > score:
                score, source = best[i], i
        best.append(score + worth)
        back.append(source)
    at = max(range(len(best)), key=lambda i: best[i], default=-1)
    chosen: list[Found] = []
    while at != -1:
        chosen.append(flat[at][2])
        at = back[at]
    return chosen[::-1]


def _anywhere(chosen: list[Found], likely: Sequence[Sequence[Found]]) -> list[Found]:
    """The questions left, where they stand out of order."""
    left = [f for some in likely for f in some if f.likeness >= ANYWHERE]
    for found in sorted(left, key=lambda f: -f.likeness):
        asked = any(f.question is found.question for f in chosen)
        if not asked and not any(f.line <= found.last and found.line <= f.last for f in chosen):
            chosen = [*chosen, found]
    return chosen


def _by_number(page: Page, chosen: Sequence[Found], known: Sequence[Asked]) -> list[Found]:
    """The questions left, where a line has their number and no other question stands."""
    made = sorted(chosen, key=lambda f: f.line)
    places = {q.number: n for n, q in enumerate(known)}
    for question in known:
        if any(f.question is question for f in made):
            continue
        own = places[question.number]
        low = max((f.last for f in made if places[f.question.number] < own), default=-1)
        high = min((f.line for f in made if places[f.question.number] > own), default=None)
        for at in range(low + 1, len(page.lines) if high is None else high):
            line = page.lines[at]
            numbered = line.label and line.numbered and line.label.number == question.number
            said = page.text[line.wording : line.tail]
            another = page.asks[at] >= 0.9 and likeness(said, question.wording) < 0.3
            if numbered and not another:
                made.append(Found(at, at, line.wording, question, 0.0))
                break
    return made


def _by_place(page: Page, chosen: Sequence[Found], known: Sequence[Asked]) -> list[Found]:
    """The questions left between two that were found, where as many lines stand there that look as
    those do."""
    made = sorted(chosen, key=lambda f: f.line)
    looks = Counter(page.lines[f.line].look for f in made)
    look = looks.most_common(1)[0][0] if looks else ""
    if look not in STANDING or looks[look] * 3 < 2 * len(made):
        return made
    places = {q.number: n for n, q in enumerate(known)}
    bounds: list[Found | None] = [None, *made, None]
    for before, after in itertools.pairwise(bounds):
        low = places[before.question.number] if before else -1
        high = places[after.question.number] if after else len(known)
        left = [q for q in known[low + 1 : high] if all(f.question is not q for f in made)]
        begin = before.last + 1 if before else 0
        lines = [
            at
            for at in range(begin, after.line if after else len(page.lines))
            if page.lines[at].look == look and page.lines[at].first and not page.lines[at].inline
        ]
        asking = [at for at in lines if page.asks[at] >= 0.9]
        strange = any(
            all(likeness(page.of(page.lines[n]), q.wording) < 0.3 for q in left) for n in asking
        )
        if left and len(left) == len(lines) and not strange:
            made += [
                Found(at, at, page.lines[at].tail, q, 0.01)
                for at, q in zip(lines, left, strict=True)
            ]
    return made


def likeness(a: str, b: str) -> float:
    """0 to 1: how alike two wordings are, word by word."""
    first, second = stems(plain(a)), stems(plain(b))
    return 1.0 if first == second else SequenceMatcher(None, first, second, False).ratio()


def by_line(found: Sequence[Found]) -> dict[int, Found]:
    """Each by the line where it stands."""
    return {f.line: f for f in found}
