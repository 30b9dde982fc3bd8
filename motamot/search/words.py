"""Words as search sees them: folding, elision, figures, inclusive writing; for build and query box.

A text becomes *terms*, one string for one FTS5 column (tokenizer unicode61), in two parts set
apart by `ǀ`:

    L'accueil des travailleurSEs
    -> l accueil des travailleurs ǀ l accueil des travailleuses
       words, masculine reading     words, feminine reading

* Each word is written once, as it is but for case and accents: a phrase and a `prefix*` are exact
  through FTS5 positions, and nothing has to be verified afterwards. A typed word is looked up by
  all its forms that the corpus holds (`vocabulary`).
* The feminine reading is written only when it differs from the masculine, hence for texts with an
  inclusive form. Each reading is a whole text, so any phrase is found in either; only a phrase
  that mixes genders ("travailleurs et étudiantes" for `travailleur·ses et étudiant·es`) is not.
  `iel`, which has three readings, follows once more.
* `ǀ` is U+01C0, a letter: unicode61 keeps it, no keyboard types it, and every text holds it.

Folding is in `text.folding`, inclusive writing in `inclusive`, figures in `numbers`, what people
type in `query`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from motamot.search import inclusive, numbers
from motamot.text.folding import letters

MARK = "\u01c0"

_APOSTROPHES = "'\u2019\u02bc\u2018\u201b\u2032\uff07`\u00b4\u02b9\u02bb\u02bd"
_INVISIBLE = "\u00ad\u034f\u200b-\u200d\u2060\ufeff"  # soft hyphen, joiners, zero-width spaces
_LETTER = "[^\\W_\u02bc\u02b9\u02bb\u02bd]"
_WORD = f"{_LETTER}(?:{_LETTER}|[\u0300-\u036f{_INVISIBLE}])*"
_URL = r"(?:https?://|www\.)[^\s<>\"«»]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_SEPARATORS = re.escape(inclusive.DOTS + inclusive.HYPHENS + "./" + _APOSTROPHES)
_CHUNK = rf"{_WORD}(?:[{_SEPARATORS}]{_WORD}|\({_WORD}\)(?:{_WORD})?)*"
_FRENCH = re.compile(_CHUNK)
_URLS = re.compile(f"{_URL}|{_CHUNK}")
_PLAIN = re.compile(_WORD)
_IS_URL = re.compile(f"(?:{_URL})$")
_PIECE = re.compile(f"{_WORD}|.", re.DOTALL)
# What stands between white space; the spaces inside a figure are part of it.
_RUN = re.compile(rf"\S+(?:{numbers.GLUE}\S*)*")
# A word that the end of a line cuts in two; not `pré- et postnatal`.
_BROKEN = re.compile(r"([^\W\d_]{2,})-\s+(?!(?:et|ou|ni|puis|voire|à|aux?)\b)([^\W\d_]+)")
# One word with its punctuation, and what is none: it may be a Roman number.
# What is a word without being written in letters: C++, and emoji but for boxes to tick.
_SYMBOL = re.compile(
    r"(?<!\w)([a-zA-Z])\+\+(?!\w)"
    "|[\U0001f300-\U0001f3fa\U0001f400-\U0001faff\u2600-\u260f\u2613-\u26ff]"
)
_SIMPLE = re.compile(r"[«“\"(\[]*([^\W\d_]+)[»”\",.;:!?…)\]]*")
_ROMAN = re.compile("[ivx]+(?:e|er|re|eme|ere)s?")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ELIDED = _words("l d j m t s n c qu jusqu lorsqu puisqu quoiqu presqu quelqu")
# Apostrophes inside one word.
_WHOLE = re.compile(
    r"^(aujourd\|hui|prud\|hom\w+|entr\|(ouv|aid|aim|act|apercev)\w*|grand\|(mere|rue|messe)s?)$"
)


_HYPHENS = frozenset(inclusive.HYPHENS)
# What follows a verb or a noun after a hyphen, and makes no compound with it.
_CLITICS = _words(
    "je tu il elle on nous vous ils elles ce ci la t y en le les lui leur moi toi eux meme memes"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One written word:

    Characters `start` to `end` of the original text, and what it is found by.
    """

    start: int
    end: int
    # Folded: the masculine and the feminine reading, twice the same for ordinary words; then what
    # else it is found by.
    forms: tuple[str, ...]
    elided: bool = False  # l', d', qu' ...


