"""Was it ever written? Each verdict, the words of each answer; and what the page and query say."""

from __future__ import annotations

import re
import sqlite3
from urllib.parse import urlencode

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from motamot.quoting import excerpt
from motamot.quoting import verdict as quotation
from motamot.quoting.candidates import Text
from motamot.quoting.cuts import turning
from motamot.quoting.nearest import lay, weight
from motamot.quoting.places import Corpus, verify, verify_in
from motamot.quoting.verdict import check
from motamot.quoting.words import count, is_optional, tokens
from motamot.search.index import languages_of
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
    """A corpus of a few texts, which always gives them all; `blocks`: the paragraphs of each that
    stand in a block quote."""

    languages = ("fr",)

    def __init__(self, *texts, blocks=()):
        self.texts = texts
        self.quoted = blocks

    def search(self, expression, limit):
        assert expression
        return [
            text
            if isinstance(text, Text)
            else Text("question" if text.endswith("?") else "answer", f"a{n}", text)
            for n, text in enumerate(self.texts)
        ]

    def counts(self, words):
        return dict.fromkeys(words, 1)

    def blocks(self, text):
        return [(text.text.index(b), text.text.index(b) + len(b)) for b in self.quoted]


def verdict(typed, *texts, blocks=()):
    return check(typed, Few(*(texts or (TEXT, OTHER)), blocks=blocks))


NOW = "Nous planterons cent arbres par an. Aucun platane sain ne sera coupé avant l’automne."
BEFORE = [
    Text("revision", f"r{n}", NOW.replace("cent", f"{count} cents"), was="a0")
    for n, count in enumerate(("deux", "trois"))
]


@pytest.mark.parametrize(
    ("typed", "name", "where"),
    [
        pytest.param("Aucun platane sain ne sera coupé", "exact", ["a0"], id="in all: now"),
        pytest.param("nous planterons cent arbres par an", "exact", ["a0"], id="now alone"),
        pytest.param("nous planterons deux cents arbres", "exact", ["r0"], id="before alone"),
        pytest.param(
            "nous planterons trois cents arbres […] ne sera coupé avant l’automne",
            *("cut", ["r1"]),
            id="before, with a cut",
        ),
        pytest.param("Aucun platane malade ne sera coupé", "near", ["a0"], id="nearly, in all"),
    ],
)
def test_an_answer_and_what_it_said_before_are_one_place(typed, name, where):
    found = verdict(typed, *BEFORE, Text("answer", "a0", NOW))
    assert (found.verdict, [m.source.id for m in found.matches]) == (name, where)


def said(typed, *texts, blocks=()):
    return verdict(typed, *texts, blocks=blocks).verdict


# --- word for word --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        pytest.param("Nous refusons les logiques de répression.", "", id="as it is"),
        pytest.param("refusons les logiques", "", id="a part of a sentence, no full stop"),
        pytest.param("« refusons les logiques »", "", id="between quotation marks"),
        pytest.param("'refusons les logiques'", "", id="between single ones"),
        pytest.param("L'action publique “doit cibler” les", "guillemets", id="other ones"),
        pytest.param("L'action publique doit cibler les réseaux", "guillemets", id="none"),
        pytest.param("et l’accès aux droits", "apostrophes", id="a curly apostrophe"),
        pytest.param("et  l'accès\naux\u00a0droits", "espaces", id="other spaces"),
        pytest.param("en ce sens: main dans", "espaces", id="no space before a colon"),
        pytest.param("aux droits. L'action publique", "espaces", id="over two paragraphs"),
        pytest.param("Nous refu\u00adsons les logiques", "espaces", id="a soft hyphen"),
        pytest.param("Nous refusons les logiques…", "", id="it goes on, and says so"),
        pytest.param("nous refusons les logiques", "majuscule initiale", id="a small letter"),
        pytest.param("trafic de mineur·es… et nous", "", id="an ellipsis of the text itself"),
        pytest.param("trafic de mineur·es... et nous", "", id="the same in three dots"),
        pytest.param("trafic de mineur.es… et", "points des formes inclusives", id="another dot"),
        pytest.param("- Former les agents municipaux", "", id="an item of a list"),
        pytest.param("agents municipaux\nCréer trois", "marques de liste", id="without marks"),
        pytest.param(
            "• agents municipaux\n• Créer trois", "marques de liste", id="items, other marks"
        ),
        pytest.param("Nous refusons les logiques de re\u0301pression", "", id="e and its accent"),
    ],
)
def test_what_is_exact_and_the_liberties_it_takes(typed, taken):
    found = verdict(typed)
    assert found.verdict == "exact"
    assert " ".join(found.matches[0].liberties) in (taken, taken + " espaces")
    assert found.matches[0].source.id == "a0"


