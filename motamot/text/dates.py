"""Dates as people write them -> what is known of them, as ISO 8601 has it."""

from __future__ import annotations

import re
from datetime import date

from motamot.text.folding import fold

_MONTHS = (  # French, its abbreviations, English, German, Spanish, Italian; folded
    "janvier janv january januar enero gennaio",
    "fevrier fevr february februar febrero febbraio",
    "mars march marz marzo",
    "avril avr april abril aprile",
    "mai may mayo maggio",
    "juin june juni junio giugno",
    "juillet juil july juli julio luglio",
    "aout august agosto",
    "septembre sept september septiembre settembre",
    "octobre oct october oktober octubre ottobre",
    "novembre nov november noviembre",
    "decembre dec december dezember diciembre dicembre",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_FIGURES = re.compile(
    r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"
)  # the day first, as in Europe


def iso(written: str | None) -> str | None:
    """`2026-03-15`, or the part that is known (`2026-03`, `2026`); None when no year is, or several
    are: "15 mars 2026", "15/03/2026", "15 et 22 mars 2026" -> 2026-03, "2025 ou 2026" -> None."""
    said = (written or "").strip()
    if found := _ISO.fullmatch(said):
        year, month, day = (int(part) if part else None for part in found.groups())
    elif found := _FIGURES.fullmatch(said):
        day, month, year = map(int, found.groups())
    else:
        year, month, day = _told(fold(said))
    return _known(year, month, day)


def _told(said: str) -> tuple[int | None, int | None, int | None]:
    """The year, month and day that a text names once each."""
    figures = re.findall(r"[0-9]+", said)
    years = {int(each) for each in figures if len(each) == 4}
    months = {_MONTH[word] for word in re.findall(r"[a-z]+", said) if word in _MONTH}
    days = {int(each) for each in figures if len(each) < 3}
    only = [found.pop() if len(found) == 1 else None for found in (years, months, days)]
    return only[0], only[1], only[2]


def _known(year: int | None, month: int | None, day: int | None) -> str | None:
    """As much of it as is a date."""
    if not year:
        return None
    for parts in ((year, month, day), (year, month)):
        whole = [part for part in parts if part]
        try:
            if len(whole) == len(parts):
                return date(*whole, *([1] * (3 - len(parts)))).isoformat()[: 3 * len(parts) + 1]
        except ValueError:
            continue
    return f"{year:04}"
