"""OpenDocument (.odt) -> Markdown: every word and automatic number, from the package's own XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from motamot.receiving.converted import CLOSED, Converted, Refused
from motamot.receiving.drawing import COMMENT, FIELD, PICTURE, Drawing, Paragraph
from motamot.receiving.marks import Piece, escaped
from motamot.receiving.package import Package, alphabetic, authors, roman, whole
from motamot.text.problems import cut

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_T, _O, _S = f"{{{_NS}text:1.0}}", f"{{{_NS}office:1.0}}", f"{{{_NS}style:1.0}}"
_TABLE, _DRAW, _FORM = f"{{{_NS}table:1.0}}", f"{{{_NS}drawing:1.0}}", f"{{{_NS}form:1.0}}"
_FO = f"{{{_NS}xsl-fo-compatible:1.0}}"
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_FORMATS: dict[str, Callable[[int], str]] = {
    "a": alphabetic,
    "A": lambda n: alphabetic(n, True),
    "i": roman,
    "I": lambda n: roman(n, True),
    "": lambda n: "",
}


def convert(data: bytes) -> Converted:
    """Raises Refused for a damaged or closed file, or one with changes that nobody settled."""
    package = Package(data)
    manifest = package.tree("META-INF/manifest.xml")
    if manifest is not None and any(e.tag.endswith("encryption-data") for e in manifest.iter()):
        raise Refused(*CLOSED)
    content = package.needed("content.xml")
    body = content.find(f"{_O}body/{_O}text")
    if body is None:
        raise Refused("it is no text document of LibreOffice", "Save it as .docx or .odt.")
    regions = body.iter(f"{_T}changed-region")
    count = sum(any(e.tag != f"{_T}format-change" for e in region) for region in regions)
    if count:
        raise Refused(
            f"the document has {count} tracked change{'s' * (count != 1)} that nobody settled",
            "Ask who sent it which words stand; or accept or reject them, under Edit, Changes.",
        )
    styles = package.tree("styles.xml")
    reading = _Reading(content, styles, body)
    reading.blocks(body)
    for sentence in (*_left_out(styles), *authors(package.tree("meta.xml"))):
        reading.draft.doubts.append((1, sentence))
    return reading.draft.made(_seen(body), " ".join(reading.added))


def _left_out(styles: Element | None) -> Iterator[str]:
    for each in styles.iter() if styles is not None else ():
        if each.tag.startswith((f"{_S}header", f"{_S}footer")) and len(each):
            said = " ".join("".join(each.itertext()).split())
            if re.search(r"[^\W\d_]", re.sub(r"(?i)\bpages?\b|\b(sur|of|de)\b", "", said)):
                kind = each.tag.removeprefix(_S).partition("-")[0]
                yield f"left out of the text: {kind} “{cut(said)}”"


def _seen(part: Element) -> str:
    """The second reading: every text node of the body."""
    aside = (f"{_O}annotation", f"{_T}note-citation", f"{_O}forms", f"{_T}sequence-decls")
    left = (a for a in part.iter() if a.tag in aside or a.tag.endswith("-source"))
    out = {id(e) for each in left for e in each.iter()}
    parting = (f"{_T}p", f"{_T}h", f"{_T}s", f"{_T}tab", f"{_T}line-break")
    said: list[str] = []

    def walk(each: Element) -> None:
        if id(each) not in out:
            said.append(" " if each.tag in parting else "")
            said.append(each.text or "")
            for child in each:
                walk(child)
                said.append(child.tail or "")
            said.append(" " if each.tag in parting else "")

    walk(part)
    return "".join(said)


class _Styles:
    """The styles of both parts of a package, and what each takes from its parent."""

    def __init__(self, *parts: Element | None) -> None:
        self._styles: dict[tuple[str, str], Element] = {}
        self.lists: dict[str, dict[int, Element]] = {}
        for part in parts:
            for each in part.iter() if part is not None else ():
                name = each.get(f"{_S}name") or ""
                if each.tag == f"{_S}style":
                    self._styles[each.get(f"{_S}family") or "", name] = each
                elif each.tag in (f"{_T}list-style", f"{_T}outline-style"):
                    outline = each.tag == f"{_T}outline-style"
                    self.lists["" if outline else name] = {
                        whole(level.get(f"{_T}level"), 1): level for level in each
                    }

    def value(self, family: str, name: str, key: str) -> str | None:
        """A property of a style, or of those that it is made of."""
        seen: set[str] = set()
        while name and name not in seen and (family, name) in self._styles:
            seen.add(name)
            style = self._styles[family, name]
            for properties in (style, *style):
                found: str | None = properties.get(key)
                if found is not None:
                    return found
            name = style.get(f"{_S}parent-style-name") or ""
        return None


@dataclass
class _Look:
    bold: bool = False
    gone: str = ""
    url: str = ""


class _Paragraph(Paragraph):
    def add(self, text: str | None, look: _Look) -> None:
        """Words with their look; blanks count as one, as the format has it."""
        said = re.sub(r"[ \t\r\n]+", " ", text or "")
        if look.gone:
            self.leave_out(look.gone, said)
        elif said:
            self.pieces.append(Piece(said, look.bold, look.url))


@dataclass
class _List:
    style: str
    counts: dict[int, int] = field(default_factory=dict)


class _Reading(Drawing):
    """Walks through a document once."""

    def __init__(self, content: Element, styles: Element | None, body: Element) -> None:
        super().__init__()
        self._styles = _Styles(styles, content)
        self._controls = {
            each.get(f"{_FORM}id") or each.get(_XML_ID) or "": each
            for each in body.iter()
            if each.tag.startswith(_FORM)
        }
        self._outline: dict[int, int] = {}
        self._last: dict[str, _List] = {}  # the last list of each style, and of each identifier

    # --- blocks ---

    def blocks(self, parent: Element) -> None:
        """Draw the paragraphs, lists and tables of a body, a section, a cell, a box or a note."""
        for each in parent:
            if each.tag in (f"{_T}p", f"{_T}h"):
                self._paragraph(each, "")
            elif each.tag == f"{_T}list":
                self._list(each, None, 1)
            elif each.tag == f"{_TABLE}table":
                self.table([[(cell, 1) for cell in _cells(row)] for row in _rows(each)])
            elif each.tag.startswith(_DRAW):
                here = _Paragraph()
                self._drawn(each, here)
                self.paragraph(here)
            elif each.tag == f"{_T}section" and each.get(f"{_T}display") == "none":
                self.draft.doubt(f"hidden, and left out: “{cut(''.join(each.itertext()))}”")
            elif not each.tag.startswith(_FORM) and each.tag != f"{_O}forms":
                self.blocks(each)

    def _list(self, element: Element, above: _List | None, level: int) -> None:
        style = element.get(f"{_T}style-name") or (above.style if above else "")
        own = above if above and style == above.style else self._begun(element, style)
        for deeper in [at for at in own.counts if at >= level and above]:
            del own.counts[deeper]
        for item in element:
            label = self._label(item, own, level) if item.tag == f"{_T}list-item" else ""
            for each in item:
                if each.tag == f"{_T}list":
                    self._list(each, own, level + 1)
                elif each.tag in (f"{_T}p", f"{_T}h"):
                    self._paragraph(each, label)
                    label = ""
                else:
                    self.blocks(_only(each))

    def _begun(self, element: Element, style: str) -> _List:
        """A new list, or the one that this goes on with."""
        goes_on = element.get(f"{_T}continue-list")
        other = self._last.get(f"#{goes_on}") if goes_on else None
        if other is None and element.get(f"{_T}continue-numbering") == "true":
            other = self._last.get(style)
        made = other or _List(style)
        self._last[style] = self._last[f"#{element.get(_XML_ID)}"] = made
        return made

    def _label(self, item: Element, own: _List, level: int) -> str:
        """What stands before a list's item, as Markdown."""
        if not own.style:
            style = next((e.get(f"{_T}style-name") for e in item if e.tag == f"{_T}p"), None)
            own.style = self._styles.value("paragraph", style or "", f"{_S}list-style-name") or ""
        first = next((e for e in item if e.tag != f"{_T}list"), None)
        if first is None:
            return ""
        levels = self._styles.lists.get(own.style, {})
        return self._number(levels, own.counts, level, item.get(f"{_T}start-value"), bullets=True)

    def _number(
        self,
        levels: dict[int, Element],
        counts: dict[int, int],
        level: int,
        start: str | None,
        *,
        bullets: bool,
    ) -> str:
        """The next number of a level, with the words around it."""
        style = levels.get(level)
        if style is None:
            return "-" if bullets else ""
        first = start or style.get(f"{_T}start-value") or "1"
        counts[level] = whole(first, 1) if start or level not in counts else counts[level] + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        if style.tag.endswith(("-bullet", "-image")):
            sign = style.get(f"{_T}bullet-char") or "•"
            return sign if sign in "☐☒☑✓✔❏❑" else "-"
        said = _said(levels, counts, level)
        self.added.append(said)
        return escaped(said) if said else ""

    def _paragraph(self, p: Element, label: str) -> None:
        here = _Paragraph()
        style = p.get(f"{_T}style-name") or ""
        gone = "hidden" if self._styles.value("paragraph", style, f"{_T}display") == "none" else ""
        look = _Look(gone=gone)
        look = self._looks("paragraph", style, look)
        self._inline(p, here, look)
        level = max(whole(p.get(f"{_T}outline-level"), 1), 1) if p.tag == f"{_T}h" else 0
        if level and not label and p.get(f"{_T}is-list-header") != "true":
            start = p.get(f"{_T}start-value") if p.get(f"{_T}restart-numbering") == "true" else None
            levels = self._styles.lists.get("", {})
            label = self._number(levels, self._outline, level, start, bullets=False)
        self.paragraph(here, label, level)

    # --- words ---

    def _looks(self, family: str, style: str, above: _Look) -> _Look:
        def value(key: str) -> str | None:
            return self._styles.value(family, style, key)

        weight = value(f"{_FO}font-weight")
        bold = above.bold if weight is None else weight in ("bold", "600", "700", "800", "900")
        struck = value(f"{_S}text-line-through-style") or value(f"{_S}text-line-through-type")
        gone = "struck through" if struck and struck != "none" else above.gone
        return _Look(bold, "hidden" if value(f"{_T}display") == "none" else gone, above.url)

    def _inline(self, parent: Element, here: _Paragraph, look: _Look) -> None:
        here.add(parent.text, look)
        for each in parent:
            self._one(each, here, look)
            here.add(each.tail, look)

    def _one(self, each: Element, here: _Paragraph, look: _Look) -> None:
        name = each.tag.removeprefix(_T)
        if name in ("s", "tab"):
            here.add(" ", look)
        elif name == "line-break":
            if not look.gone:
                here.pieces.append(Piece("\n", look.bold))
        elif name == "span":
            self._inline(each, here, self._looks("text", each.get(f"{_T}style-name") or "", look))
        elif name == "a":
            url = each.get(_XLINK) or ""
            url = url if re.match(r"https?://|mailto:", url) else ""
            self._inline(each, here, _Look(look.bold, look.gone, url))
        elif name == "note":
            body = each.find(f"{_T}note-body")
            if body is not None:
                sign = self.note()
                here.add(f" {sign}", look)
                here.below.append((sign, body))
        elif name in ("hidden-text", "hidden-paragraph"):
            here.leave_out("hidden", each.text or "")
        elif name == "placeholder":
            here.leave_out(FIELD, each.text or "")
        elif each.tag == f"{_O}annotation":
            here.doubts.append(COMMENT)
        elif each.tag.startswith(_DRAW):
            self._drawn(each, here)
        elif each.tag.endswith("}fieldmark"):
            self._mark(each, here, look)
        elif each.get(f"{_LOEXT}showing-place-holder") == "true":
            here.leave_out(FIELD, "".join(each.itertext()))
        elif name not in ("bookmark", "ruby-text", "soft-page-break"):
            self._inline(each, here, look)

    def _mark(self, each: Element, here: _Paragraph, look: _Look) -> None:
        """A box to tick that came from Word."""
        kind = next((v for key, v in each.items() if key.endswith("}type")), "")
        if kind.endswith("CHECKBOX"):
            ticked = any("true" in e.attrib.values() for e in each if e.tag.endswith("}param"))
            here.add("☒" if ticked else "☐", look)

    def _drawn(self, each: Element, here: _Paragraph) -> None:
        if each.tag == f"{_DRAW}control":
            self._control(self._controls.get(each.get(f"{_DRAW}control") or ""), here)
        elif each.tag == f"{_DRAW}text-box" or (
            each.tag.startswith(_DRAW) and any(e.tag == f"{_T}p" for e in each)
        ):
            here.below.append(("", each))
        elif each.tag in (f"{_DRAW}image", f"{_DRAW}object", f"{_DRAW}object-ole"):
            here.doubts.append(PICTURE)
        else:
            kinds = [e for e in each if e.tag.startswith(_DRAW)]
            objects = [e for e in kinds if e.tag == f"{_DRAW}object"]
            for child in objects or kinds:  # an object has its picture beside
                self._drawn(child, here)

    def _control(self, control: Element | None, here: _Paragraph) -> None:
        """What a form's field says, which stands in no text."""
        if control is None:
            return
        name = control.tag.removeprefix(_FORM)
        if name in ("checkbox", "radio"):
            state = control.get(f"{_FORM}current-state") or control.get(f"{_FORM}state")
            ticked = state == "checked" or control.get(f"{_FORM}current-selected") == "true"
            said = f"{'☒' if ticked else '☐'} {control.get(f'{_FORM}label') or ''} "
        else:
            said = control.get(f"{_FORM}current-value") or control.get(f"{_FORM}value") or ""
            said = "\n".join([said, *("".join(p.itertext()) for p in control.iter(f"{_T}p"))])
        if said.strip():
            here.pieces.append(Piece(said))
            self.added.append(said)
            here.doubts.append("a field of a form: compare it with the original")


