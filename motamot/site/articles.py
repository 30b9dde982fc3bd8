"""The page `/-/verifier-un-article`: every quotation of an article, checked; also as CSV and JSON.

The article comes by POST, in a form that needs no script; it is kept
nowhere, and no address, log or cache holds any of it.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from datasette.utils.asgi import Response

from motamot.quoting import article
from motamot.quoting.excerpt import address
from motamot.quoting.places import CHANGES, NAMES
from motamot.site import answers as quotable
from motamot.site import french, quotations
from motamot.site.shapes import Datasette, Request, Row

_LARGEST = 14 * article.LONGEST  # bytes of a form: a letter may take twelve


async def page(datasette: Datasette, request: Request) -> Response:
    form = await _form(request) if request.method == "POST" else {}
    typed, by_line = form.get("article", ""), form.get("forme") == "lignes"
    refused = _refused(typed)
    paragraphs = [] if refused else _quoted(typed, by_line)
    checked = await _checked(datasette, request, paragraphs)
    if typed and not refused and form.get("format") in ("csv", "json"):
        return _file([_row(each) for each in checked], form["format"])
    about = {
        "typed": typed[: article.LONGEST],
        "by_line": by_line,
        "refused": refused,
        "paragraphs": paragraphs,
        "checked": checked,
        "names": NAMES,
        "counts": Counter(each["verdict"] for each in checked),
        "json_ld": _json_ld(checked),
        "changes": CHANGES,
        "longest": article.LONGEST,
        "most": article.MOST,
    }
    html = await datasette.render_template("verifier_article.html", about, request)
    return Response.html(html, status=400 if refused else 200)


async def _form(request: Request) -> dict[str, str]:
    """What was typed, as far as a form that is not too large goes."""
    body, more = b"", True
    while more and len(body) <= _LARGEST:
        message = await request.receive()  # also http.disconnect, which has no body
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _refused(typed: str) -> str:
    """Why nothing was checked; "" when something may be."""
    longest = french.number(article.LONGEST)
    if len(typed) > article.LONGEST:
        return f"L’article a plus de {longest} caractères. Collez-le en plusieurs fois."
    return ""


def _quoted(typed: str, by_line: bool) -> list[list[Row]]:
    """The paragraphs, each in pieces: {text, number}; `number`: of a quotation, from 1; else 0."""
    lines = [line for line in typed.splitlines() if line.strip()] if by_line else []
    found: list[list[Row]] = []
    number = 0
    for text in lines or article.paragraphs(typed):
        place, pieces = 0, []
        for start, end in [(0, len(text))] if by_line else article.quotations(text):
            number += 1
            pieces += [
                {"text": text[place:start], "number": 0},
                {"text": text[start:end], "number": number},
            ]
            place = end
        found.append([*pieces, {"text": text[place:], "number": 0}])
    return found


async def _checked(
    datasette: Datasette, request: Request, paragraphs: Sequence[Sequence[Row]]
) -> list[dict[str, Any]]:
    """The verdict on each quotation, in order, with the whole address of its first place."""
    wanted = [piece["text"] for pieces in paragraphs for piece in pieces if piece["number"]]
    known: dict[str, dict[str, Any]] = {}
    for words in wanted[: article.MOST]:
        if words not in known:
            known[words] = dict(await quotations.verified(datasette, words.strip()))
    found = []
    for number, words in enumerate(wanted[: article.MOST], 1):
        first = next(iter(known[words]["matches"]), None)
        link = None
        if first:
            link = datasette.absolute_url(request, datasette.urls.path(first["path"]))
            link = address(link, first["words"]) if first["words"] else link
        found.append(known[words] | {"number": number, "first": first, "link": link})
    return found


# --- as data --------------------------------------------------------------------------------------


def _row(checked: Row) -> dict[str, object]:
    """One line of the table: a quotation, its verdict, its source."""
    first = checked["first"] or {}
    return {
        "numéro": checked["number"],
        "citation": checked["citation"],
        "verdict": checked["name"],
        "endroits": len(checked["matches"]),
        "liste": first.get("list"),
        "question": f"{first['number']}. {first['question']}" if first else None,
        "questionnaire": first.get("questionnaire"),
        "version": quotable.version(first) or None,
        "passage exact": first.get("passage"),
        "différences": " ; ".join(first.get("remarks", [])) or None,
        "libertés": ", ".join(first.get("liberties", [])) or None,
        "lien": checked["link"],
    }


def _file(rows: list[dict[str, object]], kind: str) -> Response:
    if kind == "json":
        text, content_type = json.dumps(rows, ensure_ascii=False, indent=1), "application/json"
    else:
        written = io.StringIO()
        writer = csv.DictWriter(written, rows[0] if rows else ["citation"])
        writer.writeheader()
        writer.writerows(rows)
        text, content_type = written.getvalue(), "text/csv"
    name = f'attachment; filename="citations.{kind}"'
    return Response(
        text,
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": name},
    )


def _json_ld(checked: Sequence[Row]) -> str:
    """https://schema.org/Quotation for each that is exact, in a script to paste; "" for none."""
    graph = [_quotation(each) for each in checked if each["verdict"] == "exact"]
    if not graph:
        return ""
    data = {"@context": "https://schema.org", "@graph": graph}
    text = json.dumps(data, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return f'<script type="application/ld+json">\n{text}\n</script>'


def _quotation(checked: Row) -> Row:
    first = checked["first"]
    inferred = {"description": "Nom de la liste inféré"} if first["name_from"] == "inferred" else {}
    version = {"version": said} if (said := quotable.version(first)) else {}
    language = {"inLanguage": first["lang"]} if first["lang"] else {}
    return {
        "@type": "Quotation",
        "text": first["words"],
        "creator": {"@type": "Organization", "name": first["list"], **inferred},
        "isPartOf": {"@type": "CreativeWork", "name": first["questionnaire"], **version},
        "url": checked["link"],
        **language,
    }


ROUTES = [(r"/-/verifier-un-article$", page)]
