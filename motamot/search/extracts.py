"""What was typed, found again in a text: an extract of it, with what was found marked."""

from __future__ import annotations

from collections.abc import Iterator

from motamot.search.query import Clause, Query, Run
from motamot.search.words import Token, placed

Placed = tuple[int, Token]  # what to add to a token's offsets, and the token


def extract(
    text: str, query: Query, language: str = "fr", words: int = 30
) -> list[tuple[str, bool]]:
    """About `words` words of `text` around the best place, cut into (piece, whether it is marked).

    The pieces are exact slices that follow each other; "…" (unmarked) stands first or last where
    text is left out.
    The best place holds the most different groups of the query, then the most hits, then comes
    first.
    """
    found = placed(text, language)
    if not found:
        return [(text, False)] if text else []
    hits = _hits(found, query)
    first, last = _window([_start(word) for word in found], hits, max(words, 1))
    start = _start(found[first]) if first else 0
    end = _end(found[last - 1]) if last < len(found) else len(text)
    return [
        *([("…", False)] if first else []),
        *_pieces(text, start, end, hits),
        *([("…", False)] if last < len(found) else []),
    ]


def _hits(words: list[Placed], query: Query) -> list[tuple[int, int, int]]:
    """(start, end, number of the group) of every place found, merged where they overlap."""
    found: list[tuple[int, int, int]] = []
    for number, group in enumerate(query.groups):
        for clause in group:
            found += [
                (_start(words[i]), _end(words[j - 1]), number) for i, j in _places(words, clause)
            ]
    merged: list[tuple[int, int, int]] = []
    for start, end, number in sorted(found, key=lambda hit: (hit[0], -hit[1])):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), merged[-1][2])
        else:
            merged.append((start, end, number))
    return merged


def _start(word: Placed) -> int:
    return word[0] + word[1].start


def _end(word: Placed) -> int:
    return word[0] + word[1].end


def _places(words: list[Placed], clause: Clause) -> Iterator[tuple[int, int]]:
    """(The first word, the one after the last) of every place where a clause is found."""
    if clause.kind == "prefix":
        beginnings = tuple(run[0] for run in clause.runs)
        for i, (_, token) in enumerate(words):
            if any(form.startswith(beginnings) for form in token.forms):
                yield i, i + 1
        return
    beginning: dict[str, list[Run]] = {}
    for run in clause.runs:
        beginning.setdefault(run[0], []).append(run)
    for i, (_, token) in enumerate(words):
        for form in token.forms:
            for run in beginning.get(form, ()):
                following = words[i + 1 : i + len(run)]
                if len(following) == len(run) - 1 and all(
                    term in other.forms for term, (_, other) in zip(run[1:], following, strict=True)
                ):
                    yield i, i + len(run)


def _window(starts: list[int], hits: list[tuple[int, int, int]], words: int) -> tuple[int, int]:
    """The first word and the one after the last of the best `words` words."""
    if len(starts) <= words or not hits:
        return 0, min(words, len(starts))
    index = {start: i for i, start in enumerate(starts)}
    places = [(index[start], number) for start, _, number in hits]
    best, first, tail, upto = (0, 0), 0, 0, 0
    for head, (place, _) in enumerate(places):
        while places[tail][0] <= place - words:
            tail += 1
        inside = places[tail : head + 1][-words:]
        score = (len({number for _, number in inside}), len(inside))
        if score > best:
            best, first, upto = score, inside[0][0], place
    spare = words - (upto - first + 1)
    first = max(0, min(first - spare // 2, len(starts) - words))
    return first, first + words


def _pieces(
    text: str, start: int, end: int, hits: list[tuple[int, int, int]]
) -> Iterator[tuple[str, bool]]:
    at = start
    for begin, finish, _ in hits:
        begin, finish = max(begin, at), min(finish, end)
        if begin >= finish:
            continue
        if at < begin:
            yield text[at:begin], False
        yield text[begin:finish], True
        at = finish
    if at < end:
        yield text[at:end], False
