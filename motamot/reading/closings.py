"""After the last answer: thanks, greetings, a signature, footnotes, what follows a line drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from motamot.reading.page import (
    Chunk,
    Page,
)
from motamot.reading.titles import (
    Gap,
    is_bare_line,
)
from motamot.reading.wording import (
    answers,
    closes,
    greets,
)


def closing_index(
    page: Page, gap: Gap, rules: Sequence[int], ruled: bool
) -> tuple[int, str | None]:
    """Where, after the last question, thanks and signatures begin: (index of the chunk, doubt).

    `rules` are the offsets of horizontal rules in this gap; `ruled`: such rules close the other
    answers too. The index is `len(gap.chunks)` when nothing follows the answer.
    """
    chunks = gap.chunks
    own = _own_chunks(page, chunks)
    for index in (0, own - 1):
        if index < len(chunks) and greets(_words(page, chunks[index])):
            return index, None
    for index in range(own, len(chunks)):
        chunk = chunks[index]
        text = page.text[page.units[chunk.unit].body : chunk.stop]
        after = sum(len(page.text[c.start : c.stop].split()) for c in chunks[index:])
        drawn = any(chunks[index - 1].stop <= rule < chunk.start for rule in rules)
        if closes(text) and after < 250:
            return index, None
        if drawn and ruled:
            return index, None
        if drawn and after < 120 and answers(text) < 0.7:
            return index, "what follows the line drawn after the last answer was left out of it"
        if _is_footnote(text) and not _cited(page, text, chunks[:index]):
            return index, None
        if page.units[chunk.unit].kind == "heading" and gap.after is not None:
            level = page.units[chunk.unit].level
            if gap.after.level and level <= gap.after.level:
                return index, "this heading comes after the last question and was left out of it"
    return _signature(page, chunks, own)


def _words(page: Page, chunk: Chunk) -> str:
    return page.text[max(chunk.start, page.units[chunk.unit].body) : chunk.stop]


def _own_chunks(page: Page, chunks: Sequence[Chunk]) -> int:
    """How many chunks the answer has for sure: one, or all up to its "Réponse :" and its words."""
    for index, chunk in enumerate(chunks):
        marker = page.markers.get(chunk.unit)
        if marker:
            alone = not page.text[marker.end : chunk.stop].strip()
            return index + 1 + alone
    return 1


def _is_footnote(text: str) -> bool:
    return bool(re.match(r"\[\^?[\w-]+\]:?\s", text))


def _cited(page: Page, note: str, chunks: Sequence[Chunk]) -> bool:
    match = re.match(r"\[\^?[\w-]+\]", note)
    return match is not None and any(match[0] in page.text[c.start : c.stop] for c in chunks)


def _signature(page: Page, chunks: Sequence[Chunk], own: int) -> tuple[int, str | None]:
    """A last short line without a full stop, under paragraphs that have one."""
    at = len(chunks)
    while at > own and is_bare_line(page, chunks[at - 1]):
        at -= 1
    if at == len(chunks) or at < 1 or len(chunks) - at > 4:
        return len(chunks), None
    before = page.text[chunks[at - 1].start : chunks[at - 1].stop].rstrip("*_ \n")
    if not re.search(r"[.!?…»\")]$", before):
        return len(chunks), None
    return at, "this line was read as a signature and left out of the last answer"
