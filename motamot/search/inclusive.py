"""Inclusive writing: what masculine and what feminine a written form stands for.

`travailleurSEs`, `travailleur·se·s`, `travailleurs/euses` and `travailleur(se)s` all read
"travailleurs" and "travailleuses". No norm says how to write them. The families of endings follow
the Haut Conseil à l'Égalité's *Guide pratique pour une communication publique sans stéréotype de
sexe*; blended words (`toustes`, `celleux`, `lecteurices`) were gathered from use.

A form is recognised only when its second part really is a feminine ending *of its first part*:
that is why `est-elle`, `et/ou`, `rendez-vous` or `OuiSNCF` need no list of exceptions.
"""

import re

Reading = tuple[str, str]  # (masculine, feminine), folded: ("travailleurs", "travailleuses")

DOTS = "\u00b7\u2022\u2027\u22c5\u2219\u30fb\u0387\u2e31\u2e33\uff65\u25cf"
HYPHENS = "\u002d\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"

# Endings written after the masculine, and how each makes the feminine: (end of the masculine,
# what replaces it).
# All are folded (è = e), singular; `·ère` after "infirmier" is therefore the same as `·e`.
ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "e": (("eux", "euse"), ("oux", "ouse"), ("f", "ve"), ("", "e")),
    "ne": (("n", "nne"),),
    "le": (("l", "lle"), ("aux", "ale")),
    "te": (("t", "tte"), ("favori", "favorite"), ("tou", "toute"), ("tous", "toute")),
    "tte": (("ce", "cette"), ("t", "tte")),
    "se": (("eur", "euse"), ("eux", "euse"), ("oux", "ouse"), ("s", "sse"), ("ou", "ouse")),
    "use": (("eur", "euse"), ("eux", "euse")),
    "euse": (("eur", "euse"), ("eux", "euse")),
    "reuse": (("reux", "reuse"), ("reur", "reuse")),
    "teuse": (("teur", "teuse"), ("teux", "teuse")),
    "ieuse": (("ieux", "ieuse"),),
    "ice": (("teur", "trice"),),
    "rice": (("teur", "trice"),),
    "trice": (("teur", "trice"),),
    "atrice": (("ateur", "atrice"),),
    "re": (("er", "ere"),),
    "ere": (("er", "ere"),),
    "iere": (("ier", "iere"),),
    "gere": (("ger", "gere"),),
    "ve": (("f", "ve"),),
    "ive": (("if", "ive"),),
    "fe": (("f", "ffe"),),
    "ffe": (("f", "ffe"),),
    "sse": (("e", "esse"), ("s", "sse")),
    "esse": (("e", "esse"), ("", "esse")),
    "eresse": (("eur", "eresse"),),
    "que": (("grec", "grecque"), ("c", "que")),
    "cque": (("c", "cque"),),
    "ique": (("ic", "ique"),),
    "che": (("c", "che"), ("cs", "che")),
    "he": (("c", "che"),),
    "ue": (("g", "gue"),),
    "elle": (("el", "elle"), ("eau", "elle"), ("eaux", "elle")),
    "nelle": (("nel", "nelle"),),
    "ielle": (("iel", "ielle"),),
    "ale": (("al", "ale"), ("aux", "ale")),
    "iale": (("ial", "iale"), ("iaux", "iale")),
    "enne": (("en", "enne"),),
    "ienne": (("ien", "ienne"),),
    "onne": (("on", "onne"),),
    "ette": (("et", "ette"),),
    "ete": (("et", "ete"),),
    "ee": (("e", "ee"),),
    "ante": (("ant", "ante"),),
    "ente": (("ent", "ente"),),
    "ine": (("ain", "ine"), ("in", "ine")),
    "aine": (("ain", "aine"),),
    "ille": (("il", "ille"),),
    "eille": (("eil", "eille"), ("ieux", "ieille")),
    "olle": (("ou", "olle"),),
}
# Words whose feminine follows no ending, with the short ways of writing it after the masculine.
PAIRS: dict[tuple[str, str], str] = {
    (masculine, short): feminine
    for masculine, feminine, shorts in (
        line.split(maxsplit=2)
        for line in """
        le la la a|un une une|du de de|au a a|il elle elle|ils elles elles|ce cette cette
        cet cette cette|son sa sa a|mon ma ma a|ton ta ta a|beau belle belle|beaux belles belles
        vieux vieille vieille|nouveau nouvelle nouvelle|nouveaux nouvelles nouvelles
        fou folle folle|fous folles folles|tout toute toute|tous toutes toutes tes
        ceux celles celles elles|celui celle celle elle|eux elles elles|lui elle elle
        lequel laquelle laquelle|lesquels lesquelles lesquelles|duquel de de|auquel a a
        auxquels auxquelles auxquelles|desquels desquelles desquelles
        frere soeur soeur|freres soeurs soeurs|copain copine copine|copains copines copines
        homme femme femme|hommes femmes femmes|compagnon compagne compagne
        compagnons compagnes compagnes|monsieur madame madame|heros heroine heroine ine
        """.replace("\n", "|").split("|")
        if line.strip()
    )
    for short in shorts.split()
}
# Blended words. `iel` is also a word of its own: see french.py.
BLENDS: dict[str, Reading] = {
    "toustes": ("tous", "toutes"), "touste": ("tout", "toute"), "touxtes": ("tous", "toutes"),
    "celleux": ("ceux", "celles"), "ceulles": ("ceux", "celles"), "ceuxes": ("ceux", "celles"),
    "ceuxelles": ("ceux", "celles"), "ceuzes": ("ceux", "celles"), "cellui": ("celui", "celle"),
    "iel": ("il", "elle"), "iels": ("ils", "elles"), "ielle": ("il", "elle"),
    "ielles": ("ils", "elles"),
    "yel": ("il", "elle"), "yels": ("ils", "elles"), "illes": ("ils", "elles"),
    "ellui": ("lui", "elle"), "elleux": ("eux", "elles"), "euxelles": ("eux", "elles"),
    "lae": ("le", "la"), "maon": ("mon", "ma"), "saon": ("son", "sa"),
    "froeur": ("frere", "soeur"), "froeurs": ("freres", "soeurs"),
    "copaine": ("copain", "copine"), "copaines": ("copains", "copines"),
    "nouvelleau": ("nouveau", "nouvelle"), "nouvelleaux": ("nouveaux", "nouvelles"),
    "belleau": ("beau", "belle"), "belleaux": ("beaux", "belles"),
}  # fmt: skip
BLENDED_ENDINGS = (
    (re.compile(r"^(.+)teurr?t?ice(s?)$"), "teur", "trice"),  # lecteurices
    (re.compile(r"^(.{2,})eurr?(?:eu)?se(s?)$"), "eur", "euse"),  # travailleureuses, TRAVAILLEURSES
    (re.compile(r"^(.{2,})eusese?ur(s?)$"), "eur", "euse"),
    (re.compile(r"^(.{2,})euxse(s?)$"), "eux", "euse"),
    (re.compile(r"^(.{3,})ifve(s?)$"), "if", "ive"),  # ACTIFVES
)
_LAST = ("ice", "ices", "se", "ses", "eur", "eurs", "ve", "ves")  # of what these patterns match
# Ordinary words in -eureuse.
ORDINARY = re.compile(r"^(|mal|bien)heureuses?$|^(p|chal|val|doul|sulf|ap|langu)eureuses?$")
_WITH_E = re.compile(r"[bcdfglmnprstxyziué]$")


