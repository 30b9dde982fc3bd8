"""Whose words a run of an answer is: the list's, another's that it quotes, an unticked option's.

An answer quotes another in a block quote, unless all of it is one, and between quotation marks that
a verb of saying introduces or follows, unless it is the list that speaks ("nous disons", "notre
programme"). A citation that has the verb with the words is the list's: it says who speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from motamot.quoting.words import TICKED, UNTICKED, Span, count, tokens

Owner = Literal["own", "quoted", "unticked"]


@dataclass(frozen=True)
class Reported:
    """Words of another, and where the answer says whose they are; characters of the text."""

    words: Span
    said: Span


# --- between quotation marks ----------------------------------------------------------------------

_FEWEST = 3  # words between quotation marks: fewer are a name or a way of speaking
_MARKED = re.compile(r"«(?P<a>[^«»]+)»|“(?P<b>[^“”]+)”|\"(?P<c>[^\"]+)\"|<<(?P<d>.+?)>>", re.DOTALL)
_SENTENCE = re.compile(r"[.!?…](?=\s)|\n\s*\n")
_VERBS = (  # their beginnings
    "déclar|affirm|assur|expliqu|estim|confi|rappel|racont|martel|résum|rétorqu|lan[cç]|clam"
    "|dénon[cç]|ajout|précis|soulign|insist|répèt|répét|annon[cç]|jug|demand"
)
_SAY = (
    r"(?:a|ont|avai(?:t|ent)|aura(?:it)?|eut)(?:-t-(?:il|elle|on)|-(?:ils|elles))?\s+(?:\w+\s+)?"
    r"(?:dit|écrit|déclaré|affirmé|répondu|promis|assuré|expliqué|annoncé|estimé|prétendu|confié"
    r"|répété|soutenu|jugé|ajouté|raconté|lancé|soufflé|demandé|conclu|reconnu|admis|rappelé)e?s?"
    r"|(?:écri|di)(?:t|vent|sent|vait|vaient|sait|saient|vant|sant)|dit(?:es)?"
    rf"|(?!(?:annonc|jug|demand)e\b)(?:{_VERBS})l?(?:e|ent|ait|aient|èrent|eait|a)"
    r"|(?:prétend|répond|soutien|promet|admet|conclu|reconna[iî])"
    r"(?:t|s?sent|nent|tent|ent|\w*ai(?:t|ent))?"
    r"|selon|d.après|aux yeux de|pour reprendre|lit-on|(?:peut|a pu) lire|cit(?:e|ent|ons|ation)"
    r"|mots? de|(?<!à )propos de|phrase de|formule de|témoign\w*"
)
_SAYING = re.compile(rf"\b(?:{_SAY})\b", re.IGNORECASE)
_FOLLOWS = re.compile(rf"[\s,–—(]*(?:(?:nous|me|m|leur|lui)\W+)?(?:{_SAY})\b", re.IGNORECASE)
_OURS = re.compile(  # the list speaks: it says, or its programme does
    r"\b(?:nous\W+(?:l\W+)?(?:(?:avons|avions)\W+(?:\w+\W+)?\w+[ité]s?"
    rf"|(?:dis|écriv|promett|répond|propos|souten|conclu|{_VERBS})\w*ons)"
    r"|(?:je|j)\W+(?:(?:l\W+)?ai\W+)?\w+"
    r"|(?<!à )(?<!de )(?<!sur )(?<!contre )(?:notre|nos|mon|ma)\W+(?:\w+\W+)?(?:programme|projet"
    r"|charte|profession de foi|tract|slogan|proposition|réponse|lettre|manifeste|mot)s?"
    rf"(?:\W+(?:le|l|y))?(?:\W+(?:{_SAY}))?)\b",
    re.IGNORECASE,
)


def _by_another(introduced: str) -> bool | None:
    """Whether what introduces words says that another speaks; None when it says nothing."""
    said = [found.start() for found in _SAYING.finditer(introduced)]
    ours = [found.end() for found in _OURS.finditer(introduced)]
    if not said and not ours:
        return None
    return bool(said) and max(said) >= max(ours, default=0)


def _between_marks(text: str) -> Iterator[Reported]:
    for found in _MARKED.finditer(text):
        words = found.span(found.lastgroup or 0)
        if count(tokens(text[slice(*words)])) < _FEWEST:
            continue
        begins = max((m.end() for m in _SENTENCE.finditer(text, 0, words[0])), default=0)
        follows = _FOLLOWS.match(text, found.end())
        if by := _by_another(text[begins : found.start()]):
            yield Reported(words, (begins, found.start()))
        elif by is None and follows:
            yield Reported(words, (found.end(), follows.end()))


# --- block quotes ---------------------------------------------------------------------------------


def _in_blocks(text: str, blocks: Sequence[Span]) -> Iterator[Reported]:
    """`blocks`: the paragraphs of the answer that are in a block quote."""
    outside = text
    for start, end in reversed(blocks):
        outside = outside[:start] + outside[end:]
    if not count(tokens(outside)):
        return  # all of it: how the document shows its answers
    begins = 0  # of what introduces the quote: the paragraph before it
    for at, (start, end) in enumerate(blocks):
        if at and not text[blocks[at - 1][1] : start].strip():
            yield Reported((start, end), (begins, blocks[at - 1][0]))
            continue
        before = text[:start].rstrip()
        begins = max((m.end() for m in _SENTENCE.finditer(before)), default=0)
        if not (before.endswith(":") and _by_another(text[begins:start]) is False):
            yield Reported((start, end), (begins, start))


# --- options --------------------------------------------------------------------------------------

_BOX = re.compile(rf"(?P<ticked>{TICKED})|(?P<empty>{UNTICKED})")
_LINES = re.compile(r"[^\n]+")
_LAID_BEFORE = re.compile(r"[\s\-–—*+•>|\d.)]*")


def unticked(text: str) -> list[Span]:
    """The words of each option whose box is empty. A box stands before its words, unless its line
    begins with words and ends with a box; an option alone on its line may go on below, in small
    letters."""
    found: list[Span] = []
    is_open = False  # the option above was empty, and may go on
    for line in _LINES.finditer(text):
        boxes = list(_BOX.finditer(text, *line.span()))
        if not boxes:
            is_open = is_open and text[found[-1][1] : line.start()] == "\n"
            is_open = is_open and line[0].lstrip()[:1].islower()
            if is_open:
                found[-1] = (found[-1][0], line.end())
            continue
        begins = [line.start(), *(box.end() for box in boxes)]
        ends = [*(box.start() for box in boxes), line.end()]
        words = list(zip(begins, ends, strict=True))
        after = text[words[-1][0] : words[-1][1]].strip()
        is_before = _LAID_BEFORE.fullmatch(text, *words[0]) or after
        parts = words[1:] if is_before else words[:-1]
        empty = [span for span, box in zip(parts, boxes, strict=True) if box["empty"]]
        found += empty
        is_open = bool(is_before and len(boxes) == 1 and empty)
    return found


# --- whose ----------------------------------------------------------------------------------------


def owner(text: str, spans: Sequence[Span], blocks: Sequence[Span]) -> Owner:
    """Whose words the runs of a text are; `blocks`: its paragraphs in a block quote."""
    if any(_meet(span, option) for option in unticked(text) for span in spans):
        return "unticked"
    reported = [*_between_marks(text), *_in_blocks(text, blocks)]
    for each in reported:
        inside = any(each.words[0] <= start < each.words[1] for start, _ in spans)
        if inside and not any(_meet(span, each.said) for span in spans):
            return "quoted"
    return "own"


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
