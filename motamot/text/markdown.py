"""The two renderings of a slice of Markdown: its plain reading, and safe HTML; and its links.

Words are never changed: no typographic replacement, no decoding of addresses. Images are shown as
links, since pages load nothing from other hosts.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    *("a", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h3", "h4", "h5", "h6"),
    *("hr", "i", "ins", "li", "ol", "p", "pre", "s", "strong", "sub", "sup", "table", "tbody"),
    *("td", "th", "thead", "tr", "u", "ul"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_TAG = re.compile(r"<(?:/?[a-zA-Z][^>]*|!--.*?--)>", re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", re.IGNORECASE)


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
        return "\n\n".join(block.text for block in self.blocks)


@lru_cache(maxsize=2)
def _parser(linkify: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "linkify": linkify})
    parser.enable(["table", "strikethrough", "linkify"]).disable("code")
    if parser.linkify is not None:
        # Only whole addresses: "étudiant.es" is no host name.
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    parser.normalizeLink = _as_written  # type: ignore[method-assign]
    parser.normalizeLinkText = _as_written  # type: ignore[method-assign,assignment]
    return parser


def _as_written(url: str) -> str:
    return url


def _tokens(markdown: str) -> list[Token]:
    return _parser("//" in markdown or "mailto:" in markdown.casefold()).parse(markdown)


def rendered(markdown: str, *, question: bool = False) -> Rendered:
    """Read a slice once, for all that is shown of it. A `question` is made of paragraphs, since the
    page gives it its place as a heading; headings of anything else rank below the page's own."""
    tokens = _tokens(markdown)
    blocks = tuple(block for block in _plain_blocks(tokens) if block.text.strip())
    found = tuple(_links(tokens))
    shown = tokens
    if question:
        shown = [t for t in tokens if not t.type.startswith("blockquote")]
        for token in shown:
            if token.type in ("heading_open", "heading_close"):
                token.tag = "p"
    else:
        ranks = {tag: f"h{min(6, 3 + at)}" for at, tag in enumerate(_heading_tags(tokens))}
        for token in shown:
            token.tag = ranks.get(token.tag, token.tag)
    html = _parser(True).renderer.render(_images_as_links(shown), _parser(True).options, {})
    return Rendered(blocks, _clean(str(html)), found)


def _heading_tags(tokens: Sequence[Token]) -> list[str]:
    return sorted({t.tag for t in tokens if t.type == "heading_open"})


def _clean(rendered: str) -> str:
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    ).strip()


def _images_as_links(tokens: list[Token]) -> list[Token]:
    for token in tokens:
        if token.type != "inline" or not token.children:
            continue
        children: list[Token] = []
        for child in token.children:
            if child.type == "image":
                link = Token("link_open", "a", 1, attrs={"href": child.attrGet("src") or ""})
                text = Token("text", "", 0, content=child.content or str(child.attrGet("src")))
                children += [link, text, Token("link_close", "a", -1)]
            else:
                children.append(child)
        token.children = children
    return tokens


@lru_cache(maxsize=512)
def plain(markdown: str) -> str:
    """The plain reading of a slice: its words without markup, blocks apart by an empty line."""
    blocks = _plain_blocks(_tokens(markdown))
    return "\n\n".join(block.text for block in blocks if block.text.strip())


def _plain_blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """The items of a tight list and the rows of a table are lines of one block."""
    mark = ""
    indent = 0
    pending: list[str] = []
    row: list[str] = []
    in_cell = False
    here = (0, 0)  # lines of the innermost token that says its lines
    began = 0  # the line where what is pending begins
    for token in tokens:
        here = (token.map[0], token.map[1]) if token.map else here
        if not pending and token.type != "inline":
            began = here[0]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            indent += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            indent -= 1
            if not indent and pending:
                yield Block("\n".join(pending), began, here[1])
                pending = []
        elif token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else f"{token.markup} "
            mark = "  " * (indent - 1) + mark
        elif token.type == "tr_open":
            row = []
        elif token.type in ("td_open", "th_open", "td_close", "th_close"):
            in_cell = token.nesting > 0
        elif token.type == "tr_close":
            pending.append(" | ".join(row))
        elif token.type == "table_close":
            yield Block("\n".join(pending), began, here[1])
            pending = []
        else:
            words = _plain_words(token)
            if words is None:
                continue
            if in_cell:
                row.append(words)
            elif indent:
                pending.append(mark + words)
                mark = "  " * indent
            else:
                yield Block(words, *here)


def _plain_words(token: Token) -> str | None:
    """The words of one leaf token; None for a token that only opens or closes something."""
    if token.type == "inline":
        return "".join(_plain_inline(token.children or [])).strip()
    if token.type in ("fence", "code_block"):
        return token.content.rstrip("\n")
    if token.type == "html_block":
        return _without_tags(token.content).strip()
    return None


def _plain_inline(children: Sequence[Token]) -> Iterator[str]:
    for child in children:
        if child.type in ("text", "code_inline", "image"):
            yield child.content
        elif child.type == "softbreak":
            yield " "
        elif child.type == "hardbreak":
            yield "\n"
        elif child.type == "html_inline":
            yield "\n" if _BREAK.fullmatch(child.content) else ""


def _without_tags(raw: str) -> str:
    return html_entities.unescape(_TAG.sub("", _BREAK.sub("\n", raw)))


def _links(tokens: Sequence[Token]) -> Iterator[Link]:
    """Autolinks, bare addresses, labelled links and images, in order."""
    for token in tokens:
        children = token.children or []
        for at, child in enumerate(children):
            if child.type == "image":
                yield Link(str(child.attrGet("src") or ""), child.content)
            elif child.type == "link_open":
                end = next(
                    (i for i in range(at, len(children)) if children[i].type == "link_close"), at
                )
                label = "".join(_plain_inline(children[at + 1 : end]))
                yield Link(str(child.attrGet("href") or ""), label)


def count_words(text: str) -> int:
    """Words of a plain text as an editor counts them: runs between spaces that hold a letter or a
    figure ("l'accès" is one, a lone ":" is none)."""
    return sum(word[0].isalnum() or any(map(str.isalnum, word)) for word in text.split())