def _said(levels: dict[int, Element], counts: dict[int, int], level: int) -> str:
    """A number as it is printed: "2.1", "Question 5 :"."""

    def number(at: int) -> str:
        style = levels.get(at)
        form = (style.get(f"{_S}num-format") if style is not None else None) or ""
        if at not in counts:
            counts[at] = whole(style.get(f"{_T}start-value") if style is not None else None, 1)
        return _FORMATS.get(form, str)(counts[at])

    style = levels[level]
    form = style.get(f"{_S}num-list-format") or style.get(f"{_LOEXT}num-list-format")
    if form is not None:
        return re.sub(r"%(\d+)%", lambda found: number(int(found[1])), form).strip()
    shown = min(whole(style.get(f"{_T}display-levels"), 1), 10)
    numbers = [number(at) for at in range(level - shown + 1, level + 1) if at > 0]
    joined = ".".join(filter(None, numbers))
    if not joined:
        return ""
    before, after = style.get(f"{_S}num-prefix") or "", style.get(f"{_S}num-suffix") or ""
    return f"{before}{joined}{after}".strip()


def _only(each: Element) -> Element:
    holder = Element("only")
    holder.append(each)
    return holder


def _rows(table: Element) -> Iterator[Element]:
    for each in table:
        if each.tag == f"{_TABLE}table-row":
            yield each
        elif each.tag.startswith(f"{_TABLE}table-") and each.tag != f"{_TABLE}table-column":
            yield from _rows(each)


def _cells(row: Element) -> Iterator[Element]:
    """The cells of a row, those that another covers included."""
    for each in row:
        if each.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            again = whole(each.get(f"{_TABLE}number-columns-repeated"), 1)
            for _ in range(min(again, 60)):
                yield each
