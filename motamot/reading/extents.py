"""How far a question goes, and where its answer begins, once the questions are chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from motamot.reading.heads import Head
from motamot.reading.labels import (
    answer_marker,
)
from motamot.reading.page import Chunk, Page
from motamot.reading.wording import (
    addresses,
    answers,
    asks,
    ends_asking,
    instructs,
    is_aside,
    is_link_only,
    probes,
)

_INLINE_ANSWER = re.compile(
    r"(?<=[\s?.!*_>|])[*_]{0,3}(?:réponse|rép\.|answer|antwort|respuesta|risposta|resposta|antwoord)"
    r"(?:\s+(?:de|du|of|der|von|della|di|da|van)\b[^:\n]{1,60})?[*_]{0,3}\s?:[*_]{0,3}[ \t]*",
    re.IGNORECASE,
)
_REPLY_AFTER_MARK = re.compile(r"\?[»”\"*_)]*(?:\s*[-–—:→]+)?\s+(?=\S)")
_SENTENCE = re.compile(r".*?[.!?…](?=[\s»”\")*_]|$)", re.DOTALL)
_TAB = re.compile(r"(?<=\S)\t[ \t]*(?=\S)")
_NEXT_LINE = re.compile(r"\r?\n|\r")


@dataclass(frozen=True)
class Extent:
    """Where an answer's passage begins and, after its mark, its own words; None when nothing
    follows the question. `wording_end` is where the question's words end."""

    answer: int | None
    words: int | None
    wording_end: int
    doubt: str | None = None


@dataclass(frozen=True)
class Habits:
    """What most of a document's questions do."""

    apart: bool  # the sentence that asks stands in a block of its own, under a short heading
    same_block: bool  # answers share the block of their question
    same_line: bool  # ... and its line: "1. Logement : nous ..."


def habits(page: Page, heads: Sequence[Head], bodies: Sequence[Sequence[Chunk]]) -> Habits:
    """Look at all questions before deciding on one."""
    short, apart, without, lines, inline = 0, 0, 0, 0, 0
    for head, body in zip(heads, bodies, strict=True):
        wording = page.text[head.wording : head.end]
        if len(wording.split()) <= 14 and not ends_asking(wording) and len(body) >= 1:
            short += 1
            apart += len(body) > 1 and _asks_apart(page, body[0])
        if not body and head.style not in ("bold", "italic"):
            without += 1
            block = page.text[head.wording : head.stop]
            lines += bool(_NEXT_LINE.search(block))
            inline += bool(re.match(r"[^\n:]{3,70}\s?:\s+\S", block))
    count = len(heads)
    same_block = without > 0.6 * count
    return Habits(
        apart=short > 0 and apart >= 0.6 * short,
        same_block=same_block,
        same_line=same_block and lines < 0.5 * count and inline >= 0.6 * count,
    )


def _asks_apart(page: Page, chunk: Chunk) -> bool:
    if chunk.unit in page.markers:
        return False
    head = page.by_unit.get(chunk.unit)
    styled = head is not None and head.style in ("bold", "italic", "quote", "bold-label")
    return page.asks(chunk.start, chunk.stop) >= 0.9 or styled


def extent(
    page: Page, head: Head, body: Sequence[Chunk], known: tuple[int, int] | None, use: Habits
) -> Extent:
    """Decide one question; `body` are the chunks up to the next question or section."""
    end = body[-1].stop if body else head.stop
    if known is not None:
        before = head.end if head.style.startswith("cell") else _before(page, known[0])
        return Extent(*known, before)
    marked = _marked(page, head, end)
    if marked:
        return marked
    if head.label is not None and not page.text[head.wording : head.end].strip(" *_\n"):
        return _after_sentence(page, head, body, use)
    if not body:
        return _inside_block(page, head, use)
    early = _split_block(page, head, use) if body[0].start < head.stop or use.same_block else None
    if early is None and head.style not in ("bold", "italic") and not head.level:
        early = _split_by_line(page, head)
    if early is not None:
        return early
    return _after_blocks(page, head, body, use)


