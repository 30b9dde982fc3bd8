"""Questions first, answers after: "a) Do you ...? b) ...", then "a) Yes. b) ..."."""

from __future__ import annotations

from collections.abc import Sequence

from motamot.reading.lines import Page

ASKING, ANSWERING = 0.6, 0.4  # how much the lines of the first run ask, and of the second


def replies(page: Page) -> dict[int, int]:
    """Lines that answer -> the line of their question: two runs of the same labels, of which the
    first asks, with nothing between its lines, and the second does not."""
    labelled = [i for i, line in enumerate(page.lines) if line.numbered]
    labels = [page.lines[i].label.parts for i in labelled]  # type: ignore[union-attr]
    found: dict[int, int] = {}
    at = 0
    while at < len(labelled):
        size = _run(labels, at)
        if size and _asks_then_answers(
            page, labelled[at : at + size], labelled[at + size : at + 2 * size]
        ):
            found |= dict(
                zip(labelled[at + size : at + 2 * size], labelled[at : at + size], strict=True)
            )
            at += 2 * size
        else:
            at += 1
    return found


def _run(labels: Sequence[tuple[int | str, ...]], at: int) -> int:
    """How many labels from a place on are followed by the same ones again; 0 for fewer than two."""
    for size in range(2, (len(labels) - at) // 2 + 1):
        if labels[at + size] == labels[at]:
            run, again = labels[at : at + size], labels[at + size : at + 2 * size]
            return size if len(set(run)) == size and run == again else 0
    return 0


def _asks_then_answers(page: Page, asked: Sequence[int], answered: Sequence[int]) -> bool:
    blocks = [page.lines[i] for i in range(asked[0], answered[0])]
    inner = sum(line.first and not line.numbered for line in blocks[: asked[-1] - asked[0]])
    return (
        inner == 0
        and sum(page.asks[i] for i in asked) >= ASKING * len(asked)
        and sum(page.asks[i] for i in answered) < ANSWERING * len(answered)
    )
