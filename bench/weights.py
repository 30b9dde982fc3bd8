"""Fits the weights by which documents are read, motamot/reading/weights.tsv, to the invented cases.

    python bench/weights.py            fit to all of tests/cases/valid, and write the table
    python bench/weights.py --check    fit to three quarters of the cases, read the rest; four times

A case says how a careful reader cuts its reply: its words are looked for there, and tell which
kinds each line may have. Variants are fitted to as well: the document with nothing answered, its
questionnaire as it may have been sent, and replies with longer answers. Averaged perceptron: each
document is read with the weights so far, wrong kinds given a margin; when that is not right, the
features of the right path gain weight, and those of the path taken lose some. The same cases give
the same bytes.

How to read the figures, which are of unseen cases with `--check`:
  whole      documents of which every line is read as what it may be
  questions  documents of which exactly the right lines begin a question
"""

from __future__ import annotations

import argparse
import random
import textwrap
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import yaml

from motamot.reading.guess import KINDS, Said, Table, best_path, groups, said
from motamot.reading.lines import Page, page_of
from motamot.reading.reader import kinds_of
from motamot.reading.tables import replies, tables
from motamot.reading.wording import answers, is_blank
from motamot.text.folding import letters, slug
from motamot.text.markdown import plain
from motamot.text.source import decode

ROOT = Path(__file__).parent.parent
EPOCHS, SEEDS, FOLDS = 9, range(1, 7), 4
MARGIN, OF_QUESTIONS = 5.0, 3  # what the right kind is to outweigh a wrong one by; times for "Q"
MOST = 3  # change of a weight by one document
SCALE = 10  # from weights as they are written to those that are fitted
NAMES = ("Liste Exemple Ormeau", "Liste Exemple B", "Exemple Uni", "Anne Exemple", "Bob Sample")
LAYOUTS = (  # of a questionnaire as it is sent
    "### {n}. {q}\n",
    "{n}. {q}",
    "{n}) {q}\n",
    "**{n}. {q}**\n",
    "## {q}\n",
    "- {q}",
    "Question {n} : {q}\n",
)


class Lost(Exception):
    """What a case expects is not in its reply, or not in that order."""


class Pair(NamedTuple):
    """The lines of one question and of what answers it, if anything does."""

    question: range
    answer: range
    end: int  # of the words
    exact: bool  # both are whole lines


