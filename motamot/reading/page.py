"""One document as it is weighed: its blocks, heads and answer marks, and what is asked of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from motamot.reading.blocks import Unit, readable
from motamot.reading.blocks import units as find_units
from motamot.reading.heads import Head, block_ends, find_heads
from motamot.reading.labels import Label, answer_marker, is_group_label
from motamot.reading.wording import (
    answers,
    asks,
    closes,
    ends_asking,
    greets,
    words,
)
from motamot.text.source import Lines

Parts = tuple[int | str, ...]


@dataclass(frozen=True)
class Chunk:
    """A block or cell, or what is left of one between two heads: `text[start:stop]`."""

    start: int
    stop: int
    unit: int  # index of its first unit


@dataclass(frozen=True)
class Page:
    """One document, cut into units and heads, with what is asked of it again and again."""

    text: str
    units: Sequence[Unit]
    heads: Sequence[Head]
    known: frozenset[str] = frozenset()  # folded wordings of the questionnaire's questions
    blank: bool = False  # a questionnaire that nobody has filled in
    chunks: list[Chunk] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    by_unit: dict[int, Head] = field(default_factory=dict)
    markers: dict[int, Label] = field(default_factory=dict)  # unit -> its "Réponse :"
    _asks: dict[tuple[int, int], float] = field(default_factory=dict)
    _answers: dict[tuple[int, int], float] = field(default_factory=dict)
    _keys: dict[tuple[int, int], str] = field(default_factory=dict)
    _titles: dict[Chunk, bool] = field(default_factory=dict)

    def key(self, start: int, stop: int) -> str:
        """`key` of a slice, remembered."""
        at = (start, stop)
        if at not in self._keys:
            self._keys[at] = key(self.text[start:stop])
        return self._keys[at]

    def asks(self, start: int, stop: int) -> float:
        """`wording.asks` of a slice, remembered."""
        key = (start, stop)
        if key not in self._asks:
            self._asks[key] = asks(self.text[start:stop])
        return self._asks[key]

    def answers(self, start: int, stop: int) -> float:
        """`wording.answers` of a slice, remembered."""
        key = (start, stop)
        if key not in self._answers:
            self._answers[key] = answers(self.text[start:stop])
        return self._answers[key]

    def between(self, start: int, stop: int) -> list[Chunk]:
        """The non-blank chunks of `text[start:stop]`, those at its edges cut to fit."""
        at = max(0, bisect_left(self.starts, start) - 1)
        found: list[Chunk] = []
        for place in range(at, len(self.chunks)):
            chunk = self.chunks[place]
            if chunk.start >= stop:
                break
            first, last = max(start, chunk.start), min(stop, chunk.stop)
            if first < last and self.text[first:last].strip(" \t\r\n*_|>"):
                found.append(Chunk(first, last, self._unit_at(chunk, first)))
        return found

    def _unit_at(self, chunk: Chunk, char: int) -> int:
        unit = chunk.unit
        while (
            unit + 1 < len(self.units)
            and self.units[unit + 1].start <= char
            and self.units[unit + 1].block == self.units[chunk.unit].block
        ):
            unit += 1
        return unit


def make_page(
    text: str,
    units: Sequence[Unit],
    heads: Sequence[Head],
    known: frozenset[str] = frozenset(),
    *,
    blank: bool = False,
) -> Page:
    """Cut a document into chunks and find its answer markers."""
    page = Page(text, units, heads, known, blank)
    ends = block_ends(units)
    for index, unit in enumerate(units):
        if unit.kind in ("rule", "delimiter"):
            continue
        begins = unit.column >= 0 or index == 0 or units[index - 1].block != unit.block
        if begins:
            page.chunks.append(Chunk(unit.start, ends[index], index))
        if unit.kind in ("heading", "paragraph", "cell", "other"):
            marker = answer_marker(text, unit.body, unit.tail)
            if marker:
                page.markers[index] = marker
    page.starts.extend(chunk.start for chunk in page.chunks)
    page.by_unit.update({head.unit: head for head in heads})
    return page


def page_of(text: str, known: frozenset[str] = frozenset(), *, blank: bool = False) -> Page:
    """The blocks of a text and everything in it that could begin a question."""
    view = readable(text)
    units = find_units(Lines(text), view)
    page = make_page(view, units, find_heads(view, units), known, blank=blank)
    end = _farewell(page)
    return page if end is None else replace(page, heads=[h for h in page.heads if h.start < end])


def _farewell(page: Page) -> int | None:
    """Where the greeting of a letter's end begins, when little follows it: no question does."""
    after = 0
    for chunk in reversed(page.chunks):
        words = page.text[max(chunk.start, page.units[chunk.unit].body) : chunk.stop]
        if greets(words):
            return chunk.start
        after += len(words.split())
        if after > 60:
            return None
    return None


