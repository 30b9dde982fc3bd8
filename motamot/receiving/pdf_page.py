"""A page of a PDF -> its rows: words, tables that lines draw, filled fields; what is not seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pdfminer.layout import LTChar, LTContainer, LTCurve, LTImage
from pdfplumber.container import Container
from pdfplumber.table import TableFinder
from pdfplumber.utils.text import extract_words

from motamot.receiving.pdf_fields import Field, fields
from motamot.receiving.pdf_rows import Row, in_order, placed, rows_of

_Box = tuple[float, float, float, float]  # left, top, right, bottom
_Drawn = tuple[_Box, bool]  # a line or a surface, and whether it is filled with a colour
_WORDS: dict[str, Any] = {
    "x_tolerance_ratio": 0.25,
    "y_tolerance": 2,
    "return_chars": True,
    "expand_ligatures": False,
}


@dataclass
class Page:
    number: int
    height: float
    rows: list[Row]
    columns: bool  # some stand side by side
    pictures: int
    scanned: bool  # a picture of nearly the whole page
    gone: dict[str, str]  # why -> words that are left out: "struck through", "white", …
    hidden: list[Field]


def page_of(page: Any, number: int) -> Page:
    """A page of pdfplumber; `number` counts from 1."""
    area = page.width * page.height
    chars, drawn, lines, pictures = _objects(page)
    chars, gone = _seen(_once(chars), drawn)
    found = list(fields(page))
    filled = [_as_word(f) for f in found if f.kind in ("text", "box")]
    tables = []
    for each in _tables(page, lines):
        table = _table(each, chars, filled, number)
        if table:
            tables.append(table)
            cells = [box for row in each.rows for box in row.cells if box]
            chars = [c for c in chars if not any(_within(c, box) for box in cells)]
            filled = [w for w in filled if not any(_within(w, box) for box in cells)]
    words = extract_words(chars, **_WORDS) + [w for w in filled if not _tall(w["field"])]
    rows, columns = in_order(words, number)
    blocks = [_block(w["field"], number) for w in filled if _tall(w["field"])]
    covers = [each.width * each.height / area for each in pictures]
    return Page(
        number,
        float(page.height),
        placed(rows, [*tables, *blocks]),
        columns,
        sum(0.004 < cover < 0.6 for cover in covers),
        any(cover >= 0.6 for cover in covers),
        gone,
        [f for f in found if f.kind in ("hidden", "note")],
    )


class _Lines(Container):
    """A page without its characters, which pdfplumber takes long to list."""

    def __init__(self, page: Any, drawn: Sequence[LTCurve]) -> None:
        self.bbox = page.bbox
        self._objects: dict[str, list[dict[str, Any]]] = {}
        for each in drawn:
            made = page.process_object(each)
            self._objects.setdefault(made["object_type"], []).append(made)

    @property
    def objects(self) -> dict[str, list[dict[str, Any]]]:
        return self._objects


def _tables(page: Any, drawn: Sequence[LTCurve]) -> list[Any]:
    """The tables that lines draw on a page."""
    if len(drawn) < 4:
        return []
    lined: Any = _Lines(page, drawn)
    return list(TableFinder(lined).tables)


def _objects(
    page: Any,
) -> tuple[list[dict[str, Any]], list[_Drawn], list[LTCurve], list[LTImage]]:
    """(characters as pdfplumber's words are made of, lines and surfaces, the same as they were
    drawn, pictures)."""
    chars: list[dict[str, Any]] = []
    drawn: list[_Drawn] = []
    lines: list[LTCurve] = []
    pictures: list[LTImage] = []
    left, height = float(page.mediabox[0]), float(page.height) + float(page.mediabox[1])
    waiting: list[Any] = [page.layout]
    while waiting:
        for each in waiting.pop():
            if isinstance(each, LTChar):
                chars.append(_char(each, left, height))
            elif isinstance(each, LTImage):
                pictures.append(each)
            elif isinstance(each, LTCurve):
                lines.append(each)
                box = (each.x0 + left, height - each.y1, each.x1 + left, height - each.y0)
                drawn.append((box, bool(each.fill) and not _white(each.non_stroking_color)))
            elif isinstance(each, LTContainer):
                waiting.append(each)
    return chars, drawn, lines, pictures


def _white(colour: Any) -> bool:
    """Whether a colour is that of paper, in grey, in red, green and blue, or in four inks."""
    parts = colour if isinstance(colour, (tuple, list)) else (colour,)
    if len(parts) == 4:
        return not any(parts)
    return len(parts) in (1, 3) and all(isinstance(p, (int, float)) and p > 0.98 for p in parts)


def _seen(
    chars: Sequence[dict[str, Any]], drawn: Sequence[_Drawn]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """(characters that a person reads, words that are left out by why they are)."""
    coloured = [box for box, filled in drawn if filled]
    thin = [box for box, _ in drawn if box[3] - box[1] < 2 and box[2] - box[0] > 3]
    kept: list[dict[str, Any]] = []
    gone: dict[str, list[dict[str, Any]]] = {}
    for each in chars:
        if not each["upright"]:
            why = "not upright"
        elif each["white"] and not any(_within(each, box) for box in coloured):
            why = "white"
        elif any(_strikes(box, each) for box in thin):
            why = "struck through"
        else:
            kept.append(each)
            continue
        gone.setdefault(why, []).append(each)
    said = {why: "".join(c["text"] for c in out).strip() for why, out in gone.items()}
    return kept, {why: " ".join(words.split()) for why, words in said.items() if words}


def _strikes(line: _Box, char: dict[str, Any]) -> bool:
    """Whether a line crosses a character in the middle: neither below it nor above."""
    height = char["bottom"] - char["top"]
    place = ((line[1] + line[3]) / 2 - char["top"]) / height if height else 0
    middle = (char["x0"] + char["x1"]) / 2
    return bool(0.42 < place < 0.72 and line[0] - 1 <= middle <= line[2] + 1)


def _char(each: LTChar, left: float, height: float) -> dict[str, Any]:
    top = height - each.y1
    return {
        "text": each.get_text(),
        "x0": each.x0 + left,
        "x1": each.x1 + left,
        "top": top,
        "doctop": top,
        "bottom": height - each.y0,
        "width": each.width,
        "height": each.height,
        "size": each.size,
        "fontname": str(each.fontname),
        "upright": each.upright,
        "white": _white(each.graphicstate.ncolor),
    }


def _once(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Characters without those that a program set twice, to draw bold letters."""
    places = {(c["text"], round(c["x0"]), round(c["top"])) for c in chars}
    if len(places) > 0.97 * len(chars):
        return chars
    seen: set[tuple[str, int, int]] = set()
    kept = []
    for each in chars:
        text, x, y = each["text"], int(each["x0"] * 2), int(each["top"] * 2)
        if text.isspace() or not any(
            (text, x + dx, y + dy) in seen for dx in (-1, 0, 1) for dy in (-1, 0, 1)
        ):
            seen.add((text, x, y))
            kept.append(each)
    return kept


