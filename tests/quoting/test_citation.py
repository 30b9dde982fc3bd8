"""Citations give the words back, exactly, to the readers of each format."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser

import bibtexparser
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation as Cited
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from motamot.quoting import citation, excerpt
from motamot.quoting.citation import Citation
from motamot.quoting.finding import find, quotation
from tests.sites import get, sql

URL = "https://example.org/questionnaires/answers/q_7_liste"
HARD = "Oui & non_à 100 % {« l’été » d'œuvre} <b>*gras*</b> [x](y) | ~ \\ $5 #1 -- ``a''\n\n1. # é"
WORDS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029"),
    max_size=80,
)


def cited(words=HARD, **other):
    known = {"respondent": "Liste Éxemple & Cie", "number": "7", "questionnaire": "Se loger 100 %"}
    known |= {"language": "fr", "date": "2031-02", "path": "q/liste.md"}
    known |= {"line_start": 13, "line_end": 15, "sha256": "0123456789abcdef" * 4, "url": URL}
    return Citation(identifier="q_7_liste", words=words, **(known | other))


def folded(text):
    return " ".join(text.split())


class Text(HTMLParser):
    def __init__(self, source):
        super().__init__()
        self.quoted, self.tags, self._inside = "", [], 0
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside += tag == "blockquote"
        self.quoted += "\n" if tag in ("p", "br") else ""

    def handle_endtag(self, tag):
        self._inside -= tag == "blockquote"

    def handle_data(self, data):
        self.quoted += data if self._inside else ""


@pytest.mark.parametrize(("key", "label", "write"), citation.FORMATS)
def test_every_citation_names_the_address_and_all_but_the_link_the_rest(key, label, write):
    shown = write(cited("Oui."))
    assert URL in shown
    if key != "lien":
        for named in ("7", "q/liste.md", "13", "15", "SHA-256 0123456789ab", "Liste"):
            assert named in shown, f"{label} does not name {named}"
        assert "0123456789abc" not in shown, "the fingerprint is short"
        assert "Oui." in shown


def test_a_plain_citation_is_french():
    assert citation.plain(cited("Oui.", respondent="Liste Exemple", questionnaire="Se loger")) == (
        "«\u00a0Oui.\u00a0»\n– Liste Exemple, question 7, Se loger. Document q/liste.md, "
        f"lignes 13 à 15, SHA-256 0123456789ab. {URL}"
    )


def test_a_blank_answer_is_cited_as_blank_and_an_inferred_name_as_inferred():
    for _, _, write in citation.FORMATS[:1] + citation.FORMATS[2:4]:
        assert "laissée en blanc" in write(cited(""))
        assert "«" not in write(cited(""))
        assert "nom de la liste inféré" in write(cited(inferred=True))


def bibtex_fields(source):
    library = bibtexparser.parse_string(source)
    assert not library.failed_blocks
    plain = {f.key: f.value for f in library.entries[0].fields}
    decoding = LatexDecodingMiddleware()
    decoded = bibtexparser.parse_string(source, append_middleware=[decoding]).entries[0]
    return {f.key: f.value for f in decoded.fields} | {"url": plain["url"]}


@given(WORDS)
@example(HARD)
@example("}{ \\} {\\")
def test_bibtex_gives_the_words_back(words):
    fields = bibtex_fields(citation.bibtex(cited(words)))
    given_back = fields.get("abstract", "").replace("ˆ", "^").replace("\u02dc", "~")
    expected = words.replace("ˆ", "^").replace("\u02dc", "~")
    assert folded(given_back) == folded(expected)
    assert fields["author"].strip("{}") == "Liste Éxemple & Cie"
    assert fields["howpublished"] == "Se loger 100 %"
    assert fields["url"] == URL
    assert fields["year"] == "2031"


def test_bibtex_of_french_words_is_ascii_but_for_quotes_and_keeps_its_braces_even():
    source = citation.bibtex(cited("À l'été, où Noël plaît : ça, l'œuvre naïve et ambiguë."))
    assert source.isascii()
    assert source.count("{") == source.count("}")


@given(WORDS)
@example(HARD)
def test_csl_json_gives_the_words_back(words):
    (item,) = json.loads(citation.csl(cited(words)))
    assert item.get("abstract", "") == words
    assert item["issued"] == {"date-parts": [[2031, 2]]}


def test_a_csl_reader_sets_a_citation():
    source = CiteProcJSON(json.loads(citation.csl(cited())))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(Cited([CitationItem("q_7_liste")]))
    (entry,) = map(str, bibliography.bibliography())
    assert "Liste Éxemple & Cie" in entry
    assert "2031" in entry
    assert URL in entry


@given(WORDS)
@example(HARD)
@example("1) a\n+ b\n=\n---\n    code\n| a |\n|---|\nhttps://example.org/a_b_c\n&eacute;")
def test_markdown_gives_the_words_back(words):
    shown = MarkdownIt("commonmark").enable("table").render(citation.markdown(cited(words)))
    read = Text(shown)
    assert folded(read.quoted) == folded(words)
    allowed = {"blockquote", "p", "br", "a"}
    assert {tag for tag, _ in read.tags} <= allowed


@given(WORDS)
@example(HARD)
def test_html_gives_the_words_back(words):
    read = Text(citation.html(cited(words)))
    assert folded(read.quoted) == folded(words)
    if words.strip():
        assert read.tags[0] == ("blockquote", {"cite": URL, "lang": "fr"})


# --- words taken from an answer ------------------------------------------------------------------


def marks(source, text, words):
    """What is marked of the HTML `source`, whose plain reading is `text`, for `words`."""
    shown = excerpt.marked(source, text, find(quotation(words), text).spans)
    assert re.sub(r"</?mark[^>]*>", "", shown) == source
    return re.findall(r"<mark[^>]*>(.*?)</mark>", shown)


def test_words_are_marked_across_tags_and_paragraphs():
    source = "<p>Oui, <strong>nous</strong> disons &amp; <em>fai</em>sons.</p>\n<ul><li>a</li></ul>"
    assert marks(source, "Oui, nous disons & faisons.\n\n- a", "nous disons & faisons. a") == [
        *("nous", "disons &amp; ", "fai", "sons.", "a")
    ]


def test_each_run_between_two_cuts_is_marked():
    source = (
        "<p>Nous n’avons pas dit non.</p>\n<ol>\n<li>Le pont</li>\n<li>La rue haute</li>\n</ol>"
    )
    text = "Nous n’avons pas dit non.\n\n1. Le pont\n2. La rue haute"
    words = "nous n'avons pas dit […] Le pont La rue haute"
    assert marks(source, text, words) == ["Nous n’avons pas dit", "Le pont", "La rue haute"]


@pytest.mark.parametrize("words", ["oui", "Oui nous", "nous, Oui", "ouin", "no", "Ou"])
def test_words_that_do_not_stand_there_are_not_found(words):
    assert (find(quotation(words), "Oui, nous") is None) == (words != "oui")


def test_the_words_of_an_extract_are_cited_without_the_marks_of_a_list():
    text = "Deux choses :\n\n- un banc\n- une rue"
    spans = find(quotation("choses : un banc […] une rue"), text).spans
    assert excerpt.joined(text, spans) == "choses :\n\nun banc\nune rue"


def test_each_run_has_its_own_text_fragment():
    assert excerpt.fragment("un banc […] une rue") == ":~:text=un%20banc&text=une%20rue"


def test_a_text_fragment_escapes_what_has_a_meaning_there():
    assert excerpt.fragment("peut-être, oui & non") == (
        ":~:text=peut%2D%C3%AAtre%2C%20oui%20%26%20non"
    )
    many = "un deux trois quatre cinq six\nsept huit"
    assert excerpt.fragment(many) == ":~:text=un%20deux%20trois%20quatre%20cinq,sept%20huit"


@given(WORDS, st.integers(2, 60))
def test_the_beginning_of_a_text_is_its_exact_words(text, most):
    shown = excerpt.beginning(text, most)
    assert len(shown) <= most
    assert folded(text).startswith(shown.removesuffix("…"))
    if len(folded(text)) <= most:
        assert shown == folded(text)


# --- on the pages --------------------------------------------------------------------------------


FIELD = r'<textarea id="copie-([a-z]+)"[^>]*>\n(.*?)</textarea>'


def fields(site, path):
    page = get(site, path)
    assert page.status_code == 200
    return {key: html.unescape(text) for key, text in re.findall(FIELD, page.text, re.S)}


def test_every_answer_offers_every_format(site):
    for answer in sql(site, "select id, text from answers"):
        offered = fields(site, f"/questionnaires/answers/{answer['id']}")
        assert {key for key, _, _ in citation.FORMATS} <= set(offered)
        assert answer["text"] in offered["texte"]
        assert json.loads(offered["csl"])[0].get("abstract", "") == answer["text"]
        url = f"http://localhost/questionnaires/answers/{answer['id']}"
        assert offered["lien"] == url
        assert bibtex_fields(offered["bibtex"])["url"] == url


def test_words_asked_for_are_marked_and_cited(real):
    path = "/questionnaires/answers/tds-municipales-paris_2_la-france-insoumise"
    words = "des maisons des femmes, dont bénéficieront"
    asked = excerpt.address("", words).partition("#")[0]
    page = get(real, path + asked).text
    assert f'<mark id="extrait">{words}</mark>' in page
    assert '<details class="quoting screen-only" id="citer" open>' in page
    offered = fields(real, path + asked)
    assert f"«\u00a0{words}\u00a0»" in offered["texte"]
    assert offered["lien"].endswith(
        "#:~:text=des%20maisons%20des%20femmes%2C%20dont%20b%C3%A9n%C3%A9ficieront"
    )
    assert "?extrait=des" in offered["lien"]
    assert json.loads(offered["csl"])[0]["abstract"] == words


def test_words_that_the_answer_reports_are_marked_and_not_cited_as_the_lists(demo):
    path = "/questionnaires/answers/logement-ville-exemple_6_liste-exemple-a"
    words = "On m'a demandé trois garants"
    page = get(demo, f"{path}?extrait={words}").text
    assert '<mark id="extrait">On m’a demandé trois garants</mark>' in page
    assert "la liste cite ici quelqu’un d’autre" in page
    assert fields(demo, f"{path}?extrait={words}")["lien"].endswith("liste-exemple-a")


def test_words_that_were_never_written_are_not_cited(real):
    path = "/questionnaires/answers/tds-municipales-paris_2_la-france-insoumise"
    page = get(real, f"{path}?extrait=Nous+mentons").text
    assert "Les mots demandés ne se suivent pas ainsi dans cette réponse" in page
    assert "<mark" not in page
    assert "mentons" not in fields(real, f"{path}?extrait=Nous+mentons")["texte"]


def test_answers_are_cited_as_files(site):
    count = sql(site, "select count(*) as n from answers")[0]["n"]
    answer = get(site, "/questionnaires/dataset.bib?_size=max")
    assert answer.headers["content-type"].startswith("application/x-bibtex")
    library = bibtexparser.parse_string(answer.text)
    assert len(library.entries) == count
    assert not library.failed_blocks
    assert len(get(site, "/questionnaires/answers.csl").json()) == count
    assert get(site, "/questionnaires/documents.bib").status_code == 404
    assert 'href="/questionnaires/documents.bib' not in get(site, "/questionnaires/documents").text
