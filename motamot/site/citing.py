"""Citations of answers: `.bib` and `.csl` beside every answer, and the fields of « Citer ».

For templates, `quoting`:

    {{ quoting.answer(id) }}     citations of an answer, or of the words in ?extrait=
    {{ quoting.revision(id) }}   the same of what it said before
    {{ quoting.embeddable }}     whether the page has a version made for a frame
    {{ quoting.embed(title, height) }}   what to copy to put it in an article
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils.asgi import BadRequest, NotFound, Response
from markupsafe import Markup

from motamot.quoting import citation, excerpt
from motamot.site import answers as quotable
from motamot.site import frames, french
from motamot.site.shapes import DATABASE, Database, Datasette, Request, Row

LOOKED_AT = 100  # rows that say whether a page can be cited
TOO_MANY = "Plus de {} lignes : choisissez une question ou une liste, ou prenez le CSV, entier."
OURS = {"_hide_sql", "_show_sql", "_labels"}  # parameters that change no rows


class Quoting:
    """What the pages offer to copy. Addresses are whole: they are made to be pasted elsewhere."""

    def __init__(
        self,
        datasette: Datasette,
        request: Request | None,
        database: str | None,
        view_name: str | None,
        columns: Sequence[str] | None,
    ) -> None:
        self._datasette = datasette
        self._request: Any = request  # None on no page that offers anything to copy
        has_rows = view_name in ("row", "table") or (view_name == "database" and columns)
        self.embeddable = bool(request and database == DATABASE and has_rows)

    def address(self, path: str) -> str:
        return self._datasette.absolute_url(self._request, path)

    def page(self, extension: str = "") -> str:
        """The address of this page, or of the same rows in another format."""
        pairs = parse_qsl(self._request.query_string, keep_blank_values=True)
        kept = urlencode([(name, value) for name, value in pairs if name not in OURS])
        return self.address(self._request.path + extension) + (f"?{kept}" if kept else "")

    def oembed(self, kind: str) -> str:
        asked = urlencode({"url": self.page(), "format": kind})
        return self.address(self._datasette.urls.path("/-/oembed")) + f"?{asked}"

    async def answer(self, identifier: str) -> dict[str, Any]:
        """{fields: [(key, label, text)], typed, found, html, pinned ...} of an answer's page.

        `typed`: what ?extrait= asks for, "" when it asks for nothing; `found`: these words as the
        answer has them, None when it does not; then `beside`: {href, version} of what the list says
        there at another time and has them, if any; `html`: the answer, with them marked. Only the
        list's own words are cited as the list's.
        """
        database = self._datasette.get_database(DATABASE)
        found = await quotable.answers_where(database, "answers.id = ?", identifier)
        return await self._offered(database, found[0])

    async def revision(self, identifier: str) -> dict[str, Any]:
        """The same of what an answer said before."""
        database = self._datasette.get_database(DATABASE)
        found = await quotable.revisions_where(database, "revisions.id = ?", identifier)
        return await self._offered(database, found[0])

    async def _beside(self, database: Database, answer: Row, typed: str) -> dict[str, str] | None:
        row, found = await quotable.version_with(database, answer, typed)
        if not found:
            return None
        path = self._datasette.urls.row(DATABASE, quotable.table_of(row), row["id"])
        href = excerpt.address(path, found["words"])
        return {"href": href, "version": quotable.version(row)}

    async def _offered(self, database: Database, answer: Row) -> dict[str, Any]:
        typed = (self._request.args.get("extrait") or "").strip()
        found = await quotable.extract(database, answer, typed) if typed else None
        permalink = self.address(self._request.path)
        whole = quotable.citation(answer, permalink)
        is_own = bool(found and found["verdict"] in ("exact", "cut"))
        url = excerpt.address(permalink, found["words"]) if found else permalink
        cited = quotable.citation(answer, url, found["words"]) if found and is_own else whole
        pin = {"sha256": quotable.fingerprint(answer)}
        pinned = urlencode(pin | ({"extrait": found["words"]} if found else {}))
        html = found["html"] if found else answer["html"]
        return {
            "fields": [(key, label, write(cited)) for key, label, write in citation.FORMATS],
            "typed": typed[:300],
            "found": found,
            "beside": await self._beside(database, answer, typed) if typed and not found else None,
            "is_own": is_own,
            "html": Markup(html),
            "height": frames.height([answer["question_text"], answer["text"]]),
            "pinned": f"{permalink}.embed?{pinned}",
            "version": quotable.version(answer),
            "static": frames.static_answer(whole, html),
        }

    def embed(
        self, title: str, height: int = 480, source: str | None = None
    ) -> list[tuple[str, str, str]]:
        """The fields of « Intégrer »: [(key, label, text)]."""
        return [
            ("cadre", "Cadre", frames.frame(source or self.page(".embed"), title, height)),
            ("ajuster", "Pour que le cadre prenne la hauteur du texte", frames.SCRIPT),
        ]

    def static(self) -> str:
        """Where the version without a frame is read, as HTML to copy."""
        found = self.page(".embed")
        return found + ("&" if "?" in found else "?") + "_statique=1"


# --- .bib and .csl ------------------------------------------------------------------------------


async def _cited(
    datasette: Datasette,
    request: Request,
    database: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> list[citation.Citation]:
    if database != DATABASE:
        return []
    base = datasette.get_database(DATABASE)
    entries = await quotable.entries_of_rows(base, columns, [list(row) for row in rows])
    answers = [entry for entry in entries if entry and entry["id"]]
    urls = (datasette.urls.row(DATABASE, quotable.table_of(each), each["id"]) for each in answers)
    return [
        quotable.citation(answer, datasette.absolute_url(request, url))
        for answer, url in zip(answers, urls, strict=True)
    ]


# Datasette gives a renderer what it names, and nothing else.


async def can_cite(datasette: Any, request: Any, database: str, columns: Any, rows: Any) -> bool:
    return bool(await _cited(datasette, request, database, columns, rows[:LOOKED_AT]))


async def bib(
    datasette: Any, request: Any, database: str, columns: Any, rows: Any, data: Any
) -> Response:
    _whole(data, request)
    cited = await _cited(datasette, request, database, columns, rows)
    return _file("\n\n".join(map(citation.bibtex, cited)), "application/x-bibtex", "bib")


async def csl(
    datasette: Any, request: Any, database: str, columns: Any, rows: Any, data: Any
) -> Response:
    _whole(data, request)
    cited = await _cited(datasette, request, database, columns, rows)
    text = json.dumps([citation.csl_item(each) for each in cited], ensure_ascii=False, indent=1)
    return _file(text if cited else "", "application/vnd.citationstyles.csl+json", "csl.json")


def _whole(data: Any, request: Any) -> None:
    """Refuse a file that would lack rows that were not asked to be left out."""
    cut = data.get("next") and request.args.get("_size") == "max"
    if cut or data.get("truncated"):
        raise BadRequest(TOO_MANY.format(french.number(len(data["rows"]))))


def _file(text: str, content_type: str, extension: str) -> Response:
    if not text:
        raise NotFound("Ces lignes ne sont pas des réponses : il n’y a rien à citer.")
    return Response(
        text + "\n",
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="mot-a-mot.{extension}"'},
    )


RENDERERS = [
    {"extension": "bib", "render": bib, "can_render": can_cite},
    {"extension": "csl", "render": csl, "can_render": can_cite},
]
FILTERS = {"beginning": excerpt.beginning}
