"""What the reading pages show: the rows of each page, gathered where a template asks in one line.

A template says `{% set it = reading.question(id) %}`, and asks for the plain rows of one table
itself, with `sql()`. Lists and parties always come in the alphabet's order, questions in the
questionnaire's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from motamot.site import answers as quotable
from motamot.site.shapes import DATABASE, Datasette, Request
from motamot.text import changes
from motamot.text.folding import sort_key

Found = dict[str, Any]  # a row, and what is gathered around it
PER_PAGE = 25  # questionnaires on one page of the home
FOLDED = 60  # questions at most that the home carries folded under their questionnaires
NAMED = 40  # lists and parties at most that the home names
READ_AT_ONCE = 1500  # words of a list's answers that its page shows without being asked

QUESTIONNAIRES = """
    select questionnaires.*,
      (select count(*) from questions where questionnaire = questionnaires.id) as questions,
      count(replies.id) as asked,
      count(*) filter (where status in ('answered', 'partial')) as replied
    from questionnaires left join replies on replies.questionnaire = questionnaires.id
    group by questionnaires.id"""

QUESTIONS = """
    select questions.id, number, text, section, sections.title as section_title
    from questions left join sections on sections.id = questions.section
    where questions.questionnaire = ? order by questions.position"""

QUESTION = """
    select questions.*, sections.title as section_title,
      questionnaires.label as questionnaire_title,
      nullif(questionnaires.language, 'fr') as lang
    from questions
    join questionnaires on questionnaires.id = questions.questionnaire
    left join sections on sections.id = questions.section
    where questions.id = ?"""

# Every list that was asked a questionnaire, whether it replied or not.
ASKED = """
    select replies.*, respondents.label as name, respondents.name_from,
      iif(label = name, coalesce(short_name, name), label) as short_name
    from replies join respondents on respondents.id = replies.respondent
    where replies.questionnaire = ?
    order by sort_key, respondents.id"""

ANSWERS = """
    select answers.*, documents.path
    from answers join documents on documents.id = answers.document
    join questions on questions.id = answers.question"""

CHANGES = """
    select changes.*, revisions.text as text_before, revisions.status as status_before,
      coalesce(later.text, answers.text) as text_after,
      coalesce(later.status, answers.status) as status_after
    from changes
    left join revisions on revisions.id = changes.before
    left join revisions as later on later.id = changes.after
    left join answers on answers.id = changes.answer and changes.kind <> 'withdrawn'
    where changes.question = ? and changes.respondent = ? order by changes.date desc"""

VERSIONS = """
    select versions.*, documents.path, replies.document as current
    from versions join replies on replies.id = versions.reply
    join documents on documents.id = versions.document
    where replies.id in (select reply from versions where document = ?)
    order by versions.rowid"""

WRITTEN = "select count(*) as n from answers where status = 'answered'"

# What each list did of each question, silences included.
SAID = "select question_id, respondent_id, answer_id, status, words from dataset_rows"

NEIGHBOURS = """
    select id, number, text, position from questions
    where questionnaire = ? and position in (? - 1, ? + 1) order by position"""


class Reading:
    """Asks the database for a template. Every method returns dicts and lists of dicts."""

    def __init__(self, datasette: Datasette, request: Request | None) -> None:
        self._datasette = datasette
        self._request = request

    async def _rows(self, sql: str, *args: object) -> list[Found]:
        found = await self._datasette.get_database(DATABASE).execute(sql, args)
        return [dict(row) for row in found.rows]

    async def _row(self, sql: str, *args: object) -> Found | None:
        return next(iter(await self._rows(sql, *args)), None)

    async def _the(self, sql: str, *args: object) -> Found:
        """The row of an identifier that is known to exist: its own page asks for it."""
        return (await self._rows(sql, *args))[0]

    def asked_for(self, name: str) -> list[str]:
        """The values of a parameter of this page's address."""
        return self._request.args.getlist(name) if self._request else []

    def permalink(self) -> str:
        """The whole address of this page, without its parameters: what a print needs."""
        request = self._request
        return self._datasette.absolute_url(request, request.path) if request else ""

    # --- one method per page ---

    async def home(self) -> Found:
        everything = _alphabetical(await self._rows(QUESTIONNAIRES), "label")
        lists = await self._rows("select id, label from respondents order by sort_key, id")
        pages = max(1, -(-len(everything) // PER_PAGE))
        page = min(max(1, _whole(self.asked_for("page"))), pages)
        shown = everything[(page - 1) * PER_PAGE : page * PER_PAGE]
        if sum(each["questions"] for each in shown) <= FOLDED:
            for each in shown:
                each["sections"] = await self._sections(each["id"])
        return {
            "questionnaires": shown,
            "count": len(everything),
            "page": page,
            "pages": pages,
            "answers": (await self._the(WRITTEN))["n"],
            "respondents": len(lists),
            "lists": lists if len(lists) <= NAMED else [],
            "size": self._datasette.get_database(DATABASE).size,
        }

    async def questionnaire(self, identifier: str) -> Found:
        found = await self._the(f"select * from ({QUESTIONNAIRES}) where id = ?", identifier)
        said = await self._rows(f"{SAID} where questionnaire_id = ?", identifier)
        return found | {
            "lang": _foreign(found["language"]),
            "sections": await self._sections(identifier),
            "lists": await self._asked(identifier),
            "cells": {(each["question_id"], each["respondent_id"]): each for each in said},
            "longest": max((each["words"] or 0 for each in said), default=0),
        }

    async def question(self, identifier: str) -> Found:
        found = await self._the(QUESTION, identifier)
        answers = await self._rows(f"{ANSWERS} where questions.id = ?", identifier)
        by_list = {each["respondent"]: each for each in answers}
        said = await self._rows(f"{SAID} where question_id = ?", identifier)
        done = {each["respondent_id"]: each["status"] for each in said}
        lists = [
            each | {"answer": by_list.get(each["respondent"]), "said": done[each["respondent"]]}
            for each in await self._asked(found["questionnaire"])
        ]
        chosen = quotable.chosen(lists, self.asked_for("liste"))
        return found | {
            "lists": lists,
            "chosen": chosen or lists,
            "is_choice": bool(chosen),
            **await self._around(found),
        }

    async def answer(self, identifier: str) -> Found:
        found = await self._the(f"{ANSWERS} where answers.id = ?", identifier)
        question = await self.question(found["question"])
        here = next(e for e in question["lists"] if e["respondent"] == found["respondent"])
        document = await self._row(
            "select id, path, sha256, lines, bytes from documents where id = ?", found["document"]
        )
        of_same_list = f"{ANSWERS} where questions.id = ? and answers.respondent = ?"
        around = {
            f"{which}_answer": await self._row(of_same_list, other["id"], found["respondent"])
            for which in ("previous", "next")
            if (other := question[which])
        }
        return {
            **found,
            **around,
            "question": question,
            "reply": here,
            "source": document,
            "changes": await self._changes(found),
            "others": [e for e in question["lists"] if e["respondent"] != found["respondent"]],
        }

    async def revision(self, identifier: str) -> Found:
        found = await self._the(
            "select revisions.*, documents.path, documents.sha256 from revisions"
            " join documents on documents.id = document where revisions.id = ?",
            identifier,
        )
        question = await self.question(found["question"])
        changed = await self._changes(found)
        return {
            **found,
            "question": question,
            "reply": next(e for e in question["lists"] if e["respondent"] == found["respondent"]),
            "change": next(each for each in changed if each["before"] == identifier),
            "changes": changed,
        }

    async def respondent(self, identifier: str) -> Found:
        found = await self._the("select * from respondents where id = ?", identifier)
        replies = await self._rows(
            "select replies.*, label as title, election, place, nullif(language, 'fr') as lang,"
            " (select count(*) from versions where reply = replies.id) as versions from replies"
            " join questionnaires on questionnaires.id = questionnaire where respondent = ?",
            identifier,
        )
        answers = await self._rows(f"{ANSWERS} where answers.respondent = ?", identifier)
        by_question = {each["question"]: each for each in answers}
        said = await self._rows(f"{SAID} where respondent_id = ?", identifier)
        wanted = self.asked_for("questionnaire")
        few = len(replies) == 1 or sum(each["words"] for each in answers) <= READ_AT_ONCE
        for reply in replies:
            reply["sections"] = await self._sections(reply["questionnaire"])
            reply["silent"] = reply["status"] in ("declined", "no-reply")
            read = reply["questionnaire"] in wanted or (few and not wanted)
            reply["in_full"] = read and not reply["silent"]
        return found | {
            "replies": _alphabetical(replies, "title"),
            "answers": by_question,
            "said": {each["question_id"]: each["status"] for each in said},
            "longest": max((each["words"] for each in answers), default=0),
        }

    async def document(self, identifier: str) -> Found:
        found = await self._the(
            "select documents.*, label as title, nullif(language, 'fr') as lang"
            " from documents join questionnaires on questionnaires.id = questionnaire"
            " where documents.id = ?",
            identifier,
        )
        passages = await self._rows(
            "select passages.*, number, answers.id as answer, revisions.id as revision,"
            " label as name from passages"
            " left join questions on questions.id = passages.question"
            " left join answers on passages.kind = 'answer'"
            " and answers.question = passages.question"
            " and answers.respondent = passages.respondent"
            " left join revisions on passages.kind = 'answer'"
            " and revisions.document = passages.document"
            " and revisions.question = passages.question"
            " and revisions.respondent = passages.respondent"
            " left join respondents on respondents.id = passages.respondent"
            " where passages.document = ? order by passages.position",
            identifier,
        )
        versions = await self._rows(VERSIONS, identifier)
        replies = {each["reply"] for each in versions}
        asked = await self._asked(found["questionnaire"])
        return found | {
            "passages": passages,
            "lists": [each for each in asked if each["id"] in replies],
            "versions": versions if len(versions) > len(replies) else [],
        }

    # --- what several of them need ---

    async def _changes(self, answer: Found) -> list[Found]:
        """What later versions changed in one answer, the last change first."""
        return await self._rows(CHANGES, answer["question"], answer["respondent"])

    async def _asked(self, questionnaire: str) -> list[Found]:
        """Every list that was asked."""
        return await self._rows(ASKED, questionnaire)

    async def _sections(self, questionnaire: str) -> list[Found]:
        """The questions in order, cut where the section changes: [{title, questions}, ...]."""
        questions = await self._rows(QUESTIONS, questionnaire)
        return [
            {"id": section, "title": title, "questions": list(group)}
            for (section, title), group in groupby(
                questions, key=lambda each: (each["section"], each["section_title"])
            )
        ]

    async def _around(self, question: Found) -> Found:
        position = question["position"]
        found = await self._rows(NEIGHBOURS, question["questionnaire"], position, position)
        return {
            "previous": next((each for each in found if each["position"] < position), None),
            "next": next((each for each in found if each["position"] > position), None),
        }


def _alphabetical(rows: Iterable[Found], column: str) -> list[Found]:
    """In the order of a French dictionary: accents and capitals do not count."""
    return sorted(rows, key=lambda row: (sort_key(row[column]), row["id"]))


def _foreign(code: str | None) -> str | None:
    return code if code and code != "fr" else None


def _whole(values: Sequence[str]) -> int:
    return int(values[0]) if values and values[0].isdecimal() and len(values[0]) < 6 else 1


def with_parameters(url: str, **found: object) -> str:
    return f"{url}?{urlencode(found, doseq=True)}"


FILTERS = {"with_parameters": with_parameters, "changed_to": changes.changes}
