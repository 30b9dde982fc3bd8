"""Which forms a French word has: what makes two written words one, where both are known.

The table `lexicon.tsv`, whose header says where it comes from, is read once, in a few milliseconds,
and looked up where it lies in memory (about 6 MB). Its words have no accents: queries are typed
without, and so are capitals.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from motamot.search.stems import is_apart, stem

TABLE = Path(__file__).with_name("lexicon.tsv")


class Entry(NamedTuple):
    """One word: `linked` are the nouns of a verb's action, or the verbs of a noun of action."""

    # v verb, n noun or adjective with its adverb, c one that a hyphen cuts as well, p proper noun,
    # x other
    kind: str
    forms: tuple[str, ...]  # folded, the word itself first
    linked: tuple[str, ...]


class Endings(NamedTuple):
    """What one set of words ends in, the word's own first."""

    kind: str
    all: tuple[str, ...]


class Lexicon:
    """The table, in memory."""

    def __init__(self, path: Path = TABLE) -> None:
        lines = path.read_text(encoding="utf-8").split("\n")
        start = next(n for n, line in enumerate(lines) if not line.startswith("#"))
        end = lines.index("", start)
        self._words = lines[end + 1 : -1]
        self._endings = [
            Endings(line[0], tuple(e.replace("-", "") for e in line[2:].split(" ")))
            for line in lines[start:end]
        ]

    def entries(self, form: str) -> list[Entry]:
        """The words that have this folded form; none when it is not known."""
        found = []
        for size in range(len(form), -1, -1):
            for number, linked in self._beginning(form[:size]):
                kind, endings = self._endings[number]
                if form[size:] in endings:
                    forms = tuple(form[:size] + ending for ending in endings)
                    found.append(Entry(kind, forms, tuple(linked.split())))
        return found

    def _beginning(self, stem: str) -> Iterator[tuple[int, str]]:
        start = stem + "\t"
        at = bisect_left(self._words, start)
        while at < len(self._words) and self._words[at].startswith(start):
            number, _, linked = self._words[at][len(start) :].partition("\t")
            yield int(number), linked
            at += 1


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read when it is first asked for."""
    return Lexicon()


def is_known(form: str) -> bool:
    """Whether the lexicon has a folded form."""
    return bool(lexicon().entries(form))


@lru_cache(maxsize=4096)
def related(form: str) -> frozenset[str]:
    """All forms of the words that have this folded form, itself among them; none when it is not
    known.

    A noun that is also a form of a verb (`porte`, `taxe`) brings the verb unless the stems know it
    for another word; the infinitive brings all. A noun of action and its verb bring each other, but
    no form that is another noun too: `arrêt` and `arrêter`, not `arrêt` and `arrêtés`.
    """
    entries = lexicon().entries(form)
    nouns = [entry for entry in entries if entry.kind != "v"]
    verbs = [entry for entry in entries if entry.kind == "v"]
    is_verb = not nouns or any(verb.forms[0] == form for verb in verbs)
    if not is_verb:
        verbs = [verb for verb in verbs if any(_is_of(verb, noun, form) for noun in nouns)]
    found = {known for entry in (*nouns, *verbs) for known in entry.forms}
    for entry in verbs if is_verb else ():
        found |= {known for noun in entry.linked for known in _forms(noun, "n")}
    for entry in nouns:
        found |= {f for verb in entry.linked for f in _forms(verb, "v") if _only_verb(f)}
    return frozenset(found)


def _is_of(verb: Entry, noun: Entry, form: str) -> bool:
    """Whether a noun is a form of a verb in sense too: the stems say so, or it has forms of the
    present (`paye`) or the participle (`promis`) alone; not `porte`, `voie`."""
    root = stem(form)
    if root == stem(verb.forms[0]):
        return True
    ends = noun.forms[0][-1:] in {*"istu"} or noun.forms[0] + "r" == verb.forms[0]
    return ends and not is_apart(root) and {*noun.forms} <= {*verb.forms}


def _forms(word: str, kind: str) -> set[str]:
    named = (e for e in lexicon().entries(word) if e.kind == kind and e.forms[0] == word)
    return {form for entry in named for form in entry.forms}


def _only_verb(form: str) -> bool:
    return all(entry.kind == "v" for entry in lexicon().entries(form))


def conjugated(verb: str) -> set[str]:
    """The forms of a folded verb that are no other word, but adjectives made of it: `prévu`."""
    forms = _forms(verb, "v")
    return {
        form
        for form in forms
        if all(entry.kind == "v" or {*entry.forms} <= forms for entry in lexicon().entries(form))
    }
