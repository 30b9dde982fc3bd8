"""A document as it was received: its lines, each with what it was read as, and its bytes.

Lines are counted as an editor counts them, on "\\n" alone, from 1.
"""

import re

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response
from markupsafe import Markup, escape

DATABASE = "questionnaires"
_RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?")


def source_lines(passages, markdown):
    """Each passage with its pieces of lines: [{..., pieces: [{number, text, first}]}].

    Joined in order, the texts are the document. `first` is False for a piece that does not begin
    its line, as when an answer stands on the line of its question.
    """
    line, begins = 1, True
    shown = []
    for passage in passages:
        pieces = []
        text = markdown[passage["char_start"] : passage["char_end"]]
        for piece in re.findall(r"[^\n]*\n|[^\n]+", text):
            pieces.append({"number": line, "text": _exact(piece), "first": begins})
            begins = piece.endswith("\n")
            line += begins
        shown.append(passage | {"pieces": pieces})
    return shown


def _exact(text):
    """Text that an HTML parser gives back as it is: it would read a bare CR as a new line."""
    return Markup(str(escape(text)).replace("\r", "&#13;"))


def line_range(asked, last):
    """["13-15"] -> (13, 15), kept inside the document; None when no line is named."""
    found = _RANGE.fullmatch(asked[0].strip()) if asked else None
    if found is None:
        return None
    first, end = sorted((int(found[1]), int(found[2] or found[1])))
    return (first, min(end, last)) if 1 <= first <= last else None


async def raw_text(datasette, request):
    """/questionnaires/documents/<id>.txt: the bytes that were received."""
    rows = (
        await datasette.get_database(DATABASE).execute(
            "select markdown, encoding, path from documents where id = ?",
            [request.url_vars["id"]],
        )
    ).rows
    if not rows:
        raise NotFound("Document introuvable")
    document = rows[0]
    charset = document["encoding"].removesuffix("-sig")
    name = document["path"].replace("/", "_").rsplit(".", 1)[0]
    return Response(
        document["markdown"].encode(document["encoding"]),
        content_type=f"text/plain; charset={charset}",
        headers={
            "Content-Disposition": f'inline; filename="{name}.txt"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@hookimpl
def register_routes():
    return [(r"^/questionnaires/documents/(?P<id>[a-z0-9_-]+)\.txt$", raw_text)]


@hookimpl
def prepare_jinja2_environment(env):
    env.filters["source_lines"] = source_lines
    env.globals["line_range"] = line_range
