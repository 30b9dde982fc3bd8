"""The site in a real Chromium: five stories of readers, and what must hold on every page.

Without a browser these tests are skipped, loudly; MOTAMOT_BROWSER=required makes that a failure.
"""

from __future__ import annotations

import csv
import io
import os
import re
import time
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.site import browser
from tests.site.browser import Reader, Site, served, shifted, sideways, tab, tab_to, violations
from tests.sites import DATABASE, QUERIES, ROOT

ONE_WINDOW = 14_000  # bytes that the first answer of a server carries, about
READING = ("questionnaires", "questions", "answers", "revisions", "respondents", "documents")

# One address of every kind of page: as it is, or as SQL that finds it in the dataset served.
ROW = "select '/questionnaires/{0}/' || id from {0} {1} limit 1"
READING_PAGES = {
    "home": "/",
    "about": "/a-propos",
    "api": "/api",
    "questionnaire": ROW.format("questionnaires", "order by id"),
    "questionnaire in another language": ROW.format("questionnaires", "order by language = 'fr'"),
    "question": ROW.format("questions", "order by length(text) desc"),
    "question in another language": ROW.format("questions", "order by rowid desc"),
    "question, lists chosen": """
        select '/questionnaires/questions/' || question || '?liste='
          || group_concat(respondent, '&liste=')
        from answers group by question order by count(*) desc limit 1""",
    "answer": ROW.format("answers", "order by words desc"),
    "answer, a paragraph named": ROW.format("answers", "order by rowid").replace(
        "id", "id || '#p1'", 1
    ),
    "answer left blank": ROW.format("answers", "order by status = 'blank' desc, words"),
    "answer that was modified": ROW.format(
        "answers", "order by id in (select answer from revisions) desc"
    ),
    "what an answer said before": """
        select coalesce((select '/questionnaires/revisions/' || id from revisions limit 1), '/')""",
    "respondent": ROW.format("respondents", "order by id"),
    "respondent without an answer": """
        select '/questionnaires/respondents/' || respondent from replies
        order by document is not null limit 1""",
    "document": ROW.format("documents", "order by bytes desc"),
    "document of which there are versions": ROW.format(
        "documents", "order by id in (select document from revisions) desc"
    ),
    "document, lines marked": """
        select '/questionnaires/documents/' || document || '?lignes=' || line_start || '-'
          || line_end || '#L' || line_start from answers order by line_start desc limit 1""",
    "search": "/-/search",
    "search that finds": "/-/search?q=logement",
    "search that finds nothing": "/-/search?q=zzzz",
}
MISTYPED = "select '/questionnaires/answers/' || id || 'x' from answers limit 1"
ERRORS = {
    "404": "/zz",
    "404 with the nearest": MISTYPED,
    "400": "/questionnaires/answers?_sort=zz",
    "400 of SQL": "/questionnaires?sql=select+zz",
}
FILTERED = "_search=les&status=answered&_facet=document&_sort_desc=words"
DATA_PAGES = {
    "database": "/questionnaires?_show_hidden=1",
    **{f"table {name}": f"/questionnaires/{name}?_size=5" for name in DATABASE["tables"]},
    "table filtered": f"/questionnaires/answers?{FILTERED}&_size=5",
    "table where nothing is found": "/questionnaires/answers?text__contains=zzzz",
    "row": ROW.format("replies", "order by id"),
    **{f"query {name}": f"/questionnaires/{name}" for name in QUERIES},
    "SQL": "/questionnaires?sql=select+id,+words+from+answers+where+words+>+:n+limit+5&n=3",
    "SQL that finds nothing": "/questionnaires?sql=select+1+as+a+where+0",
}
PAGES = READING_PAGES | DATA_PAGES | ERRORS


# --- a browser and two sites ----------------------------------------------------------------------


class Loud:
    """Says once, at the end of the run and in red, that the browser is missing."""

    def pytest_terminal_summary(self, terminalreporter):
        terminalreporter.write_line(browser.MISSING, red=True, bold=True)


@pytest.fixture(scope="module", autouse=True)
def chromium(request):
    path = browser.installed()
    if path is None and os.environ.get("MOTAMOT_BROWSER") == "required":
        pytest.fail(browser.MISSING.replace("were skipped", "could not run"))
    if path is None:
        request.config.pluginmanager.register(Loud())
        pytest.skip(browser.MISSING)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=browser.ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def real(chromium, tmp_path_factory):
    with served(ROOT / "raw", tmp_path_factory.mktemp("real") / "site") as site:
        yield site


