"""The safe HTML of a document's words, taken apart without changing it, and our own Markdown.

The HTML given to `blocks` and `deeper` was made safe by nh3 when the database was built
(motamot/text/markdown.py): its tags are balanced, so counting them finds its paragraphs.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

_TAG = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
_ADDRESS = re.compile(r"https?://[^\s<>]+[^\s<>().,;:!?]")
_VOID = {"br", "hr"}
_PARAGRAPH = re.compile(r"<p>(.*)</p>", re.DOTALL)


def blocks(html: str) -> list[Markup]:
    """The outermost elements of safe HTML, in order; joined, they are the HTML again."""
    found, depth, start = [], 0, 0
    for tag in _TAG.finditer(html):
        if tag[2] in _VOID:
            closes = depth == 0
        else:
            depth += -1 if tag[1] else 1
            closes = bool(tag[1]) and depth == 0
        if closes:
            found.append(Markup(html[start : tag.end()]))
            start = tag.end()
    if html[start:].strip():
        found.append(Markup(html[start:]))
    return found


def first_paragraph(html: str) -> tuple[Markup | None, Markup]:
    """(what stands in the first paragraph, the rest), to make a heading of a question.

    A question that does not begin with a paragraph has no first paragraph: (None, everything).
    """
    pieces = blocks(html)
    paragraph = _PARAGRAPH.fullmatch(pieces[0].strip()) if pieces else None
    if paragraph is None:
        return None, Markup(html)
    return Markup(paragraph[1]), Markup("").join(pieces[1:])


def readable(html: str) -> Markup:
    """Safe HTML of a document's words, its tables in regions that scroll by keyboard too."""
    region = '<div class="scroll" role="group" aria-label="Tableau" tabindex="0"><table>'
    return Markup(str(html).replace("<table>", region).replace("</table>", "</table></div>"))


def deeper(html: str, levels: int) -> Markup:
    """Safe HTML with its headings `levels` lower, to stand under a heading of ours."""
    return Markup(
        re.sub(r"<(/?)h([3-6])>", lambda tag: f"<{tag[1]}h{min(6, int(tag[2]) + levels)}>", html)
    )


def host(url: str) -> str:
    """https://www.example.org/a/b -> example.org"""
    return re.sub(r"^[a-z]+:(?://)?(?:www\.)?", "", url).split("/")[0] or url


def web_address(url: str) -> bool:
    return bool(re.match("https?://", url, re.IGNORECASE))


def worded(text: str) -> Markup:
    """Plain words with their addresses apart, so that a page may set these smaller."""
    return Markup(_ADDRESS.sub(r'<span class="url">\g<0></span>', str(escape(text))))


def markdown(text: str) -> Markup:
    """A text of the site's own, written in Markdown (templates/content/)."""
    return Markup(MarkdownIt("commonmark", {"html": False}).enable("table").render(str(text)))


FILTERS = {
    "blocks": blocks,
    "first_paragraph": first_paragraph,
    "deeper": deeper,
    "readable": readable,
    "host": host,
    "worded": worded,
    "markdown": markdown,
}
