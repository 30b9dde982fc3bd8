"""What each line of a document is: the best path of kinds over its lines, by one table of weights.

Kinds are letters: Title, Preamble, Section, Question, Rest of a question, Answer, Continuation of
an answer, Note. `weights.tsv` says what each feature of a line is worth for each kind, and each
step from one kind to the next; it is the only place where anything is weighed. Questions that
stand alike (one outer sequence of numbers, one style, "Q:" marks, what asks) are tried as a group,
and the group on which the best path weighs most is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from motamot.reading.lines import STANDING, Line, Page

KINDS = "TPSQRACN"
# What may follow what; "^" is the document's beginning.
_AFTER = {
    "^": "TPSQN",
    "T": "TPSQN",
    "P": "PSQTN",
    "S": "SPQN",
    "Q": "QRASN",
    "R": "QRASN",
    "A": "CQSPN",
    "C": "CQSPN",
    "N": "NQSP",
}
_FROM = {k: [p for p, after in _AFTER.items() if k in after] for k in KINDS}
LEAST = 20.0  # what a question adds to the weight of a path where nothing marks it as one
Table = Mapping[str, Mapping[str, float]]  # feature or step -> kind -> weight


@dataclass(frozen=True)
class Group:
    """Lines that stand alike, and may be the questions."""

    name: str
    members: frozenset[int]
    look: str = ""
    waiting: frozenset[int] = frozenset()  # lines from a short member to the sentence that asks

    @cached_property
    def first(self) -> int:
        return min(self.members)

    @cached_property
    def last(self) -> int:
        return max(self.members)


def group_of(page: Page, name: str, members: Iterable[int]) -> Group:
    """A group and what follows from it."""
    own = sorted(members)
    looks = Counter(page.lines[i].look for i in own)
    return Group(name, frozenset(own), looks.most_common(1)[0][0], frozenset(_waiting(page, own)))


def _waiting(page: Page, members: Sequence[int]) -> Iterator[int]:
    """The lines between a short member that does not ask and the sentence that does."""
    for at, following in zip(members, [*members[1:], len(page.lines)], strict=True):
        if page.asks[at] >= 0.9 or len(page.lines[at].words) > 14:
            continue
        for i in range(at + 1, min(following, at + 8)):
            said = page.lines[i].said
            if any(x in said for x in ("opens as an answer", "brief answer", "says answer")):
                break
            if page.asks[i] >= 0.9 and i + 1 < following:
                yield from range(at + 1, i + 1)
                break


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, float]]:
    """`weights.tsv`: a line for each feature, a column for each kind."""
    rows = Path(__file__).with_name("weights.tsv").read_text(encoding="utf-8").splitlines()
    made: dict[str, dict[str, float]] = {}
    for row in rows[1:]:
        feature, *cells = row.split("\t")
        made[feature] = {k: float(c) for k, c in zip(KINDS, cells, strict=True) if c}
    return made


def said_in(page: Page, group: Group | None, at: int, *, blank: bool = False) -> list[str]:
    """The features that a line has beside a group."""
    if group is None:
        return []
    said = _beside(page, group, at)
    return [f"blank {one}" for one in said] if blank else said


def _beside(page: Page, group: Group, at: int) -> list[str]:
    line = page.lines[at]
    if at in group.members:
        said = ["in group", f"in {group.name}"]
        if page.asks[at] >= 0.9:
            said.append("in group, asks")
        if at + 1 in group.members:
            said.append("in group, before another")
        if at - 1 in group.members:
            said.append("in group, after another")
        if "heads lower numbers" in line.said:
            said.append("in group, heads lower numbers")
        return said
    said = ["out of group", f"out of {group.name}"]
    if line.numbered:
        said.append("out of group, numbered")
    if page.asks[at] >= 0.9:
        said.append("out of group, asks")
    if line.look == group.look:
        said.append("looks like group")
    if line.look in STANDING:
        level = STANDING.index(group.look) if group.look in STANDING else len(STANDING)
        own = STANDING.index(line.look)
        said.append(
            f"heading {'above' if own < level else 'below' if own > level else 'like'} group"
        )
    if at < group.first:
        said.append("before group")
    elif at > group.last:
        said.append("after group")
    if at + 1 in group.members:
        said.append("next to group")
    if at in group.waiting:
        said.append("still to be asked")
        if page.asks[at] >= 0.9:
            said.append("asked here")
    return said


def context(page: Page, at: int) -> str:
    """How a line follows the one before it."""
    line = page.lines[at]
    if line.inline:
        return "inline"
    if at and page.lines[at - 1].unit.block == line.unit.block and line.unit.column < 0:
        return "next line"
    return "next block"


@dataclass(frozen=True)
class Best:
    """The kind of each line, what all of them weigh, and by how much each outweighs the best path
    on which its line plays another part."""

    weight: float
    kinds: str
    margins: tuple[float, ...] = ()


_PARTS = {"Q": "Q", "R": "R", "A": "A", "C": "A"}  # all others play one part: nobody's words


def best_path(
    page: Page,
    group: Group | None,
    weights: Table,
    allowed: Sequence[str] | None = None,
    *,
    blank: bool = False,
    with_margins: bool = False,
) -> Best:
    """The path of kinds that weighs most. `allowed` are the kinds that each line may have; `blank`:
    nobody was to answer, and the steps have weights of their own."""
    own = [
        _worth(page, group, at, weights, allowed[at] if allowed else KINDS, blank=blank)
        for at in range(len(page.lines))
    ]
    steps = [_steps(page, at, weights, blank=blank) for at in range(len(page.lines))]
    before: dict[str, float] = {"^": 0.0}
    reached: list[dict[str, float]] = []
    back: list[dict[str, str]] = []
    for at, worths in enumerate(own):
        here: dict[str, float] = {}
        came: dict[str, str] = {}
        for kind, worth in worths.items():
            sources = before if len(worths) == 1 else [p for p in _FROM[kind] if p in before]
            top = max(((before[p] + steps[at][p].get(kind, 0.0), p) for p in sources), default=None)
            if top is not None:
                here[kind], came[kind] = top[0] + worth, top[1]
        before = here
        reached.append(here)
        back.append(came)
    if not before or not own:
        return Best(float("-inf"), "")
    kind = max(before, key=lambda k: before[k])
    kinds = [kind]
    for came in reversed(back[1:]):
        kinds.append(came[kinds[-1]])
    path = Best(before[kind], "".join(reversed(kinds)))
    return replace(path, margins=_margins(path, own, steps, reached)) if with_margins else path


_NONE: Mapping[str, float] = {}


def _worth(
    page: Page, group: Group | None, at: int, weights: Table, kinds: str, *, blank: bool
) -> dict[str, float]:
    own = dict.fromkeys(kinds, 0.0)
    for feature in (*page.lines[at].said, *said_in(page, group, at, blank=blank)):
        for kind, weight in weights.get(feature, _NONE).items():
            if kind in own:
                own[kind] += weight
    return own


def _steps(page: Page, at: int, weights: Table, *, blank: bool) -> dict[str, Mapping[str, float]]:
    how = f"blank {context(page, at)}" if blank else context(page, at)
    return {p: weights.get(f"{p} {how}", _NONE) for p in _AFTER}


def _margins(
    path: Best,
    own: Sequence[dict[str, float]],
    steps: Sequence[dict[str, Mapping[str, float]]],
    reached: Sequence[dict[str, float]],
) -> tuple[float, ...]:
    """How far each line's part is from the best path on which it plays another."""
    ahead = dict.fromkeys(reached[-1], 0.0)
    made: list[float] = []
    for at in range(len(own) - 1, -1, -1):
        part = _PARTS.get(path.kinds[at])
        others = [reached[at][k] + ahead[k] for k in ahead if _PARTS.get(k) != part]
        made.append(path.weight - max(others, default=float("-inf")))
        before: dict[str, float] = {}
        for p in reached[at - 1] if at else ():
            onward = [
                steps[at][p].get(k, 0.0) + own[at][k] + ahead[k]
                for k in ahead
                if len(own[at]) == 1 or k in _AFTER[p]
            ]
            if onward:
                before[p] = max(onward)
        ahead = before
    return tuple(reversed(made))


