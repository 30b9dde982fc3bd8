"""A whole table as CSV, a few large pages at a time.

Datasette streams 100 rows at a time, and begins a view anew at each: `_size=max` in the address
makes its pages as large as the site allows (max_returned_rows).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs


def in_large_pages(app: Any) -> Any:
    async def asked(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].endswith(".csv"):
            query = scope["query_string"]
            given = parse_qs(query.decode("latin-1"), keep_blank_values=True)
            if "_stream" in given and "_size" not in given:
                scope = {**scope, "query_string": query + b"&_size=max"}
        await app(scope, receive, send)

    return asked
