"""The site speaks French: every page and form, sentences that come from Python included.

Left out on purpose: code (SQL, identifiers, JSON), what is marked as another language, and the
words of the documents and of metadata.yml, which are not the interface's.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections import deque
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest

from tests.sites import QUERIES, ROOT, build_site, get, sql

DATASETTE = "/questionnaires"

# Words of Datasette's and datasette-search-all's interface, none of which is French.
ENGLISH = """
    about actor actors add advanced all allow and any apply are array arrays ascending attached
    binary blank bytes by can cannot clause clauses column columns compile contains could custom
    data database databases debug default delimited deny descending disallowed does download edit
    ends equals error errors expand export exports extra facets false failed file filter filters
    first following forbidden format found from hidden hide home in installed invalid is issue
    items json-only keys labels last like license links loading log logged logout many matches
    matching menu-actions metadata method more must newline next no not null-only object of on
    operator order out packages parameters password permission permissions plugins positive
    powered previous queries query read-only record records remove results return returned
    returning returns row rows run save search searchable select selected settings shape shown
    show sign size sort sorted starts statement stream submit suggested table-actions tables-only
    than that the these this threads timed to token too took true truncated unknown update user
    value values-only view views was where with without you your
"""
WORDS = {w for w in ENGLISH.split() if "-" not in w} - {
    # also French words, or names that French uses as they are
    *("on", "format", "export", "exports", "menu", "out", "all", "sort", "array"),
}
WORDS |= {"sort by", "sort ascending", "stream all", "sorted by", "expand labels", "powered by"}

SKIPPED = {"code", "pre", "script", "style", "textarea", "svg"}
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "source", "col"}
SPOKEN = {"title", "alt", "aria-label", "placeholder", "label"}


class Page(HTMLParser):
    """The words of a page, its links, and its forms as the addresses they lead to."""

    def __init__(self, address, text):
        super().__init__(convert_charrefs=True)
        self.address, self.said, self.links, self.headings = address, [], [], []
        self._open, self._form = [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag not in VOID:
            self._open.append((tag, given.get("lang", "")))
        if not self._skips():
            self.said += [given[name] for name in SPOKEN if given.get(name)]
            if given.get("name") == "description":
                self.said.append(given["content"])
            if tag == "input" and given.get("type") in ("submit", "button", "reset"):
                self.said.append(given.get("value", ""))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.address, given["href"]))
        self._field(tag, given)

    def _field(self, tag, given):
        if tag == "form" and given.get("method", "get").lower() == "get":
            self._form = [urljoin(self.address, given.get("action") or self.address), []]
        if self._form is None or "name" not in given or "disabled" in given:
            return
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self._form[1].append((given["name"], given.get("value", "on")))

    def handle_endtag(self, tag):
        if tag == "form" and self._form:
            self.links.append(self._form[0].split("?")[0] + "?" + urlencode(self._form[1]))
            self._form = None
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not self._skips():
            self.said.append(data)

    def _skips(self):
        return any(tag in SKIPPED or lang not in ("", "fr") for tag, lang in self._open)


class Corpus:
    """What the documents and the database say: words that are not the interface's."""

    def __init__(self, site):
        self.values, texts = set(), []
        for table in sql(site, "select name from sqlite_master where type in ('table', 'view')"):
            name = table["name"]
            self.values.add(name)
            for row in sql(site, f"select * from [{name}]"):
                self.values |= set(row) | {squeeze(v) for v in row.values() if isinstance(v, str)}
        texts = [v for v in self.values if len(v) > 40]
        self.text = "\n".join(texts)

    def english(self, said):
        """The English words of something said, without what it quotes."""
        text = squeeze(said)
        quoted = re.sub(r" ?(…|\.\.\.)$", "", text)
        if text in self.values or (text.count(" ") >= 2 and quoted in self.text):
            return []
        text = re.sub(r"«\s.*?\s»", " ", text)  # a value that the page quotes
        text = re.sub(r"\S*[_/=]\S*|\b[a-z0-9]+(?:-[a-z0-9]+){2,}\b", " ", text)  # identifiers
        for value in sorted(self.values, key=len, reverse=True):
            if " " in value and value in text:
                text = text.replace(value, " ")
        words = re.findall(r"[a-zà-ÿœ’'-]+", text.lower())
        pairs = [f"{a} {b}" for a, b in pairwise(words)]
        return [w for w in words + pairs if w in WORDS]


def squeeze(text):
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()


