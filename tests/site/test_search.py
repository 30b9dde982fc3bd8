"""The site's search, asked as readers ask it: the same hits everywhere Datasette searches."""

from __future__ import annotations

import csv
import io
import sqlite3
from urllib.parse import quote

import pytest

from motamot.search import index as search
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
        for row in rows(demo, f"/questionnaires/chercher.json?q={quote(typed)}"):
            text = texts[row["lien"].rsplit("/", 1)[1]]
            plain = row["extrait"].strip("…").replace("**", "")
            assert plain in text
            marked = row["extrait"].split("**")[1::2]
            assert marked, "the extract shows no word that was found"
            words = {text[t.start : t.end] for t in tokens(text)}
            for found in marked:
                assert {found[t.start : t.end] for t in tokens(found)} <= words


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


def test_an_answer_is_found_by_its_question_when_asked_for(real):
    alone = rows(real, "/questionnaires/chercher.json?q=Jasmine")
    assert alone == []
    found = rows(real, "/questionnaires/chercher.json?q=Jasmine&dans=questions")
    assert [r["numéro"] for r in found] == ["4"]


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


def test_a_misspelt_word_brings_the_nearest_words_of_the_corpus():
    vocabulary = {"logement": "logement", "logiciel": "logiciel", "proxenetisme": "proxénétisme"}
    assert search.nearest("logemnt", vocabulary)[0] == "logement"
    assert search.nearest("proxenetism", vocabulary) == ["proxénétisme"]


def test_the_search_without_its_rarest_word_is_proposed():
    counts = {"logement": 12, "zeppelin": 0}
    assert search.without_rarest("logement zeppelin", "fr", counts) == "logement"
    assert search.without_rarest("zeppelin", "fr", counts) is None
