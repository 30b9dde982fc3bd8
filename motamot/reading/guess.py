"""What each line of a document is: the best path of kinds over its lines, by one table of weights.

Kinds are letters: Title, Preamble, Section, Question, Rest of a question, Answer, Continuation of
an answer, Note. `weights.tsv` says what each feature of a line is worth for each kind, and each
step from one kind to the next; it is the only place where anything is weighed. Questions that
stand alike (one outer sequence of numbers, one style, "Q:" marks, what asks) are tried as a group,
and the group on which the best path weighs most is taken.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from motamot.reading.lines import ASKING, STANDING, Line, Page

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
_PARTS = {"Q": "Q", "R": "R", "A": "A", "C": "A"}  # all others play one part: nobody's words
_NONE: Mapping[str, float] = {}
Table = Mapping[str, Mapping[str, float]]  # feature or step -> kind -> weight


@dataclass(frozen=True)
class Group:
    """Lines that stand alike, and may be the questions."""

    members: frozenset[int] = frozenset()
    look: str = ""  # of most
    waiting: frozenset[int] = frozenset()  # lines from a short member to the sentence that asks
    first: int = 0
    last: int = 0


def group_of(page: Page, members: Iterable[int]) -> Group:
    """A group and what follows from it."""
    own = sorted(members)
    looks = Counter(page.lines[i].look for i in own).most_common(1)
    if not own:
        return Group()
    return Group(frozenset(own), looks[0][0], frozenset(_waiting(page, own)), own[0], own[-1])


def _waiting(page: Page, members: Sequence[int]) -> Iterator[int]:
    """The lines between a short member that does not ask and the sentence that does."""
    for at, following in zip(members, [*members[1:], len(page.lines)], strict=True):
        if page.asks[at] >= ASKING or len(page.lines[at].words) > 14:
            continue
        for i in range(at + 1, min(following - 1, at + 8)):
            if {"opens as an answer", "brief answer", "says answer"} & {*page.lines[i].said}:
                break
            if page.asks[i] >= ASKING:
                yield from range(at + 1, i + 1)
                break


@lru_cache(maxsize=1)
def table() -> Table:
    """`weights.tsv`: a line for each feature, a column for each kind."""
    rows = Path(__file__).with_name("weights.tsv").read_text(encoding="utf-8").splitlines()
    cells = (row.split("\t") for row in rows[1:])
    return {
        feature: {k: float(c) for k, c in zip(KINDS, own, strict=True) if c}
        for feature, *own in cells
    }


Said = tuple[Sequence[str], str]  # the features of a line, and how it follows the one before it


def said(page: Page, group: Group) -> list[Said]:
    """All that each line says: its own features, and those that it has beside a group."""
    blank = "blank " if page.blank else ""
    made: list[Said] = []
    for at, line in enumerate(page.lines):
        beside = _beside(page, group, at) if group.members else ()
        same = at and page.lines[at - 1].unit.block == line.unit.block and line.unit.column < 0
        step = "inline" if line.inline else "next line" if same else "next block"
        made.append(([*line.said, *(blank + one for one in beside)], blank + step))
    return made


def _beside(page: Page, group: Group, at: int) -> Iterator[str]:
    line, asking = page.lines[at], page.asks[at] >= ASKING
    place = "in group" if at in group.members else "out of group"
    yield place
    if asking:
        yield f"{place}, asks"
    if "says question" in line.said:
        yield f"{place}, says question"
    if at + 1 in group.members:
        yield f"{place}, before another"
    if at - 1 in group.members:
        yield f"{place}, after another"
        if "heads lower numbers" in page.lines[at - 1].said:
            yield f"{place}, after its head"
    if at in group.members:
        return
    if line.numbered:
        yield "out of group, numbered"
    if line.look == group.look:
        yield "looks like group"
    if line.look in STANDING:
        level = STANDING.index(group.look) if group.look in STANDING else len(STANDING)
        own = STANDING.index(line.look)
        yield f"heading {'above' if own < level else 'below' if own > level else 'like'} group"
    if at < group.first:
        yield "before group"
    elif at > group.last:
        yield "after group"
    if at in group.waiting:
        yield "asked here" if asking else "still to be asked"


# --- the best path --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Best:
    """The kind of each line, what all of them weigh, and by how much each outweighs the best path
    on which its line plays another part."""

    weight: float
    kinds: str
    margins: tuple[float, ...] = ()


Moves = Mapping[str, Mapping[str, float]]  # kind -> kind of the next line -> what that is worth


def best_path(
    lines: Sequence[Said], weights: Table, allowed: Sequence[str], *, with_margins: bool = False
) -> Best:
    """The path of kinds over lines that weighs most. `allowed` are the kinds that each line may
    have; where that is one, it can follow any."""
    known: dict[tuple[object, ...], Moves] = {}  # lines that look alike weigh alike
    moves: list[Moves] = []
    for line, kinds in zip(lines, allowed, strict=True):
        key = (*line[0], line[1], kinds)
        if key not in known:
            known[key] = _moves(line, weights, kinds)
        moves.append(known[key])
    reached = [{"^": (0.0, "")}]
    for onward in moves:
        here: dict[str, tuple[float, str]] = {}
        for before, (weight, _) in reached[-1].items():
            for kind, worth in onward[before].items():
                if kind not in here or weight + worth > here[kind][0]:
                    here[kind] = weight + worth, before
        reached.append(here)
    if not moves or not reached[-1]:
        return Best(float("-inf"), "")
    last = max(reached[-1], key=lambda kind: reached[-1][kind])
    weight, path = reached[-1][last][0], [last]
    for here in reached[-1:1:-1]:
        path.append(here[path[-1]][1])
    kinds = "".join(reversed(path))
    margins = _margins(weight, kinds, moves, reached[1:]) if with_margins else ()
    return Best(weight, kinds, margins)


def _moves(line: Said, weights: Table, kinds: str) -> Moves:
    """What it is worth to be of each kind at a line, after each kind."""
    features, how = line
    own = dict.fromkeys(kinds, 0.0)
    for feature in features:
        for kind, weight in weights.get(feature, _NONE).items():
            if kind in own:
                own[kind] += weight
    only = len(kinds) == 1
    steps = {before: weights.get(f"{before} {how}", _NONE) for before in _AFTER}
    return {
        before: {k: own[k] + steps[before].get(k, 0.0) for k in own if only or k in after}
        for before, after in _AFTER.items()
    }


def _margins(
    weight: float,
    kinds: str,
    moves: Sequence[Moves],
    reached: Sequence[Mapping[str, tuple[float, str]]],
) -> tuple[float, ...]:
    """How far each line's part is from the best path on which it plays another."""
    ahead = dict.fromkeys(reached[-1], 0.0)
    made: list[float] = []
    for at in range(len(kinds) - 1, -1, -1):
        part = _PARTS.get(kinds[at])
        others = (reached[at][k][0] + ahead[k] for k in ahead if _PARTS.get(k) != part)
        made.append(weight - max(others, default=float("-inf")))
        onward = {
            before: [worth + ahead[k] for k, worth in moves[at][before].items() if k in ahead]
            for before in (reached[at - 1] if at else ())
        }
        ahead = {before: max(worths) for before, worths in onward.items() if worths}
    return tuple(reversed(made))