@dataclass(frozen=True)
class Document:
    """A reply or a variant of one, and what is expected of it."""

    case: str
    text: str
    expected: dict[str, Any]
    variant: bool = False
    blank: bool = False  # nobody has filled it in
    pairs: tuple[Pair, ...] = ()

    @property
    def fold(self) -> int:
        return crc32(self.case.encode()) % FOLDS

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The questions that it repeats."""
        return [question for question in self.expected["questions"] if "begins" in question]

    @cached_property
    def page(self) -> Page:
        return page_of(self.text, blank=self.blank)

    @cached_property
    def allowed(self) -> list[str]:
        """The kinds that the reader tries for each line."""
        after = {} if self.blank else replies(self.page)
        return kinds_of(self.page, tables(self.page), after)

    @cached_property
    def right(self) -> list[str]:
        """Those among them that each line may have."""
        kinds = _named(self.page, _kinds(self.page, self.pairs), self.expected)
        found = zip(kinds, self.allowed, strict=True)
        return ["".join(k for k in tried if k in own) or tried for own, tried in found]

    @cached_property
    def groups(self) -> list[list[Said]]:
        """What its lines say beside each group that the reader tries."""
        return [said(self.page, group) for group in groups(self.page)]

    @cached_property
    def marked(self) -> list[list[Said]]:
        """The same, where each line has one feature more, whose weights are its margins."""
        more = [f"right: {kinds}" for kinds in self.right]
        return [
            [([*own, one], step) for (own, step), one in zip(lines, more, strict=True)]
            for lines in self.groups
        ]

    @cached_property
    def group(self) -> int:
        """The group that is nearest to its questions."""
        questions = {at for at, own in enumerate(self.right) if own == "Q"}
        members = [group.members for group in groups(self.page)]
        alike = [len(own & questions) / (len(own) + len(questions) or 1) for own in members]
        return alike.index(max(alike))

    def read(self, weights: Table) -> tuple[str, int]:
        """The kinds of the best path on any group, and that group."""
        paths = [best_path(lines, weights, self.allowed) for lines in self.marked]
        at = max(range(len(paths)), key=lambda i: paths[i].weight)
        return paths[at].kinds, at

    def is_right(self, kinds: str) -> bool:
        return all(kind in own for kind, own in zip(kinds, self.right, strict=True))

    def is_asked(self, kinds: str) -> bool:
        """Whether exactly the right lines begin a question."""
        asked = zip(kinds, self.right, strict=True)
        return all((kind == "Q") == (own == "Q") for kind, own in asked)

    def features(self, group: int, kinds: str) -> Counter[tuple[str, str]]:
        """How often each feature and each step is on a path."""
        found: Counter[tuple[str, str]] = Counter()
        for (own, step), before, kind in zip(self.groups[group], "^" + kinds, kinds, strict=False):
            found.update((feature, kind) for feature in (*own, f"{before} {step}"))
        return found


# --- what a case expects of each line -------------------------------------------------------------


class Places:
    """Where words stand in a page: found by their letters, whatever stands between."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.starts = [line.start for line in page.lines]
        found = [(letter, at) for at, sign in enumerate(page.text) for letter in letters(sign)]
        self.letters = "".join(letter for letter, _ in found)
        self.at = [at for _, at in found]

    def find(self, words: str, after: int) -> tuple[int, int]:
        """The first place from there on where these words stand."""
        sought = letters(words)
        begin = self.letters.find(sought, bisect_left(self.at, after))
        if begin < 0:
            raise Lost(words)
        return self.at[begin], self.at[begin + len(sought) - 1] + 1

    def passage(self, ends: dict[str, str], after: int) -> tuple[int, int]:
        """The first place from there on that begins and ends with these words."""
        begin, _ = self.find(ends["begins"], after)
        return begin, self.find(ends["ends"], begin)[1]

    def lines(self, begin: int, end: int) -> tuple[int, int, bool]:
        """The first and last lines of a passage, and whether it is all of them but their labels."""
        first, last = (max(0, bisect_right(self.starts, at) - 1) for at in (begin, end - 1))
        text, lines = self.page.text, self.page.lines
        rest = text[lines[first].core : begin] + text[end : lines[last].tail]
        return first, last, not letters(rest)


def _pairs(one: Document) -> tuple[Pair, ...]:
    """Its questions and answers, in order; Lost when one is not found."""
    places = Places(one.page)
    pairs: list[Pair] = []
    for question in one.asked:
        pairs.append(_pair(places, question, pairs[-1].end if pairs else 0))
    return tuple(pairs)


def _pair(places: Places, question: dict[str, Any], after: int) -> Pair:
    try:
        begin, end = places.passage(question, after)
    except Lost:  # answers stand apart from their questions
        begin, end = places.passage(question, 0)
    page = places.page
    first, last, exact = places.lines(begin, end)
    if first and page.lines[first - 1].numbered and not letters(page.of(page.lines[first - 1])):
        first -= 1  # its number, on a line of its own
    answers = question.get("answers") or {"": question.get("answer")}
    begins = []
    for answer in (answer for answer in answers.values() if isinstance(answer, dict)):
        begin, end = places.passage(answer, end)
        begins.append(begin)
    if not begins:
        return Pair(range(first, last + 1), range(last + 1, last + 1), end, exact)
    opens, closes, whole = places.lines(begins[0], end)
    if opens <= last:
        raise Lost(f"answer {question['number']}")
    while opens - 1 > last and _names_answer(page, opens - 1, answers):
        opens -= 1
    return Pair(range(first, last + 1), range(opens, closes + 1), end, exact and whole)


def _names_answer(page: Page, at: int, names: Iterable[str]) -> bool:
    """Whether a line is only "Réponse :", or the name of who answers."""
    line = page.lines[at]
    alone = any(mark.end >= line.tail for mark in (line.answer, line.speaker) if mark)
    return alone or slug(page.text[line.body : line.tail].strip("*_ :")) in {*names} - {""}


