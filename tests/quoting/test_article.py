"""The quotations of an article: found in its text or HTML, checked, as a page, CSV and JSON."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import json
import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motamot.quoting.article import LONGEST, MOST, paragraphs, quotations
from tests.examples import examples
from tests.sites import get

PATH = "/-/verifier-un-article"


def found(pasted):
    return [text[a:b] for text in paragraphs(pasted) for a, b in quotations(text)]


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("Il dit : « un deux trois quatre cinq ».", ["un deux trois quatre cinq"]),
        ("“un deux trois quatre cinq”", ["un deux trois quatre cinq"]),
        ("„un deux trois quatre cinq“", ["un deux trois quatre cinq"]),
        ('Il dit : "un deux trois quatre cinq".', ["un deux trois quatre cinq"]),
        ("<<un deux trois quatre cinq>>", ["un deux trois quatre cinq"]),
        ("« un deux trois quatre »", []),
        ("« un deux “trois” quatre cinq »", ["un deux “trois” quatre cinq"]),
        ("« un deux « trois » quatre cinq »", ["un deux « trois » quatre cinq"]),
        ("« un deux trois quatre cinq\n\nsuite", ["un deux trois quatre cinq"]),
        ('12" et 15" de l\'eau, « un deux trois quatre cinq »', ["un deux trois quatre cinq"]),
        ("<p>Non : <q>un <b>deux</b> trois quatre cinq</q></p>", ["un deux trois quatre cinq"]),
        ("<blockquote><p>un deux trois<br>quatre cinq", ["un deux trois\nquatre cinq"]),
        ("<blockquote>« un deux trois quatre cinq »</blockquote>", ["un deux trois quatre cinq"]),
        ("<p>&laquo;&nbsp;un deux trois quatre cinq&nbsp;&raquo;", ["un deux trois quatre cinq"]),
        ("<script>a = '« un deux trois quatre cinq »'</script><p>rien</p>", []),
    ],
)
def test_what_stands_between_quotation_marks(pasted, expected):
    assert found(pasted) == expected


@given(st.text("«»“”\"<>/pbq abcd\n'", max_size=200))
@examples(200)
def test_whatever_is_pasted_its_quotations_are_its_own_words(pasted):
    for text in paragraphs(pasted):
        last = 0
        for start, end in quotations(text):
            assert last <= start < end <= len(text)
            last = end


def test_quotation_marks_that_nobody_closes_are_read_in_one_pass():
    assert len(list(quotations("«" * 100_000 + " un deux trois quatre cinq " + '"' * 90_000))) == 1


# --- the page -------------------------------------------------------------------------------------


def post(site, pasted, **more):
    async def ask():
        await site.invoke_startup()
        return await site.client.post(PATH, data={"article": pasted, **more})

    return asyncio.run(ask())


ARTICLE = (
    "<p>Elle écrit : « Nous refusons les logiques de répression », puis « Nous acceptons les "
    "logiques de la répression » et « il faut rouvrir la ligne de chemin de fer ».</p>"
    "<p>Un « mot » &lt;b&gt;.</p>"
)


def test_the_form_needs_no_script_and_no_cookie(real):
    page = get(real, PATH)
    assert re.search(r'<form[^>]*method="post"', page.text)
    assert "set-cookie" not in page.headers
    assert '<label for="article">' in page.text
    for path in ("/", "/-/verifier"):
        assert f'href="{PATH}"' in get(real, path).text


def test_an_article_is_shown_with_the_verdict_and_the_source_of_each_quotation(real):
    page = post(real, ARTICLE)
    assert page.status_code == 200
    assert page.headers["cache-control"].endswith("no-store")
    assert "3\u00a0citations vérifiées" in page.text
    shown = page.text.split('class="pasted"')[1].split("<h3>Les citations")[0]
    said = re.findall(r'<mark class="is-(\w+)" id="t(\d)">([^<]*)</mark>', shown)
    assert [each[:2] for each in said] == [("exact", "1"), ("near", "2"), ("absent", "3")]
    assert "Un « mot » &lt;b&gt;." in shown
    assert "tds-municipales-paris_8_la-france-insoumise?extrait=Nous%20refusons" in page.text
    assert "dans la citation seulement" in page.text


def test_the_exact_ones_are_described_for_search_engines(real):
    page = post(real, ARTICLE).text
    field = re.search(r'<textarea id="copie-json-ld"[^>]*>\n(.*?)</textarea>', page, re.S)[1]
    script = re.fullmatch(
        r'<script type="application/ld\+json">\n(.*)\n</script>', html.unescape(field).strip(), re.S
    )
    (each,) = json.loads(script[1])["@graph"]
    assert each["@type"] == "Quotation"
    assert each["text"] == "Nous refusons les logiques de répression"
    assert each["creator"]["name"] == "La France insoumise"
    assert each["url"].startswith("http://localhost/questionnaires/answers/")


def test_the_same_as_json_and_csv(real):
    rows = post(real, ARTICLE, format="json").json()
    assert [row["verdict"] for row in rows] == ["mot pour mot", "presque", "introuvable"]
    assert rows[0]["liste"] == "La France insoumise"
    assert "?extrait=" in rows[0]["lien"]
    assert rows[2]["lien"] is None
    answer = post(real, ARTICLE, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    read = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["citation"] for row in read] == [row["citation"] for row in rows]


def test_quotations_may_come_one_a_line(real):
    lines = "Nous refusons les logiques\n\ndeux mots\nNous refusons les logiques de la police"
    rows = post(real, lines, forme="lignes", format="json").json()
    assert [row["citation"] for row in rows] == [line for line in lines.split("\n") if line]
    assert rows[0]["verdict"] == "mot pour mot"
    assert "trop courte" in rows[1]["verdict"]
    assert "cinq mots ou plus n’est entre guillemets" in post(real, lines).text


def test_what_is_too_long_is_refused_in_words(real):
    page = post(real, "é" * (LONGEST + 1))
    assert page.status_code == 400
    assert "200\u202f000 caractères au plus" in page.text
    many = "\n".join(["« un deux trois quatre cinq »"] * (MOST + 2))
    assert f"Seules les {MOST} premières citations" in post(real, many).text


@pytest.mark.parametrize("pasted", ["", "\x00", "<script>alert(1)</script>", "« " * 500, "🌹" * 50])
def test_nothing_pasted_is_an_error(real, pasted):
    page = post(real, pasted)
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_a_cookie_changes_nothing_of_a_form_that_keeps_nothing(real):
    async def ask():
        await real.invoke_startup()
        body = urlencode({"article": ARTICLE})
        headers = {"content-type": "application/x-www-form-urlencoded", "cookie": "ds_csrftoken=a"}
        return await real.client.post(PATH, content=body, headers=headers)

    assert asyncio.run(ask()).status_code == 200