def guess(page: Page, allowed: Sequence[str] | None = None, *, blank: bool = False) -> Best:
    """The best path on any group."""
    tried = groups(page)
    paths = [best_path(page, group, table(), allowed, blank=blank) for group in tried]
    best, group = max(zip(paths, tried, strict=True), key=lambda pair: pair[0].weight)
    nothing = best_path(page, None, table(), ["TPSN"] * len(page.lines), blank=blank)
    asked = [at for at, kind in enumerate(best.kinds) if kind == "Q"]
    sure = any(_marked(page, at) for at in asked)
    if not sure and best.weight - nothing.weight < LEAST * len(asked):
        return nothing
    return best_path(page, group, table(), allowed, blank=blank, with_margins=True)


def _marked(page: Page, at: int) -> bool:
    """Whether a line asks, or is marked as a question may be, or what follows it as an answer."""
    line = page.lines[at]
    apart = at + 1 < len(page.lines) and page.lines[at + 1].look != line.look
    return page.asks[at] >= 0.4 or line.label is not None or line.look != "plain" or apart


# --- groups ---------------------------------------------------------------------------------------


def groups(page: Page) -> list[Group | None]:
    """The lines of a document that stand alike."""
    found: dict[frozenset[int], Group | None] = {frozenset(): None}
    for name, members in _alike(page):
        if members:
            group = group_of(page, name, members)
            found.setdefault(group.members, group)
    return list(found.values())


