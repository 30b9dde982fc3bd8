"""The words of a PDF's page -> its rows in reading order, columns side by side told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Any

_BOLD = re.compile(r"bold|black|heavy|semibold|demi(?!um)", re.IGNORECASE)
# Signs of symbol fonts that have no character of their own.
_SYMBOLS = str.maketrans(
    {
        **dict.fromkeys("\uf0a8\uf06f\uf071\uf0a3", "☐"),
        **dict.fromkeys("\uf0fe\uf052", "☑"),
        **dict.fromkeys("\uf0fd\uf053\uf054\uf078", "☒"),
        **dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf0e0\uf076\uf02d\uf0f0", "•"),
        **{"\uf0fc": "✓", "\uf0fb": "✗", "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl"},
    }
)
_BULLET = "(cid:127)"  # of a font without a name for it, in Windows' character set
_GUTTER = 9.0  # points, at least, between two columns


@dataclass
class Row:
    """Words on one line, from left to right; or a table; or the lines of a field."""

    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    text: str = ""
    size: float = 0.0  # of most of its letters
    bold: bool = False  # all of it
    some_bold: bool = False
    first_word: float = 0.0  # its width
    right: float | None = None  # of its column; None: of the page's only one
    table: list[list[str]] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)  # words of fields in it
    block: bool = False  # a field of several lines


def in_order(words: list[dict[str, Any]], number: int) -> tuple[list[Row], bool]:
    """The rows of a page, columns side by side one after the other: (rows, whether some are)."""
    bands = _bands(words)
    gaps = [_free(band) for band in bands]
    rows: list[Row] = []
    columns, at = False, 0
    while at < len(bands):
        end, gutter = _run(bands, gaps, at)
        if gutter is None:
            rows += rows_of(bands[at], number)
            at += 1
            continue
        columns = True
        inside = [w for band in bands[at:end] for w in band]
        for side in (
            [w for w in inside if w["x1"] <= gutter],
            [w for w in inside if w["x0"] > gutter],
        ):
            found = rows_of(side, number)
            for row in found:
                row.right = max(each.x1 for each in found)
            rows += found
        at = end
    return rows, columns


def _bands(words: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Words between which no white line can be drawn from edge to edge."""
    bands: list[list[dict[str, Any]]] = []
    bottom = -1.0
    for word in sorted(words, key=lambda w: w["top"]):
        if bands and word["top"] < bottom - 1:
            bands[-1].append(word)
        else:
            bands.append([word])
        bottom = max(bottom, word["bottom"])
    return bands


def _run(
    bands: Sequence[list[dict[str, Any]]], gaps: Sequence[list[tuple[float, float]]], at: int
) -> tuple[int, float | None]:
    """The longest run of bands from `at` that one gutter parts into columns of prose: (the band
    after it, the gutter's middle). `gaps`: where each band has no words."""
    free = [(-1e4, 1e4)]
    best: tuple[int, float | None] = (at + 1, None)
    low, high = 1e4, -1e4
    begin, finish = min(g[0][1] for g in gaps), max(g[-1][0] for g in gaps)
    for end in range(at, len(bands)):
        free = [
            (max(a, c), min(b, d))
            for a, b in free
            for c, d in gaps[end]
            if min(b, d, finish) - max(a, c, begin) >= _GUTTER
        ]
        if not free:
            break
        low = min(low, *(w["x0"] for w in bands[end]), 1e4)
        high = max(high, *(w["x1"] for w in bands[end]), -1e4)
        between = [(a + b) / 2 for a, b in free if a > low and b < high]
        inside = [w for band in bands[at : end + 1] for w in band] if between else []
        for middle in between:
            left = [w for w in inside if w["x1"] <= middle]
            if _prose(left, [w for w in inside if w["x0"] > middle]):
                best = end + 1, middle
    return best


def _free(band: Sequence[dict[str, Any]]) -> list[tuple[float, float]]:
    """Where a band has no words: the gaps of their places from left to right."""
    gaps, right = [], -1e4
    for word in sorted(band, key=lambda w: w["x0"]):
        if word["x0"] > right:
            gaps.append((right, word["x0"]))
        right = max(right, word["x1"])
    return [*gaps, (right, 1e4)]


def _prose(*sides: Sequence[dict[str, Any]]) -> bool:
    """Whether each side is running text: four lines or more, most of them nearly full."""
    for words in sides:
        rows = rows_of(words, 0)
        width = max((r.x1 for r in rows), default=0) - min((r.x0 for r in rows), default=0)
        if len(rows) < 4 or mean(len(r.text) for r in rows) < 18:
            return False
        if median(r.x1 - r.x0 for r in rows) < 0.7 * width:
            return False
    return True


def rows_of(words: Sequence[dict[str, Any]], number: int) -> list[Row]:
    """Words -> rows: those whose middles stand at one height."""
    lines: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda w: (w["top"] + w["bottom"]) / 2):
        middle = (word["top"] + word["bottom"]) / 2
        last = lines[-1] if lines else None
        if (
            last
            and middle < min(w["bottom"] for w in last)
            and middle > max(w["top"] for w in last)
        ):
            last.append(word)
        else:
            lines.append([word])
    return [_row(sorted(line, key=lambda w: w["x0"]), number) for line in lines]


def _row(words: Sequence[dict[str, Any]], number: int) -> Row:
    letters = [c for w in words for c in w["chars"] if not c["text"].isspace()]
    bold = [bool(_BOLD.search(c["fontname"])) for c in letters]
    sizes = [round(float(c["size"]), 1) for c in letters]
    return Row(
        number,
        min(w["x0"] for w in words),
        max(w["x1"] for w in words),
        min(w["top"] for w in words),
        max(w["bottom"] for w in words),
        " ".join(w["text"] for w in words).replace(_BULLET, "•").translate(_SYMBOLS),
        max(set(sizes), key=sizes.count) if sizes else 0.0,
        bool(bold) and all(bold),
        any(bold),
        words[0]["x1"] - words[0]["x0"],
        filled=[w["field"].text for w in words if "field" in w],
    )


def placed(rows: list[Row], blocks: Sequence[Row]) -> list[Row]:
    """Rows with tables and tall fields put in: after what stands beside them, or above them."""
    for block in sorted(blocks, key=lambda b: b.top):
        beside = [n for n, row in enumerate(rows) if (row.top + row.bottom) / 2 < block.bottom]
        above = [n for n in beside if rows[n].x0 < block.x1]
        rows.insert((above or beside or [-1])[-1] + 1, block)
    return rows
