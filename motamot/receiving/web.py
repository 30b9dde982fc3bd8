"""Web pages (.html) -> Markdown: the article, or the page without its menus."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Sequence
from html.parser import HTMLParser

from bs4 import BeautifulSoup, Comment, Tag
from bs4.dammit import EncodingDetector
from markdownify import MarkdownConverter

from motamot.receiving.converted import Converted, Draft, Refused
from motamot.receiving.marks import escaped
from motamot.receiving.package import alphabetic, roman, whole
from motamot.text import source
from motamot.text.problems import cut

_NO_WORDS = ("script", "style", "noscript", "template", "head", "title", "svg")
_AROUND = ("nav", "header", "footer", "aside")
_MENU = re.compile(r"\b(?:nav(?:bar|igation)?|menu|breadcrumbs?|cookies?)\b")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)")
_FORMS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(("a", "lower-alpha", "lower-latin"), alphabetic),
    **dict.fromkeys(("A", "upper-alpha", "upper-latin"), lambda n: alphabetic(n, True)),
    **dict.fromkeys(("i", "lower-roman"), roman),
    **dict.fromkeys(("I", "upper-roman"), lambda n: roman(n, True)),
    "none": lambda n: "",
}
_FRAME = ("thead", "tbody", "tfoot", "tr", "td", "th")
_EMPTY = (
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
)
_IN_WORDS = (
    *("a", "abbr", "b", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "s"),
    *("small", "span", "strong", "sub", "sup", "time", "u", "wbr"),
)
_MARK = re.compile("\ue000(\\d+)\ue001")
_INSIDE = re.compile(r"\w")


def convert(data: bytes) -> Converted:
    """The words of a page; what its menus, headers and footers say is left out. Raises Refused for
    one that has none."""
    text, is_known = _decoded(data)
    made = of_page(BeautifulSoup(text, "html.parser"), text)
    if not is_known:
        said = "the page's characters are of no known set: look at its accents"
        return Converted(made.text, ((1, said), *made.doubts))
    return made


def _decoded(data: bytes) -> tuple[str, bool]:
    """(The characters of a page, whether all are known): UTF-8, else the set that it declares,
    else Windows-1252. A library that guesses takes French for Hungarian."""
    text, _, problems = source.decode(data, "")
    declared = EncodingDetector.find_declared_encoding(data, is_html=True)
    if problems and declared:
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            return data.decode(declared), True
    return (text, True) if text or not problems else (data.decode("utf-8", "replace"), False)


def of_page(page: BeautifulSoup, source: str) -> Converted:
    """The same of a page whose characters are known; `source` is its HTML."""
    body, around = _main(page)
    doubts = _Doubts(page)
    doubts.settle(body)
    text = _Markdown(heading_style="ATX", bullets="-", newline_style="SPACES").convert_soup(body)
    draft = Draft()
    if _INSIDE.search(around):
        draft.doubt(f"what stands around these words was left out: “{cut(around)}”")
    for block in re.split(r"\s*\n[ \t]*\n\s*", text.strip("\n")):
        _add(draft, block, doubts.said)
    if not _INSIDE.search("".join(draft.lines)):
        raise Refused("the page has no words", "Save it from a browser that shows them.")
    return draft.made(_seen(source), " ".join(doubts.added))


def _add(draft: Draft, block: str, said: Sequence[str]) -> None:
    """Add a block to the text, and the doubts whose marks stand in it."""
    rows = [
        (line, [said[int(n)] for n in _MARK.findall(line) if int(n) < len(said)])
        for line in block.split("\n")
    ]
    bare = [(_MARK.sub("", line), found) for line, found in rows]
    lines = [line.rstrip() + "  " * line.endswith("  ") for line, _ in bare if line.strip()]
    if lines:
        lines[-1] = lines[-1].rstrip()
    at = 1
    placed = []
    for line, found in bare:
        placed += [(at, sentence) for sentence in found]
        at = min(at + bool(line.strip()), max(1, len(lines)))
    draft.block(lines, placed)


def _main(page: BeautifulSoup) -> tuple[Tag, str]:
    """The part of a page that is not around its content, without what shows no words; and what
    else the page says, menus apart."""
    for comment in page.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    _drop(page.find_all((*_NO_WORDS, "nav")))
    _drop(page.find_all(class_=_MENU))
    articles = [a for a in page.find_all("article") if not a.find_parent("article")]
    found = articles[0] if len(articles) == 1 else page.select_one("main, [role=main]")
    around: list[Tag] = [page]
    if found is None or not _INSIDE.search(found.get_text()):
        found = page.body or page
        around = _drop(found.find_all(_AROUND))
    else:
        found.extract()
    return found, " ".join(" ".join(each.get_text(" ") for each in around).split())


def _drop(tags: Iterable[Tag]) -> list[Tag]:
    """Take tags out of the page."""
    return [tag.extract() for tag in list(tags)]


class _Doubts:
    """What a page shows otherwise than by words; each doubt leaves a mark where it stands."""

    def __init__(self, page: BeautifulSoup) -> None:
        self._page = page
        self.said: list[str] = []
        self.added: list[str] = []

    def settle(self, body: Tag) -> None:
        """Take out what is not seen or stands no more; write down what is in fields."""
        for tag in body.find_all(True):
            if tag.decomposed or tag.parent is None:
                continue
            style = str(tag.get("style") or "")
            if tag.has_attr("hidden") or _HIDDEN.search(style):
                self._leave_out(tag, "hidden")
            elif tag.name in ("s", "del", "strike") or "line-through" in style:
                self._leave_out(tag, "struck through")
            elif tag.name in ("input", "select", "textarea"):
                self._field(tag)
            elif tag.name == "img" and tag.get("alt") != "":
                self._mark(tag, "a picture stands here: look at what it says")
            elif tag.name in ("iframe", "object", "video", "audio", "canvas", "math"):
                self._mark(tag, f"a part of the page that is no text stands here ({tag.name})")
            elif tag.name == "table" and tag.find_parent("table"):
                self._mark(tag, "a table stands within a table: compare it with the original", 0)
            elif tag.name == "table" and all(len(_cells(row)) < 2 for row in tag.find_all("tr")):
                for frame in (tag, *tag.find_all(_FRAME)):
                    frame.name = "div"
            elif tag.name in ("dt", "dd"):
                tag.name = "div"
            elif tag.name == "ol":
                self._numbers(tag)
            elif tag.name in ("b", "strong") and not _apart(tag):
                tag.unwrap()

    def _mark(self, tag: Tag, sentence: str, before: int = 1) -> None:
        mark = self._page.new_string(f"\ue000{len(self.said)}\ue001")
        self.said.append(sentence)
        if tag.name in ("iframe", "object", "img", "video", "audio", "canvas") and before:
            tag.replace_with(mark)
        else:
            tag.insert_before(mark)

    def _leave_out(self, tag: Tag, how: str) -> None:
        words = " ".join(tag.get_text(" ").split())
        if words:
            self._mark(tag, f"{how}, and left out: “{cut(words)}”")
        tag.decompose()

    def _numbers(self, ol: Tag) -> None:
        """The numbers of a list as they are seen, which Markdown cannot write as letters."""
        style = _STYLE.search(str(ol.get("style") or ""))
        form = _FORMS.get(style[1] if style else str(ol.get("type") or ""))
        items = ol.find_all("li", recursive=False)
        plain = form is None and not any(item.get("value") for item in items)
        number = whole(str(ol.get("start")), 1) - 1
        for item in items:
            number = whole(str(item.get("value")), number + 1)
            said = (form or str)(number)
            self.added.append(said)
            if not plain:
                item.insert(0, self._page.new_string(f"{said}. " if said else ""))
                item.name = "div"
        if not plain:
            ol.name = "div"

    def _field(self, tag: Tag) -> None:
        """A field becomes its words, or its tick."""
        kind = str(tag.get("type") or "text").lower()
        said = str(tag.get("value") or "")
        if tag.name == "select":
            options = tag.find_all("option")
            chosen = [option for option in options if option.has_attr("selected")]
            said = " ".join(option.get_text() for option in chosen or options[:1])
        elif tag.name == "textarea":
            said = tag.get_text()
        elif kind in ("checkbox", "radio"):
            said = "☒" if tag.has_attr("checked") else "☐"
            said += "" if str(tag.next_sibling or " ")[0].isspace() else " "
        elif kind in ("hidden", "submit", "button", "reset", "image", "password"):
            said = ""
        if said.strip():
            self._mark(tag, "a field of a form: compare it with the original")
            self.added.append(said if tag.name == "input" else "")
            tag.replace_with(self._page.new_string(said))
        else:
            tag.decompose()


def _cells(row: Tag) -> list[Tag]:
    return row.find_all(("td", "th"), recursive=False)


def _apart(tag: Tag) -> bool:
    """Whether bold words stand apart from those beside them, so that Markdown can mark them."""
    before, after = tag.previous_sibling, tag.next_sibling
    sides = (str(before)[-1:] if before else "", str(after)[:1] if after else "")
    return not any(_INSIDE.match(side) for side in sides)


class _Markdown(MarkdownConverter):
    """Words are escaped as in every other format; slanted words are words."""

    def escape(self, text: str, parent_tags: object) -> str:
        first = len(text) - len(text.lstrip())
        return text[:first] + escaped(text[first:])

    def convert_em(self, el: Tag, text: str, parent_tags: object) -> str:
        return text

    convert_i = convert_em
    convert_sub = convert_sup = convert_u = convert_em


class _Second(HTMLParser):
    """The second reading: what stands between the tags of a page, and in its article."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[str] = []
        self.inner: list[str] = []
        self.articles = 0
        self._open: list[tuple[str, bool, bool]] = []  # tag, whether left out, whether the article

    def _part(self, tag: str) -> None:
        """Words do not go on from one block to the next."""
        if tag not in _IN_WORDS:
            self.all.append(" ")
            self.inner.append(" ")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._part(tag)
        if tag in _EMPTY:
            return
        _, out, inner = self._open[-1] if self._open else ("", False, False)
        main = tag in ("article", "main") or ("role", "main") in attrs
        self.articles += tag == "article" and not inner
        here = out or tag in _NO_WORDS or tag == "select"
        here = here or tag == "nav" or bool(_MENU.search(dict(attrs).get("class") or ""))
        around = tag in _AROUND and not (inner or main)
        self._open.append((tag, here or around, inner or main))

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)
        if any(name == tag for name, _, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        _, out, inner = self._open[-1] if self._open else ("", False, False)
        if not out:
            self.all.append(data)
            self.inner.append(data if inner else "")


def _seen(source: str) -> str:
    second = _Second()
    second.feed(source)
    inner = "".join(second.inner)
    return inner if _INSIDE.search(inner) and second.articles < 2 else "".join(second.all)
