"""What a cut takes away that may turn the sense: a negation, a condition, a figure.

turning(text, cut) -> [(what it is, characters)], in order
"""

from __future__ import annotations

import re

from motamot.quoting.words import Span, tokens

_A = "['’ʼ]"
# In the languages of most questionnaires; a word too many is only pointed at.
_TURNS = {
    "négation": (
        rf"\bn{_A}|\b(?:ne|pas|non|plus|jamais|rien|aucune?s?|ni|nul(?:le)?s?|nullement|guère|sans"
        r"|personne|not|never|no|none|nor|without|nicht|keine?[nmrs]?|nie|ohne|nunca|sin|mai)\b"
    ),
    "condition": (
        rf"\bs{_A}(?=ils?\b)|\b(?:si|sauf|seulement|uniquement|conditions?|réserves?|pourvu|hormis"
        r"|excepté|à moins|à défaut|faute de|en cas|tant que|dans la mesure|à partir du moment"
        r"|quand|lorsqu\w+|dès lors|mais|if|unless|only|except|provided|wenn|falls|nur|pero)\b"
    ),
}
_WORDS = {name: re.compile(words, re.IGNORECASE) for name, words in _TURNS.items()}


def turning(text: str, cut: Span) -> list[tuple[str, Span]]:
    """Each negation, condition and figure (« chiffre ») of what a cut leaves out."""
    start, end = cut
    left_out = text[start:end]
    figures = [t for t in tokens(left_out) if t.kind == "number"]
    found = [("chiffre", (start + t.start, start + t.end)) for t in figures]
    for name, words in _WORDS.items():
        found += [(name, (start + m.start(), start + m.end())) for m in words.finditer(left_out)]
    return sorted(found, key=lambda each: each[1])
