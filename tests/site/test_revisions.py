"""A list that corrected its reply, as a reader meets it: nothing that was quoted is lost."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

import feedparser
import pytest
from bs4 import BeautifulSoup

from tests.dataset.test_versions import RECEIVED, raw_of, reply
from tests.quoting.test_article import post
from tests.sites import build_site, get, rows, sql

OLD = "Nous planterons deux cents arbres par an.\n\nAucun platane sain ne sera coupé."
NEW = "Nous planterons cent arbres par an, si possible.\n\nAucun platane sain ne sera coupé."
FIRST = {
    "liste-a.md": reply(OLD, "", "Le musée restera ouvert le lundi soir."),
    "liste-b.md": reply("Non, merci bien.", "Oui.", "Oui."),
}
LATER = {"liste-a@2032-03-02.md": reply(NEW, "Dix bancs à l’ombre.", None)}
ANSWER = "/questionnaires/answers/exemple_1_liste-a"
REVISION = "/questionnaires/revisions/exemple_1_liste-a_2032-01-10"
WITHDRAWN = "/questionnaires/revisions/exemple_3_liste-a_2032-01-10"


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    folder = tmp_path_factory.mktemp("before")
    return build_site(raw_of(folder, FIRST, RECEIVED), folder / "site")


@pytest.fixture(scope="module")
def revised(tmp_path_factory):
    folder = tmp_path_factory.mktemp("revised")
    return build_site(raw_of(folder, FIRST | LATER, RECEIVED), folder / "site")


def main_of(site, path):
    answer = get(site, path)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.text, "html.parser").find("main")


def said(element) -> str:
    return " ".join(element.get_text(" ").split())


def test_the_answer_says_when_it_was_modified_and_what_changed(revised):
    main = main_of(revised, ANSWER)
    details = main.find("details", id="modifications")
    assert said(details.find("summary")) == "Modifiée le 2 mars 2032, voir ce qui a changé"
    words = details.find("p", class_="compared")
    for mark in words.find_all(class_="hidden-visually"):
        assert mark.get_text(strip=True) in ("[ôté\u00a0:", "[ajouté\u00a0:", "]")
        mark.decompose()
    assert [e.get_text() for e in words.find_all("del")] == ["deux cents"]
    assert [e.get_text() for e in words.find_all("ins")] == ["cent", ", si possible"]
    assert details.find("a")["href"] == REVISION
    assert said(main.find("div", class_="numbered")).startswith("1 Nous planterons cent arbres")


def test_what_was_left_blank_or_not_changed_is_not_called_modified_words(revised):
    blank = said(main_of(revised, "/questionnaires/answers/exemple_2_liste-a"))
    assert "Modifiée le 2 mars 2032 : la question avait d’abord été laissée en blanc" in blank
    assert "odifiée" not in said(main_of(revised, "/questionnaires/answers/exemple_1_liste-b"))


def test_the_older_text_has_a_page_of_its_own(revised):
    main = main_of(revised, REVISION)
    text = said(main)
    assert "Ce n’est plus la réponse de cette liste : elle l’a modifiée le 2 mars 2032." in text
    assert "Nous planterons deux cents arbres par an." in text
    assert "Reçu le 10 janvier 2032 Remplacé le 2 mars 2032" in text
    links = [a.get("href") for a in main.find_all("a")]
    assert ANSWER in links
    assert "/questionnaires/documents/exemple_liste-a?lignes=5-7#L5" in links
    assert "version antérieure du 10 janvier 2032, remplacée le 2 mars 2032" in text
    for extension in ("json", "bib", "csl", "embed"):
        found = get(revised, f"{REVISION}.{extension}")
        assert found.status_code == 200
        assert "deux cents arbres" in found.text


@pytest.mark.parametrize("extension", ["", ".json", ".embed"])
def test_an_answer_that_was_withdrawn_leads_to_what_it_said(extension, revised):
    found = get(revised, f"/questionnaires/answers/exemple_3_liste-a{extension}?_shape=objects")
    assert found.status_code == 200
    assert str(found.url).removeprefix("http://localhost").startswith(WITHDRAWN + extension)
    assert "restera ouvert le lundi soir" in found.text
    if not extension:
        assert "elle l’a retirée le 2\u00a0mars 2032" in found.text


def test_a_link_to_older_words_says_whose_version_they_are(before, revised):
    words = "deux cents arbres"
    link = f"{ANSWER}?extrait={quote(words)}"
    assert f'<mark id="extrait">{words}</mark>' in get(before, link).text
    note = main_of(revised, link).find("p", class_="message")
    assert said(note).startswith(
        "Ces mots ne sont pas dans ce texte, mais dans la version antérieure du 10 janvier 2032, "
        "remplacée le 2 mars 2032 : « deux cents arbres »."
    )
    there = note.find("a")["href"].split("#")[0]
    assert there.startswith(REVISION)
    assert f'<mark id="extrait">{words}</mark>' in get(revised, there).text
    gone = "/questionnaires/answers/exemple_3_liste-a?extrait=lundi%20soir"
    assert '<mark id="extrait">lundi soir</mark>' in get(revised, gone).text
    never = said(main_of(revised, f"{ANSWER}?extrait=trois%20cents%20arbres"))
    assert "Les mots demandés ne se suivent pas ainsi dans cette réponse." in never
    now = main_of(revised, f"{REVISION}?extrait={quote('cent arbres par an, si possible')}")
    note = now.find("p", class_="message screen-only")
    assert "mais dans la réponse actuelle" in said(note)
    assert note.find("a")["href"].startswith(f"{ANSWER}?extrait=")


def test_a_frame_that_marks_older_words_says_so(revised):
    frame = get(revised, f"{ANSWER}.embed?extrait={quote('deux cents arbres')}").text
    assert '<mark id="extrait">deux cents arbres</mark>' in frame
    assert "Ces mots sont ceux de la version antérieure du 10\u00a0janvier 2032" in frame
    assert f'<a href="http://localhost{ANSWER}">la réponse actuelle</a>' in frame
    frame = get(revised, f"{ANSWER}.embed?extrait={quote('trois cents arbres')}").text
    assert "Nous planterons cent arbres" in frame
    assert "version antérieure" not in frame
    static = get(revised, f"{REVISION}.embed?_statique=1").text
    assert "version antérieure du 10\u00a0janvier 2032, remplacée le 2\u00a0mars 2032" in static


def test_a_frame_that_was_pinned_shows_the_words_that_were_pinned(before, revised):
    pinned = re.search(
        r"(/questionnaires/answers/[^\"&]*?sha256=[0-9a-f]+)", get(before, ANSWER).text
    )
    assert pinned
    frame = get(revised, pinned[1])
    assert "deux cents arbres" in frame.text
    assert "Ces mots sont ceux de la version antérieure du 10\u00a0janvier 2032" in frame.text
    assert f'<a href="http://localhost{ANSWER}">la réponse actuelle</a>' in frame.text
    assert "a changé depuis" not in frame.text
    text = sql(revised, "select text from answers where id = 'exemple_1_liste-a'")[0]["text"]
    now = hashlib.sha256(text.encode()).hexdigest()[:12]
    assert "version antérieure" not in get(revised, f"{ANSWER}.embed?sha256={now}").text
    assert "version antérieure" not in get(revised, f"{ANSWER}.embed").text
    assert "a changé depuis" in get(revised, f"{ANSWER}.embed?sha256={'0' * 12}").text


def test_a_quotation_of_the_older_text_is_found_and_said_to_be_of_it(revised):
    page = said(
        main_of(revised, f"/-/verifier?citation={quote('planterons deux cents arbres par an')}")
    )
    assert "Mot pour mot Ces mots ont été écrits, mot pour mot, dans une version antérieure" in page
    assert "version antérieure du 10 janvier 2032, remplacée le 2 mars 2032" in page
    typed = quote("musée restera ouvert le lundi")
    found = rows(revised, f"/questionnaires/verifier-une-citation.json?citation={typed}")
    assert [(each["verdict"], each["version"], each["lien"]) for each in found] == [
        ("mot pour mot", "antérieure du 2032-01-10, remplacée le 2032-03-02", WITHDRAWN)
    ]


def test_a_quotation_of_an_article_is_said_to_be_of_the_older_text(revised):
    article = "Elle promettait\u00a0: «\u00a0Nous planterons deux cents arbres par an\u00a0»."
    page = post(revised, article).text
    place = BeautifulSoup(page, "html.parser").find("article")
    assert "version antérieure du 10 janvier 2032, remplacée le 2 mars 2032" in said(place)
    assert place.find("a")["href"].startswith(f"{REVISION}?extrait=")
    (row,) = post(revised, article, format="json").json()
    assert row["verdict"] == "mot pour mot"
    assert row["version"] == (
        "version antérieure du 10\u00a0janvier 2032, remplacée le 2\u00a0mars 2032"
    )
    assert row["lien"].startswith(f"http://localhost{REVISION}?extrait=")


def test_words_that_are_still_there_are_of_the_answer_as_it_is(revised):
    page = main_of(revised, f"/-/verifier?citation={quote('Aucun platane sain ne sera coupé')}")
    (place,) = page.find_all("article")
    assert place.find("a")["href"].startswith(f"{ANSWER}?")
    assert "version antérieure" not in said(place)


def test_the_search_finds_what_answers_say_now(revised):
    page = said(main_of(revised, "/-/search?q=musée+lundi"))
    assert "Le musée restera ouvert" not in page


def test_the_query_tells_every_change(revised):
    found = rows(revised, "/questionnaires/reponses-modifiees.json")
    assert [(each["numéro"], each["réponse"], each["lien"]) for each in found] == [
        ("1", "modifiée", REVISION),
        ("2", "modifiée", "/questionnaires/revisions/exemple_2_liste-a_2032-01-10"),
        ("3", "retirée", WITHDRAWN),
    ]
    assert found[0]["mots qui diffèrent"] == (
        "remplacé\u00a0: «\u00a0deux cents\u00a0» par «\u00a0cent\u00a0» ; "
        "ajouté\u00a0: «\u00a0, si possible\u00a0»"
    )
    assert (found[1]["avant"], found[2]["ensuite"]) == ("(laissée en blanc)", None)


def test_the_query_says_so_when_nothing_was_modified(before):
    (found,) = rows(before, "/questionnaires/reponses-modifiees.json")
    assert found["réponse"] == "aucune n’a été modifiée"


def entries(site):
    return {e.title: e for e in feedparser.parse(get(site, "/flux.atom").content).entries}


def test_the_entry_of_a_reply_that_was_corrected_is_updated(before, revised):
    """It is the same entry, of a later day, also where the reply does less than before."""
    (old,) = [e for title, e in entries(before).items() if "Exemple A" in title]
    (new,) = [e for title, e in entries(revised).items() if "Exemple A" in title]
    assert new.id == old.id
    assert (old.updated[:10], new.updated[:10]) == ("2032-01-10", "2032-03-02")
    told = BeautifulSoup(new.content[0].value, "html.parser")
    assert "Nouvelle version du 2 mars 2032 : Modifiée : 1. Planterez-vous" in said(told)
    assert f"http://localhost{REVISION}" in [a["href"] for a in told.find_all("a")]


def test_a_document_says_which_version_it_is(revised):
    older = main_of(revised, "/questionnaires/documents/exemple_liste-a")
    text = said(older)
    assert "Versions du 10 janvier 2032 (ce document) · du 2 mars 2032 , l’actuelle" in text
    assert "Liste Exemple A" in text
    assert "3 réponses sur 3 en sont l’extrait exact" in text
    links = [a.get("href") for a in older.find_all("a")]
    assert REVISION in links
    assert "/questionnaires/documents/exemple_liste-a_2032-03-02" in links
    plain_text = get(revised, "/questionnaires/documents/exemple_liste-a.txt").text
    assert plain_text == FIRST["liste-a.md"]
    questionnaire = said(main_of(revised, "/questionnaires/questionnaires/exemple"))
    assert questionnaire.count("le questionnaire vierge") == 1
    replies = said(main_of(revised, "/questionnaires/respondents/liste-a"))
    assert "dernière de 2 versions" in replies


def test_a_mistyped_address_of_an_older_text_proposes_it(revised):
    page = get(revised, REVISION.replace("liste-a", "liste-aa"))
    assert page.status_code == 404
    assert REVISION in page.text
