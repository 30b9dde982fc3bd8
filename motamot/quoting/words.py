"""The words of a quotation and of a text, cut once, each with what it is told by.

Two words are the same when their keys are. A key folds typography, and nothing else: the kinds of
quotation marks, apostrophes, dashes and spaces, hyphens that cut a word at a line's end, soft
hyphens, ligatures, the dot of inclusive forms. A number is one token, with its sign, its thousands,
its decimals and its unit, so that no part of it is ever a number of its own. Marks of lists, boxes
and calls of footnotes are tokens that either side may lack.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from motamot.search import inclusive
from motamot.text.folding import letters

Span = tuple[int, int]  # characters of a text, end excluded
Kind = Literal["word", "number", "mark", "dots", "cut", "bullet", "order", "call", "box"]
OPTIONAL = ("bullet", "order", "call", "box")  # kinds that either side may lack

_DOUBLE = '"«»“”„‟‹›＂〝〞'
_SINGLE = "'’‘‚‛ʼ′`´＇ʹʻʽ"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212-"
_HYPHENS = "-\u2010\u2011"
_INVISIBLE = "\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff"
_DOTS = re.escape(inclusive.DOTS)
TICKED = r"[☒☑✓✔✅⊠]|\[[xXvV✓✔]\]|\([xX]\)"
UNTICKED = r"[☐□▢◻⬜❏❑]|\[\s?\]|\(\s\)"
_GLYPH = "•▪◦‣●➢➤"  # bullets, wherever they stand between spaces
_BULLET = re.compile(
    rf"^[ \t]*(?:>[ \t]*)*(?P<mark>[*{_GLYPH}·>]|[-+](?!\s*\d[\d\s.,]*[%‰€°])"
    rf"|[\u2010-\u2014\u2212](?!\s*\d))(?=\s)|^[ \t]*(?P<quote>>)"
    rf"|(?<=\s)(?P<cell>[|{_GLYPH}])(?=\s)",
    re.MULTILINE,
)
_ORDER = re.compile(r"^[ \t]*(?:>[ \t]*)*(\d{1,3})[.)](?=\s)", re.MULTILINE)
_LAID = "\ue000"  # a bullet, once found, in the copy that is cut into tokens

# --- the table of what one token is --------------------------------------------------------------

_RAISED = "⁰¹²³⁴-⁹"
_ALPHA = f"[^\\W\\d_{_RAISED}]"
_LETTER = f"(?:[^\\W_{_SINGLE}{_RAISED}]|[\u0300-\u036f{_INVISIBLE}])"
_ENDING = "|".join(sorted({*inclusive.ENDINGS, "s", "x"}, key=len, reverse=True))
_ENDING = _ENDING.replace("e", "[eéè]")  # they are folded there
_NO_CUT = r"(?:et|ou|ni|puis|voire|comme|à|aux?|and|or|und|oder|y|o|e)\b"  # pré- et postnatal
_LINE_END = re.compile(f"(?<={_ALPHA})[{_HYPHENS}\u00ad]\\s+(?!{_NO_CUT})(?={_ALPHA})")
_JOINED = (
    f"[{_HYPHENS}{_DOTS}*]{_LETTER}+"
    rf"|\.(?:{_ENDING})s?(?![^\W_])"
    f"|{_LINE_END.pattern}{_LETTER}+"
    rf"|\({_ALPHA}{{1,6}}\){_LETTER}*"
)
_GROUP = r"(?:\d{1,3}(?:\s\d{3})+(?!\d)|\d+)"
_SIGNED_UNIT = r"(?=\d[\d\s.,]*[%‰€°])"
_SIGN = (  # not that of a range, nor a dash of the sentence
    r"(?<!\w)(?<!\d\s)(?<!\dh\s)(?<!\sh\s)(?<![%€]\s)"
    rf"(?:[+±{_DASHES}](?=[€$£]?\d)|[+±{_DASHES}]\s{_SIGNED_UNIT}|(?<![^\n])[+±{_DASHES}]\s(?=\d))"
)
_UNIT = (
    r"[%‰€$£]|°(?:\s?[CF]\b)?|[hH](?:\s?\d\d)?(?!\w)|(?:"
    r"[kKM]€|Mds?\s?€|[kMGT]?Wh?|km/h|[kcdm]?m[²³]|[kcdm]?m|kg|ha|t|min|[GM]o|dB|ppm"
    r"|euros?|centimes?|pour\scent|points?|millions?(?:\s?€)?|milliards?(?:\s?€)?|heures?|minutes?"
    r"|secondes?|ans?|années?|mois|semaines?|jours?|degrés?|(?:kilo)?mètres?|hectares?|litres?|kilos?"
    r"|tonnes?"
    rf")(?![\w{_SINGLE}])"
)
_NUMBER = (
    rf"(?:{_SIGN})?(?:[€$£]\s?)?(?<!\w){_GROUP}(?:[.,/:{_DASHES}]{_GROUP})*"
    rf"(?:(?<!\d{{4}})[{_RAISED}]+)?(?:\s*(?:{_UNIT})|{_ALPHA}+)?"
)
_TOKEN = re.compile(
    rf"(?P<number>{_NUMBER})"
    rf"|(?P<word>(?:[kcdm]?m|CO)[²³](?!\w)|(?=[^\W_{_RAISED}]){_LETTER}+(?:{_JOINED})*)"
    r"|(?P<cut>[\[(]\s*(?:…|\.(?:\s?\.)+)\s*[\])])"
    r"|(?P<dots>…+|\.{2,}|\.\s\.\s\.)"
    rf"|(?P<box>{TICKED}|{UNTICKED})"
    rf"|(?P<call>[{_RAISED}†‡]+|\[\^?\d{{1,3}}\]|\(\d{{1,2}}\))"
    rf"|(?P<bullet>{_LAID})"
    rf"|(?P<mark><<|>>|[^\s{_DOUBLE}{_SINGLE}{_INVISIBLE}])"
)

# Words whose hyphen stays where a line ends on it (demi-/poste), by their first part or their last.
_KEEP_BEFORE = frozenset(
    """demi mi semi vice porte grand grands grande avant après arrière contre entre ex non sous
    quasi outre hors sans haut haute hauts bas basse libre bien nord sud est ouest saint sainte peut
    rendez centre garde chef là ci celui celle ceux celles lui elle eux nous vous moi toi vingt
    trente quarante cinquante soixante quatre dix cent deux trois court moyen long tout toute au
    par""".split()  # noqa: SIM905
)
_KEEP_AFTER = frozenset(
    """je tu il elle on nous vous ils elles ce ci là moi toi lui leur y en même mêmes être
    t""".split()  # noqa: SIM905
)

# Typography inside a word: what is folded, and into what.
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURES |= {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"}
_FOLDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(f"[{_INVISIBLE}]"), lambda found: ""),
    (re.compile("[ﬀ-ﬆœŒæÆ]"), lambda found: _LIGATURES[found[0]]),
    (re.compile("(?<=[A-Z])[oa]e(?=[A-Z])|[OA]e(?=[A-Z])"), lambda found: found[0].upper()),
    (re.compile(f"[{_DOTS}.]"), lambda found: "·"),
    (re.compile(f"[{_HYPHENS}]"), lambda found: "-"),
)


class Token(NamedTuple):
    """A word, a number or a mark: what it is told by, and its characters in the text as written."""

    key: str  # as written, typography folded
    folded: str  # the same without case and accents
    start: int
    end: int
    kind: Kind

    def ends(self, whole: Token) -> bool:
        """Whether it may be what is left of a word whose beginning was cut, or of a number."""
        return whole.folded.endswith(self.folded) or (self.kind == "number" and self.begins(whole))

    def begins(self, whole: Token) -> bool:
        """The same, its end cut."""
        return whole.folded.startswith(self.folded)


def tokens(text: str, known: Collection[str] = ()) -> list[Token]:
    """The tokens of a text. Where a hyphen ends a line, the word is read as one of the keys that
    are `known`, those of the other side, when it can be."""
    laid = _BULLET.sub(_hidden, text)
    found = list(_tokens(text, laid, known))
    for start, end in _order(laid):
        for n, token in enumerate(found):
            if start <= token.start < end:
                found[n] = token._replace(kind="order")
    return found


def _hidden(found: re.Match[str]) -> str:
    """A bullet replaced by our own sign, all else left as it is."""
    at = found.end(found.lastgroup or 0) - 1 - found.start()
    return found[0][:at] + _LAID + found[0][at + 1 :]


def _order(text: str) -> list[Span]:
    """Figures that number items: another line has the number before or after. A figure alone may
    open a line because the text was wrapped there."""
    found = list(_ORDER.finditer(text))
    values = [int(each[1]) for each in found]
    return [
        (each.start(1), each.end())
        for n, each in enumerate(found)
        if values[n] - 1 in values[max(0, n - 1) : n] or values[n] + 1 in values[n + 1 : n + 2]
    ]


def _tokens(text: str, laid: str, known: Collection[str]) -> Iterator[Token]:
    for found in _TOKEN.finditer(laid):
        kind: Kind = found.lastgroup  # type: ignore[assignment]
        start, end = found.span()
        written = text[start:end]
        if written in ("<<", ">>"):
            continue  # quotation marks
        if kind == "word":
            whole = written if written.isalpha() else _over_line_end(written, known)
            key, folded = _word(whole)
        else:
            key = folded = _sign(written, kind)
        yield Token(key, folded, start, end, kind)


def _sign(written: str, kind: Kind) -> str:
    """The key of what is not a word."""
    if kind == "number":
        spaceless = re.sub(rf"[\s{_INVISIBLE}]", "", written)
        return re.sub(f"[{_DASHES}]", "-", spaceless)
    if kind == "box":
        return "☐" if re.fullmatch(UNTICKED, written) else "☒"
    if kind in ("dots", "cut"):
        return "…"
    return "–" if written in _DASHES else written


@lru_cache(maxsize=1 << 16)
def _word(written: str) -> tuple[str, str]:
    """A word's key, and the same without case and accents."""
    key = written
    if not key.isascii() or "." in key:
        for characters, change in _FOLDS:
            key = characters.sub(change, key)
        key = unicodedata.normalize("NFC", key)
    return key, letters(key) or key