def language_of(code: str) -> str:
    """ "fr-FR", "FR" -> "fr"."""
    return re.split(r"[-_]", code.strip().lower(), maxsplit=1)[0]


def _read(run: str, language: str) -> Iterator[Token]:
    """The tokens of one run (`l'étudiant·e,`), with offsets into it."""
    at = 0
    for symbol in _SYMBOL.finditer(run):
        yield from _between(run[: symbol.start()], at, language)
        name = f"{symbol[1]}plusplus" if symbol[1] else f"u{ord(symbol[0]):x}"
        yield Token(*symbol.span(), (name.lower(),) * 2)
        at = symbol.end()
    yield from _between(run, at, language)


def _plain(run: str, start: int, end: int) -> Iterator[Token]:
    """Every word of `run[start:end]`, with no French rule."""
    for found in _PLAIN.finditer(run, start, end):
        if word := letters(found.group()):
            yield Token(found.start(), found.end(), (word, word))


def _between(run: str, at: int, language: str) -> Iterator[Token]:
    """The tokens of a run from a place on, where no symbol stands."""
    if language != "fr":
        yield from _plain(run, at, len(run))
        return
    urls = "@" in run or "://" in run or "www." in run
    for figure in () if urls else numbers.FIGURE.finditer(run, at):
        yield from _read_words(run, at, figure.start(), urls)
        yield from (Token(start, end, (form, form)) for start, end, form in numbers.read(figure))
        at = figure.end()
    yield from _read_words(run, at, len(run), urls)


def _simple(run: str) -> Token | None:
    """The token of a run that is one ordinary word in small letters, or with a capital first."""
    found = _SIMPLE.fullmatch(run)
    if not found or not (found[1].islower() or found[1][1:].islower()):
        return None
    folded = letters(found[1])
    if not folded or _ROMAN.fullmatch(folded):
        return None
    return _token(*found.span(1), folded, inclusive.blend(folded))


def _token(start: int, end: int, folded: str, reading: inclusive.Reading | None) -> Token:
    reading = reading or (folded, folded)
    own = (folded,) if reading[0] in ("il", "ils") and folded != reading[0] else ()
    return Token(start, end, (*reading, *own))


def _read_words(run: str, at: int, to: int, urls: bool) -> Iterator[Token]:
    for chunk in (_URLS if urls else _FRENCH).finditer(run, at, to):
        start, end = chunk.span()
        if urls and _IS_URL.match(chunk.group()):
            yield from _plain(run, start, end)
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
            yield Token(start, pieces[at + 2][1], (whole, whole))
            at += 3
        elif after and after in _APOSTROPHES and folded in _ELIDED:
            yield Token(start, end, (folded, folded), elided=True)
            at += 2
        elif size := _acronym(pieces, at):
            spelt = letters("".join(piece[2] for piece in pieces[at : at + size : 2]))
            yield Token(start, pieces[at + size - 1][1], (spelt, spelt))
            at += size
        else:
            size, reading = _inclusive(pieces, at)
            yield _token(start, pieces[at + size - 1][1], folded, reading)
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


def is_address(written: str) -> bool:
    """Whether something typed is an address of the web or of mail."""
    return bool(_IS_URL.match(written))


def is_ordinary(token: Token, written: str) -> bool:
    """Whether a token, `written` so, is an ordinary word of three letters or more."""
    return len(token.forms[0]) > 2 and written.isalpha() and token.forms[0] == token.forms[1]


# Most words of a text were met before. What is long seldom comes back, and would fill the memory.
_LONGEST = 64  # characters of a run that is kept
_MOST = 1 << 16  # runs that are kept


def _tokens(run: str, language: str) -> tuple[Token, ...]:
    if language == "fr" and (token := _simple(run)):  # most are; it saves the rest
        return (token,)
    return tuple(_read(run, language))


_kept = lru_cache(maxsize=_MOST)(_tokens)


def placed(text: str, language: str = "fr") -> list[tuple[int, Token]]:
    """The written words of `text`, in order: (what to add to its offsets, token). Tokens are shared
    between texts, so that nothing has to be made for words that were met before."""
    code = language_of(language)
    return [
        (run.start(), token)
        for run in _RUN.finditer(text)
        for token in (_kept if run.end() - run.start() <= _LONGEST else _tokens)(run.group(), code)
    ]


def tokens(text: str, language: str = "fr") -> list[Token]:
    """The written words of `text`, in order, with offsets into `text` as it is."""
    return [
        replace(token, start=at + token.start, end=at + token.end)
        for at, token in placed(text, language)
    ]


