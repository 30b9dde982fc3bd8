"""/-/oembed: what a page becomes where its address is pasted.

https://oembed.com: `url`, `format` (json, xml), `maxwidth` and `maxheight`; 404 for an address that
has nothing to embed, 501 for a format that is neither.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from datasette.utils.asgi import Response

from motamot.site import frames
from motamot.site.shapes import Datasette, Request

NARROWEST = 100  # pixels
_TITLE = re.compile(r"<title>(.*?)(?: – Mot à mot)?</title>", re.DOTALL)
_HEIGHT = re.compile(r'data-height="(\d+)"')
_FORMATS = (".embed", ".json", ".bib", ".csl")


async def oembed(datasette: Datasette, request: Request) -> Response:
    kind = request.args.get("format") or "json"
    if kind not in ("json", "xml"):
        return _refused(501, f"Le format « {kind[:40]} » n’est pas connu : json ou xml.")
    try:
        width = _pixels(request, "maxwidth") or frames.WIDTH
        tallest = _pixels(request, "maxheight")
    except ValueError as error:
        return _refused(400, f"« {error} » doit être un nombre entier positif de pixels.")
    if not request.args.get("url"):
        return _refused(400, "« url » manque : l’adresse de la page à intégrer.")
    source = local(datasette, request, request.args["url"])
    found = await _frame(datasette, source) if source else None
    if not source or not found:
        return _refused(404, "Cette adresse n’est pas celle d’une page à intégrer.")
    title, height = found
    if width < frames.WIDTH:
        height = height * frames.WIDTH // max(width, NARROWEST)
    answer = _rich(
        title,
        datasette.absolute_url(request, datasette.urls.path(source)),
        datasette.absolute_url(request, datasette.urls.path("/")),
        min(width, frames.WIDTH),
        min(height, tallest or height),
    )
    if kind == "xml":
        return Response(frames.oembed_xml(answer), content_type="text/xml; charset=utf-8")
    return Response.json(answer)


async def _frame(datasette: Datasette, source: str) -> tuple[str, int] | None:
    """The title and the height of a page made for a frame."""
    page = await datasette.client.get(source, follow_redirects=True)
    title, height = _TITLE.search(page.text), _HEIGHT.search(page.text)
    if page.status_code != 200 or not title or not height:
        return None
    return unescape(title[1]), int(height[1])


def _rich(title: str, source: str, home: str, width: int, height: int) -> dict[str, Any]:
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Mot à mot",
        "provider_url": home,
        "cache_age": 86400,
        "html": frames.frame(source, title, height, width),
        "width": width,
        "height": height,
    }


def local(datasette: Datasette, request: Request, url: str) -> str | None:
    """The path of the frame of a page of this site, from its root; None for that of another."""
    try:
        asked = urlsplit(url)
        host = asked.netloc.lower()
    except ValueError:
        return None
    base = datasette.urls.path("/").rstrip("/")
    if asked.scheme not in ("http", "https") or host != request.host.lower():
        return None
    if not asked.path.startswith(f"{base}/questionnaires") or "\\" in asked.path:
        return None
    path = asked.path.removeprefix(base).rstrip("/")
    for extension in _FORMATS:
        path = path.removesuffix(extension)
    return f"{path}.embed" + (f"?{asked.query}" if asked.query else "")


def _pixels(request: Request, name: str) -> int | None:
    typed = request.args.get(name)
    if not typed:
        return None
    if not re.fullmatch(r"[1-9]\d{0,5}", typed):
        raise ValueError(name)
    return int(typed)


def _refused(status: int, message: str) -> Response:
    return Response.json({"ok": False, "error": message, "status": status}, status=status)


ROUTES = [(r"^/-/oembed$", oembed)]
