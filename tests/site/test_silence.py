"""Silences, namesakes, long tables: nobody vanishes or is taken for another, nothing is cut.

Two questionnaires have one title, three lists one name, and every kind of silence is there.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from pathlib import Path

import pytest

from tests.sites import QUERIES, build_site, get, rows, sql

STATUSES = {"answered", "blank", "absent", "declined", "no-reply"}
SAID = {
    "answered": "a répondu",
    "blank": "laissée en blanc",
    "absent": "question absente de sa réponse",
    "declined": "a refusé de répondre",
    "no-reply": "n’a pas répondu",
}
NAMES = """\
ensemble-nord: {name: Ensemble, name_from: inferred}
ensemble-sud: Ensemble
ensemble-bis: Ensemble
ecologie-exemple: Écologie Exemple
etudiantes-exemple: étudiantes d’Exemple
oeuvre-exemple: Œuvre Exemple
zone-exemple: Zone Exemple
alliance-exemple: Alliance Exemple
liste-10: Liste 10
liste-2: Liste 2
"""
NORTH = """\
title: Questionnaire écoles
place: Nordville
date: 15 mars 2026
language: fr
replies:
  ensemble-nord: {received_on: 2026-02-01}
  zone-exemple: {status: declined}
  etudiantes-exemple: {status: no-reply}
  oeuvre-exemple: {status: no-reply}
  liste-10: {status: no-reply}
  liste-2: {status: no-reply}
"""
SOUTH = """\
title: Questionnaire écoles
place: Sudville
date: mars 2032
replies:
  ensemble-bis: {status: no-reply}
  alliance-exemple: {status: no-reply}