# What a text may have, with the traces of PDF and word processors; and how it is cited.
RESIDUE = (
    "L’aug- mentation sera pro-\ngressive. L’eﬀort portera sur les ﬂux¹ du matin [2] et sur le "
    "porte- monnaie des vice-\nprésidences, avant- et après-midi. La main-d’œuvre (1) suivra."
)
FIGURES = (
    "Le budget passera de 12,4 M€ à 15 millions d’euros : 2 500 000 € la première année, puis "
    "+4,5 % et −7 %. Le trajet dure 1 h 05. Le nombre de places descendra de 640 à\n412. Le reste "
    "ne changera pas.\n\n– 30 % de bruit\n\n– 12 % de fumée\n\n- 45 km de pistes\n- 3 200 arceaux"
    "\n\n1. Le pont\n2. La rue haute"
)


@pytest.mark.parametrize(
    "typed",
    [
        "L'augmentation sera progressive",
        "l’effort portera sur les flux du matin et sur",
        "L’eﬀort portera sur les ﬂux",
        "le porte-monnaie des vice-présidences",
        "avant- et après-midi",
        "La main-d'oeuvre suivra",
        "La main-d’œuvre (1) suivra",
    ],
)
def test_traces_of_a_layout_are_no_words(typed):
    assert said(typed, RESIDUE) == "exact"


@pytest.mark.parametrize(
    "typed", ["le portemonnaie des", "présidences, avant- et après", "mentation sera progressive"]
)
def test_a_hyphen_of_the_word_itself_is_one(typed):
    assert said(typed, RESIDUE) == "near"


@pytest.mark.parametrize(
    "typed",
    [
        "passera de 12,4 M€ à 15 millions d’euros",
        "2500000 € la première année",
        "2 500 000€ la première année, puis +4,5 % et -7 %",
        "Le trajet dure 1h05",
        "descendra de 640 à 412. Le reste ne changera pas",
        "– 30 % de bruit",
        "45 km de pistes",
        "45 km de pistes 3200 arceaux",
        "1. Le pont 2. La rue haute",
        "Le pont La rue haute",
    ],
)
def test_a_figure_is_whole_and_a_mark_of_a_list_is_none(typed):
    assert said(typed, FIGURES) == "exact"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("passera de 12,4", id="its unit is cut"),
        pytest.param("passera de 12,4 M€ à 15", id="its millions are cut"),
        pytest.param("4 M€ à 15 millions d’euros", id="its decimals alone"),
        pytest.param("500 000 € la première année", id="its millions are dropped"),
        pytest.param("7 %. Le trajet dure", id="its sign is dropped"),
        pytest.param("5 % et −7 %. Le trajet", id="the end of a decimal"),
        pytest.param("Le trajet dure 1 h", id="its minutes are dropped"),
        pytest.param("descendra de 640 à Le reste ne changera pas", id="no number of an item"),
        pytest.param("30 % de bruit", id="a minus is no mark of a list"),
        pytest.param("200 arceaux", id="its thousands are dropped"),
        pytest.param("Le budget passera de 13,4 M€", id="another figure"),
        pytest.param("passera de 12.4 M€ à 15 millions", id="another decimal mark"),
    ],
)
def test_no_part_of_a_figure_is_a_figure(typed):
    assert said(typed + " " if count(tokens(typed)) > 2 else typed, FIGURES) in ("near", "short")


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("NOUS REFUSONS LES LOGIQUES DE RÉPRESSION", id="capitals"),
        pytest.param("Nous refusons les logiques de repression", id="an accent"),
        pytest.param("Nous refusons, les logiques de répression", id="a comma"),
        pytest.param("Nous refusons les logiques.", id="a full stop that ends it early"),
        pytest.param("Nous refusons les logiques de répres", id="a word cut in two"),
        pytest.param("la protection des personnes […] refusons les logiques", id="wrong order"),
        pytest.param("trafic de mineures et nous travaillerons en ce sens", id="an inclusive form"),
    ],
)
def test_what_is_not_exact_though_it_looks_so(typed):
    assert said(typed) == "near"


