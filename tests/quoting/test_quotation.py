"""Was it ever written? Word for word, nearly, or not at all; and what the page and query say."""

from __future__ import annotations

import re
import sqlite3
from urllib.parse import urlencode

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from motamot.quoting import excerpt
from motamot.quoting import verdict as quotation
from motamot.quoting.align import align, weight
from motamot.quoting.places import Corpus, verify
from motamot.quoting.verdict import Text, check
from motamot.quoting.words import tokens
from motamot.search.index import languages_of
from motamot.text.markdown import count_words
from tests.examples import examples
from tests.sites import get, rows

TEXT = (
    "Nous refusons les logiques de répression. Notre approche repose sur la protection des "
    "personnes et l'accès aux droits.\n\n"
    "L'action publique « doit cibler » les réseaux de proxénétisme ou de trafic de mineur·es… "
    "et nous travaillerons en ce sens\u00a0: main dans la main.\n\n"
    "- Former les agents municipaux\n- Créer trois centres de santé"
)
OTHER = "Nous sommes abolitionnistes et notre objectif est donc la sortie du système."


class Few:
    """A corpus of a few texts, which always gives them all."""

    languages = ("fr",)

    def __init__(self, *texts):
        self.texts = texts

    def search(self, expression, limit):
        assert expression
        return [Text("answer", f"a{n}", text) for n, text in enumerate(self.texts)]

    def counts(self, words):
        return dict.fromkeys(words, 1)


def verdict(typed, *texts):
    return check(typed, Few(*(texts or (TEXT, OTHER))))


# --- word for word --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        pytest.param("Nous refusons les logiques de répression.", "", id="as it is"),
        pytest.param("refusons les logiques", "", id="a part of a sentence, no full stop"),
        pytest.param("« refusons les logiques »", "guillemets", id="between quotation marks"),
        pytest.param("'refusons les logiques'", "guillemets", id="between single ones"),
        pytest.param("L'action publique “doit cibler” les", "guillemets espaces", id="other ones"),
        pytest.param("L'action publique doit cibler les réseaux", "guillemets espaces", id="none"),
        pytest.param("et l’accès aux droits", "apostrophes", id="a curly apostrophe"),
        pytest.param("et  l'accès\naux\u00a0droits", "espaces", id="other spaces"),
        pytest.param("en ce sens: main dans", "espaces", id="no space before a colon"),
        pytest.param("aux droits. L'action publique", "espaces", id="over two paragraphs"),
        pytest.param("Nous refu\u00adsons les logiques", "espaces", id="a soft hyphen"),
        pytest.param("Nous refusons […] la protection des personnes", "coupes", id="a cut"),
        pytest.param("Nous refusons (...) la protection", "coupes", id="a cut in brackets"),
        pytest.param("Nous refusons... la protection", "coupes", id="three dots"),
        pytest.param("Nous refusons les logiques…", "coupes", id="a cut at the end"),
        pytest.param("[...] les logiques de répression. […] aux droits", "coupes", id="three cuts"),
        pytest.param("trafic de mineur·es… et nous", "", id="an ellipsis of the text itself"),
        pytest.param("trafic de mineur·es... et nous", "", id="the same in three dots"),
        pytest.param("trafic de mineur·es... main dans la main", "coupes", id="then a cut"),
        pytest.param("- Former les agents municipaux", "", id="an item of a list"),
        pytest.param("agents municipaux\nCréer trois centres", "espaces", id="items without marks"),
        pytest.param("• agents municipaux\n• Créer trois", "espaces", id="items, other marks"),
        pytest.param("Nous refusons les logiques de re\u0301pression", "", id="e and its accent"),
    ],
)
def test_what_is_exact_and_the_liberties_it_takes(typed, taken):
    found = verdict(typed)
    assert found.verdict == "exact"
    assert " ".join(found.matches[0].liberties) == taken
    assert found.matches[0].source.id == "a0"


def test_a_cut_says_how_many_words_it_left_out_and_where_the_pieces_stand():
    (match,) = verdict("Nous refusons […] la protection des personnes").matches
    assert [TEXT[a:b] for a, b in match.spans] == ["Nous refusons", "la protection des personnes"]
    assert match.omitted == (8,)


def test_pieces_are_taken_as_near_to_each_other_as_they_can_be():
    (match,) = verdict(
        "les arbres […] des rues", "Oui, les arbres. Puis les arbres des rues."
    ).matches
    assert match.spans[0][0] == len("Oui, les arbres. Puis ")
    assert match.omitted == (0,)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("NOUS REFUSONS LES LOGIQUES DE RÉPRESSION", id="capitals"),
        pytest.param("Nous refusons les logiques de repression", id="an accent"),
        pytest.param("nous refusons les logiques de répression", id="a small letter"),
        pytest.param("Nous refusons, les logiques de répression", id="a comma"),
        pytest.param("Nous refusons les logiques.", id="a full stop that ends it early"),
        pytest.param("la protection des personnes […] refusons les logiques", id="wrong order"),
        pytest.param("trafic de mineures et nous travaillerons en ce sens", id="an inclusive form"),
    ],
)
def test_what_is_not_exact_though_it_looks_so(typed):
    assert verdict(typed).verdict == "near"


