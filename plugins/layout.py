"""What templates/base.html needs on every page, error pages included."""

import hashlib

from datasette import hookimpl


@hookimpl
def prepare_jinja2_environment(env, datasette):
    env.globals.update(
        stylesheet=_stylesheet(datasette),
        site_metadata=lambda: datasette.metadata() or {},
    )


def _stylesheet(datasette):
    """The address of the one stylesheet, which changes when the file does."""
    folder = datasette.config_dir
    file = folder / "static" / "mot-a-mot.css" if folder else None
    version = hashlib.sha256(file.read_bytes()).hexdigest()[:8] if file and file.exists() else ""
    return datasette.urls.path("/static/mot-a-mot.css") + (f"?{version}" if version else "")
