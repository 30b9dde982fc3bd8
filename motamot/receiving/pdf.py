"""PDF files with text (.pdf) -> Markdown: reading order, paragraphs, tables, filled form fields.

What a page repeats (headers, footers, page numbers) is left out, and a doubt says its words; the
words of the rest are compared with those that PDFium sees."""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.pdf import PDF

from motamot.receiving.converted import CLOSED, Converted, Draft, Refused
from motamot.receiving.marks import escaped
from motamot.receiving.pdf_page import Page, page_of
from motamot.receiving.pdf_rows import Row
from motamot.text.problems import cut

_LABEL = re.compile(
    r"(?:(?:question|q|réponse|reponse|answer|r|a)\s*(?:n°\s*)?\d*\s*[.:)]|\(?\d{1,3}(?:[.-]\d+)*"
    r"(?:[a-z])?\s?[.):–-]|\(\d{1,2}\)|[A-Za-z][.)]\s|[IVX]{1,5}\s?[.):–-]\s)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"([•‣◦●○■▪▫➢➤►▶✓✔➔→*·–—-]|o(?=\s))\s+")
_BOX = re.compile(r"[☐☑☒✓✗✔]")
_ENDS = re.compile(r"[.?!:;…»\")]\s*$")
_BROKEN = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]")
_AFTER_HYPHEN = re.compile(
    r"(?:je|tu|ils?|elles?|on|nous|vous|ce|ci|là|même|moi|toi|lui|leur|les?|la|y|en|t)\b"
)


def convert(data: bytes) -> Converted:
    """The text of a PDF with its doubts. Raises Refused for a password, a damaged file, scanned
    pages, characters that stand for no letters."""
    pages = _pages(data)
    _check(pages)
    left_out = _take_out(pages)
    blocks = _blocks(pages)
    draft = Draft()
    first: dict[int, int] = {}  # page -> its first line
    for block in blocks:
        lines, doubts = block.lines()
        draft.block(lines, doubts)
        first.setdefault(block.page, len(draft.lines) - len(lines) + 1)
    draft.doubts += [(1, sentence) for sentence in _said(left_out)]
    draft.doubts += [(first.get(p.number, 1), said) for p in pages for said in _of_page(p)]
    filled = " ".join(words for p in pages for row in p.rows for words in row.filled)
    joined = "\n".join(draft.lines)
    return draft.made(_second(data, left_out, joined), filled)


def _pages(data: bytes) -> list[Page]:
    """The pages of a file, read one at a time."""
    if b"%PDF" not in data[:1024]:
        raise Refused("no PDF", "Ask for the file again, or look which program opens it.")
    pages: list[Page] = []
    with _opened(data) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            with _readable():
                _ = page.layout, page.annots
            pages.append(page_of(page, number))
            page.close()
    if not pages:
        raise Refused("a damaged PDF, without pages", "Ask for it again.")
    return pages


@contextmanager
def _readable() -> Iterator[None]:
    """Refuse what the reader of PDF files stumbles over: a damaged file may raise anything."""
    try:
        yield
    except Exception as error:
        if any(isinstance(e, PDFPasswordIncorrect) for e in (error, *error.args)):
            raise Refused(*CLOSED) from error
        raise Refused("a damaged PDF", "Ask for it again.") from error


def _opened(data: bytes) -> PDF:
    with _readable():
        opened = pdfplumber.open(io.BytesIO(data))
        _ = opened.pages
    if opened.doc.catalog.get("NeedsRendering"):
        raise Refused(
            "a form that only Adobe Reader shows (XFA)",
            "Open it there, and print it into a PDF.",
        )
    return opened


def _check(pages: Sequence[Page]) -> None:
    """Refuse pages whose words cannot be had."""
    scanned = [p.number for p in pages if p.scanned and not any(r.text or r.table for r in p.rows)]
    if scanned:
        raise Refused(
            f"a scanned page, a picture without characters: {', '.join(map(str, scanned[:8]))}",
            "Ask for the document as a text file, or have its characters recognised and proofread.",
        )
    text = "".join(_words_of(row) for page in pages for row in page.rows).replace(" ", "")
    single, broken = _BROKEN.subn("?", text)
    if broken >= 0.2 * len(single):
        raise Refused(
            "a PDF whose characters are no letters" if text else "a PDF without words",
            "Ask for the document in the format in which it was written.",
        )


def _words_of(row: Row) -> str:
    return " ".join(cell for cells in row.table for cell in cells) if row.table else row.text


