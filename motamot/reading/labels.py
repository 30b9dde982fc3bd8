"""Labels at the beginning of a line: "3a)", "Question 4 :", "Réponse :", a speaker's name, "II.".

Offsets in and out are those of the whole text. All functions are pure and know no questionnaire.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from motamot.reading.wording import vocabulary


def _any_of(*words: str) -> str:
    """The words as a part of a regular expression, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_ASKING, _ANSWERING, _NUMBERED, _GROUPS = (
    _any_of(*vocabulary()[name])
    for name in ("question_words", "answer_words", "numbered_words", "group_words")
)
_OUR = (
    r"(?:(?:notre|votre|nos|la|our|your|the|unsere|ihre|die|nuestra|vuestra|su|nostra|vostra"
    r"|nossa|sua|ons|uw|het|el|il|party|candidate|candidate's|list)\s+)*"
)
_OF = r"(?:de|du|des|d['’]|of|from|by|der|von|vom|del|della|dell['’]|di|da|do|van)"
_NUMBER_SIGN = r"(?:n\s?[°º]|no\.?|nr\.?|núm\.?|num\.?|[#№])\s*"
_ONES = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_ROMANS = [ten + one for ten in ("", "X", "XX") for one in _ONES]
_ROMAN = _any_of(*_ROMANS[1:])
_SIGNS = r"[*_]{0,3}"  # of emphasis
_LABEL = re.compile(
    rf"""(?!\[\d+\]:)(?P<open>{_SIGNS})\s*(?P<wall>[(\[]?)
    (?:
      (?i:(?P<word>{_ASKING}|{_NUMBERED})\s*-?\s*)?(?i:(?P<sign>{_NUMBER_SIGN}))?
      (?P<number>\d{{1,3}}(?:[.\-]\d{{1,2}})*)
      (?:\s?\.?(?P<letter>[a-zA-Z])(?![\w’'])|\s(?P<bis>bis|ter|quater)\b)?
      |(?P<alone>(?!(?<=\[)x)[a-z])(?={_SIGNS}\\?[.)\]/]{_SIGNS}\s+\S)
      |(?<![(\[])(?P<roman>{_ROMAN})(?=\s?(?:\\?[.)/:°]|[-–—]){_SIGNS}\s+\S)
      |(?i:(?P<asks>{_ASKING}|asks?|a\ demandé))\s?(?={_SIGNS}\s?(?::|(?<=\w\w)(?:\.|[-–—]\s|$)))
    )
    (?P<close>{_SIGNS})
    (?P<sep>\s?(?:\\?[.)\]:]|[°º/]|\ufe0f?\u20e3)(?:\s?[-–—:).])?|\s*\\?[-–—:]+(?=\s|[*_]|$)|)
    (?P<after>{_SIGNS})
    (?:\s+|$|(?=[^\W\d_]|[*_¿«"“]))""",
    re.VERBOSE,
)
_ANSWERS = re.compile(
    rf"""(?P<open>{_SIGNS})\s*
    (?:
      (?i:{_OUR}(?:{_ANSWERING})\.?(?:\s*(?:{_NUMBER_SIGN})?\d{{1,3}}[a-z]?)?
      (?:\s+{_OF}\b[^:*_.?!\n(]{{1,60}}?)?)
      |[AR]\.?\s?\d{{1,3}}[a-z]?|[ARar](?={_SIGNS}\s?[:–—-]|[.)]\s?[-–—])
    )
    (?:\s*\([^)\n]{{1,60}}\))?\s*(?P<close>{_SIGNS})
    \s?(?::|(?<!\s)[.)]\s?[-–—]?(?=\s|$)|[-–—](?=[\s*_]|$)|➜|→|=>|$)
    (?P<after>{_SIGNS})[ \t]*""",
    re.VERBOSE,
)
_SPEAKER = re.compile(
    rf"{_SIGNS}(?P<name>[^\W\d_a-z][^:;,*_?!.\n]{{0,60}}?)\s?{_SIGNS}"
    rf"(?:\s?:|\s[—–](?=\s)|(?<=\b[QARDPFV])[.)]\s?[-–—]?)(?:[ \t]?[*_]{{1,3}}|(?=\s|$))[ \t]*"
)
_SECTION = re.compile(
    rf"{_SIGNS}(?:(?i:(?:{_GROUPS})\s+(?:\d+|[ivx]+|[a-h])\b)"
    rf"|(?:[A-H](?!\s?:)|{_ROMAN})\s?(?:\\?[.)/:°]|[-–—]){_SIGNS}\s+\S)"
)


@dataclass(frozen=True)
class Label:
    """A number or marker in front of a sentence.

    `parts`: (3,), (3, 1) for "3.1", (3, "a") for "3a", ("a",) for a lettered sub-question, () for a
    bare "Q:". `scheme` tells how it is written ("N)", "QN", "N.N"), for what repeats in a document.
    `end`: where the wording begins.
    """

    parts: tuple[int | str, ...]
    scheme: str
    end: int
    open: bool = False  # its emphasis goes on with the wording
    name: str = ""  # of a speaker

    @property
    def number(self) -> str:
        """As identifiers and readers see it: "3", "3.1", "3a"."""
        return number_text(self.parts)


def number_text(parts: Sequence[int | str]) -> str:
    """(3,) -> "3", (3, 1) -> "3.1", (3, "a") -> "3a"."""
    text = ""
    for part in parts:
        text += f".{part}" if isinstance(part, int) and text else str(part)
    return text


def label_at(text: str, start: int, stop: int) -> Label | None:
    """The question's label at the beginning of `text[start:stop]`: a number, or "Question :"."""
    match = _LABEL.match(text[start:stop])
    if match is None:
        return None
    end, parts = start + match.end(), _parts(match)
    if not (match["sep"] or match["wall"] or match["word"] or match["sign"]):
        # "2024 was", "30 % of": a bare number labels nothing, unless it is "3.1 Do you".
        opens = len(parts) > 1 and re.match(r"[*_]{0,3}[^\W\d_a-z]|¿|«", text[end:stop])
        if end < stop and not opens and not (match["open"] and match["close"]):
            return None
    shape = "I" if match["roman"] else "a" if match["alone"] else ".".join("N" for _ in parts)
    asks = "Q" if match["word"] or match["asks"] else ""
    sep = match["sep"].strip().replace("\\", "")
    return Label(parts, f"{asks}{match['wall']}{shape}{sep}", end)


def _parts(match: re.Match[str]) -> tuple[int | str, ...]:
    if match["number"]:
        letter = match["letter"] or match["bis"] or ""
        return *map(int, re.split(r"[.\-]", match["number"])), *letter.lower().split()
    if match["alone"]:
        return (match["alone"],)
    return (_ROMANS.index(match["roman"]),) if match["roman"] else ()


def answer_marker(text: str, start: int, stop: int) -> Label | None:
    """A "Réponse :" or "A:" that opens an answer; `end` is where the answer's own words begin."""
    match = _ANSWERS.match(text[start:stop])
    if match is None:
        return None
    goes_on = match["open"] not in match["close"] + match["after"]
    return Label((), "A", start + match.end(), open=goes_on)


def speaker_at(text: str, start: int, stop: int) -> Label | None:
    """A name and a colon: "Liste Exemple A :"."""
    match = _SPEAKER.match(text[start:stop])
    if match is None or len(match["name"].split()) > 6:
        return None
    return Label((), "speaker", start + match.end(), name=match["name"])


def is_group_label(line: str) -> bool:
    """Whether a line calls itself a section: "Thème 2 :", "II. Logement", "B. Logement"."""
    return _SECTION.match(line) is not None
