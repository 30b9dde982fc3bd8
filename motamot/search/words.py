"""Words as search sees them: folding, elision, inclusive writing, stems; for build and query box.

A text becomes *terms*, one string for one FTS5 column (tokenizer unicode61), in three parts set
apart by `ǀ`:

    L'accueil des travailleurSEs
    -> l accueil des travailleurs ǀ l accueil des travailleuses ǀ ǀl ǀaccueil ǀdes ǀtravailleu
       words, masculine reading     words, feminine reading       stems, marked by ǀ

* A typed word is looked up by its stem (`"ǀtravailleu"`), a "phrase" and a `prefix*` by the words
  themselves, so that phrases are exact through FTS5 positions and nothing has to be verified
  afterwards. The expression names no column: it serves a table whatever else it indexes.
* The feminine reading is written only when it differs from the masculine, hence for texts with an
  inclusive form. Each reading is a whole text, so any phrase is found in either; only a phrase
  that mixes genders ("travailleurs et étudiantes" for `travailleur·ses et étudiant·es`) is not.
* `ǀ` is U+01C0, a letter: unicode61 keeps it, no keyboard types it, and a word never matches a
  stem by chance.
* The stem is one key for masculine and feminine (`directrice` finds `directeur`); a form whose
  two genders share no stem (`le·la`, `celleux`) has two keys.

Folding and stems are in `stems`, inclusive writing in `inclusive`, what people type in `query`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from motamot.search import inclusive
from motamot.search.stems import stem
from motamot.text.folding import letters

MARK = "\u01c0"

_APOSTROPHES = "'\u2019\u02bc\u2018\u201b\u2032\uff07`\u00b4\u02b9\u02bb\u02bd"
_INVISIBLE = "\u00ad\u034f\u200b-\u200d\u2060\ufeff"  # soft hyphen, joiners, zero-width spaces
_LETTER = "[^\\W_\u02bc\u02b9\u02bb\u02bd]"
_WORD = f"{_LETTER}(?:{_LETTER}|[\u0300-\u036f{_INVISIBLE}])*"
_SPACES = " \u00a0\u202f\u2009"
_URL = r"(?:https?://|www\.)[^\s<>\"«»]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
NUMBER = rf"(?<![\w.,])\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:,\d+)?(?!\w)"
NUMBER += r"|(?<![\w.,])\d+[.,]\d+(?![\w]|[.,]\d)"
NUMBER += r"|(?<![\w.,])\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\w|[.,]\d)"
_SEPARATORS = re.escape(inclusive.DOTS + inclusive.HYPHENS + "./" + _APOSTROPHES)
_CHUNK = rf"{_WORD}(?:[{_SEPARATORS}]{_WORD}|\({_WORD}\)(?:{_WORD})?)*"
_FRENCH = re.compile(f"{NUMBER}|{_CHUNK}")
_FRENCH_URLS = re.compile(f"{_URL}|{NUMBER}|{_CHUNK}")
_PLAIN = re.compile(_WORD)
_IS_URL = re.compile(f"(?:{_URL})$")
_IS_NUMBER = re.compile(f"(?:{NUMBER})$")
_PIECE = re.compile(f"{_WORD}|.", re.DOTALL)
# What stands between white space; the spaces inside a number are part of it.
_RUN = re.compile(rf"\S+(?:(?<=\d)[{_SPACES}]\d{{3}}\S*)*")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ELIDED = _words("l d j m t s n c qu jusqu lorsqu puisqu quoiqu presqu quelqu")
# Apostrophes inside one word.
_WHOLE = re.compile(
    r"^(aujourd\|hui|prud\|hom\w+|entr\|(ouv|aid|aim|act|apercev)\w*|grand\|(mere|rue|messe)s?)$"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One written word:

    Characters `start` to `end` of the original text, and what it is found by.
    """

    start: int
    end: int
    forms: tuple[
        str, str
    ]  # folded masculine and feminine readings; twice the same for ordinary words
    keys: tuple[str, ...]  # stems, without their mark: one, or two when the genders share none
    elided: bool = False  # l', d', qu' ...


def language_of(code: str) -> str:
    """ "fr-FR", "FR" -> "fr"."""
    return re.split(r"[-_]", code.strip().lower(), maxsplit=1)[0]


