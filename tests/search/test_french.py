"""motamot/search/words.py, end to end:

A text is indexed in a real FTS5 table and looked for as a reader would.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from motamot.search import query as query_box
from motamot.search import vocabulary
from motamot.search import words as french
from motamot.search.extracts import extract
from tests.examples import examples

FOLDER = Path(__file__).parent / "french"


SCHEMA = """
    create virtual table found using fts5(terms, content = '');
    create table search_words (language, terms, folded, stem, known, written, count);
"""


def table(*texts: str, language: str = "fr") -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    terms, words = french.indexed(texts, language)
    connection.executemany("insert into found (rowid, terms) values (?, ?)", enumerate(terms, 1))
    rows = vocabulary.rows({french.language_of(language): words})
    connection.executemany("insert into search_words values (?, ?, ?, ?, ?, ?, ?)", rows)
    return connection


def parsed(connection: sqlite3.Connection, typed: str, language: str = "fr") -> query_box.Query:
    return query_box.parse_query(typed, language, vocabulary.stored(connection))


def finds(connection: sqlite3.Connection, typed: str, language: str = "fr") -> list[int]:
    expression = parsed(connection, typed, language).match_expression()
    if not expression:
        return []
    rows = connection.execute(
        "select rowid from found where found match ? order by rowid", [expression]
    )
    return [rowid for (rowid,) in rows]


def spans(text: str, query: query_box.Query) -> list[tuple[int, int]]:
    """Where an extract of the whole text is marked."""
    found, at = [], 0
    for piece, marked in extract(text, query, words=len(text) + 1):
        found += [(at, at + len(piece))] * marked
        at += len(piece)
    return found


def pairs() -> Iterator[tuple[str, str, str, bool]]:
    """(file, text, query, whether it must be found) of every line of tests/search/french/*.yml.

    `accepted` are known false hits: a test fails when one is cured, so that the list stays true.
    """
    for path in sorted(FOLDER.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            for wanted, key in ((True, "hits"), (True, "accepted"), (False, "misses")):
                for query in case.get(key, []):
                    yield path.stem, case["text"], str(query), wanted


@pytest.mark.parametrize(
    ("text", "query", "wanted"),
    [pytest.param(*p[1:], id=f"{p[0]}: {p[1][:40]} <- {p[2]}") for p in pairs()],
)
def test_pair(text: str, query: str, wanted: bool) -> None:
    connection = table(text)
    assert bool(finds(connection, query)) is wanted
    asked = parsed(connection, query)
    if wanted and any(asked.groups):
        assert spans(text, asked), "found, but nothing to highlight"


def test_sets_are_large() -> None:
    counts = [(name, wanted) for name, _, _, wanted in pairs()]
    assert counts.count(("inclusive", True)) >= 200
    assert counts.count(("ordinary", True)) >= 120
    assert sum(not wanted for _, wanted in counts) >= 80


# -- properties

WORDS = [
    "l'égalité", "étudiant·e·s", "travailleurSEs", "cœur", "centre-ville", "1 234",
    "EHPAD", "O.N.U.",
    "3,5",
    "aujourd’hui", "toustes", "ou", "de", "votons", "municipaux", "agriculteurs(rices)",
    "qu'iels", "ﬁn", "Ñandú", "œee",
]  # fmt: skip
WORD = st.one_of(st.sampled_from(WORDS), st.text("abcdeéèêïœçñ", min_size=1, max_size=12))
CASES = st.sampled_from([str, str.upper, str.lower, str.title])
FORMS = st.sampled_from(["NFC", "NFD"])


def bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@examples(400)
@given(st.lists(WORD, min_size=1, max_size=12), st.data())
def test_a_text_is_found_by_each_of_its_words(words: list[str], data: st.DataObject) -> None:
    text = data.draw(FORMS.map(lambda f: unicodedata.normalize(f, " ; ".join(words))))
    word = data.draw(st.sampled_from(words))
    plain = re.fullmatch(r"[^\W\d_]+", word) and not re.search("[A-Z]{2}", word)
    if plain:
        word = data.draw(CASES)(word)
        word = data.draw(st.sampled_from([word, bare(word)]))
    query = unicodedata.normalize(data.draw(FORMS), word)
    connection = table(text)
    assert finds(connection, query) == [1]
    assert finds(connection, f'"{query}"') == [1]
    assert spans(text, parsed(connection, query))


QUERY = st.one_of(
    st.text(max_size=60),
    st.text("ab'’ \"*-()«»“”:^+{}\0,.·éOR1 \u202f", max_size=60),
    st.lists(
        st.sampled_from([*WORDS, "OR", "AND", "NOT", "NEAR(", '"', "-", "*", "col:", "«"]),
        max_size=12,
    ).map(" ".join),
)


@examples(600)
@given(QUERY, st.sampled_from(["fr", "de", "en", "xx", ""]))
@example('"', "fr")
@example("-", "fr")
@example("*", "fr")
@example("'", "fr")
@example("NEAR(a b, 2)", "fr")
@example("col: {x} : ^y + z", "fr")
@example("OR OR OR", "fr")
@example("-a -b", "fr")
@example("a\0b", "fr")
@example("😀 👩‍👩‍👧", "fr")
@example("mot " * 2500, "fr")
@example("x" * 10_000, "fr")
@example("a-" * 5000, "fr")
@example("·".join("abcd" * 500), "fr")
@example("\ud800", "fr")
def test_nothing_typed_is_an_error(typed: str, language: str) -> None:
    query = query_box.parse_query(typed, language)
    for expression in (query.match_expression(), query.phrase_expression()):
        if expression:
            TABLE.execute("select rowid from found where found match ?", [expression]).fetchall()


TABLE = table("un texte")


@examples(400)
@given(
    st.one_of(st.text(max_size=80), st.lists(WORD, max_size=15).map(" ".join)),
    QUERY,
    st.integers(-1, 8),
)
def test_spans_are_whole_words_in_order(text: str, typed: str, words: int) -> None:
    query = parsed(table(text), typed)
    found = spans(text, query)
    starts = {t.start for t in french.tokens(text)}
    ends = {t.end for t in french.tokens(text)}
    assert all(a in starts and b in ends and a < b for a, b in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    pieces = extract(text, query, words=words)
    shown = "".join(piece for piece, _ in pieces)
    assert shown.removeprefix("…").removesuffix("…") in text
    assert not found or any(marked for _, marked in pieces)


@examples(300)
@given(st.text(max_size=100), st.sampled_from(["fr", "de", "ru", "xx"]))
def test_tokens_stand_in_the_text_in_order(text: str, language: str) -> None:
    found = french.tokens(text, language)
    assert all(0 <= t.start < t.end <= len(text) and all(t.forms) for t in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


LINE = st.lists(st.one_of(WORD, st.text(max_size=8), st.just("long" * 30)), max_size=6)
LINES = st.lists(LINE.map(" ".join), max_size=4)


@examples(300)
@given(LINES, st.sampled_from(["\n", "\r\n", "\t", " \n\n"]), st.sampled_from(["fr", "de"]))
@example(["1 234", "567 euros"], "\n", "fr")
@example(["l'", "étudiant", "·e·s"], "\n", "fr")
def test_a_text_has_the_words_of_its_lines(lines: list[str], between: str, language: str) -> None:
    """No number, elision or inclusive form is read across lines or cells."""
    together = [t.forms for t in french.tokens(between.join(lines), language)]
    assert together == [t.forms for line in lines for t in french.tokens(line, language)]


# -- what readers see


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("Les travailleurSEs du sexe.", "travailleuse", ["travailleurSEs"]),
        ("L’étudiant·e·s, l'État", "etudiante etat", ["étudiant·e·s", "État"]),
        (
            "un(e) candidat(e), agriculteurs(rices).",
            "candidate agricultrice",
            ["candidat(e)", "agriculteurs(rices)"],
        ),
        ("le droit d’asile et l'asile", '"droit d\'asile"', ["droit d’asile"]),
        ("centre‑ville, centre de la ville", "centre-ville", ["centre‑ville"]),
        ("1\u202f234 euros", "1234", ["1\u202f234"]),
        ("école e\u0301cole", "ecole", ["école", "e\u0301cole"]),
        ("prostitution, prostituée", "prostitu* -client", ["prostitution", "prostituée"]),
        ("à l'O.N.U. hier", "onu", ["O.N.U"]),
    ],
)
def test_the_whole_written_word_is_marked(text: str, typed: str, marked: list[str]) -> None:
    found = spans(text, parsed(table(text), typed))
    assert [text[a:b] for a, b in found] == marked


def test_an_extract_shows_the_best_place() -> None:
    text = "école. " + "mot " * 100 + "une école et un collège ici. " + "mot " * 100
    pieces = extract(text, parsed(table(text), "école collège"), words=10)
    assert [piece for piece, marked in pieces if marked] == ["école", "collège"]
    assert (pieces[0], pieces[-1]) == (("…", False), ("…", False))


def test_a_phrase_can_be_ranked_before_scattered_words() -> None:
    connection = table("les droits de vote", "le vote est un droit")
    expression = parsed(connection, "droit de vote").phrase_expression()
    rows = connection.execute("select rowid from found where found match ?", [expression])
    assert finds(connection, "droit de vote") == [1, 2]
    assert rows.fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("language", "text", "typed", "wanted"),
    [
        ("de", "Die Straßen und Häuser", "strasse", True),
        ("de", "Die Straßen und Häuser", "Haus", True),
        ("de-CH", "Die Strassen, Bürger:innen", "Straße bürger", True),
        ("en", "sex workers' rights", "worker right", True),
        ("en", "The workers", "les", False),
        ("es", "La educación pública", "educacion publica", True),
        ("it", "Le città", "citta", True),
        ("ru", "Права человека", "право", True),
        ("xx", "Ħeḷḷo Wörld", "hello world", False),
        ("xx", "Héllo Wörlds", "hello worlds", True),
        ("xx", "Héllo Wörlds", "world", False),
        ("en", "student·es travailleurSEs", "travailleuse", False),
    ],
)
def test_other_languages_have_their_own_stems(
    language: str, text: str, typed: str, wanted: bool
) -> None:
    assert bool(finds(table(text, language=language), typed, language)) is wanted


def test_terms_are_tokens_of_unicode61() -> None:
    """Every term comes back whole from FTS5: nothing in it is split or dropped."""
    texts = [case for _, case, _, _ in pairs()]
    connection = table(*texts)
    connection.execute("create virtual table words using fts5vocab(found, 'row')")
    stored = {term for (term,) in connection.execute("select term from words")}
    assert stored == {term for text in texts for term in french.terms(text).split()}
