"""The search page: datasette-search-all's address and tables, results drawn on the server.

`hits` is the one place that knows how words are looked for: text typed -> ranked extracts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from datasette.utils.asgi import Response

from motamot.search import index as words
from motamot.site.shapes import DATABASE, Datasette, Request

Choice = tuple[str, str, str, str | None]  # value, words, group, language
FILTERS = ("questionnaire", "section", "liste")
KINDS = {"questions": "questions", "answers": "reponses"}  # and what `dans` calls them
FIRST, PAGE = 10, 25  # hits of each kind on the first page; on a page of one kind
EXTRACT = {"questions": 60, "answers": 40}  # words shown around what was found
MOST_SECTIONS = 150  # a longer list waits until a questionnaire is chosen

# What matches, and whether it holds all the words in a row: such texts come first.
FOUND = """
    with found as materialized (
      select rowid as id, rank from {kind}_search where {kind}_search match escape_fts(:q)),
    in_a_row as materialized (
      select rowid as id from {kind}_search where {kind}_search match search_phrase(:q))"""

COLUMNS = """
    questions.number, questions.text as question, questions.questionnaire,
    questionnaires.label as title, questionnaires.language"""

SQL = {
    "questions": f"""{FOUND.format(kind="questions")}
        select questions.id, '' as respondent, questions.text, {COLUMNS}
        from found
        join questions on questions.rowid = found.id
        join questionnaires on questionnaires.id = questions.questionnaire
        where (:questionnaire = '' or questions.questionnaire = :questionnaire)
          and (:section = '' or questions.section = :section)
          and (:liste = '' or exists (
            select 1 from answers where answers.question = questions.id and respondent = :liste))
        order by found.id in (select id from in_a_row) desc, found.rank, found.id""",
    "answers": f"""{FOUND.format(kind="answers")}
        select answers.id, respondents.label as respondent, answers.text, {COLUMNS}
        from found
        join answers on answers.rowid = found.id
        join questions on questions.id = answers.question
        join questionnaires on questionnaires.id = questions.questionnaire
        join respondents on respondents.id = answers.respondent
        where (:questionnaire = '' or questions.questionnaire = :questionnaire)
          and (:section = '' or questions.section = :section)
          and (:liste = '' or answers.respondent = :liste)
        order by found.id in (select id from in_a_row) desc, found.rank, found.id""",
}


async def hits(
    datasette: Datasette, q: str, filters: Mapping[str, str], kind: str, limit: int, offset: int
) -> tuple[int, list[dict[str, Any]]]:
    """What answers `q` among `kind`: (how many there are, rows with their extract, best first)."""
    if words.is_empty(q, await languages(datasette)):
        return 0, []
    asked = {**filters, "q": q}
    page = f"""select *, search_pieces(text, :q, language, {EXTRACT[kind]}) as extract
        from ({SQL[kind]} limit {int(limit)} offset {int(offset)})"""
    counted = await datasette.execute(DATABASE, f"select count(*) from ({SQL[kind]})", asked)
    found = [dict(row) for row in (await datasette.execute(DATABASE, page, asked)).rows]
    for row in found:
        language = row.pop("language") or words.ASSUMED
        row["extract"] = json.loads(row["extract"])
        del row["text"]
        row["lang"] = language if language != "fr" else ""
    return counted.single_value(), found


async def languages(datasette: Datasette) -> tuple[str, ...]:
    """The languages of the questionnaires: what is typed is read in each of them."""
    return await datasette.get_database(DATABASE).execute_fn(words.languages_of)


async def second_thoughts(datasette: Datasette, q: str) -> list[str]:
    """When nothing answers: other searches to try, from words that look alike or one word less."""
    language = (await languages(datasette))[-1]
    counts: dict[str, int] = {}
    for typed, alone in words.alone(q, language).items():
        found = await datasette.execute(
            DATABASE,
            """select
              (select count(*) from answers_search where answers_search match escape_fts(:q))
              + (select count(*) from questions_search where questions_search match escape_fts(:q))
            """,
            {"q": alone},
        )
        counts[typed] = found.single_value()
    unknown = [typed for typed, count in counts.items() if not count]
    known = await datasette.execute(DATABASE, "select folded, written from search_words")
    vocabulary = {row["folded"]: row["written"] for row in known.rows} if unknown else {}
    tries = [
        q.replace(typed, near) for typed in unknown for near in words.nearest(typed, vocabulary)
    ]
    shorter = words.without_rarest(q, language, counts)
    return list(dict.fromkeys([*tries, *([shorter] if shorter else [])]))[:5]


# --- a request ------------------------------------------------------------------------------------


async def search(datasette: Datasette, request: Request) -> dict[str, Any]:
    """Everything the page and its JSON show."""
    q = (request.args.get("q") or "").strip()[:2000]
    filters = {name: request.args.get(name) or "" for name in FILTERS}
    asked = request.args.get("dans") or ""
    only = next((kind for kind, name in KINDS.items() if name == asked), "")
    typed = request.args.get("page") or "1"
    page = min(max(int(typed), 1), 10_000) if typed.isascii() and typed.isdigit() else 1
    groups = []
    for kind in KINDS:
        limit = PAGE if only == kind else 0 if only else FIRST
        offset = (page - 1) * PAGE if only == kind else 0
        count, rows = await hits(datasette, q, filters, kind, limit, offset)
        for row in rows:
            row["href"] = datasette.urls.row(DATABASE, kind, row["id"])
        more = count > offset + limit
        groups.append(
            {"kind": kind, "dans": KINDS[kind], "count": count, "hits": rows, "more": more}
        )
    return {"q": q, "filters": filters, "only": only, "page": page, "groups": groups}


async def choices(datasette: Datasette, filters: Mapping[str, str]) -> dict[str, list[Choice]]:
    """What the form offers."""

    async def rows(sql: str, *args: str) -> list[Choice]:
        return [(*row, "", "")[:4] for row in (await datasette.execute(DATABASE, sql, args)).rows]

    chosen = filters["questionnaire"]
    sections = await rows(
        f"""select sections.id, sections.title, questionnaires.label,
              nullif(questionnaires.language, 'fr')
            from sections join questionnaires on questionnaires.id = sections.questionnaire
            where ? in ('', questionnaires.id)
            order by fold(questionnaires.label), questionnaires.id, sections.position
            limit {MOST_SECTIONS + 1}""",
        chosen,
    )
    return {
        "questionnaire": await rows(
            "select id, label, '', nullif(language, 'fr') from questionnaires"
            " order by fold(label), id"
        ),
        "section": sections if len(sections) <= MOST_SECTIONS else [],
        "liste": await rows(
            "select id, label from respondents where id in (select respondent from answers)"
            " order by sort_key, id"
        ),
    }


async def results(datasette: Datasette, request: Request | None, template: str) -> dict[str, Any]:
    """For the page of datasette-search-all, whose template is ours; {} for every other page."""
    if template != "search_all.html" or request is None:
        return {}
    asked = await search(datasette, request)
    nothing = asked["q"] and not any(group["count"] for group in asked["groups"])
    return {
        "found": asked,
        "choices": await choices(datasette, asked["filters"]),
        "tries": await second_thoughts(datasette, asked["q"]) if nothing else [],
    }


async def search_json(datasette: Datasette, request: Request) -> Response:
    found = await search(datasette, request)
    for group in found["groups"]:
        for hit in group["hits"]:
            hit["url"] = datasette.absolute_url(request, hit.pop("href"))
            hit["extract"] = "".join(
                f"<b>{piece}</b>" if marked else piece for piece, marked in hit["extract"]
            )
    return Response.json(found)


ROUTES = [(r"/-/search\.json$", search_json)]
