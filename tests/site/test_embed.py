"""What another site shows of ours: frames, oEmbed, and the tags that name a shared page."""

from __future__ import annotations

import gzip
import hashlib
import html
import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote, urlencode

import micawber
import pytest

from motamot.site import frames as embed
from tests.site.serving import served
from tests.sites import QUERIES, ROOT, build_site, get, sql

LIGHT = 10_000  # bytes, compressed
ANSWER = "/questionnaires/answers/tds-municipales-paris_7_la-france-insoumise"
SQL = "/questionnaires?" + urlencode({"sql": "select name, id from respondents where id <> :not"})


def words(source):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", source)).split())


def folded(text):
    return " ".join(text.split())


def framed(address):
    path, mark, query = address.partition("?")
    return f"{path}.embed{mark}{query}"


def every_address(site):
    rows = [
        f"/questionnaires/{table}/{row['id']}"
        for table in ("answers", "questions", "respondents", "questionnaires", "documents")
        for row in sql(site, f"select id from {table}")
    ]
    tables = ["answers", "questions", "replies", "dataset", "proof", "passages"]
    return [
        *rows,
        *(f"/questionnaires/{name}" for name in [*tables, *QUERIES]),
        "/questionnaires/answers?status=answered&_sort_desc=words",
        SQL,
    ]


# --- frames ---------------------------------------------------------------------------------------


def test_every_address_has_a_light_frame_that_stands_alone_and_leads_back(site):
    for address in every_address(site):
        answer = get(site, framed(address))
        assert answer.status_code == 200, address
        page = answer.text
        assert len(gzip.compress(page.encode(), 6)) < LIGHT, address
        assert '<html lang="fr"' in page
        assert page.count("<h1") == 1
        assert re.search(r"<title>\S[^<]* – Mot à mot</title>", page), address
        assert not re.search(r"<(?:link[^>]*stylesheet|img|iframe|script src)", page), address
        back = "http://localhost" + address
        assert f'href="{html.escape(back)}"' in page, address
        assert answer.headers["access-control-allow-origin"] == "*"


def test_the_frame_of_an_answer_is_a_card_with_its_words_in_full(site):
    for row in sql(
        site,
        "select answers.*, name, number, sha256 from answers"
        " join respondents on respondents.id = answers.respondent"
        " join questions on questions.id = question join documents on documents.id = document",
    ):
        page = get(site, f"/questionnaires/answers/{row['id']}.embed").text
        if row["html"]:
            assert row["html"].split("<table>")[0] in page
        else:
            assert "Question laissée en blanc" in page
        for named in (row["name"], f"question {row['number']}", row["sha256"][:12]):
            assert named in words(page)


def test_the_frame_of_a_question_names_those_who_did_not_answer(demo):
    said = words(get(demo, "/questionnaires/questions/logement-ville-exemple_4.embed").text)
    for name in "ABCDEF":
        assert f"Liste Exemple {name}" in said
    assert "Liste Exemple E : a refusé de répondre." in said
    two = get(
        demo, "/questionnaires/questions/logement-ville-exemple_4.embed?liste=liste-exemple-b"
    )
    assert "Liste Exemple B" in two.text
    assert "Liste Exemple A" not in two.text


def test_rows_that_carry_answers_whole_are_cards_and_others_a_table(demo):
    answered = "dataset.embed?answer_id__notblank=1"
    cards = ["answers.embed", "reponses-a-une-question.embed", "reponses-d-une-liste.embed"]
    for name in (*cards, answered):
        page = get(demo, f"/questionnaires/{name}").text
        assert "<article" in page, name
        assert "<table><caption" not in page, name
    for name in ("qui-a-repondu", "longueur-des-reponses", "questions", "comparer"):
        page = get(demo, f"/questionnaires/{name}.embed").text
        assert "<article" not in page, name
        assert '<th scope="col">' in page, name
    written = "select answer, permalink from dataset where number = '4' and answer_id <> ''"
    page = get(demo, f"/questionnaires.embed?{urlencode({'sql': written})}").text
    assert (
        page.count("<blockquote cite=")
        == sql(demo, "select count(*) as n from dataset where number = '4' and answer <> ''")[0][
            "n"
        ]
    )


def test_what_does_not_fit_in_a_frame_is_counted_and_linked(demo):
    page = get(demo, "/questionnaires/passages.embed?_size=5").text
    everything = sql(demo, "select count(*) as n from passages")[0]["n"]
    assert f"5 lignes sur {everything}" in words(page).replace("\u202f", "")
    assert f"Et {everything - 5} autres : tout lire sur Mot à mot" in words(page)
    heavy = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 900)"
    heavy += " select i, hex(randomblob(40)) as h from n"
    page = get(demo, f"/questionnaires.embed?{urlencode({'sql': heavy})}").text
    shown = page.count("<tr>") - 1
    assert 50 < shown < 300
    assert f"Et {900 - shown} autres" in words(page)