def _kinds(page: Page, pairs: Sequence[Pair]) -> list[str]:
    """The kinds that each line may have, the title and sections not yet told from the rest."""
    kinds = ["TPSN"] * len(page.lines)
    nexts = [*(pair.question[0] for pair in pairs[1:]), len(kinds)]
    for (question, answer, *_), following in zip(pairs, nexts, strict=True):
        for at in range(question[0], following):
            line = page.lines[at]
            kinds[at] = "SPN" if following < len(kinds) else "N"
            nothing = not line.first or line.answer or is_blank(page.text[line.body : line.tail])
            kinds[at] += "RAC" if nothing and not answer else ""
        for at in range(question[0], answer.stop):
            kinds[at] = "R" if at in question else "C" if at in answer else "RN"
        kinds[question[0]] = "Q"
        if answer:
            kinds[answer[0]] = "A"
    return kinds


def _named(page: Page, kinds: Sequence[str], expected: dict[str, Any]) -> Iterator[str]:
    """The same, where only the lines that say so are the title and the sections."""
    title, sections = letters(expected["title"] or ""), [*map(letters, expected["sections"])]
    for line, own in zip(page.lines, kinds, strict=True):
        said = letters(page.text[line.start : line.stop])
        part = len(said) > 3
        name = sections[0] if sections and "S" in own else ""
        if name and ((name in said and 2 * len(name) > len(said)) or (part and said in name)):
            sections = sections[1:] if said.endswith(name[-10:]) else sections
            yield "S"
        elif "T" in own and part and said in title:
            yield "T"
        else:
            yield own.replace("T", "").replace("S", "") or "P"


# --- variants -------------------------------------------------------------------------------------


def documents() -> list[Document]:
    """The cases in which all that they expect is found, and variants of those that are exact."""
    rng = random.Random(3)
    found = [*_found(map(_reply, sorted((ROOT / "tests" / "cases" / "valid").iterdir())))]
    exact = [one for one in found if all(pair.exact for pair in one.pairs)]
    paragraphs = [text for one in exact for text in _paragraphs(one)]
    several = [one for one in exact if len(one.pairs) > 1]
    made = [_unanswered(one) for one in several] + [_as_sent(one, rng) for one in several]
    made += [_longer(one, rng, paragraphs) for one in exact]
    topics = sorted({one for each in exact for one in each.expected["sections"] if len(one) < 40})
    made += [_anew(one, rng, paragraphs, topics) for one in several]
    known = {one.text for one in exact}
    return [*found, *_found(one for one in made if one.text not in known)]


def _found(some: Iterable[Document]) -> Iterator[Document]:
    for one in some:
        with suppress(Lost):
            yield replace(one, pairs=_pairs(one))


def _reply(folder: Path) -> Document:
    (reply,) = folder.glob("reply.*")
    expected = yaml.safe_load((folder / "expected.yml").read_text(encoding="utf-8"))
    return Document(folder.name, decode(reply.read_bytes(), reply.name)[0], expected)


def _blank(one: Document, text: str, sections: Sequence[str]) -> Document:
    """The same questions, and nobody's answers."""
    questions = [{k: v for k, v in q.items() if k[:6] != "answer"} for q in one.asked]
    expected = {**one.expected, "questions": questions, "sections": sections}
    return Document(one.case, text, expected, variant=True, blank=True)


def _unanswered(one: Document) -> Document:
    """The same document without its answers."""
    gone = {at for pair in one.pairs for at in pair.answer}
    lines = enumerate(one.page.lines)
    text = "".join("\n" if at in gone else one.text[x.start : x.stop] for at, x in lines)
    return _blank(one, text, one.expected["sections"])


def _as_sent(one: Document, rng: random.Random) -> Document:
    """Its questions alone, in one of several layouts, with or without its sections."""
    layout, lines, title = rng.choice(LAYOUTS), one.page.lines, one.expected["title"]
    mark, named = "##" if layout.startswith("###") else "#", rng.random() < 0.6
    blocks = [f"# {title}\n"] if title else []
    if rng.random() < 0.4:
        blocks.append("Merci de répondre avant le 12 mars à l'adresse indiquée.\n")
    sections: list[str] = []
    for n, (pair, question) in enumerate(zip(one.pairs, one.asked, strict=True), 1):
        section = (
            named and question["section"] and one.expected["sections"][question["section"] - 1]
        )
        if section and section not in sections:
            sections.append(section)
            blocks.append(f"{mark} {section}\n")
        words = plain(one.text[lines[pair.question[0]].wording : lines[pair.question[-1]].tail])
        blocks.append(layout.format(n=n, q=" ".join(words.split())))
    return _blank(one, "\n".join(blocks), sections)


