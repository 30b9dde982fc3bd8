"""The lines of a document, and what each looks like: every feature once, for whoever weighs them.

A `Line` is the smallest thing that may begin a passage: a line of a block, a table's cell, or what
follows a question mark, a run of emphasis or a "Réponse :" within one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from motamot.reading.blocks import Unit
from motamot.reading.blocks import units as find_units
from motamot.reading.labels import (
    Label,
    answer_marker,
    is_group_label,
    label_at,
    question_marker,
    speaker_at,
)
from motamot.reading.wording import (
    addresses,
    answers,
    asks,
    closes,
    ends_asking,
    greets,
    instructs,
    is_aside,
    is_blank,
    is_furniture,
    is_link_only,
    opens_as_answer,
    orders,
    says_briefly,
    speaks_of_document,
    words,
)
from motamot.reading.wrapping import Painted, painted

_SIGN = re.compile(r"\*{1,4}|_{1,3}")
_SPLIT = re.compile(
    r"[?？][»”\"*_)\]]*(?:\s*[-–—:→]+)?[ \t]+(?=\S)"
    r"|(?<=\S)\t[ \t]*(?=\S)"
    r"|(?<=[\s?.!*_>|])(?=[*_]{0,3}(?:réponse|rép\.|answer|antwort|respuesta|risposta|resposta"
    r"|antwoord)(?:\s+(?:de|du|of|der|von|della|di|da|van)\b[^:\n]{1,60})?[*_]{0,3}\s?:)",
    re.IGNORECASE,
)
_TARGET = re.compile(r"\]\([^()\s]*\)")  # where a link leads
_COLON = re.compile(r"[^\n:?]{3,70}\s?:[*_]{0,3}[ \t]+(?=\S)")
STANDING = ("h1", "h2", "h3", "h4", "h5", "h6", "bold")  # looks, the strongest first
_MOST = 12  # parts of one line


@dataclass(frozen=True)
class Line:
    """`text[start:stop]` is all of it, to the next line; `text[body:tail]` its words without what
    holds them (bullets, quotes, cell walls), `text[wording:tail]` without its label too."""

    start: int
    stop: int
    body: int
    tail: int
    wording: int
    unit: Unit
    first: bool  # begins its block
    inline: bool  # begins within a line
    label: Label | None  # a number or "Q:" in front
    answer: Label | None  # "Réponse :" in front
    speaker: Label | None  # a name and a colon in front
    look: str  # h1-h6, bold, italic, caps, quote, bullet, cell, plain
    words: tuple[str, ...]
    said: tuple[str, ...] = ()  # its features

    @property
    def core(self) -> int:
        """Where its words begin after every label: a number, "Réponse :", a name and a colon."""
        ends = [x.end for x in (self.label, self.answer, self.speaker) if x and x.end < self.tail]
        return max([self.wording, self.body, *ends])

    @property
    def standing(self) -> bool:
        """Whether it is a heading, or all in bold."""
        return self.look in STANDING

    @property
    def numbered(self) -> bool:
        return self.label is not None and bool(self.label.parts)


@dataclass(frozen=True)
class Page:
    """One document as it is read."""

    text: str  # painted
    paint: Painted
    lines: tuple[Line, ...]

    def of(self, line: Line) -> str:
        """The words of a line, its labels aside."""
        return self.text[line.core : line.tail]

    def title_between(self, low: int, high: int) -> int | None:
        """The last line from `low` on, before `high`, that stands out and may be a name."""
        for at in range(high - 1, low - 1, -1):
            line = self.lines[at]
            standing = line.standing or line.look == "caps"
            if standing and line.first and 0 < len(line.words) <= 12 and not line.numbered:
                return at
        return None

    def scheme(self, at: int) -> str:
        """How the number in front of a line is written; "" without any."""
        label = self.lines[at].label
        return label.scheme if label else ""

    @cached_property
    def asks(self) -> tuple[float, ...]:
        """How much each line asks."""
        return tuple(asks(self.of(line)) for line in self.lines)


def page_of(text: str) -> Page:
    """Cut a text into lines, and look at each."""
    paint = painted(text)
    view = paint.text
    units = find_units(view)
    emphasis = _emphasis(view, units)
    found: list[Line] = []
    for unit in units:
        drawn = (
            unit.kind == "heading"
            and not unit.first
            and not view[unit.body : unit.tail].strip("=-")
        )
        if unit.kind == "delimiter" or unit.body >= unit.tail or drawn:
            continue
        found += _parts(view, unit, emphasis)
    starts = [paint.start(line.start) if i or paint.front else 0 for i, line in enumerate(found)]
    stops = [*starts[1:], len(view)][: len(found)]
    cut = [replace(x, start=a, stop=b) for x, a, b in zip(found, starts, stops, strict=True)]
    return Page(view, paint, tuple(_described(view, cut)))


# --- parts of a line ------------------------------------------------------------------------------


def _emphasis(text: str, units: Sequence[Unit]) -> bytearray:
    """For each character whether it is in italics (1), bold (2) or both (3), block by block."""
    mask = bytearray(len(text))
    block = None
    state, since = 0, 0
    for unit in units:
        if unit.block != block or unit.column >= 0:
            block, state = unit.block, 0
        since = unit.body
        for sign in _SIGN.finditer(text, unit.body, unit.tail):
            before = text[sign.start() - 1] if sign.start() > unit.body else " "
            after = text[sign.end()] if sign.end() < unit.tail else " "
            if before.isalnum() and after.isalnum():
                continue
            bits = {1: 1, 2: 2, 3: 3, 4: 0}[len(sign[0])]
            if state & bits == 0 and after.isspace():
                continue
            mask[since : sign.start()] = bytes([state]) * (sign.start() - since)
            since = sign.end()
            state ^= bits
        mask[since : unit.tail] = bytes([state]) * (unit.tail - since)
    return mask


def _parts(text: str, unit: Unit, emphasis: bytearray) -> Iterator[Line]:
    at, count = unit.body, 0
    if unit.kind in ("fence", "rule", "html"):
        yield _line(text, unit, at, unit.tail, emphasis, inline=False)
        return
    while at < unit.tail:
        line = _line(text, unit, at, unit.tail, emphasis, inline=count > 0)
        cut = _cut(text, line, emphasis) if count < _MOST else None
        if cut is None or not text[cut : unit.tail].strip(" \t*_:.-–"):
            yield line
            return
        tail = cut
        while tail > at and text[tail - 1].isspace():
            tail -= 1
        yield _line(text, unit, at, tail, emphasis, inline=count > 0)
        at, count = cut, count + 1


def _cut(text: str, line: Line, emphasis: bytearray) -> int | None:
    """Where a line may be parted first: after a run of emphasis that opens it, a question mark, the
    few words before a colon of a numbered line, or before "Réponse :"."""
    if line.unit.kind == "heading":
        return None
    found: list[int] = []
    begin = line.core
    while begin < line.tail and text[begin] in "*_ \t":
        begin += 1
    if begin < line.tail and emphasis[begin]:
        end = begin
        while end < line.tail and (emphasis[end] == emphasis[begin] or text[end] in "*_ \t.:"):
            end += 1
        while end > begin and text[end - 1] in "*_" and end < line.tail and text[end].isalnum():
            end -= 1
        if end < line.tail:
            found.append(end)
    split = _SPLIT.search(text, line.core, line.tail)
    while split and not found:
        if split.end() > line.core and split.end() < line.tail:
            found.append(split.end())
        split = _SPLIT.search(text, max(split.end(), split.start() + 1), line.tail)
    colon = _COLON.match(text, line.wording, line.tail) if line.numbered and not found else None
    if colon:
        found.append(colon.end())
    return min(found, default=None)


def _line(
    text: str, unit: Unit, body: int, tail: int, emphasis: bytearray, *, inline: bool
) -> Line:
    label = answer = speaker = None
    if unit.kind not in ("fence", "rule", "html"):
        answer = answer_marker(text, body, tail)
        speaker = None if answer else speaker_at(text, body, tail)
        if not inline:
            label = label_at(text, body, tail) or question_marker(text, body, tail)
    wording = label.end if label else body
    return Line(
        *(body if inline else unit.start, tail, body, tail, wording, unit),
        *(unit.first and not inline, inline),
        *(label, answer, speaker),
        _look(
            text,
            unit,
            max(wording, *(x.end for x in (label, answer, speaker) if x), body),
            tail,
            emphasis,
        ),
        tuple(words(text[wording:tail])),
    )


def _look(text: str, unit: Unit, wording: int, tail: int, emphasis: bytearray) -> str:
    if unit.kind in ("fence", "rule", "html"):
        return unit.kind
    if unit.kind == "heading":
        return f"h{unit.level}"
    links = {i for link in _TARGET.finditer(text, wording, tail) for i in range(*link.span())}
    letters = [i for i in range(wording, tail) if text[i].isalnum() and i not in links]
    strong = sum(emphasis[i] & 2 for i in letters) / 2
    weak = sum(emphasis[i] & 1 for i in letters)
    if letters and strong >= 0.85 * len(letters):
        return "bold"
    if letters and weak >= 0.85 * len(letters):
        return "italic"
    if unit.column >= 0:
        return "cell"
    cased = [text[i] for i in letters if text[i].isalpha()]
    if len(cased) > 3 and not any(c.islower() for c in cased):
        return "caps"
    return "quote" if unit.quoted else "bullet" if unit.bullet else "plain"


# --- features -------------------------------------------------------------------------------------


def _described(text: str, lines: Sequence[Line]) -> Iterator[Line]:
    repeated = Counter(" ".join(line.words) for line in lines if 0 < len(line.words) <= 12)
    own = [tuple(_own(text, line, repeated)) for line in lines]
    names = Counter(line.speaker.written for line in lines if line.speaker and not line.label)
    ends = _ends(lines)
    heads = set(_stems(lines))
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else None
        after = lines[at + 1] if at + 1 < len(lines) else None
        near = tuple(_near(text, line, before, after))
        if at in heads:
            near = (*near, "heads lower numbers")
        if line.speaker and names[line.speaker.written] > 1:
            near = (*near, "speaks often")
        elif (
            "repeated" in own[at]
            and len(line.words) <= 5
            and text[line.core : line.tail].strip("*_ ")[:1].isupper()
        ):
            near = (*near, "short and repeated")
        if at >= ends:
            near = (*near, "after a closing")
        if at + 3 >= len(lines) or lines[-1].unit.block - line.unit.block < 2:
            near = (*near, "near the end")
        yield replace(line, said=(*own[at], *near))


def _ends(lines: Sequence[Line]) -> int:
    """Where a greeting or a signature near the end begins; how many lines there are, if none."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 13), -1):
        if closes(" ".join(lines[at].words[:20])):
            return at
    return len(lines)


