"""Labels at the beginning of a line: "3a)", "Question 4 :", "Réponse :", a speaker's name, "II.".

Offsets in and out are those of the whole text. All functions are pure and know no questionnaire.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from motamot.reading.wording import vocabulary


def _any_of(name: str) -> str:
    """A group of a regular expression for one entry of the vocabulary, the longest word first."""
    return "|".join(sorted(map(re.escape, vocabulary()[name]), key=len, reverse=True))


_QUESTION_WORDS = _any_of("question_words")
_ANSWER_WORDS = _any_of("answer_words")
_OUR = (
    r"(?:(?:notre|votre|nos|la|our|your|the|unsere|ihre|die|nuestra|vuestra|su|la|nostra|vostra"
    r"|nossa|sua|ons|uw|het|el|il|party|candidate|candidate's|list)\s+)*"
)
_OF = r"(?:de|du|des|d['’]|of|from|by|der|von|vom|del|della|dell['’]|di|da|do|van)"
_NUMBER_SIGN = r"(?:n\s?[°º]|no\.?|nr\.?|núm\.?|num\.?|[#№])\s*"
_EMPHASIS = r"[*_]{0,3}"
_LABEL = re.compile(
    rf"""(?P<open>{_EMPHASIS})\s*
    (?P<wall>[(\[]?)
    (?:(?P<word>{_QUESTION_WORDS}|{_any_of("numbered_words")})\s*-?\s*(?:{_NUMBER_SIGN})?|{_NUMBER_SIGN})?
    (?P<number>\d{{1,3}}(?:[.\-]\d{{1,2}})*)
    (?:\s?\.?(?P<letter>[a-z])(?![\w’']))?
    (?P<keycap>\ufe0f?\u20e3)?
    (?P<bis>\s(?:bis|ter|quater)\b)?
    (?P<close>{_EMPHASIS})
    (?P<sep>\s?(?:\\?[.)\]:]|[°º/])(?:\s?[-–—:).])?|\s*\\?[-–—:]+(?=\s|[*_]|$)|)
    (?P<after>{_EMPHASIS})
    (?P<space>\s+|$|(?=[^\W\d_]|[*_¿«"“]))""",
    re.VERBOSE | re.IGNORECASE,
)
_LETTER = re.compile(
    rf"(?P<open>{_EMPHASIS})(?P<wall>[(\[]?)(?P<letter>[a-z])(?P<close>{_EMPHASIS})"
    rf"(?P<sep>\\?[.)\]]|/)(?P<after>{_EMPHASIS})\s+(?=\S)"
)
_ROMAN = re.compile(
    rf"(?P<open>{_EMPHASIS})(?=[IVX])(?P<roman>X{{0,2}}(?:IX|IV|V?I{{0,3}}))"
    rf"(?P<sep>\s?\\?[.)/:]|\s?[-–—:]|°)(?P<after>{_EMPHASIS})\s+(?=\S)"
)
_ROMANS = (
    *(
        "I",
        "II",
        "III",
        "IV",
        "V",
        "VI",
        "VII",
        "VIII",
        "IX",
        "X",
        "XI",
        "XII",
        "XIII",
        "XIV",
        "XV",
    ),
    *("XVI", "XVII", "XVIII", "XIX", "XX", "XXI", "XXII", "XXIII", "XXIV", "XXV", "XXVI", "XXVII"),
    *("XXVIII", "XXIX"),
)
_ASKS = re.compile(
    rf"(?P<open>{_EMPHASIS})(?P<word>{_QUESTION_WORDS}|asks?|a demandé)\s?(?P<close>{_EMPHASIS})"
    rf"\s?(?P<sep>[:.]\s?[-–—]?|[-–—](?=\s)|$)(?P<after>{_EMPHASIS})\s*",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    rf"""(?P<open>{_EMPHASIS})\s*
    (?:
      {_OUR}(?P<word>{_ANSWER_WORDS})\.?
      (?:\s*(?:{_NUMBER_SIGN})?\d{{1,3}}[a-z]?)?
      (?:\s+{_OF}\b[^:*_.?!\n(]{{1,60}}?)?
      |(?P<letter>[ar])(?:\.?\s?\d{{1,3}}[a-z]?)?
    )
    (?P<paren>\s*\([^)\n]{{1,60}}\))?
    \s*(?P<close>{_EMPHASIS})
    \s?(?P<sep>:|(?<!\s)[.)]\s?[-–—]?(?=\s|$)|[-–—](?=[\s*_]|$)|➜|→|=>|$)
    (?P<after>{_EMPHASIS})[ \t]*""",
    re.VERBOSE | re.IGNORECASE,
)
_SPEAKER = re.compile(
    rf"(?P<open>{_EMPHASIS})(?:(?P<name>[^\W\d_][^:*_?!.\n]{{0,60}}?)\s?(?P<close>{_EMPHASIS})"
    rf"(?:\s?:|\s[—–](?=\s))(?:[ \t]?(?P<after>[*_]{{1,3}})|(?=\s|$))"
    rf"|(?P<letter>[QARDPFV])\s?[.:)]\s?[-–—]?{_EMPHASIS}(?=\s|$))[ \t]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Label:
    """A number or marker in front of a sentence.

    `parts`: (3,), (3, 1) for "3.1", (3, "a") for "3a", ("a",) for a lettered sub-question, () for a
    bare "Q:". `scheme` tells how it is written ("N)", "QN", "N.N"), for what repeats in a document.
    `end`: where the wording begins; `open`: emphasis that the label's own signs leave open.
    """

    parts: tuple[int | str, ...]
    scheme: str
    end: int
    open: str
    written: str

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
    """The question label at `text[start:stop]`'s beginning, if it has one."""
    line = text[start:stop]
    return _numbered(line, start) or _lettered(line, start) or _roman(line, start)


def _roman(line: str, start: int) -> Label | None:
    match = _ROMAN.match(line)
    if match is None or not match["roman"]:
        return None
    number = _ROMANS.index(match["roman"]) + 1
    end = start + match.end()
    scheme = f"I{match['sep'].strip()}".replace("\\", "")
    return Label((number,), scheme, end, _left_open(match), line[: match.end()].strip())


def _numbered(line: str, start: int) -> Label | None:
    match = _LABEL.match(line)
    if match is None:
        return None
    word, sep = match["word"], match["sep"]
    compound = "." in match["number"] or "-" in match["number"] or bool(match["letter"])
    named = bool(word) or "°" in line[: match.start("number")] or bool(match["keycap"])
    rest = line[match.end() :]
    if match["wall"] and sep[-1:] not in (")", "]"):
        return None
    if not sep.strip() and not match["wall"]:
        # "2024 was", "30 % of": a bare number labels nothing, unless it is "3.1 Do you" or "Q1 Do".
        emphasised = bool(match["open"]) and bool(match["close"])
        opens = compound and re.match(r"[*_]{0,3}[^\W\d_a-z]|¿|«", rest)
        if not (named or opens or emphasised or not rest):
            return None
    if rest and match["space"] == "" and not named and sep.strip() in ("", "-", "–", "—", ":", "/"):
        return None
    if word and len(word) == 1 and not word.isupper() and not sep.strip():
        return None
    if "-" in match["number"] and len(match["number"]) > 5:
        return None  # a date
    parts: tuple[int | str, ...] = tuple(int(n) for n in re.split(r"[.\-]", match["number"]))
    if match["letter"]:
        parts += (match["letter"].lower(),)
    if match["bis"]:
        parts += (match["bis"].strip().lower(),)
    scheme = ("Q" if word else "") + match["wall"] + ".".join("N" for _ in parts)
    scheme += sep.strip().replace("\\", "")
    return Label(parts, scheme, start + match.end(), _left_open(match), line[: match.end()].strip())


def _lettered(line: str, start: int) -> Label | None:
    match = _LETTER.match(line)
    if match is None or (match["wall"] == "[" and match["letter"] == "x"):  # a ticked box
        return None
    scheme = f"{match['wall']}a{match['sep']}".replace("\\", "")
    written = line[: match.end()].strip()
    return Label((match["letter"],), scheme, start + match.end(), _left_open(match), written)


def _left_open(match: re.Match[str]) -> str:
    """The emphasis that a label opens and that its wording closes: "**" in "**1) Do you?**"."""
    groups = match.groupdict()
    opened, closed = groups["open"] or "", (groups.get("close") or "") + (groups["after"] or "")
    if opened:
        return "" if closed.startswith(opened) else opened
    return closed  # "1) **Do you?**": the signs belong to the wording


def question_marker(text: str, start: int, stop: int) -> Label | None:
    """A "Q:" or "Question :" without a number."""
    match = _ASKS.match(text[start:stop])
    if match is None or (len(match["word"]) == 1 and match["sep"].strip() != ":"):
        return None
    if not match["sep"] and match.end() != stop - start:
        return None
    return Label((), "Q", start + match.end(), _left_open(match), match[0].strip())


def answer_marker(text: str, start: int, stop: int) -> Label | None:
    """A "Réponse :" or "A:" that opens an answer; `end` is where the answer's own words begin."""
    match = _ANSWERS.match(text[start:stop])
    if match is None:
        return None
    sure = match["sep"][:1] in (":", "➜", "→", "=") or match["sep"][-1:] in ("-", "–", "—")
    if match["letter"] and not sure and not match[0].lstrip("*_")[1:2].isdigit():
        return None
    if match["letter"] and match["letter"].islower() and match["sep"] != ":":
        return None
    if match["sep"] == "" and match.end() != stop - start:
        return None
    return Label((), "A", start + match.end(), _left_open(match), match[0].strip())


def speaker_at(text: str, start: int, stop: int) -> Label | None:
    """A name and a colon: "Liste Exemple A :". `written` is the name."""
    match = _SPEAKER.match(text[start:stop])
    if match is None:
        return None
    name = match["letter"] or match["name"]
    if len(name.split()) > 6 or not name[0].isupper() or "," in name or ";" in name:
        return None
    return Label((), "speaker", start + match.end(), _speaker_open(match), name.strip())


def _speaker_open(match: re.Match[str]) -> str:
    return "" if match["letter"] else _left_open(match)


_GROUP = re.compile(
    rf"{_EMPHASIS}(?:{_any_of('group_words')})\s+(?:\d+|[ivx]+|[a-h])\b", re.IGNORECASE
)


def is_group_label(line: str) -> bool:
    """Whether a line calls itself a section: "Thème 2 :", "II. Logement", "B. Logement"."""
    if _GROUP.match(line):
        return True
    roman = _ROMAN.match(line)
    if roman and roman["roman"]:
        return True
    return bool(re.match(rf"{_EMPHASIS}[A-H]\s?\\?[.)/–—-]{_EMPHASIS}\s+[^\W\d_]", line))
