"""What a request must be before anything of the site sees it: refused in French, or made plain.

A request is its address and, for the one form that is sent, its body. Of its headers only those
are passed on that change an answer: no cookie does, and the host is the site's own name, whatever
the request says. What only the operator decides (how long a query may take, how long an answer is
kept) is taken out of the address.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote, unquote_plus, unquote_to_bytes, urlsplit

from datasette.utils.asgi import NotFound, Request

from motamot.site import errors, interface
from motamot.site.headers import Dressing, dataset_hash
from motamot.site.shapes import DATABASE, App, Datasette, Message, Send

HEADERS = {b"accept-encoding", b"content-type", b"if-none-match"}
OPERATORS = {"_timelimit", "_trace", "_ttl"}  # parameters of Datasette that are not a stranger's
FORM = "/-/verifier-un-article"  # the one address that takes what is sent to it
LONGEST_PATH, LONGEST_QUERY, MOST = 4_000, 40_000, 1_000  # bytes, bytes, parameters
LOOPBACK = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?")
PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
TOO_LONG = "L’adresse a {} octets, {} au plus."
UNREADABLE = "L’adresse contient des octets ou des signes qui n’écrivent aucun texte."


class Refused(Exception):
    """(status, message)"""


def guarded(datasette: Datasette, app: App) -> App:
    """The site behind its door; its answers bear the headers of `headers`."""
    dressing, name = Dressing(datasette), _name(datasette)
    static = interface.static_files(datasette)

    async def asked(scope: Message, receive: Any, send: Send) -> None:
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1000})
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        scheme, host = await name(scope)
        headers = [each for each in scope["headers"] if each[0].lower() in HEADERS]
        scope = {**scope, "scheme": scheme, "headers": [(b"host", host.encode()), *headers]}
        scope["raw_path"] = scope.get("raw_path") or quote(scope["path"]).encode()
        try:
            scope, path = _plain(datasette, scope)
        except Refused as refused:
            kind = re.search(rb"\.[a-z]+$", scope["raw_path"])
            shown = b"/" + (kind[0] if kind else b"")
            plain = {**scope, "path": "/", "raw_path": shown, "query_string": b""}
            send = dressing.dressed(plain, shown.decode(), send)
            return await _refuse(datasette, plain, receive, send, *refused.args)
        if dressing.is_known(scope):
            return await dressing.unchanged(scope, path, send)
        send = dressing.dressed(scope, path, send)
        if scope["method"] not in _methods(path):
            allow = (b"allow", ", ".join(_methods(path)).encode())
            return await _refuse(datasette, scope, receive, send, 405, errors.ADVICE[405], allow)
        if re.match(r"/(?:-/)?static(?:-|/|$)", path) and path not in static:
            return await _refuse(datasette, scope, receive, send, 404, errors.ADVICE[404])
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await app(scope, receive, send)

    return asked


def _methods(path: str) -> tuple[str, ...]:
    return ("GET", "HEAD", "POST") if path == FORM else ("GET", "HEAD")


def _plain(datasette: Datasette, scope: Message) -> tuple[Message, str]:
    """A request whose address is text, and its path as routes have it."""
    path = _readable(scope["raw_path"].partition(b"?")[0], LONGEST_PATH)
    if not path.startswith("/"):
        raise Refused(400, "Une adresse de ce site commence par « / ».")
    if re.search(r"[\x00-\x1f\x7f]", unquote(path)):
        raise Refused(400, UNREADABLE)
    if "\\" in unquote(path):  # /\example.com/ would lead to another site
        raise Refused(400, "Une adresse ne contient pas de barre oblique inverse (« \\ »).")
    query = _readable(scope["query_string"], LONGEST_QUERY)
    pieces = query.split("&")
    if len(pieces) > MOST:
        raise Refused(400, f"L’adresse a {len(pieces)} paramètres, {MOST} au plus.")
    kept = [each for each in pieces if unquote_plus(each.partition("=")[0]) not in OPERATORS]
    scope = {**scope, "raw_path": path.encode(), "query_string": "&".join(kept).encode()}
    base = datasette.setting("base_url")
    return scope, "/" + path[len(base) :] if path.startswith(base) else path


def _readable(raw: bytes, longest: int) -> str:
    """A piece of an address in ASCII; refused when it stands for no text."""
    if len(raw) > longest:
        raise Refused(414, TOO_LONG.format(len(raw), longest))
    try:
        unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, UNREADABLE) from None
    return quote(raw, safe=PRINTABLE)


def _name(datasette: Datasette) -> Callable[[Message], Awaitable[tuple[str, str]]]:
    """What this site is called: (scheme, host) of each request."""
    known: dict[str, str] = {}  # the dataset's hash -> its public address

    async def public() -> str:
        dataset = dataset_hash(datasette)
        if dataset not in known or not dataset:
            found = await datasette.execute(DATABASE, "select public_url from edition")
            known.clear()
            known[dataset] = str(found.single_value() or "")
        return known[dataset]

    async def name(scope: Message) -> tuple[str, str]:
        if address := await public():
            parts = urlsplit(address)
            return parts.scheme, parts.netloc
        given = b"".join(value for name, value in scope["headers"] if name.lower() == b"host")
        host = given.decode("latin-1").lower()
        if not LOOPBACK.fullmatch(host):
            port = (scope.get("server") or ("", None))[1]
            host = f"localhost:{port}" if port else "localhost"
        return "https" if scope.get("scheme") == "https" else "http", host

    return name


async def _refuse(
    datasette: Datasette,
    scope: Message,
    receive: Any,
    send: Send,
    status: int,
    message: str,
    *headers: tuple[bytes, bytes],
) -> None:
    request = Request({**scope, "csrftoken": str, "actor": None}, receive)
    title = errors.TITLES[status]
    response = await errors.error_page(datasette, request, status, title, message)
    response.headers.update({name.decode(): value.decode() for name, value in headers})
    await response.asgi_send(send)


async def closed() -> None:
    """For who looks after a Datasette, not for readers: its pages under /-/, but for the search."""
    raise NotFound("404")


ROUTES = [(r"/-/(?!search$|static/)", closed)]
