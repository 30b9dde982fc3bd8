"""The answers and silences that a set of rows holds, each with all that a citation names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from motamot.quoting import excerpt
from motamot.quoting.citation import Citation
from motamot.site import french
from motamot.site.shapes import Database, Row
from motamot.text.folding import fold

LONGEST = 6000  # letters of an extract that an address may name
PERMALINK = "/questionnaires/answers/"
_IDENTIFIER = re.compile(
    rf"(?:(?:https?://[^\s?#]+)?{PERMALINK})?([a-z0-9-]+_[a-z0-9-]+_[a-z0-9_-]+)"
)

_SAID = """
      {0}.document, {0}.text, {0}.markdown, {0}.html, {0}.line_start, {0}.line_end,
      questions.number, questions.text as question_text,
      questions.html as question_html, questions.questionnaire,
      questionnaires.label as questionnaire_title, questionnaires.language, questionnaires.date,
      nullif(questionnaires.language, 'fr') as lang,
      respondents.label as name, respondents.name_from, documents.path, documents.sha256"""
# What each list that was asked did of each question; `id` is NULL where it gave no answer.
ENTRIES = f"""
    select answers.id, asked.status, asked.question_id as question,
      asked.respondent_id as respondent, {_SAID.format("answers")}
    from dataset_rows as asked
    join questions on questions.id = asked.question_id
    join questionnaires on questionnaires.id = asked.questionnaire_id
    join respondents on respondents.id = asked.respondent_id
    left join answers on answers.id = asked.answer_id
    left join documents on documents.id = answers.document"""
# What answers said before, each with all that an answer has; `answer` is NULL when withdrawn.
REVISIONS = f"""
    select revisions.id, revisions.status, revisions.question, revisions.respondent,
      revisions.answer, revisions.date as received_on, revisions.replaced_on,
      {_SAID.format("revisions")}
    from revisions
    join questions on questions.id = revisions.question
    join questionnaires on questionnaires.id = questions.questionnaire
    join respondents on respondents.id = revisions.respondent
    join documents on documents.id = revisions.document"""


async def entries_where(database: Database, condition: str, *values: object) -> list[Row]:
    """Entries in the order of the questions, then of the names of the lists."""
    found = await database.execute(f"{ENTRIES} where {condition} order by asked.id", values)
    return [dict(row) for row in found.rows]


async def answers_where(database: Database, condition: str, *values: object) -> list[Row]:
    """The same without the silences."""
    return await entries_where(database, f"asked.answer_id is not null and {condition}", *values)


async def revisions_where(database: Database, condition: str, *values: object) -> list[Row]:
    """What answers said before, the last one first."""
    sql = f"{REVISIONS} where {condition} order by replaced_on desc, revisions.id"
    return [dict(row) for row in (await database.execute(sql, values)).rows]


async def versions_beside(database: Database, answer: Row) -> list[Row]:
    """What a list also answered to the same question: now, then before, the last one first."""
    of = answer["question"], answer["respondent"]
    now = await answers_where(database, "(asked.question_id, asked.respondent_id) = (?, ?)", *of)
    where = "(revisions.question, revisions.respondent) = (?, ?)"
    before = await revisions_where(database, where, *of)
    return [each for each in (*now, *before) if each["id"] != answer["id"]]


def table_of(row: Row) -> str:
    """The table that an answer, or what it said before, is a row of."""
    return "revisions" if "replaced_on" in row else "answers"


def version(row: Row) -> str:
    """« version antérieure du 10 janvier 2032, remplacée le 2 mars 2032 »; "" of an answer as it is
    now, and of a question."""
    if "replaced_on" not in row:
        return ""
    received = row["received_on"]
    which = f"version antérieure du {french.day(received)}" if received else "première version"
    return f"{which}, remplacée le {french.day(row['replaced_on'])}"


async def entries_of_rows(
    database: Database, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> list[Row | None]:
    """The entries of rows that each carry an answer whole, its address or identifier and its words;
    or that say, by the identifiers of question and list, where there is none.

    None for a row without an answer that does not say where. [] when rows carry no answers, as when
    a query gives lengths, extracts or counts, or several each: a table says that better.
    """
    if {"id", "replaced_on"} <= set(columns):
        return await _revisions_of(database, list(columns).index("id"), rows)
    named = [{*map(_identifier, row)} - {None} for row in rows]
    answers = await _by(database, "asked.answer_id", "value", "id", sorted(set().union(*named)))
    if any(sum((one,) in answers for one in each) > 1 for each in named):
        return []
    for at, column in enumerate(columns):
        identifiers = [_identifier(row[at]) for row in rows]
        pairs = zip(rows, identifiers, strict=True)
        if any(row[at] is not None and not one for row, one in pairs):
            continue
        if not any(identifiers) and column != "answer_id":
            continue
        found = [answers.get((one,)) for one in identifiers]
        both = zip(rows, found, strict=True)
        if all(_carries(row, entry) if entry else row[at] is None for row, entry in both):
            silent = await _silences(database, columns, rows)
            return [entry or silence for entry, silence in zip(found, silent, strict=True)]
    return []


async def _revisions_of(
    database: Database, at: int, rows: Sequence[Sequence[object]]
) -> list[Row | None]:
    """The same of rows of the table of what answers said before; `at`: their identifiers."""
    identifiers = json.dumps([row[at] for row in rows])
    condition = "revisions.id in (select value from json_each(?))"
    found = {row["id"]: row for row in await revisions_where(database, condition, identifiers)}
    entries = [found.get(row[at]) for row in rows]
    both = zip(rows, entries, strict=True)
    return entries if all(entry and _carries(row, entry) for row, entry in both) else []


async def _silences(
    database: Database, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> list[Row | None]:
    """The entry that each row names by the identifiers of its question and its list."""
    named = ("question_id", "respondent_id")
    if not set(named) <= set(columns):
        return [None] * len(rows)
    at = [list(columns).index(name) for name in named]
    keys = [tuple(row[each] for each in at) for row in rows]
    found = await _by(
        database,
        "(asked.question_id, asked.respondent_id)",
        "json_extract(value, '$[0]'), json_extract(value, '$[1]')",
        "question respondent",
        keys,
    )
    return [found.get(key) for key in keys]


async def _by(
    database: Database, columns: str, values: str, names: str, keys: Sequence[Any]
) -> dict[tuple[Any, ...], Row]:
    """Entries by what names each; `values` takes a key apart in SQL."""
    condition = f"{columns} in (select {values} from json_each(?))"
    found = await entries_where(database, condition, json.dumps(keys))
    return {tuple(row[name] for name in names.split()): row for row in found}


def chosen(lists: Iterable[Row], typed: Iterable[str]) -> list[Row]:
    """Those whose list was asked for, by its identifier or its name."""
    wanted = {fold(each) for each in typed}
    return [each for each in lists if wanted & {each["respondent"], fold(each["name"])}]


def _identifier(value: object) -> str | None:
    found = _IDENTIFIER.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def _carries(row: Sequence[object], answer: Row) -> bool:
    return answer["status"] == "blank" or answer["text"] in row or answer["markdown"] in row


async def extract(database: Database, answer: Row, typed: str) -> dict[str, Any] | None:
    """The words that ?extrait= asks for, as the answer has them: a match of `verify_in`, with the
    answer's HTML where they are marked (`html`); None when they do not stand there."""
    asked = [answer["id"], typed[:LONGEST]]
    rows = (await database.execute("select quotation_in(?, ?)", asked)).rows
    found: dict[str, Any] | None = json.loads(rows[0][0] or "null")
    if found:
        found["html"] = excerpt.marked(answer["html"], answer["text"], found["spans"])
    return found


async def version_with(
    database: Database, answer: Row, typed: str
) -> tuple[Row, dict[str, Any] | None]:
    """The first of an answer and its versions beside that has the words, and `extract` of them;
    the answer and None when none has."""
    for row in (answer, *await versions_beside(database, answer)):
        if found := await extract(database, row, typed):
            return row, found
    return answer, None


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
        version=version(answer),
    )


def is_inferred(answer: Row) -> bool:
    """Whether the name of its list was found in the document, not given by it."""
    return bool(answer["name_from"] == "inferred")


def fingerprint(answer: Row) -> str:
    """The first 12 figures of the SHA-256 of an answer's text: what an embed may be pinned to."""
    return hashlib.sha256(str(answer["text"]).encode()).hexdigest()[:12]


FILTERS = {"version": version}