@pytest.fixture(scope="module")
def demo(chromium, tmp_path_factory):
    with served(ROOT / "tests" / "demo", tmp_path_factory.mktemp("demo") / "site") as site:
        yield site


@pytest.fixture(params=["real", "demo"])
def site(request) -> Site:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def one_reader(chromium, real, demo):
    reader = Reader(chromium, [real, demo])
    yield reader
    for context in reader.contexts.values():
        context.close()


@pytest.fixture
def reader(one_reader):
    """What must hold whatever a test does: no other host is asked, no error in the console."""
    one_reader.asked.clear()
    one_reader.complaints.clear()
    yield one_reader
    assert one_reader.elsewhere() == []
    assert one_reader.complaints == []


@pytest.fixture
def page(reader) -> Page:
    return reader.page()


def address(site: Site, kind: str) -> str:
    found = PAGES[kind]
    return site.address + (found if found.startswith("/") else site.one(found))


def words(text: str) -> str:
    """Only the words of a text, to compare what is shown with what was received.

    A browser draws the numbers of a list, and does not give them back as text.
    """
    return " ".join(re.findall(r"\w+", re.sub(r"^\s*\d+[.)] ", "", text, flags=re.MULTILINE)))


# --- five stories ---------------------------------------------------------------------------------

WORD = "proxénétisme"
PERMALINK = "/questionnaires/answers/tds-municipales-paris_8_la-france-insoumise"
ITS_SEARCH = "Chercher dans les questions et les réponses"


def assert_the_word_is_found(page: Page) -> None:
    """On the page of results: the word, marked, in sight."""
    expect(page).to_have_title(f"« {WORD} » : recherche · Mot à mot")
    mark = page.locator("mark", has_text=WORD)
    expect(mark).to_be_in_viewport()
    paper = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert mark.evaluate("e => getComputedStyle(e).backgroundColor") != paper


def assert_the_permalink_says_it(page: Page) -> None:
    """On the permalink: the answer with the word, who gave it, to what, from which lines."""
    assert urlsplit(page.url).path == PERMALINK
    expect(page.get_by_role("heading", level=1)).to_contain_text("La France insoumise")
    expect(page.locator(".numbered")).to_contain_text(f"les réseaux de {WORD}")
    expect(page.locator("blockquote")).to_contain_text("dénoncer le harcèlement policier")
    expect(page.get_by_role("complementary")).to_contain_text(
        "tds-municipales-paris/la-france-insoumise.md, ligne"
    )


@pytest.mark.parametrize("script", [True, False], ids=["", "without JavaScript"])
def test_story_1_find_a_word_and_reach_the_permalink(reader, real, script):
    page = reader.page(java_script_enabled=script)
    page.goto(real.address)
    page.get_by_role("searchbox", name=ITS_SEARCH).fill(WORD)
    page.get_by_role("main").get_by_role("button", name="Chercher").click()
    assert_the_word_is_found(page)
    page.locator(".hits li", has=page.locator("mark")).get_by_role("link").click()
    assert_the_permalink_says_it(page)
    page.get_by_role("complementary").get_by_role("link", name="la-france-insoumise.md").click()
    line = page.locator(".line.marked", has_text=WORD)
    expect(line).to_be_in_viewport()


def test_story_2_compare_two_lists(page, demo):
    (question, count), *_ = demo.rows(
        "select question, count(*) from answers where status = 'answered'"
        " group by question order by 2 desc"
    )
    assert count > 2
    page.goto(f"{demo.address}/questionnaires/questions/{question}")
    expect(page.locator("article.card")).to_have_count(count)
    page.get_by_text("Choisir les listes à comparer").click()
    chosen = demo.rows(
        "select name, text from answers join respondents on respondents.id = respondent"
        " where question = ? and answers.status = 'answered' order by name limit 2",
        question,
    )
    for name, _ in chosen:
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Comparer").click()
    cards = page.locator("article.card")
    expect(cards.get_by_role("heading", level=2)).to_have_text([name for name, _ in chosen])
    for card, (_, text) in zip(cards.all(), chosen, strict=True):
        assert words(text) in words(card.inner_text())
    tops = {card.bounding_box()["y"] for card in cards.all()}
    assert len(tops) == 1, "the two answers do not stand side by side"