# --- nearly ---------------------------------------------------------------------------------------


def changes(typed, *texts):
    found = verdict(typed, *texts)
    assert found.verdict == "near"
    return [
        (d.change, d.written, d.quoted) for d in found.matches[0].differences if d.change != "same"
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("refusons toutes les logiques de répression", [("added", "", "toutes")]),
        ("refusons les logiques de la répression", [("added", "", "la")]),
        ("Nous refusons logiques de répression", [("removed", "les", "")]),
        ("Nous acceptons les logiques de répression", [("replaced", "refusons", "acceptons")]),
        ("Nous refusons les logiques de prohibition", [("replaced", "répression", "prohibition")]),
        (
            "NOUS REFUSONS les logiques de répression",
            [("replaced", "Nous refusons", "NOUS REFUSONS")],
        ),
        (
            "Nous les logiques de répression refusons",
            [("moved", "refusons", ""), ("moved", "", "refusons")],
        ),
        (
            "Notre approche repose sur la protection des personnes et l'accès aux droits. "
            "Nous refusons les logiques de répression.",
            [
                ("moved", "Nous refusons les logiques de répression.", ""),
                ("moved", "", "Nous refusons les logiques de répression."),
            ],
        ),
        (
            "Nous refusons les logiques et l'accès aux droits",
            [
                (
                    "removed",
                    "de répression. Notre approche repose sur la protection des personnes",
                    "",
                )
            ],
        ),
    ],
)
def test_each_difference_is_named_in_the_words_as_written(typed, expected):
    assert changes(typed) == expected


def test_differences_joined_are_the_passage_and_the_quotation():
    typed = "Nous ne refusons pas les logiques d’une répression : approche sur la protection"
    found = align(typed, tokens(typed), TEXT, tokens(TEXT))
    words = [re.findall(r"\w+", " ".join(getattr(d, side) for d in found.differences))
             for side in ("written", "quoted")]  # fmt: skip
    assert words[0] == re.findall(r"\w+", TEXT[found.start : found.end])
    assert words[1] == re.findall(r"\w+", typed)


def test_pieces_of_several_answers_are_said_to_be_so():
    for cut in (" […] ", " "):
        found = verdict(
            f"Nous refusons les logiques de répression.{cut}Nous sommes abolitionnistes et notre "
            "objectif est donc la sortie"
        )
        assert (found.verdict, found.joined) == ("near", True)
        assert [match.source.id for match in found.matches] == ["a0", "a1"]


def test_a_passage_with_its_pieces_in_another_order_is_near_and_says_so():
    found = verdict("L'action publique […] Nous refusons les logiques de répression")
    assert found.verdict == "near"
    assert found.matches[0].disordered


@pytest.mark.parametrize(
    "typed",
    [
        "Il faut rouvrir la ligne de chemin de fer de la vallée",
        "la main de la ville dans les rues",
        "de la ville",
        "zarbi zarbo zarba",
    ],
)
def test_what_resembles_nothing_is_absent(typed):
    assert verdict(typed).verdict == "absent"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "short"),
        ("   \n", "short"),
        ("« »", "short"),
        ("[…] … (...)", "short"),
        ("deux mots", "short"),
        ("…" * 3000, "short"),
        ("\x00\x01\ufeff", "short"),
        ("mot " * 2500, "long"),
        ("x" * 10_000, "long"),
    ],
)
def test_what_cannot_be_checked_is_said(typed, said):
    assert verdict(typed).verdict == said


# --- on databases ---------------------------------------------------------------------------------


class Opened:
    def __init__(self, site):
        path = site.get_database("questionnaires").path
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.languages = languages_of(self.connection)
        self.corpus = Corpus(self.connection, self.languages)
        sql = "select id, text from answers where words > 3 order by id"
        self.answers = self.connection.execute(sql).fetchall()


@pytest.fixture(scope="module", params=["real", "demo"])
def opened(request):
    return Opened(request.getfixturevalue(request.param))


FAMILIES = ["'’‘ʼ", '"«»“”„‹›']
SPACES = [" ", "\u00a0", "\u202f", "\n", "  ", "\r\n\r\n", "\t"]
often = examples(150)


