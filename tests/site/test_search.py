"""The site's search, asked as readers ask it: the same hits everywhere Datasette searches."""

from __future__ import annotations

import csv
import html
import io
import re
import sqlite3
from urllib.parse import quote, urlencode

import pytest

from motamot.search.words import tokens
from tests.sites import build_site, get, rows, sql

TYPED = [
    *("travailleuse", "locataires", "habitants", '"droit de préemption"'),
    *("logement -neuf", "loge*", "inspectrices OR citoyenne"),
]


def hits(site, typed):
    """Identifiers of the answers that `chercher` finds, page after page."""
    found, page = [], 1
    while True:
        batch = rows(site, f"/questionnaires/chercher.json?q={quote(typed)}&page={page}")
        found += [r["lien"].rsplit("/", 1)[1] for r in batch]
        if len(batch) < 20:
            return found
        page += 1


@pytest.mark.parametrize("typed", TYPED)
def test_the_same_answers_are_found_everywhere(demo, typed):
    found = sorted(hits(demo, typed))
    assert found, "a search that finds nothing proves nothing"
    path = f"_search={quote(typed)}&_size=max"
    as_json = rows(demo, f"/questionnaires/answers.json?{path}")
    assert sorted(r["id"] for r in as_json) == found
    as_csv = get(demo, f"/questionnaires/answers.csv?{path}").text
    assert sorted(r["id"] for r in csv.DictReader(io.StringIO(as_csv))) == found
    page = get(demo, f"/questionnaires/answers?{path}").text
    assert all(f"/questionnaires/answers/{identifier}" in page for identifier in found)


@pytest.mark.parametrize(
    "typed", ['"', "(", "-", "*", "NEAR(a b)", "text:x", "'", "", " ", "🌹" * 50]
)
@pytest.mark.parametrize("table", ["answers", "questions"])
def test_nothing_typed_into_a_table_is_an_error(real, table, typed):
    assert get(real, f"/questionnaires/{table}.json?_search={quote(typed)}").status_code == 200


def test_a_form_is_found_by_its_masculine_and_feminine_singular_and_plural(real):
    for typed in ("soignant", "soignants", "soignante", "soignantes", "SOIGNANTES"):
        found = rows(real, f"/questionnaires/chercher.json?q={typed}")
        assert [r["numéro"] for r in found] == ["1"], typed
        assert "**soignant-es**" in found[0]["extrait"]


def test_an_extract_is_the_text_itself_with_whole_words_marked(demo):
    texts = {r["id"]: r["text"] for r in sql(demo, "select id, text from answers")}
    for typed in TYPED:
        seen = False
        for row in rows(demo, f"/questionnaires/chercher.json?q={quote(typed)}"):
            text = texts[row["lien"].rsplit("/", 1)[1]]
            plain = row["extrait"].strip("…").replace("**", "")
            assert plain in text
            marked = row["extrait"].split("**")[1::2]
            seen |= bool(marked)  # of some, it is the question that has the words
            words = {text[t.start : t.end] for t in tokens(text)}
            for found in marked:
                assert {found[t.start : t.end] for t in tokens(found)} <= words
        assert seen, "no extract shows a word that was found"


def test_a_phrase_comes_before_scattered_words(tmp_path):
    replies = {
        "liste-exemple-a": "La cantine sera bio, et la ville un jardin. La cantine, la ville.",
        "liste-exemple-b": "Nous ouvrirons, dans chaque quartier, une cantine de ville.",
        "liste-exemple-c": "Une ville sans voitures et une cantine. Ville, cantine, ville.",
    }
    folder = tmp_path / "raw" / "cantines"
    folder.mkdir(parents=True)
    (folder / "questionnaire.yml").write_text("title: Cantines\nlanguage: fr\n")
    for name, reply in replies.items():
        (folder / f"{name}.md").write_text(f"**1. Que ferez-vous ?**\n\n{reply}\n")
    site = build_site(tmp_path / "raw", tmp_path / "site")
    found = hits(site, "cantines de ville")
    assert found[0] == "cantines_1_liste-exemple-b"
    assert len(found) == 3


def test_an_answer_is_found_by_its_question_its_list_and_its_questionnaire(real):
    for typed in ("Jasmine", "Jasmine insoumise", "Jasmine TDS municipales", "Jasmine abroger"):
        found = rows(real, f"/questionnaires/chercher.json?q={quote(typed)}")
        assert [r["numéro"] for r in found] == ["4"], typed
    old = rows(real, "/questionnaires/chercher.json?q=Jasmine&dans=questions")
    assert [r["numéro"] for r in old] == ["4"], "an old link"


def test_results_come_in_pages_and_say_how_many_there_are(demo):
    count = sql(demo, "select count(*) as n from answers")[0]["n"]
    first = rows(demo, "/questionnaires/chercher.json")
    assert len(first) == min(20, count)
    assert {r["sur"] for r in first} == {count}
    assert [r["rang"] for r in first] == list(range(1, len(first) + 1))


