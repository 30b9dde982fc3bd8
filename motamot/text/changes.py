"""What changed from one text to the next, word by word, so that a person sees it at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_PIECE = re.compile(r"\w+(?:[-'’·.,]\w+)*|[^\w\s]")  # a word or a figure, or any other sign
Piece = re.Match[str]
Place = tuple[bool, int, int, int, int]  # same in both; pieces of the first text, of the second


class Run(NamedTuple):
    """A run of two texts: `same` in both, or `removed` from the first and `added` by the second,
    one of which may be "". `gap`: the white space before it."""

    gap: str
    same: str
    removed: str = ""
    added: str = ""


def changes(before: str, after: str) -> list[Run]:
    """The second text laid along the first. White space alone is no change."""
    old, new = list(_PIECE.finditer(before)), list(_PIECE.finditer(after))
    matcher = SequenceMatcher(None, [p[0] for p in old], [p[0] for p in new], autojunk=False)
    places = [(tag == "equal", a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes()]
    return [_run(place, before, old, after, new) for place in _readable(places, old, new)]


def _readable(places: list[Place], old: Sequence[Piece], new: Sequence[Piece]) -> list[Place]:
    """Without crumbs: what is the same between two changes that have more words each is changed
    with them."""

    def words(place: Place) -> int:
        _, a, b, c, d = place
        return max(sum(p[0][0].isalnum() for p in run) for run in (old[a:b], new[c:d]))

    at = 1
    while at < len(places) - 1:
        before, here, after = places[at - 1 : at + 2]
        if here[0] and words(here) < min(words(before), words(after)):
            places[at - 1 : at + 2] = [(False, before[1], after[2], before[3], after[4])]
            at = max(1, at - 2)
        else:
            at += 1
    return places


def _run(place: Place, before: str, old: Sequence[Piece], after: str, new: Sequence[Piece]) -> Run:
    same, a, b, c, d = place
    removed = before[old[a].start() : old[b - 1].end()] if a < b else ""
    added = after[new[c].start() : new[d - 1].end()] if c < d else ""
    gap = _gap(after, new, c) if c < d and (same or not removed) else _gap(before, old, a)
    return Run(gap, added) if same else Run(gap, "", removed, added)


def _gap(text: str, pieces: Sequence[Piece], at: int) -> str:
    return text[pieces[at - 1].end() : pieces[at].start()] if at else ""


def in_words(before: str, after: str) -> str:
    """« remplacé : « deux cents » par « cent » »: what differs, in words."""
    said = []
    for run in changes(before, after):
        old, new = f"«\u00a0{run.removed}\u00a0»", f"«\u00a0{run.added}\u00a0»"
        if run.removed and run.added:
            said.append(f"remplacé\u00a0: {old} par {new}")
        elif run.removed or run.added:
            said.append(f"ôté\u00a0: {old}" if run.removed else f"ajouté\u00a0: {new}")
    return " ; ".join(said)
