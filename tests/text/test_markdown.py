"""The text is the text: nothing that was written is missing from what is shown."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from motamot.text.markdown import Rendered, rendered
from tests.examples import examples

# id, Markdown, its plain reading
READ = {
    # what stands between < and >
    "guillemets typed as signs": ("La loi <<ville>> reste.", "La loi <<ville>> reste."),
    "a name left to be filled in": ("Au <nom de la rue>, oui", "Au <nom de la rue>, oui"),
    "a name alone on its line": ("Au\n\n<nom>\n*a*\n", "Au\n\n<nom> *a*"),
    "a comparison": ("si x<y et y>z ; a < b", "si x<y et y>z ; a < b"),
    "a comparison of letters that are tags": ("si a<b et b>c", "si a<b et b>c"),
    "a tag of another program": ("<o:p>Oui</o:p> <st1:place>", "<o:p>Oui</o:p> <st1:place>"),
    "no address": ("<nom:Exemple> <a:b>", "<nom:Exemple> <a:b>"),
    "an address": (
        "<https://exemple.org/a> <a@exemple.org>",
        "https://exemple.org/a a@exemple.org",
    ),
    "a script": ('<script>oui("a*b*c")</script>', '<script>oui("a*b*c")</script>'),
    "a style within": ("Le <style>p{}</style> vert", "Le <style>p{}</style> vert"),
    "a frame": ('<iframe src="a">b</iframe>', '<iframe src="a">b</iframe>'),
    "a comment": ("Oui <!-- non --> <!---->", "Oui <!-- non --> <!---->"),
    "a comment of several lines": ("<!--\nOui\n\nnon -->", "<!-- Oui  non -->"),
    "other declarations": ("<![CDATA[a]]> <?php b ?> <!D c>", "<![CDATA[a]]> <?php b ?> <!D c>"),
    "nothing in a tag": ("<b></b>", "<b></b>"),
    # known tags
    "tags within a word": ("<b>m</b>ot, 1<sup>er</sup>, m<sup>2</sup>", "mot, 1er, m2"),
    "a power": ("10<sup>3</sup> et *10*<sup>4</sup>", "10^3 et 104"),
    "cells": (
        "<table><tr><td>Nord</td><td><p>12</p></td></tr>\n<tr><td></td><td>9</td></tr></table>",
        "Nord | 12\n | 9",
    ),
    "cells without a table": ("Nord</td><td>12</td></tr><tr><td>Sud", "Nord | 12\nSud"),
    "paragraphs left open": ("<p>Sud<p>Nord<ul><li>a<li>b</ul>", "Sud\nNord\na\nb"),
    "a break": ("a<br>b<BR />c<hr>d", "a\nb\nc\nd"),
    "divisions": ("<div class='x'>a</div><div>b</div>", "a\nb"),
    "divisions around": ("<div>\n\n*a*\n\n</div>\n", "a"),
    "words outside the cells": ("<table>a<tr><td>b</td></tr>c</table>", "a\nb\nc"),
    "an entity in HTML": ("<p>B&amp;B &copy ou&notit;</p>", "B&B &copy ou&notit;"),
    # signs
    "products": ("de 2*4 à 5*3*2, 10_000_000", "de 2*4 à 5*3*2, 10_000_000"),
    "inclusive words": (
        "étudiant*e*s, salarié*es*, tou_te_s",
        "étudiant*e*s, salarié*es*, tou_te_s",
    ),
    "accents apart": ("e\u0301*e*s", "e\u0301*e*s"),
    "escaped signs": (r"étudiant\*e\*s, 2\_3, \<b\>", "étudiant*e*s, 2_3, <b>"),
    "file names": ("budget_2031_a.csv, `code_a`", "budget_2031_a.csv, code_a"),
    "signs around words": ("*a* **b** l'**eau** _c_ **d**, ***e***", "a b l'eau c d, e"),
    "signs that stop within a word": ("**a**b *c*d", "**a**b *c*d"),
    "mixed signs within a word": ("a*_b_*c a~~b~~c", "a*_b_*c a~~b~~c"),
    "code within a word": ("a`b`c `a`b `c` d", "a`b`c `a`b c d"),
    "a link within a word": ("a[b](c)d", "a[b](c)d"),
    "struck words": ("~~Oui~~ Non, <del>a</del> <s>b</s> c", "~~Oui~~ Non, ~~a~~ ~~b~~ c"),
    # what CommonMark keeps aside
    "lines at the foot": (
        "Vu [1], [a][2][^3].\n[1]: https://a.fr\n[2]: page 12\n[^3]: *mot*",
        "Vu [1], [a][2][^3].\n[1]: https://a.fr\n[2]: page 12\n[^3]: mot",
    ),
    "the title of a link": ('[a](http://b.fr "page *9*"), oui', "a (page *9*), oui"),
    "an image": ("![le *plan*](a.png 'b') ![](c.png)", "le plan (b) c.png"),
    "an image in the text itself": ("![](data:image/png;base64,AAAA)", "data:image/png;base64"),
    "a link without words": ("[](https://a.fr)", "https://a.fr"),
    "the language of a code": ("```oui non\na*b*c\n```", "oui non\na*b*c"),
    "cells beyond the head": (
        "a | b\n-|-\n1 | 2 | trois | 4\n|5|\n",
        "a | b\n1 | 2 | trois | 4\n5 | ",
    ),
    "cells beyond, in a quote": ("> |a|\n> |-|\n> |1|x \\| y|\n", "a\n1 | x | y"),
    "a table in a list": ("- |a|\n  |-|\n  |1|2|\n- b", "- a\n1 | 2\n- b"),
    "empty items": ("1.\n2. a\n   1. b\n- 4. c", "1.\n2. a\n  1. b\n\n- 4. c"),
    "entities": ("R&amp;D, AT&T, &amp;lt; &#233;", "R&D, AT&T, &lt; é"),
    "bare addresses": ("mailto:a@b.fr //c.fr http://d.fr", "mailto:a@b.fr //c.fr http://d.fr"),
    "an address that nobody may follow": ("[a](javascript:b) [c](file:///d)",) * 2,
    "a link in HTML that nobody may follow": (
        '<a href="javascript:b">c',
        '<a href="javascript:b">c',
    ),
}


@pytest.mark.parametrize(("markdown", "text"), READ.values(), ids=READ)
def test_the_plain_reading_of(markdown: str, text: str) -> None:
    made = rendered(markdown)
    assert made.text == text
    assert seen(made.html) == words(text)


def test_plain_text_is_shown_as_it_is() -> None:
    text = "# 1 *a* <b>c</b>\n  1. d &amp; `e` \\*\n> [f](g) ~~h~~\n\n[1]: http://i.fr/j_k_l\n- m"
    made = rendered(text, markdown=False)
    assert made.text == text
    assert seen(made.html) == words(text)
    assert made.html.count("<br>") == 3
    assert [link.url for link in made.links] == ["http://i.fr/j_k_l"]


@pytest.mark.parametrize(
    ("markdown", "urls"),
    [
        ("[a](http://b.fr/c_d_e 'f') ![g](h.png)", ["http://b.fr/c_d_e", "h.png"]),
        ("[1]: https://a.fr/b\n[2]: <https://c.fr>", ["https://a.fr/b", "https://c.fr"]),
        ("<p><a class=x href='https://a.fr?b&amp;c'>d</a>", ["https://a.fr?b&c"]),
        ("e <a href=https://a.fr>d</a> <img alt=f src=g.png>", ["https://a.fr", "g.png"]),
        ("mot[a](https://b.fr/c)", ["https://b.fr/c"]),
        ("[![a](b.png)](c.html) <tel:0102>", ["c.html", "b.png", "tel:0102"]),
        ("<div>https://a.fr</div>", ["https://a.fr"]),
    ],
)
def test_links_keep_where_they_lead(markdown: str, urls: list[str]) -> None:
    assert [link.url for link in rendered(markdown).links] == urls


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("~~Oui~~ Non", "<p><s>~~Oui~~</s> Non</p>"),
        ("3. a\n7. b", '<ol>\n<li value="3">a</li>\n<li value="7">b</li>\n</ol>'),
        ("Nord</td><td>12", "<p>Nord | 12</p>"),
        ("<h1>a</h1>\n<center>b</center>", "<div><h3>a</h3>\n<div>b</div></div>"),
    ],
)
def test_the_html_says_it_too(markdown: str, shown: str) -> None:
    assert rendered(markdown).html == shown


# --- any text -------------------------------------------------------------------------------------

KNOWN = [
    "<b>",
    "</b>",
    "<p>",
    "</td>",
    "<td>",
    "<tr>",
    "<table>",
    "</table>",
    "<li>",
    "<br>",
    "<s>",
]
HOSTILE = [
    *("<script>", "</script>", "<style>", "<x y>", "<a href=javascript:z>", "<svg/onload=z>"),
    *('<img src=x onerror="z">', "<a href='data:text/html,z'>", "<b onclick=z>", "<!--", "-->"),
    *("<![CDATA[", "]]>", "<?", "?>", "<math><mtext>", "<textarea>", "<iframe srcdoc='<b>'>"),
    *("[a](javascript:z)", "[b](java&#115;cript:z)", "![c](vbscript:z)", "[d]: javascript:z\n"),
    *('[e](http://f.fr "g")', "<https://h.fr/i>", "http://j.fr/k", '<a href="http://l.fr/>m">'),
    *("| a | b |\n|---|---|\n", "```d\n", "&lt;", "&#60;", "\\", "\\*", "\n\n", "\n", "    "),
]
PIECES = st.sampled_from([*"ab2é", *"<>*_~[]()#|:;&`-+.!\\ \n", " ", "*", "1. ", "~~", *KNOWN])
signs = st.lists(st.sampled_from([*"aB1é9", *"*_~()#|:;+-. \n"]), max_size=40).map("".join)
marked_up = st.lists(PIECES, max_size=40).map("".join)
hostile = st.lists(st.one_of(PIECES, st.sampled_from(HOSTILE)), max_size=25).map("".join)
anything = st.one_of(marked_up, hostile, st.text(st.characters(exclude_categories=["Cs"])))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


class _Seen(HTMLParser):
    """What a browser shows of HTML."""

    INLINE = ("a", "b", "code", "em", "i", "ins", "s", "strong", "sub", "sup", "u")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.shown += "" if tag in self.INLINE else f" {dict(attrs).get('value') or ''} "

    def handle_endtag(self, tag: str) -> None:
        self.shown += "" if tag in self.INLINE else " "

    def handle_data(self, data: str) -> None:
        self.shown += data


def seen(html: str) -> list[str]:
    return words(_Seen(html).shown)


def with_signs(text: str) -> list[str]:
    """The words of a text, and the signs inside them."""
    return re.findall(r"[^\W_]+|(?<=[^\W_])[*_~]+(?=[^\W_])", text)


@given(signs)
@examples(2000)
def test_without_html_and_links_every_word_is_as_it_was_written(text: str) -> None:
    made = rendered(text)
    assert with_signs(made.text) == with_signs(text)
    assert seen(made.html) == words(made.text)


@given(marked_up)
@examples(2000)
@example("a<b>c</b>[d](e)f`g`h")
def test_nothing_is_missing_but_known_tags_and_where_links_lead(text: str) -> None:
    text = text.replace("&", "")  # entities are read
    made = rendered(text)
    assert_in_order(made.text, text)
    missing = Counter(filter(str.isalnum, text))
    missing.subtract(filter(str.isalnum, made.text))
    tags = "".join(re.findall(r"</?(?:[abps]|td|tr|table|li|br)\s*/?>", text))
    allowed = Counter(tags + "".join(link.url for link in made.links))
    assert not +missing - allowed


def assert_in_order(shown: str, written: str) -> None:
    left = iter(filter(str.isalnum, written))
    assert all(char in left for char in filter(str.isalnum, shown))


@given(anything)
@examples(2000)
def test_both_renderings_say_the_same_and_are_safe(text: str) -> None:
    for made in (rendered(text), rendered(text, question=True), rendered(text, markdown=False)):
        assert seen(made.html) == words(made.text)
        assert not re.search("[\ud800-\udfff]", made.text)
        assert "\n\n".join(block.text for block in made.blocks) == made.text
        assert all(block.text.strip() for block in made.blocks)
        assert_safe(made)
    assert words(rendered(text, markdown=False).text) == words(text)
    assert bool(words(rendered(text).text)) == bool(words(text)) or "&" in text


def assert_safe(made: Rendered) -> None:
    for tag, attributes in _Seen(made.html).tags:
        assert tag not in ("script", "style", "iframe", "svg", "img", "math", "textarea")
        assert set(attributes) <= {"a": {"href", "rel"}, "li": {"value"}}.get(tag, set())
        target = (attributes.get("href") or "").lower()
        assert re.match(r"(https?|ftp|mailto|tel):|[^:]*([/?#]|$)", target)
    assert not any(re.match(r"\W*(javascript|vbscript)", link.url) for link in made.links)
