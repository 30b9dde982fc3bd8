"""The outer sequence of numbers: which of a document's numbers are its questions'."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from motamot.reading.heads import STRONG_STYLES, Head
from motamot.reading.page import (
    Page,
    Parts,
    asked_with_blocks,
    goes_past_first_line,
    is_known,
    lead_asks,
    looks_like_title,
)
from motamot.reading.wording import (
    ends_asking,
)


def chain(page: Page, group: Sequence[Head]) -> list[tuple[Head, Parts]]:
    """The best increasing sequence of numbers among some heads, with gaps and restarts priced.

    A dynamic programme over the heads in order: each has a worth of its own (does it ask, does it
    stand out, is it followed by text), each step from one to the next a price (the next number is
    free, a gap costs, a restart costs less after a section's heading).
    """
    window = 80
    best: list[float] = []
    parts: list[Parts] = []
    back: list[int] = []
    worths = _worths(page, group)
    for j, head in enumerate(group):
        assert head.label is not None
        own = head.label.parts
        first = own[0]
        start = -4.0 if isinstance(first, str) else 0.5 if first in (0, 1) else -0.6 * min(first, 8)
        score, resolved, previous = start, own, -1
        for i in range(max(0, j - window), j):
            step, as_parts = _step(page, parts[i], group[i], head)
            if best[i] + step > score:
                score, resolved, previous = best[i] + step, as_parts, i
        best.append(score + worths[j])
        parts.append(resolved)
        back.append(previous)
    if not best:
        return []
    at = max(range(len(best)), key=lambda i: (best[i], -i))
    chosen: list[tuple[Head, Parts]] = []
    while at != -1:
        chosen.append((group[at], parts[at]))
        at = back[at]
    return chosen[::-1]


def _worths(page: Page, group: Sequence[Head]) -> list[float]:
    """What each head is worth by itself as a question."""
    found: list[float] = []
    styles = Counter(h.style for h in group if page.asks(h.wording, h.end) >= 1)
    usual = styles.most_common(1)[0][0] if styles else None
    for at, head in enumerate(group):
        end = group[at + 1].start if at + 1 < len(group) else len(page.text)
        body = page.between(head.end, end)
        asked = asked_with_blocks(page, head, body)
        worth = 0.8 * asked
        if lead_asks(page, head) and not ends_asking(page.text[head.wording : head.end]):
            worth = max(worth, 0.9)
        next_label = group[at + 1].label if at + 1 < len(group) else None
        lists = next_label is not None and next_label.parts[:1] == ("a",)  # "Two lines:", then a)
        while body and not lists and looks_like_title(page, body[-1]):
            body.pop()
        following = page.by_unit.get(head.unit + 1)
        stem = following is not None and following.label and following.label.parts[:1] == ("a",)
        followed = body or goes_past_first_line(page, head) or stem
        worth += 0.5 if head.style == usual and (followed or asked > 0 or usual != "plain") else 0.0
        if followed:
            worth += 0.6
        elif not page.blank:
            worth -= 0.5 if asked >= 0.9 else 1.6
        worth -= 0.8 if head.label and head.label.scheme == "weak" else 0.0
        worth += 0.8 if head.level else 0.6 if head.style in STRONG_STYLES else 0.0
        worth += 0.3 if head.first else -0.8
        worth -= 0.4 * head.depth if head.depth > 1 else 0.0
        if head.label and head.label.scheme.startswith("Q"):
            worth += 1.0
        if is_known(page, head):
            worth += 3.0
        found.append(worth)
    return found


def _step(page: Page, before: Parts, earlier: Head, head: Head) -> tuple[float, Parts]:
    """The price of going on from a number to a head, and that head's number then."""
    assert head.label is not None
    own = head.label.parts
    if isinstance(own[0], str):
        return _letter_step(page, before, own[0], head)
    last, first = before[0], own[0]
    if not isinstance(last, int):
        return -9.0, own
    if own == before:
        return -9.0, own
    if len(own) > 1 and len(before) > 1 and own[0] == before[0]:
        return (1.2, own) if follows(before[1], own[1]) else (-4.0, own)
    if len(own) > 1 and len(before) == 1 and own[0] == before[0]:
        return (1.0, own) if own[1] in (1, "a", "bis") else (-3.0, own)
    if len(own) == 1 and own[0] == before[0]:
        return -9.0, own
    if len(own) > 1 and len(before) == 1 and first == last + 1:
        return 0.6, own
    gap = first - last
    if gap == 1:
        return 1.2 - (0.5 if len(own) > 1 and own[1] not in (1, "a", 0) else 0.0), own
    if gap > 1:
        return max(-6.0, -1.2 * (gap - 1)), own
    if first in (0, 1) and _after_section(page, head):
        return -1.6, own
    return -7.0, own


def _letter_step(page: Page, before: Parts, letter: str, head: Head) -> tuple[float, Parts]:
    """A lettered sub-question belongs to the number before it, when it asks."""
    if not isinstance(before[0], int):
        return -9.0, (letter,)
    next_letter = letter == "a" if len(before) == 1 else follows(before[-1], letter)
    asking = page.asks(head.wording, head.end) >= 0.9 or lead_asks(page, head)
    if not next_letter or not (asking or len(before) > 1):
        return -9.0, (letter,)
    return (1.0 if asking else 0.2), (before[0], letter)


def follows(before: int | str, after: int | str) -> bool:
    if isinstance(before, int) and isinstance(after, int):
        return after == before + 1
    if isinstance(before, str) and isinstance(after, str) and len(before) == len(after) == 1:
        return ord(after) == ord(before) + 1
    return (before, after) in (("bis", "ter"), ("ter", "quater"))


def _after_section(page: Page, head: Head) -> bool:
    """Whether a section's title stands before a head, an introduction between them or not."""
    at = bisect_left(page.starts, head.start) - 1
    for back in range(at, max(-1, at - 4), -1):
        chunk = page.chunks[back]
        inner = page.by_unit.get(chunk.unit)
        if page.units[chunk.unit].kind == "heading" or (
            back > at - 2 and looks_like_title(page, chunk)
        ):
            return True
        if inner is not None and inner.numbered:
            return False
    return False


def number_text(parts: Parts) -> str:
    """(3,) -> "3", (3, 1) -> "3.1", (3, "a") -> "3a"."""
    text = ""
    for part in parts:
        text += f".{part}" if isinstance(part, int) and text else str(part)
    return text
