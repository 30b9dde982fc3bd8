"""The search page: datasette-search-all's address and tables, results drawn on the server.

`hits` is the one place that knows how words are looked for: text typed -> ranked extracts.
"""

import sqlite3

from datasette import hookimpl
from datasette.utils import escape_fts
from datasette.utils.asgi import Response

DATABASE = "questionnaires"
FILTERS = ("questionnaire", "section", "liste")
KINDS = {"questions": "questions", "answers": "reponses"}  # and what `dans` calls them
FIRST, PAGE = 10, 25  # hits of each kind on the first page; on a page of one kind
MOST_SECTIONS = 150  # a longer list waits until a questionnaire is chosen
START, END = "\ue000", "\ue001"  # private characters: they stand around what was found

COLUMNS = """
    questions.number, questions.text as question, questions.questionnaire,
    questionnaires.title, nullif(questionnaires.language, 'fr') as lang"""

SQL = {
    "questions": f"""
        select questions.id, '' as respondent, {COLUMNS},
          snippet(questions_fts, -1, '{START}', '{END}', '…', 60) as extract
        from questions_fts
        join questions on questions.rowid = questions_fts.rowid
        join questionnaires on questionnaires.id = questions.questionnaire
        where questions_fts match :match
          and (:questionnaire = '' or questions.questionnaire = :questionnaire)
          and (:section = '' or questions.section = :section)
          and (:liste = '' or exists (
            select 1 from answers where answers.question = questions.id and respondent = :liste))
        order by questions_fts.rank, questions.rowid""",
    "answers": f"""
        select answers.id, respondents.name as respondent, {COLUMNS},
          snippet(answers_fts, -1, '{START}', '{END}', '…', 40) as extract
        from answers_fts
        join answers on answers.rowid = answers_fts.rowid
        join questions on questions.id = answers.question
        join questionnaires on questionnaires.id = questions.questionnaire
        join respondents on respondents.id = answers.respondent
        where answers_fts match :match
          and (:questionnaire = '' or questions.questionnaire = :questionnaire)
          and (:section = '' or questions.section = :section)
          and (:liste = '' or answers.respondent = :liste)
        order by answers_fts.rank, answers.rowid""",
}


async def hits(datasette, q, filters, kind, limit, offset=0):
    """What answers `q` among `kind`: (how many there are, rows with their extract, best first)."""
    match = escape_fts(q) if any(c.isalnum() for c in q) else ""
    if not match:
        return 0, []
    asked = {**filters, "match": match}
    page = f"{SQL[kind]} limit {int(limit)} offset {int(offset)}"
    try:
        counted = await datasette.execute(
            DATABASE, f"select count(*) from ({SQL[kind]})", asked, log_sql_errors=False
        )
        found = await datasette.execute(DATABASE, page, asked, log_sql_errors=False)
    except sqlite3.OperationalError:  # words that full-text search cannot read
        return 0, []
    rows = [{**dict(row), "extract": pieces(row["extract"])} for row in found.rows]
    return counted.single_value(), rows


def pieces(text):
    """Text with private marks -> [(piece, whether it was found)]."""
    cut = []
    for part in text.split(START):
        found, end, rest = part.partition(END)
        cut += [(found, True), (rest, False)] if end else [(part, False)]
    return [(piece, marked) for piece, marked in cut if piece]


# --- a request ------------------------------------------------------------------------------------


async def search(datasette, request):
    """Everything the page and its JSON show."""
    q = (request.args.get("q") or "").strip()[:2000]
    filters = {name: request.args.get(name) or "" for name in FILTERS}
    asked = request.args.get("dans") or ""
    only = next((kind for kind, name in KINDS.items() if name == asked), "")
    page = request.args.get("page") or "1"
    page = min(max(int(page), 1), 10_000) if page.isascii() and page.isdigit() else 1
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


async def choices(datasette, filters):
    """What the form offers: {filter: [(value, words, group, language)]}."""

    async def rows(sql, *args):
        return [(*row, "", "")[:4] for row in (await datasette.execute(DATABASE, sql, args)).rows]

    chosen = filters["questionnaire"]
    sections = await rows(
        f"""select sections.id, sections.title, questionnaires.title,
              nullif(questionnaires.language, 'fr')
            from sections join questionnaires on questionnaires.id = sections.questionnaire
            where ? in ('', questionnaires.id) order by questionnaires.title, sections.position
            limit {MOST_SECTIONS + 1}""",
        chosen,
    )
    return {
        "questionnaire": await rows(
            "select id, title, '', nullif(language, 'fr') from questionnaires order by title, id"
        ),
        "section": sections if len(sections) <= MOST_SECTIONS else [],
        "liste": await rows(
            "select id, name from respondents where id in (select respondent from answers)"
            " order by name, id"
        ),
    }


@hookimpl
def extra_template_vars(datasette, request, template):
    async def found():
        if template != "search_all.html":
            return {}
        asked = await search(datasette, request)
        return {"found": asked, "choices": await choices(datasette, asked["filters"])}

    return found


async def search_json(datasette, request):
    found = await search(datasette, request)
    for group in found["groups"]:
        for hit in group["hits"]:
            hit["url"] = datasette.absolute_url(request, hit.pop("href"))
            hit["extract"] = "".join(
                f"<b>{piece}</b>" if marked else piece for piece, marked in hit["extract"]
            )
    headers = {"Access-Control-Allow-Origin": "*"} if datasette.cors else {}
    return Response.json(found, headers=headers)


@hookimpl(tryfirst=True)
def register_routes():
    return [(r"/-/search\.json$", search_json)]
