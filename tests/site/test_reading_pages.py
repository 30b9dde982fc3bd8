"""What a reader sees: the pages on which questionnaires, questions and answers are read."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from tests.sites import ROOT, build_site, get, sql

TABLES = ("questionnaires", "questions", "answers", "respondents", "documents")
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}
ONE_WINDOW = 14_000  # bytes that the first answer of a server carries, about


class Read(HTMLParser):
    """A page as it is read: its words, headings, links and the text of each marked element."""

    def __init__(self, html):
        super().__init__()
        self.words, self.headings, self.links, self.ids, self.code = "", [], {}, {}, ""
        self.description, self.languages = "", {}
        self._open = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "meta" and attrs.get("name") == "description":
            self.description = attrs["content"]
        if "id" in attrs:
            assert attrs["id"] not in self.ids, f"two elements called {attrs['id']}"
            self.ids[attrs["id"]] = attrs
        if tag not in VOID:
            self._open.append((tag, attrs, len(self.words)))

    def handle_endtag(self, tag):
        while self._open:
            opened, attrs, start = self._open.pop()
            text = " ".join(self.words[start:].split())
            if re.fullmatch("h[1-6]", opened):
                self.headings.append((int(opened[1]), text))
            if opened == "a":
                self.links.setdefault(text, []).append(attrs.get("href"))
            if attrs.get("lang"):
                self.languages.setdefault(attrs["lang"], []).append(text)
            if opened == "dt":
                self.words += " "
            if opened == tag:
                return

    def handle_data(self, data):
        if self._open and self._open[-1][0] in ("style", "script"):
            return
        if (
            self._open
            and self._open[-1][0] == "code"
            and any("line" in str(a.get("class")) for _, a, _ in self._open)
        ):
            self.code += data
        self.words += data

    def says(self, words):
        return " ".join(words.split()) in " ".join(self.words.split())


@cache  # a site does not change while it is tested
def page(site, path):
    answer = get(site, path)
    assert answer.status_code == 200, path
    return Read(answer.text)


def without_script(html):
    """A page without the one script of the site, which no page needs to be read."""
    return re.sub(r'<script src="/static/mot-a-mot\.js\?[0-9a-f]{8}" defer></script>', "", html)


def every_page(site):
    found = ["/", "/a-propos", "/api"]
    for table in TABLES:
        found += [
            f"/questionnaires/{table}/{row['id']}" for row in sql(site, f"select id from {table}")
        ]
    return found


# --- every page -------------------------------------------------------------------------------


def test_headings_are_in_order_under_one_title(site):
    for path in every_page(site):
        levels = [level for level, _ in page(site, path).headings]
        assert levels.count(1) == 1, path
        assert levels[0] == 1, path
        for before, after in pairwise(levels):
            assert after <= before + 1, f"{path}: a heading h{after} follows h{before}"


def test_every_page_is_french_described_and_can_be_skipped_into(site):
    for path in every_page(site):
        html = get(site, path).text
        assert '<html lang="fr">' in html, path
        assert re.search(r"<title>[^<]*Mot à mot[^<]*</title>", html), path
        assert Read(html).description, path
        assert Read(html).links["Aller au contenu"] == ["#contenu"], path
        assert "contenu" in Read(html).ids, path


def test_every_page_is_light_and_loads_nothing_from_elsewhere(site):
    for path in every_page(site):
        html = get(site, path).text
        assert len(gzip.compress(html.encode(), 6)) < ONE_WINDOW, path
        assert "<script" not in without_script(html), path
        assert not re.search(
            r'<(?:img|iframe|source)\b|<link rel="(?:stylesheet|icon)" href="http', html
        )


def test_the_stylesheet_is_light_and_the_only_one(site):
    found = re.findall(r'rel="stylesheet" href="([^"]+)"', get(site, "/").text)
    assert len(found) == 1
    answer = get(site, found[0])
    assert answer.status_code == 200
    assert len(gzip.compress(answer.content, 6)) < ONE_WINDOW
    assert "url(http" not in answer.text


def test_no_link_of_the_site_is_dead(site):
    seen = set()
    for path in every_page(site):
        for addresses in page(site, path).links.values():
            for address in addresses:
                if address.startswith("/"):
                    seen.add(address.split("#")[0])
    for address in sorted(seen):
        assert get(site, address).status_code == 200, address


def test_links_inside_the_site_lead_to_an_element_that_exists(site):
    for path in every_page(site):
        for addresses in page(site, path).links.values():
            for address in addresses:
                there, _, fragment = address.partition("#")
                if fragment and not address.startswith("http"):
                    target = page(site, there or path)
                    assert fragment in target.ids, f"{path} -> {address}"


def test_data_is_one_click_away(site):
    for table in TABLES:
        first = sql(site, f"select id from {table} limit 1")[0]["id"]
        links = page(site, f"/questionnaires/{table}/{first}").links
        assert f"/questionnaires/{table}/{first}.json?_shape=objects" in links["JSON"]
        assert any("CSV" in text for text in links)
        assert "Tableau et SQL" in links


def test_no_template_of_ours_has_a_space_where_french_wants_a_no_break_one():
    for file in sorted((ROOT / "templates").glob("row-questionnaires-*.html")) + [
        ROOT / "templates" / name for name in ("index.html", "base.html", "_reading.html")
    ]:
        words = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", "", file.read_text(), flags=re.S)
        assert not re.search(r"\w [:;!?»]|« \w", words), file.name


# --- home -------------------------------------------------------------------------------------


def test_the_home_says_how_many_were_asked_and_replied(demo):
    home = page(demo, "/")
    assert home.says("6 listes interrogées, 4 réponses reçues")
    assert home.says("1 liste interrogée, 1 réponse reçue")
    titles = [r["title"] for r in sql(demo, "select title from questionnaires order by title")]
    assert [text for level, text in home.headings if level == 3][: len(titles)] == titles


def test_with_one_questionnaire_the_home_shows_its_questions_by_section(real):
    home = page(real, "/")
    sections = [r["title"] for r in sql(real, "select title from sections order by position")]
    assert [text for level, text in home.headings if level == 4] == sections
    for question in sql(real, "select id, text from questions"):
        assert home.links[" ".join(question["text"].split())] == [
            f"/questionnaires/questions/{question['id']}"
        ]
    assert "<details" not in get(real, "/").text


@pytest.mark.parametrize("asked", ["0", "-1", "2", "99999999999", "x", "²"])
def test_a_page_number_that_makes_no_sense_shows_a_page(real, asked):
    assert page(real, f"/?page={asked}").says("La France insoumise")


# --- questionnaire ----------------------------------------------------------------------------


def test_what_is_not_known_is_said(real):
    shown = page(real, "/questionnaires/questionnaires/tds-municipales-paris")
    assert shown.says("Date non connu")
    assert shown.says("Envoyé par non connu")
    assert shown.says("La France insoumise inféré")


def test_who_replied_declined_and_stayed_silent(demo):
    shown = page(demo, "/questionnaires/questionnaires/logement-ville-exemple")
    assert shown.says("Ont répondu à tout (2) Liste Exemple A reçu le 17 février 2031")
    assert shown.says("Ont répondu en partie (2)")
    assert shown.says("A refusé de répondre Liste Exemple E reçu le 12 février 2031")
    assert shown.says("N’a pas répondu Liste Exemple F")


def test_the_matrix_is_a_table_with_headers_and_words_in_every_cell(demo):
    html = get(demo, "/questionnaires/questionnaires/logement-ville-exemple").text
    table = re.search(r'<table class="matrix">.*?</table>', html, re.S)[0]
    questions = sql(demo, "select 1 from questions where questionnaire = 'logement-ville-exemple'")
    assert "<caption" in table
    assert table.count('scope="row"') == len(questions)
    assert table.count('scope="col"') == 1 + 6
    cells = [
        " ".join(re.sub("<[^>]+>", "", c).split())
        for c in re.findall(r"<td>(.*?)</td>", table, re.S)
    ]
    assert len(cells) == 6 * len(questions)
    assert all(cells)
    said = {re.sub(r"répondu, \d+ mots?", "répondu, N mots", cell) for cell in cells}
    assert said == {
        *("répondu, N mots", "laissée en blanc", "question absente de sa réponse"),
        *("a refusé de répondre", "n’a pas répondu"),
    }


# --- question ---------------------------------------------------------------------------------


def test_a_question_shows_every_answer_in_full_by_alphabet(demo):
    shown = page(demo, "/questionnaires/questions/logement-ville-exemple_4")
    names = [text for level, text in shown.headings if level == 2]
    assert names[:4] == [f"Liste Exemple {letter}" for letter in "ABCD"]
    for answer in sql(demo, "select text from answers where question = 'logement-ville-exemple_4'"):
        for block in answer["text"].split("\n"):
            assert shown.says(block)
    assert shown.says("Liste Exemple E a refusé de répondre")


def test_lists_to_compare_are_chosen_without_a_script(demo):
    path = "/questionnaires/questions/logement-ville-exemple_4"
    shown = page(demo, f"{path}?liste=liste-exemple-b&liste=liste-exemple-d")
    assert [text for level, text in shown.headings if level == 2] == [
        "Liste Exemple B",
        "Liste Exemple D",
    ]
    assert shown.links["Toutes les listes"] == [path]
    everything = page(demo, f"{path}?liste=nobody")
    assert [t for n, t in everything.headings if n == 2][:2] == [
        "Liste Exemple A",
        "Liste Exemple B",
    ]


def test_the_title_of_a_question_is_its_text_and_its_links_stay_links(real):
    for question in sql(real, "select id, text from questions"):
        shown = page(real, f"/questionnaires/questions/{question['id']}")
        title = shown.headings[0][1]
        assert " ".join(question["text"].split()).startswith(title)
        assert shown.says(question["text"])
        for link in sql(real, f"select url from links where question = '{question['id']}'"):
            assert any(link["url"] in addresses for addresses in shown.links.values())


def test_questions_follow_each_other(real):
    ids = [r["id"] for r in sql(real, "select id from questions order by position")]
    for before, after in pairwise(ids):
        html = get(real, f"/questionnaires/questions/{before}").text
        assert f'rel="next" href="/questionnaires/questions/{after}"' in html
        html = get(real, f"/questionnaires/questions/{after}").text
        assert f'rel="prev" href="/questionnaires/questions/{before}"' in html


def test_words_in_another_language_say_so(demo):
    question = page(demo, "/questionnaires/questions/public-space-example-town_1")
    assert "Will you keep the central library open on Sundays?" in question.languages["en"]
    answer = page(demo, "/questionnaires/answers/public-space-example-town_1_example-list-g")
    assert any("The library opened" in text for text in answer.languages["en"])


# --- answer -----------------------------------------------------------------------------------


def test_an_answer_says_where_it_stands(real):
    shown = page(real, "/questionnaires/answers/tds-municipales-paris_2_la-france-insoumise")
    (source,) = shown.links["tds-municipales-paris/la-france-insoumise.md, lignes 13 à 15"]
    assert source.endswith("la-france-insoumise?lignes=13-15#L13")
    digest = hashlib.sha256(
        (ROOT / "raw/tds-municipales-paris/la-france-insoumise.md").read_bytes()
    )
    assert shown.says(digest.hexdigest())
    assert {"p1", "p2"} <= set(shown.ids)
    assert "p3" not in shown.ids
    assert "Sa réponse à la question 3 →" in shown.links


def test_an_answer_is_shown_word_for_word_with_tables_and_lists(site):
    for answer in sql(site, "select id, html from answers"):
        shown = get(site, f"/questionnaires/answers/{answer['id']}").text
        pieces = re.sub(r"</?table>", "", answer["html"]).split("\n")
        assert all(piece in shown for piece in pieces), answer["id"]


def test_a_blank_answer_says_what_the_document_holds(demo):
    for answer in sql(demo, "select id, text from answers where status = 'blank'"):
        shown = page(demo, f"/questionnaires/answers/{answer['id']}")
        assert shown.says("Question laissée en blanc")
        assert shown.says(answer["text"])


def test_an_answer_leads_to_the_others(demo):
    shown = page(demo, "/questionnaires/answers/logement-ville-exemple_4_liste-exemple-b")
    assert shown.links["Liste Exemple A"] == [
        "/questionnaires/answers/logement-ville-exemple_4_liste-exemple-a"
    ]
    (both,) = shown.links["comparer avec Liste Exemple A"]
    compared = page(demo, both)
    assert [text for level, text in compared.headings if level == 2] == [
        "Liste Exemple A",
        "Liste Exemple B",
    ]


# --- list -------------------------------------------------------------------------------------


def test_a_list_shows_all_it_answered_and_all_it_did_not(demo):
    shown = page(demo, "/questionnaires/respondents/liste-exemple-c")
    for answer in sql(demo, "select text from answers where respondent = 'liste-exemple-c'"):
        for block in answer["text"].split("\n"):
            assert shown.says(re.sub("^- ", "", block))
    # "Sans réponse." is shown as its words, until somebody confirms that they are none.
    assert shown.words.count("Question laissée en blanc") == 3
    silent = page(demo, "/questionnaires/respondents/liste-exemple-e")
    assert silent.says("a refusé de répondre")
    partial = page(demo, "/questionnaires/respondents/liste-exemple-d")
    assert partial.says("Question absente de sa réponse.")


# --- document ---------------------------------------------------------------------------------


def test_the_lines_of_a_document_are_the_document(site):
    for document in sql(site, "select id, markdown, lines from documents"):
        shown = page(site, f"/questionnaires/documents/{document['id']}")
        assert shown.code == document["markdown"]
        assert {f"L{n}" for n in range(1, document["lines"] + 1)} == {
            name for name in shown.ids if re.fullmatch(r"L\d+", name)
        }


def test_every_passage_says_what_it_was_read_as(site):
    for document in sql(site, "select id from documents"):
        html = get(site, f"/questionnaires/documents/{document['id']}").text
        kinds = re.findall(r'<div class="passage ([a-z]+)"><p class="kind" lang="fr">(\w+)', html)
        expected = sql(
            site,
            f"select kind from passages where document = '{document['id']}' order by position",
        )
        assert [kind for kind, _ in kinds] == [row["kind"] for row in expected]
        assert {word for _, word in kinds} <= {
            *("Titre", "Préambule", "Section", "Question", "Réponse", "Note")
        }


@pytest.mark.parametrize(
    ("asked", "marked"),
    [
        ("13-15", [13, 14, 15]),
        ("15-13", [13, 14, 15]),
        ("13", [13]),
        ("64-9999", [64, 65]),
        ("0", []),
        ("9999", []),
        ("x", []),
        ("", []),
        ("1-2-3", []),
    ],
)
def test_lines_that_are_asked_for_are_marked(real, asked, marked):
    path = "/questionnaires/documents/tds-municipales-paris_la-france-insoumise"
    html = get(real, f"{path}?lignes={asked}").text
    assert [int(n) for n in re.findall(r'class="line marked" id="L(\d+)"', html)] == marked
    assert Read(html).says("marquée") == bool(marked)


def test_the_raw_text_is_the_bytes_that_were_received(site):
    for document in sql(site, "select id, sha256, bytes from documents"):
        answer = get(site, f"/questionnaires/documents/{document['id']}.txt")
        assert len(answer.content) == document["bytes"]
        assert hashlib.sha256(answer.content).hexdigest() == document["sha256"]
        assert answer.headers["content-type"].startswith("text/plain")
    assert get(site, "/questionnaires/documents/nothing.txt").status_code == 404


# --- à propos ---------------------------------------------------------------------------------


def test_the_about_page_is_the_markdown_file(real):
    shown = page(real, "/a-propos")
    text = (ROOT / "templates" / "content" / "a-propos.md").read_text(encoding="utf-8")
    titles = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert [title for level, title in shown.headings if level == 2] == titles
    assert shown.says("Demander une correction")
    assert not shown.says("**")


# --- what must not happen ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A folder whose words try to be more than words, with the line ends of Windows."""
    raw = tmp_path_factory.mktemp("hostile-raw")
    (raw / "respondents.yml").write_text(
        "mal:\n  name: '<script>alert(1)</script> & \"co\"'\n  note: '<b>inféré</b>'\n"
    )
    (raw / "q").mkdir()
    (raw / "q" / "questionnaire.yml").write_text("title: 'Titre <img src=x onerror=alert(3)>'\n")
    (raw / "q" / "mal.md").write_bytes(
        b"# T\r\n\r\n1. Un [lien](javascript:alert(5)) <script>alert(6)</script> ?\r\n\r\n"
        b"Oui, [l\xc3\xa0](javascript:alert(7)) <img src=http://example.org/x.png>\r\n"
    )
    return build_site(raw, tmp_path_factory.mktemp("hostile"))


def test_words_stay_words(hostile):
    for path in every_page(hostile):
        html = without_script(get(hostile, path).text)
        assert not re.search(r"<script|<img|<b>", html), path
        for addresses in Read(html).links.values():
            assert not any(str(address).startswith("javascript:") for address in addresses), path


def test_line_ends_of_windows_are_kept(hostile):
    document = sql(hostile, "select markdown from documents")[0]["markdown"]
    assert "\r\n" in document
    shown = get(hostile, "/questionnaires/documents/q_mal").text
    assert "\r" not in shown, "a browser would read a bare CR as a new line"
    assert Read(shown).code == document