def _over_line_end(written: str, known: Collection[str]) -> str:
    """A word without the line ends that cut it; the hyphen stays when it is the word's own."""
    while found := _LINE_END.search(written):
        head, tail = written[: found.start()], written[found.end() :]
        first, last = re.split(r"\W", head)[-1].lower(), re.split(r"\W", tail)[0]
        own = f"{head}-{tail}"
        stays = first in _KEEP_BEFORE or last.lower() in _KEEP_AFTER or last[:1].isupper()
        is_soft = found[0][0] == "\u00ad"
        written = own if not is_soft and (stays or _word(own)[0] in known) else head + tail
    return written


def is_optional(token: Token) -> bool:
    """Whether either side may lack it: marks of a list, boxes, calls of footnotes."""
    return token.kind in OPTIONAL


def count(run: Sequence[Token]) -> int:
    """Words of a run: an elided one is one ("l’accès": two), so are a number, and its unit when it
    is spelled."""
    return sum(
        1 + (token.kind == "number" and token.key[-2:].isalpha())
        for token in run
        if token.kind in ("word", "number")
    )


def keys(run: Sequence[Token]) -> frozenset[str]:
    """The keys of a run, to read another by."""
    return frozenset(token.key for token in run)


# --- liberties ------------------------------------------------------------------------------------

