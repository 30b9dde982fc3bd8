"""The lines of a document, and what each looks like: every feature once, for whoever weighs them.

A `Line` is the smallest thing that may begin a passage: a line of a block, a table's cell, or what
follows a question mark, a run of emphasis or a "Réponse :" within one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise

from motamot.reading import wording as says
from motamot.reading.blocks import Unit
from motamot.reading.blocks import units as find_units
from motamot.reading.labels import Label, answer_marker, is_group_label, label_at, speaker_at
from motamot.reading.wrapping import Painted, painted

_EMPHASIS = re.compile(
    r"(?<![^\W_])(?P<sign>\*{1,3}|_{1,3})(?=\S)(?:(?!(?P=sign)).|(?P=sign)(?=[^\W_]))+?"
    r"(?P=sign)(?![^\W_])",
    re.DOTALL,
)
_AFTER_EMPHASIS = re.compile(r"[\s.:]*")
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
_WORDLESS = ("fence", "rule", "html")  # blocks whose words are not looked at
_MOST = 12  # parts of one line
ASKING = 0.9  # how much a line asks that may be a question by its words alone


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

    @property
    def trails(self) -> bool:
        """Whether it is a few words that stand beside others again and again."""
        return self.inline and "short and repeated" in self.said

    @property
    def turns(self) -> bool:
        """Whether it stands where a page turns: a page number, or what each page repeats."""
        repeated = "repeated" in self.said and not self.inline and self.unit.column < 0
        return repeated or "page number" in self.said

    @property
    def scheme(self) -> str:
        """How the number in front of it is written; "" without any."""
        return self.label.scheme if self.label else ""


@dataclass(frozen=True)
class Page:
    """One document as it is read."""

    text: str  # painted
    paint: Painted
    lines: tuple[Line, ...]
    blank: bool = False  # nobody has filled it in

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

    @cached_property
    def asks(self) -> tuple[float, ...]:
        """How much each line asks."""
        return tuple(says.asks(self.of(line)) for line in self.lines)


def page_of(text: str, *, blank: bool = False) -> Page:
    """Cut a text into lines, and look at each."""
    paint = painted(text)
    view = paint.text
    units = [unit for unit in find_units(view, paint.cells) if unit.body < unit.tail]
    emphasis = _emphasis(view, units)
    found = [line for unit in units for line in _parts(view, unit, emphasis)]
    starts = [paint.start(line.start) if i or paint.front else 0 for i, line in enumerate(found)]
    stops = [*starts[1:], len(view)][: len(found)]
    cut = [replace(x, start=a, stop=b) for x, a, b in zip(found, starts, stops, strict=True)]
    return Page(view, paint, tuple(_described(view, cut)), blank)


# --- parts of a line ------------------------------------------------------------------------------


def _emphasis(text: str, units: Sequence[Unit]) -> bytearray:
    """For each character whether it is in italics (1), bold (2) or both (3)."""
    mask = bytearray(len(text))
    for _, block in groupby(units, key=lambda unit: (unit.block, unit.row, unit.column)):
        own = list(block)
        for run in _EMPHASIS.finditer(text, own[0].body, own[-1].tail):
            mask[run.start() : run.end()] = bytes([len(run["sign"])]) * len(run[0])
    return mask


def _parts(text: str, unit: Unit, emphasis: bytearray) -> Iterator[Line]:
    at, count = unit.body, 0
    while at < unit.tail:
        line = _line(text, unit, at, unit.tail, emphasis)
        cut = _cut(text, line, emphasis) if count < _MOST and unit.kind not in _WORDLESS else None
        if cut is None or not text[cut : unit.tail].strip(" \t*_:.-–"):
            yield line
            return
        yield _line(text, unit, at, at + len(text[at:cut].rstrip()), emphasis)
        at, count = cut, count + 1


def _cut(text: str, line: Line, emphasis: bytearray) -> int | None:
    """Where a line may be parted first: after a run of emphasis that opens it, a question mark, the
    few words before a colon of a numbered line, or before "Réponse :"."""
    if line.unit.kind == "heading":
        return None
    found: list[int] = []
    if line.core < line.tail and emphasis[line.core]:
        end = next((i for i in range(line.core, line.tail) if not emphasis[i]), line.tail)
        after = _AFTER_EMPHASIS.match(text, end, line.tail)
        if after and after.end() < line.tail:
            found.append(after.end())
    split = _SPLIT.search(text, line.core, line.tail)
    while split and not found:
        if split.end() > line.core and split.end() < line.tail:
            found.append(split.end())
        split = _SPLIT.search(text, max(split.end(), split.start() + 1), line.tail)
    colon = _COLON.match(text, line.wording, line.tail) if line.numbered and not found else None
    if colon:
        found.append(colon.end())
    return min(found, default=None)


def _line(text: str, unit: Unit, body: int, tail: int, emphasis: bytearray) -> Line:
    label = answer = speaker = None
    inline = body > unit.body
    if unit.kind not in _WORDLESS:
        answer = answer_marker(text, body, tail)
        speaker = None if answer else speaker_at(text, body, tail)
        if not inline:
            label = label_at(text, body, tail)
    wording = label.end if label else body
    start, first = (body, False) if inline else (unit.start, unit.first)
    held = tuple(says.words(text[wording:tail]))
    line = Line(
        *(start, tail, body, tail, wording, unit, first, inline, label, answer, speaker, "", held)
    )
    return replace(line, look=_look(text, line, emphasis))


def _look(text: str, line: Line, emphasis: bytearray) -> str:
    unit = line.unit
    if unit.kind in _WORDLESS:
        return unit.kind
    if unit.kind == "heading":
        return f"h{unit.level}"
    links = {
        i for link in _TARGET.finditer(text, line.core, line.tail) for i in range(*link.span())
    }
    letters = [i for i in range(line.core, line.tail) if text[i].isalnum() and i not in links]
    for look, bit in (("bold", 2), ("italic", 1)):
        if letters and sum(bool(emphasis[i] & bit) for i in letters) >= 0.85 * len(letters):
            return look
    if unit.column >= 0:
        return "cell"
    cased = [text[i] for i in letters if text[i].isalpha()]
    if len(cased) > 3 and not any(c.islower() for c in cased):
        return "caps"
    return "quote" if unit.quoted else "bullet" if unit.bullet else "plain"


# --- features -------------------------------------------------------------------------------------

_BOX = re.compile(r"[-*\s]*(?:\[[ xX]\]|[☐☑☒□✓✔❏])")


def _described(text: str, lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with their features."""
    repeated = Counter(line.words for line in lines if 0 < len(line.words) <= 12)
    names = Counter(line.speaker.name for line in lines if line.speaker and not line.label)
    heads = set(_heads(lines))
    for at, line in enumerate(lines):
        said = [*_own(text, line), *_near(text, lines, at)]
        if at in heads:
            said.append("heads lower numbers")
        if line.speaker and names[line.speaker.name] > 1:
            said.append("speaks often")
        if repeated[line.words] > 1 and "answers" not in said:  # "Oui." is, and means nothing
            said.append("repeated")
            if len(line.words) <= 5 and text[line.core : line.tail].strip("*_ ")[:1].isupper():
                said.append("short and repeated")
        yield replace(line, said=tuple(said))


