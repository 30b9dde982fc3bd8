"""The two renderings of a text: its plain reading, and safe HTML; and its links.

Words are never changed: no typographic replacement, no decoding of addresses. Both renderings come
from the same tokens; where a browser would show other words than the plain reading has, the HTML
shows that reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from motamot.text.tags import BLOCKS, CELLS, name_of
from motamot.text.tokens import tokens_of

_INLINE = {"a", "b", "code", "em", "i", "ins", "s", "strong", "sub", "sup", "u"}
_TAGS = _INLINE | {
    *("blockquote", "br", "caption", "dd", "div", "dl", "dt", "h3", "h4", "h5", "h6", "hr", "li"),
    *("ol", "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_ATTRIBUTES = {"a": {"href"}, "li": {"value"}}
_SCHEMES = {"http", "https", "ftp", "mailto", "tel"}
_TAG = re.compile(r'<(?:li value="(\d+)"|/?(\w+)[^>]*)>')
_WORD = re.compile(r"[^\W_]+")
_ENTITY = re.compile(r"&#?\w+;")

# What parts words, while a reading is put together: no document holds half of a surrogate pair.
_CELL, _ROW, _BREAK = "\ud800", "\ud801", "\ud802"
_GAP = re.compile(r"([\ud800-\ud802][\s\ud800-\ud802]*)")
_OPTIONS = MarkdownIt("commonmark").options


@dataclass(frozen=True)
class Link:
    """A link as it stands in a text: where it leads, and the words that carry it."""

    url: str
    label: str


@dataclass(frozen=True)
class Block:
    """A paragraph of the plain reading, and the lines of the slice that it reads: from 0, end
    excluded."""

    text: str
    first: int
    end: int


@dataclass(frozen=True)
class Rendered:
    """What is shown of a slice: its plain reading, paragraph by paragraph, safe HTML, its links."""

    blocks: tuple[Block, ...]
    html: str
    links: tuple[Link, ...]

    @property
    def text(self) -> str:
        """The plain reading, blocks apart by an empty line."""
        return _joined(self.blocks)


def rendered(text: str, *, markdown: bool = True, question: bool = False) -> Rendered:
    """Read a slice once, for all that is shown of it; what is not `markdown` is plain text. A
    `question` is made of paragraphs, since the page gives it its place as a heading; headings of
    anything else rank below the page's own."""
    tokens, blocks = _read(text, markdown)
    links = tuple(_links(tokens))
    shown = [t for t in tokens if not (question and t.type.startswith("blockquote"))]
    ranks = {tag: f"h{min(6, 3 + at)}" for at, tag in enumerate(_heading_tags(tokens))}
    for token in shown:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p" if question else ranks[token.tag]
    html = _clean(_HTML.render(shown, _OPTIONS, {}))
    if _words(html) != _WORD.findall(_joined(blocks)):
        html = "\n".join(f"<p>{_lines(block.text)}</p>" for block in blocks)
    return Rendered(blocks, html, links)


@lru_cache(maxsize=512)
def plain(text: str, *, markdown: bool = True) -> str:
    """The plain reading of a slice: its words without markup, blocks apart by an empty line."""
    return _joined(_read(text, markdown)[1])


def one_line(text: str, *, markdown: bool = True) -> str:
    """The plain reading of a slice on one line."""
    return " ".join(plain(text, markdown=markdown).split())


def _read(text: str, markdown: bool) -> tuple[list[Token], tuple[Block, ...]]:
    """Tokens and their plain reading. Tags with nothing in them are shown as they are written."""
    tokens = tokens_of(text, markdown=markdown)
    blocks = tuple(_blocks(tokens))
    if markdown and not _WORD.search(_joined(blocks)) and _WORD.search(_ENTITY.sub("", text)):
        return _read(text, markdown=False)
    return tokens, blocks


def _joined(blocks: Iterable[Block]) -> str:
    return "\n\n".join(block.text for block in blocks)


def _heading_tags(tokens: Sequence[Token]) -> list[str]:
    return sorted({t.tag for t in tokens if t.type == "heading_open"})


# --- HTML -----------------------------------------------------------------------------------------


