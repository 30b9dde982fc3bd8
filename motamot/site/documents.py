"""A document as it was received: its lines, each with what it was read as, and its bytes.

Lines are counted as an editor counts them, on "\\n" alone, from 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from datasette.utils.asgi import NotFound, Response
from markupsafe import Markup, escape

from motamot.site.shapes import DATABASE, Datasette, Request, Row

_RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?")


def source_lines(passages: Sequence[Row], markdown: str) -> list[Row]:
    """Each passage with its pieces of lines: [{..., pieces: [{number, text, first}]}].

    Joined in order, the texts are the document. `first` is False for a piece that does not begin
    its line, as when an answer stands on the line of its question.
    """
    line, begins = 1, True
    shown: list[Row] = []
    for passage in passages:
        pieces: list[dict[str, Any]] = []
        text = markdown[passage["char_start"] : passage["char_end"]]
        for piece in re.findall(r"[^\n]*\n|[^\n]+", text):
            pieces.append({"number": line, "text": _exact(piece), "first": begins})
            begins = piece.endswith("\n")
            line += begins
        shown.append({**passage, "pieces": pieces})
    return shown


def _exact(text: str) -> Markup:
    """Text that an HTML parser gives back as it is: it would read a bare CR as a new line."""
    return Markup(str(escape(text)).replace("\r", "&#13;"))


def line_range(asked: Sequence[str], last: int) -> tuple[int, int] | None:
    """["13-15"] -> (13, 15), kept inside the document; None when no line is named."""
    found = _RANGE.fullmatch(asked[0].strip()) if asked else None
    if found is None:
        return None
    first, end = sorted((int(found[1]), int(found[2] or found[1])))
    return (first, min(end, last)) if 1 <= first <= last else None


async def raw_text(datasette: Datasette, request: Request) -> Response:
    """/questionnaires/documents/<id>.txt: the bytes that were received."""
    sql = "select markdown, encoding, path from documents where id = ?"
    document = (await datasette.execute(DATABASE, sql, [request.url_vars["id"]])).first()
    if document is None:
        raise NotFound("Document introuvable")
    charset = document["encoding"].removesuffix("-sig")
    name = document["path"].replace("/", "_").rsplit(".", 1)[0]
    return Response(
        document["markdown"].encode(document["encoding"]),
        content_type=f"text/plain; charset={charset}",
        headers={"Content-Disposition": f'inline; filename="{name}.txt"'},
    )


ROUTES = [(r"^/questionnaires/documents/(?P<id>[a-z0-9_-]+)\.txt$", raw_text)]
FILTERS = {"source_lines": source_lines}
GLOBALS = {"line_range": line_range}
