"""Small files of the formats that replies come in, made of invented words."""

from __future__ import annotations

import zipfile
from io import BytesIO

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MORE = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF = " ".join(
    f'xmlns:{short}="{_NS}{name}:1.0"'
    for short, name in (
        *(("text", "text"), ("office", "office"), ("style", "style"), ("table", "table")),
        *(("draw", "drawing"), ("form", "form"), ("fo", "xsl-fo-compatible")),
    )
)


def zipped(**parts: str) -> bytes:
    """A package; a part's name has "__" for "/"."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/"), text)
    return made.getvalue()


def p(text: str, properties: str = "", look: str = "") -> str:
    """A paragraph of one run; its properties and its run's as XML."""
    run = f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{run if text else ''}</w:p>"


def numbered(text: str, num: int, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')


def docx(body: str, *, numbering: str = "", styles: str = "", **parts: str) -> bytes:
    named = {
        "word/document.xml": f"<w:document {W} {_MORE}><w:body>{body}</w:body></w:document>",
        "word/numbering.xml": f"<w:numbering {W}>{numbering}</w:numbering>",
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
    }
    for name, inside in parts.items():
        root = {"footnotes": "footnotes", "comments": "comments"}.get(name, name[:3] + "r")
        root = {"hea": "hdr", "foo": "ftr"}.get(name[:3], root) if name[-1].isdigit() else root
        named[f"word/{name}.xml"] = f"<w:{root} {W}>{inside}</w:{root}>"
    return zipped(**{name.replace("/", "__"): text for name, text in named.items()})


def levels(*formats: tuple[str, str], own: int = 1) -> str:
    """An abstract list and its number, of (format, text) for each level."""
    made = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(formats)
    )
    return (
        f'<w:abstractNum w:abstractNumId="{own}">{made}</w:abstractNum>'
        f'<w:num w:numId="{own}"><w:abstractNumId w:val="{own}"/></w:num>'
    )


def odt(body: str, automatic: str = "", styles: str = "", **parts: str) -> bytes:
    content = (
        f"<office:document-content {_ODF}><office:automatic-styles>{automatic}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    return zipped(
        mimetype="application/vnd.oasis.opendocument.text",
        **{"content.xml": content},
        **{"styles.xml": f"<office:document-styles {_ODF}>{styles}</office:document-styles>"},
        **parts,
    )


def eml(body: str, *heads: str, charset: str = "utf-8") -> bytes:
    head = ["From: A <a@exemple.invalid>", "Subject: R", *heads, "", ""]
    return "\r\n".join(head).encode() + body.replace("\n", "\r\n").encode(charset)
