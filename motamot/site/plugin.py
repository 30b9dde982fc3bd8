"""Every hook of Datasette that this site answers, in one list; each hands over to its module.

The plugin is in every Datasette of its environment, also one that serves something else: there it
does nothing but name filters that no other template asks for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import Any

from jinja2 import Environment
from pluggy import HookimplMarker, Result

from motamot.site import (
    answers,
    articles,
    cards,
    citing,
    documents,
    door,
    embeds,
    errors,
    feeds,
    filters,
    french,
    functions,
    interface,
    markup,
    oembed,
    pages,
    published,
    quotations,
    redirects,
    search,
    streams,
    workers,
)
from motamot.site.shapes import DATABASE, Datasette, Request

hookimpl = HookimplMarker("datasette")  # Datasette's own has no types
Later = Callable[[], Awaitable[Any]]


def _is_ours(datasette: Datasette) -> bool:
    return DATABASE in datasette.databases


@hookimpl
def startup(datasette: Datasette) -> Later:
    return partial(published.serve, datasette)


@hookimpl(trylast=True)  # after Datasette's own escape_fts, which is replaced
def prepare_connection(conn: sqlite3.Connection, datasette: Datasette) -> None:
    if _is_ours(datasette):
        functions.prepare(conn, partial(interface.value_label, datasette, DATABASE))


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Datasette) -> None:
    for module in (answers, citing, documents, embeds, french, interface, markup, pages):
        env.filters.update(module.FILTERS)
    env.tests["web_address"] = markup.web_address
    env.globals.update({**documents.GLOBALS, **quotations.GLOBALS})
    env.globals.update({**filters.names(datasette), **interface.names(datasette)})
    env.globals.update(search.names(datasette))
    env.globals["count_rows"] = partial(streams.count, datasette)


@hookimpl
def extra_template_vars(
    datasette: Datasette,
    request: Request | None,
    database: str | None,
    view_name: str,
    columns: list[str] | None,
    template: str,
) -> Later | None:
    async def found() -> dict[str, Any]:
        return {
            "format_bytes": french.size,
            "reading": pages.Reading(datasette, request),
            "quoting": citing.Quoting(datasette, request, database, view_name, columns),
            **await interface.query_fields(datasette, request, database, template),
            **await search.results(datasette, request, template),
        }

    return found if _is_ours(datasette) else None


@hookimpl
def render_cell(value: object, datasette: Datasette) -> str | None:
    return interface.permalink(datasette, value) if _is_ours(datasette) else None


@hookimpl
def register_output_renderer(datasette: Datasette) -> list[dict[str, Any]]:
    return [*embeds.RENDERERS, *citing.RENDERERS] if _is_ours(datasette) else []


@hookimpl(tryfirst=True)  # so that the last of ours closes what is Datasette's own
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Any]]]:
    modules = (search, quotations, articles, oembed, feeds, cards, documents, door)
    return [each for one in modules for each in one.ROUTES] if _is_ours(datasette) else []


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Generator[None, Result[list[Any]], None]:
    """Takes the place of Datasette's own page, which would print everything a second time."""
    outcome = yield

    async def answer() -> Any:
        if isinstance(exception, workers.Replaced):  # the request begins again
            raise exception
        moved = await redirects.answer(datasette, request, exception)
        return moved or await errors.answer(datasette, request, exception)

    if _is_ours(datasette):
        stock = "datasette.handle_exception"
        others = [each for each in outcome.get_result() if each.__module__ != stock]
        outcome.force_result([*others, answer])


@hookimpl
def forbidden(datasette: Datasette, request: Request, message: str) -> Later | None:
    async def answer() -> Any:
        return await errors.refused(datasette, request, message)

    return answer if _is_ours(datasette) else None


@hookimpl(hookwrapper=True)
def asgi_wrapper(datasette: Datasette) -> Generator[None, Result[list[Any]], None]:
    """From the inside out: what pages hold, compression and others', the door, the dataset."""
    outcome = yield

    def inner(app: Any) -> Any:
        return filters.told_apart(datasette, streams.complete(datasette, app))

    if _is_ours(datasette):
        outer = [partial(each, datasette) for each in (door.guarded, published.one_edition)]
        outcome.force_result([inner, *outcome.get_result(), *outer])
