"""The site as a reader gets it: a real Datasette on the real dataset and on the invented one."""

from __future__ import annotations

import csv
import io

import pytest

from tests.sites import DATABASE, QUERIES, get, rows, sql

# --- what metadata.yml describes -------------------------------------------------------------


def test_every_table_view_and_column_is_described_in_french(real):
    named = sql(real, "select name, type from sqlite_master where type in ('table', 'view')")
    helpers = ("_fts", "_search")  # the indexes of the search, and their own tables
    found = {t["name"] for t in named if not any(h in t["name"] for h in helpers)}
    assert found | {"search_words"} == set(DATABASE["tables"])
    for name, table in DATABASE["tables"].items():
        assert table.get("title"), f"{name} has no title"
        assert table.get("description"), f"{name} has no description"
        columns = [c["name"] for c in sql(real, f"select name from pragma_table_info('{name}')")]
        assert sorted(table["columns"]) == sorted(columns), f"columns of {name}"
        assert all(table["columns"].values())


def test_helper_tables_of_the_search_are_hidden(real):
    tables = get(real, "/questionnaires.json").json()["tables"]
    assert {t["name"] for t in tables if not t["hidden"]} == {
        name
        for name in DATABASE["tables"]
        if name not in ("dataset", "dataset_rows", "proof", "search_words", "redirects")
    }


def test_every_query_has_a_title_and_a_description():
    expected = {
        *("chercher", "reponses-a-une-question", "reponses-d-une-liste", "comparer"),
        *("qui-a-repondu", "sans-reponse", "longueur-des-reponses", "liens-cites"),
        "preuve-mot-a-mot",
    }
    assert expected <= set(QUERIES)
    for name, query in QUERIES.items():
        assert query.get("title"), f"{name} has no title"
        assert query.get("description"), f"{name} has no description"


# --- queries ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_answers_as_page_json_and_csv_before_anything_is_typed(site, name):
    found = rows(site, f"/questionnaires/{name}.json")
    assert found, f"{name} shows nothing"
    page = get(site, f"/questionnaires/{name}")
    assert page.status_code == 200
    answer = get(site, f"/questionnaires/{name}.csv")
    assert answer.headers["content-type"].startswith("text/plain")
    read = list(csv.DictReader(io.StringIO(answer.text)))
    assert [list(r) for r in read] == [list(r) for r in found]
    assert [list(r.values()) for r in read] == [
        ["" if v is None else str(v) for v in r.values()] for r in found
    ]


@pytest.mark.parametrize("typed", ['"', "(", "-", "*", "NEAR", "col:", "'", " ", "a" * 9999, "🌹"])
@pytest.mark.parametrize("name", [name for name in QUERIES if QUERIES[name].get("params")])
def test_nothing_typed_into_a_query_is_an_error(real, name, typed):
    for param in QUERIES[name]["params"]:
        answer = get(real, f"/questionnaires/{name}.json?{param}={typed}")
        assert answer.status_code == 200, answer.text[:300]


def test_search_finds_words_without_their_accents(real):
    found = rows(real, "/questionnaires/chercher.json?q=proxenetisme")
    assert [r["numéro"] for r in found] == ["8"]
    assert "**proxénétisme**" in found[0]["extrait"]


def test_a_question_is_asked_for_by_its_identifier_or_its_number(real):
    for asked in ("tds-municipales-paris_7", "7"):
        found = rows(real, f"/questionnaires/reponses-a-une-question.json?question={asked}")
        assert [r["numéro"] for r in found] == ["7"]
        assert found[0]["réponse"].startswith("Nous sommes opposés aux arrêtés")


def test_a_list_is_asked_for_by_its_identifier_or_its_name(real):
    for asked in ("la-france-insoumise", "La France insoumise"):
        found = rows(real, f"/questionnaires/reponses-d-une-liste.json?liste={asked}")
        assert [r["numéro"] for r in found] == [str(n) for n in range(1, 11)]


