"""/-/oembed: what a page becomes where its address is pasted; and who may read what from elsewhere.

https://oembed.com: `url`, `format` (json, xml), `maxwidth` and `maxheight`; 404 for an address that
has nothing to embed, 501 for a format that is neither.
"""

import re
from html import unescape
from urllib.parse import urlsplit

from datasette import hookimpl
from datasette.utils.asgi import Response

from motamot.site import frames as embed

NARROWEST = 100  # pixels
_TITLE = re.compile(r"<title>(.*?)(?: – Mot à mot)?</title>", re.DOTALL)
_HEIGHT = re.compile(r'data-height="(\d+)"')
_FORMATS = (".embed", ".json", ".bib", ".csl")

# What is made to be read by a script of another site, or by a reader of feeds.
OPEN = re.compile(r"\.(?:json|embed|csv|bib|csl|atom|png|txt)$|^/-/oembed$")


async def oembed(datasette, request):
    kind = request.args.get("format") or "json"
    if kind not in ("json", "xml"):
        return _refused(501, f"Le format « {kind[:40]} » n’est pas connu : json ou xml.")
    try:
        width = _pixels(request, "maxwidth", embed.WIDTH)
        tallest = _pixels(request, "maxheight", None)
    except ValueError as error:
        return _refused(400, f"« {error} » doit être un nombre entier positif de pixels.")
    if not request.args.get("url"):
        return _refused(400, "« url » manque : l’adresse de la page à intégrer.")
    source = local(datasette, request, request.args["url"])
    page = await datasette.client.get(source, follow_redirects=True) if source else None
    if page is None or page.status_code != 200 or not _HEIGHT.search(page.text):
        return _refused(404, "Cette adresse n’est pas celle d’une page à intégrer.")
    height = int(_HEIGHT.search(page.text)[1])
    if width < embed.WIDTH:
        height = height * embed.WIDTH // max(width, NARROWEST)
    answer = _rich(
        unescape(_TITLE.search(page.text)[1]),
        datasette.absolute_url(request, source),
        datasette.absolute_url(request, datasette.urls.path("/")),
        min(width, embed.WIDTH),
        min(height, tallest or height),
    )
    if kind == "xml":
        return Response(embed.oembed_xml(answer), content_type="text/xml; charset=utf-8")
    return Response.json(answer)


def _rich(title, source, home, width, height):
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Mot à mot",
        "provider_url": home,
        "cache_age": 86400,
        "html": embed.frame(source, title, height, width),
        "width": width,
        "height": height,
    }


def local(datasette, request, url):
    """The path of the frame of a page of this site; None for the address of another."""
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
    path = asked.path.rstrip("/")
    for extension in _FORMATS:
        path = path.removesuffix(extension)
    return f"{path}.embed" + (f"?{asked.query}" if asked.query else "")


def _pixels(request, name, otherwise):
    typed = request.args.get(name)
    if not typed:
        return otherwise
    if not re.fullmatch(r"[1-9]\d{0,5}", typed):
        raise ValueError(name)
    return int(typed)


def _refused(status, message):
    return Response.json({"ok": False, "error": message, "status": status}, status=status)


@hookimpl
def register_routes():
    return [(r"^/-/oembed$", oembed)]


@hookimpl
def asgi_wrapper(datasette):
    """Any site may read the data, whatever the command that serves it: nothing here is private."""

    def wrap(app):
        async def readable_elsewhere(scope, receive, send):
            if scope["type"] != "http" or not _is_open(datasette, scope["path"]):
                return await app(scope, receive, send)

            async def sending(message):
                if message["type"] == "http.response.start":
                    headers = message.setdefault("headers", [])
                    if not any(name == b"access-control-allow-origin" for name, _ in headers):
                        message["headers"] = [*headers, (b"access-control-allow-origin", b"*")]
                await send(message)

            return await app(scope, receive, sending)

        return readable_elsewhere

    return wrap


def _is_open(datasette, path):
    base = datasette.urls.path("/").rstrip("/")
    return bool(OPEN.search(path.removeprefix(base)))