def guess(page: Page, allowed: Sequence[str]) -> Best:
    """The best path on any group."""
    tried = [said(page, group) for group in groups(page)]
    chosen = max(tried, key=lambda lines: best_path(lines, table(), allowed).weight)
    best = best_path(chosen, table(), allowed, with_margins=True)
    if any(kind == "Q" and _marked(page, at) for at, kind in enumerate(best.kinds)):
        return best
    return best_path(tried[0], table(), ["TPSN"] * len(allowed))


def _marked(page: Page, at: int) -> bool:
    """Whether anything but its place says that a line is a question."""
    line = page.lines[at]
    apart = at + 1 < len(page.lines) and page.lines[at + 1].look != line.look
    return page.asks[at] >= 0.4 or line.label is not None or line.look != "plain" or apart


# --- groups ---------------------------------------------------------------------------------------


def groups(page: Page) -> list[Group]:
    """The lines of a document that stand alike."""
    numbered: dict[str, list[int]] = defaultdict(list)
    others: dict[str, list[int]] = defaultdict(list)
    turns = Counter(x.speaker.name for x in page.lines if x.speaker and not x.inline)
    often = {name for name, count in turns.most_common(2) if count > 1}
    for at, line in enumerate(page.lines):
        asking = page.asks[at] >= ASKING
        if line.label and line.numbered:
            names = [f"scheme {line.label.scheme}", f"look {line.look}"]
            names += ["any"] * (not line.label.scheme.startswith("I")) + ["asking"] * asking
            for name in names + ["standing"] * line.standing:
                numbered[name].append(at)
        if not line.inline and not line.answer and (line.first or line.look != "plain"):
            others[f"look {line.look}"].append(at)
            if "orders" in line.said:
                others[f"orders {line.look}"].append(at)
            if asking:
                others[f"asking {line.look}"].append(at)
                others["asking, standing" if line.standing else ""].append(at)
        if line.label and not line.numbered:
            others["marks"].append(at)
        if asking and not line.inline:
            others["asking"].append(at)
        if line.speaker and line.speaker.name in often:
            others[f"turn {line.speaker.name}"].append(at)
        if not line.answer and at + 1 < len(page.lines) and page.lines[at + 1].answer:
            others["before answers"].append(at)
    others.pop("", None)
    sets = [*(chain(page, members) for members in numbered.values()), *others.values()]
    return [Group(), *(group_of(page, members) for members in {frozenset(one) for one in sets})]


