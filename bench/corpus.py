"""Writes an invented corpus in the shape of raw/, to measure and to test with.

    python bench/corpus.py FOLDER 1000      1,000 answers in 100 documents, into FOLDER/raw

The same number always gives the same bytes, and a smaller corpus is the beginning of a larger one.
A questionnaire has 10 questions in 2 or 3 sections and up to 20 documents of five layouts; an
answer has about 100 words, of a few thousand French-looking ones as frequent as Zipf's law says;
one in 25 is blank. One questionnaire is in memory at a time. FOLDER/truth.jsonl says, a document a
line, what a reader must find; `check_truth` compares it with a database.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

QUESTIONS = 10
DOCUMENTS = 20
RESPONDENTS = 60
FREQUENT = (
    "de la le les et des à en un une du pour que qui dans par sur nous plus avec sera notre ne pas "
    "ce ces au aux se son sa leurs leur cette est sont ou mais tous toutes entre sans chaque comme "
    "ville quartier service commune logement"
)
ONSETS = "b c ch d f g j l m n p r s t v br cl cr dr fl gr pl pr tr qu"
VOWELS = "a e i o u é è ou ai eau en on an in oi"
ENDINGS = "tion ment eur ité age ière é er ance ure el if isme ée aire al oir"
INCLUSIVE = "·es ·e -es (e)s /es ·rices SEs -euse-s"
OPENINGS = (
    "Nous proposons",
    "Nous souhaitons",
    "Oui, nous soutenons",
    "Notre liste défend",
    "Non, car nous préférons",
    "La ville financera",
    "Il faudra d’abord",
)
ASKING = (
    "Seriez-vous favorable à",
    "Comment comptez-vous financer",
    "Soutiendrez-vous",
    "Quelles mesures prendrez-vous pour",
    "Vous engagez-vous à maintenir",
)


@dataclass(frozen=True)
class Truth:
    """What a reader must find in one document; `answers` is `digest` of their exact slices."""

    path: str
    sections: int
    questions: int
    blanks: int
    answers: str


@dataclass(frozen=True)
class Sheet:
    """A questionnaire as it is sent: (section's title, its questions), several times."""

    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def digest(slices: list[str]) -> str:
    """One short value for a document's answers, in order."""
    return hashlib.sha256("\0".join(slices).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[list[str], list[float]]:
    """About 4,000 words, the most frequent first, and their cumulated weights: 1 / rank."""
    rng = random.Random("vocabulary")
    onsets, vowels, endings = ONSETS.split(), VOWELS.split(), ENDINGS.split()
    words = dict.fromkeys(FREQUENT.split())
    while len(words) < 4000:
        syllables = (rng.choice(onsets) + rng.choice(vowels) for _ in range(rng.choice((1, 1, 2))))
        word = "".join(syllables) + rng.choice(onsets[:15]) + rng.choice(endings)
        words[word + (rng.choice(INCLUSIVE.split()) if rng.random() < 0.03 else "")] = None
    return list(words), list(accumulate(1 / rank for rank in range(2, len(words) + 2)))


def _words(rng: random.Random, count: int) -> str:
    words, weights = _vocabulary()
    return " ".join(rng.choices(words, cum_weights=weights, k=count))


def _sentences(rng: random.Random, count: int) -> Iterator[str]:
    """Sentences of about `count` words in all; the first speaks for a list."""
    start: str | None = rng.choice(OPENINGS)
    while count > 0:
        size = min(rng.randint(8, 22), count + 4)
        text = f"{start} {_words(rng, size)}" if start else _words(rng, size).capitalize()
        if size > 12:
            text = text.replace(" et ", ", et ", 1)
        yield text + "."
        start, count = None, count - size


def _answer(rng: random.Random, one_line: bool) -> str:
    """One answer: a paragraph or more, sometimes with a list or a link; or one line."""
    sentences = list(_sentences(rng, rng.randint(40, 160)))
    if rng.random() < 0.05:
        sentences.append(f"Voir <https://example.org/{rng.randint(1, 9999)}>.")
    if one_line:
        return " ".join(sentences)
    cut = rng.randint(1, len(sentences))
    parts = [" ".join(sentences[:cut]), " ".join(sentences[cut:])]
    if rng.random() < 0.1:
        items = [f"- {_words(rng, rng.randint(4, 9))} ;" for _ in range(rng.randint(2, 4))]
        parts.insert(1, "\n".join(items))
    return "\n\n".join(part for part in parts if part)


def _sheet(rng: random.Random, title: str) -> Sheet:
    sizes = rng.choice(((5, 5), (3, 7), (4, 3, 3), (2, 5, 3)))
    titles = [f"{_words(rng, rng.randint(2, 4)).capitalize()} {at}" for at in "abc"]
    sections = [(titles[i], tuple(_ask(rng) for _ in range(n))) for i, n in enumerate(sizes)]
    return Sheet(title, tuple(sections))


def _ask(rng: random.Random) -> str:
    return f"{rng.choice(ASKING)} {_words(rng, rng.randint(7, 24))}\u202f?"


# --- layouts: each writes one block of a document per question ------------------------------------

Layout = Callable[[int, str, str], str]


def _headings(number: int, question: str, answer: str) -> str:
    return f"### {number}) {question}\n\n{answer}"


def _bold(number: int, question: str, answer: str) -> str:
    return f"**{number}. {question}**\n\n{answer}"


def _plain(number: int, question: str, answer: str) -> str:
    return f"{number}. {question}\n\n{answer}"


def _labels(number: int, question: str, answer: str) -> str:
    return f"Question {number}\u00a0: {question}\n\nRéponse\u00a0: {answer}"


def _table(number: int, question: str, answer: str) -> str:
    return f"| {number} | {question} | {answer} |"


LAYOUTS: tuple[Layout, ...] = (_headings, _bold, _plain, _labels, _table)
BLANKS = ("", "—", "Sans réponse")


def _document(rng: random.Random, sheet: Sheet, layout: Layout) -> tuple[str, list[str]]:
    """The text of one reply, and its answers."""
    blocks = [f"# {sheet.title}"]
    answers: list[str] = []
    number = 0
    for title, questions in sheet.sections:
        blocks.append(f"## {title}")
        rows: list[str] = []
        for question in questions:
            number += 1
            blank = rng.random() < 0.04
            answer = rng.choice(BLANKS) if blank else _answer(rng, one_line=layout is _table)
            answers.append(answer)
            rows.append(layout(number, question, answer).rstrip())
        if layout is _table:
            rows = ["\n".join(("| N° | Question | Réponse |", "|---|---|---|", *rows))]
        blocks += rows
    return "\n\n".join(blocks) + "\n", answers


# --- the folder -----------------------------------------------------------------------------------


def write(folder: Path, count: int) -> Iterator[Truth]:
    """Write `count` answers (rounded up to whole documents) below `folder`, a document at a time;
    yield what a reader must find in each."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    names = (f"liste-exemple-{at}: Liste Exemple {at}\n" for at in range(1, RESPONDENTS + 1))
    (raw / "respondents.yml").write_text("".join(names), encoding="utf-8")
    documents = -(-count // QUESTIONS)
    for at in range(-(-documents // DOCUMENTS)):
        rng = random.Random(f"questionnaire {at}")
        place = raw / f"questionnaire-exemple-{at + 1:04}"
        place.mkdir()
        sheet = _sheet(rng, f"Questionnaire Exemple {at + 1}")
        about = f"title: {sheet.title}\nplace: Ville Exemple\nlanguage: fr\n"
        (place / "questionnaire.yml").write_text(about, encoding="utf-8")
        for reply in range(min(DOCUMENTS, documents - at * DOCUMENTS)):
            layout = LAYOUTS[(reply + at) % len(LAYOUTS)]
            text, answers = _document(rng, sheet, layout)
            path = place / f"liste-exemple-{(at * 7 + reply) % RESPONDENTS + 1}.md"
            path.write_text(text, encoding="utf-8")
            yield Truth(
                path.relative_to(raw).as_posix(),
                len(sheet.sections),
                QUESTIONS,
                sum(answer in BLANKS for answer in answers),
                digest(answers),
            )


def write_with_truth(folder: Path, count: int) -> int:
    """Write a corpus and its truth.jsonl; return how many answers it has."""
    answers = 0
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as file:
        for truth in write(folder, count):
            file.write(json.dumps(asdict(truth)) + "\n")
            answers += truth.questions
    return answers


FOUND = """
SELECT
    (SELECT count(*) FROM sections WHERE sections.questionnaire = documents.questionnaire),
    (SELECT count(*) FROM questions WHERE questions.questionnaire = documents.questionnaire)
FROM documents WHERE id = ?
"""
SLICES = """
SELECT answers.markdown, answers.status
FROM answers
JOIN questions ON questions.id = answers.question
WHERE answers.document = ?
ORDER BY questions.position
"""


def check_truth(folder: Path, db: Path) -> Iterator[str]:
    """What `db`, built from `folder`/raw, says otherwise than truth.jsonl: a line per document."""
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    paths = {path for (path,) in connection.execute("SELECT path FROM documents")}
    with (folder / "truth.jsonl").open(encoding="utf-8") as file:
        for line in file:
            truth = Truth(**json.loads(line))
            if truth.path not in paths:
                yield f"{truth.path}: not in the database"
                continue
            paths.discard(truth.path)
            identifier = truth.path.removesuffix(".md").replace("/", "_")
            sections, questions = connection.execute(FOUND, [identifier]).fetchone()
            rows = connection.execute(SLICES, [identifier]).fetchall()
            blanks = sum(status == "blank" for _, status in rows)
            found = Truth(
                truth.path, sections, questions, blanks, digest([text for text, _ in rows])
            )
            if found != truth:
                yield f"{truth.path}: written {truth}, found {found} ({len(rows)} answers)"
    yield from (f"{path}: in the database, and never written" for path in sorted(paths))
    connection.close()


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[2].isdigit():
        sys.exit(__doc__)
    print(f"{write_with_truth(Path(sys.argv[1]), int(sys.argv[2])):,} answers")