def _token(start: int, end: int, forms: tuple[str, str], language: str, *more: str) -> Token:
    keys = dict.fromkeys((*more, stem(forms[0], language), stem(forms[1], language)))
    return Token(start, end, forms, tuple(keys))


def _plain(run: str, start: int, end: int, language: str) -> Iterator[Token]:
    """Every word of `run[start:end]`, with no French rule."""
    for found in _PLAIN.finditer(run, start, end):
        if word := letters(found.group()):
            yield _token(found.start(), found.end(), (word, word), language)


def _number(chunk: str) -> str:
    """One key for a number however written:

    "1 234" and "1.234" -> "1234", "3,5" and "3.5" -> "3virgule5".
    """
    digits = re.sub(f"[{_SPACES}]", "", chunk)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", digits):
        digits = digits.replace(".", "")
    return letters(re.sub("[.,]", "virgule", digits))


def _read(run: str, language: str) -> Iterator[Token]:
    """The tokens of one run (`l'étudiant·e,`), with offsets into it."""
    if language != "fr":
        yield from _plain(run, 0, len(run), language)
        return
    urls = "@" in run or "://" in run or "www." in run
    for chunk in (_FRENCH_URLS if urls else _FRENCH).finditer(run):
        start, end = chunk.span()
        if _IS_URL.match(chunk.group()):
            yield from _plain(run, start, end, language)
        elif _IS_NUMBER.match(chunk.group()):
            key = _number(chunk.group())
            yield Token(start, end, (key, key), (key,))
        else:
            pieces = _PIECE.finditer(run, start, end)
            yield from _french_tokens([(m.start(), m.end(), m.group()) for m in pieces])


_Piece = tuple[int, int, str]


def _french_tokens(pieces: list[_Piece]) -> Iterator[Token]:
    """The tokens of a chunk cut into words and separators; the longest inclusive form wins."""
    at = 0
    while at < len(pieces):
        start, end, word = pieces[at]
        folded = letters(word)
        after = pieces[at + 1][2] if at + 2 < len(pieces) else ""
        if not folded or not word[0].isalnum():
            at += 1
        elif (
            after
            and after in _APOSTROPHES
            and _WHOLE.match(f"{folded}|{letters(pieces[at + 2][2])}")
        ):
            whole = folded + letters(pieces[at + 2][2])
            yield _token(start, pieces[at + 2][1], (whole, whole), "fr")
            at += 3
        elif after and after in _APOSTROPHES and folded in _ELIDED:
            yield Token(start, end, (folded, folded), (folded,), elided=True)
            at += 2
        elif size := _acronym(pieces, at):
            spelt = letters("".join(piece[2] for piece in pieces[at : at + size : 2]))
            yield _token(start, pieces[at + size - 1][1], (spelt, spelt), "fr")
            at += size
        else:
            size, reading = _inclusive(pieces, at)
            reading = reading or (folded, folded)
            own = (
                ("iel",)
                if re.match("iel|yel|ielle", folded) and reading[0] in ("il", "ils")
                else ()
            )
            yield _token(start, pieces[at + size - 1][1], reading, "fr", *own)
            at += size


def _acronym(pieces: list[_Piece], at: int) -> int:
    """How many pieces from `at` on are single letters with dots between (`O.N.U`):

    0, or 3 and more.
    """
    size = 0
    while at + size < len(pieces) and re.fullmatch(r"[^\W\d_]", pieces[at + size][2]):
        size += 2
        if at + size > len(pieces) or pieces[at + size - 1][2] != ".":
            break
    return size - 1 if size > 2 else 0


def _inclusive(pieces: list[_Piece], at: int) -> tuple[int, inclusive.Reading | None]:
    """How many pieces from `at` on make one inclusive form, and its readings; else (1, None)."""
    base = pieces[at][2]
    parts: list[str] = []
    sizes: list[tuple[int, list[str], bool]] = []
    separator, place = "", at + 1
    while place + 1 < len(pieces) and len(parts) < 3:
        mark = _kind(pieces[place][2])
        if mark == ")" and separator == "(":
            place += 1
            if pieces[place][2] == "(":
                continue
            mark = "("
            place -= 1
        if not mark or (separator and mark != separator) or not pieces[place + 1][2][0].isalnum():
            break
        separator = mark
        parts = [*parts, pieces[place + 1][2]]
        place += 2
        closed = place < len(pieces) and _kind(pieces[place][2]) == ")" and len(parts) < 2
        sizes.append((place - at + (mark == "(" and closed), parts, mark in "·("))
    for size, candidate, sure in reversed(sizes):
        if reading := _form(base, candidate, sure):
            return size, reading
    return 1, _form(base, [], True)


