"""Word (.docx) -> Markdown: every word and automatic number, from the package's own XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from motamot.receiving.converted import Converted, Refused
from motamot.receiving.drawing import COMMENT, FIELD, PICTURE, Drawing, Paragraph
from motamot.receiving.marks import Piece, escaped
from motamot.receiving.package import Package, authors, whole
from motamot.receiving.word_numbers import SIGNS, Numbers, W, val
from motamot.text.problems import cut

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NOTES = ("footnotes", "endnotes")
_TRACKED = [f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo")]
_OFF = ("0", "false", "off", "none")


def convert(data: bytes) -> Converted:
    """Raises Refused for a damaged file, or one with tracked changes that nobody settled."""
    package = Package(data)
    body = package.needed(_main(package)).find(f"{W}body")
    if body is None:
        raise Refused("the document has no body", "Save it anew in Word or LibreOffice.")
    notes = {name: package.tree(f"word/{name}.xml") for name in _NOTES}
    parts = [body, *(part for part in notes.values() if part is not None)]
    _refuse_changes(parts)
    reading = _Reading(package, notes, _hints(parts))
    reading.blocks(body)
    for sentence in (*_left_out(package), *authors(package.tree("docProps/core.xml"))):
        reading.draft.doubts.append((1, sentence))
    return reading.draft.made("\n".join(map(_seen, parts)), " ".join(reading.added))


def _main(package: Package) -> str:
    """The name of the part that is the document."""
    links = package.tree("_rels/.rels")
    for link in links if links is not None else ():
        if (link.get("Type") or "").endswith("/officeDocument"):
            return (link.get("Target") or "").removeprefix("/")
    return "word/document.xml"


def _refuse_changes(parts: Iterable[Element]) -> None:
    count = sum(1 for part in parts for each in part.iter() if each.tag in _TRACKED)
    if count:
        raise Refused(
            f"the document has {count} tracked change{'s' * (count != 1)} that nobody settled",
            "Ask who sent it which words stand; or accept or reject them in Word, under Review.",
        )


def _hints(parts: Iterable[Element]) -> frozenset[Element]:
    """The runs that tell what to write in a field which nobody filled."""
    fields = (field for part in parts for field in part.iter(f"{W}sdt"))
    open_ = (each for each in fields if _switch(each.find(f"{W}sdtPr"), "showingPlcHdr"))
    return frozenset(run for each in open_ for run in each.iter(f"{W}r"))


def _left_out(package: Package) -> Iterator[str]:
    """What no reading of the body sees."""
    for name in sorted(package.names):
        if not re.fullmatch(r"word/(header|footer|comments)\d*\.xml", name):
            continue
        part = package.tree(name)
        said = " ".join(_seen(part).split()) if part is not None else ""
        if re.search(r"[^\W\d_]", re.sub(r"(?i)\bpages?\b|\b(sur|of|de)\b", "", said)):
            kind = re.sub(r"\d*\.xml", "", name.removeprefix("word/"))
            yield f"left out of the text: {kind} “{cut(said)}”"


def _seen(part: Element) -> str:
    """The second reading: every text node, whatever it stands in."""
    doubled = {id(t) for f in part.iter(f"{_MC}Fallback") for t in f.iter()}
    parting = (f"{W}p", f"{W}br", f"{W}tab", f"{W}cr")
    said = []
    for each in part.iter():
        if id(each) in doubled:
            continue
        if each.tag in parting:
            said.append(" ")
        elif each.tag == f"{W}noBreakHyphen":
            said.append("\u2011")
        elif each.tag in (f"{W}t", f"{_M}t"):
            said.append(each.text or "")
    return "".join(said)


class _Styles:
    """Properties that paragraphs and characters take from their styles."""

    def __init__(self, root: Element | None) -> None:
        found = root.iter(f"{W}style") if root is not None else ()
        self._styles = {each.get(f"{W}styleId") or "": each for each in found}
        self.default = next(
            (
                name
                for name, each in self._styles.items()
                if each.get(f"{W}type") == "paragraph" and each.get(f"{W}default") in ("1", "true")
            ),
            "",
        )

    def chain(self, style: str | None) -> Iterator[Element]:
        """A style, and those that it is based on."""
        seen: set[str] = set()
        while style and style not in seen and style in self._styles:
            seen.add(style)
            yield self._styles[style]
            style = val(self._styles[style], "w:basedOn")

    def value(self, style: str | None, path: str) -> str | None:
        """The nearest value of a property along a chain of styles."""
        found = (val(each, path) for each in self.chain(style))
        return next((value for value in found if value is not None), None)

    def on(self, style: str | None, name: str) -> bool | None:
        """Whether a switch of the characters is on in a style; None where it says nothing."""
        states = (_switch(each.find(f"{W}rPr"), name) for each in self.chain(style))
        return next((state for state in states if state is not None), None)

    def heading(self, style: str | None) -> int:
        """The level of a heading's style, from 1; 0 for any other."""
        for each in self.chain(style):
            name = (val(each, "w:name") or "").lower()
            if name == "title":
                return 1
            if found := re.fullmatch(r"(?:heading|titre) ([1-9])", name):
                return min(int(found[1]), 6)
        return 0