def test_a_pinned_frame_says_when_the_answer_has_changed(real):
    text = sql(real, f"select text from answers where id = '{ANSWER.split('/')[-1]}'")[0]["text"]
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    assert "a changé" not in get(real, f"{ANSWER}.embed?sha256={mark}").text
    page = get(real, f"{ANSWER}.embed?sha256=000000000000").text
    assert "Cette réponse a changé depuis qu’elle a été citée" in words(page)
    assert f"000000000000 , celui-ci a l’empreinte {mark}" in words(page)
    assert f'<a href="http://localhost{ANSWER}">la réponse actuelle</a>' in page
    assert f'href="https://web.archive.org/web/*/http://localhost{ANSWER}"' in page


def test_what_is_wrong_in_a_query_is_said_in_french(real):
    answer = get(real, "/questionnaires.embed?sql=select+zz")
    assert answer.status_code == 400
    assert "SQLite a répondu" in answer.text


def test_words_that_try_to_be_more_stay_words(real):
    typed = "select '<script>alert(1)</script>' as \"<b>a</b>\", 'http://a\"onclick=\"b' as c"
    for more in ("", "&_statique=1"):
        page = get(real, f"/questionnaires.embed?{urlencode({'sql': typed})}{more}").text
        assert "<script>alert" not in page
        assert "<b>" not in page
        assert 'a"onclick' not in re.sub(r">[^<]*<", "><", page)
    assert "<b>" not in get(real, f"{ANSWER}.embed?sha256=<b>").text


# --- what is copied -------------------------------------------------------------------------------


def fields(page):
    found = re.findall(r'<textarea id="copie-(\w+)"[^>]*>\n(.*?)</textarea>', page, re.S)
    return {key: html.unescape(text) for key, text in found}


@pytest.mark.parametrize(
    "address",
    [
        ANSWER,
        "/questionnaires/questions/tds-municipales-paris_7",
        "/questionnaires/respondents/la-france-insoumise",
        "/questionnaires/answers?status=answered",
        "/questionnaires/comparer?a=la-france-insoumise",
        "/questionnaires/documents",
        SQL,
    ],
)
def test_pages_offer_a_titled_lazy_frame_that_exists(real, address):
    page = get(real, address).text
    frame = fields(page)["cadre"]
    source = html.unescape(re.search(r'src="([^"]*)"', frame)[1])
    assert get(real, source.removeprefix("http://localhost")).status_code == 200
    assert source.startswith("http://localhost" + framed(address))
    assert re.search(r' title="[^"]{4,}"', frame)
    assert 'loading="lazy"' in frame
    assert fields(page)["ajuster"] == embed.SCRIPT


def test_the_static_version_of_an_answer_is_on_its_page(real):
    found = fields(get(real, ANSWER).text)["statique"]
    answer = sql(real, f"select * from answers where id = '{ANSWER.split('/')[-1]}'")[0]
    assert f'<blockquote cite="http://localhost{ANSWER}" lang="fr">\n{answer["html"]}' in found
    assert f'<a href="http://localhost{ANSWER}">question 7</a>' in found
    assert "nom de la liste inféré" in found
    assert "<iframe" not in found


def test_the_static_version_of_rows_is_html_to_copy(demo):
    answer = get(demo, "/questionnaires/qui-a-repondu.embed?_statique=1")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "<caption>Qui a répondu</caption>" in answer.text
    assert '<th scope="col">état</th>' in answer.text
    assert "n’a pas répondu" in answer.text
    cards = get(demo, "/questionnaires/questions/logement-ville-exemple_4.embed?_statique=1").text
    count = sql(
        demo, "select count(*) as n from answers where question = 'logement-ville-exemple_4'"
    )
    assert cards.count("<blockquote cite=") == count[0]["n"]


# --- oEmbed ---------------------------------------------------------------------------------------


def oembed(site, url, **more):
    return get(site, "/-/oembed?" + urlencode({"url": url, **more}))


def test_every_address_is_resolved(site):
    for address in every_address(site):
        found = oembed(site, f"http://localhost{address}").json()
        assert found["version"] == "1.0"
        assert found["type"] == "rich"
        assert found["title"]
        assert framed(address) in html.unescape(found["html"])
        assert found["width"] == 600
        assert found["height"] > 100


def test_the_longest_side_asked_for_is_respected(real):
    found = oembed(real, f"http://localhost{ANSWER}", maxwidth=320, maxheight=200).json()
    assert (found["width"], found["height"]) == (320, 200)
    assert 'width="320" height="200"' in found["html"]
    narrow = oembed(real, f"http://localhost{ANSWER}", maxwidth=320).json()["height"]
    assert narrow > oembed(real, f"http://localhost{ANSWER}", maxwidth=9000).json()["height"]


def test_xml_says_the_same_as_json(real):
    answer = oembed(real, f"http://localhost{SQL}", format="xml")
    assert answer.headers["content-type"].startswith("text/xml")
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "oembed"
    said = {field.tag: field.text for field in root}
    same = oembed(real, f"http://localhost{SQL}").json()
    assert said == {name: str(value) for name, value in same.items()}