def test_story_2_compare_two_lists_on_every_question(page, demo):
    page.goto(f"{demo.address}/questionnaires")
    page.get_by_role("link", name="Comparer deux listes").click()
    page.get_by_label("Première liste").select_option(label="Liste Exemple C")
    page.get_by_label("Seconde liste").select_option(label="Liste Exemple A")
    page.get_by_role("button", name="Afficher").click()
    assert parse_qs(urlsplit(page.url).query) == {
        "a": ["liste-exemple-c"],
        "b": ["liste-exemple-a"],
    }
    expect(page.get_by_label("Première liste")).to_have_value("liste-exemple-c")
    asked = demo.rows(
        "select id from questions where id in (select question from answers where respondent in"
        " ('liste-exemple-a', 'liste-exemple-c'))"
    )
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(len(asked))
    shown = words(page.get_by_role("table").inner_text())
    for text, status in demo.rows(
        "select text, status from answers"
        " where respondent in ('liste-exemple-a', 'liste-exemple-c')"
    ):
        assert words(text if status == "answered" else "(laissée en blanc)") in shown


def write(page: Page, query: str) -> None:
    """Put a query in the editor as a person does."""
    page.get_by_label("Requête").first.click()
    page.locator(".CodeMirror-focused").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type(query)


def test_story_3_run_a_query_change_it_and_download_its_csv(reader, page, real):
    page.goto(real.address)
    page.get_by_role("link", name="Données et SQL").click()
    assert not [url for url in reader.asked if "codemirror" in url]
    write(page, "select number, text from questions where number = :numero")
    page.get_by_role("button", name="Exécuter").click()
    page.get_by_label("numero").fill("7")
    page.get_by_role("button", name="Exécuter").click()
    expect(page.get_by_role("table")).to_contain_text("arrêtés anti-stationnement")
    expect(page.locator("tbody tr")).to_have_count(1)

    changed = "select number as numéro, text from questions order by position desc"
    write(page, changed)
    page.keyboard.press("Shift+Enter")
    expect(page.locator("tbody tr")).to_have_count(10)
    expect(page.locator("thead")).to_contain_text("numéro")
    expect(page.locator("tbody tr").first).to_contain_text("10")

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "requete.csv"
    text = download.value.path().read_bytes().decode("utf-8")
    header, *read = csv.reader(io.StringIO(text))
    assert header == ["numéro", "text"]
    assert [tuple(row) for row in read] == real.rows(changed)


def test_the_editor_is_left_with_tab_and_puts_the_query_in_form(page, real):
    page.goto(f"{real.address}/questionnaires?sql=select+1+as+a+where+1")
    write(page, "select 1 as a, 2 as b from answers where 1")
    assert tab(page)["words"] == "Exécuter"
    page.get_by_role("button", name="Mettre en forme").click()
    expect(page.locator(".CodeMirror-line")).to_have_count(7)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("phone", [{"is_mobile": True, "has_touch": True}], ids=["360 px"])
def test_story_4_read_a_whole_questionnaire_on_a_phone(reader, site, phone):
    page = reader.page(360, 740, **phone)
    page.goto(site.address)
    assert_it_reads_well(page)
    page.locator("article h3 a").first.tap()
    page.wait_for_url("**/questionnaires/questionnaires/*")
    questionnaire = urlsplit(page.url).path.split("/")[-1]
    assert_it_reads_well(page)
    page.locator(".questions a").first.tap()
    numbers = site.rows(
        "select id, number from questions where questionnaire = ? order by position", questionnaire
    )
    for place, (question, number) in enumerate(numbers):
        page.wait_for_url(f"**/questionnaires/questions/{question}")
        assert_it_reads_well(page)
        shown = words(page.get_by_role("main").inner_text())
        for (text,) in site.rows("select text from answers where question = ?", question):
            assert words(text) in shown, f"question {number}"
        if place + 1 < len(numbers):
            page.get_by_role("link", name=f"Question {numbers[place + 1][1]} →", exact=True).tap()
    page.get_by_role("link", name="Lien permanent").last.tap()
    page.wait_for_url("**/questionnaires/answers/*")
    assert_it_reads_well(page)


def assert_it_reads_well(page: Page) -> None:
    """On a phone: as wide as the screen, no letter too small, lines that breathe."""
    assert sideways(page) == []
    sizes = page.evaluate("""() => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), sizes = [];
      while (walk.nextNode()) {
        const e = walk.currentNode.parentElement;
        if (walk.currentNode.data.trim() && e.checkVisibility())
          sizes.push(parseFloat(getComputedStyle(e).fontSize));
      }
      return sizes;
    }""")
    assert min(sizes) >= 12
    for text in page.locator(".words:visible, .questions li:visible, .lead:visible").all():
        size, line = text.evaluate(
            "e => [getComputedStyle(e).fontSize, getComputedStyle(e).lineHeight].map(parseFloat)"
        )
        assert size >= 16, page.url
        assert line >= 1.4 * size, page.url
    for control in page.locator("input[type=search]:visible").all():  # below, iOS zooms in
        assert control.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 16


