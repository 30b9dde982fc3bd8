"""Questions listed first, answers after: "1. Do you ...? 2. ...", then "1. Yes. 2. ...".

Both runs carry the same numbers; the first asks and has nothing between its lines, the second does
not ask.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from motamot.reading.heads import Head
from motamot.reading.page import Page, Parts
from motamot.reading.proposals import Reading
from motamot.reading.sequence import chain

MOST = 6  # places tried: a list of questions is followed by its answers early on


def paired_readings(page: Page) -> Iterator[Reading]:
    """A reading for each place where a second run of the same numbers could begin."""
    numbered = [h for h in page.heads if h.numbered]
    firsts = [i for i, h in enumerate(numbered) if h.label and h.label.parts in ((1,), (1, "a"))]
    for at in [i for i in firsts if i >= 2][:MOST]:
        asked, answered = chain(page, numbered[:at]), chain(page, numbered[at:])
        if _asks_then_answers(page, asked, answered):
            yield _paired(asked, answered)


Run = Sequence[tuple[Head, Parts]]


def _asks_then_answers(page: Page, asked: Run, answered: Run) -> bool:
    numbers, replies = [p for _, p in asked], [p for _, p in answered]
    if len(numbers) < 2 or not set(replies) <= set(numbers) or len(replies) * 2 < len(numbers):
        return False
    close = all(not page.between(a.end, b.start) for (a, _), (b, _) in itertools.pairwise(asked))
    return close and _mean_asks(page, asked) >= 0.8 and _mean_asks(page, answered) < 0.4


def _mean_asks(page: Page, run: Run) -> float:
    return sum(page.asks(head.wording, head.end) for head, _ in run) / len(run)


def _paired(asked: Run, answered: Run) -> Reading:
    replies = {parts: (head.start, head.wording) for head, parts in answered}
    return Reading(
        "questions first, answers after",
        tuple(head for head, _ in asked),
        tuple(parts for _, parts in asked),
        tuple(replies.get(parts) for _, parts in asked),
        bonus=2.0 * len(answered),
    )
