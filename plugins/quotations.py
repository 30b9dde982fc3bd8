"""Check a quotation: the SQL function `verify_quotation`, and the page `/-/verifier` that draws it.

    verify_quotation(citation)  -> JSON: {verdict, sentence, joined, matches: [...]}
    first_sentence(text)        -> its first sentence, for an example

motamot/quoting/places.py does the work.
"""

import json
import re

from datasette import hookimpl
from datasette.utils.asgi import Response

from motamot.quoting import excerpt
from motamot.quoting import verdict as quotation
from motamot.quoting.places import CHANGES, verify
from motamot.search.index import languages_of

DATABASE = "questionnaires"


def first_sentence(text):
    found = re.match(r".*?[.!?…](?=\s|$)", text or "", re.DOTALL)
    return (found.group() if found else text or "")[:500]


@hookimpl
def prepare_connection(conn):
    languages = languages_of(conn)

    def verified(typed):
        text = "" if typed is None else str(typed)
        return json.dumps(verify(conn, languages, text), ensure_ascii=False)

    conn.create_function("verify_quotation", 1, verified)
    conn.create_function("first_sentence", 1, first_sentence, deterministic=True)


async def page(datasette, request):
    """/-/verifier?citation=..."""
    typed = (request.args.get("citation") or "").strip()
    found = None
    if typed:
        answered = await datasette.execute(DATABASE, "select verify_quotation(?)", [typed])
        found = json.loads(answered.single_value())
        for match in found["matches"]:
            path = datasette.urls.path(match["path"])
            words = match["words"] if match["kind"] == "answer" and not found["joined"] else ""
            match["href"] = excerpt.address(path, words) if words else path
    about = {"typed": typed, "found": found, "changes": CHANGES, "most": quotation.MOST}
    return Response.html(await datasette.render_template("verifier.html", about, request))


@hookimpl
def register_routes():
    return [(r"/-/verifier$", page)]
