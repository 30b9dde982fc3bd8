"""The feeds, as a reader of feeds that is not ours understands them."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote

import feedparser

from tests.sites import ROOT, build_site, get, sql


def feed(site, path):
    answer = get(site, path)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    found = feedparser.parse(answer.content)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def every_feed(site):
    return ["/flux.atom"] + [
        f"/questionnaires/{table}/{row['id']}.atom"
        for table in ("questionnaires", "respondents")
        for row in sql(site, f"select id from {table}")
    ]


def test_every_feed_is_whole_and_its_links_lead_somewhere(site):
    for path in every_feed(site):
        found = feed(site, path)
        assert found.feed.title
        assert found.feed.updated
        links = {link.rel: link.href for link in found.feed.links}
        assert links["self"] == f"http://localhost{path}"
        assert get(site, links["alternate"].removeprefix("http://localhost")).status_code == 200
        names = [entry.id for entry in found.entries]
        assert len(names) == len(set(names))
        for entry in found.entries:
            assert entry.title
            assert entry.updated
            for address in [entry.link, *re.findall('href="([^"]*)"', entry.content[0].value)]:
                answer = get(site, address.removeprefix("http://localhost"))
                assert answer.status_code == 200, address


def test_the_feed_of_everything_holds_every_reply_the_last_received_first(demo):
    found = feed(demo, "/flux.atom")
    replies = sql(demo, "select * from replies order by received_on desc")
    assert len(found.entries) == len(replies)
    dated = [each["received_on"] for each in replies if each["received_on"]]
    days = [entry.updated[:10] for entry in found.entries]
    assert days == dated + ["1970-01-01"] * (len(replies) - len(dated))
    assert found.feed.updated[:10] == dated[0]


def test_what_is_not_known_or_not_answered_is_said(demo):
    said = {e.title: e.content[0].value for e in feed(demo, "/flux.atom").entries}
    silent = said["Liste Exemple F n’a pas répondu\u00a0: Se loger à Ville Exemple"]
    assert "Date de réception non connue." in silent
    assert "Liste Exemple E a refusé de répondre\u00a0: Se loger à Ville Exemple" in said


def test_a_questionnaire_and_a_list_have_their_own(demo):
    for table, column in (("questionnaires", "questionnaire"), ("respondents", "respondent")):
        for row in sql(demo, f"select id from {table}"):
            count = sql(demo, f"select * from replies where {column} = '{row['id']}'")
            path = f"/questionnaires/{table}/{row['id']}"
            assert len(feed(demo, f"{path}.atom").entries) == len(count)
            assert f'type="application/atom+xml" href="{path}.atom"' in get(demo, path).text
    assert 'type="application/atom+xml" href="/flux.atom"' in get(demo, "/").text
    assert get(demo, "/questionnaires/respondents/nobody.atom").status_code == 404


def test_a_rebuild_of_the_same_documents_adds_nothing(real, tmp_path):
    again = build_site(ROOT / "raw", tmp_path)
    assert get(real, "/flux.atom").text == get(again, "/flux.atom").text


def test_a_document_that_changes_is_a_new_entry(demo, tmp_path):
    shutil.copytree(ROOT / "tests" / "demo", tmp_path / "raw")
    changed = tmp_path / "raw" / "mobilites-ville-exemple" / "liste-exemple-a.md"
    for record in changed.parent.glob("*.reading"):
        record.unlink()
    changed.write_text(changed.read_text("utf-8").replace("À 1 heure", "À 2 heures"), "utf-8")
    after = build_site(tmp_path / "raw", tmp_path / "site")
    before = {entry.id for entry in feed(demo, "/flux.atom").entries}
    new = [entry for entry in feed(after, "/flux.atom").entries if entry.id not in before]
    assert [entry.title for entry in new] == [
        "Liste Exemple A a répondu\u00a0: Se déplacer à Ville Exemple"
    ]


def test_characters_that_xml_cannot_hold_leave_it_well_formed(tmp_path):
    raw = tmp_path / "raw"
    (raw / "q").mkdir(parents=True)
    asked = "".join(f"## {n}. Des\x02 arbres\ufffe {n} ?\n\nOui\x0c {n} \x7f.\n\n" for n in "123")
    (raw / "q" / "liste-a.md").write_text("# Arbres\x1b\n\n" + asked, encoding="utf-8")
    site = build_site(raw, tmp_path / "site")
    row = sql(site, "select id from answers order by id")[0]["id"]
    answer = quote(f"http://localhost/questionnaires/answers/{row}", safe="")
    feeds = ("/flux.atom", "/questionnaires/questionnaires/q.atom")
    for path in (*feeds, "/questionnaires/respondents/liste-a.atom"):
        xml = get(site, path).content
        assert "\ufffd" in "".join(ElementTree.fromstring(xml).itertext())
        assert not feedparser.parse(xml).bozo
    embedded = ElementTree.fromstring(get(site, f"/-/oembed?format=xml&url={answer}").content)
    assert "\ufffd" in embedded.findtext("title")