def test_a_call_of_a_footnote_is_not_another_figure():
    text = "Le coût (2) sera partagé entre les communes du canton."
    assert said("Le coût sera partagé entre les communes", text) == "exact"
    assert said("Le coût (9) sera partagé entre les communes", text) == "near"


def test_chevrons_are_quotation_marks_when_they_are_two():
    assert said("Le code « rue calme » vaut ici", "Le code <<rue calme>> vaut ici.") == "exact"
    assert said("quand x<y et y>z partout", "Vrai quand x<y et y>z partout.") == "exact"
    assert said("quand x y et y z partout", "Vrai quand x<y et y>z partout.") == "near"


# --- with cuts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "Nous refusons les logiques […] la protection des personnes",
        "Nous refusons les logiques (...) la protection des personnes",
        "Nous refusons les logiques... la protection des personnes",
        "[...] Nous refusons les logiques […] sur la protection des […] main dans la main",
        "ou de trafic de mineur·es... main dans la main",
    ],
)
def test_a_marked_cut_is_said_and_shown(typed):
    (match,) = verdict(typed).matches
    assert match.verdict == "cut"


@pytest.mark.parametrize(
    "typed",
    [
        "Nous refusons […] la protection des personnes",
        "Nous […] refusons […] la protection […] des personnes",
        "Nous refusons les logiques […] l'accès aux",
    ],
)
def test_pieces_of_fewer_than_four_words_are_nobodys(typed):
    (match,) = verdict(typed).matches
    assert (match.verdict, match.short) == ("near", True)
    assert [d.change for d in match.differences if d.written.startswith("des personnes")] in (
        [],
        ["removed"],
    )


def test_pieces_are_taken_as_near_to_each_other_as_they_can_be():
    text = "Oui, nous aimons tous les arbres. Puis nous aimons tous les arbres et le bord des rues."
    (match,) = verdict("nous aimons tous les arbres […] le bord des rues", text).matches
    assert match.spans[0][0] == text.index("Puis") + 5


def test_a_cut_between_words_that_follow_each_other_cuts_nothing():
    assert said("Nous refusons […] les logiques de répression") == "exact"


def test_what_a_cut_takes_away_may_turn_the_sense():
    text = "Nous fermerons le parc, mais seulement s’il brûle : 3 fois sur 10, rien ne l’impose."
    start = text.index(",")
    found = [(name, text[a:b]) for name, (a, b) in turning(text, (start, len(text)))]
    assert found == [
        ("condition", "mais"),
        ("condition", "seulement"),
        ("condition", "s’"),
        ("chiffre", "3"),
        ("chiffre", "10"),
        ("négation", "rien"),
        ("négation", "ne"),
    ]


# --- whose words ----------------------------------------------------------------------------------

