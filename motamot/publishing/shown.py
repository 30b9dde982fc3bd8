"""What is shown and found of the texts of one document: rendered, their terms, their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from motamot.search.words import Written, indexed
from motamot.text.markdown import Block, Link, Rendered, rendered


@dataclass(frozen=True)
class Shown:
    """Several texts, in order: what is shown of each, their search terms, and all their words:
    how often each stands there."""

    texts: list[Rendered]
    terms: list[str]
    words: dict[Written, int]


def shown(readings: Sequence[str], language: str, *, markdown: bool, questions: bool) -> Shown:
    """Render the texts of one document, and find their words."""
    texts = [rendered(reading, markdown=markdown, question=questions) for reading in readings]
    terms, words = indexed([text.text for text in texts], language)
    return Shown(texts, terms, dict(words))


def packed(made: Shown) -> Any:
    """Lists and texts that JSON holds."""
    texts = [
        (
            [(block.text, block.first, block.end) for block in text.blocks],
            text.html,
            [(link.url, link.label) for link in text.links],
        )
        for text in made.texts
    ]
    return [texts, made.terms, made.words]


def unpacked(value: Any) -> Shown:
    """`packed`, undone."""
    texts, terms, words = value
    return Shown(
        [
            Rendered(tuple(Block(*b) for b in blocks), html, tuple(Link(*x) for x in links))
            for blocks, html, links in texts
        ],
        terms,
        words,
    )