"""
ASKED = [
    *("Ouvrirez-vous une crèche municipale ?", "Combien de gymnases rénoverez-vous ?"),
    *("Rendrez-vous gratuits les cars scolaires ?", "Planterez-vous des arbres dans les cours ?"),
    *("Le théâtre restera-t-il en régie ?", "Quel budget pour les bibliothèques de quartier ?"),
    *("Supprimerez-vous les devoirs surveillés ?", "Paierez-vous mieux les animateurs du midi ?"),
    *("Où installerez-vous la piscine ?", "Fermerez-vous des classes à la rentrée ?"),
    "Publierez-vous les effectifs chaque automne ?",
]
COUNT = len(ASKED)  # questions of each


def reply(said: str | None, blank: int = 0, absent: int = 0) -> tuple[str, list[str]]:
    """A filled-in questionnaire and the lines of its record; the blank one when nothing is said."""
    lines = ["# Questionnaire écoles", "", "## Cantines", ""]
    record = ['1 title "#"  Questionnaire écoles', '3 section "##"  Cantines']
    for number, question in enumerate(ASKED, 1):
        if number == absent:
            record.append(f"- absent {number}")
            continue
        record.append(f'{len(lines) + 1} question {number} "**{number}."  {question}  "**"')
        lines += [f"**{number}. {question}**", ""]
        if said:
            kind = "blank" if number == blank else "answer"
            answer = "—" if number == blank else f"{said} s’y engage, pour la {number}e fois."
            record.append(f"{len(lines) + 1} {kind} {number} {answer}")
            lines += [answer, ""]
    return "\n".join(lines), record


def recorded(path: Path, text: str, record: list[str]) -> None:
    """Write a document and its record, which a person has confirmed."""
    path.write_text(text, encoding="utf-8")
    head = [
        "format: 1",
        f"document: {path.name}",
        f"sha256: {hashlib.sha256(text.encode()).hexdigest()}",
        "encoding: utf-8",
        f"questions: {'fixed here' if path.stem == 'questions' else 'questions.md'}",
        "reviewed: yes, les essais, 2032-01-09",
        "",
    ]
    path.with_suffix(".reading").write_text("\n".join([*head, *record, ""]), encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    raw = tmp_path_factory.mktemp("raw")
    (raw / "respondents.yml").write_text(NAMES, encoding="utf-8")
    for name, about in (("ecoles-2026", NORTH), ("ecoles-2032", SOUTH)):
        (raw / name).mkdir()
        (raw / name / "questionnaire.yml").write_text(about, encoding="utf-8")
        recorded(raw / name / "questions.md", *reply(None))
    recorded(raw / "ecoles-2026" / "ensemble-nord.md", *reply("Le nord", blank=2))
    recorded(raw / "ecoles-2026" / "ecologie-exemple.md", *reply("Le vert", absent=3))
    recorded(raw / "ecoles-2032" / "ensemble-sud.md", *reply("Le sud"))
    return build_site(raw, tmp_path_factory.mktemp("site"))


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>|&nbsp;", " ", page.split("<main")[1]).split())


def table(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


# --- silences ---------------------------------------------------------------------------------


def test_the_dataset_has_a_row_for_each_question_and_each_list_that_was_asked(site):
    found = rows(site, "/questionnaires/dataset.json")
    assert len(found) == COUNT * 7 + COUNT * 3
    assert {row["status"] for row in found} == STATUSES
    silent = {row["respondent_id"] for row in found if row["status"] == "no-reply"}
    assert silent == {
        *("etudiantes-exemple", "oeuvre-exemple", "liste-10", "liste-2"),
        *("ensemble-bis", "alliance-exemple"),
    }
    for row in found:
        assert (row["answer_id"] is not None) == (row["status"] in ("answered", "blank"))
        page = row["answer_id"] and f"answers/{row['answer_id']}"
        where = page or f"questions/{row['question_id']}"
        assert row["permalink"] == f"/questionnaires/{where}"
    assert len(table(get(site, "/questionnaires/dataset.csv"))) == len(found)


def test_a_date_is_known_as_far_as_its_words_go(site):
    found = {r["questionnaire_id"]: r for r in rows(site, "/questionnaires/dataset.json")}
    assert found["ecoles-2026"]["date"] == "2026-03-15"
    assert found["ecoles-2026"]["date_as_written"] == "15 mars 2026"
    assert found["ecoles-2032"]["date"] == "2032-03"
    assert found["ecoles-2032"]["date_as_written"] == "mars 2032"


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_the_answers_to_a_question_name_every_list_that_was_asked(site, number):
    asked = f"ecoles-2026_{number}"
    found = rows(site, f"/questionnaires/reponses-a-une-question.json?question={asked}")
    assert len(found) == 7
    assert [row["état"] for row in found] == [SAID[row["status"]] for row in found]
    expected = sql(
        site,
        f"select respondent_id as r, status as s from dataset_rows "
        f"where question_id = '{asked}' order by id",
    )
    assert [(row["respondent_id"], row["status"]) for row in found] == [
        (row["r"], row["s"]) for row in expected
    ]


def test_the_answers_of_a_list_name_every_question_that_it_was_asked(site):
    for name, status in [
        ("ecologie-exemple", {"answered", "absent"}),
        ("ensemble-nord", {"answered", "blank"}),
        ("zone-exemple", {"declined"}),
        ("liste-2", {"no-reply"}),
    ]:
        found = rows(site, f"/questionnaires/reponses-d-une-liste.json?liste={name}")
        assert [row["numéro"] for row in found] == [str(n) for n in range(1, COUNT + 1)]
        assert {row["status"] for row in found} == status


def test_the_comparison_says_what_each_list_did(site):
    found = rows(site, "/questionnaires/comparer.json?a=ecologie-exemple&b=zone-exemple")
    assert len(found) == COUNT
    assert found[2]["sa réponse"] == "(question absente de sa réponse)"
    assert {row["réponse de la seconde"] for row in found} == {"(a refusé de répondre)"}
    assert {row["b_status"] for row in found} == {"declined"}
    found = rows(site, "/questionnaires/comparer.json?a=ensemble-nord&b=liste-2")
    assert found[1]["sa réponse"] == "(laissée en blanc)"
    assert found[1]["réponse de la seconde"] == "(n’a pas répondu)"


@pytest.mark.parametrize("more", ["", "?_statique=1"])
def test_frames_name_those_who_are_silent(site, more):
    frame = get(site, f"/questionnaires/questions/ecoles-2026_3.embed{more}").text
    said = " ".join(re.sub(r"<[^>]+>|&nbsp;", " ", frame).split())
    for name, state in [
        ("Écologie Exemple", "question absente de sa réponse"),
        ("Zone Exemple", "a refusé de répondre"),
        ("Liste 2", "n’a pas répondu"),
    ]:
        assert re.search(rf"{name}\b[^.:]*: {state}", said), name
    of_list = get(site, f"/questionnaires/respondents/zone-exemple.embed{more}").text
    assert of_list.count("a refusé de répondre") == COUNT
    for query in (
        "reponses-a-une-question.embed?question=ecoles-2026_3",
        "reponses-d-une-liste.embed?liste=ecologie-exemple",
        "dataset.embed?question_id=ecoles-2026_3",
    ):
        frame = get(site, f"/questionnaires/{query}{more.replace('?', '&')}").text
        assert "question absente de sa réponse" in frame, query
        assert "<blockquote" in frame, query


def test_a_frame_of_silent_lists_only_shows_these(site):
    page = get(site, "/questionnaires/questions/ecoles-2026_1.embed?liste=zone-exemple").text
    assert "Zone Exemple" in page
    assert "Écologie" not in page


def test_pages_say_each_silence_in_french(site):
    page = words(get(site, "/questionnaires/questionnaires/ecoles-2026").text)
    for said in list(SAID.values())[1:]:
        assert said in page
    assert "a refusé de répondre" in words(
        get(site, "/questionnaires/respondents/zone-exemple").text
    )
    page = words(get(site, "/questionnaires/respondents/liste-2").text)
    assert all(question in page for question in ASKED)
    assert page.count("n’a pas répondu") >= COUNT
    page = words(get(site, "/questionnaires/questions/ecoles-2026_3").text)
    assert "Écologie Exemple question absente de sa réponse" in page


def test_a_citation_names_answers_and_no_silence(site):
    found = get(site, "/questionnaires/reponses-a-une-question.bib?question=ecoles-2026_3").text
    assert found.count("@") == 1
    silent = get(site, "/questionnaires/reponses-d-une-liste.bib?liste=zone-exemple")
    assert silent.status_code == 404


# --- namesakes --------------------------------------------------------------------------------


def test_what_has_one_name_has_a_label_of_its_own(site):
    found = {r["id"]: r["label"] for r in sql(site, "select id, label from respondents")}
    assert found["ensemble-nord"] == "Ensemble (Nordville, 2026)"
    assert found["ensemble-sud"] == "Ensemble (ensemble-sud)"
    assert found["ensemble-bis"] == "Ensemble (ensemble-bis)"
    assert found["zone-exemple"] == "Zone Exemple"
    assert [r["label"] for r in sql(site, "select label from questionnaires order by id")] == [
        "Questionnaire écoles (Nordville, 2026)",
        "Questionnaire écoles (Sudville, 2032)",
    ]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/questionnaires/qui-a-repondu", "/questionnaires/sans-reponse"),
        *(
            "/questionnaires/longueur-des-reponses",
            "/questionnaires/comparer",
            "/-/search?q=engage",
        ),
        *("/questionnaires/dataset", "/questionnaires/replies", "/flux.atom"),
        *("/questionnaires/reponses-a-une-question?question=1", "/questionnaires/sections"),
    ],
)
def test_no_page_shows_namesakes_alike(site, path):
    page = get(site, path).text
    assert "Nordville, 2026" in page or "ecoles-2026" in page
    for choices in re.findall(r"<select.*?</select>", page, re.S):
        for group in choices.split("<optgroup"):
            options = re.findall(r"<option[^>]*>([^<]*)</option>", group)
            assert len(options) == len(set(options)), path
    for facet in re.findall(r'class="card facet-info".*?</ul>', page, re.S):
        values = re.findall(r"<li.*?<a[^>]*>([^<]*)", facet, re.S)
        assert len(values) == len(set(values)), path


def test_the_answers_of_one_questionnaire_are_not_those_of_its_namesake(site):
    page = get(site, "/questionnaires/questionnaires/ecoles-2026").text
    (href,) = re.findall(r'href="([^"]*dataset\.csv[^"]*)"', page)
    found = table(get(site, href.replace("&amp;", "&")))
    assert {row["questionnaire_id"] for row in found} == {"ecoles-2026"}
    assert len(found) == COUNT * 7


def test_a_name_or_a_number_that_several_have_is_asked_about(site):
    found = rows(site, "/questionnaires/reponses-d-une-liste.json?liste=ensemble")
    assert {row["respondent_id"] for row in found} == {
        *("ensemble-nord", "ensemble-sud", "ensemble-bis")
    }
    page = get(site, "/questionnaires/reponses-d-une-liste?liste=ensemble").text
    for one in ("ensemble-nord", "ensemble-sud", "ensemble-bis"):
        assert f'href="/questionnaires/reponses-d-une-liste?liste={one}"' in page
    page = get(site, "/questionnaires/reponses-a-une-question?question=7").text
    for one in ("ecoles-2026_7", "ecoles-2032_7"):
        assert f'href="/questionnaires/reponses-a-une-question?question={one}"' in page
    page = get(site, "/questionnaires/comparer?a=ensemble&b=zone-exemple").text
    assert 'href="/questionnaires/comparer?b=zone-exemple&amp;a=ensemble-nord"' in page
    found = rows(site, "/questionnaires/comparer.json?a=ensemble&b=zone-exemple")
    assert {row["a_respondent_id"] for row in found} == {
        *("ensemble-nord", "ensemble-sud", "ensemble-bis")
    }
    page = get(site, "/questionnaires/dataset?respondent=Ensemble").text
    assert "Lequel" in page
    assert "respondent_id=ensemble-bis" in page


def test_one_match_is_no_question(site):
    for asked in ("liste=Ecologie+exemple", "liste=ecologie-exemple"):
        page = get(site, f"/questionnaires/reponses-d-une-liste?{asked}").text
        assert "Lequel" not in page
        found = rows(site, f"/questionnaires/reponses-d-une-liste.json?{asked}")
        assert len(found) == COUNT


def test_a_facet_of_names_is_one_of_identifiers(site):
    found = get(site, "/questionnaires/dataset.json?_facet=respondent").json()
    values = found["facet_results"]["respondent_id"]["results"]
    assert {"ensemble-nord", "ensemble-sud", "ensemble-bis"} <= {v["value"] for v in values}


def test_whether_a_name_was_inferred_is_a_column(site):
    found = rows(site, "/questionnaires/reponses-a-une-question.json?question=ecoles-2026_1")
    assert {r["respondent_id"] for r in found if r["name_from"] == "inferred"} == {"ensemble-nord"}


# --- order ------------------------------------------------------------------------------------

NORTH_IN_ORDER = [
    *("Écologie Exemple", "Ensemble (Nordville, 2026)", "étudiantes d’Exemple", "Liste 2"),
    *("Liste 10", "Œuvre Exemple", "Zone Exemple"),
]


def test_names_come_as_in_a_french_dictionary(site):
    found = rows(site, "/questionnaires/reponses-a-une-question.json?question=ecoles-2026_1")
    assert [row["liste"] for row in found] == NORTH_IN_ORDER
    found = rows(site, "/questionnaires/qui-a-repondu.json")
    assert [row["liste"] for row in found][:7] == NORTH_IN_ORDER
    everybody = ["Alliance Exemple", "Écologie Exemple", *["Ensemble"] * 3, *NORTH_IN_ORDER[2:]]
    for order in ("", "?_sort=name"):
        found = rows(site, f"/questionnaires/respondents.json{order}")
        assert [row["name"] for row in found] == everybody
    found = rows(site, "/questionnaires/dataset.json?_sort=respondent")
    assert list(dict.fromkeys(row["respondent"] for row in found)) == list(dict.fromkeys(everybody))
    found = rows(site, "/questionnaires/dataset.json?_sort_desc=respondent")
    assert found[0]["respondent"] == "Zone Exemple"


def test_numbers_come_by_their_value(site):
    in_order = [str(n) for n in range(1, COUNT + 1)]
    for path in ("dataset", "questions", "dataset.csv?_sort=number", "questions.csv?_sort=number"):
        path = path if "csv" in path else f"{path}.csv"
        found = [row["number"] for row in table(get(site, f"/questionnaires/{path}"))]
        assert list(dict.fromkeys(found)) == in_order, path
    found = [row["question"] for row in table(get(site, "/questionnaires/answers.csv"))]
    assert list(dict.fromkeys(found)) == [f"ecoles-2026_{n}" for n in in_order] + [
        f"ecoles-2032_{n}" for n in in_order
    ]
    page = get(site, "/questionnaires/dataset?_facet=number").text
    facet = page.split('id="facet-number"')[1].split("</ul>")[0]
    assert re.findall(r"<li.*?<a[^>]*>([^<]*)", facet, re.S) == in_order


# --- nothing is cut ---------------------------------------------------------------------------


@pytest.fixture
def cramped(site):
    """The same site, with small pages and short queries."""
    before = dict(site._settings), site.page_size, site.max_returned_rows
    site._settings.update(max_returned_rows=25, default_page_size=10)
    site.page_size, site.max_returned_rows = 10, 25
    yield site
    site._settings.clear()
    site._settings.update(before[0])
    site.page_size, site.max_returned_rows = before[1:]


def test_a_table_is_downloaded_whole(cramped, monkeypatch):
    monkeypatch.setattr("motamot.site.streams.PAGE", 20)
    for name, count in [("dataset", COUNT * 10), ("answers", COUNT * 3 - 1)]:
        path = f"/questionnaires/{name}"
        answer = get(cramped, f"{path}.json?_shape=array")
        assert "link" not in answer.headers
        identifiers = [row.get("id") or row["question_id"] for row in answer.json()]
        assert len(identifiers) == count
        lines = get(cramped, f"{path}.json?_shape=array&_nl=on").text.split("\n")
        assert [json.loads(line) for line in lines] == answer.json()
        assert len(get(cramped, f"{path}.json?_shape=arrayfirst").json()) == count
        assert len(table(get(cramped, f"{path}.csv"))) == count
        assert len(table(get(cramped, f"{path}.csv?_size=max"))) == count
        paged = get(cramped, f"{path}.json").json()
        assert paged["filtered_table_rows_count"] == count
        assert len(paged["rows"]) == 10
        assert paged["next"]
    assert len(get(cramped, "/questionnaires/answers.json?_shape=object").json()) == COUNT * 3 - 1
    only = rows(cramped, "/questionnaires/dataset.json?status=no-reply")
    assert len(only) == COUNT * 6
    assert rows(cramped, "/questionnaires/answers.json?id=none") == []


def test_who_asks_for_a_page_gets_a_page(cramped):
    answer = get(cramped, "/questionnaires/answers.json?_shape=array&_size=5")
    assert len(answer.json()) == 5
    assert 'rel="next"' in answer.headers["link"]
    assert len(table(get(cramped, "/questionnaires/answers.csv?_size=5"))) == 5


def test_a_query_is_downloaded_whole(cramped):
    path = "/questionnaires/longueur-des-reponses"
    everything = get(cramped, f"{path}.json?_shape=array").json()
    assert len(everything) == COUNT * 3 - 1
    found = table(get(cramped, f"{path}.csv"))
    assert [row["lien"] for row in found] == [row["lien"] for row in everything]
    assert list(found[0]) == list(everything[0])
    lines = get(cramped, f"{path}.json?_shape=array&_nl=on").text.split("\n")
    assert [json.loads(line) for line in lines] == everything
    named = "select :a as a, id from answers"
    written = f"/questionnaires.csv?sql={named.replace(' ', '+')}&a=%C3%A9"
    assert [row["a"] for row in table(get(cramped, written))] == ["é"] * (COUNT * 3 - 1)


def test_a_query_that_is_cut_says_how_many_rows_there_are(cramped):
    said = get(cramped, "/questionnaires/longueur-des-reponses.json").json()
    assert (len(said["rows"]), said["truncated"], said["count"]) == (25, True, COUNT * 3 - 1)
    page = words(get(cramped, "/questionnaires/longueur-des-reponses").text)
    assert f"Seules les 25 premières lignes sur {COUNT * 3 - 1} sont montrées" in page
    frame = get(cramped, "/questionnaires/longueur-des-reponses.embed").text
    assert f"sur {COUNT * 3 - 1}" in words(frame)


def test_what_takes_too_long_is_an_error_and_no_part_of_it(cramped):
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n"
    cramped._settings["sql_time_limit_ms"] = 200
    for kind in ("csv", "json"):
        path = f"/questionnaires.{kind}?sql={endless.replace(' ', '+').replace('i + 1', 'i%2B1')}"
        answer = get(cramped, path.replace("i+++1", "i%2B1") + "&_shape=array")
        assert answer.status_code == 400, kind
        assert "interrompue" in answer.text


def test_citations_are_whole_or_refused(cramped):
    assert get(cramped, "/questionnaires/answers.bib").status_code == 400
    answer = get(cramped, "/questionnaires/answers.bib?respondent=ensemble-nord")
    assert answer.text.count("@") == COUNT


def test_every_query_shows_something_at_once(site):
    for name in QUERIES:
        answer = get(site, f"/questionnaires/{name}.json?_shape=array")
        assert answer.status_code == 200, name
        assert answer.json() or name == "liens-cites", name


# --- proof ------------------------------------------------------------------------------------


def test_the_proof_says_what_each_document_holds_and_who_read_it(site):
    found = {r["document"]: r for r in rows(site, "/questionnaires/preuve-mot-a-mot.json")}
    one = found["ecoles-2026/ensemble-nord.md"]
    assert one["caractères"] == len(reply("Le nord", blank=2)[0])
    assert one["réponses"] == one["réponses égales à leur extrait"] == COUNT
    kept = "select count(*) as n from passages where document = 'ecoles-2026_ensemble-nord'"
    assert one["passages"] == sql(site, kept)[0]["n"] > 2 * COUNT
    assert one["lecture"] == "relue et confirmée"
    assert one["relue par"] == "les essais, 2032-01-09"
    assert one["sur"] == len(found) == 5


def test_the_frame_of_a_questionnaire_says_who_was_asked_and_who_replied(site):
    frame = get(site, "/questionnaires/questionnaires/ecoles-2026.embed").text
    assert "<title>Questionnaire écoles (Nordville, 2026) – Mot à mot</title>" in frame
    said = words(frame)
    assert f"Ensemble (Nordville, 2026) a répondu en partie {COUNT - 1} {COUNT}" in said
    assert f"Zone Exemple a refusé de répondre 0 {COUNT}" in said
