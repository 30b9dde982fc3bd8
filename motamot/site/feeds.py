"""Atom feeds of what was received: the whole dataset, one questionnaire, one list.

    /flux.atom
    /questionnaires/questionnaires/<id>.atom
    /questionnaires/respondents/<id>.atom

An entry is what one list did of one questionnaire. Its identifier is made of the SHA-256 of its
first document: one that changes is a new entry, a later version of a reply updates its entry, and a
rebuild of the same documents does neither. No date of publication is known; an entry is dated by
the day its last document was received, and where that is
not known the entry says so, bears the first day that a computer counts, and comes after the others,
in the order of the identifiers.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import date

from datasette.utils.asgi import NotFound, Response

from motamot.site import adapter, frames, interface
from motamot.site.shapes import DATABASE, Datasette, Request, Row

UNKNOWN = "1970-01-01T00:00:00Z"  # Atom wants a date for every entry
MOST = 200  # entries of one feed: more than a reader of feeds keeps
NAMESPACE = uuid.UUID("5d3a3f3c-6a7e-5c7b-9f0e-2f2b8f0d6c11")  # of this project's entries

REPLIES = """
    select replies.*, respondents.label as name, respondents.name_from,
      questionnaires.label as title, questionnaires.language,
      (select sha256 from versions join documents on documents.id = versions.document
        where versions.reply = replies.id order by versions.rowid limit 1) as sha256,
      (select count(*) from answers where document = replies.document
        and answers.respondent = replies.respondent and status = 'answered') as answered,
      (select count(*) from questions where questions.questionnaire = replies.questionnaire)
        as asked
    from replies
    join respondents on respondents.id = replies.respondent
    join questionnaires on questionnaires.id = replies.questionnaire"""

ANSWERS = """
    select answers.id, answers.status, number, questions.text from answers
    join questions on questions.id = question
    where document = ? and respondent = ? order by position"""

CHANGES = """
    select changes.*, number, questions.text from changes
    join questions on questions.id = changes.question
    where questionnaire = ? and respondent = ? order by changes.date desc, position"""


async def everything(datasette: Datasette, request: Request) -> Response:
    return await _feed(datasette, request, "Mot à mot", "/", "1")


async def of_one(datasette: Datasette, request: Request) -> Response:
    table, identifier = request.url_vars["table"], request.url_vars["id"]
    found = await datasette.get_database(DATABASE).execute(
        f"select label from {table} where id = ?", [identifier]
    )
    if not found.rows:
        raise NotFound("Record not found")
    page = datasette.urls.row(DATABASE, table, identifier)
    title, condition = f"{found.rows[0][0]} – Mot à mot", f"replies.{table.removesuffix('s')} = ?"
    return await _feed(datasette, request, title, page, condition, identifier)


async def _feed(
    datasette: Datasette, request: Request, title: str, page: str, condition: str, *values: str
) -> Response:
    database = datasette.get_database(DATABASE)
    found = await database.execute(f"{REPLIES} where {condition}", values)
    replies = sorted((dict(row) for row in found.rows), key=lambda each: each["id"])
    replies.sort(key=lambda each: _instant(each["received_on"]), reverse=True)
    entries = []
    for each in replies[:MOST]:
        answers = await database.execute(ANSWERS, [each["document"], each["respondent"]])
        changed = await database.execute(CHANGES, [each["questionnaire"], each["respondent"]])
        entries.append(_entry(datasette, request, each, answers.rows, changed.rows))
    xml = (
        await adapter.environment(datasette)
        .get_template("feed.xml")
        .render_async(
            title=title,
            identifier=f"urn:uuid:{uuid.uuid5(NAMESPACE, page)}",
            page=datasette.absolute_url(request, datasette.urls.path(page)),
            itself=datasette.absolute_url(request, request.path),
            updated=max((each["updated"] for each in entries), default=UNKNOWN),
            entries=entries,
            count=len(replies),
        )
    )
    return Response(frames.well_formed(xml), content_type="application/atom+xml; charset=utf-8")


def _entry(
    datasette: Datasette,
    request: Request,
    reply: Row,
    answers: Iterable[Row],
    changed: Iterable[Row],
) -> Row:
    """One reply as an entry: what was done, when, where each answer is read, and what it said
    before."""

    def address(table: str, identifier: str) -> str:
        return datasette.absolute_url(request, datasette.urls.row(DATABASE, table, identifier))

    version = f"{reply['id']}/{reply['sha256'] or reply['status']}"
    page = datasette.urls.row(DATABASE, "respondents", reply["respondent"])
    return {
        **reply,
        "identifier": f"urn:uuid:{uuid.uuid5(NAMESPACE, version)}",
        "done": interface.value_label(datasette, DATABASE, "replies", "status", reply["status"]),
        "updated": _instant(reply["received_on"]),
        "is_dated": _instant(reply["received_on"]) != UNKNOWN,
        "url": datasette.absolute_url(request, f"{page}#{reply['questionnaire']}"),
        "answers": [{"url": address("answers", row["id"]), **dict(row)} for row in answers],
        "changes": [
            {"url": address("revisions", row["before"]) if row["before"] else None, **dict(row)}
            for row in changed
        ],
    }


def _instant(day: str | None) -> str:
    """« 2031-02-17 » -> 2031-02-17T00:00:00Z; what is no whole date is unknown."""
    if not day or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(day)):
        return UNKNOWN
    try:
        return f"{date.fromisoformat(day).isoformat()}T00:00:00Z"
    except ValueError:
        return UNKNOWN


ROUTES = [
    (r"^/flux\.atom$", everything),
    (r"^/questionnaires/(?P<table>questionnaires|respondents)/(?P<id>[a-z0-9_-]+)\.atom$", of_one),
]
