"""The answers that a set of rows holds, each with all that a citation or a card names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from motamot.quoting.citation import Citation
from motamot.site.shapes import Database, Row

PERMALINK = "/questionnaires/answers/"
MOST = 400  # answers that are looked up for one page
_IDENTIFIER = re.compile(
    rf"(?:(?:https?://[^\s?#]+)?{PERMALINK})?([a-z0-9-]+_[a-z0-9-]+_[a-z0-9_-]+)"
)

ANSWERS = """
    select answers.*, questions.number, questions.text as question_text,
      questions.html as question_html, questions.questionnaire,
      questions.position,
      questionnaires.title as questionnaire_title, questionnaires.language, questionnaires.date,
      nullif(questionnaires.language, 'fr') as lang,
      respondents.name, respondents.name_from, respondents.sort_key, documents.path,
      documents.sha256
    from answers
    join questions on questions.id = answers.question
    join questionnaires on questionnaires.id = questions.questionnaire
    join respondents on respondents.id = answers.respondent
    join documents on documents.id = answers.document"""


async def answers_where(database: Database, condition: str, *values: object) -> list[Row]:
    """Answers in the order of the questions, then of the names of the lists."""
    found = await database.execute(f"{ANSWERS} where {condition}", values)
    return sorted((dict(row) for row in found.rows), key=_order)


def _order(answer: Row) -> tuple[str, int, str]:
    return answer["questionnaire"], answer["position"], answer["sort_key"]


async def answers_of_rows(
    database: Database,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    silences: bool = False,
) -> list[Row]:
    """The answers of rows that each carry one whole: its address or identifier, and its words.

    [] when they do not, as when a query gives lengths, extracts or counts: a table says that
    better. With `silences`, a row may also have no answer (NULL): there is nothing in it to cite.
    """
    for at, _ in enumerate(columns):
        given = [row for row in rows[:MOST] if row[at] is not None or not silences]
        identifiers = [_identifier(row[at]) for row in given]
        if not identifiers or None in identifiers:
            continue
        marks = ", ".join("?" * len(identifiers))
        found = {
            row["id"]: row
            for row in await answers_where(database, f"answers.id in ({marks})", *identifiers)
        }
        answers = [found[name] for name in identifiers if name in found]
        if len(answers) == len(identifiers) and all(map(_carries, given, answers)):
            return answers
    return []


def _identifier(value: object) -> str | None:
    found = _IDENTIFIER.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def _carries(row: Sequence[object], answer: Row) -> bool:
    return answer["status"] == "blank" or answer["text"] in row or answer["markdown"] in row


def citation(answer: Row, url: str, words: str | None = None) -> Citation:
    """`words` when only these are cited; else the whole answer."""
    return Citation(
        identifier=answer["id"],
        words=answer["text"] if words is None else words,
        respondent=answer["name"],
        number=answer["number"],
        questionnaire=answer["questionnaire_title"],
        language=answer["language"],
        date=answer["date"],
        path=answer["path"],
        line_start=answer["line_start"],
        line_end=answer["line_end"],
        sha256=answer["sha256"],
        url=url,
        inferred=is_inferred(answer),
    )


def is_inferred(answer: Row) -> bool:
    """Whether the name of its list was found in the document, not given by it."""
    return bool(answer["name_from"] == "inferred")


def fingerprint(answer: Row) -> str:
    """The first 12 figures of the SHA-256 of an answer's text: what an embed may be pinned to."""
    return hashlib.sha256(str(answer["text"]).encode()).hexdigest()[:12]
