"""The quotations of an article: what stands between quotation marks in its text or its HTML.

paragraphs(pasted) -> its paragraphs, as plain text
quotations(paragraph) -> where its quotations stand
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from motamot.quoting.words import Span, count, tokens

LONGEST = 200_000  # characters of an article
MOST = 200  # quotations of an article that are checked
FEWEST = 5  # words of a passage between quotation marks that is a quotation

DEEPEST = 9  # quotation marks within quotation marks; more are signs like others

_IS_HTML = re.compile(r"</[a-z][a-z0-9]*>|<(?:p|br|div|blockquote|html)\b[^>]*>", re.IGNORECASE)
_EMPTY_LINE = re.compile(r"\s*\n\s*\n\s*")
_CLOSING = {"«": "»", "<<": ">>", "“": "”", "„": "“”"}
_MARK = re.compile(r"[«»“”„]|<<|>>|(?<!\w)\"(?=\S)|(?<=\S)\"(?!\w)")
_SILENT = {"script", "style", "template", "title", "textarea", "noscript"}
_INLINE = {
    *("a", "abbr", "b", "cite", "code", "del", "em", "font", "i", "img", "ins", "mark", "q", "s"),
    *("small", "span", "strong", "sub", "sup", "time", "u", "wbr"),
}


def paragraphs(pasted: str) -> list[str]:
    """The paragraphs of a text, or of the text that HTML shows; each quotation that HTML marks by
    an element is between quotation marks."""
    if not _IS_HTML.search(pasted):
        return [each for each in _EMPTY_LINE.split(pasted.strip()) if each]
    page = _Page()
    page.feed(pasted)
    page.close()
    page.end_paragraph()
    return page.paragraphs


def quotations(paragraph: str) -> Iterator[Span]:
    """The words between the outermost quotation marks, when they are FEWEST or more; what is not
    closed goes to the end of the paragraph."""
    opened: list[tuple[str, int]] = []
    found: list[Span] = []
    for at in _MARK.finditer(paragraph):
        mark = at[0]
        closed = [n for n, (opening, _) in enumerate(opened) if mark in _closing(opening)]
        if closed:
            if closed[-1] == 0:
                found.append((opened[0][1], at.start()))
            del opened[closed[-1] :]
        elif len(opened) < DEEPEST and (mark in _CLOSING or (mark == '"' and not opened)):
            opened.append((mark, at.end()))
    if opened:
        found.append((opened[0][1], len(paragraph)))
    for start, end in found:
        words = paragraph[start:end]
        if count(tokens(words)) >= FEWEST:
            yield start + len(words) - len(words.lstrip()), start + len(words.rstrip())


def _closing(mark: str) -> str:
    return _CLOSING.get(mark, mark)


class _Page(HTMLParser):
    """The text of a page, paragraph by paragraph."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self._words = ""
        self._silent = self._quoted = 0  # elements of each sort that are open

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in _SILENT
        if tag not in _INLINE:
            self._break(tag)
        self._quoted += tag == "blockquote"
        self._words += "«\u00a0" if tag == "q" else ""

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._words += "\u00a0»" if tag == "q" else ""
        if tag not in _INLINE:
            self._break(tag)
        self._quoted = max(0, self._quoted - (tag == "blockquote"))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._words += re.sub(r"[ \t\r\n\f]+", " ", data)

    def _break(self, tag: str) -> None:
        if tag == "br":
            self._words += "\n"
        else:
            self.end_paragraph()

    def end_paragraph(self) -> None:
        words = self._words.strip()
        if self._quoted and words and not _MARK.match(words):
            words = f"«\u00a0{words}\u00a0»"
        self.paragraphs += [words] if words else []
        self._words = ""
