"""What was filled into a PDF's form fields, or typed over its pages, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import decode_text

_HIDDEN = 0b100010  # bits of /F: hidden, not viewed
_BUTTON, _PASSWORD = 1 << 16, 1 << 13  # bits of /Ff


@dataclass(frozen=True)
class Field:
    """Words with the box of their field, in points from the page's upper left corner."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    kind: str  # "text", "box" (☒ or ☐), "hidden", "note" (a comment beside the page)


def fields(page: Any) -> Iterator[Field]:
    """The fields of a pdfplumber page that hold something; a tick box always does."""
    for each in page.annots:
        data = {key: resolve1(value) for key, value in each["data"].items()}
        kind, text = _filled(data)
        if text.strip():
            hidden = int(data.get("F") or 0) & _HIDDEN
            place = (each["x0"], each["top"], each["x1"], each["bottom"])
            yield Field(text.strip(), *place, kind="hidden" if hidden else kind)


def _filled(data: Mapping[str, Any]) -> tuple[str, str]:
    """(kind, words) of an annotation."""
    subtype = _name(data.get("Subtype"))
    if subtype == "FreeText":
        return "text", _words(data.get("Contents"))
    if subtype == "Text":
        return "note", _words(data.get("Contents"))
    if subtype != "Widget":
        return "", ""
    of = _name(_inherited(data, "FT"))
    flags = int(_inherited(data, "Ff") or 0)
    if of == "Btn":
        ticked = _name(data.get("AS") or _inherited(data, "V")) not in ("", "Off")
        return "box", "" if flags & _BUTTON else "☒" if ticked else "☐"
    if of == "Sig" and _inherited(data, "V"):
        return "hidden", "(signature)"
    if of == "Tx" and flags & _PASSWORD:
        return "", ""
    value = _inherited(data, "V")
    chosen = value if isinstance(value, list) else [value]
    shown = _shown(_inherited(data, "Opt")) if of == "Ch" else {}
    return "text", "\n".join(shown.get(words := _words(resolve1(v)), words) for v in chosen)


def _inherited(data: Mapping[str, Any], key: str) -> Any:
    """An entry of a field, or of the fields that it stands below."""
    for _ in range(20):
        if key in data:
            return resolve1(data[key])
        parent = resolve1(data.get("Parent"))
        if not isinstance(parent, dict):
            return None
        data = parent
    return None


def _shown(options: Any) -> dict[str, str]:
    """What a choice shows for what it exports."""
    pairs = [resolve1(each) for each in options or []]
    return {_words(resolve1(p[0])): _words(resolve1(p[1])) for p in pairs if isinstance(p, list)}


def _name(value: Any) -> str:
    if isinstance(value, PSLiteral):
        value = value.name
    return value.decode("latin-1") if isinstance(value, bytes) else str(value or "")


def _words(value: Any) -> str:
    if isinstance(value, PDFStream):
        value = value.get_data()
    if isinstance(value, bytes):
        return decode_text(value).replace("\r\n", "\n").replace("\r", "\n")
    return _name(value)