def _tall(each: Field | None) -> bool:
    """Whether a field holds several lines, which are a block of their own."""
    return (
        each is not None
        and each.kind == "text"
        and ("\n" in each.text or each.bottom - each.top > 32)
    )


def _as_word(each: Field) -> dict[str, Any]:
    middle = (each.top + each.bottom) / 2
    half = min(6.0, (each.bottom - each.top) / 2)
    place = {"x0": each.x0, "x1": each.x1, "top": middle - half, "bottom": middle + half}
    return {"text": each.text, "chars": [], "field": each, **place}


def _block(each: Field, number: int) -> Row:
    place = (number, each.x0, each.x1, each.top, each.bottom)
    return Row(*place, text=each.text, filled=[each.text], block=True)


def _within(word: dict[str, Any], box: _Box) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _table(
    table: Any, chars: Sequence[dict[str, Any]], filled: Sequence[dict[str, Any]], number: int
) -> Row | None:
    """A table that lines draw, where it has words in two rows and two columns at least."""
    inside = [c for c in chars if _within(c, table.bbox)]
    fields_in = [w for w in filled if _within(w, table.bbox)]
    rows = [[_cell(inside, fields_in, box) for box in row.cells] for row in table.rows]
    rows = [row for row in rows if any(row)]
    used = [n for n in range(max(map(len, rows), default=0)) if any(row[n] for row in rows)]
    if len(rows) < 2 or len(used) < 2:
        return None
    x0, top, x1, bottom = table.bbox
    made = Row(number, x0, x1, top, bottom, table=[[row[n] for n in used] for row in rows])
    made.filled = [w["field"].text for w in fields_in]
    return made


def _cell(
    chars: Sequence[dict[str, Any]], filled: Sequence[dict[str, Any]], box: _Box | None
) -> str:
    """The words of a cell; lines that are none of the same sentence stay lines."""
    if box is None:
        return ""
    words = extract_words([c for c in chars if _within(c, box)], **_WORDS)
    made = ""
    for row in rows_of([*words, *(w for w in filled if _within(w, box))], 0):
        starts = re.match(r"[•☐☑☒✓-]|\d+[.)]", row.text) or re.search(r"[.:;?!]$", made)
        made += ("\n" if starts else " ") + row.text if made else row.text
    return made