def _heads(lines: Sequence[Line]) -> Iterator[int]:
    """The numbered lines that others go down from: "3." before "3.1", "3a" or "a)"."""
    numbered = [(i, x.label.parts) for i, x in enumerate(lines) if x.label and x.numbered]
    for (at, own), (_, after) in pairwise(numbered):
        lettered = after[0] == "a" and isinstance(own[0], int)
        if lettered or (len(after) > len(own) and after[: len(own)] == own):
            yield at


def _own(text: str, line: Line) -> Iterator[str]:
    """What a line looks like by itself."""
    said = text[line.core : line.tail]
    bare = said.strip("*_ \t")
    yield f"looks {'h' if line.unit.kind == 'heading' else line.look}"
    yield "words " + next(str(n) for n in (0, 1, 3, 8, 20, 60, 10**9) if len(line.words) <= n)
    end = bare[-1:]
    yield "ends " + ("?" if says.ends_asking(said) else end if end in (".", ":", "…") else "-")
    asked = says.asks(said)
    levels = (("surely", 1.2), ("clearly", ASKING), ("perhaps", 0.4))
    yield from (f"asks {how}" for how, least in levels[:3] if asked >= least)
    yield from says.features(bare)
    answered = says.answers(bare)
    marks = (
        ("answers", answered >= 0.7),
        ("first person", answered > 0),
        ("lower case", bare[:1].islower()),
        ("numbered", line.numbered),
        ("lettered", line.label and line.numbered and isinstance(line.label.parts[0], str)),
        ("says question", line.label and line.label.scheme.startswith("Q")),
        ("says answer", line.answer),
        ("says answer alone", line.answer and line.answer.end >= line.tail),
        ("speaker", line.speaker),
        ("speaker alone", line.speaker and line.speaker.end >= line.tail),
        ("says section", is_group_label(text[line.body : line.tail])),
        ("begins block", line.first),
        ("inline", line.inline),
        ("nested", line.unit.depth > 1),
        ("bulleted", line.unit.bullet),
        ("quoted", line.unit.quoted),
        ("box", _BOX.match(text, line.body, line.tail)),
    )
    yield from (feature for feature, holds in marks if holds)


def _near(text: str, lines: Sequence[Line], at: int) -> Iterator[str]:
    """What a line looks like among its neighbours."""
    line = lines[at]
    if at + 3 >= len(lines) or lines[-1].unit.block - line.unit.block < 2:
        yield "near the end"
    if at == 0:
        yield "first line"
        return
    before = lines[at - 1]
    end = text[before.body : before.tail].rstrip('*_ \t»”")]')[-1:]
    if before.look == line.look:
        yield "looks as before"
    if line.inline:
        yield f"before it inline {'?' if end == '?' else '-'}"
        return
    same = before.unit.block == line.unit.block
    full = same and before.tail - before.body >= 55
    if end in ("?", ":"):
        yield f"after {end}"
    elif end.isalnum() or end in ",;-–'’(":
        yield "after an open end" if full or len(before.words) > 10 else "after a short line"
    if full and not (line.numbered or line.answer):
        yield "wrapped"
    if at + 1 < len(lines) and lines[at + 1].look == line.look and lines[at + 1].first:
        yield "looks as after"
