"""An article of another site that holds our frame, our static version and our oEmbed answer.

The article is served from another port, which for a browser is another origin, and opened in
Chromium.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import micawber
import pytest

from tests.site.serving import served
from tests.sites import ROOT, build_site

CHROMIUM = Path("/usr/bin/chromium")
IDENTIFIER = "tds-municipales-paris_2_la-france-insoumise"
ANSWER = f"/questionnaires/answers/{IDENTIFIER}"
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="LOUD: no /usr/bin/chromium, so no frame was opened in a browser"
)

ARTICLE = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>Un article</title>
<style>body {{ max-width: 600px; margin: 2rem auto; font: 18px/1.5 serif }}
blockquote {{ color: rgb(1, 2, 3) }}</style></head>
<body><h1>Un article</h1><p id="before">Avant.</p>
<div id="frame">{frame}{script}</div><p id="between">Entre.</p>
<div id="static">{static}</div><div id="oembed">{oembed}</div>
<div id="table">{table}</div><p id="after">Après.</p></body></html>"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return build_site(ROOT / "raw", tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def address(site):
    with served(site.config_dir) as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM))
        yield opened
        opened.close()


def copied(browser, url):
    """What a person copies from the fields of a page: {key: text}."""
    page = browser.new_page()
    page.goto(url)
    found = page.eval_on_selector_all(
        "textarea", "all => all.map(each => [each.id.replace('copie-', ''), each.value])"
    )
    page.close()
    return dict(found)


@pytest.fixture(scope="module")
def article(browser, address, tmp_path_factory):
    """The address of the article, on an origin of its own."""
    from_answer = copied(browser, address + ANSWER)
    from_query = copied(browser, f"{address}/questionnaires/longueur-des-reponses")
    shown = micawber.Provider(f"{address}/-/oembed").request(address + ANSWER)
    folder = tmp_path_factory.mktemp("article")
    (folder / "index.html").write_text(
        ARTICLE.format(
            frame=from_answer["cadre"],
            script=from_answer["ajuster"],
            static=from_answer["statique"],
            oembed=shown["html"],
            table=from_query["cadre"],
        ),
        "utf-8",
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(params=[320, 1000], ids=["phone", "desktop"])
def opened(request, browser, article):
    page = browser.new_page(viewport={"width": request.param, "height": 800})
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(article)
    for frame in page.locator("iframe").all():
        frame.scroll_into_view_if_needed()
    page.wait_for_function("window.frames.length === 3")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    yield page
    page.close()


@pytest.fixture(scope="module")
def written(site):
    """The answer, from the file itself: a browser is driven from a loop that allows no other."""
    with sqlite3.connect(site.config_dir / "questionnaires.db") as database:
        return database.execute("select text from answers where id = ?", [IDENTIFIER]).fetchone()[0]


def words(text):
    return " ".join(text.split())


def test_the_words_can_be_read_in_the_frame_without_it_and_by_oembed(written, opened):
    for place in ("#frame", "#oembed"):
        body = opened.frame_locator(f"{place} iframe").locator("body").inner_text()
        assert words(written) in words(body)
        assert "La France insoumise" in body
    assert words(written) in words(opened.locator("#static").inner_text())
    table = opened.frame_locator("#table iframe").locator("table")
    assert table.locator("tbody tr").count() == 10


def test_the_height_of_each_frame_fits_its_content(opened):
    for element in opened.locator("iframe").element_handles():
        inside = element.content_frame()
        # The frame says its height in a message: neither scrolling nor a hole once that arrived.
        rest = "innerHeight - Math.ceil(document.body.getBoundingClientRect().height)"
        inside.wait_for_function(f"0 <= {rest} && {rest} <= 2", timeout=20_000)
        assert inside.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_else_of_the_article_changes(opened):
    assert opened.said == []
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.locator("#before, #between, #after").all_inner_texts() == [
        *("Avant.", "Entre.", "Après.")
    ]
    assert opened.evaluate("Object.keys(localStorage).length + document.cookie.length") == 0
    assert opened.locator("#static blockquote").evaluate("e => getComputedStyle(e).color") == (
        "rgb(1, 2, 3)"
    )
    order = [
        opened.locator(f"#{name}").bounding_box()["y"]
        for name in ("before", "frame", "between", "static", "oembed", "table", "after")
    ]
    assert order == sorted(order)


def test_a_frame_needs_no_script(browser, article):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(article)
    for frame in page.locator("iframe").all():
        assert frame.get_attribute("title")
    page.locator("#frame iframe").scroll_into_view_if_needed()
    inside = page.frame_locator("#frame iframe").locator("body")
    assert "centres de santé communaux" in inside.inner_text()
    context.close()


# --- our own page ---------------------------------------------------------------------------------


def test_a_text_is_copied_with_a_button_that_says_so(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + ANSWER)
    page.locator("#citer summary").press("Enter")
    page.get_by_role("button", name="Copier : BibTeX").press("Enter")
    page.wait_for_function("document.querySelector('[role=status]').textContent.length > 5")
    assert page.locator("main > [role=status]").inner_text() == "BibTeX : copié."
    assert page.evaluate("navigator.clipboard.readText()") == (
        page.locator("#copie-bibtex").input_value()
    )
    context.close()


SELECT = """([from, to]) => {
  const inside = document.querySelector(".words.numbered");
  const range = document.createRange(), walk = document.createTreeWalker(inside, 4);
  while (walk.nextNode()) {
    const at = walk.currentNode.data.indexOf(from), end = walk.currentNode.data.indexOf(to);
    if (at >= 0) range.setStart(walk.currentNode, at);
    if (end >= 0) { range.setEnd(walk.currentNode, end + to.length); break; }
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.mark.parametrize(
    ("selected", "expected"),
    [
        (("entres de san", "communau"), "centres de santé communaux"),
        (("dont bénéficieront", "la Ville"), None),  # from one paragraph into the next
    ],
)
def test_selected_words_are_cited_by_keyboard(browser, address, selected, expected):
    page = browser.new_page()
    page.goto(address + ANSWER)
    page.evaluate(SELECT, selected)
    link = page.locator(".quote-these")
    link.wait_for()
    assert "Citer ces mots" in page.locator("main > [role=status]").inner_text()
    for _ in range(40):  # Tab reaches it
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "quote-these":
            break
    else:
        pytest.fail("Tab does not reach the link")
    page.keyboard.press("Enter")
    page.wait_for_url("**extrait=**")
    marked = words(" ".join(page.locator("mark").all_inner_texts()))
    assert marked.startswith(expected or "dont bénéficieront pleinement")
    assert marked.endswith(expected or "En complément, la Ville")
    shown = page.locator("#copie-texte").input_value()
    assert words(shown).startswith(f"« {marked} »")
    lead = page.locator("#copie-lien").input_value()
    other = browser.new_page()
    other.goto(lead)
    assert words(" ".join(other.locator("mark").all_inner_texts())) == marked
    assert re.search(r"#:~:text=\S+$", lead)
    page.close()
    other.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1100])
def test_axe_finds_nothing(browser, address, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    for path in (
        f"{ANSWER}?extrait=Oui",
        f"{ANSWER}.embed?sha256=000000000000",
        "/questionnaires/questions/tds-municipales-paris_7.embed",
        "/questionnaires/longueur-des-reponses.embed",
        "/questionnaires/longueur-des-reponses",
    ):
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found = Axe().run(page).response["violations"]
        assert not found, (path, [(f["id"], [n["html"][:120] for n in f["nodes"]]) for f in found])
    context.close()
