"""motamot/search/results.py on a database that was built: what is found, in what order."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from motamot.site import functions
from tests.examples import examples
from tests.search.test_french import QUERY, finds, table
from tests.sites import build_site

LOGEMENT, MOBILITES = "logement-ville-exemple", "mobilites-ville-exemple"


class Asked:
    """A database, asked as the site asks it."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path)
        functions.prepare(self.connection, lambda table, column, code: code)

    def found(self, typed: str, kind: str = "answers", size: int = 10, **filters: str) -> Any:
        given = [typed, kind, json.dumps(filters), size, 0]
        row = self.connection.execute("select search_found(?, ?, ?, ?, ?)", given).fetchone()
        found = json.loads(row[0])
        named = dict(self.connection.execute(f"select rowid, id from {kind}"))
        found["ids"] = [named[rowid] for rowid, _ in found["hits"]]
        return found

    def table(self, typed: str, kind: str = "answers") -> set[str]:
        """What `?_search=` finds."""
        sql = f"""select id from {kind} where rowid in (
            select rowid from {kind}_search where {kind}_search match escape_fts(?))"""
        return {identifier for (identifier,) in self.connection.execute(sql, [typed])}


@pytest.fixture(scope="module")
def asked(demo):
    return Asked(demo.get_database("questionnaires").path)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("arceaux gare Liste Exemple C", f"{MOBILITES}_2_liste-exemple-c"),  # all three columns
        ("arceaux gare liste exemple c", f"{MOBILITES}_2_liste-exemple-c"),
        ("gratuité des bus exemple a", f"{MOBILITES}_4_liste-exemple-a"),  # a letter is a name
        ("permis Liste Exemple D", f"{LOGEMENT}_6_liste-exemple-d"),
        ("qui propose un ascenseur dès le deuxième étage ?", f"{LOGEMENT}_3_liste-exemple-a"),
        ("où y a-t-il une laverie", f"{LOGEMENT}_11_liste-exemple-a"),
        ("bagageri laverie", f"{LOGEMENT}_11_liste-exemple-a"),
        ("vélos-cargo", f"{MOBILITES}_2_liste-exemple-f"),
    ],
)
def test_what_was_meant_comes_first(asked, typed, first):
    assert asked.found(typed)["ids"][0] == first


@pytest.mark.parametrize("kind", ["answers", "questions"])
@pytest.mark.parametrize(
    "typed",
    [
        *("liste:exemple", 'liste:"Liste Exemple C"', "liste:liste-exemple-c gare", "question:2"),
        *("questionnaire:déplacer", "section:loyers", "question:loyers", "-liste:f logement"),
        *('logement -"logement social"', "vélos ET gare", "vélos AND gare", "bus OU gare", "vélo*"),
    ],
)
def test_a_table_finds_what_the_search_finds(asked, typed, kind):
    found = asked.found(typed, kind, size=200)
    assert found["mode"] == "all"
    assert set(found["ids"]) == asked.table(typed, kind)
    assert found["count"] == len(found["ids"])


def test_a_search_is_narrowed_by_what_is_typed_and_by_filters(asked):
    whole = set(asked.found("logement", size=200)["ids"])
    of_c = {one for one in whole if one.endswith("liste-exemple-c")}
    assert set(asked.found('logement liste:"Liste Exemple C"', size=200)["ids"]) == of_c
    assert set(asked.found("logement", size=200, liste="liste-exemple-c")["ids"]) == of_c
    assert set(asked.found('logement -liste:"exemple c"', size=200)["ids"]) == whole - of_c
    second = asked.found("question:2 questionnaire:loger", size=200)["ids"]
    assert second
    assert all(one.startswith(f"{LOGEMENT}_2_") for one in second)
    assert asked.found("loyers", questionnaire=MOBILITES)["mode"] != "all"


def test_what_holds_most_of_the_words_comes_when_nothing_holds_all(asked):
    found = asked.found("laverie zeppelin bagagerie")
    assert found["mode"] == "most"
    assert found["ids"] == [f"{LOGEMENT}_11_liste-exemple-a"]
    assert "laverie bagagerie" in found["suggestions"]
    assert not asked.table("laverie zeppelin bagagerie"), "a table says what holds all words"
    assert asked.found("zeppelin") | {"expression": ""} == {
        **{"count": 0, "mode": "none", "read": [], "expression": "", "hits": []},
        **{"suggestions": [], "ids": []},
    }
    assert asked.found("  ")["mode"] == "none"