def plain(text: str) -> list[str]:
    """The folded words and figures of a name or a number, with no rule of any language."""
    return [token.forms[0] for token in _plain(text, 0, len(text))]


# -- the index

Written = str  # terms in a row, a tab, as written: "co voiturage\tco-voiturage"


# After the words of a run that has a feminine reading, a third one, or may be part of a figure.
_OTHER, _MORE, _FIGURE = "\n", "\f", "\v"
_IN_FIGURE = re.compile(r"\d|(?i:cents?)").search


class _Runs(dict[str, str]):
    """What stands between white space -> its words, in the masculine reading."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._feminine: dict[str, str] = {}
        self._more: dict[str, str] = {}
        self.words: dict[str, list[Written]] = {}

    def __missing__(self, run: str) -> str:
        found = _tokens(run, self._language)
        if len(found) == 1:  # as nearly all are
            masculine, feminine, *rest = found[0].forms
        else:
            masculine, feminine = (" ".join([t.forms[n] for t in found]) for n in (0, 1))
            rest = [form for token in found for form in token.forms[2:]]
        self.words[run] = _written(found, run)
        self._feminine[run] = feminine
        if feminine != masculine or rest:
            masculine += _OTHER
        if rest:
            self._more[run] = " ".join(rest)
            masculine += _MORE
        if self._language == "fr" and _IN_FIGURE(run):
            masculine += _FIGURE
        self[run] = masculine
        return masculine

    def clear(self) -> None:
        super().clear()
        self._feminine.clear()
        self._more.clear()
        self.words.clear()

    def read(self, text: str) -> tuple[list[str], str]:
        """(What stands between the white space of a text, the string to index for it)."""
        runs = text.split()
        masculine = " ".join(map(self.__getitem__, runs))
        if _FIGURE in masculine:  # some of its spaces may be inside one
            runs = _RUN.findall(text)
            masculine = " ".join(map(self.__getitem__, runs)).replace(_FIGURE, "")
        if _OTHER not in masculine:
            return runs, f"{masculine} {MARK}"
        feminine = " ".join(map(self._feminine.__getitem__, runs))
        more = [self._more[run] for run in runs if run in self._more] if _MORE in masculine else []
        masculine = masculine.replace(_OTHER, "").replace(_MORE, "")
        return runs, " ".join([masculine, MARK, feminine, *([MARK, *more] if more else [])])


_every_run = lru_cache(maxsize=64)(_Runs)


def _runs(language: str) -> _Runs:
    known = _every_run(language_of(language))
    if len(known) > _MOST:
        known.clear()
    return known


def _written(found: Sequence[Token], run: str) -> list[Written]:
    """The words of a run that a query may be looked up by; its compounds too, as one word."""
    words = [
        f"{form}\t{run[token.start : token.end]}"
        for token in found
        for form in dict.fromkeys(token.forms)
        if len(form) > 1 and form.isalpha()
    ]
    row: list[Token] = []
    for token in found if len(found) > 1 else ():
        if row and run[row[-1].end : token.start] not in _HYPHENS:
            words += _compound(row, run)
            row = []
        row.append(token)
    return [*words, *_compound(row, run)]


def _compound(row: Sequence[Token], run: str) -> Iterator[Written]:
    parts = [token.forms[0] for token in row]
    if 1 < len(parts) < 4 and any(map(str.isalpha, parts)) and _CLITICS.isdisjoint(parts[1:]):
        yield f"{' '.join(parts)}\t{run[row[0].start : row[-1].end]}"


def indexed(texts: Sequence[str], language: str = "fr") -> tuple[list[str], Counter[Written]]:
    """(The `terms` of each text, the words of all of them: how often each stands there).

    A compound stands there as a whole too, and so does what the end of a line cut in two.
    """
    known = _runs(language)
    terms: list[str] = []
    words: Counter[Written] = Counter()
    for text in texts:
        runs, made = known.read(text)
        terms.append(made)
        words.update(chain.from_iterable(map(known.words.__getitem__, runs)))
        for first, rest in _BROKEN.findall(text) if "- " in text or "-\n" in text else ():
            words[f"{letters(first)} {letters(rest)}\t{first}{rest}"] += 1
    return terms, words


def terms(text: str, language: str = "fr") -> str:
    """The string to index for one text (see the module)."""
    return _runs(language).read(text)[1]
