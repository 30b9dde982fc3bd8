"""How this site writes numbers, sizes, dates and plurals in French, for every template.

These are filters for our own words. They are never put on the words of a document.
"""

from __future__ import annotations

import re
from datetime import date

NBSP, THIN = "\u00a0", "\u202f"
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
LANGUAGES = {
    **{"fr": "français", "en": "anglais", "es": "espagnol", "de": "allemand", "it": "italien"},
    **{"pt": "portugais", "nl": "néerlandais", "br": "breton", "ca": "catalan", "eu": "basque"},
    **{"co": "corse", "oc": "occitan", "ar": "arabe"},
}
_QUOTED = re.compile(r"(«[^»]*»)")


def number(value: float) -> str:
    """1234 -> « 1 234 », with a narrow no-break space."""
    return f"{value:,}".replace(",", THIN)


def count(value: int, singular: str, plural: str | None = None) -> str:
    """(2, "liste") -> « 2 listes ». In French the plural starts at two."""
    word = singular if value < 2 else plural or f"{singular}s"
    return f"{number(value)}{NBSP}{word}"


def size(octets: int) -> str:
    """7681 -> « 7,7 ko » (1 ko is 1 000 bytes)."""
    for unit, divisor in (("Mo", 1_000_000), ("ko", 1_000)):
        if octets >= divisor:
            return f"{octets / divisor:.1f}".replace(".", ",") + NBSP + unit
    return count(octets, "octet")


def day(written: str) -> str:
    """« 2031-02-03 » -> « 3 février 2031 », « 2031-02 » -> « février 2031 »; what is no ISO date
    stays as it is written."""
    if found := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", written):
        return f"{MONTHS[int(found[2]) - 1]} {found[1]}"
    try:
        known = date.fromisoformat(written)
    except ValueError:
        return written
    first = "1er" if known.day == 1 else known.day
    return f"{first}{NBSP}{MONTHS[known.month - 1]} {known.year}"


def language(code: str) -> str:
    return LANGUAGES.get(code, code)


def spaced(text: str) -> str:
    """French spaces for a sentence of ours; what it quotes between « » keeps its own inside."""
    pieces = [
        f"«{NBSP}{piece[1:-1].strip()}{NBSP}»" if piece.startswith("«") else _spaced(piece)
        for piece in _QUOTED.split(text)
    ]
    return "".join(pieces)


def _spaced(text: str) -> str:
    return re.sub(" ([;!?])", THIN + r"\1", text.replace(" :", NBSP + ":"))


FILTERS = {
    "number": number,
    "count_of": count,
    "size": size,
    "day": day,
    "language": language,
    "spaced": spaced,
}