def blend(word: str) -> Reading | None:
    """The two readings of a folded blended word (`lecteurices`), or None for any other word."""
    if word in BLENDS:
        return BLENDS[word]
    if not word.endswith(_LAST) or ORDINARY.match(word):
        return None
    for pattern, masculine, feminine in BLENDED_ENDINGS:
        if found := pattern.match(word):
            root, plural = found.groups()
            s = "" if masculine.endswith("x") else plural
            return root + masculine + s, root + feminine + plural
    return None


def capitals(word: str) -> tuple[str, list[str]] | None:
    """`travailleurSEs` -> ("travailleur", ["SE", "s"]); None without capitals at the end."""
    plural = "s" if word.endswith("s") else ""
    start = end = len(word) - len(plural)
    while start and word[start - 1].isupper():
        start -= 1
    if start < 2 or start == end or not word[1:start].islower():
        return None
    return word[:start], [part for part in (word[start:end], plural) if part]


def read(base: str, parts: list[str], accented: bool, sure: bool) -> Reading | None:
    """The two readings of a form cut at its separators, or None when it is not an inclusive form.

    `base` and `parts` are folded: `étudiant·e·s` is ("etudiant", ["e", "s"]). `accented` says
    that the base was
    written with a final é (`salarié·e`), which is how `-e` after an e is told from anything else.
    `sure` is true for
    separators that have no other use inside a word (middle dots, parentheses, capitals).
    """
    if not base.isalpha() or len(base) < 2:
        return None
    if sure and (blended := BLENDS.get(base + "".join(parts))):
        return blended
    if parts == ["s"] or parts == ["x"]:
        return (base, base + parts[0]) if sure and base[-1] not in "sxz" else None
    if len(parts) == 3 and parts[-1] == "s" and parts[1] in ("ne", "le", "te", "se"):
        parts = [parts[0], "s"]
    if len(parts) > 2 or (len(parts) == 2 and parts[1] not in ("s", "x")):
        return None
    pair = PAIRS.get((base, parts[0])) if len(parts) == 1 else None
    if pair:
        return base, pair
    plural = len(parts) == 2 or (parts[0].endswith("s") and parts[0] != "s")
    ending = parts[0][:-1] if plural and len(parts) == 1 else parts[0]
    feminine = _feminine(base, ending, accented, sure)
    if feminine:
        return (_plural(base) if plural else base), feminine + "s" * plural
    if base[-1] in "sx" and base[:-1].isalpha() and (plural or sure):  # travailleurs/euses
        feminine = _feminine(base[:-1], ending, accented, sure)
        if feminine:
            return base, feminine + "s"
    return None


def _feminine(base: str, ending: str, accented: bool, sure: bool) -> str | None:
    """The feminine of `base` written with `ending` ("acteur", "rice" -> "actrice"), or None."""
    if len(base) < 2 or (
        not sure and len(base) < 4 and ending not in ("e", base + "e", "te", "ne")
    ):
        return None
    if ending == "e" and not ((accented and base[-1] == "e") or _WITH_E.search(base)):
        return None
    if (base, ending) == ("tou", "e"):
        return None
    for old, new in ENDINGS.get(ending, ()):
        if base.endswith(old) and len(base) >= len(old):
            return base[: len(base) - len(old)] + new
    return ending if len(ending) > 2 and ending in _full_feminines(base) else None


def _full_feminines(base: str) -> set[str]:
    """Every feminine of `base` that the endings make: `lecteur·lectrice`, `un/une`."""
    made = {base + "e"}
    for rules in ENDINGS.values():
        for old, new in rules:
            if old and base.endswith(old):
                made.add(base[: len(base) - len(old)] + new)
    return made


def _plural(masculine: str) -> str:
    if masculine == "tou":
        return "tous"
    if masculine.endswith("eau"):
        return masculine + "x"
    return masculine if masculine[-1] in "sxz" else masculine + "s"
