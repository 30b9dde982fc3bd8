"""The questions that a reply repeats, beside those of its questionnaire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from motamot.reading.doubts import SETTLE
from motamot.reading.page import key
from motamot.recording.cut import Asked
from motamot.text.markdown import plain
from motamot.text.problems import Problem, Where

NOT_FOUND = "no such question after this line"


def matches(known: Sequence[Asked], own: Sequence[Asked]) -> dict[str, Asked]:
    """The questions of a reply -> those of its questionnaire: its number -> the question.

    By number when the words are alike; else by the words; else by number alone. A question that
    matches none is absent.
    """
    by_number = {q.number: q for q in known}
    by_words = {_key(q.wording): q for q in known}
    matched: dict[str, Asked] = {}
    taken: set[str] = set()
    for question in own:
        same = by_number.get(question.number)
        if same is None or likeness(same, question) < 0.5:
            same = by_words.get(_key(question.wording), same)
        if same is not None and same.number not in taken:
            matched[question.number] = same
            taken.add(same.number)
    return matched


@lru_cache(maxsize=512)
def _key(wording: str) -> str:
    """`page.key` of a question's words; the same questions come with every reply."""
    return key(plain(wording))


def likeness(a: Asked, b: Asked) -> float:
    """0 to 1: how alike two questions are, word by word."""
    if a.wording == b.wording:
        return 1.0
    first, second = _key(a.wording).split(), _key(b.wording).split()
    return 1.0 if first == second else SequenceMatcher(None, first, second, False).ratio()


def differences(
    known: Sequence[Asked], own: Sequence[Asked], matched: Mapping[str, Asked]
) -> Iterator[Problem]:
    """Where a reply asks in other words than its questionnaire."""
    for question in own:
        same = matched.get(question.number)
        if same is None or likeness(same, question) == 1:
            continue
        far = likeness(same, question) < 0.5
        yield Problem(
            Where(question.path, question.line),
            "error" if far else "warning",
            f"question {same.number} as in {same.path}:{same.line}: “{same.full()}”",
            f"“{question.full()}”",
            "Check that the answer is to that question."
            if far
            else "The questionnaire's wording is shown; the reply's own stays in the document.",
        )


def lacking(
    known: Sequence[Asked], own: Sequence[Asked], matched: Mapping[str, Asked]
) -> list[tuple[Asked, Problem]]:
    """The questions that a reply leaves out, each with what to say of it."""
    line_of = {matched[q.number].number: q.line for q in own if q.number in matched}
    line = 1
    found: list[tuple[Asked, Problem]] = []
    for question in known if own else ():
        line = line_of.get(question.number, line)
        if question.number not in line_of:
            problem = Problem(
                Where(own[0].path, line),
                "warning",
                f"question {question.number} of {question.path}:{question.line}: "
                f"“{question.short()}”",
                NOT_FOUND,
                f"If it is there, {SETTLE}; if not, it counts as not answered.",
            )
            found.append((question, problem))
    return found
