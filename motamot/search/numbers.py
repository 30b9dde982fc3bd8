"""Figures as people write them: one form of each for the index, and its other writings for a query.

    1 234,50    1234virgule5   thousands closed up, one mark for the decimals
    1er, XXe    1e, 20e        ranks, Roman ones too; and the first day of a month: `1 mai`
    22 h 15     22h15
    9/06/2030   9 juin 2030    dates have the month by its name
    L. 611-1    l 611 1        articles of a code
    50 k€       50 mille euros
    7,5 %       7virgule5 pourcent

What is written in words (`deux millions`, `vingtième`) stays as it is in the index; `writings` are
the runs of words that say the same as what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from motamot.text.folding import letters

Run = tuple[str, ...]  # words in a row, folded

SPACES = " \u00a0\u202f\u2009"
_SP = f"[{SPACES}]"
MONTHS = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
_MONTH = f"(?i:{MONTHS.replace(' ', '|').replace('e', '[eé]').replace('aout', 'ao[uû]t')})(?!\\w)"
_RANK = "(?:ers?|[èe]res?|res?|i?[èe]mes?|es?|è|nde?s?|ᵉʳ?|ʳᵉ)(?!\\w)"
_THOUSANDS = rf"\d{{1,3}}(?:{_SP}\d{{3}})+(?:,\d+)?(?!\w)"
# A space inside one figure. What may stand before it comes first: most words end otherwise.
GLUE = (
    rf"(?<=[\dhHrR.LDO])(?:(?<=\d){_SP}(?=\d{{3}}|[hH](?:{_SP}?\d\d)?(?!\w)|{_RANK})"
    rf"|(?:(?<=\d[hH])|(?<=\d{_SP}[hH])){_SP}(?=[0-5]\d(?!\w))"
    rf"|(?:(?<=\b1)|(?<=\b1er)|(?<=\b1{_SP}er)){_SP}(?={_MONTH})"
    rf"|(?:(?<=[LRDO]\.)|(?<=\b[LRD])){_SP}(?=\d{{3}})"
    rf"|(?<=\b[Pp]our){_SP}(?=cents?(?!\w)))"
)
_ROMAN = "(?:[IVX]+|x{1,2}(?:ix|iv|v?i{0,3})|vi{2,3})"
_DAY, _MONTH_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
FIGURE = re.compile(
    rf"""(?<![\w./,:-])(?P<day>{_DAY})
         (?:/(?P<month>{_MONTH_NUMBER})/(?P<year>\d{{4}}|\d\d)
          |(?P<s>[.-])(?P<month2>{_MONTH_NUMBER})(?P=s)(?P<year2>\d{{4}}))(?![\w/-]|\.\d)
    |(?<![\w./,:-])(?P<iso>(?:19|20)\d\d)-(?P<month3>0[1-9]|1[0-2])-(?P<day3>{_DAY})(?![\w/-])
    |(?<![\w.,:])(?P<hour>[01]?\d|2[0-4])
         (?:(?:{_SP}?[hH]{_SP}?|:)(?P<minutes>[0-5]\d)(?![\w:])|{_SP}?[hH](?!\w))
    |(?<![\w.,])(?P<first>1)(?:{_SP}?er)?(?={_SP}{_MONTH})
    |(?<![\w.,])(?P<rank>\d+){_SP}?{_RANK}
    |(?<!\w)(?P<roman>{_ROMAN}){_RANK}
    |(?<!\w)(?P<letter>L\.?O|[LRD])\.?{_SP}?(?P<code>\d{{3,}})(?!\w)
    |(?<!\w)(?P<small>[lrd])\.?(?P<code2>\d{{3,}})(?!\w)
    |(?P<scale>[kKM]|Mds?)?(?P<euro>€)
    |(?P<percent>%|(?i:pour){_SP}cents?(?!\w))
    |(?P<numero>\b[nN][°º]s?)
    |(?P<number>(?<![\w.,]){_THOUSANDS}
        |(?<![\w.,])\d+[.,]\d+(?![\w]|[.,]\d)
        |(?<![\w.,])\d{{1,3}}(?:\.\d{{3}})+(?:,\d+)?(?!\w|[.,]\d))""",
    re.VERBOSE,
)
_MONTH_NAMES = MONTHS.split()
_SCALED = {"k": "mille", "K": "mille", "M": "millions", "Md": "milliards", "Mds": "milliards"}


def read(found: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """The words of one FIGURE: (start, end, form)."""
    if found["month"] or found["month2"]:
        n = "" if found["month"] else "2"
        yield (*found.span("day"), _day(found["day"]))
        yield (*found.span(f"month{n}"), _MONTH_NAMES[int(found[f"month{n}"]) - 1])
        year = found[f"year{n}"]
        yield (*found.span(f"year{n}"), year if len(year) == 4 else f"20{year}")
    elif found["iso"]:
        yield (*found.span("iso"), found["iso"])
        yield (*found.span("month3"), _MONTH_NAMES[int(found["month3"]) - 1])
        yield (*found.span("day3"), _day(found["day3"]))
    elif found["letter"] or found["small"]:
        n, letter = ("", "letter") if found["letter"] else ("2", "small")
        yield (*found.span(letter), letters(found[letter]))
        yield (*found.span(f"code{n}"), found[f"code{n}"])
    elif found["euro"]:
        if found["scale"]:
            yield (*found.span("scale"), _SCALED[found["scale"]])
        yield (*found.span("euro"), "euros")
    else:
        yield (*found.span(), _one(found))


def _one(found: re.Match[str]) -> str:
    if found["hour"]:
        minutes = found["minutes"] or ""
        return f"{int(found['hour'])}h{minutes if minutes != '00' else ''}"
    if found["rank"] or found["first"]:
        return (found["rank"] or "1") + "e"
    if found["roman"]:
        return f"{_roman(found['roman'])}e"
    if found["number"]:
        return _number(found["number"])
    return "numero" if found["numero"] else "pourcent"


def _day(figures: str) -> str:
    day = str(int(figures))
    return "1e" if day == "1" else day


def _number(written: str) -> str:
    """ "1 234" and "1.234" -> "1234", "3,5" and "3.50" -> "3virgule5"."""
    digits = re.sub(_SP, "", written)
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", digits):
        digits = digits.replace(".", "")
    return re.sub(r"(virgule\d*?[1-9])0+$", r"\1", letters(re.sub("[.,]", "virgule", digits)))


def _roman(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[c] for c in numeral.upper()]
    return sum(
        -n if n < following else n for n, following in zip(values, [*values[1:], 0], strict=True)
    )


# -- in words

_UNITS = [
    *("zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    *("onze", "douze", "treize", "quatorze", "quinze", "seize"),
]
_TENS = ["", "dix", "vingt", "trente", "quarante", "cinquante", "soixante", "", "quatre vingt", ""]
_WORDS = {
    **{word: n for n, word in enumerate(_UNITS)},
    **{word: 10 * n for n, word in enumerate(_TENS) if word and " " not in word},
    **{"vingts": 20, "cent": 100, "cents": 100, "septante": 70, "octante": 80, "nonante": 90},
}
_SCALES = {
    "milliard": 10**9, "milliards": 10**9, "million": 10**6, "millions": 10**6, "mille": 1000,
}  # fmt: skip
NUMERALS = frozenset([*_WORDS, *_SCALES]) - {"un"}
_ALONE = {"un", "neuf", "million", "millions", "milliard", "milliards"}  # not figures by themselves
_LONGEST = 4  # words of a number that are looked for


def is_numeral(word: str) -> bool:
    """Whether a folded word is a number, or part of one."""
    return word in NUMERALS or re.fullmatch(r"\d+(virgule\d+)?", word) is not None


def writings(words: Sequence[str]) -> tuple[int, list[Run]]:
    """How many of these folded words say one number, a rank or an hour, and all the runs of words
    that say it, as typed first; (0, []) when the first is none."""
    for size in range(min(_LONGEST, len(words)), 0, -1):
        if rank := _ranks().get(tuple(words[:size])):
            return size, _unique([tuple(words[:size]), (f"{rank}e",), *_ranked(rank)])
    first = words[0] if words else ""
    if clock := re.fullmatch(r"(\d+)h(\d\d)?", first):
        minutes = [clock[2]] if clock[2] else []
        return 1, [(first,), *((clock[1], word, *minutes) for word in ("heures", "heure"))]
    if rank_typed := re.fullmatch(r"(\d+)e", first):
        return 1, [(first,), *_ranked(int(rank_typed[1]))]
    words = list(words)
    size, value = _value(words)
    if not size or (size == 1 and first in _ALONE):
        return 0, []
    if value < 25 and words[size : size + 1] in (["heure"], ["heures"]):
        more = [w for w in words[size + 1 : size + 2] if re.fullmatch(r"[0-5]\d", w)]
        end = size + 1 + len(more)
        hour = f"{value}h{''.join(more)}"
        return end, _unique([tuple(words[:end]), (hour,), (str(value), "heures", *more)])
    return size, _unique([tuple(words[:size]), *_said(value)])


def _unique(runs: list[Run]) -> list[Run]:
    return list(dict.fromkeys(runs))


def _value(words: Sequence[str]) -> tuple[int, Decimal]:
    """How many words from the first on are one number, and which."""
    total, part, size, figures = Decimal(0), None, 0, False
    for n, word in enumerate(words):
        if part is None and re.fullmatch(r"\d+(virgule\d+)?", word):
            part, figures = Decimal(word.replace("virgule", ".")), True
        elif word in _WORDS and not figures and (more := _more(part, _WORDS[word])) is not None:
            part = more
        elif word in _SCALES and (part is not None or (word == "mille" and not total)):
            total, part, figures = total + (part or 1) * _SCALES[word], None, False
        elif word == "et" and part is not None and words[n + 1 : n + 2] in (["un"], ["onze"]):
            continue
        else:
            break
        size = n + 1
    return size, total + (part or 0)


def _more(part: Decimal | None, word: int) -> Decimal | None:
    """What a number in words becomes with its next word; None when that is another number."""
    if part is None:
        return Decimal(word)
    last = part % 100
    if word == 100:
        return part * 100 if 1 < part < 10 else None
    if word == 20 and last == 4:
        return part + 76
    if word < 20 and last >= 20 and not last % 10 and (word < 10 or last in (60, 80)):
        return part + word
    if (last == 10 and 7 <= word <= 9) or (part >= 100 and not last):
        return part + word
    return part + word if last in (70, 90) and 7 <= word <= 9 else None


def _said(value: Decimal) -> list[Run]:
    """The ways of writing a number: figures, words, figures or words and a scale."""
    runs: list[Run] = [(_figures(value),)]
    if 1 < value < 10**6 and value == int(value) and value != 9:
        runs += _spelt(int(value))
    for scale, names in ((10**9, "milliard"), (10**6, "million"), (1000, "mille")):
        part = value / scale
        if part < 1 or (scale == 1000 and part >= 1000) or part * 100 != int(part * 100):
            continue
        counts = [(_figures(part),), *(_spelt(int(part)) if part == int(part) else [])]
        runs += [
            (*c, name) for c in counts for name in {names, names.rstrip("s") + "s"} - {"milles"}
        ]
    return [run for run in runs if len(run) <= _LONGEST]


def _figures(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", "virgule")


@lru_cache(maxsize=1024)
def _spelt(n: int) -> list[Run]:
    """A number below a million in words, with and without the -s of `cents` and `vingts`."""
    if n >= 1000:
        thousands = [()] if n < 2000 else _spelt(n // 1000)
        return [
            (*t, "mille", *rest)
            for t in thousands
            for rest in (_spelt(n % 1000) if n % 1000 else [()])
        ]
    if n >= 100:
        hundreds = [] if n < 200 else [_UNITS[n // 100]]
        if n % 100:
            return [(*hundreds, "cent", *rest) for rest in _spelt(n % 100)]
        return [(*hundreds, "cent"), *([(*hundreds, "cents")] if hundreds else [])]
    if n <= 16:
        return [(_UNITS[n],)]
    tens, unit = divmod(n, 10)
    if tens in (7, 9):
        tens, unit = tens - 1, unit + 10
    start = tuple(_TENS[tens].split())
    if not unit:
        return [start, (*start[:-1], "vingts")] if tens == 8 else [start]
    if unit in (1, 11) and tens not in (1, 8):
        return [(*start, "et", _UNITS[unit])]
    return [(*start, *(("dix", _UNITS[unit - 10]) if unit > 16 else (_UNITS[unit],)))]


def _ranked(n: int) -> list[Run]:
    if n == 1:
        return [(word,) for word in ("premier", "premiere", "premiers", "premieres")]
    if not 1 < n < 100:
        return []
    *start, last = _spelt(n)[0]
    last = {"cinq": "cinqu", "neuf": "neuv"}.get(last, last.removesuffix("e")) + "ieme"
    return [(*start, last), (*start, last + "s")]


@lru_cache(maxsize=1)
def _ranks() -> dict[Run, int]:
    """`vingtieme` -> 20, `dix septieme` -> 17 …"""
    return {run: n for n in range(1, 100) for run in _ranked(n)}