QUOTES = (
    "Un commerçant du marché nous écrit : « sans voiture, plus personne ne viendra ». Nous avons "
    "compté. Selon l’opposition, « la rue deviendra un désert » : c’est faux. « Tout ira bien "
    "demain », a promis le préfet. « La ville à dix pas » est une mesure. Notre programme le dit : "
    "« la ville attend les gens lents ». Nous disons « une rue pour tout le monde ». Nous avons "
    "rencontré une mère qui nous a dit « le bus ne passe jamais ». Certains disent que c’est trop."
    "\n\nUne voisine :\n\nJe ne sors plus depuis cet hiver.\n\nNous la croyons."
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sans voiture, plus personne ne viendra", "quoted"),
        ("« La rue deviendra un désert »", "quoted"),
        ("Tout ira bien demain", "quoted"),
        ("le bus ne passe jamais", "quoted"),
        ("Je ne sors plus depuis", "quoted"),
        ("nous écrit : « sans voiture, plus personne ne viendra »", "exact"),
        ("Tout ira bien demain », a promis le préfet", "exact"),
        ("Une voisine : « Je ne sors plus depuis cet hiver »", "exact"),
        ("Certains disent que c’est trop", "exact"),
        ("La ville à dix pas", "exact"),
        ("la ville attend les gens lents", "exact"),
        ("une rue pour tout le monde", "exact"),
    ],
)
def test_words_that_an_answer_reports_are_not_its_own(typed, expected):
    assert said(typed, QUOTES, blocks=["Je ne sors plus depuis cet hiver."]) == expected


def test_an_answer_that_is_all_a_block_quote_quotes_nobody():
    text = "Oui, nous le ferons dès le premier jour."
    assert said("nous le ferons dès le premier jour", text, blocks=[text]) == "exact"


BOXES = (
    "- [x] Une réunion par trimestre\n- [ ] Un référendum sur le tracé",
    "☐ Une réunion par trimestre\n☐ Un comité avec droit de\nveto suspensif\n☒ Un vote par rue",
    "Une navette de nuit ☐\nUne navette du matin ☒",
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Une réunion par trimestre", "exact"),
        ("Un référendum sur le tracé", "unticked"),
        ("avec droit de veto suspensif", "unticked"),
        ("Un vote par rue", "exact"),
        ("Une navette de nuit", "unticked"),
        ("Une navette du matin", "exact"),
    ],
)
def test_an_option_that_nobody_ticked_is_no_answer(typed, expected):
    found = verdict(typed, *BOXES)
    assert found.verdict == expected
    if typed == "Une réunion par trimestre":
        assert [match.source.id for match in found.matches] == ["a0"]


def test_words_of_a_question_are_the_questionnaires_unless_an_answer_has_them():
    question = "Ouvrirez-vous une crèche dans chaque quartier ?"
    assert said("une crèche dans chaque quartier", question, OTHER) == "question"
    own = "Nous ouvrirons une crèche dans chaque quartier."
    assert said("une crèche dans chaque quartier", question, own) == "exact"


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
        ("les logiques de répres", [("replaced", "répression", "répres")]),
        (
            "Nous les logiques de répression refusons",
            [("moved", "refusons", ""), ("moved", "", "refusons")],
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
    found = lay(typed, tokens(typed), TEXT, tokens(TEXT))
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


@pytest.mark.parametrize(
    "typed",
    [
        "L'action publique […] Nous refusons les logiques de répression",
        "Notre approche repose sur la protection des personnes et l'accès aux droits. "
        "Nous refusons les logiques de répression.",
    ],
)
def test_a_passage_with_its_pieces_in_another_order_is_near_and_says_so(typed):
    found = verdict(typed)
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


def test_beside_words_that_were_not_found_stands_the_passage_that_is_least_far():
    found = verdict("Former les agents municipaux coûtera trois millions chaque année")
    assert found.verdict == "absent"
    (match,) = found.matches
    assert TEXT[slice(*match.spans[0])].startswith("Former les agents municipaux")


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
    words = [token for token in tokens(text) if not is_optional(token)]
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, min(len(words) - 1, first + 120)))
    start, end = words[first].start, words[last].end
    assume(count(tokens(text[start:end])) >= fewest)
    assume(end - start < quotation.MOST - 100)
    return identifier, text, start, end


