"""What the search looks in: each text with what it belongs to, column by column.

An answer is found by its own words, by those of its question and its section, by the names of its
list and of its questionnaire; a question by the names of the lists that answered it, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from motamot.dataset.model import Answer, Assembled, Respondent
from motamot.search.words import MARK, indexed, plain
from motamot.text.dates import iso

Terms = tuple[str, ...]  # of one row, in the order of COLUMNS

_BOTH = ("answer", "question", "respondent", "questionnaire", "section")
COLUMNS = {"questions": _BOTH, "answers": _BOTH, "revisions": ("terms",)}


class Index:
    """The index of one questionnaire. `words`: those of names and titles, how often each stands
    there. The order is kept: `answers` is asked after `questions`."""

    def __init__(self, made: Assembled, respondents: Sequence[Respondent], language: str) -> None:
        about = made.about
        date = iso(about.date) or ""
        called = [made.title, about.election, about.place, date[:4], about.id.replace("-", " ")]
        lists = {r.id: [r.name, r.short_name, r.id.replace("-", " ")] for r in respondents}
        titles = {s.id: s.title for s in made.sections}
        texts = [_once(called), *map(_once, lists.values()), *titles.values()]
        terms, self.words = indexed(texts, language)
        self._questionnaire, *rest = map(_unmarked, terms)
        self._respondents = dict(zip(lists, rest, strict=False))
        self._sections = dict(zip(titles, rest[len(lists) :], strict=True))
        self._made = made
        self._asked: dict[str, Terms] = {}  # a question -> its terms, and those of its section

    def questions(self, terms: Sequence[str]) -> list[Terms]:
        """The columns of each question, whose own terms these are."""
        said: dict[str, list[str]] = {}
        for answer in self._made.answers:
            said.setdefault(answer.question, []).append(self._respondents[answer.respondent])
        for question, own in zip(self._made.questions, terms, strict=True):
            number = " ".join(plain(question.number))
            section = self._sections.get(question.section or "", "")
            self._asked[question.id] = (f"{number} {MARK} {_unmarked(own)}", section)
        return [
            ("", asked, f" {MARK} ".join(said.get(question, ())), self._questionnaire, section)
            for question, (asked, section) in self._asked.items()
        ]

    def answers(self, answers: Sequence[Answer], terms: Sequence[str]) -> list[Terms]:
        """The columns of each answer, whose own terms these are."""
        made: list[Terms] = []
        for answer, own in zip(answers, terms, strict=True):
            asked, section = self._asked[answer.question]
            who = self._respondents[answer.respondent]
            made.append((own, asked, who, self._questionnaire, section))
        return made


def _unmarked(terms: str) -> str:
    """Terms without the mark at their end: one in a row is enough, and each takes its place."""
    return terms.removesuffix(f" {MARK}")


def _once(names: Sequence[str | None]) -> str:
    """Names, a line each, but for those that another has in it."""
    kept: list[str] = []
    for name in names:
        folded = f" {' '.join(plain(name or ''))} "
        if folded.strip() and not any(folded in f" {' '.join(plain(k))} " for k in kept):
            kept.append(name or "")
    return "\n".join(kept)
