"""Ways of reading a document: each family below proposes some choices of heads as its questions.

An outer sequence of numbers, one repeated style, "Q:" marks, two speakers, what stands before each
"Réponse :", rows of tables, sentences that ask, questions already known. `scale` weighs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from motamot.reading.heads import STRONG_STYLES, Head
from motamot.reading.labels import Label, speaker_at, weak_label_at
from motamot.reading.page import (
    Page,
    Parts,
    is_known,
    lead_asks,
)
from motamot.reading.sequence import chain
from motamot.reading.wording import (
    asks,
    closes,
    ends_asking,
    words,
)
from motamot.text.folding import fold


@dataclass(frozen=True)
class Reading:
    """One choice of heads, and the numbers they carry where they carry any."""

    family: str
    heads: tuple[Head, ...]
    numbers: tuple[Parts | None, ...] = ()
    # where a family knows that an answer begins: its passage, and its own words
    answer_starts: tuple[tuple[int, int] | None, ...] = ()
    bonus: float = 0.0


def propose(page: Page) -> Iterator[Reading]:
    """Every reading that any family sees in a document."""
    for family in (
        _numbered_readings,
        _styled_readings,
        _marked_readings,
        _speaker_readings,
        _answered_readings,
        _table_readings,
        _asking_readings,
        _known_readings,
    ):
        for reading in family(page):
            if reading.heads:
                yield reading


def _numbered_readings(page: Page) -> Iterator[Reading]:
    numbered = [made for h in page.heads if (made := _numbered_head(page, h))]
    groups: dict[str, list[Head]] = {}
    for head in numbered:
        assert head.label is not None
        groups.setdefault(f"scheme {head.label.scheme}", []).append(head)
        groups.setdefault(f"style {head.style}", []).append(head)
        if head.style in STRONG_STYLES or head.label.scheme.startswith("Q"):
            groups.setdefault("strong", []).append(head)
        if ends_asking(page.text[head.wording : head.end]) or lead_asks(page, head):
            groups.setdefault("asking", []).append(head)
    groups["any"] = numbered
    for name, group in groups.items():
        chosen = chain(page, group)
        yield Reading(
            f"numbered, {name}", tuple(h for h, _ in chosen), tuple(parts for _, parts in chosen)
        )


def _numbered_head(page: Page, head: Head) -> Head | None:
    if head.numbered:
        return head
    unit = page.units[head.unit]
    weak = weak_label_at(page.text, unit.body, unit.tail) if head.label is None else None
    if weak is None or not head.first:
        return None
    return replace(head, label=weak, wording=weak.end, open=weak.open)


def _styled_readings(page: Page) -> Iterator[Reading]:
    styles: dict[str, list[Head]] = {}
    for head in page.heads:
        wording = page.text[head.wording : head.end].strip("*_ ")
        if head.style == "plain" or head.unit in page.markers or closes(wording):
            continue
        if head.first or head.style in STRONG_STYLES:
            styles.setdefault(head.style, []).append(head)
    asking: list[Head] = []
    for style, group in styles.items():
        ask = [h for h in group if page.asks(h.wording, h.end) >= 0.9]
        asking.extend(ask)
        flat = _without_nested(group)
        whole = style[0] != "h"  # an empty heading before its like is a blank, not a sub-title
        for name, some in (
            ("", flat),
            (", asking", ask),
            (", first of a run", [h for h in flat if not _run_before(page, h)]),
            (", with a body", [h for h in flat if whole and not _run_after(page, h)]),
            (", alone", [h for h in flat if not (_run_before(page, h) or _run_after(page, h))]),
            (", bulleted", [h for h in flat if page.units[h.unit].bullet]),
            (", after the title", flat[1:] if flat[0].unit == 0 else []),
        ):
            if some and (not name or len(some) < len(group)):
                yield Reading(f"style {style}{name}", tuple(some))
    strong = [h for s in ("h2", "h3", "h4", "bold") for h in styles.get(s, [])]
    bolds = [h for s in ("bold", "bold-lead") for h in styles.get(s, [])]
    if len(styles.get("bold", ())) and len(styles.get("bold-lead", ())):
        yield Reading("style bold, lead or whole", tuple(_in_order(bolds)))
        bulleted = [h for h in bolds if page.units[h.unit].bullet]
        yield Reading("style bold, bulleted", tuple(_in_order(bulleted)))
    for level in ("h2", "h3", "h4", "h5"):  # headings at first, bold lines later
        headings, lines = styles.get(level, []), styles.get("bold", [])
        if headings and lines and headings[-1].start < lines[0].start:
            yield Reading(f"style {level}, then bold", (*headings, *lines))
    yield Reading("styled, asking", tuple(_in_order(asking)))
    yield Reading(
        "strong, asking",
        tuple(_in_order([h for h in strong if page.asks(h.wording, h.end) >= 0.9])),
    )


def _run_before(page: Page, head: Head) -> bool:
    """Whether the block right before a head has its style."""
    units = range(head.unit - 1, -1, -1)
    before = next((page.by_unit[i] for i in units if i in page.by_unit), None)
    return before is not None and before.style == head.style and before.stop <= head.start


def _run_after(page: Page, head: Head) -> bool:
    """Whether the block right after a head has its style, so that nothing answers it."""
    after = next((h for h in page.heads if h.start >= head.stop), None)
    return after is None or after.style == head.style


def _without_nested(group: Sequence[Head]) -> list[Head]:
    """Only the shallowest list items of a group of heads."""
    depth = min(h.depth for h in group)
    return [h for h in group if h.depth == depth]


def _in_order(heads: Sequence[Head]) -> list[Head]:
    return sorted(heads, key=lambda head: head.start)


def _marked_readings(page: Page) -> Iterator[Reading]:
    """ "Q:" lines, without numbers."""
    marked = [h for h in page.heads if h.label and not h.label.parts]
    yield Reading("marked Q:", tuple(marked), bonus=1.0 * len(marked))


def _speaker_readings(page: Page) -> Iterator[Reading]:
    """Two names that take turns, the first of them asking."""
    turns: list[tuple[str, Head, Label]] = []
    for head in page.heads:
        unit = page.units[head.unit]
        speaker = speaker_at(page.text, unit.body, unit.tail) if unit.column < 0 else None
        if speaker:
            turns.append((fold(speaker.written), head, speaker))
    counts = Counter(name for name, _, _ in turns)
    common = [name for name, count in counts.most_common(2) if count >= 2]
    if len(common) < 2:
        return
    turns = [turn for turn in turns if turn[0] in common]
    asker = turns[0][0]
    changes = sum(a[0] != b[0] for a, b in pairwise(turns))
    if changes < 0.8 * (len(turns) - 1):
        return
    replies = sum(a[0] == asker != b[0] for a, b in pairwise(turns))
    heads: list[Head] = []
    starts: list[tuple[int, int] | None] = []
    for at, (name, head, label) in enumerate(turns):
        if name != asker:
            continue
        reply = turns[at + 1] if at + 1 < len(turns) and turns[at + 1][0] != asker else None
        wording = page.text[label.end : head.end]
        if reply is None and replies >= 0.8 * (counts[asker] - 1) and not ends_asking(wording):
            continue  # a name inside an answer
        heads.append(replace(head, wording=label.end, open=label.open, label=label))
        starts.append((reply[1].start, reply[2].end) if reply else None)
    yield Reading("speakers", tuple(heads), answer_starts=tuple(starts), bonus=1.2 * len(heads))


def _answered_readings(page: Page) -> Iterator[Reading]:
    """The block before each "Réponse :" (one line of it when both stand in one block)."""
    chosen: list[Head] = []
    for unit in sorted(page.markers):
        before = unit - 1
        while before > 0 and page.units[before].kind in ("rule", "delimiter"):
            before -= 1
        if before < 0 or before in page.markers:
            continue
        block = page.units[before].block
        while before > 0 and page.units[before - 1].block == block and not page.units[before].first:
            before -= 1
        while before not in page.by_unit and before < unit:
            before += 1
        head = page.by_unit.get(before)
        if head is None or before == unit:
            continue
        if head.stop > page.units[unit].start:  # question and answer in one block
            head = replace(head, end=min(head.end, page.units[unit - 1].tail))
        if not chosen or chosen[-1].start != head.start:
            chosen.append(head)
    yield Reading("before answers", tuple(chosen), bonus=0.3 * len(chosen))


def _table_readings(page: Page) -> Iterator[Reading]:
    """Rows of tables: a cell that asks and the next one that answers."""
    rows: dict[int, list[int]] = {}
    for index, unit in enumerate(page.units):
        if unit.kind == "cell":
            rows.setdefault(unit.row, []).append(index)
    heads: list[Head] = []
    starts: list[tuple[int, int] | None] = []
    header: list[str] = []
    for row, cells in rows.items():
        texts = [page.text[page.units[i].body : page.units[i].tail] for i in cells]
        following = cells[-1] + 1
        if following < len(page.units) and page.units[following].kind == "delimiter":
            header = [fold(t) for t in texts]
            continue
        del row
        asked, answered, label = _columns(page, cells, texts, header)
        if asked is None or answered is None:
            continue
        head = page.by_unit.get(cells[asked])
        if head is None:
            continue
        if label is not None and head.label is None:
            number = page.by_unit.get(cells[label])
            parts = _bare_number(texts[label])
            if parts:
                made = Label(parts, "cell", head.wording, "", texts[label])
                head = replace(
                    head, label=made, start=number.start if number else page.units[cells[0]].start
                )
        elif asked > 0:
            head = replace(head, start=page.units[cells[0]].start)
        heads.append(head)
        cell = page.units[cells[answered]]
        starts.append((cell.start, cell.body))
    if heads:
        numbers = tuple(h.label.parts if h.label and h.label.parts else None for h in heads)
        yield Reading(
            "table rows", tuple(heads), numbers, tuple(starts), bonus=1.0 * (len(heads) - 1)
        )
        beside = [
            h
            for h in page.heads
            if page.units[h.unit].column < 0
            and h.style in STRONG_STYLES | {"italic", "quote"}
            and page.asks(h.wording, h.end) >= 0.9
        ]
        if len(heads) < 3 or len(heads) < 2 * len(beside):
            return
        both = sorted([*zip(heads, starts, strict=True), *((h, None) for h in beside)], key=_place)
        yield Reading(
            "table rows and lines that ask",
            tuple(head for head, _ in both),
            answer_starts=tuple(start for _, start in both),
            bonus=1.0 * (len(heads) - 1),
        )


def _place(pair: tuple[Head, tuple[int, int] | None]) -> int:
    return pair[0].start


_ASKED = ("question", "frage", "pregunta", "domanda", "pergunta", "vraag", "mesure", "proposition")


_ANSWERED = (
    "repons",
    "answer",
    "antwort",
    "respuesta",
    "rispost",
    "resposta",
    "antwoord",
    "position",
)


def _columns(
    page: Page, cells: Sequence[int], texts: Sequence[str], header: Sequence[str]
) -> tuple[int | None, int | None, int | None]:
    """(column that asks, column that answers, column of the number) of one row."""
    if len(cells) < 2:
        return None, None, None
    asked = next((i for i, h in enumerate(header) if h.startswith(_ASKED) and len(h) < 40), None)
    answered = next((i for i, h in enumerate(header) if any(a in h for a in _ANSWERED)), None)
    if asked is None or asked == answered:
        sizes = [(asks(t), i) for i, t in enumerate(texts[:-1])]
        asked = max(sizes)[1] if sizes else None
    if answered is None:
        answered = len(cells) - 1
    if asked is None or asked >= len(cells) or answered >= len(cells) or asked >= answered:
        return None, None, None
    if not texts[asked].strip():
        return None, None, None
    if not header and asks(texts[asked]) < 0.4:
        return None, None, None
    label = next((i for i in range(asked) if _bare_number(texts[i])), None)
    return asked, answered, label


def _bare_number(text: str) -> Parts | None:
    found = words(text.replace(".", " "))
    if found and found[0] in ("question", "q") and len(found) > 1:
        found = found[1:]
    digits = [w.lstrip("q") for w in found]
    if 0 < len(digits) <= 3 and digits[0].isdigit():
        return tuple(int(d) if d.isdigit() else d for d in digits)
    return None


def _asking_readings(page: Page) -> Iterator[Reading]:
    """Whole plain blocks, or lines, that end in a question mark and do not speak for a list."""
    blocks, first_lines = [], []
    for head in page.heads:
        if head.unit in page.markers:
            continue
        if head.first and page.asks(head.wording, head.end) >= 1.0:
            blocks.append(head)
        unit = page.units[head.unit]
        if page.asks(head.wording, unit.tail) >= 0.85:
            first_lines.append(replace(head, end=min(head.end, unit.tail)))
    yield Reading("blocks that ask", tuple(blocks), bonus=-0.3 * len(blocks))
    yield Reading("lines that ask", tuple(first_lines), bonus=-0.4 * len(first_lines))


def _known_readings(page: Page) -> Iterator[Reading]:
    if page.known:
        yield Reading("known questions", tuple(h for h in page.heads if is_known(page, h)))