@st.composite
def slices(draw, answers, fewest=3):
    """(id of an answer, its text, some of its words in a row: first and last character)."""
    identifier, text = draw(st.sampled_from(answers))
    words = tokens(text)
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, min(len(words) - 1, first + 120)))
    start, end = words[first].start, words[last].end
    assume(count_words(text[start:end]) >= fewest)
    assume(end - start < quotation.MOST - 100)
    return identifier, text, start, end


@given(data=st.data())
@often
def test_any_slice_of_an_answer_is_exact_and_at_its_place(opened, data):
    identifier, text, start, end = data.draw(slices(opened.answers))

    def vary(char):
        if char.isspace():
            return data.draw(st.sampled_from(SPACES))
        family = next((f for f in FAMILIES if char in f), char)
        return data.draw(st.sampled_from(family))

    words = re.sub(r"\s+", " ", text[start:end])
    typed = "".join(vary(c) if c.isspace() or c in "".join(FAMILIES) else c for c in words)
    found = check(typed, opened.corpus)
    assert found.verdict == "exact", typed
    places = {match.source.id: match for match in found.matches}
    assert identifier in places or len(places) == quotation.PLACES
    if text.count(text[start:end]) == 1 and identifier in places and "…" not in words:
        assert places[identifier].spans[0][0] == start
        assert places[identifier].spans[-1][1] == end


@given(data=st.data())
@often
def test_one_changed_added_or_removed_word_is_near_and_named(opened, data):
    _, text, start, end = data.draw(slices(opened.answers, fewest=8))
    words = re.findall(r"\S+", text[start:end])
    assume(sum(map(weight, tokens(text[start:end]))) >= 5)
    at = data.draw(st.integers(1, len(words) - 2))
    plain = [n for n in range(1, len(words) - 1) if words[n].isalpha() and len(words[n]) > 4]
    how = data.draw(st.sampled_from(["changed", "added", "removed"]))
    if how == "added":
        words.insert(at, "zarbouille")
        named = "zarbouille"
    else:
        assume(plain)
        at = data.draw(st.sampled_from(plain))
        named = words[at]
        assume(words.count(named) == 1)
        words[at : at + 1] = ["zarbouille"] if how == "changed" else []
        named = "zarbouille" if how == "changed" else named
    typed = " ".join(words)
    assume("…" not in typed and "..." not in typed)
    found = check(typed, opened.corpus)
    assert found.verdict == "near", typed
    differences = [d for m in found.matches for d in m.differences if d.change != "same"]
    side = "written" if how == "removed" else "quoted"
    assert any(named in getattr(d, side) for d in differences), (typed, differences)


@given(
    st.lists(st.text("bcdfghjklmnpqrstvwxz", min_size=5, max_size=9), min_size=3, max_size=30).map(
        " ".join
    )
)
@examples(60)
@example("zarbi zarbo zarbu")
def test_words_that_are_nowhere_are_absent(words):
    assert verdict(words).verdict == "absent"


@given(typed=st.text(max_size=300))
@often
def test_whatever_is_typed_there_is_a_verdict(opened, typed):
    assert verify(opened.connection, opened.languages, typed)["sentence"].endswith(".")


def test_the_sentences_of_one_corpus_are_absent_from_another(real, demo):
    """Ordinary French on another subject shares little words, and must not seem a quotation."""
    ours, theirs = Opened(demo), Opened(real)
    sentences = [s for _, t in ours.answers for s in re.findall(r"[^.!?]{40,}[.!?]", t)]
    assert len(sentences) > 40
    verdicts = [verify(theirs.connection, theirs.languages, s)["verdict"] for s in sentences]
    assert verdicts.count("absent") == len(verdicts)


def test_the_lines_are_those_of_the_passage(real):
    opened = Opened(real)
    document = opened.connection.execute("select markdown from documents").fetchone()[0]
    quoted = "la Ville soutiendra les associations qui assurent un accompagnement sanitaire"
    (match,) = verify(opened.connection, opened.languages, quoted)["matches"]
    assert match["line_start"] == match["line_end"]
    assert quoted in document.split("\n")[match["line_start"] - 1]


# --- the page -------------------------------------------------------------------------------------


def page(site, typed):
    answer = get(site, "/-/verifier?" + urlencode({"citation": typed}))
    assert answer.status_code == 200
    return answer.text


EXACT = (
    "« Nous refusons les logiques de répression. […] L’action publique doit cibler les réseaux »"
)


def test_the_page_has_a_form_that_needs_no_script(real):
    text = get(real, "/-/verifier").text
    assert '<label for="citation">' in text
    assert re.search(r'<textarea id="citation" name="citation"', text)
    assert "Ce qui est vérifié" in text
    assert "Rien n’a été vérifié" not in text
    assert 'href="/-/verifier"' in get(real, "/").text