def _stems(lines: Sequence[Line]) -> Iterator[int]:
    """The numbered lines that others go down from: "3." before "3.1", "3a" or "a)"."""
    numbered = [
        (i, line.label.parts) for i, line in enumerate(lines) if line.label and line.numbered
    ]
    for (at, own), (_, after) in pairwise(numbered):
        lettered = after[0] == "a" and isinstance(own[0], int)
        if lettered or (len(after) > len(own) and after[: len(own)] == own):
            yield at


_WORDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("opens as an answer", opens_as_answer),
    ("brief answer", says_briefly),
    ("addresses", addresses),
    ("orders", orders),
    ("instructs", instructs),
    ("aside", is_aside),
    ("link", is_link_only),
    ("of document", speaks_of_document),
)


def _own(text: str, line: Line, repeated: Counter[str]) -> Iterator[str]:
    said = text[line.core : line.tail]
    bare = said.strip("*_ \t")
    count = len(line.words)
    yield f"looks {'h' if line.unit.kind == 'heading' else line.look}"
    yield "words " + next(str(n) for n in (0, 1, 3, 8, 20, 60, 10**9) if count <= n)
    end = bare[-1:]
    yield "ends " + (
        "?" if ends_asking(said) else end if end in ".:;,!" else "…" if end == "…" else "-"
    )
    asked = asks(said)
    if asked >= 1.2:
        yield "asks surely"
    elif asked >= 0.9:
        yield "asks"
    elif asked >= 0.4:
        yield "asks perhaps"
    if ends_asking(said) and asked < 0.9:
        yield "wonders"
    answered = answers(said)
    if answered >= 0.7:
        yield "answers"
    elif answered > 0:
        yield "first person"
    yield from (feature for feature, holds in _WORDS if holds(bare))
    if bare[:1].islower():
        yield "lower case"
    yield from _labelled(line)
    if is_group_label(text[line.body : line.tail]):
        yield "says section"
    if line.unit.kind != "heading" and is_furniture(bare):
        yield "page number"
    if not bare or is_blank(bare):
        yield "says nothing"
    if greets(said):
        yield "greets"
    elif closes(said):
        yield "closes"
    if re.match(r"\[\^?[\w-]+\]:?\s", bare):
        yield "footnote"
    if count and repeated[" ".join(line.words)] > 1:
        yield "repeated"
    yield from _placed(text, line)