@pytest.fixture(scope="module")
def real_site(tmp_path_factory):
    return build_site(ROOT / "raw", tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def demo_site(tmp_path_factory):
    return build_site(ROOT / "tests" / "demo", tmp_path_factory.mktemp("demo"))


@pytest.fixture(params=["real", "demo"])
def any_site(request):
    return request.getfixturevalue(f"{request.param}_site")


@pytest.fixture
def corpus(any_site):
    return Corpus(any_site)


STARTS = [
    "/",
    "/questionnaires",
    "/questionnaires?_show_hidden=1",
    "/questionnaires?sql=select+1+as+a,+:b+as+b",
    "/questionnaires?sql=select+1&_hide_sql=1",
    "/questionnaires?sql=select+x'00'+as+b",
    "/questionnaires/answers?_search=les&_where=words>3&status__in=answered,blank&_facet=document",
    "/questionnaires/answers?_search_answer=les&_nocol=html",
    "/questionnaires/answers?_col=text&_size=2",
    "/questionnaires/answers?text__contains=zzzz",
    "/-/search?q=les",
    "/-/search?q=zzzz&liste=la-france-insoumise",
]
WRONG = [
    "/zz",
    "/questionnaires/zz",
    "/questionnaires/zz/1",
    "/questionnaires/answers/zz",
    "/questionnaires/answers?_sort=zz",
    "/questionnaires/answers?_sort=id&_sort_desc=id",
    "/questionnaires/answers?_col=zz",
    "/questionnaires/answers?_size=-1",
    "/questionnaires/answers?_size=999999",
    "/questionnaires/answers?_through={",
    "/questionnaires/answers?id__in=[",
    "/questionnaires/answers?words__gt=99999999999999999999",
    "/questionnaires/answers?_where=zz",
    "/questionnaires/answers?_search_zz=a",
    "/questionnaires/dataset?_next=abc",
    "/questionnaires?sql=select+zz",
    "/questionnaires?sql=delete+from+answers",
    "/questionnaires?sql=pragma+table_info(answers)",
    "/questionnaires/answers.csv?_stream=1&_next=a",
    "/questionnaires/answers.blob",
    *(f"/-/{name}" for name in ("actor", "metadata", "messages", "plugins", "versions")),
    "/-/auth-token?token=a",
    "/-/zz",
    "/-/static/zz",
    "/-/static/../zz",
    "/static/zz",
    "/static/",
    "/a%5Cb",
]


# --- French ---------------------------------------------------------------------------------------


def crawl(site, starts, most=450):
    """Every page within reach, plain addresses first; of those that differ by a value, one."""

    async def ask():
        await site.invoke_startup()
        seen, kinds, plain, asked = set(), set(), deque(starts), deque()
        while (plain or asked) and len(seen) < most:
            address = (plain or asked).popleft().split("#")[0]
            if address in seen:
                continue
            seen.add(address)
            answer = await site.client.get(address, follow_redirects=True)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            page = Page(address, answer.text)
            yield address, answer.status_code, page
            for link in page.links:
                parts = urlsplit(link)
                if parts.scheme not in ("", "http") or parts.netloc not in ("", "localhost"):
                    continue
                local = parts._replace(scheme="", netloc="").geturl()
                names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
                kind = (parts.path, *sorted(names))
                if not names:
                    plain.append(local)
                elif kind not in kinds and len(names) <= 4:
                    kinds.add(kind)
                    asked.append(local)

    async def collect():
        return [found async for found in ask()]

    return asyncio.run(collect())


def test_no_page_and_no_form_speaks_english(any_site, corpus):
    pages = crawl(any_site, STARTS)
    assert len(pages) > 100
    found = {
        f"{address}: {word}: {squeeze(said)[:80]}"
        for address, _, page in pages
        for said in page.said
        for word in corpus.english(said)
    }
    assert not found, "\n".join(sorted(found)[:60])
    broken = [
        f"{status} {address}"
        for address, status, _ in pages
        if status >= 400 and "_idx/" not in address  # rows whose key is binary have no address
    ]
    assert not broken, "\n".join(broken)


def test_every_page_has_one_first_heading_and_skips_none(any_site):
    for address, _, page in crawl(any_site, STARTS, most=120):
        assert page.headings.count(1) == 1, address
        assert page.headings[0] == 1, address
        steps = pairwise(page.headings)
        assert all(b - a <= 1 for a, b in steps), (address, page.headings)


def test_the_crawl_would_notice_english():
    class Empty(Corpus):
        def __init__(self):
            self.values, self.text = set(), ""

    page = Page("/", '<p title="Search">This data as</p><code>rows</code><p lang="en">rows</p>')
    assert [Empty().english(said) for said in page.said] == [["search"], ["this", "data"]]


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", WRONG)
def test_an_error_is_a_french_page_that_says_what_to_do(real_site, address):
    answer = get(real_site, address)
    assert 400 <= answer.status_code < 500, address
    assert answer.headers["content-type"].startswith("text/html")
    assert '<html lang="fr">' in answer.text
    page, corpus = Page(address, answer.text), Corpus(real_site)
    assert not [(said, w) for said in page.said for w in corpus.english(said)]
    assert page.headings.count(1) == 1
    assert DATASETTE in [urlsplit(link).path for link in page.links]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/questionnaires/answers?_sort=zz", "Cette table ne se trie pas par « zz »."),
        ("/questionnaires/dataset?_next=abc", "la valeur de « _next » n’est pas comprise"),
        ("/questionnaires?sql=select+zz", "SQLite a répondu : « no such column: zz »."),
        ("/questionnaires?sql=delete+from+answers", "Une requête commence par « select »"),
        ("/questionnaires/answers?_col=zz", "Cette table n’a pas de colonne « zz »."),
        ("/a%5Cb", "barre oblique inverse"),
        ("/\\example.com/", "barre oblique inverse"),
        ("/questionnaires/answers?text=%FF", "n’écrivent aucun texte"),
    ],
)
def test_an_error_names_what_is_wrong(real_site, address, said):
    answer = get(real_site, address)
    assert answer.status_code == 400
    assert said in squeeze(answer.text.replace("&#34;", '"'))