def _alike(page: Page) -> Iterator[tuple[str, list[int]]]:
    lines = page.lines
    numbered = [i for i, line in enumerate(lines) if line.numbered]
    schemes: dict[str, list[int]] = {}
    for i in numbered:
        label = lines[i].label
        assert label is not None
        schemes.setdefault(f"s {label.scheme}", []).append(i)
        schemes.setdefault(f"l {lines[i].look}", []).append(i)
        if page.asks[i] >= 0.9:
            schemes.setdefault("asking", []).append(i)
        if lines[i].standing:
            schemes.setdefault("strong", []).append(i)
    schemes["all"] = [i for i in numbered if not page.scheme(i).startswith("I")]
    for members in schemes.values():
        yield "numbers", chain(page, members)
    looks: dict[str, list[int]] = {}
    for i, line in enumerate(lines):
        if not line.inline and not line.answer and (line.first or line.look not in ("plain",)):
            looks.setdefault(line.look, []).append(i)
    for look, members in looks.items():
        if look not in ("fence", "rule", "html"):
            name = "look h" if look in STANDING[:6] else f"look {look}"
            yield name, members
            yield f"{name}, asks", [i for i in members if page.asks[i] >= 0.9]
    strong = [i for look, some in looks.items() if look in STANDING for i in some]
    yield "strong, asks", sorted(i for i in strong if page.asks[i] >= 0.9)
    yield "marks", [i for i, x in enumerate(lines) if x.label and not x.label.parts]
    yield "asks", [i for i, x in enumerate(lines) if page.asks[i] >= 0.9 and not x.inline]
    yield (
        "before answers",
        [i for i, x in enumerate(lines[:-1]) if lines[i + 1].answer and not x.answer],
    )
    yield from _speakers(lines)


def _speakers(lines: Sequence[Line]) -> Iterator[tuple[str, list[int]]]:
    names = Counter(x.speaker.written for x in lines if x.speaker and not x.inline)
    for name, count in names.most_common(2):
        if count > 1:
            turns = [i for i, x in enumerate(lines) if x.speaker and x.speaker.written == name]
            yield "speaker", turns


def chain(page: Page, members: Sequence[int]) -> list[int]:
    """The outer sequence among numbered lines: numbers that follow each other, gaps and restarts
    at a price, lines that ask and that stand out preferred."""
    best: list[float] = []
    back: list[int] = []
    for j, at in enumerate(members):
        line = page.lines[at]
        parts = line.label.parts if line.label else ()
        worth = 0.5 + 0.8 * max(0.0, page.asks[at]) + (0.6 if line.standing else 0.0)
        worth += 0.3 if line.first else -0.3
        first = parts[0]
        score = -3.0 if isinstance(first, str) else 0.5 if first <= 1 else -0.5 * min(first, 8)
        source = -1
        for i in range(max(0, j - 60), j):
            earlier = page.lines[members[i]]
            step = _step(earlier.label.parts if earlier.label else (), parts)
            if best[i] + step > score:
                score, source = best[i] + step, i
        best.append(score + worth)
        back.append(source)
    if not best:
        return []
    at = max(range(len(best)), key=lambda i: (best[i], -i))
    chosen: list[int] = []
    while at != -1:
        chosen.append(members[at])
        at = back[at]
    return chosen[::-1]


def _step(before: Sequence[int | str], own: Sequence[int | str]) -> float:
    """The price of going on from a number to another."""
    if own[:-1] == before[:-1] and _follows(before[-1], own[-1]):
        return 1.2
    if isinstance(own[0], str):  # a letter under a number
        under = len(before) == 1 and isinstance(before[0], int) and own[0] == "a"
        return 1.0 if under else -9.0
    if not isinstance(before[0], int):  # from a letter back to a number
        return 0.6 if len(own) == 1 and own[0] > 1 else -4.0
    if len(own) > len(before) and tuple(own[: len(before)]) == tuple(before):
        return 1.0 if own[-1] in (1, "a", "bis") else -3.0
    gap = own[0] - before[0]
    if gap == 1:
        return 1.0 if len(own) == 1 or own[1] in (0, 1, "a") else 0.2
    if gap > 1:
        return max(-6.0, -1.2 * (gap - 1))
    return -1.6 if own[0] in (0, 1) and len(own) == 1 and gap < 0 else -7.0


def _follows(before: int | str, after: int | str) -> bool:
    if isinstance(before, int) and isinstance(after, int):
        return after == before + 1
    return (
        isinstance(before, str)
        and isinstance(after, str)
        and len(before) == len(after) == 1
        and ord(after) == ord(before) + 1
    )
