"""The pieces of HTML that another site copies: a frame, a static version, an oEmbed answer."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from xml.sax.saxutils import escape as xml_escape

from motamot.quoting.citation import Citation, where

LIGHT = 9_500  # bytes, compressed, that an embedded page weighs at most
WIDTH = 600  # pixels, when nobody asks for less
_LINE, _LETTER = 27, 8.4  # pixels: height of a line of an answer, mean width of a letter
_AROUND = 150  # pixels: title, source line, margins
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TALLEST = 900  # beyond it, a frame scrolls until the script fits it

# For the page that holds the frame: fits each frame's height to what its page says it is.
SCRIPT = (
    "<script>addEventListener('message',function(e){if(e.data&&e.data.motamot)"
    "document.querySelectorAll('iframe').forEach(function(f){if(f.contentWindow===e.source)"
    "f.style.height=Math.min(+e.data.motamot||0,9999)+'px'})})</script>"
)


def height(texts: Sequence[str], width: int = WIDTH) -> int:
    """About how tall these texts, one a card, stand in a frame of that width, in pixels."""
    per_line = max(12, int((width - 60) / _LETTER))
    lines = sum(
        1 + len(line) // per_line for text in texts for line in text.split("\n") if line.strip()
    )
    gaps = sum(text.count("\n\n") for text in texts)
    return min(_TALLEST, _AROUND + lines * _LINE + gaps * 14 + 70 * max(0, len(texts) - 1))


def frame(source: str, title: str, tall: int, width: int | None = None) -> str:
    """An <iframe> as wide as its column, or `width` pixels; titled, and loaded when it is near."""
    return (
        f'<iframe src="{escape(source)}" title="{escape(title)}" loading="lazy" '
        f'width="{width or "100%"}" height="{tall}" '
        'style="border:0;max-width:100%"></iframe>'
    )


def static_answer(cited: Citation, html: str) -> str:
    """An answer with its safe HTML, for a site that strips frames: nothing but text."""
    language = f' lang="{escape(cited.language)}"' if cited.language else ""
    words = (
        html.strip().replace(' id="extrait"', "") or '<p lang="fr">(question laissée en blanc)</p>'
    )
    return (
        f'<blockquote cite="{escape(cited.url)}"{language}>\n{words}\n</blockquote>\n'
        f'<p>– {escape(cited.respondent)}, <a href="{escape(cited.url)}">question '
        f"{escape(cited.number)}</a>, <cite>{escape(cited.questionnaire)}</cite>. "
        f"{escape(where(cited))}.</p>"
    )


def static_silence(entry: Mapping[str, Any], url: str, said: str) -> str:
    """The same for a list that gave no answer, and what it did instead."""
    name, number = escape(entry["name"]), escape(entry["number"])
    return (
        f'<p>– {name}, <a href="{escape(url)}">question {number}</a>, '
        f"<cite>{escape(entry['questionnaire_title'])}</cite>\u00a0: {escape(said)}.</p>"
    )


def static_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    source: str,
    count: int | None,
) -> str:
    """Rows, already in words, as a table with a title and a source line.

    `count` is how many rows there are in all; when these are fewer, the source line says so.
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(value, quote=False)}</td>" for value in row) + "</tr>"
        for row in rows
    )
    partly = f" ({len(rows)} lignes sur {count})" if count and count > len(rows) else ""
    return (
        f"<table>\n<caption>{escape(title)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n"
        f'<p>Source\u00a0: <a href="{escape(source)}">Mot à mot</a>{partly}.</p>'
    )


def fewer(page: str, count: int, limit: int = LIGHT) -> int:
    """How many of its `count` rows to show instead, when a page is too heavy; `count` when not.

    One row is always shown whole: words are never cut to save bytes.
    """
    weight = len(gzip.compress(page.encode(), 6))
    if weight <= limit or count <= 1:
        return count
    return max(1, min(count - 1, int(count * limit / weight * 0.97)))


# --- XML ----------------------------------------------------------------------------------------


def well_formed(xml: str) -> str:
    """XML whose characters are all of XML 1.0 (https://www.w3.org/TR/xml/#charsets); U+FFFD stands
    for the others, which it can write in no way."""
    return _NO_XML.sub("\ufffd", xml)


def oembed_xml(answer: Mapping[str, Any]) -> str:
    """An oEmbed answer as the specification's XML."""
    fields = "".join(f"<{name}>{xml_escape(str(v))}</{name}>" for name, v in answer.items())
    head = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>'
    return well_formed(f"{head}\n<oembed>{fields}</oembed>")
