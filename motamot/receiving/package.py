"""The XML parts of a zipped document, within limits: neither bombs nor passwords are opened."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from motamot.receiving.converted import CLOSED, Refused
from motamot.text.problems import cut

MOST = 20_000_000  # bytes of all parts that are read, unpacked
_DAMAGED = (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError)
_FORMATS = b"http://schemas.openxmlformats.org/"
_STRICT = (  # two names of one thing
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", _FORMATS + b"wordprocessingml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        _FORMATS + b"officeDocument/2006/relationships",
    ),
)
_AGAIN = "Open it in its program, save it anew, and receive that file."


class Package:
    """A .docx or .odt file. Raises Refused when it is damaged or closed by a password."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
            self.names = set(self._zip.namelist())
            self._left = MOST
        except _DAMAGED as error:
            raise Refused("the file is damaged, or only a part of it came", _AGAIN) from error

    def tree(self, name: str) -> Element | None:
        """The root of one part; None when the package has none of this name."""
        if name not in self.names:
            return None
        try:
            with self._zip.open(name) as part:
                data = part.read(self._left + 1)
        except RuntimeError as error:
            raise Refused(*CLOSED) from error
        except (*_DAMAGED, zlib.error) as error:
            raise Refused(f"{name}, a part of the file, is damaged", _AGAIN) from error
        self._left -= len(data)
        if self._left < 0:
            found = f"the parts of the file have more than {MOST:,} bytes"
            raise Refused(found, "No reply is so long: ask for another file.")
        try:
            for strict, usual in _STRICT:
                data = data.replace(strict, usual)
            root: Element = fromstring(data, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            raise Refused(f"{name}, a part of the file, is not the XML it should be", _AGAIN) from (
                error
            )
        return root

    def needed(self, name: str) -> Element:
        """The part that no document of the format lacks."""
        root = self.tree(name)
        if root is None:
            raise Refused(f"the file has no {name}, which documents of its format have", _AGAIN)
        return root


def authors(properties: Element | None) -> list[str]:
    """The doubt that a file which is published names who wrote it, in its properties."""
    tags = ("}creator", "}lastModifiedBy", "}initial-creator")
    found = properties.iter() if properties is not None else ()
    names = (each.text or "" for each in found if each.tag.endswith(tags))
    said = ", ".join(dict.fromkeys(name for name in names if name.strip()))
    return [f"the file's properties name “{cut(said)}”: is this to be published?"] if said else []


def whole(value: str | None, otherwise: int) -> int:
    """A whole number as XML has it; another where it has none."""
    return int(value) if value and re.fullmatch(r"-?[0-9]{1,7}", value) else otherwise


def alphabetic(number: int, upper: bool = False) -> str:
    """1 -> a, 26 -> z, 27 -> aa, as word processors count."""
    if not 0 < number <= 260:
        return str(number)
    sign = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    return sign.upper() if upper else sign


def roman(number: int, upper: bool = False) -> str:
    """1 -> i, 4 -> iv."""
    if not 0 < number < 5000:
        return str(number)
    made = ""
    for value, sign in _ROMAN:
        made += sign * (number // value)
        number %= value
    return made.upper() if upper else made


_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
