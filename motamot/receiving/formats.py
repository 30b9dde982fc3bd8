"""Which format a file is of, by its bytes and its name; and its text, drawn out by the module."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from io import BytesIO

from motamot.receiving.converted import CLOSED, Converted, Refused

TEXTS = (".md", ".txt")  # documents as they are


@dataclass(frozen=True)
class Format:
    """`module` of this folder converts it; `by` are libraries that have a part in it."""

    said: str
    module: str
    by: tuple[str, ...] = ()


FORMATS = {
    ".docx": Format("a Word document", "word"),
    ".odt": Format("an OpenDocument text", "opendocument"),
    ".doc": Format("an old Word document", "legacy"),
    ".pdf": Format("a PDF", "pdf", ("pdfplumber",)),
    ".html": Format("a web page", "web", ("markdownify",)),
    ".eml": Format("an e-mail", "mail"),
}
SUFFIXES = (*TEXTS, *FORMATS, ".htm")
_ALIKE = {".htm": ".html", ".xhtml": ".html"}
_AS_TEXT = "Save its text as .md or .txt, and receive that."
_ODT = b"application/vnd.oasis.opendocument.text"
# What is known by its first bytes, and no reply as it is.
_REFUSED = (
    (b"{\\rtf", "a file of rich text (RTF)", "Open it in a word processor, and save it as .docx."),
    (b"\x89PNG", "a picture", "Ask for the text of it, or write it down as .md."),
    (b"\xff\xd8\xff", "a picture", "Ask for the text of it, or write it down as .md."),
    (b"Rar!", "an archive", "Unpack it, and receive what is in it."),
    (b"7z\xbc\xaf", "an archive", "Unpack it, and receive what is in it."),
    (b"\x1f\x8b", "an archive", "Unpack it, and receive what is in it."),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIL = re.compile(rb"(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*(?:From|Return-Path|MIME-Version):")
_PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b",
                   re.I | re.S)  # fmt: skip


def kind_of(name: str, data: bytes) -> tuple[str, str]:
    """(the suffix of what a file is, a doubt where its name says another). Raises Refused for what
    is not taken in."""
    suffix = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    named = _ALIKE.get(suffix, suffix)
    if not data.strip(b"\0 \t\r\n") and named not in TEXTS:
        raise Refused("an empty file", "Ask for it again.")
    kind = _kind(named, data)
    if kind not in FORMATS and kind not in TEXTS:
        said = {".xlsx": "a workbook", ".csv": "a table"}.get(kind, f"“{name}”")
        raise Refused(said, _AS_TEXT)
    if kind == named:
        return kind, ""
    said = FORMATS[kind].said if kind in FORMATS else "plain text"
    return kind, f"the file was named {name}, and is {said}"


def _kind(named: str, data: bytes) -> str:
    for first, found, action in _REFUSED:
        if data.startswith(first):
            raise Refused(found, action)
    if data.startswith(b"PK\x03\x04") or (data[:2] == b"PK" and named in FORMATS):
        return _zipped(named, data)
    if data.startswith(_OLE):
        return _ole(data)
    if b"%PDF-" in data[:1024]:
        return ".pdf"
    if named in (*TEXTS, ".html", ".eml", ".csv"):
        return named
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    if _PAGE.match(data[:4000]):
        return ".html"
    if _MAIL.match(data[:8000]):
        return ".eml"
    return ".txt" if named in FORMATS else ""


def _zipped(named: str, data: bytes) -> str:
    try:
        names = zipfile.ZipFile(BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as error:
        action = "Open it in its program, save it anew, and receive that file; or ask for it again."
        raise Refused("a file that is damaged, or of which only a part came", action) from error
    if any(name.startswith("word/document") for name in names):
        return ".docx"
    if _ODT in data[:200] or (named == ".odt" and "content.xml" in names):
        return ".odt"
    if "xl/workbook.xml" in names:
        return ".xlsx"
    if "content.xml" in names or "[Content_Types].xml" in names:
        raise Refused("a document that is no text (slides, a drawing, a table)", _AS_TEXT)
    raise Refused("an archive", "Unpack it, and receive what is in it.")


def _ole(data: bytes) -> str:
    """What old programs of Microsoft wrote, and what is enciphered today."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused(*CLOSED)
    if "__substg1.0_".encode("utf-16-le") in data:
        raise Refused("a message as Outlook keeps it (.msg)", "Save it as .eml, or as a text.")
    if "WordDocument".encode("utf-16-le") in data:
        return ".doc"
    raise Refused("a document that is no text (an old workbook, old slides)", _AS_TEXT)


def converted(kind: str, data: bytes) -> tuple[Converted, str]:
    """The text of a file of a kind, and what drew it. Raises Refused."""
    form = FORMATS[kind]
    try:
        made: Converted = import_module(f"motamot.receiving.{form.module}").convert(data)
    except ImportError as error:
        found = f"{form.said}, and the library {error.name} that reads it is not installed"
        raise Refused(found, "Install it: pip install 'motamot[intake]'.") from error
    except RecursionError as error:
        found = f"{form.said} whose parts are nested too deep"
        raise Refused(found, "It is damaged, or a trap: ask for it again.") from error
    if not re.search(r"\w", made.text):
        found = f"{form.said} that has no words"
        raise Refused(found, "It may be a picture of a text: ask for the text.")
    by = (f"{library} {version(library)}" for library in form.by)
    return made, " ".join(["motamot", form.module, *by])
