"""What goes out with every answer: what a browser may do with it, and how long it may be kept.

Every public page and format has an ETag made of the dataset's hash, of what pages are made of, and
of its address; whoever has that version is told so (304) before anything is worked out. A browser
asks each time, which costs it a few bytes; a proxy may answer for ten seconds by itself, so that a
crowd costs a page each ten seconds, and a new dataset is seen by all within these. No answer
depends on a cookie. A file of static/ is kept for a year under the address that has its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import datasette as served_by
from jinja2 import TemplateNotFound

from motamot.site import adapter, interface
from motamot.site.shapes import DATABASE, Datasette, Message, Send

PAGE = b"public, max-age=0, s-maxage=10, must-revalidate"
FILE = b"public, max-age=31536000, immutable"
NEVER = b"no-store"
ALWAYS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"vary": b"Accept-Encoding",
}
POLICY = (
    "default-src 'none'; script-src 'self'{}; style-src 'self'{}; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {}"
)
# What is made to be read by a script of another site, or by a reader of feeds.
OPEN = re.compile(r"\.(?:json|embed|csv|bib|csl|atom|png|txt)$|^/-/oembed$")
KEPT = (200, 301, 302, 304, 410)  # statuses that last as long as the dataset


def dataset_hash(datasette: Datasette) -> str:
    """What tells one dataset from another; "" when the file may change at any time."""
    return datasette.get_database(DATABASE).hash or ""


class Dressing:
    """The headers of this site's answers."""

    def __init__(self, datasette: Datasette) -> None:
        self._datasette = datasette
        self._made_of = _made_of(datasette)
        self._files = interface.static_files(datasette)
        self._page = POLICY.format("", "", "'none'").encode()
        # Browsers put styles of their own around an image or XML that is opened alone.
        self._file = POLICY.format("", " 'unsafe-inline'", "'none'").encode()
        self._frame = POLICY.format(*_inline(datasette), "*").encode()

    def tag(self, scope: Message) -> bytes:
        """The ETag of the page at an address; b"" when it has none."""
        dataset = dataset_hash(self._datasette)
        if not dataset or scope["method"] not in ("GET", "HEAD"):
            return b""
        host = dict(scope["headers"]).get(b"host", b"")
        address = (scope["scheme"].encode(), host, scope["raw_path"], scope["query_string"])
        made_of = b"\n".join((dataset.encode(), self._made_of, *address))
        return b'W/"' + hashlib.sha256(made_of).hexdigest()[:32].encode() + b'"'

    def is_known(self, scope: Message) -> bool:
        """Whether whoever asks has this version already."""
        tag = self.tag(scope).removeprefix(b"W/")
        return bool(tag) and tag in re.findall(rb'"[^"]*"', _asked(scope))

    def dressed(self, scope: Message, path: str, send: Send) -> Send:
        """`send`, which adds the headers; and leaves out the body when only they are asked for."""
        bare = scope["method"] == "HEAD"
        any_version = _asked(scope).strip() == b"*" and bool(self.tag(scope))

        async def sending(message: Message) -> None:
            nonlocal bare
            if message["type"] == "http.response.start":
                if any_version and message["status"] == 200:
                    bare, message = True, {**message, "status": 304}
                ours = self._headers(scope, path, message["status"])
                headers = [each for each in message["headers"] if each[0].lower() not in ours]
                if message["status"] == 304:
                    body = (b"content-length", b"content-type", b"content-encoding")
                    headers = [each for each in headers if each[0].lower() not in body]
                message = {**message, "headers": [*headers, *ours.items()]}
            elif bare and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        return sending

    async def unchanged(self, scope: Message, path: str, send: Send) -> None:
        """304: what is known is still so."""
        send = self.dressed(scope, path, send)
        await send({"type": "http.response.start", "status": 304, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def _headers(self, scope: Message, path: str, status: int) -> dict[bytes, bytes]:
        found = {**ALWAYS, b"content-security-policy": self._policy(path)}
        if OPEN.search(path):
            found[b"access-control-allow-origin"] = b"*"
        tag = self.tag(scope)
        found[b"cache-control"] = PAGE if tag and status in KEPT else NEVER
        if tag and status in (200, 304):
            found[b"etag"] = tag
            if (version := self._files.get(path)) and version == scope["query_string"].decode():
                found[b"cache-control"] = FILE
        return found

    def _policy(self, path: str) -> bytes:
        if path.endswith(".embed"):
            return self._frame
        return self._file if re.search(r"\.\w+$|^/-/oembed$", path) else self._page


def _asked(scope: Message) -> bytes:
    return b", ".join(value for name, value in scope["headers"] if name == b"if-none-match")


def _made_of(datasette: Datasette) -> bytes:
    """What all pages are made of besides the dataset, as a hash."""
    found = hashlib.sha256(served_by.__version__.encode())
    said = [adapter.described(datasette), datasette.settings_dict()]
    found.update(json.dumps(said, sort_keys=True, default=str).encode())
    here = Path(__file__).parent.parent
    folders = [here, *(Path(folder) for _, folder in datasette.static_mounts)]
    folders += [Path(datasette.template_dir)] if datasette.template_dir else []
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest().encode()


def _inline(datasette: Datasette) -> list[str]:
    """The hashes of the one script and of the one style that stand within a frame's page."""
    environment = adapter.environment(datasette)
    assert environment.loader
    try:
        source = environment.loader.get_source(environment, "embed.html")[0]
    except TemplateNotFound:  # our database, served without our templates
        return ["", ""]
    return [
        f" 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for name in ("script", "style")
        for text in re.findall(rf"<{name}>(.*?)</{name}>", source, re.DOTALL)
    ]
