"""Show the permanent addresses that queries and views return as links."""

from datasette import hookimpl
from markupsafe import Markup


@hookimpl
def render_cell(value, datasette):
    if isinstance(value, str) and value.startswith("/questionnaires/") and " " not in value:
        path = datasette.urls.path(value)
        return Markup('<a href="{}">{}</a>').format(path, value.removeprefix("/questionnaires/"))
    return None