def _marked(page: Page, head: Head, end: int) -> Extent | None:
    """The answer that a "Réponse :" opens, on a line of its own or within one."""
    for index in range(head.unit, len(page.units)):
        unit = page.units[index]
        if unit.start >= end:
            break
        marker = page.markers.get(index)
        if marker and unit.body >= head.wording:
            words = marker.end
            if marker.open:  # "**Réponse : oui**": the signs close after the answer's words
                words = unit.body
            return Extent(unit.start, words, _before(page, unit.start))
        if unit.start < head.stop and unit.kind != "cell":
            inline = _INLINE_ANSWER.search(page.text, max(unit.body, head.wording), unit.tail)
            if inline:
                return Extent(inline.start(), inline.end(), _before(page, inline.start()))
    return None


def _before(page: Page, at: int) -> int:
    while at and page.text[at - 1].isspace():
        at -= 1
    return at


def _after_sentence(page: Page, head: Head, body: Sequence[Chunk], use: Habits) -> Extent:
    """A number alone: the next block is the sentence that asks."""
    if not body:
        return Extent(None, None, head.end)
    first = body[0]
    inner = page.by_unit.get(first.unit)
    if inner is not None:
        moved = Head(
            inner.unit,
            head.start,
            max(inner.wording, first.start),
            inner.end,
            inner.stop,
            inner.style,
            None,
            True,
            inner.depth,
            inner.open,
        )
        return extent(page, moved, page.between(moved.end, body[-1].stop), None, use)
    if len(body) == 1:
        return Extent(None, None, first.stop)
    return Extent(body[1].start, body[1].start, first.stop)


def _after_blocks(page: Page, head: Head, body: Sequence[Chunk], use: Habits) -> Extent:
    """Skip what still belongs to the question: the sentence apart, asides, links, more of it."""
    at = _background(page, head, body)
    end = body[at - 1].stop if at else head.end
    asked = page.asks(head.wording, head.end)
    doubt = None
    while at < len(body):
        chunk = body[at]
        text = page.text[chunk.start : chunk.stop]
        last = at == len(body) - 1
        if is_link_only(text):
            if last:
                doubt = "the only thing under this question is a link: it was read as its answer"
                break
        elif last and at == 0 and use.apart and page.asks(chunk.start, chunk.stop) >= 1.0:
            return Extent(None, None, chunk.stop)
        elif last or not _goes_on(page, head, chunk, asked, use, first=at == 0):
            break
        asked = max(asked, page.asks(chunk.start, chunk.stop))
        end = chunk.stop
        at += 1
    answer = body[at]
    return Extent(answer.start, answer.start, end, doubt)


def _background(page: Page, head: Head, body: Sequence[Chunk]) -> int:
    """How many blocks lead from a short heading, by some background, to the sentence that asks."""
    wording = page.text[head.wording : head.end]
    short = len(wording.split()) <= 14 and not ends_asking(wording)
    if not short or not (head.level or head.label):
        return 0
    for count, chunk in enumerate(body[:3]):
        text = page.text[chunk.start : chunk.stop]
        if answers(text) > 0 or len(text.split()) > 120:
            return 0
        if ends_asking(text) and asks(text) >= 1.0:
            return count + 1 if count + 1 < len(body) else 0
    return 0


def _goes_on(
    page: Page, head: Head, chunk: Chunk, asked: float, use: Habits, *, first: bool
) -> bool:
    text = page.text[chunk.start : chunk.stop]
    inner = page.by_unit.get(chunk.unit)
    if page.units[chunk.unit].kind not in ("paragraph", "other", "heading"):
        return False
    if chunk.start < head.stop and head.style.endswith("-lead"):
        return False
    if is_aside(text) and answers(text) == 0:
        return True
    if use.apart and first and _asks_apart(page, chunk):
        return True
    same = (
        inner is not None
        and inner.style == head.style
        and head.style in ("bold", "italic", "quote")
    )
    if same and inner is not None and chunk.start <= inner.wording and answers(text) < 0.7:
        return True
    if answers(text) > 0 or len(text.split()) > 90:
        return False
    weight = page.asks(chunk.start, chunk.stop)
    alone = len(_first_sentence(text.strip())) >= len(text.strip()) - 2
    return weight >= 1.2 and (addresses(text) or (asked < 0.9 and alone))


