"""HTML in a text: the tags that format it, and what only looks like one.

"<<travail>>", "x<y et y>z", `<script>` and `<a href="javascript:...">` are no tags of formatting:
they are words, and shown as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.common import html_re
from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

CELLS = {"td", "th"}
BLOCKS = {  # they part the words around them
    *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "col", "dd"),
    *("colgroup", "details", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3"),
    *("h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section"),
    *("summary", "table", "tbody", "tfoot", "thead", "tr", "ul", *CELLS),
}
_STRUCK = {"s", "del", "strike"}
_WITHIN = {
    *("a", "abbr", "acronym", "b", "big", "cite", "code", "em", "font", "i", "img", "ins", "kbd"),
    *("mark", "nobr", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var"),
    *("wbr", *_STRUCK),
}
_ALONE = {"compact", "hidden", "noshade", "nowrap", "open", "reversed"}  # attributes without value
_TAG = re.compile(f"{html_re.open_tag}|{html_re.close_tag}")
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_ATTRIBUTE = re.compile(rf"\s+({html_re.attr_name})(?:\s*=\s*({html_re.attr_value}))?")
_LEADS = re.compile(  # an address on this site, or one that is safe elsewhere
    r"(?:https?|ftp|mailto|tel):|data:image/(?:gif|png|jpeg|webp);|[^:/?#]*(?:[/?#]|$)", re.I
)


def leads(url: str) -> bool:
    """Whether an address may be followed from a page."""
    return _LEADS.match(url) is not None


def name_of(tag: str) -> str:
    """The name of an HTML tag: "</TD >" -> "td"."""
    found = _NAME.match(tag)
    return found[1].lower() if found else ""


def taken_apart(raw: str) -> Iterator[Token]:
    """HTML -> `html_inline` for each tag of formatting, `text` and `softbreak` for what stands
    between, entities read."""
    at = 0
    known = [found.span() for found in _TAG.finditer(raw) if _formats(found[0])]
    for start, end in [*known, (len(raw), len(raw))]:
        for number, line in enumerate(raw[at:start].split("\n")):
            if number:
                yield Token("softbreak", "br", 0)
            if line:
                yield Token("text", "", 0, content=_decoded(line))
        if start < end:
            yield Token("html_inline", "", 0, content=raw[start:end])
        at = end


def _formats(tag: str) -> bool:
    name, attributes = name_of(tag), _attributes(tag)
    return (
        (name in BLOCKS or name in _WITHIN)
        and all(value is not None or key in _ALONE for key, value in attributes.items())
        and all(leads(attributes.get(key) or "") for key in ("href", "src"))
    )


def _attributes(tag: str) -> dict[str, str | None]:
    """The attributes of a tag, as a browser reads them; None where one has no value."""
    found: dict[str, str | None] = {}
    for attribute in _ATTRIBUTE.finditer(tag):
        value = attribute[2]
        if value and value[0] in "\"'":
            value = value[1:-1]
        found.setdefault(attribute[1].lower(), value if value is None else _decoded(value))
    return found


def _decoded(text: str) -> str:
    """A text with its entities read, and nothing else."""
    return unescapeAll(text.replace("\\", "\\\\"))


def meant(tag: Token) -> Token:
    """The token that Markdown would have had for a tag, where it has one: links, images, struck
    words."""
    name, opens = name_of(tag.content), not tag.content.startswith("</")
    attributes = _attributes(tag.content)
    if name in _STRUCK:
        if opens:
            return Token("s_open", "s", 1, markup="~~")
        return Token("s_close", "s", -1, markup="~~")
    if name == "a" and not opens:
        return Token("link_close", "a", -1)
    if name == "a" and (href := attributes.get("href")):
        return Token("link_open", "a", 1, attrs={"href": href})
    if name == "img" and opens:
        alt = [Token("text", "", 0, content=words)] if (words := attributes.get("alt")) else []
        return Token("image", "img", 0, attrs={"src": attributes.get("src") or ""}, children=alt)
    return tag