def _kind(separator: str) -> str:
    if separator in inclusive.DOTS:
        return "·"
    if separator in inclusive.HYPHENS:
        return "-"
    return separator if separator in "./()" else ""


def _form(base: str, parts: list[str], sure: bool) -> inclusive.Reading | None:
    folded = letters(base)
    cut = inclusive.capitals(unicodedata.normalize("NFC", base)) if not base.islower() else None
    if cut:
        reading = inclusive.read(
            letters(cut[0]), [letters(part) for part in (*cut[1], *parts)], _accented(cut[0]), True
        )
        if reading and cut[1] not in (["S"], ["X"]):
            return reading
    if not parts:
        return inclusive.blend(folded)
    together = "".join(parts)
    if not sure and not together.islower() and not (base.isupper() and together.isupper()):
        return None
    return inclusive.read(folded, [letters(part) for part in parts], _accented(base), sure)


def _accented(word: str) -> bool:
    return unicodedata.normalize("NFC", word).lower().endswith("é")


def is_ordinary(token: Token, written: str) -> bool:
    """Whether a token, `written` so, is an ordinary word of three letters or more."""
    return len(token.forms[0]) > 2 and written.isalpha() and token.forms[0] == token.forms[1]


class _Run(NamedTuple):
    """What one run of a text gives, whatever stands around it."""

    tokens: tuple[Token, ...]  # with offsets into the run
    masculine: str  # the three parts of its terms
    feminine: str
    stems: str
    words: tuple[tuple[str, str], ...]  # (folded, as written), as in `indexed`


def _run(run: str, language: str) -> _Run:
    found = tuple(_read(run, language))
    written = [(token, run[token.start : token.end]) for token in found]
    return _Run(
        found,
        " ".join(token.forms[0] for token in found),
        " ".join(token.forms[1] for token in found),
        " ".join(MARK + key for token in found for key in token.keys),
        tuple((token.forms[0], word) for token, word in written if is_ordinary(token, word)),
    )


# Most words of a text were met before. What is long seldom comes back, and would fill the memory.
_kept = lru_cache(maxsize=1 << 16)(_run)
_LONGEST = 64  # characters of a run that is kept


def _known(run: str, language: str) -> _Run:
    return (_kept if len(run) <= _LONGEST else _run)(run, language)


def placed(text: str, language: str = "fr") -> list[tuple[int, Token]]:
    """The written words of `text`, in order: (what to add to its offsets, token). Tokens are shared
    between texts, so that nothing has to be made for words that were met before."""
    code = language_of(language)
    return [
        (run.start(), token)
        for run in _RUN.finditer(text)
        for token in _known(run.group(), code).tokens
    ]


def tokens(text: str, language: str = "fr") -> list[Token]:
    """The written words of `text`, in order, with offsets into `text` as it is."""
    return [
        replace(token, start=at + token.start, end=at + token.end)
        for at, token in placed(text, language)
    ]


def indexed(text: str, language: str = "fr") -> tuple[str, list[tuple[str, str]]]:
    """(`terms` of `text`, its ordinary words of three letters or more: folded, and as written)."""
    code = language_of(language)
    runs = [run for run in [_known(r, code) for r in _RUN.findall(text)] if run.tokens]
    if not runs:
        return "", []
    _, *parts, words = zip(*runs, strict=True)
    masculine, feminine, stems = map(" ".join, parts)
    middle = f" {MARK} {feminine} {MARK} " if feminine != masculine else f" {MARK} "
    return masculine + middle + stems, list(chain.from_iterable(words))


def terms(text: str, language: str = "fr") -> str:
    """The string to index for `text`:

    Its words, its feminine reading if it has one, its stems (see the module).
    """
    return indexed(text, language)[0]
