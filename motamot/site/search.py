"""The search page, the same as JSON and CSV for programs, and words that complete what is typed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

from datasette.utils.asgi import AsgiStream, BadRequest, Response

from motamot.search.query import MAX_QUERY
from motamot.site.french import number
from motamot.site.hits import (
    KINDS,
    LISTS,
    OFFERED,
    Asked,
    Found,
    asked_by,
    chosen,
    lists_named,
    narrower,
    search,
    words_read,
)
from motamot.site.pages import with_parameters
from motamot.site.shapes import DATABASE, Datasette, Request
from motamot.text.folding import letters

STREAMED = 500  # hits that a CSV asks for at once
COMPLETED = """
    select written, max(count) from search_words
    where folded >= :begun and folded < :begun || char(0x10ffff)
    group by folded order by sum(count) desc, folded limit 8"""


# --- the page -------------------------------------------------------------------------------------


async def results(datasette: Datasette, request: Request | None, template: str) -> Found:
    """For the page of datasette-search-all, whose template is ours; {} for every other page."""
    if template != "search_all.html" or request is None:
        return {}
    asked = asked_by(request)
    found = await search(datasette, asked) if asked.q else None
    narrow, elsewhere = {}, 0
    if found and found["mode"] == "all":  # what holds most of the words would be others
        narrow = await narrower(datasette, asked, found["expressions"])
    elif found and len(asked.parameters()) > 1:
        everywhere = replace(asked, only="", filters={}, size=1)
        elsewhere = (await search(datasette, everywhere))["count"]
    return {
        "asked": asked,
        "found": found,
        "chosen": await chosen(datasette, asked.filters),
        "lists": await lists_named(datasette, asked.q) if found else [],
        "most_lists": LISTS,
        "narrower": narrow,
        "elsewhere": elsewhere,
        "most_offered": OFFERED,
        "too_long": too_long(asked.q),
    }


def too_long(q: str) -> str | None:
    """What is said of a search that is read in part."""
    if len(q) <= MAX_QUERY:
        return None
    return (
        f"La recherche a {number(len(q))} caractères ; les {number(MAX_QUERY)} premiers sont lus."
    )


def names(datasette: Datasette) -> Found:
    """The globals of templates."""
    return {"words_read": partial(words_read, datasette)}


# --- for programs ---------------------------------------------------------------------------------

COLUMNS = (
    *("type", "id", "question", "list", "questionnaire", "section", "number", "language"),
    "status",
    *("question_id", "list_id", "questionnaire_id", "section_id"),
)


async def _checked(datasette: Datasette, request: Request) -> Asked:
    asked = asked_by(request)
    for name, label in (await chosen(datasette, asked.filters)).items():
        if label is None:
            said = f"Rien n’a l’identifiant « {asked.filters[name]} », donné à « {name} »."
            raise BadRequest(said)
    return asked


def _told(datasette: Datasette, request: Request, hit: Found) -> Found:
    """A hit as programs are given it."""
    url = datasette.absolute_url(request, hit["path"])
    return {"url": url, **{name: hit[name] for name in COLUMNS}}


async def search_json(datasette: Datasette, request: Request) -> Response:
    asked = await _checked(datasette, request)
    found = await search(datasette, asked)
    following = None
    if found["next"]:
        parameters = {**asked.parameters(), "_size": asked.size, "_next": found["next"]}
        path = with_parameters(datasette.urls.path("/-/search.json"), **parameters)
        following = datasette.absolute_url(request, path)
    hits = []
    for hit in found["hits"]:
        extract = [{"text": text, "found": bool(marked)} for text, marked in hit["extract"]]
        hits.append({**_told(datasette, request, hit), "extract": extract})
    told = {name: found[name] for name in ("count", "mode", "read", "suggestions")}
    return Response.json({"hits": hits, **told, "next": following, "note": too_long(asked.q)})


async def search_csv(datasette: Datasette, request: Request) -> AsgiStream:
    """Every hit, or a page of them when one is asked for; words found between `**`."""
    asked = await _checked(datasette, request)
    is_page = request.args.get("_size") or request.args.get("_next")

    async def stream(writer: Any) -> None:
        await writer.write(_line(["url", *COLUMNS, "extract"]))
        async for hit in _all(datasette, asked if is_page else replace(asked, size=STREAMED)):
            marked = (f"**{text}**" if found else text for text, found in hit["extract"])
            told = _told(datasette, request, hit)
            await writer.write(_line([*told.values(), "".join(marked)]))

    async def _all(datasette: Datasette, asked: Asked) -> AsyncIterator[Found]:
        while True:
            found = await search(datasette, asked)
            for hit in found["hits"]:
                yield hit
            if is_page or not found["next"]:
                return
            reached = map(int, found["next"].split("-"))
            asked = replace(asked, start=dict(zip(KINDS, reached, strict=True)))

    return AsgiStream(stream, content_type="text/csv; charset=utf-8")


def _line(values: list[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(values)
    return written.getvalue()


async def suggested(datasette: Datasette, request: Request) -> Response:
    """What is being typed, its last word completed by words of the corpus, frequent ones first."""
    typed = (request.args.get("q") or "")[:MAX_QUERY]
    last = re.search(r"[^\W\d_]{2,}$", typed)
    begun = {"begun": letters(last[0])} if last else None
    words = (await datasette.execute(DATABASE, COMPLETED, begun)).rows if begun else []
    whole = [typed[: last.start()] + row["written"] for row in words] if last else []
    return Response.json({"suggestions": whole})


ROUTES = [
    (r"/-/search\.json$", search_json),
    (r"/-/search\.csv$", search_csv),
    (r"/-/suggestions\.json$", suggested),
]