def _inside_block(page: Page, head: Head, use: Habits) -> Extent:
    """Nothing follows the block: the answer is inside it, or there is none."""
    split = _split_block(page, head, use)
    if split:
        return split
    if head.level or head.style in ("bold", "italic") or head.style.startswith("cell"):
        return Extent(None, None, head.end)
    tab = _TAB.search(page.text, head.wording, head.stop)
    if tab:
        return Extent(tab.end(), tab.end(), tab.start())
    return Extent(None, None, head.end)


def _split_block(page: Page, head: Head, use: Habits) -> Extent | None:
    """Question and answer in one block, on different lines, or divided by emphasis or a colon."""
    if head.end < head.stop and page.text[head.end : head.stop].strip(" \t\r\n*_:>"):
        at = head.end
        while page.text[at].isspace() or page.text[at] in ":":
            at += 1
        return Extent(at, at, head.end)
    if head.level:
        return None
    block = page.text[head.wording : head.stop]
    newline = _NEXT_LINE.search(block)
    by_mark = None
    if not (use.same_block and newline and _states_then_wonders(block, newline.start())):
        by_mark = _split_by_line(page, head) or _split_after_question(page, head)
    short = newline is not None and len(block[: newline.start()].split()) <= 10
    if by_mark or not (use.same_block or (short and head.label and "?" not in block)):
        return by_mark
    if newline and not ends_asking(block):
        return _at(page, head.wording + newline.end(), head)
    if use.same_line:
        colon = re.match(r"[^\n:]{3,70}?\s?:\s+(?=\S)", block)
        if colon:
            at = head.wording + colon.end()
            return Extent(at, at, head.wording + len(colon[0].rstrip()))
    return None


def _split_after_question(page: Page, head: Head) -> Extent | None:
    """The first question mark of the block after which it no longer asks."""
    block = page.text[head.wording : head.stop]
    for match in _REPLY_AFTER_MARK.finditer(block):
        rest = block[match.end() :]
        if _still_asks(rest):
            continue
        return _at(page, head.wording + match.end(), head)
    return None


def _still_asks(rest: str) -> bool:
    """Whether the sentence that follows a question mark belongs to the question."""
    first = _first_sentence(rest)
    if answers(first) >= 0.7:
        return False
    if ends_asking(first):
        return probes(first) or len(first.split()) > 4 or not rest[len(first) :].strip()
    return instructs(first)


def _split_by_line(page: Page, head: Head) -> Extent | None:
    """A question mark at a line's end, before words that no longer ask. None when a reply begins
    on an earlier line."""
    block = page.text[head.wording : head.stop]
    for match in _REPLY_AFTER_MARK.finditer(block):
        rest = block[match.end() :]
        if not re.search(r"[\r\n]", match[0]):
            if answers(_first_sentence(rest)) >= 0.7:
                return None
        elif not _still_asks(rest):
            return _at(page, head.wording + match.end(), head)
    return None


def _states_then_wonders(block: str, newline: int) -> bool:
    """Whether the first line is a finished statement and no later question speaks to the list:
    "3. Closing at midnight." over "At one on Saturdays. Is that too early?"."""
    first, rest = block[:newline].rstrip(), block[newline:]
    return first.endswith(".") and "?" not in first and not addresses(rest)


def _first_sentence(text: str) -> str:
    sentence = _SENTENCE.match(text)
    return sentence[0] if sentence else text


def _at(page: Page, start: int, head: Head) -> Extent:
    while start < head.stop and page.text[start].isspace():
        start += 1
    if start >= head.stop:
        return Extent(None, None, head.end)
    marker = answer_marker(page.text, start, head.stop)
    return Extent(start, marker.end if marker and not marker.open else start, _before(page, start))