def test_the_file_is_plain_sqlite_for_everyone_else(real):
    path = real.get_database("questionnaires").path
    connection = sqlite3.connect(path)
    found = connection.execute(
        "select text from answers_fts where answers_fts match 'prostitution'"
    ).fetchall()
    assert found
    assert all("prostitution" in text for (text,) in found)
    for table in ("answers_fts", "questions_fts"):
        connection.execute(f"insert into {table}({table}, rank) values ('integrity-check', 1)")


# --- the page, and the same for programs ----------------------------------------------------------


def found(site, **asked):
    answer = get(site, f"/-/search.json?{urlencode(asked)}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def page_of(site, **asked):
    answer = get(site, f"/-/search?{urlencode(asked)}")
    assert answer.status_code == 200
    return answer.text


def test_results_are_drawn_without_a_script(real):
    page = page_of(real, q="proxenetisme")
    assert "<mark>proxénétisme</mark>" in page
    permalink = "/questionnaires/answers/tds-municipales-paris_8_la-france-insoumise"
    assert f'href="{permalink}"' in page


def test_page_json_and_csv_find_the_same_in_the_same_order(demo):
    for typed in ("logement", "bus gratuits", "travailleuses"):
        told = found(demo, q=typed, _size=100)
        urls = [hit["url"] for hit in told["hits"]]
        assert len(urls) == len(set(urls)) == told["count"] > 0
        as_csv = csv.DictReader(io.StringIO(get(demo, f"/-/search.csv?q={quote(typed)}").text))
        assert [row["url"] for row in as_csv] == urls
        linked = re.findall(r'<h3><a href="([^"]*)"', page_of(demo, q=typed))
        assert [f"http://localhost{path}" for path in linked] == urls[:20]


def test_a_hit_begins_with_its_address_which_answers(demo):
    for hit in found(demo, q="logement", _size=5)["hits"]:
        assert next(iter(hit)) == "url"
        assert hit["url"].startswith("http://localhost/questionnaires/")
        page = get(demo, hit["url"].removeprefix("http://localhost"))
        assert page.status_code == 200
        assert html.escape(hit["question"], quote=False)[:20] in page.text


def test_an_extract_says_which_of_its_words_were_found(demo):
    answers = {r["id"]: r["text"] for r in sql(demo, "select id, text from answers")}
    hits = found(demo, q="locataire", dans="reponses")["hits"]
    for hit in hits:
        whole = "".join(piece["text"] for piece in hit["extract"])
        assert whole.strip("…") in answers[hit["id"]]
    marked = {p["text"].casefold() for hit in hits for p in hit["extract"] if p["found"]}
    assert len(marked) > 1, "other forms of the word are marked too"


def test_every_result_can_be_reached_page_after_page(demo):
    seen, path = [], "/-/search.json?q=les&_size=7"
    while path:
        told = get(demo, path).json()
        assert len(told["hits"]) <= 7
        seen += [hit["url"] for hit in told["hits"]]
        path = (told["next"] or "").removeprefix("http://localhost")
    assert len(seen) == len(set(seen)) == told["count"] > 7
    whole = [hit["url"] for hit in found(demo, q="les", _size=100)["hits"]]
    assert seen[:100] == whole, "a page of another size has another order"
    path, drawn = "/-/search?q=les", []
    while path:
        page = get(demo, path).text
        drawn += re.findall(r'<h3><a href="([^"]*)"', page)
        following = re.search(r'href="([^"]*)" rel="next"', page)
        path = html.unescape(following[1]) if following else None
    assert [f"http://localhost{each}" for each in drawn] == seen


def test_results_are_narrowed_by_what_the_page_offers_with_counts(demo):
    """Every link of the page, followed, has as many results as it says."""
    page = page_of(demo, q="logement")
    offered = re.search(r'<nav class="narrow row".*?</nav>', page, re.S)[0]
    links = re.findall(r'<a href="([^"]*)"[^>]*>[^<]*(?:</a> )?<span class="meta">(\d+)', offered)
    names = {name for link, _ in links for name in ("dans", "liste", "questionnaire", "section")
             if f"{name}=" in link}  # fmt: skip
    assert {"dans", "liste", "section"} <= names
    for link, count in links:
        path = html.unescape(link)
        assert get(demo, path.replace("/-/search", "/-/search.json")).json()["count"] == int(count)
        assert "Retirer le filtre" in get(demo, path).text


def test_a_question_that_holds_all_the_words_leads_and_another_does_not(demo):
    assert found(demo, q="taxation des logements vacants")["hits"][0]["type"] == "question"
    of_a_list = found(demo, q="encadrement des loyers liste exemple d")["hits"]
    assert of_a_list[0]["id"] == "logement-ville-exemple_5_liste-exemple-d"


def test_an_answer_left_blank_that_its_question_finds_is_said_to_be_so(demo):
    blank = "select question from answers where status = 'blank'"
    asked = sql(demo, f"select text from questions where id in ({blank})")[0]["text"]
    hits = found(demo, q=asked, dans="reponses", _size=100)["hits"]
    assert [hit["extract"] for hit in hits if hit["status"] == "blank"] == [[]]
    assert "laissée en blanc" in page_of(demo, q=asked)


def test_what_is_typed_narrows_as_a_filter_does(demo):
    """`liste:` and `question:` before a word; the first of all is what a filter leaves."""
    typed = found(demo, q="logement liste:b", dans="reponses")
    assert {hit["list_id"] for hit in typed["hits"]} == {"liste-exemple-b"}
    assert typed["count"] == found(demo, q="logement", liste="liste-exemple-b")["count"]


def test_the_answers_of_a_list_alone_come_with_no_question(demo):
    told = found(demo, q="logement", liste="liste-exemple-a")
    assert {(hit["type"], hit["list_id"]) for hit in told["hits"]} == {
        ("answer", "liste-exemple-a")
    }


@pytest.mark.parametrize(
    "asked",
    [
        *("_size=0", "_size=101", "_size=zz", "_size=-1", "_next=zz", "_next=1-2-3", "dans=zz"),
        *("liste=zz", "questionnaire=zz", "section=zz"),
    ],
)
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_value_that_is_none_is_refused_in_french(demo, asked, kind):
    answer = get(demo, f"/-/search.{kind}?q=logement&{asked}")
    assert answer.status_code == 400
    said = answer.json()["error"] if kind == "json" else answer.text.replace("\u00a0", " ")
    assert re.search("[Rr]ien n’a|« _size » est|n’est pas comprise|« dans » est", said)


def test_what_holds_most_of_the_words_is_shown_when_nothing_holds_all(demo):
    asked = "qui voudrait des bus gratuits et des zeppelins"
    assert found(demo, q=asked)["mode"] == "most"
    page = page_of(demo, q=asked)
    assert "ne contient tous ces mots" in page
    assert "<mark>" in page


def test_a_list_that_said_nothing_is_found_by_its_name(demo):
    silent = "select id, label from respondents where id not in (select respondent from answers)"
    for row in sql(demo, silent):
        page = page_of(demo, q=row["label"])
        assert f'<a href="/questionnaires/respondents/{row["id"]}">{row["label"]}</a>' in page
    assert "de ce nom" not in page_of(demo, q='"')


def test_nothing_found_is_never_a_dead_end(demo):
    page = page_of(demo, q="zzzzqqqq")
    assert "Rien ne répond à" in page
    assert 'href="/#questionnaires"' in page
    filtered = page_of(demo, q="hébergement", questionnaire="mobilites-ville-exemple")
    if "Rien ne répond" in filtered:
        assert 'href="/-/search?q=h%C3%A9bergement">Chercher partout, sans filtre' in filtered


def test_what_is_typed_is_completed_by_words_of_the_corpus(demo):
    asked = get(demo, "/-/suggestions.json?q=droit+au+loge").json()["suggestions"]
    assert asked[0] == "droit au logement"
    accented = get(demo, "/-/suggestions.json?q=HEBERG").json()["suggestions"]
    assert "hébergement" in accented
    for nothing in ("", "droit ", "d", "zzzz", "*", '"'):
        assert get(demo, f"/-/suggestions.json?q={quote(nothing)}").json()["suggestions"] == []


def test_the_api_page_says_what_each_key_is(demo):
    page = get(demo, "/api").text
    for key in (*found(demo, q="logement"), "q", "liste", "dans", "_size", "_next"):
        assert f"<code>{key}</code>" in page


def test_a_long_search_is_read_in_part_and_says_so(demo):
    page = page_of(demo, q="logement " * 400)
    assert "premiers sont lus" in page


# --- tables ---------------------------------------------------------------------------------------


def test_the_flat_dataset_is_searched_as_the_answers_are(demo):
    for typed in TYPED:
        answers = rows(demo, f"/questionnaires/answers.json?_search={quote(typed)}&_size=max")
        flat = rows(demo, f"/questionnaires/dataset.json?_search={quote(typed)}&_size=max")
        assert sorted(r["answer_id"] for r in flat) == sorted(r["id"] for r in answers) != []
        text = get(demo, f"/questionnaires/dataset.csv?_search={quote(typed)}").text
        as_csv = csv.DictReader(io.StringIO(text))
        assert [r["answer_id"] for r in as_csv] == [r["answer_id"] for r in flat]


def test_lists_are_searched_by_their_names(demo):
    path = "/questionnaires/respondents.{}?_search="
    everyone = rows(demo, path.format("json"))
    assert [r["id"] for r in rows(demo, path.format("json") + "exemple+b")] == ["liste-exemple-b"]
    several = rows(demo, path.format("json") + "exemples")
    assert 1 < len(several) < len(everyone)
    as_csv = csv.DictReader(io.StringIO(get(demo, path.format("csv") + "exemples").text))
    assert [r["id"] for r in as_csv] == [r["id"] for r in several]
    assert "Liste Exemple B" in get(demo, "/questionnaires/respondents?_search=exemple+b").text