def test_an_extract_is_marked_wherever_its_address_goes(real):
    asked = urlencode({"extrait": "ce sont des dispositifs liberticides"})
    page = get(real, f"{ANSWER}?{asked}").text
    mark = '<mark id="extrait">Ce sont des dispositifs liberticides</mark>'
    assert mark in page
    assert mark in get(real, f"{ANSWER}.embed?{asked}").text
    assert (
        mark.replace(' id="extrait"', "") in get(real, f"{ANSWER}.embed?{asked}&_statique=1").text
    )
    endpoint = html.unescape(re.search(r'json\+oembed" href="([^"]*)"', page)[1])
    shown = get(real, endpoint.removeprefix("http://localhost")).json()["html"]
    source = html.unescape(re.search(r'src="http://localhost([^"]*)"', shown)[1])
    assert mark in get(real, source).text
    pinned = html.unescape(re.search(r'src="http://localhost([^"]*)"', fields(page)["cadre"])[1])
    assert "sha256=" in pinned
    assert mark in get(real, pinned).text
    other = get(real, f"{ANSWER}.embed?extrait=ces+dispositifs+liberticides").text
    assert "<mark id" not in other
    assert "ne se suivent pas ainsi" in other


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"url": "http://localhost/questionnaires/answers/zz"}, 404),
        ({"url": "http://localhost/"}, 404),
        ({"url": "http://localhost/questionnaires"}, 404),
        ({"url": "http://localhost/-/metadata"}, 404),
        ({"url": f"http://example.org{ANSWER}"}, 404),
        ({"url": f"ftp://localhost{ANSWER}"}, 404),
        ({"url": "http://[/"}, 404),
        ({"url": "http://localhost/questionnaires/../-/metadata"}, 404),
        ({"url": f"http://localhost{ANSWER}", "format": "yaml"}, 501),
        ({"url": f"http://localhost{ANSWER}", "maxwidth": "wide"}, 400),
        ({}, 400),
    ],
)
def test_what_cannot_be_embedded_is_refused_as_the_specification_says(real, asked, status):
    answer = get(real, "/-/oembed?" + urlencode(asked))
    assert answer.status_code == status
    assert answer.json()["ok"] is False


def test_a_consumer_that_is_not_ours_finds_and_resolves_a_permalink(tmp_path):
    build_site(ROOT / "raw", tmp_path)
    with served(tmp_path) as address:
        url = address + ANSWER
        page = micawber.providers.fetch(micawber.providers.Request(url), 10)
        endpoint = re.search(r'type="application/json\+oembed" href="([^"]*)"', page)[1]
        endpoint, _, asked = html.unescape(endpoint).partition("?")
        assert quote(url, safe="") in asked
        providers = micawber.ProviderRegistry()
        providers.register(rf"{address}/questionnaires/\S+", micawber.Provider(endpoint))
        found = providers.request(url)
        assert found["title"].startswith("La France insoumise, question 7")
        shown = micawber.parse_html(f"<p>{url}</p>", providers)
        assert f'src="{url}.embed"' in shown


# --- tags ---------------------------------------------------------------------------------------


def tags(page):
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def test_pages_name_themselves_where_they_are_shared(site):
    for answer in sql(
        site, "select answers.id, text, name from answers join respondents r on r.id = respondent"
    ):
        page = get(site, f"/questionnaires/answers/{answer['id']}").text
        said = tags(page)
        assert said["og:title"].startswith(answer["name"])
        assert "Mot à mot" not in said["og:title"]
        assert said["og:url"] == f"http://localhost/questionnaires/answers/{answer['id']}"
        assert "twitter:card" in said
        begins = said["og:description"]
        if answer["text"]:
            exact = folded(answer["text"])
            assert exact.startswith(begins.removesuffix("…"))
            assert begins == exact or begins.endswith("…")
            assert len(begins) <= 200


def test_every_embeddable_page_says_where_its_oembed_is(real):
    for address in every_address(real):
        page = get(real, address).text
        for kind in ("json", "xml"):
            found = re.search(rf'{kind}\+oembed" href="http://localhost([^"]*)" title="[^"]', page)
            assert found, address
            answer = get(real, html.unescape(found[1]))
            assert answer.status_code == 200, address
    assert "oembed" not in get(real, "/").text


@pytest.mark.parametrize(
    "path",
    [
        f"{ANSWER}.json",
        f"{ANSWER}.embed",
        f"{ANSWER}.bib",
        "/questionnaires/dataset.csv",
        "/-/oembed",
        "/zz.json",
    ],
)
def test_what_is_meant_for_others_may_be_read_by_them(real, path):
    assert get(real, path).headers["access-control-allow-origin"] == "*"


def test_pages_keep_to_themselves(real):
    assert "access-control-allow-origin" not in get(real, ANSWER).headers