def test_story_5_find_a_word_with_the_keyboard_alone(page, real):
    page.goto(real.address)
    first = tab(page)
    assert first["words"] == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    assert tab(page)["words"] == ITS_SEARCH
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/search?q=*")
    assert_the_word_is_found(page)
    tab_to(page, href=PERMALINK)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{PERMALINK}")
    assert_the_permalink_says_it(page)


def test_the_header_is_reached_by_keyboard_too(page, real):
    page.goto(f"{real.address}{PERMALINK}")
    tab_to(page, name="q")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/search?q=*")
    assert_the_word_is_found(page)


KEYBOARD = [
    *("home", "questionnaire", "question, lists chosen", "answer", "respondent", "document"),
    *("search that finds", "database", "table filtered", "query comparer", "SQL", "400 of SQL"),
]


@pytest.mark.parametrize("kind", KEYBOARD)
def test_tab_stops_at_everything_and_is_seen_everywhere(page, demo, kind):
    page.goto(address(demo, kind))
    page.evaluate(browser.UNFOLD)
    expected, reached = browser.stops(page), 0
    while (stop := tab(page)) and not stop["again"]:
        reached += 1
    assert reached >= expected > 5


# --- every page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PAGES)
def test_no_rule_of_accessibility_is_broken(page, site, kind):
    answer = page.goto(address(site, kind))
    assert (answer.status >= 400) == (kind in ERRORS)
    page.evaluate(browser.UNFOLD)
    broken = []
    for scheme, rules in (("light", browser.RULES), ("dark", browser.RULES_OF_COLOUR)):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            broken += [f"{scheme}, {width} px: {each}" for each in violations(page, rules)]
    page.emulate_media(color_scheme="light")
    assert not broken, "\n".join([page.url, *broken])


@pytest.mark.parametrize("kind", PAGES)
def test_no_page_scrolls_sideways_nor_cuts_its_text(page, site, kind):
    page.goto(address(site, kind))
    page.evaluate(browser.UNFOLD)
    wide = []
    for width, text in ((1280, 100), (640, 100), (320, 100), (1280, 200)):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(f"document.documentElement.style.fontSize = '{text}%'")
        wide += [f"{width} px, text {text} %: {each}" for each in sideways(page)]
    assert not wide, "\n".join([page.url, *wide])


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", READING_PAGES)
def test_nothing_moves_once_it_is_shown(reader, site, kind, width):
    page = reader.page(width)
    page.goto("about:blank")
    page.goto(address(site, kind))
    assert shifted(page) < 0.01


@pytest.mark.parametrize("kind", READING_PAGES)
def test_a_reading_page_is_a_page_a_stylesheet_and_at_most_the_script_that_copies(
    reader, page, site, kind
):
    page.goto("about:blank")
    reader.asked.clear()
    page.goto(address(site, kind))
    paths = [urlsplit(url).path for url in reader.asked if "data:" not in url]
    assert paths[1:] in (
        ["/static/mot-a-mot.css"],
        ["/static/mot-a-mot.css", "/static/mot-a-mot.js"],
    )
    assert page.locator("script").count() == len(paths) - 2


def test_every_reading_page_travels_in_one_window(site):
    pages = ["/", "/a-propos", "/-/search", "/-/search?q=les"]
    for table in READING:
        pages += [
            f"/questionnaires/{table}/{row[0]}" for row in site.rows(f"select id from {table}")
        ]
    home = urllib.request.urlopen(site.address).read().decode()
    pages.append(re.search(r'rel="stylesheet" href="([^"]+)"', home)[1])
    heavy = {path: size for path in pages if (size := weight(site.address + path)) > ONE_WINDOW}
    assert heavy == {}


