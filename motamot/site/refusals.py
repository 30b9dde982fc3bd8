"""Addresses that are refused before any view, and English refusals that no hook can change.

Datasette answers forms without their token, wrong methods and static files in plain English:
these answers are replaced by error pages on their way out.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from datasette.utils.asgi import BadRequest, Forbidden, Request, Response

from motamot.site import errors
from motamot.site.shapes import Datasette

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

# For who looks after a Datasette, not for readers; `/-/versions.json` and the like are open.
CLOSED = (
    *("actor", "allow-debug", "databases", "logout", "messages", "metadata", "patterns"),
    *("permissions", "plugins", "settings", "threads", "versions"),
)


async def backslash() -> Response:
    """A backslash would make /\\example.com/ redirect to another site."""
    raise BadRequest("Une adresse ne contient pas de barre oblique inverse (« \\ »).")


async def closed() -> Response:
    raise Forbidden("Permission denied")


ROUTES = [(r"[^?]*(?:\\|%5[cC])", backslash), (rf"/-/(?:{'|'.join(CLOSED)})$", closed)]


def french_refusals(datasette: Datasette, app: Any) -> Any:
    async def refusing(scope: Message, receive: Any, send: Send) -> None:
        http = scope["type"] == "http"
        await app(scope, receive, _replacing(datasette, scope, receive, send) if http else send)

    return refusing


def _replacing(datasette: Datasette, scope: Message, receive: Any, send: Send) -> Send:
    start: Message | None = None
    replaced = False

    async def sending(message: Message) -> None:
        nonlocal start, replaced
        if message["type"] == "http.response.start" and message["status"] in (403, 404, 405):
            start = message
        elif start is None:
            await send(message)
        elif not replaced:
            body = message.get("body", b"")
            if not body or body.lstrip()[:1] in (b"<", b"{", b"["):  # a page, or JSON
                await send(start)
                start = None
                await send(message)
            else:
                replaced = True
                await _refusal(datasette, scope, receive, send, start["status"], body)

    return sending


async def _refusal(
    datasette: Datasette, scope: Message, receive: Any, send: Send, status: int, body: bytes
) -> None:
    await datasette.invoke_startup()
    request = Request(dict(scope, csrftoken=lambda: "", actor=None), receive)
    message = errors.french(re.sub(r"<[^>]*>", " ", body.decode("utf-8", "replace")).strip()[:500])
    response = await errors.error_page(datasette, request, status, errors.TITLES[status], message)
    if scope.get("method") == "HEAD":
        response.body = b""
    await response.asgi_send(send)
