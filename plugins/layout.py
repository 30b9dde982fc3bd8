"""What templates/base.html needs on every page, error pages included."""

import hashlib

from datasette import hookimpl


@hookimpl
def prepare_jinja2_environment(env, datasette):
    env.globals.update(
        stylesheet=_static(datasette, "mot-a-mot.css"),
        script=_static(datasette, "mot-a-mot.js"),
        site_metadata=lambda: datasette.metadata() or {},
    )


def _static(datasette, name):
    """The address of a file of static/, which changes when the file does."""
    folder = datasette.config_dir
    file = folder / "static" / name if folder else None
    version = hashlib.sha256(file.read_bytes()).hexdigest()[:8] if file and file.exists() else ""
    return datasette.urls.path(f"/static/{name}") + (f"?{version}" if version else "")