def test_an_exact_quotation_is_marked_in_its_context_with_what_was_cut(real):
    text = page(real, EXACT)
    assert '<h2 id="verdict" class="verdict">Mot pour mot</h2>' in text
    assert "<mark>Nous refusons les logiques de répression.</mark> Notre approche repose" in text
    assert "<mark>L&#39;action publique doit cibler les réseaux</mark> de proxénétisme" in text
    assert "13\u00a0mots coupés" in text
    for liberty in ("guillemets", "apostrophes", "coupes"):
        assert liberty in text.split("sauf")[1]
    permalink = "/questionnaires/answers/tds-municipales-paris_8_la-france-insoumise"
    assert f'href="{permalink}?extrait=' in text
    assert "lignes=55-55#L55" in text
    assert "La France insoumise" in text


def test_the_link_of_an_exact_quotation_leads_to_its_citations(real):
    link = re.search(r'href="(/questionnaires/answers/[^"]*extrait=[^"#]*)', page(real, EXACT))[1]
    cited = get(real, link.replace("&amp;", "&"))
    assert cited.status_code == 200
    assert "<mark" in cited.text


def test_every_answer_is_exact_and_can_be_marked_on_its_own_page(opened):
    """Lists, tables and paragraphs included: what is handed to ?extrait= is found there."""
    for identifier, text in opened.answers:
        if len(text) > quotation.MOST:
            continue
        found = verify(opened.connection, opened.languages, text)
        assert found["verdict"] == "exact", identifier
        match = next(m for m in found["matches"] if m["id"] == identifier)
        sql = "select html from answers where id = ?"
        (html,) = opened.connection.execute(sql, (identifier,)).fetchone()
        assert excerpt.marked(html, match["words"]), (identifier, match["words"])


def test_words_that_an_answer_does_not_have_in_a_row_can_be_checked_from_its_page(real):
    answer = "/questionnaires/answers/tds-municipales-paris_8_la-france-insoumise"
    text = get(real, answer + "?" + urlencode({"extrait": "Nous refusons la police"})).text
    assert "/-/verifier?citation=Nous+refusons+la+police" in text
    assert 'href="/-/verifier"' in get(real, answer).text


def test_a_near_quotation_shows_each_difference_with_a_label(real):
    text = page(real, "Nous acceptons les logiques de la répression")
    assert ">Presque</h2>" in text
    assert re.search(r"<del><span [^>]*>\[écrit, absent[^<]*</span>refusons<", text)
    assert re.search(r"<ins><span [^>]*>\[dans la citation seulement[^<]*</span>acceptons<", text)
    assert "Remplacé\u00a0: «\u00a0refusons\u00a0» par «\u00a0acceptons\u00a0»" in text
    assert "ajouté\u00a0: «\u00a0la\u00a0»" in text


def test_an_absent_quotation_and_a_short_one_say_so(real):
    assert ">Introuvable</h2>" in page(real, "Il faut rouvrir la ligne de chemin de fer du nord")
    assert "au moins 3 mots" in page(real, "deux mots")
    assert "trop longue" in page(real, "mot " * 2500)


def test_words_of_a_question_are_not_those_of_a_list(real):
    text = page(real, "Seriez-vous prêt à dénoncer le harcèlement policier")
    assert ">Mot pour mot</h2>" in text
    assert "Ces mots sont ceux du questionnaire, pas d’une liste" in text


@pytest.mark.parametrize(
    "typed",
    ['<script>alert("x")</script> a b', '" OR ( * NEAR(a b) ;--', "\x00 a b c", "🌹 🌹 🌹 a"],
)
def test_nothing_typed_into_the_page_is_an_error(real, typed):
    assert "<script>alert" not in page(real, typed)


def test_the_query_gives_the_verdict_in_rows(real):
    path = "/questionnaires/verifier-une-citation.json?"
    (row,) = rows(real, path + urlencode({"citation": EXACT}))
    assert row["verdict"] == "mot pour mot"
    assert row["liste"] == "La France insoumise"
    assert row["libertés"] == "guillemets, apostrophes, coupes"
    assert row["lien"].endswith("tds-municipales-paris_8_la-france-insoumise")
    (row,) = rows(
        real, path + urlencode({"citation": "Nous refusons toutes les logiques de répression"})
    )
    assert (row["verdict"], row["différences"]) == ("presque", "ajouté\u00a0: «\u00a0toutes\u00a0»")
    (row,) = rows(real, path + urlencode({"citation": "zarbi zarbo zarba"}))
    assert (row["verdict"], row["lien"]) == ("introuvable", None)
    (row,) = rows(real, path)
    assert row["verdict"] == "mot pour mot"
    assert row["passage exact"].startswith("Notre priorité est la mise en place")
