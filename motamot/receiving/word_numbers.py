"""The numbers that Word writes before paragraphs: numbering.xml, as a person sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from motamot.receiving.package import alphabetic, roman, whole

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# What fonts of signs draw: Wingdings and its like, whose characters have no meaning of their own.
SIGNS = {
    **dict.fromkeys((0x6F, 0x71, 0x72, 0xA8, 0xA3, 0x2A, 0x30), "☐"),
    **dict.fromkeys((0x78, 0xFD, 0xFE, 0x51, 0x52, 0x53, 0x54), "☒"),
    **dict.fromkeys((0xFC, 0x50), "✓"),
    **dict.fromkeys((0xFB, 0x4F), "✗"),
    **dict.fromkeys((0xB7, 0xA7, 0x6C, 0x6E, 0x76, 0xD8), "•"),
    0xE0: "→",
    0x4A: "☺",
}
_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda n: f"{n:02d}",
    "lowerLetter": alphabetic,
    "upperLetter": lambda n: alphabetic(n, True),
    "lowerRoman": roman,
    "upperRoman": lambda n: roman(n, True),
    "ordinal": lambda n: f"{n}.",
    "none": lambda n: "",
}


def val(element: Element | None, path: str, name: str = "val") -> str | None:
    """The value of a property below an element; None where either is missing."""
    found = element.find(path.replace("w:", W)) if element is not None else None
    return found.get(f"{W}{name}") if found is not None else None


@dataclass(frozen=True)
class _Level:
    start: int
    format: str
    text: str
    restart: int | None  # the level, from 1, after which it counts anew; 0: never
    legal: bool
    style: str | None


class Numbers:
    """Counts the numbered paragraphs of a document, in its order."""

    def __init__(self, root: Element | None, list_of: Callable[[str], str | None]) -> None:
        """`list_of` gives the number's list of a style."""
        self._abstract: dict[str, str] = {}
        self._levels: dict[str, dict[int, _Level]] = {}
        self._own: dict[str, dict[int, _Level]] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        linked: dict[str, str] = {}
        for each in root.iter(f"{W}abstractNum") if root is not None else ():
            own = each.get(f"{W}abstractNumId") or ""
            self._levels[own] = _levels(each)
            if link := val(each, "w:numStyleLink"):
                linked[own] = link
        for each in root.iter(f"{W}num") if root is not None else ():
            self._num(each)
        for own, style in linked.items():
            other = self._abstract.get(list_of(style) or "")
            self._levels[own] = self._levels.get(other or "", {})

    def _num(self, each: Element) -> None:
        own = each.get(f"{W}numId") or ""
        self._abstract[own] = val(each, "w:abstractNumId") or ""
        for override in each.iter(f"{W}lvlOverride"):
            level = whole(override.get(f"{W}ilvl"), 0)
            if (start := val(override, "w:startOverride")) is not None:
                self._starts[own, level] = whole(start, 1)
            self._own.setdefault(own, {}).update(_levels(override))

    def level_of(self, num: str, style: str) -> int:
        """The level of a list that a style is linked with."""
        levels = self._all(num)
        return next((at for at, level in levels.items() if level.style == style), 0)

    def _all(self, num: str) -> dict[int, _Level]:
        return self._levels.get(self._abstract.get(num, ""), {}) | self._own.get(num, {})

    def label(self, num: str, at: int) -> tuple[str, bool]:
        """(what stands before the next paragraph of this list and level, whether it is a mere
        bullet); nothing where the list is not known."""
        levels = self._all(num)
        level = levels.get(at)
        if level is None:
            return "", False
        counts = self._counts.setdefault(self._abstract[num], {})
        if (num, at) in self._starts:
            counts[at] = self._starts.pop((num, at)) - 1
        counts[at] = counts.get(at, level.start - 1) + 1
        for deeper in [d for d in counts if d > at]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or (restart and at < restart):
                del counts[deeper]
        if level.format == "bullet":
            sign = SIGNS.get(ord(level.text[:1] or "•") & 0xFF, "•")
            sign = level.text if level.text in "☐☒☑✓✔" and level.text else sign
            private = 0xF000 <= ord(level.text[:1] or "•") <= 0xF0FF
            box = sign in "☐☒✓✗" and (private or sign == level.text)
            return (sign, False) if box else ("-", True)
        return self._said(level, levels, counts), False

    def _said(self, level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            other = levels.get(at, level)
            count = counts.setdefault(at, other.start)
            if level.legal:
                return str(count)
            return _FORMATS.get(other.format, str)(count)

        return re.sub(r"%([1-9])", number, level.text).strip()


def _levels(parent: Element) -> dict[int, _Level]:
    return {
        whole(each.get(f"{W}ilvl"), 0): _Level(
            start=whole(val(each, "w:start"), 1),
            format=val(each, "w:numFmt") or "decimal",
            text=val(each, "w:lvlText") or "",
            restart=whole(val(each, "w:lvlRestart"), 0) if val(each, "w:lvlRestart") else None,
            legal=val(each, "w:isLgl") not in (None, "0", "false")
            or (each.find(f"{W}isLgl") is not None and val(each, "w:isLgl") is None),
            style=val(each, "w:pStyle"),
        )
        for each in parent.iter(f"{W}lvl")
    }