def test_a_query_that_takes_too_long_says_so(real_site):
    endless = "with recursive n(i) as (select 1 union all select i+1 from n) select count(*) from n"
    answer = get(real_site, f"/questionnaires?{urlencode({'sql': endless})}")
    assert answer.status_code == 400
    assert "durait plus de 1,5 seconde." in squeeze(answer.text)
    assert "with recursive" in answer.text.split("<textarea")[1]
    assert "<script" not in answer.text


def test_a_backslash_leads_to_no_other_site(real_site):
    async def ask():
        await real_site.invoke_startup()
        return await real_site.client.get("/\\example.com/")

    assert "location" not in asyncio.run(ask()).headers


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/questionnaires/answers"),
        ("POST", "/questionnaires"),
        ("DELETE", "/questionnaires/questions"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_french(real_site, method, address):
    async def ask():
        await real_site.invoke_startup()
        return await real_site.client.request(method, address)

    answer = asyncio.run(ask())
    assert answer.status_code == 405
    assert "Demande impossible" in answer.text


def test_a_fault_of_the_site_is_owned_in_french_and_shows_nothing_of_its_inside(
    real_site, monkeypatch
):
    def broken(*_):
        raise RuntimeError("the inside")

    monkeypatch.setitem(real_site.jinja_env.globals, "table_title", broken)
    answer = get(real_site, "/questionnaires/answers")
    assert answer.status_code == 500
    assert "la faute n’est pas la vôtre" in answer.text
    assert "the inside" not in answer.text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("answers/tds-municipales-pari_7_la-france-insoumise", "tds-municipales-paris_7_la-france"),
        ("answers/TDS-municipales-Paris_7_La-France-Insoumise.", "tds-municipales-paris_7_la-fr"),
        ("questions/tds-municipale-paris_7", "questions/tds-municipales-paris_7"),
        ("questionnaires/tds-municipales", "questionnaires/tds-municipales-paris"),
        ("respondents/la-france-insoumis%C3%A9", "respondents/la-france-insoumise"),
        ("answer/tds-municipales-paris_7_la-france-insoumise", "answers/tds-municipales-paris_7_"),
        ("compare", "/questionnaires/comparer"),
    ],
)
def test_a_mistyped_permalink_proposes_the_nearest_first(real_site, wrong, right):
    answer = get(real_site, f"/questionnaires/{wrong}")
    assert answer.status_code == 404
    nearest = answer.text.split("les plus proches")[1]
    assert right in re.search(r'href="([^"]*)"', nearest)[1]


def test_an_error_asked_for_in_json_is_json(real_site):
    answer = get(real_site, "/questionnaires/answers/tds-municipales-pari_7_la-france.json")
    assert answer.status_code == 404
    assert answer.json()["ok"] is False
    assert (
        answer.json()["nearest"][0]["identifier"] == "tds-municipales-paris_7_la-france-insoumise"
    )


# --- tables ---------------------------------------------------------------------------------------


def test_filters_sort_facets_and_columns_work_from_the_page(demo_site):
    page = get(demo_site, "/questionnaires/answers?status=blank&_sort_desc=words").text
    assert "où <code>status</code> est égal à «\u00a0blank\u00a0»" in page
    assert "par <code>words</code>, ordre décroissant" in page
    assert 'aria-sort="descending"' in page
    links = Page("/questionnaires/answers", page).links
    assert any("_facet=document" in link for link in links)
    assert any("_nocol=html" in link for link in links)
    assert any("_sort=words" in link for link in links)
    assert "laissée en blanc" in page
    names = re.findall(r">(Liste Exemple \w)<", page.split("facet-respondent")[1])
    assert names == sorted(names)


