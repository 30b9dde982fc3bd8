"""The questions of a reply beside those of its questionnaire."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache

from motamot.reading.page import key
from motamot.recording.record import Document, Question
from motamot.text.markdown import plain


def align(reference: Document, document: Document) -> dict[str, Question]:
    """The questions of a reply -> those of its questionnaire: number -> question.

    By number when the words are alike; else by the words; else by number alone. A question that
    matches none is absent.
    """
    by_number = {q.number: q for q in reference.questions}
    by_words = {_key(q.wording): q for q in reference.questions}
    matched: dict[str, Question] = {}
    taken: set[str] = set()
    for question in document.questions:
        words = _key(question.wording)
        same = by_number.get(question.number)
        if same is None or likeness(same, question) < 0.5:
            same = by_words.get(words, same)
        if same is not None and same.number not in taken:
            matched[question.number] = same
            taken.add(same.number)
    return matched


@lru_cache(maxsize=512)
def _key(wording: str) -> str:
    """`page.key` of a question's words; the same questions come with every reply."""
    return key(plain(wording))


def likeness(a: Question, b: Question) -> float:
    """0 to 1: how alike two questions are, word by word."""
    if a.wording == b.wording:
        return 1.0
    first, second = _key(a.wording).split(), _key(b.wording).split()
    return 1.0 if first == second else SequenceMatcher(None, first, second, False).ratio()
