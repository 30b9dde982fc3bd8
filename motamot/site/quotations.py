"""The page `/-/verifier?citation=`, which draws what the SQL function verify_quotation finds."""

from __future__ import annotations

import json

from datasette.utils.asgi import Response

from motamot.quoting.places import CHANGES
from motamot.quoting.verdict import MOST
from motamot.site.shapes import DATABASE, Datasette, Request, Row

# What a page that shows an answer says of the words that ?extrait= asks for, by verdict.
EXTRACTS = {
    "exact": "Les mots cités sont marqués.",
    "cut": "Les mots cités sont marqués ; entre eux, la citation coupe.",
    "quoted": "Les mots marqués sont rapportés : la liste cite ici quelqu’un d’autre.",
    "unticked": "Les mots marqués sont ceux d’une option qui n’a pas été cochée.",
    "near": "Les mots demandés ne se suivent pas ainsi dans cette réponse.",
}


async def verified(datasette: Datasette, typed: str) -> Row:
    """What `verify_quotation` finds."""
    answered = await datasette.execute(DATABASE, "select verify_quotation(?)", [typed])
    found: Row = json.loads(answered.single_value())
    return found


async def page(datasette: Datasette, request: Request) -> Response:
    typed = (request.args.get("citation") or "").strip()
    found = await verified(datasette, typed) if typed else None
    about = {"typed": typed, "found": found, "changes": CHANGES, "most": MOST}
    return Response.html(await datasette.render_template("verifier.html", about, request))


ROUTES = [(r"/-/verifier$", page)]
GLOBALS = {"extract_notes": EXTRACTS}