def test_a_word_that_stands_nowhere_is_read_as_the_nearest_that_does(asked):
    for typed, read in (
        ("assenceur", "ascenseur"),
        ("trotoir", "trottoir"),
        ("heberjement", "hébergement"),
        ("énergetik", "énergétique"),
    ):
        found = asked.found(typed)
        assert found["read"] == [[typed, read]]
        assert set(asked.found(read, size=200)["ids"]) == asked.table(typed)


@pytest.mark.parametrize(
    "typed", ["logements", "zeppelin", "cantine", '"assenceur"', "B612", "NASA", "arc", "assenc*"]
)
def test_no_other_word_is_read_as_another(asked, typed):
    assert asked.found(typed)["read"] == []


def test_words_in_a_row_then_as_typed_then_in_other_forms(tmp_path):
    replies = {
        "liste-exemple-a": "Nous agrandirons le marché couvert, avec une halle.",
        "liste-exemple-b": "La marche à pied, sous des passages couverts. Couvert ou non, tous.",
        "liste-exemple-c": "Des marchés, couverts ou non : chaque quartier aura le sien.",
        "liste-exemple-d": "Ce qui est couvert de tuiles, un long hangar, deviendra un marché.",
    }
    folder = tmp_path / "raw" / "halles"
    folder.mkdir(parents=True)
    (folder / "questionnaire.yml").write_text("title: Halles\nlanguage: fr\n")
    for name, reply in replies.items():
        (folder / f"{name}.md").write_text(f"**1. Que ferez-vous ?**\n\n{reply}\n")
    site = build_site(tmp_path / "raw", tmp_path / "site")
    asked = Asked(site.get_database("questionnaires").path)
    order = [one[-1] for one in asked.found("marché couvert")["ids"]]
    assert order[0] == "a"
    assert order.index("c") < order.index("d")
    assert asked.found("marche")["ids"][0][-1] == "b"
    assert asked.found("marché")["ids"][-1][-1] != "a"


@pytest.mark.parametrize(
    ("text", "typed", "wanted"),
    [
        ("Du C++ et du Rust.", "C++", True),
        ("Du C et du Rust.", "C++", False),
        ("Une prime à la R&D.", "R&D", True),
        ("Une prime à la R & D.", "R&D", True),
        ("De l’air, des données.", "R&D", False),
        ("Merci 🌹 à vous.", "🌹", True),
        ("Merci 🌻 à vous.", "🌹", False),
        ("La ligne D du métro.", "ligne D", True),
        ("La ligne C, d’abord.", "ligne D", False),
    ],
)
def test_what_is_no_word_is_found_too(text, typed, wanted):
    assert bool(finds(table(text), typed)) is wanted


# -- properties


@examples(300)
@given(QUERY, st.sampled_from(["answers", "questions"]), st.integers(-2, 30), st.integers(-2, 30))
@example("a* " * 700, "answers", 5, 0)
@example("x" * 5000, "answers", 5, 0)
@example('liste:"', "questions", 5, 0)
@example("liste: -liste: question: section:", "answers", 5, 0)
@example("-question:7", "answers", 5, 0)
@example(" OR ".join("abcdefghij" * 9), "answers", 5, 0)
def test_nothing_typed_is_an_error_and_every_extract_is_a_slice(asked, typed, kind, size, start):
    sql = "select search_found(?, ?, '{}', ?, ?)"
    try:
        typed.encode()
    except UnicodeEncodeError:
        return  # no SQL holds it
    found = json.loads(asked.connection.execute(sql, [typed, kind, size, start]).fetchone()[0])
    assert (found["mode"] == "none") == (found["count"] == 0)
    texts = dict(asked.connection.execute(f"select rowid, text from {kind}"))
    for rowid, pieces in found["hits"]:
        shown = "".join(piece for piece, _ in pieces)
        assert shown.removeprefix("…").removesuffix("…") in texts[rowid]
    for other in found["suggestions"]:
        assert asked.found(other, kind)["mode"] == "all", other
    asked.table(typed, kind)


def test_pages_of_hits_follow_each_other(asked):
    whole = asked.found("ville", size=1000)["hits"]
    sql = "select search_found('ville', 'answers', '', 7, ?)"
    pages = [
        hit
        for start in range(0, len(whole), 7)
        for hit in json.loads(asked.connection.execute(sql, [start]).fetchone()[0])["hits"]
    ]
    assert pages == whole