@given(data=st.data())
@often
def test_any_slice_of_an_answer_is_exact_and_at_its_place(opened, data):
    identifier, text, start, end = data.draw(slices(opened.answers))

    def vary(found):
        char = found[0]
        if char.isspace():  # what parts thousands is one space
            inside = words[max(0, found.start() - 1) : found.end() + 1].replace(" ", "").isdigit()
            return data.draw(st.sampled_from(SPACES[: 4 if inside else None]))
        return data.draw(st.sampled_from(next(f for f in FAMILIES if char in f)))

    words = re.sub(r"\s+", " ", text[start:end])
    typed = re.sub(rf"[\s{''.join(FAMILIES)}]", vary, words)
    found = check(typed, opened.corpus)
    assert found.verdict in ("exact", "quoted"), typed
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
    assume(weight(tokens(text[start:end])) >= 5)
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


def plain_words(text):
    return re.findall(r"\w+", re.sub(r"<[^>]*>|&\w+;", " ", text))


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
    assert '<h2 id="verdict" class="verdict">Mot pour mot, avec coupes</h2>' in text
    assert "<mark>Nous refusons les logiques de répression.</mark>" in text
    assert re.search(
        r'</mark><del class="cut"><span [^>]*>\[coupé[^<]*</span> Notre approche', text
    )
    assert "<mark>L&#39;action publique doit cibler les réseaux</mark> de proxénétisme" in text
    assert "la forme des apostrophes" in text.split("sauf")[1]
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
        again = verify_in(opened.connection, identifier, match["words"])
        assert again
        assert again["spans"] == match["spans"]
        sql = "select html from answers where id = ?"
        (html,) = opened.connection.execute(sql, (identifier,)).fetchone()
        marked = " ".join(
            re.findall(r"<mark[^>]*>(.*?)</mark>", excerpt.marked(html, text, again["spans"]))
        )
        assert plain_words(marked) == plain_words(match["words"])


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
    assert "Ajouté\u00a0: «\u00a0la\u00a0»" in text


def test_an_absent_quotation_and_a_short_one_say_so(real):
    assert ">Introuvable</h2>" in page(real, "Il faut rouvrir la ligne de chemin de fer du nord")
    least = page(real, "Nous refusons les logiques punitives envers les mineurs isolés")
    assert ">Introuvable</h2>" in least
    assert "Le passage le moins éloigné" in least
    assert "au moins 3 mots" in page(real, "deux mots")
    assert "trop longue" in page(real, "mot " * 2500)


def test_words_of_a_question_are_not_those_of_a_list(real):
    text = page(real, "Seriez-vous prêt à dénoncer le harcèlement policier")
    assert ">Mots du questionnaire</h2>" in text
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
    assert row["verdict"] == "mot pour mot, avec coupes"
    assert row["liste"] == "La France insoumise"
    assert row["libertés"] == "apostrophes"
    assert row["mots coupés"].startswith("Notre approche repose")
    assert row["lien"].endswith("tds-municipales-paris_8_la-france-insoumise")
    assert "?extrait=Nous%20refusons" in row["lien vers le passage"]
    (row,) = rows(
        real, path + urlencode({"citation": "Nous refusons toutes les logiques de répression"})
    )
    assert (row["verdict"], row["différences"]) == ("presque", "ajouté\u00a0: «\u00a0toutes\u00a0»")
    (row,) = rows(real, path + urlencode({"citation": "zarbi zarbo zarba"}))
    assert (row["verdict"], row["lien"]) == ("introuvable", None)
    (row,) = rows(real, path)
    assert row["verdict"] == "mot pour mot"
    assert row["passage exact"].startswith("Notre priorité est la mise en place")