def test_two_lists_are_compared_question_by_question(demo):
    names = [r["name"] for r in sql(demo, "select name from respondents order by name")]
    a, b = names[0], names[1]
    found = rows(demo, f"/questionnaires/comparer.json?a={a}&b={b}")
    assert found
    assert {r["première liste"] for r in found} == {a}
    assert {r["seconde liste"] for r in found} == {b}


def test_without_a_choice_the_two_lists_compared_got_the_same_questions(demo):
    found = rows(demo, "/questionnaires/comparer.json")
    assert not any("non interrogée" in str(value) for value in found[0].values())
    assert found[0]["sa réponse"]
    assert found[0]["réponse de la seconde"]


def test_a_list_that_was_not_asked_is_not_said_to_be_silent(demo):
    found = rows(demo, "/questionnaires/comparer.json?a=liste-exemple-a&b=example-list-g")
    assert {r["réponse de la seconde"] for r in found if r["questionnaire"].startswith("Se")} == {
        "(liste non interrogée)"
    }


def test_silence_is_said_in_words(demo):
    states = {r["état"] for r in rows(demo, "/questionnaires/qui-a-repondu.json")}
    assert states == {
        "a répondu",
        "a répondu en partie",
        "a refusé de répondre",
        "n’a pas répondu",
    }


def test_the_proof_holds(site):
    for row in rows(site, "/questionnaires/preuve-mot-a-mot.json"):
        assert row["caractères"] == row["caractères dans un passage et un seul"]
        assert row["les passages sont le document"] == "oui"
        assert row["réponses"] == row["réponses égales à leur extrait"]


# --- pages -----------------------------------------------------------------------------------


def test_every_page_opens(site):
    paths = ["/", "/questionnaires", "/-/search?q=logement"]
    for name in DATABASE["tables"]:
        paths.append(f"/questionnaires/{name}")
    for table in ("questionnaires", "questions", "answers", "respondents", "documents", "replies"):
        paths += [
            f"/questionnaires/{table}/{r['id']}" for r in sql(site, f"select id from {table}")
        ]
    for path in paths:
        answer = get(site, path)
        assert answer.status_code == 200, path


def test_a_question_shows_its_answers(real):
    page = get(real, "/questionnaires/questions/tds-municipales-paris_7").text
    assert "abrogation des arrêtés anti-stationnement" in page
    assert "Nous sommes opposés aux arrêtés anti-stationnement de manière générale." in page
    assert "politiques de prévention des risques" in page


def test_an_answer_shows_its_question_and_where_it_stands(real):
    page = get(real, "/questionnaires/answers/tds-municipales-paris_9_la-france-insoumise").text
    assert "Seriez-vous prêt à soutenir un projet pilote" in page
    assert "Nous sommes abolitionnistes" in page
    assert "tds-municipales-paris/la-france-insoumise.md" in page


def test_nothing_is_cut_in_a_table(site):
    longest = sql(site, "select id, text from answers order by length(text) desc limit 1")[0]
    page = get(site, f"/questionnaires/answers?id={longest['id']}&_col=text").text
    assert longest["text"].splitlines()[-1][-30:] in page.replace("&#39;", "'")


def test_a_view_downloads_whole(site):
    answer = get(site, "/questionnaires/dataset.csv?_stream=1")
    found = list(csv.DictReader(io.StringIO(answer.text)))
    asked = "select count(*) as n from questions join replies using (questionnaire)"
    assert len(found) == sql(site, asked)[0]["n"]
    answers = {row["id"] for row in sql(site, "select id from answers")}
    assert {row["answer_id"] for row in found} - {""} == answers
    for row in found:
        assert (row["answer_id"] == "") == (row["status"] in ("absent", "declined", "no-reply"))


def test_the_database_is_opened_immutable(real):
    assert not real.get_database("questionnaires").is_mutable
    assert get(real, "/questionnaires.db").status_code == 200


def test_one_query_cannot_ask_for_gigabytes(real):
    answer = get(real, "/questionnaires.json?sql=select+printf('%25.*c',900000000,'x')")
    assert len(answer.content) < 100_000