# What may differ where two texts have the same keys, and the characters that show it; what is only
# between two words is looked at once quotation marks and line ends are set apart.
_SHOWN = {
    "guillemets": re.compile(rf"[{_DOUBLE}]|<<|>>|(?<!\w)[{_SINGLE}]|[{_SINGLE}](?!\w)"),
    "apostrophes": re.compile(rf"(?<=\w)[{_SINGLE}](?=\s*\w)"),
    "césures en fin de ligne": _LINE_END,
    "espaces": re.compile(rf"\s+|[{_INVISIBLE}]"),
    "ligatures": re.compile("[ﬀ-ﬆœŒæÆ]"),
    "points des formes inclusives": re.compile(rf"(?<={_ALPHA})[{_DOTS}.](?={_ALPHA})"),
    "tirets": re.compile(f"[{_DASHES}]"),
}
_QUOTED = re.compile(rf"(?:[«“„]|<<)\s*|\s*(?:[»”]|>>)|[{_DOUBLE}]")
_KINDS = {"appels de note": ("call",), "marques de liste": ("bullet", "order", "box")}
LIBERTIES = (*_SHOWN, *_KINDS, "majuscule initiale")


def liberties(
    quotation: str, piece: Sequence[Token], text: str, run: Sequence[Token]
) -> Iterator[str]:
    """The names of what a piece of a quotation has otherwise than the run that it is."""
    piece, run = _between_optional(piece), _between_optional(run)
    theirs = quotation[piece[0].start : piece[-1].end]
    own = text[run[0].start : run[-1].end]
    laid = {name: _kind(piece, kinds) != _kind(run, kinds) for name, kinds in _KINDS.items()}
    yield from (name for name, differs in laid.items() if differs)
    if piece[0].key[:1] != run[0].key[:1]:
        yield "majuscule initiale"
    for name, shown in _SHOWN.items():
        if name in ("espaces", "tirets"):
            theirs, own = (_QUOTED.sub("", _LINE_END.sub("", each)) for each in (theirs, own))
        if not any(laid.values()) or name not in ("espaces", "tirets"):
            a, b = (shown.findall(unicodedata.normalize("NFC", each)) for each in (theirs, own))
            if a != b:
                yield name


def _between_optional(run: Sequence[Token]) -> Sequence[Token]:
    """A run without what is optional at its ends."""
    solid = [n for n, token in enumerate(run) if not is_optional(token)]
    return run[solid[0] : solid[-1] + 1]


def _kind(run: Sequence[Token], kinds: Collection[str]) -> list[str]:
    return [token.key for token in run if token.kind in kinds]