def _take_out(pages: Sequence[Page]) -> Counter[str]:
    """Take the running headers, footers and page numbers out: how often each stood."""
    seen: dict[tuple[str, int], list[tuple[Page, Row]]] = defaultdict(list)
    for page in pages:
        tops = sorted(row.top for row in page.rows)
        for row in page.rows:
            edge = row.top in tops[:3] + tops[-3:] and not (
                0.1 * page.height < row.top and row.bottom < 0.9 * page.height
            )
            if edge and row.text and not row.filled:
                key = re.sub(r"\d+", "#", row.text)
                seen[key, round(row.top / 6)].append((page, row))
    gone: Counter[str] = Counter()
    for places in seen.values():
        if len(places) > 1 and len(places) >= 0.4 * len(pages) and _runs(places):
            for page, row in places:
                page.rows = [each for each in page.rows if each is not row]
                gone[row.text] += 1
    return gone


def _runs(places: Sequence[tuple[Page, Row]]) -> bool:
    """Whether a text stands once on each of its pages, always the same, or with the page's
    number in it: a question has a number as well, and one that its page does not give."""
    if len({page.number for page, _ in places}) < len(places):
        return False
    if len({row.text for _, row in places}) == 1:
        return not _LABEL.match(places[0][1].text)
    figures = [[int(n) - page.number for n in re.findall(r"\d+", row.text)] for page, row in places]
    return any(len(set(column)) == 1 for column in zip(*figures, strict=True))


def _said(left_out: Counter[str]) -> Iterator[str]:
    if left_out:
        words = ", ".join(f"“{cut(text)}”" for text in list(left_out)[:12])
        more = " …" if len(left_out) > 12 else ""
        yield f"left out, as headers, footers or page numbers: {words}{more}"


def _of_page(page: Page) -> Iterator[str]:
    """Sentences on what stands on a page beside its words."""
    if page.columns:
        yield f"page {page.number}: columns side by side, read one after the other"
    if page.pictures:
        yield f"page {page.number}: a picture was left out: look at what it says"
    if page.scanned:
        yield f"page {page.number} is a picture, its characters were recognised: proofread them"
    for why, words in page.gone.items():
        yield f"page {page.number}: words left out, {why}: “{cut(words)}”"
    for each in page.hidden:
        kind = "hidden field" if each.kind == "hidden" else "comment"
        yield f"page {page.number}: a {kind} was left out: “{cut(each.text)}”"
    broken = _BROKEN.search("".join(_words_of(row) for row in page.rows))
    if broken:
        yield f"page {page.number}: a character that stands for no letter: “{broken[0]}”"


class _Block:
    """Rows that make one paragraph, one list item, one heading, one table or one filled field."""

    def __init__(self, row: Row, level: int) -> None:
        self.rows, self.page, self.level = [row], row.page, level
        self.hyphened = False  # the document parts words at line ends
        self.known: frozenset[str] = frozenset()  # its words

    def lines(self) -> tuple[list[str], list[tuple[int, str]]]:
        """Markdown lines, and doubts by line from 1."""
        first = self.rows[0]
        if first.table:
            return _table(first.table), []
        if first.block:
            parts = re.split(r"\n\s*\n", first.text)
            return _lines(parts), []
        doubts: list[tuple[int, str]] = []
        text = first.text
        for row in self.rows[1:]:
            text, said = _joined(text, row.text, self.hyphened, self.known)
            doubts += [(1, said)] if said else []
        bullet = _BULLET.match(text)
        body = escaped(" ".join((text[bullet.end() :] if bullet else text).split()))
        if self.level:
            return [f"{'#' * self.level} {body}"], doubts
        if all(row.bold for row in self.rows) and not bullet:
            body = f"**{body}**"
        return [f"- {body}" if bullet else body], doubts


def _lines(paragraphs: Sequence[str]) -> list[str]:
    """The paragraphs of a filled field; their lines stay lines."""
    made: list[str] = []
    for paragraph in paragraphs:
        rows = [escaped(" ".join(row.split())) for row in paragraph.split("\n") if row.strip()]
        if rows:
            made += [""] * bool(made) + [f"{row}  " for row in rows[:-1]] + rows[-1:]
    return made


def _table(cells: Sequence[Sequence[str]]) -> list[str]:
    rows = [
        [escaped(cell.replace("\n", " \x00 ")).replace(" \x00 ", "<br>") for cell in row]
        for row in cells
    ]
    drawn = [f"| {' | '.join(row)} |" for row in rows]
    return [drawn[0], f"|{' --- |' * len(rows[0])}", *drawn[1:]]


def _joined(text: str, following: str, hyphened: bool, known: frozenset[str]) -> tuple[str, str]:
    """A line and the next one of its paragraph: (both, what a person should look at)."""
    if text.endswith("\xad"):
        return text[:-1] + following, ""
    parted = re.search(r"([^\W\d_]+)-$", text)
    after = re.match(r"[^\W\d_]+", following)
    if not (parted and after and after[0][0].islower()) or re.search(r"://\S*$", text):
        glued = (text.endswith("-") and parted) or re.search(r"://\S*[-/_=&?.]$", text)
        return (text if glued else text + " ") + following, ""
    whole, kept = parted[1] + after[0], f"{parted[1]}-{after[0]}"
    if kept.casefold() in known or _AFTER_HYPHEN.match(following):
        return text + following, ""
    if whole.casefold() in known or hyphened:
        return text[:-1] + following, f"“{kept}” at a line's end: read as “{whole}”"
    return text + following, f"“{kept}” at a line's end: one word, or two with a hyphen?"