def _is_paragraph(page: Page, at: int) -> bool:
    """Whether a line is the last of a block, or all of it, and nothing holds it."""
    line, rest = page.lines[at], page.lines[at + 1 : at + 2]
    ends = not rest or rest[0].unit.block != line.unit.block
    return ends and line.look == "plain" and line.unit.column < 0 and not line.unit.depth


def _paragraphs(one: Document) -> Iterator[str]:
    """The paragraphs of its answers, if they are one line."""
    for at in (at for pair in one.pairs for at in pair.answer):
        line = one.page.lines[at]
        text = one.text[line.body : line.tail]
        marked = line.label or line.answer or line.speaker or {"|", "<", "\n"} & {*text}
        if line.first and not marked and len(text.split()) > 6 and _is_paragraph(one.page, at):
            yield text


def _longer(one: Document, rng: random.Random, paragraphs: Sequence[str]) -> Document:
    """The same reply with more paragraphs in its answers, and perhaps before its questions."""
    expected, width = deepcopy(one.expected), rng.choice([0, 0, 0, 72, 90])
    longer = Document(one.case, one.text, expected, variant=True)
    added: list[tuple[int, str]] = []
    for pair, question in zip(one.pairs, longer.asked, strict=True):
        count = rng.choice([0, 1, 1, 2, 3, 6])
        if count and pair.answer and "answers" not in question:
            at = pair.answer[-1]
            if _is_paragraph(one.page, at):
                words = [_written(rng, paragraphs, width) for _ in range(count)]
                question["answer"]["ends"] = " ".join(words[-1].split()[-5:])
                added.append((one.page.lines[at].tail, "\n\n" + "\n\n".join(words)))
    at = one.pairs[0].question[0]
    if (
        at
        and one.right[at - 1] != "S"
        and one.page.lines[at].first
        and one.page.lines[at].unit.column < 0
        and rng.random() < 0.35
    ):
        words = [_written(rng, paragraphs, width) for _ in range(rng.choice([1, 2, 4]))]
        added.append((one.page.lines[at].start, "\n\n".join(words) + "\n\n"))
    text = one.text
    for place, more in sorted(added, reverse=True):
        text = text[:place] + more + text[place:]
    return replace(longer, text=text)


def _anew(
    one: Document, rng: random.Random, paragraphs: Sequence[str], topics: Sequence[str]
) -> Document:
    """Some of its questions with other answers, in a layout that few cases have: put to several
    lists one after the other, or each under its topic and some context."""
    lines, some = one.page.lines, rng.sample(one.pairs, min(len(one.pairs), rng.choice([1, 2, 4])))
    words = [one.text[lines[x.question[0]].wording : lines[x.question[-1]].tail] for x in some]
    texts = [" ".join(plain(text).split()).strip(" *_#") for text in words]
    layouts, name = ["### {}", "**{}**", "**{}**", "*{}*", "{}"], rng.choice(["## {}", "**{}**"])
    names = rng.sample(NAMES, rng.choice([2, 3, 4])) if rng.random() < 0.6 else []
    layout = rng.choice(layouts if names else layouts[:3])
    title = one.expected["title"] or "Questions aux listes"
    blocks = [f"# {title}", *rng.sample(paragraphs, rng.choice([0, 1]))]
    questions: list[dict[str, Any]] = []
    for respondent in names or [None]:
        if respondent:
            blocks.append(name.format(respondent))
            if rng.random() < 0.4:
                blocks.append("[Site](https://exemple.org/), [Programme](https://exemple.org/p)")
        for text in texts:
            answer = [rng.choice(paragraphs) for _ in range(rng.choice([1, 1, 2, 3]))]
            asked = [text]
            if not names:
                others = [other for other in paragraphs if not answers(other)]
                asked = [rng.choice(topics), *rng.sample(others, rng.choice([1, 1, 2])), text]
            blocks += [layout.format(asked[0]), *asked[1:], *answer]
            ends = {"begins": answer[0], "ends": answer[-1]}
            questions.append({"number": "", "begins": asked[0], "ends": text, "answer": ends})
    expected = {"title": title, "sections": names, "questions": questions}
    return Document(one.case, "\n\n".join(blocks) + "\n", expected, variant=True)


