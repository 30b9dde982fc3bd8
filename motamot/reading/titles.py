"""The title of a document and of its sections, once its questions are chosen.

A `Mark` says where a passage begins; whatever no mark claims goes on with the passage before it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from motamot.reading.heads import Head
from motamot.reading.labels import is_group_label
from motamot.reading.page import (
    Chunk,
    Page,
    looks_like_title,
)
from motamot.reading.wording import (
    answers,
    closes,
    is_blank,
    is_furniture,
    speaks_of_document,
    words,
)
from motamot.recording.record import Kind
from motamot.text.folding import fold


@dataclass(frozen=True)
class Mark:
    """The beginning of a passage. `doubt` is what a person should check, None when nothing."""

    start: int
    kind: Kind
    question: str | None = None
    doubt: str | None = None


@dataclass(frozen=True)
class Gap:
    """What lies between the wording of one question (None: before the first) and the next one."""

    after: Head | None
    before: Head | None  # None: after the last question
    chunks: Sequence[Chunk]


def title_style(page: Page, chunk: Chunk) -> str:
    """What kind of title a chunk looks like: "h3", "bold", "caps", "italic", "group", "colon" or
    "" (none)."""
    if not looks_like_title(page, chunk):
        return "line" if is_bare_title(page, chunk) else ""
    unit = page.units[chunk.unit]
    if unit.kind == "heading":
        return f"h{unit.level}"
    line = page.text[unit.body : chunk.stop].strip()
    if is_group_label(line):
        return "group"
    head = page.by_unit.get(chunk.unit)
    if head is not None and head.style in ("bold", "caps", "italic"):
        return head.style
    return "colon"


def is_bare_title(page: Page, chunk: Chunk) -> bool:
    """A short line with a capital and no full stop, which only its place makes a title."""
    head = page.by_unit.get(chunk.unit)
    unit = page.units[chunk.unit]
    line = page.text[unit.body : chunk.stop].strip()
    numbered = head is not None and head.numbered and not is_lettered(head)
    return (
        unit.kind in ("paragraph", "html")
        and chunk.unit not in page.markers
        and not unit.bullet
        and not numbered
        and "\n" not in line
        and 0 < len(line.split()) <= 8
        and (line[:1].isupper() or (head is not None and is_lettered(head)))
        and line[-1:] not in ".;,!?…:)"
        and answers(line) == 0
        and not closes(line)
        and not is_blank(line)
        and not is_furniture(line)
    )


def is_lettered(head: Head) -> bool:
    """Whether a head carries a letter alone: "b) Kita"."""
    parts = head.label.parts if head.label is not None else ()
    return bool(parts) and isinstance(parts[0], str)


def split_lines(page: Page, chunks: Sequence[Chunk], *, opening: bool = False) -> list[Chunk]:
    """Cut out of longer paragraphs the lines that may be titles, greetings or page numbers, where
    the line before them is finished. `opening`: before the first question, short lines are too."""
    made: list[Chunk] = []
    for chunk in chunks:
        lines = _lines_of(page, chunk)
        cuts = {lines[0].start}
        for before, line in zip([None, *lines], lines, strict=False):
            words = page.text[line.start : line.stop]
            finished = before is None or before.stop in cuts or _finished(page, before)
            alone = title_style(page, line) or closes(words) or is_furniture(words)
            if finished and (alone or (opening and is_bare_line(page, line))):
                cuts |= {line.start, line.stop}
        made += _cut(lines, cuts)
    return made


def _lines_of(page: Page, chunk: Chunk) -> list[Chunk]:
    """The lines of a paragraph as chunks; anything else, whole."""
    units = [chunk.unit]
    while units[-1] + 1 < len(page.units) and page.units[units[-1] + 1].start < chunk.stop:
        units.append(units[-1] + 1)
    if page.units[chunk.unit].kind != "paragraph":
        return [chunk]
    starts = [max(chunk.start, page.units[u].start) for u in units]
    stops = [min(chunk.stop, page.units[u].tail) for u in units]
    return [Chunk(a, b, u) for a, b, u in zip(starts, stops, units, strict=True) if a < b] or [
        chunk
    ]


def _finished(page: Page, line: Chunk) -> bool:
    return bool(re.search(r"[.!?…»\")\]]\W*$", page.text[line.start : line.stop]))


def _cut(lines: Sequence[Chunk], cuts: set[int]) -> list[Chunk]:
    """Join lines again, except where a cut says that one ends or begins."""
    made = [lines[0]]
    for line in lines[1:]:
        if made[-1].stop in cuts or line.start in cuts:
            made.append(line)
        else:
            made[-1] = Chunk(made[-1].start, line.stop, made[-1].unit)
    return made


def is_bare_line(page: Page, chunk: Chunk) -> bool:
    unit = page.units[chunk.unit]
    text = page.text[unit.body : chunk.stop].strip()
    bare = text.strip("*_ ")
    return (
        unit.kind == "paragraph"
        and not unit.bullet
        and unit.depth == 0
        and len(words(bare)) <= 9
        and "\n" not in text
        and not re.search(r"[.!?;:…]$", bare)
        and "http" not in bare
        and not (page.by_unit.get(chunk.unit) and page.by_unit[chunk.unit].numbered)
    )


def section_styles(page: Page, gaps: Sequence[Gap], heads: Sequence[Head]) -> Counter[str]:
    """How often each style of title stands right before a question, after some answer or intro."""
    own = {h.style for h in heads if h.label is None and not page.units[h.unit].bullet}
    found: Counter[str] = Counter()
    for gap in gaps:
        if gap.before is None or not gap.chunks:
            continue
        style = title_style(page, gap.chunks[-1])
        for index in range(len(gap.chunks) - 2, -1, -1):
            earlier = title_style(page, gap.chunks[index])
            if earlier in ("caps", "group") and not style:
                found[earlier] += not _whole_body(page, gap, index)
        alone = _whole_body(page, gap, len(gap.chunks) - 1)
        if style and not (alone and style not in _SURE and style != "colon"):
            found[style] += 1
    for style in own:  # once, it may as well be a question that nobody answered
        if found[style] < 2:
            del found[style]
    for style, count in _first_headings(page, gaps, heads).items():
        found[style] += count
    return found


def _whole_body(page: Page, gap: Gap, index: int) -> bool:
    """Whether a chunk is all that a question has under it, so that it may well be its answer."""
    head = gap.after
    if head is None or index:
        return False
    block = page.text[head.wording : head.stop]
    inside = page.text[head.end : head.stop].strip(" \n*_") or re.search(r"\?\W*\s\S*\w", block)
    return not inside and not ("\n" in block.strip() and not head.level)


_SURE = ("h1", "h2", "h3", "h4", "h5", "h6", "group")


def _first_headings(page: Page, gaps: Sequence[Gap], heads: Sequence[Head]) -> Counter[str]:
    """Headings before the first question, its title aside, that come again later: sections with
    introductions of their own."""
    later = Counter(
        title_style(page, chunk)
        for gap in gaps[1:]
        for chunk in gap.chunks
        if page.units[chunk.unit].kind == "heading"
    )
    levels = [h.level for h in heads if h.level]
    deepest = min(levels) if levels and len(levels) == len(heads) else 7
    found: Counter[str] = Counter()
    for chunk in gaps[0].chunks if gaps else ():
        style = title_style(page, chunk)
        if style in later and page.units[chunk.unit].kind == "heading":
            found[style] += page.units[chunk.unit].level <= deepest
    return found


def find_section(
    page: Page, gap: Gap, styles: Counter[str], heads: Sequence[Head]
) -> tuple[int, list[int]]:
    """Where the section part of a gap begins, and which of its chunks are titles.

    Returns (index of the first chunk that is no longer the answer's, indexes of titles); the first
    is `len(gap.chunks)` when no section begins there.
    """
    chunks = gap.chunks
    count = len(chunks)
    if gap.before is None:
        return count, []
    is_title = [_is_section_title(page, gap, i, styles, heads) for i in range(count)]
    for start in range(count):
        if not is_title[start]:
            continue
        titles = [i for i in range(start, count) if is_title[i]]
        rest = list(range(titles[-1] + 1, count))
        words = [i for i in rest if page.units[chunks[i].unit].column < 0]
        intro = "\n".join(page.text[chunks[i].start : chunks[i].stop] for i in words)
        heading_level = page.units[chunks[start].unit].level
        outer = heading_level and gap.before.level and heading_level < gap.before.level
        usual = heading_level and styles[f"h{heading_level}"] >= 2
        speaks = answers(intro) >= 0.7 and not usual
        if rest and not outer and (speaks or len(intro.split()) > 160):
            continue
        return start, titles
    return count, []


def _is_section_title(
    page: Page, gap: Gap, index: int, styles: Counter[str], heads: Sequence[Head]
) -> bool:
    chunk = gap.chunks[index]
    style = title_style(page, chunk)
    if not style:
        return False
    last = index == len(gap.chunks) - 1
    assert gap.before is not None
    level = page.units[chunk.unit].level
    if style.startswith("h"):
        levels = [h.level for h in heads if h.level]
        if levels and len(levels) * 2 >= len(heads):
            modal = Counter(levels).most_common(1)[0][0]
            return level < modal or (level == modal and last) or (last and style in styles)
        shallow = min((int(s[1]) for s in styles if re.fullmatch(r"h\d", s)), default=0)
        return style in styles or level <= shallow
    if style not in styles:
        return False
    alone = _whole_body(page, gap, index)
    if alone and style in ("bold", "caps", "italic", "line") and styles[style] < 2:
        return False
    if style == "line":
        return last and styles[style] >= 2
    if style in ("colon", "italic"):
        return last or _all_titles(page, gap, index)
    return last or styles[style] >= 2


def _all_titles(page: Page, gap: Gap, index: int) -> bool:
    return all(title_style(page, chunk) for chunk in gap.chunks[index:])


def opening_marks(
    page: Page, gap: Gap, styles: Counter[str], heads: Sequence[Head]
) -> tuple[list[Mark], list[Chunk]]:
    """The marks before the first question, and the chunks among them that are sections."""
    chunks = list(gap.chunks)
    marks: list[Mark] = []
    sections: list[Chunk] = []
    if not chunks:
        return marks, sections
    titles = _opening_titles(page, gap, styles, heads)
    name = _document_title(page, chunks, titles, styles)
    for index, chunk in enumerate(chunks):
        if index == name:
            marks.append(Mark(chunk.start, "title"))
        elif index in titles and (name is None or index > name):
            marks.append(Mark(chunk.start, "section"))
            sections.append(chunk)
        else:
            marks.append(Mark(chunk.start, "preamble"))
    return marks, sections


def _opening_titles(page: Page, gap: Gap, styles: Counter[str], heads: Sequence[Head]) -> set[int]:
    found: set[int] = set()
    last = len(gap.chunks) - 1
    for index, chunk in enumerate(gap.chunks):
        style = title_style(page, chunk)
        if not style:
            continue
        repeated = styles[style] - (index == last) >= 1
        if style.startswith("h"):
            level = page.units[chunk.unit].level
            modal = Counter(h.level for h in heads).most_common(1)[0][0]
            near = index == last or all(
                not page.by_unit.get(c.unit) or answers(page.text[c.start : c.stop]) < 0.7
                for c in gap.chunks[index + 1 :]
            )
            above = not modal or level < modal
            if (
                (repeated and above)
                or (near and index == last and above)
                or (repeated and level == modal)
            ):
                found.add(index)
        elif (repeated and (index == last or style in ("bold", "caps", "group"))) or (
            repeated and style == "colon" and _all_titles(page, gap, index)
        ):
            found.add(index)
    return found


def _document_title(
    page: Page, chunks: Sequence[Chunk], titles: set[int], styles: Counter[str]
) -> int | None:
    """The index of the chunk that names the document. A title that merely looks like a section
    because nothing else does is given back."""
    first = chunks[0]
    unit = page.units[first.unit]
    style = title_style(page, first)
    line = page.text[unit.body : first.stop].strip()
    if unit.kind == "heading":
        alone = styles[style] - (len(chunks) == 1) < 1
        if 0 not in titles or alone or (len(titles) > 1 and _above_others(page, chunks, titles)):
            titles.discard(0)
            if alone:
                _drop_sole_title(page, chunks, titles, styles)
            return 0
        return None
    later_heading = next(
        (i for i, c in enumerate(chunks[:4]) if page.units[c.unit].kind == "heading"), None
    )
    if later_heading is not None and page.units[chunks[later_heading].unit].level == 1:
        titles.discard(later_heading)
        return later_heading
    short = "\n" not in line and len(line.split()) <= 20
    plain_title = short and not re.search(r"[.,;:!?]$", line.strip("*_ ")) and not closes(line)
    if 0 in titles and len(titles) == 1 and not speaks_of_document(line):
        return None
    naming = [i for i, c in enumerate(chunks[:4]) if i not in titles or not i if _names(page, c)]
    naming.sort(key=lambda i: title_style(page, chunks[i]) not in ("bold", "caps"))
    if naming:
        titles.discard(naming[0])
        return naming[0]
    if plain_title and not re.search(r"\b\d{4}$", line.strip()) and (len(chunks) > 1 or style):
        titles.discard(0)
        return 0
    return None


def _names(page: Page, chunk: Chunk) -> bool:
    """Whether a chunk is one short line that names the document."""
    line = page.text[page.units[chunk.unit].body : chunk.stop].strip()
    bare = line.strip("*_ ")
    return (
        "\n" not in line
        and len(bare.split()) <= 20
        and speaks_of_document(bare)
        and not re.search(r"[.,;!:]$", bare)
        and not closes(bare)
    )


def _above_others(page: Page, chunks: Sequence[Chunk], titles: set[int]) -> bool:
    first = page.units[chunks[0].unit].level
    others = [page.units[chunks[i].unit].level for i in titles if i]
    return all(not level or first < level for level in others)


def _drop_sole_title(
    page: Page, chunks: Sequence[Chunk], titles: set[int], styles: Counter[str]
) -> None:
    """A second heading that no later one resembles, and that speaks of the document ("Réponses de
    la liste"), is no section."""
    for index in list(titles):
        chunk = chunks[index]
        style = title_style(page, chunk)
        line = fold(page.text[chunk.start : chunk.stop])
        if styles[style] <= 1 and speaks_of_document(line) and not is_group_label(line):
            titles.discard(index)