class _Html(RendererHTML):
    """Elements without attributes, but for where links lead and for the numbers of a list."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return _lines(tokens[idx].content)

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        href = escapeHtml(str(tokens[idx].attrGet("href") or ""))
        return f'<a href="{href.replace("&lt;", "%3C").replace("&gt;", "%3E")}">'

    def list_item_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any
    ) -> str:
        number = tokens[idx].info
        return f'<li value="{number}">' if number else "<li>"

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        tag = tokens[idx].content
        name, closes = name_of(tag), "/" if tag.startswith("</") else ""
        if name in BLOCKS and name not in _TAGS:
            name = "h3" if name in ("h1", "h2") else "div"
        return f"<{closes}{name}>"

    def s_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f"<s>{tokens[idx].markup}"

    def s_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f"{tokens[idx].markup}</s>"


_HTML = _Html()


def _lines(text: str) -> str:
    return escapeHtml(text).replace("\n", "<br>\n")


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener",
    ).strip()


def _words(html: str) -> list[str]:
    """The words that a browser shows of safe HTML, with the numbers of its lists."""
    text = _TAG.sub(lambda tag: tag[1] or "" if tag[2] in _INLINE else f" {tag[1] or ''} ", html)
    return _WORD.findall(unescape(text))


# --- plain reading --------------------------------------------------------------------------------


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """The blocks of the plain reading that have words. The items of a list and the rows of a table
    are lines of one block."""
    lines: list[str] = []  # of the list or table that is being read
    cells: list[str] | None = None
    mark, depth = "", 0
    here = (0, 0)  # lines of the innermost token that says its lines
    began = 0  # the line where the list or table begins
    for token in tokens:
        here = (token.map[0], token.map[1]) if token.map else here
        began = began if lines or token.type == "inline" else here[0]
        if token.type.endswith("_list_open"):
            depth += 1
        elif token.type == "list_item_open":
            mark = f"{mark or '  ' * (depth - 1)}{token.info}{token.markup} "
        elif token.type == "list_item_close" and mark:
            lines.append(mark.rstrip())
            mark = ""
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            lines.append(mark + " | ".join(cells or ()))
            mark, cells = "", None
        elif words := _words_of(token):
            if cells is not None:
                cells.append(words)
            elif depth:
                lines.append((mark or "  " * depth) + words)
                mark = ""
            else:
                yield Block(words, *here)
        elif token.type == "inline" and cells is not None:
            cells.append("")
        depth -= token.type.endswith("_list_close")
        if not depth and lines and token.type.endswith(("_list_close", "table_close")):
            yield Block("\n".join(lines), began, here[1])
            lines = []


def _words_of(token: Token) -> str:
    if token.type == "inline":
        return _reading(token.children or ())
    return token.content.strip("\n") if token.type == "fence" else ""


def _reading(children: Iterable[Token]) -> str:
    """The words of some tokens; those that tags part stand apart."""
    words, *rest = _GAP.split("".join(map(_piece, children)))
    made = [words.rstrip()]
    for run, words in zip(rest[::2], rest[1::2], strict=True):
        made += [_gap(run, first=not any(made)), words.rstrip()]
    return "".join(made).strip()


def _piece(token: Token) -> str:
    if token.type == "html_inline":
        name, opens = name_of(token.content), not token.content.startswith("</")
        if opens and (name in CELLS or name == "tr"):
            return _CELL if name in CELLS else _ROW
        return _BREAK if name in BLOCKS else ""
    if token.type in ("softbreak", "hardbreak"):
        return " " if token.type == "softbreak" else "\n"
    return token.markup if token.tag == "s" else token.content


def _gap(run: str, *, first: bool) -> str:
    """What stands between two words that tags part."""
    above, row, cells = run.rpartition(_ROW)
    if not row and _CELL not in cells:
        return "\n"
    walls = " | " * (cells.count(_CELL) - bool(row or first))
    return f"{' | ' * above.count(_CELL)}\n{walls}" if row else walls


def _links(tokens: Sequence[Token]) -> Iterator[Link]:
    """Autolinks, bare addresses, labelled links and images, in order."""
    for token in tokens:
        children = token.children or []
        for at, child in enumerate(children):
            if child.type == "link_open":
                closes = (i for i in range(at, len(children)) if children[i].type == "link_close")
                label = _reading(children[at + 1 : next(closes, at)])
                yield Link(str(child.attrGet("href") or ""), label)


def count_words(text: str) -> int:
    """Words of a plain text as an editor counts them: runs between spaces that hold a letter or a
    figure ("l'accès" is one, a lone ":" is none)."""
    return sum(word[0].isalnum() or any(map(str.isalnum, word)) for word in text.split())
