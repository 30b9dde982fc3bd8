"""Word 97 (.doc) -> Markdown, where LibreOffice is installed, which saves it as .docx first."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from motamot.receiving import word
from motamot.receiving.converted import Converted, Refused

_SECONDS = 120


def convert(data: bytes) -> Converted:
    """Raises Refused where LibreOffice is not installed, or cannot open the file."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise Refused(
            "an old Word document, which LibreOffice converts, and LibreOffice is not installed",
            "Install it; or open the document in a word processor and save it as .docx.",
        )
    with TemporaryDirectory() as folder:
        (Path(folder) / "received.doc").write_bytes(data)
        command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", "docx", "--outdir", folder, f"{folder}/received.doc"]
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
            made = (Path(folder) / "received.docx").read_bytes()
        except (OSError, subprocess.TimeoutExpired) as error:
            found = "an old Word document that LibreOffice could not open"
            raise Refused(found, "It may be damaged, or closed by a password.") from error
    return word.convert(made)