def _blocks(pages: Sequence[Page]) -> list[_Block]:
    """The rows of all pages, joined into paragraphs."""
    rows = [row for page in pages for row in page.rows]
    plain = [row for row in rows if row.text and not row.block]
    sizes = Counter[float]()
    for row in plain:
        sizes[row.size] += len(row.text)
    sizes.pop(0.0, None)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    levels = _levels(plain, body)
    right = max((row.x1 for row in plain if row.right is None), default=0.0)
    pitch = {page.number: _pitch(page.rows) for page in pages}
    ends = sum(bool(re.search(r"[^\W\d_]{2}-$", row.text)) for row in plain)
    hyphened = ends > 0.04 * len(plain) and ends > 2
    known = frozenset(re.findall(r"\w+(?:-\w+)*", " ".join(r.text for r in plain).casefold()))
    blocks: list[_Block] = []
    for row in rows:
        level = levels.get(row.size, 0) if len(row.text) < 200 and not row.filled else 0
        if blocks and _goes_on(blocks[-1], row, level, pitch[row.page], row.right or right):
            blocks[-1].rows.append(row)
        else:
            blocks.append(_Block(row, level))
            blocks[-1].hyphened, blocks[-1].known = hyphened, known
    return blocks


def _levels(rows: Sequence[Row], body: float) -> dict[float, int]:
    """Sizes of letters that are headings -> their level, the largest first."""
    large = sorted({r.size for r in rows if r.size > 1.14 * body}, reverse=True)
    merged: list[float] = []
    levels: dict[float, int] = {}
    for size in large:
        if not merged or size < 0.95 * merged[-1]:
            merged.append(size)
        levels[size] = min(len(merged), 4)
    return levels


def _pitch(rows: Sequence[Row]) -> float:
    """From one row to the next, usually, on a page."""
    steps = sorted(b.top - a.top for a, b in pairwise(rows) if b.top > a.top)
    return steps[len(steps) // 4] if steps else 0.0


def _goes_on(block: _Block, row: Row, level: int, pitch: float, right: float) -> bool:
    """Whether a row belongs to the paragraph above it."""
    last, first = block.rows[-1], block.rows[0]
    if row.table or row.block or last.table or last.block or last.filled or level != block.level:
        return False
    if _BULLET.match(row.text) or _BOX.match(row.text):
        return False
    prose = row.right is not None or len(last.text) > (20 if level else 40)
    full = prose and last.x1 + 0.3 * last.size + row.first_word > right - 0.03 * (right - first.x0)
    goes_on = not _ENDS.search(last.text)
    small = row.text[:1].islower()
    if row.page != last.page or row.top < last.top:
        return not level and full and goes_on and small
    before = [b.top - a.top for a, b in pairwise(block.rows)]
    usual = min(before) if before and min(before) > 0 else max(pitch, 1.25 * last.size)
    step = row.top - last.top
    if step > 1.25 * usual or step > 2.3 * max(last.size, 6.0):
        return False
    if (last.bold and not row.some_bold) or (row.bold and not last.some_bold):
        return False
    if level:
        return full or small
    hanging = row.x0 > first.x0 + 4
    if _LABEL.match(row.text) and not (full and goes_on and (hanging or len(block.rows) > 1)):
        return False
    return full or (goes_on and small)


def _second(data: bytes, left_out: Counter[str], joined: str) -> str:
    """The words of the file as PDFium sees them, without what was left out; words that a line's
    end parts are one where they are one in the joined text, which has its doubts there."""
    document = pypdfium2.PdfDocument(data)
    try:
        text = "\n".join(_page_text(page) for page in document)
    finally:
        document.close()
    known = set(re.findall(r"\w+", joined))
    text = re.sub(
        "(\\w+)(?:[\ufffe\x02]\\s*|-\\s*\n\\s*)(\\w+)",  # PDFium's hyphens at line ends, too
        lambda m: m[1] + m[2] if m[1] + m[2] in known else f"{m[1]}-{m[2]}",
        text,
    )
    for words, times in left_out.items():
        pattern = r"\s+".join(map(re.escape, words.split()))
        text = re.sub(rf"(?m)^[ \t]*{pattern}[ \t\r]*$", " ", text, count=times)
    return text


def _page_text(page: Any) -> str:
    found = page.get_textpage()
    text = str(found.get_text_range())
    found.close()
    page.close()
    return text