def looks_like_title(page: Page, chunk: Chunk) -> bool:
    """A heading, a labelled section, or a short line that ends like a title."""
    if chunk not in page._titles:
        page._titles[chunk] = _looks_like_title(page, chunk)
    return page._titles[chunk]


def _looks_like_title(page: Page, chunk: Chunk) -> bool:
    unit = page.units[chunk.unit]
    line = page.text[unit.body : chunk.stop].strip()
    if chunk.unit in page.markers:
        return False
    if unit.kind == "heading":
        return True
    if unit.kind != "paragraph" or unit.bullet or "\n" in line or len(line.split()) > 20:
        return False
    if is_group_label(line):
        return len(line.split()) <= 16
    bare = line.strip("*_ ")
    if closes(bare) or ends_asking(bare) or answers(bare) >= 0.7:
        return False
    if bare.endswith(":"):
        return bare[:1].isupper() or bare[:1].isdigit()
    head = page.by_unit.get(chunk.unit)
    standing = head is not None and head.style in ("bold", "caps", "italic")
    return standing and bare[-1:] not in ".;,!" and len(bare.split()) <= 14


def is_known(page: Page, head: Head) -> bool:
    """Whether a head asks one of the questionnaire's own questions."""
    return bool(page.known) and page.key(head.wording, head.end) in page.known


def key(wording: str) -> str:
    """A question's words for comparison: case, accents, punctuation and links aside."""
    return " ".join(words(wording))


def lead_asks(page: Page, head: Head) -> bool:
    """Whether a sentence that asks stands at the head of a block that goes on."""
    lead = page.text[head.wording : head.end]
    mark = lead.find("?")
    return mark != -1 and asks(lead[: mark + 1]) >= 1.2 and len(lead[:mark].split()) < 60


def goes_past_first_line(page: Page, head: Head) -> bool:
    """Whether a plain block has more lines than its first and does not ask at its end."""
    block = page.text[head.wording : head.end]
    return "\n" in block.strip() and not head.level and not ends_asking(block)


def asking_blocks(page: Page, head: Head, body: Sequence[Chunk]) -> int:
    """How many blocks under a short or bare head still belong to its question: those before its
    answer's mark, or up to a sentence that asks, when more follows."""
    for count, chunk in enumerate(body):
        if chunk.unit in page.markers:
            return count
    wording = page.text[head.wording : head.end]
    if ends_asking(wording) or len(wording.split()) > 14:
        return 0
    for count, chunk in enumerate(body[:3]):
        if page.answers(chunk.start, chunk.stop) >= 0.7:
            return 0
        if page.asks(chunk.start, chunk.stop) >= 1.0 and count + 1 < len(body):
            return count + 1
    return 0


def asked_with_blocks(page: Page, head: Head, body: Sequence[Chunk]) -> float:
    """How much a question asks, the blocks that belong to it included."""
    own = page.asks(head.wording, head.end)
    blocks = body[: asking_blocks(page, head, body)]
    return max([own, *(0.9 * page.asks(c.start, c.stop) for c in blocks)])
