"""How an answer, or words taken from it, is cited: one function per format, record in, string out.

Words are never changed. What a format cannot hold as it is (braces in BibTeX, stars in Markdown) is
escaped, so that the format's own readers give the words back; only BibTeX folds white space.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

NBSP = "\u00a0"
SHORT = 12  # hexadecimal digits of a fingerprint that a citation names


@dataclass(frozen=True)
class Citation:
    """What a citation names."""

    identifier: str  # of the answer
    words: str  # the answer, or a part of it; "" when it was left blank
    respondent: str  # name of the list
    number: str  # of the question, as written
    questionnaire: str  # its title
    language: str | None  # ISO 639 code of the words; None: not known
    date: str | None  # of the questionnaire, as it says; None: not known
    path: str  # of the document, below raw/
    line_start: int
    line_end: int
    sha256: str  # of the document, whole
    url: str  # where the words are read
    inferred: bool = False  # the name of the list is not given by the document, but found in it
    version: str = ""  # which one it was, in French, where a later one says something else


def where(cited: Citation) -> str:
    """« Document tds/liste.md, lignes 13 à 15, SHA-256 0123456789ab »: what the words come from.

    A name that was inferred is said to be so, wherever the words go.
    """
    lines = f"ligne {cited.line_start}"
    if cited.line_end != cited.line_start:
        lines = f"lignes {cited.line_start} à {cited.line_end}"
    inferred = ", nom de la liste inféré" if cited.inferred else ""
    version = f", {cited.version}" if cited.version else ""
    return f"Document {cited.path}, {lines}, SHA-256 {cited.sha256[:SHORT]}{version}{inferred}"


def _said(cited: Citation) -> str:
    return f"question {cited.number}" + ("" if cited.words else ", laissée en blanc")


def plain(cited: Citation) -> str:
    """French text: the words between « », then their source."""
    source = f"{cited.respondent}, {_said(cited)}, {cited.questionnaire}."
    quoted = f"«{NBSP}{cited.words}{NBSP}»\n– " if cited.words else ""
    return f"{quoted}{source} {where(cited)}. {cited.url}"


def link(cited: Citation) -> str:
    return cited.url


# --- Markdown -----------------------------------------------------------------------------------

_SPECIAL = re.compile(r"([\\`*_\[\]<&~|$])")
_OPENING = re.compile(r"^(#|>|\+|-|=|:)|^(\d{1,9})([.)])")


def markdown(cited: Citation) -> str:
    """A block quote of CommonMark, then the source with its link."""
    source = (
        f"{markdown_words(cited.respondent)}, [{markdown_words(_said(cited))}]({cited.url}), "
        f"{markdown_words(cited.questionnaire)}. {markdown_words(where(cited))}."
    )
    if not cited.words:
        return source
    quoted = markdown_words(cited.words).replace("\n", "\n> ").replace("\n> \n", "\n>\n")
    return f"> {quoted}\n\n– {source}"


def markdown_words(text: str) -> str:
    """Words that CommonMark reads as these words: its marks escaped, line ends kept as breaks."""
    paragraphs = (
        "  \n".join(_markdown_line(line) for line in lines) for lines in _paragraphs(text)
    )
    return "\n\n".join(paragraphs)


def _markdown_line(line: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", line)
    return _OPENING.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", escaped)


def _paragraphs(text: str) -> list[list[str]]:
    """Lines, without the white space around them, cut into paragraphs where one is empty."""
    found: list[list[str]] = [[]]
    for line in re.split(r"\r\n?|\n", text):
        if line.strip():
            found[-1].append(line.strip())
        elif found[-1]:
            found.append([])
    return [lines for lines in found if lines]


# --- HTML ---------------------------------------------------------------------------------------


def html(cited: Citation) -> str:
    """<blockquote cite>, then the source with its link."""
    source = (
        f'{escape(cited.respondent)}, <a href="{escape(cited.url)}">{escape(_said(cited))}</a>, '
        f"<cite>{escape(cited.questionnaire)}</cite>. {escape(where(cited))}."
    )
    if not cited.words:
        return f"<p>{source}</p>"
    language = f' lang="{escape(cited.language)}"' if cited.language else ""
    words = "\n".join(
        f"<p>{'<br>'.join(escape(line, quote=False) for line in lines)}</p>"
        for lines in _paragraphs(cited.words)
    )
    opening = f'<blockquote cite="{escape(cited.url)}"{language}>'
    return f"{opening}\n{words}\n</blockquote>\n<p>– {source}</p>"


# --- BibTeX -------------------------------------------------------------------------------------

# What BibTeX or TeX would read as something else. Braces are counted even after a backslash, so
# that `\{` alone would break the entry.
_TEX = {
    **{c: "\\" + c for c in "&%$#_"},
    **{"{": r"\ensuremath{\lbrace}", "}": r"\ensuremath{\rbrace}", "\\": r"{\textbackslash}"},
    **{"~": r"{\textasciitilde}", "^": r"{\textasciicircum}", "`": r"{\textasciigrave}"},
    **{c: rf"\ensuremath{{{c}}}" for c in "<>|"},
    **{"œ": r"{\oe}", "Œ": r"{\OE}", "æ": r"{\ae}", "Æ": r"{\AE}", "ß": r"{\ss}"},
    **{"\u00a0": "~"},
}
_ACCENTS = {
    **{"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"'},
    **{"\u030a": "r ", "\u0327": "c ", "\u030c": "v "},
}
_JOINED = re.compile(r"-(?=-)|'(?=')|,(?=,)")  # what TeX would join into another sign
_BABEL = {
    **{"fr": "french", "en": "english", "es": "spanish", "de": "german", "it": "italian"},
    **{"pt": "portuguese", "nl": "dutch", "ca": "catalan", "br": "breton", "eu": "basque"},
}


def bibtex(cited: Citation) -> str:
    """A @misc entry, in ASCII for French, for BibTeX and BibLaTeX alike."""
    fields = {
        "author": f"{{{tex(cited.respondent)}}}",  # the braces keep a list's name whole
        "title": tex(f"Réponse à la question {cited.number}"),
        "howpublished": tex(cited.questionnaire),
        "url": _verbatim(cited.url),
        "note": tex(where(cited)),
    }
    if cited.date and re.match(r"\d{4}", cited.date):
        fields["year"] = cited.date[:4]
    if cited.language in _BABEL:
        fields["language"] = _BABEL[cited.language]
    if cited.words:
        fields["abstract"] = tex(" ".join(cited.words.split()))
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{cited.identifier},\n{lines}\n}}"


def tex(text: str) -> str:
    """Words that TeX prints as these words; accents as commands, which every BibTeX sorts right."""
    apart = _JOINED.sub(lambda found: found[0] + "\0", text)
    return "".join(map(_tex_letter, apart)).replace("\0", "{}")


def _tex_letter(letter: str) -> str:
    if letter in _TEX:
        return _TEX[letter]
    base, mark = (*unicodedata.normalize("NFD", letter), "", "")[:2]
    if letter == base or mark not in _ACCENTS or not base.isascii():
        return letter
    dotless = {"i": r"\i", "j": r"\j"}.get(base, base) if mark not in "\u0327" else base
    return f"{{\\{_ACCENTS[mark]}{dotless}}}"


def _verbatim(url: str) -> str:
    return url.replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D")


# --- CSL-JSON -----------------------------------------------------------------------------------


def csl(cited: Citation) -> str:
    """A list of one item, as Zotero and citeproc read it."""
    return json.dumps([csl_item(cited)], ensure_ascii=False, indent=1)


def csl_item(cited: Citation) -> dict[str, object]:
    item: dict[str, object] = {
        "id": cited.identifier,
        "type": "webpage",
        "author": [{"literal": cited.respondent}],
        "title": f"Réponse à la question {cited.number}",
        "container-title": cited.questionnaire,
        "URL": cited.url,
        "note": where(cited),
    }
    if cited.date and (found := re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?$", cited.date)):
        item["issued"] = {"date-parts": [[int(part) for part in found.groups() if part]]}
    if cited.language:
        item["language"] = cited.language
    if cited.words:
        item["abstract"] = cited.words
    return item


# In the order in which they are offered: key, label, function.
FORMATS: tuple[tuple[str, str, Callable[[Citation], str]], ...] = (
    ("texte", "Texte", plain),
    ("lien", "Lien seul", link),
    ("markdown", "Markdown", markdown),
    ("html", "HTML", html),
    ("bibtex", "BibTeX", bibtex),
    ("csl", "CSL-JSON (Zotero)", csl),
)
