"""The page `/-/verifier?citation=`, which draws what the SQL function verify_quotation finds."""

from __future__ import annotations

import json

from datasette.utils.asgi import Response

from motamot.quoting import excerpt
from motamot.quoting.places import CHANGES
from motamot.quoting.verdict import MOST
from motamot.site.shapes import DATABASE, Datasette, Request


async def page(datasette: Datasette, request: Request) -> Response:
    typed = (request.args.get("citation") or "").strip()
    found = None
    if typed:
        answered = await datasette.execute(DATABASE, "select verify_quotation(?)", [typed])
        found = json.loads(answered.single_value())
        for match in found["matches"]:
            path = datasette.urls.path(match["path"])
            words = match["words"] if match["kind"] == "answer" and not found["joined"] else ""
            match["href"] = excerpt.address(path, words) if words else path
    about = {"typed": typed, "found": found, "changes": CHANGES, "most": MOST}
    return Response.html(await datasette.render_template("verifier.html", about, request))


ROUTES = [(r"/-/verifier$", page)]
