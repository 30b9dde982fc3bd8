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


@lru_cache(maxsize=2)
def _parser(linkify: bool = True) -> MarkdownIt:
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


def html(markdown: str) -> str:
    """Safe HTML of a slice. Its headings are ranked below the page's own (h3 and deeper)."""
    tokens = _tokens(markdown)
    ranks = {tag: f"h{min(6, 3 + at)}" for at, tag in enumerate(_heading_tags(tokens))}
    for token in tokens:
        token.tag = ranks.get(token.tag, token.tag)
    rendered = _parser().renderer.render(_images_as_links(tokens), _parser().options, {})
    return _clean(str(rendered))


def question_html(wording: str) -> str:
    """Safe HTML of a question: paragraphs, since the page gives it its place as a heading."""
    tokens = [t for t in _tokens(wording) if not t.type.startswith("blockquote")]
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"
    rendered = _parser().renderer.render(_images_as_links(tokens), _parser().options, {})
    return _clean(str(rendered))


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
    return "\n\n".join(block for block in _plain_blocks(_tokens(markdown)) if block.strip())


def _plain_blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """One string per block; the items of a tight list and the rows of a table are lines of one."""
    mark = ""
    indent = 0
    pending: list[str] = []
    row: list[str] = []
    in_cell = False
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            indent += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            indent -= 1
            if not indent and pending:
                yield "\n".join(pending)
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
            yield "\n".join(pending)
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
                yield words


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


def links(markdown: str) -> list[Link]:
    """The links of a slice, in order: autolinks, bare addresses, labelled links, images."""
    if not any(sign in markdown for sign in (":", "//", "](", "<")):
        return []
    found: list[Link] = []
    for token in _tokens(markdown):
        children = token.children or []
        for at, child in enumerate(children):
            if child.type == "image":
                found.append(Link(str(child.attrGet("src") or ""), child.content))
            elif child.type == "link_open":
                end = next(
                    (i for i in range(at, len(children)) if children[i].type == "link_close"), at
                )
                label = "".join(_plain_inline(children[at + 1 : end]))
                found.append(Link(str(child.attrGet("href") or ""), label))
    return found


def count_words(text: str) -> int:
    """Words of a plain text as an editor counts them: runs between spaces that hold a letter or a
    figure ("l'accès" is one, a lone ":" is none)."""
    return sum(any(c.isalnum() for c in word) for word in text.split())