def _switch(properties: Element | None, name: str) -> bool | None:
    found = properties.find(f"{W}{name}") if properties is not None else None
    return None if found is None else found.get(f"{W}val", "1") not in _OFF


@dataclass
class _Paragraph(Paragraph):
    style: str = ""
    url: str = ""
    fields: list[bool] = field(default_factory=list)  # of each open field: whether in its result


class _Reading(Drawing):
    """Walks through a document once."""

    def __init__(
        self, package: Package, notes: dict[str, Element | None], hints: frozenset[Element]
    ) -> None:
        super().__init__()
        self._hints = hints
        self._styles = _Styles(package.tree("word/styles.xml"))
        self._numbers = Numbers(
            package.tree("word/numbering.xml"),
            lambda style: self._styles.value(style, "w:pPr/w:numPr/w:numId"),
        )
        links = package.tree("word/_rels/document.xml.rels")
        self._links = {e.get("Id"): e for e in links} if links is not None else {}
        self._notes = {
            (name, each.get(f"{W}id")): each
            for name, part in notes.items()
            for each in (part if part is not None else ())
        }

    # --- blocks ---

    def blocks(self, parent: Element) -> None:
        """Draw the paragraphs and tables of a body, a cell, a box or a note."""
        for each in parent:
            if each.tag == f"{W}p":
                self._paragraph(each)
            elif each.tag == f"{W}tbl":
                self.table([list(_cells(row)) for row in _within(each, "tr")])
            elif each.tag == f"{W}altChunk":
                self.draft.doubt("a document is embedded here, and was not read")
            elif each.tag == f"{_MC}AlternateContent":
                self.blocks(_choice(each))
            elif not each.tag.endswith("Pr"):
                self.blocks(each)

    def _paragraph(self, p: Element) -> None:
        properties = p.find(f"{W}pPr")
        style = val(properties, "w:pStyle") or self._styles.default
        here = _Paragraph(style=style)
        self._inline(p, here)
        label = self._label(properties, style)
        self.paragraph(here, label, self._heading(properties, style))

    def _heading(self, properties: Element | None, style: str) -> int:
        outline = val(properties, "w:outlineLvl") or self._styles.value(style, "w:pPr/w:outlineLvl")
        level = self._styles.heading(style)
        if not level and 0 <= whole(outline, 9) < 9:
            level = min(whole(outline, 9) + 1, 6)
        return level

    def _label(self, properties: Element | None, style: str) -> str:
        """The automatic number before a paragraph, as Markdown; "" where it has none."""
        num = val(properties, "w:numPr/w:numId")
        at = val(properties, "w:numPr/w:ilvl")
        if num is None:
            num = self._styles.value(style, "w:pPr/w:numPr/w:numId")
            at = at or self._styles.value(style, "w:pPr/w:numPr/w:ilvl")
            if num and at is None:
                holder = next(
                    (
                        each.get(f"{W}styleId") or ""
                        for each in self._styles.chain(style)
                        if val(each, "w:pPr/w:numPr/w:numId")
                    ),
                    style,
                )
                own = self._numbers.level_of(num, style)
                at = str(own or self._numbers.level_of(num, holder))
        if not num or num == "0":
            return ""
        said, bullet = self._numbers.label(num, whole(at, 0))
        if bullet:
            return "-"
        self.added.append(said)
        return escaped(said) if said else ""

    # --- words ---

    def _inline(self, parent: Element, here: _Paragraph) -> None:
        for each in parent:
            name = each.tag.removeprefix(W)
            if name == "r":
                self._run(each, here)
            elif name == "hyperlink":
                here.url = self._url(each)
                self._inline(each, here)
                here.url = ""
            elif each.tag == f"{_MC}AlternateContent":
                self._inline(_choice(each), here)
            elif each.tag in (f"{_M}oMath", f"{_M}oMathPara"):
                said = "".join(t.text or "" for t in each.iter(f"{_M}t"))
                here.pieces.append(Piece(said))
                here.doubts.append("an equation stands here: compare it with the original")
            elif name == "ruby":
                self._inline(next(each.iter(f"{W}rubyBase"), each), here)
            elif not name.endswith("Pr"):
                self._inline(each, here)

    def _url(self, link: Element) -> str:
        found = self._links.get(link.get(f"{_R}id"))
        url = found.get("Target") or "" if found is not None else ""
        return url if re.match(r"https?://|mailto:", url) else ""

    def _run(self, run: Element, here: _Paragraph) -> None:
        properties = run.find(f"{W}rPr")

        def on(name: str) -> bool:
            own = _switch(properties, name)
            styles = (val(properties, "w:rStyle"), here.style)
            found = (own, *(self._styles.on(style, name) for style in styles))
            return next((state for state in found if state is not None), False)

        gone = FIELD if run in self._hints else ""
        gone = gone or ("hidden" if on("vanish") else "")
        gone = gone or ("struck through" if on("strike") or on("dstrike") else "")
        bold = on("b")
        for each in run:
            text = self._sign(each, here)
            if each.tag == f"{W}t":
                text = self._drawn_as(text, properties, here)
            if text and here.fields and not all(here.fields):
                continue
            if gone and text:
                here.leave_out(gone, text)
            elif text:
                here.pieces.append(Piece(text, bold, here.url))

    def _drawn_as(self, text: str, properties: Element | None, here: _Paragraph) -> str:
        """Characters of a font of signs, as what they show."""
        font = val(properties, "w:rFonts", "ascii") or ""
        signs = font.startswith(("Wingdings", "Webdings"))
        shown = ""
        for sign in text:
            own = "\uf000" <= sign <= "\uf0ff" or (signs and sign.strip() and sign < "\u0100")
            drawn = SIGNS.get(ord(sign) & 0xFF) if own else sign
            if drawn is None:
                here.doubts.append(f"a sign of the font {font} that has no character: {sign!a}")
            shown += drawn or "\ufffd"
        return shown

    def _sign(self, each: Element, here: _Paragraph) -> str:
        """The characters that one element of a run shows."""
        name = each.tag.removeprefix(W)
        if name in _FIXED:
            return _FIXED[name]
        if name == "t":
            return each.text or ""
        if name == "fldChar":
            return self._field(each, here)
        if name == "sym":
            return self._symbol(each, here)
        if name in ("footnoteReference", "endnoteReference"):
            kind = name.removesuffix("Reference")
            note = self._notes.get((f"{kind}s", each.get(f"{W}id")))
            if note is None:
                return ""
            sign = self.note()
            here.below.append((sign, note))
            return f" {sign}"
        if name == "commentReference":
            here.doubts.append(COMMENT)
        elif name in ("drawing", "pict", "object") or each.tag == f"{_MC}AlternateContent":
            self._drawn(_choice(each) if name not in ("drawing", "pict", "object") else each, here)
        return ""

    def _drawn(self, each: Element, here: _Paragraph) -> None:
        boxes = list(_boxes(each))
        here.below += [("", box) for box in boxes]
        if any(e.tag.endswith(_PICTURES) for e in each.iter()):
            here.doubts.append(PICTURE)

    def _field(self, each: Element, here: _Paragraph) -> str:
        kind = each.get(f"{W}fldCharType")
        if kind == "separate" and here.fields:
            here.fields[-1] = True
        elif kind == "end" and here.fields:
            here.fields.pop()
        elif kind == "begin":
            said = self._form(each)
            if said:
                here.pieces.append(Piece(said))
                self.added.append(said)
            here.fields.append(False)
        return ""

    def _form(self, begin: Element) -> str:
        """What a form's box or list says, which stands in no text."""
        box = begin.find(f"{W}ffData/{W}checkBox")
        if box is not None:
            state = _switch(box, "checked")
            return "☒" if (_switch(box, "default") if state is None else state) else "☐"
        choice = begin.find(f"{W}ffData/{W}ddList")
        if choice is not None:
            entries = [e.get(f"{W}val") or "" for e in choice.iter(f"{W}listEntry")]
            chosen = whole(val(choice, "w:result") or val(choice, "w:default"), 0)
            return entries[chosen] if 0 <= chosen < len(entries) else ""
        return ""

    def _symbol(self, each: Element, here: _Paragraph) -> str:
        code, font = each.get(f"{W}char") or "", each.get(f"{W}font") or ""
        number = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code) else 0
        if number and not 0xF000 <= number <= 0xF0FF:
            return chr(number)
        if sign := SIGNS.get(number & 0xFF):
            return sign
        here.doubts.append(f"a sign of the font {font} that has no character: {code}")
        return "\ufffd"


_PICTURES = ("}pic", "}imagedata", "}OLEObject", "}chart", "}relIds")
_FIXED = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": ""}


def _choice(alternate: Element) -> Element:
    """Of one thing drawn in several ways, the first."""
    found = alternate.find(f"{_MC}Choice")
    found = found if found is not None else alternate.find(f"{_MC}Fallback")
    return found if found is not None else Element("none")


def _boxes(each: Element) -> Iterator[Element]:
    """The outermost boxes of text in a drawing."""
    for child in each:
        if child.tag == f"{W}txbxContent":
            yield child
        elif child.tag == f"{_MC}AlternateContent":
            yield from _boxes(_choice(child))
        else:
            yield from _boxes(child)


def _within(parent: Element, name: str) -> Iterator[Element]:
    """The rows of a table or cells of a row, through what may be wrapped around them."""
    for each in parent:
        if each.tag == f"{W}{name}":
            yield each
        elif each.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}customXml"):
            yield from _within(each, name)


def _cells(row: Element) -> Iterator[tuple[Element, int]]:
    """The cells of a row, and how many columns each takes."""
    for cell in _within(row, "tc"):
        yield cell, min(whole(val(cell, "w:tcPr/w:gridSpan"), 1), 60)