def test_a_filter_chosen_in_the_form_is_applied_and_can_be_removed(demo_site):
    form = "_filter_column=status&_filter_op=exact&_filter_value=blank"
    answer = get(demo_site, f"/questionnaires/answers?{form}")
    assert answer.url.query == b"status__exact=blank"
    count = sql(demo_site, "select count(*) as n from answers where status = 'blank'")[0]["n"]
    assert f"{count}\u00a0lignes où" in answer.text
    kept = get(demo_site, "/questionnaires/answers?status=blank&_filter_column_1=")
    assert kept.status_code == 200


def test_every_operator_has_a_french_label(demo_site):
    page = get(demo_site, "/questionnaires/answers").text
    labels = re.findall(r'<option value="(?:\w+)">([^<]*)</option>', page)
    assert {"contient", "est au moins", "n’est pas vide"} <= set(labels)


def test_rows_are_paged(demo_site):
    first = get(demo_site, "/questionnaires/answers?_size=5").text
    following = re.search(r'href="([^"]*_next=[^"]*)"[^>]*>Page suivante', first)[1]
    second = get(
        demo_site, urlsplit(following.replace("&amp;", "&"))._replace(scheme="", netloc="").geturl()
    )
    assert second.status_code == 200
    assert "Première page" in second.text


def test_the_csv_of_a_page_is_the_whole_table(demo_site):
    page = get(demo_site, "/questionnaires/answers?_size=5&_next=logement-ville-exemple_10").text
    link = re.search(r'href="([^"]*)">CSV<', page)[1].replace("&amp;", "&")
    count = sql(demo_site, "select count(*) as n from answers")[0]["n"]
    assert get(demo_site, link).text.count("\r\nlogement-ville-exemple_1_") > 0
    assert len(list(csv.reader(io.StringIO(get(demo_site, link).text)))) == count + 1


def test_numbers_are_written_in_french(real_site):
    page = get(real_site, "/questionnaires?sql=select+1234567+as+n,+2.5+as+m").text
    assert '<td class="num">1\u202f234\u202f567</td>' in page
    assert '<td class="num">2,5</td>' in page


def test_every_control_has_a_label(any_site):
    for address in ("/questionnaires/answers?status=answered", "/questionnaires", "/-/search?q=a"):
        page = get(any_site, address).text
        for control in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
            if 'type="hidden"' in control or 'type="checkbox"' in control:
                continue
            name = re.search(r'\bid="([^"]*)"', control)
            labelled = name and f'for="{name[1]}"' in page
            assert labelled or "aria-label=" in control, (address, control)


# --- canned queries -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if query.get("params")])
def test_a_parameter_is_a_field_with_a_label_and_a_list_where_its_value_is_one(demo_site, name):
    page = get(demo_site, f"/questionnaires/{name}").text
    for param in QUERIES[name]["params"]:
        field = QUERIES[name]["fields"][param]
        assert re.search(rf'<label for="qp-{param}">{field["label"]}</label>', page)
        assert f"<{'select' if 'choices' in field else 'input'}" in page
        for row in sql(demo_site, field.get("choices", "select 1 limit 0")):
            assert f'<option value="{next(iter(row.values()))}"' in page


def test_a_value_that_is_not_in_the_list_is_accepted_from_the_address(demo_site):
    page = get(demo_site, "/questionnaires/reponses-d-une-liste?liste=Liste+Exemple+A").text
    assert '<option value="Liste Exemple A" selected>' in page
    assert "Liste Exemple A</td>" in page


# --- search ---------------------------------------------------------------------------------------


def test_the_query_that_searches_marks_what_it_found(demo_site):
    page = get(demo_site, "/questionnaires/chercher?q=logement").text
    assert "<mark>logement</mark>" in page
    assert "**" not in page.split("<table")[1].split("</table>")[0]


@pytest.mark.parametrize("typed", ['"', "(", "*", "NEAR", "a" * 5000, "", " ", "🌹", "l'", "-"])
def test_nothing_typed_into_the_search_is_an_error(real_site, typed):
    for address in ("/-/search", "/-/search.json", "/-/search.csv", "/-/suggestions.json"):
        assert get(real_site, f"{address}?{urlencode({'q': typed})}").status_code == 200


def test_what_is_typed_is_shown_as_text(real_site):
    page = get(real_site, "/-/search?q=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>" not in page