def chain(page: Page, members: Sequence[int]) -> list[int]:
    """The outer sequence among numbered lines: numbers that follow each other, gaps and restarts
    at a price, lines that ask and that stand out preferred."""
    best: list[float] = []
    back: list[int] = []
    for j, at in enumerate(members):
        line = page.lines[at]
        parts = _number(line)
        worth = 0.5 + 0.8 * max(0.0, page.asks[at]) + (0.6 if line.standing else 0.0)
        worth += (0.3 if line.first else -0.3) - (2.5 if "lower case" in line.said else 0.0)
        first = parts[0]
        score = -3.0 if isinstance(first, str) else 0.5 if first <= 1 else -0.5 * min(first, 8)
        source = -1
        for i in range(max(0, j - 60), j):
            price = _price(_number(page.lines[members[i]]), parts)
            if best[i] + price > score:
                score, source = best[i] + price, i
        best.append(score + worth)
        back.append(source)
    at = max(range(len(best)), key=lambda i: (best[i], -i))
    chosen: list[int] = []
    while at != -1:
        chosen.append(members[at])
        at = back[at]
    return chosen[::-1]


def _number(line: Line) -> tuple[int | str, ...]:
    return line.label.parts if line.label else ()


def _price(before: Sequence[int | str], own: Sequence[int | str]) -> float:
    """What going on from a number to another costs, or earns."""
    above, first = before[0], own[0]
    if own[:-1] == before[:-1] and _follows(before[-1], own[-1]):
        return 1.2
    if isinstance(first, str):  # a letter under a number
        return 1.0 if len(before) == 1 and isinstance(above, int) and first == "a" else -9.0
    if not isinstance(above, int):  # from a letter back to a number
        return 0.6 if len(own) == 1 and first > 1 else -4.0
    if len(own) > len(before) and own[: len(before)] == before:
        return 1.0 if own[-1] in (1, "a", "bis") else -3.0
    gap = first - above
    if gap > 0:
        return 1.0 if gap == 1 else max(-6.0, -1.2 * (gap - 1))
    return -1.6 if first <= 1 and len(own) == 1 and gap < 0 else -7.0


def _follows(before: int | str, after: int | str) -> bool:
    if isinstance(before, int) and isinstance(after, int):
        return after == before + 1
    return len(str(before)) == len(str(after)) == 1 and ord(str(after)) == ord(str(before)) + 1