def _labelled(line: Line) -> Iterator[str]:
    if line.numbered and line.label:
        yield "lettered" if isinstance(line.label.parts[0], str) else "numbered"
        if line.label.scheme.startswith("Q"):
            yield "says question"
    elif line.label:
        yield "says question"
    if line.answer:
        yield "says answer"
        if line.answer.end >= line.tail:
            yield "says answer alone"
    if line.speaker:
        yield "speaker"
        if line.speaker.end >= line.tail:
            yield "speaker alone"


def _placed(text: str, line: Line) -> Iterator[str]:
    if line.first:
        yield "begins block"
    if line.inline:
        yield "inline"
    if line.unit.depth > 1:
        yield "nested"
    if line.unit.bullet:
        yield "bulleted"
    if re.match(r"[-*\s]*(?:\[[ xX]\]|[☐☑☒□✓✔❏])", text[line.body : line.tail]):
        yield "box"
    if line.unit.quoted:
        yield "quoted"


def _near(
    text: str,
    line: Line,
    before: Line | None,
    after: Line | None,
) -> Iterator[str]:
    if before is None:
        yield "first line"
        return
    if before.look == line.look:
        yield "looks as before"
    end = text[before.body : before.tail].rstrip('*_ \t»”")]')[-1:]
    if line.inline:
        yield "before it inline " + ("?" if end == "?" else "-")
        return
    open_end = end.isalnum() or end in ",;-–'’("
    full = before.unit.block == line.unit.block and before.tail - before.body >= 55
    if end == "?":
        yield "after a question mark"
    elif end == ":":
        yield "after a colon"
    elif open_end and (full or len(before.words) > 10):
        yield "after an open end"
    elif open_end:
        yield "after a short line"
    if before.unit.block == line.unit.block and full and not (line.numbered or line.answer):
        yield "wrapped"
    if after is not None and after.look == line.look and after.first:
        yield "looks as after"
    if after is None:
        yield "last line"