def weight(url: str) -> int:
    """Bytes of an answer as it travels: its header and its body, compressed."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers["Content-Encoding"] == "gzip", url
        return len(answer.read()) + len(str(answer.headers))


# --- dark, on paper, without JavaScript -----------------------------------------------------------


def lightness(page: Page, selector: str, side: str) -> float:
    """0 is black, 255 white."""
    colour = page.locator(selector).first.evaluate(f"e => getComputedStyle(e).{side}")
    red, green, blue = map(float, re.findall(r"[\d.]+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_who_asks_for_dark_gets_dark(reader, real):
    page = reader.page(color_scheme="dark")
    for kind in ("home", "answer", "search that finds", "table answers"):
        page.goto(address(real, kind))
        assert lightness(page, "body", "backgroundColor") < 60
        assert lightness(page, "body", "color") > 180
        assert lightness(page, "input", "backgroundColor") < 80


def test_an_answer_is_printed_with_its_source_and_its_address(page, real):
    page.goto(f"{real.address}{PERMALINK}")
    page.emulate_media(media="print", color_scheme="dark")
    printed = page.locator("body").inner_text()
    text, sha256, line = real.rows(
        "select answers.text, sha256, line_start from answers"
        " join documents on documents.id = document where answers.id = ?",
        PERMALINK.rsplit("/")[-1],
    )[0]
    assert words(text) in words(printed)
    for said in ("La France insoumise", "dénoncer le harcèlement policier", sha256):
        assert said in printed
    assert f"tds-municipales-paris/la-france-insoumise.md, ligne {line}" in printed
    assert page.url in printed
    assert lightness(page, "body", "backgroundColor") > 250
    assert lightness(page, ".words", "color") < 30
    for hidden in ("navigation", "search", "button"):
        assert page.get_by_role(hidden).count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="screen", color_scheme="light")


def test_every_reading_page_prints_its_address(page, site):
    for kind in ("questionnaire", "question", "answer", "respondent", "document"):
        page.goto(address(site, kind))
        page.emulate_media(media="print")
        assert page.url in page.locator("main").inner_text(), kind
        page.emulate_media(media="screen")


def test_the_search_is_narrowed_without_javascript(reader, demo):
    page = reader.page(java_script_enabled=False)
    page.goto(f"{demo.address}/-/search")
    page.get_by_label("Mots à chercher").fill("logement")
    page.get_by_role("main").get_by_role("button", name="Chercher").click()
    narrower = page.get_by_role("navigation", name="Restreindre les résultats")
    narrower.get_by_text("Liste ou parti").press("Enter")
    narrower.get_by_role("link", name="Liste Exemple A").press("Enter")
    names = page.locator(".hits").get_by_role("heading", level=3).all_inner_texts()
    assert set(names) == {"Liste Exemple A"}
    page.get_by_role("link", name="Retirer le filtre").press("Enter")
    assert len(page.locator(".hits").get_by_role("heading", level=3).all()) > len(names)


def test_words_are_completed_as_they_are_typed(page, demo):
    page.goto(f"{demo.address}/-/search")
    page.get_by_label("Mots à chercher").press_sequentially("droit au loge")
    offered = page.locator("datalist option").first
    expect(offered).to_have_attribute("value", "droit au logement")


def test_a_query_runs_without_javascript(reader, real):
    page = reader.page(java_script_enabled=False)
    page.goto(f"{real.address}/questionnaires")
    page.get_by_label("Requête").fill("select count(*) as n from answers")
    page.get_by_role("button", name="Exécuter").click()
    expect(page.locator("tbody td")).to_have_text(["10"])


# --- the checks themselves ------------------------------------------------------------------------

WRONG = """<!DOCTYPE html><html><title>a</title><style>
  a { outline: none !important } p { width: 3000px }
  div { overflow: hidden; width: 50px; white-space: nowrap }
</style><p><a href="/">x</a><a href="/a">y</a><div>much too long a text for so little</div>
<span style="color:#bbb">pale</span><img src="http://127.0.0.1:9/elsewhere.png">"""


def test_the_checks_would_notice(reader, page):
    page.goto("about:blank")
    page.set_content(WRONG)
    rules = {found.split(":")[0] for found in violations(page)}
    assert {"html-has-lang", "color-contrast", "image-alt", "target-size", "region"} <= rules
    found = sideways(page)
    assert "too wide" in found[0]
    assert any(each.startswith("cut: div") for each in found)
    with pytest.raises(AssertionError, match="nothing shows that the focus is on"):
        tab(page)
    page.evaluate("""() => {
      const late = document.createElement("h1");
      late.innerHTML = "a<br>b<br>c<br>d";
      document.body.prepend(late);
    }""")
    time.sleep(0.1)
    assert shifted(page) > 0.01
    assert reader.elsewhere() == ["http://127.0.0.1:9/elsewhere.png"]
    assert "elsewhere.png" in reader.complaints[0][0]
    reader.asked.clear()
    reader.complaints.clear()