def _written(rng: random.Random, paragraphs: Sequence[str], width: int) -> str:
    """A new paragraph made of others, wrapped at a width if there is one."""
    text = " ".join(rng.sample(paragraphs, rng.choice([1, 1, 2, 3, 5])))
    wrap = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    return wrap.fill(text) if width else text


# --- fitting --------------------------------------------------------------------------------------


def _margins(right: str) -> dict[str, float]:
    wrong = (kind for kind in KINDS if kind not in right)
    return {kind: MARGIN * (OF_QUESTIONS if "Q" in kind + right else 1) for kind in wrong}


def _correction(one: Document, weights: Table) -> dict[tuple[str, str], float]:
    """By how much one document changes each weight."""
    kinds, group = one.read(weights)
    if one.is_right(kinds) and group == one.group:
        return {}
    wanted = best_path(one.groups[one.group], weights, one.right).kinds
    if not wanted:  # no path is right
        return {}
    change = one.features(one.group, wanted)
    change.subtract(one.features(group, kinds))
    return {key: max(-MOST, min(MOST, by)) for key, by in change.items() if by}


def fit(some: Sequence[Document], seed: int = 1) -> dict[str, dict[str, float]]:
    """The mean of the weights over all steps, the documents taken in a random order."""
    rng, step = random.Random(seed), 1
    order = [one for one in some for _ in range(1 if one.variant else 2)]
    late: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(KINDS, 0.0))
    weights: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(KINDS, 0.0))
    weights |= {f"right: {kinds}": _margins(kinds) for one in some for kinds in one.right}
    for _ in range(EPOCHS):
        rng.shuffle(order)
        for one in order:
            for (feature, kind), by in _correction(one, weights).items():
                weights[feature][kind] += by
                late[feature][kind] += step * by
            step += 1
    return {f: {k: weights[f][k] - late[f][k] / step for k in KINDS} for f in late}


def mean(fits: Sequence[Table]) -> Table:
    """The mean of several fits, as it is written."""
    none = dict.fromkeys(KINDS, 0.0)
    scale = SCALE * len(fits)
    return {
        feature: {
            k: round(sum(one.get(feature, none)[k] for one in fits) / scale, 2) for k in KINDS
        }
        for feature in sorted({feature for one in fits for feature in one})
    }


# --- the command ----------------------------------------------------------------------------------


def write(weights: Table) -> None:
    """The table as the reader takes it: a line for each feature, nothing for a weight of 0."""
    rows = [("feature", *KINDS)]
    for feature, row in weights.items():
        if any(row.values()):
            rows.append((feature, *(f"{row[kind]:g}" if row[kind] else "" for kind in KINDS)))
    text = "".join("\t".join(row) + "\n" for row in rows)
    (ROOT / "motamot" / "reading" / "weights.tsv").write_text(text, encoding="utf-8")


def show(found: Sequence[Document], fits: Sequence[Table]) -> None:
    """The figures, each document read by the weights of its fold, or by the only ones."""
    print(f"{'':10}{'documents':>12}{'whole':>12}{'questions':>12}")
    for name, variant in (("replies", False), ("variants", True)):
        some = [one for one in found if one.variant == variant]
        read = [(one, one.read(fits[one.fold % len(fits)])[0]) for one in some]
        whole = sum(one.is_right(kinds) for one, kinds in read)
        questions = sum(one.is_asked(kinds) for one, kinds in read)
        print(f"{name:10}{len(some):>12,}{whole:>12,}{questions:>12,}")


def main() -> None:
    """Fit and write, or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    checked = parser.parse_args().check
    found = documents()
    with ProcessPoolExecutor() as pool:
        if checked:
            parts = [[one for one in found if one.fold != fold] for fold in range(FOLDS)]
            fits: list[Table] = [*pool.map(fit, parts)]
        else:
            fits = [mean([*pool.map(partial(fit, found), SEEDS)])]
            write(fits[0])
    show(found, fits)


if __name__ == "__main__":
    main()
