"""Requests from anywhere: whatever is asked, the answer is one of the site's, and tells no secret.

Requests are made by a grammar of the site's own addresses and of Datasette's parameters, and put to
the ASGI application itself: a browser or a client would refuse to send most of them.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from datasette.app import Datasette
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sites import DATABASE, QUERIES, ROOT, build_site, get

ANSWER = "/questionnaires/answers/tds-municipales-paris_7_la-france-insoumise"
EXAMPLES = 500
SECRET = re.compile(rb"Traceback|site-packages|\.py\b|/(?:usr|home|tmp|root|work)/")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(site, path, query=b"", method="GET", headers=(), body=b"", host=b"localhost"):
    """One request as bytes, straight to the application; a client that leaves once it has asked."""

    async def asked():
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path.decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "headers": [(b"host", host), *headers],
            "server": ("127.0.0.1", 8001),
        }
        given = [{"type": "http.request", "body": body, "more_body": False}]
        sent = []

        async def receive():
            return given.pop(0) if given else {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        await site.client.app(scope, receive, send)
        start, *rest = sent
        headers_sent = {k.decode("latin-1"): v.decode("latin-1") for k, v in start["headers"]}
        return Answer(start["status"], headers_sent, b"".join(m.get("body", b"") for m in rest))

    return asyncio.run(asked())


def judged(answer, path, query=b"", method="GET"):
    """What every answer keeps to."""
    asked = (method, path, query, answer.status)
    assert answer.status < 500 or (answer.status == 501 and b"oembed" in path), asked
    assert not (found := SECRET.search(answer.body)), (asked, found)
    assert answer.headers["x-content-type-options"] == "nosniff", asked
    assert "unsafe" not in answer.headers["content-security-policy"].split("style-src")[0], asked
    assert not any("\n" in value or "\r" in value for value in answer.headers.values()), asked
    place = answer.headers.get("location", "/")
    assert re.fullmatch(r"/(?![/\\])[\x21-\x7e]*|/", place), (asked, place)
    if answer.status == 304 or method == "HEAD":
        assert not answer.body, asked
    elif path.endswith(b".json") and answer.status >= 400:
        assert json.loads(answer.body)["ok"] is False, asked


# --- the grammar ----------------------------------------------------------------------------------

TABLES = [*DATABASE["tables"], *QUERIES, "sqlite_master", "answers_fts", "answers_search_config"]
FIXED = [
    "/",
    "/.json",
    "/questionnaires",
    "/-/search",
    "/-/search.json",
    "/-/verifier",
    "/-/oembed",
]
FIXED += ["/-/verifier-un-article", "/flux.atom", "/a-propos", "/api", "/questionnaires.db"]
FIXED += [
    *(
        "/favicon.ico",
        "/static/mot-a-mot.css",
        "/-/static/app.css",
        "/-/",
        "/-/plugins.json",
        "/-/threads.json",
    ),
    *("/_internal", "/_memory", "/:memory:", "/-/config", "/-/auth-token", "/-/static-plugins/a/b"),
]
HOSTILE = [
    *("", "zz", "-1", "0", "1e99", "99999999999999999999", "NaN", "a" * 3000, "é", "œ·’", "🌹"),
    *(
        "'",
        '"',
        "`",
        "[",
        "]",
        "{",
        "{}",
        "[]",
        "[1",
        "(",
        ")",
        "*",
        "a OR",
        "NEAR(",
        "--",
        ";",
        "%",
    ),
    *(
        "\x00",
        "\t",
        "\r\nX-Evil: 1",
        "\ufffe",
        "\\",
        "/",
        "//evil.example",
        "../../etc/passwd",
        "~",
    ),
    *("select 1", "select :a", "select", "{{7*7}}", "<b>", "a,b,,", "id", "text", "rowid", "max"),
    *('{"table":1}', '{"table":"replies","column":"zz","value":1}', "2026-13-45", "$.a", "null"),
    *("http://[", "http://localhost" + ANSWER, "javascript:1", "json", "xml", "array", "object"),
    *('["a"]', "[[1]]", '{"a":1}', "on", "answers", "-", "1,2", "~00", "~FF", ",,,", "true"),
    *("%", "~"),
]
RAW = [
    b"%",
    b"%f",
    b"%FF",
    b"%ED%A0%80",
    b"%00",
    b"\xff",
    b"\xc3\xa9",
    b"+",
    b"a%0d%0aB",
    b"%C0%AF",
]
NAMES = [
    *("_sort", "_sort_desc", "_next", "_size", "_shape", "_nl", "_labels", "_label", "_facet"),
    *("_facet_size", "_facet_array", "_facet_date", "_where", "_search", "_search_text"),
    *("_through", "_searchmode", "_col", "_nocol", "_json", "_json_infinity", "_trace", "_ttl"),
    *("_timelimit", "_extra", "_extras", "_stream", "_dl", "_header", "_fts_table", "_fts_pk"),
    *("_hide_sql", "_show_sql", "_nocount", "_nofacet", "_nosuggest", "_blob_column", "_blob_hash"),
    *("_sort_by_desc", "_statique", "_filter_column", "_filter_op", "_filter_value", "_format"),
    *("_filter_column_1", "_filter_op_1", "_filter_value_1", "_header_host", "_success", "_memory"),
    *("_show_hidden", "_json_zz", "_edit_sql", "_method", "", "zz", "sql", "q", "dans", "page"),
    *("liste", "question", "a", "b", "citation", "extrait", "sha256", "url", "format", "maxwidth"),
    *("maxheight", "lignes", "questionnaire", "section", "depuis", "id", "text", "words", "rowid"),
    *(f"{column}__{each}" for column in ("id", "words", "zz") for each in (
        *("exact", "contains", "in", "notin", "gt", "like", "glob", "date", "isnull"),
        *("arraycontains", "arraynotcontains", "zz"))),
]  # fmt: skip
FORMATS = [
    "",
    ".json",
    ".csv",
    ".embed",
    ".bib",
    ".csl",
    ".atom",
    ".png",
    ".txt",
    ".blob",
    ".jsono",
]
FORMATS += [".db", ".zz", "/", "//", ".json.csv", ".json/"]

some = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12)).map(
    lambda text: quote(text.encode("utf-8", "surrogatepass"), safe="").encode()
)
values = st.one_of(some, st.sampled_from(RAW))
names = st.one_of(st.sampled_from(NAMES).map(lambda name: quote(name).encode()), values)
queries = st.lists(st.tuples(names, values), max_size=5).map(
    lambda pairs: b"&".join(name + b"=" + value for name, value in pairs)
)
keys = st.one_of(st.sampled_from([b"tds-municipales-paris_7", b"1", b"1,2", b"~", b"~00"]), values)
rows = st.tuples(st.sampled_from(TABLES), keys).map(
    lambda row: b"/questionnaires/" + row[0].encode() + b"/" + row[1]
)
paths = st.one_of(
    st.tuples(
        st.one_of(
            st.sampled_from([ANSWER, *FIXED]).map(str.encode),
            st.sampled_from(TABLES).map(lambda name: f"/questionnaires/{name}".encode()),
            rows,
        ),
        st.sampled_from(FORMATS).map(str.encode),
    ).map(b"".join),
    st.lists(values, max_size=4).map(lambda parts: b"/" + b"/".join(parts)),
    st.binary(max_size=30),
)
headers = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *(b"cookie", b"authorization", b"accept", b"if-none-match", b"content-length"),
                *(b"content-type", b"accept-encoding", b"x-forwarded-host", b"x-csrftoken"),
                *(b"origin", b"range", b"transfer-encoding", b"forwarded", b"host"),
            ]
        ),
        st.one_of(
            st.sampled_from([b"*", b"gzip", b"multipart/form-data", b"ds_actor=a; ds_messages=b"]),
            st.binary(max_size=20),
        ),
    ),
    max_size=3,
)
METHODS = ["GET"] * 12 + ["HEAD", "POST", "PUT", "OPTIONS", "TRACE", "DELETE", "EVIL", ""]
steady = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@steady
@given(paths, queries, st.sampled_from(METHODS), headers, st.binary(max_size=40))
def test_whatever_is_asked_is_answered_by_the_site(demo, path, query, method, more, body):
    judged(ask(demo, path, query, method, more, body), path, query, method)


@steady
@given(st.sampled_from(["answers", "dataset", "replies", "chercher", "comparer"]), queries,
       st.sampled_from(["", ".json", ".csv", ".embed", ".bib"]))  # fmt: skip
def test_whatever_a_table_is_asked_is_answered_by_the_site(demo, name, query, format):
    path = f"/questionnaires/{name}{format}".encode()
    judged(ask(demo, path, query), path, query)


def test_a_web_socket_is_closed(real):
    sent = []

    async def asked():
        async def send(message):
            sent.append(message)

        await real.client.app({"type": "websocket", "path": "/", "headers": []}, None, send)

    asyncio.run(asked())
    assert [message["type"] for message in sent] == ["websocket.close"]


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "TRACE", "EVIL"])
def test_another_method_is_refused_with_those_that_are_not(real, method):
    answer = ask(real, ANSWER.encode(), method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert "Demande impossible" in answer.body.decode()
    assert "POST" in ask(real, b"/-/verifier-un-article", method=method or "X").headers.get(
        "allow", "POST"
    )


def test_head_is_get_without_its_body(real):
    for path in (ANSWER, "/", "/zz", "/questionnaires/dataset.csv", "/static/mot-a-mot.css"):
        head, got = (ask(real, path.encode(), method=method) for method in ("HEAD", "GET"))
        assert not head.body
        assert (head.status, head.headers) == (got.status, got.headers)


def test_what_is_too_long_is_said_to_be(real):
    for path, query in ((b"/" + b"a" * 9000, b""), (b"/-/verifier", b"citation=" + b"a" * 50_000)):
        answer = ask(real, path, query)
        assert answer.status == 414
        assert "Adresse trop longue" in answer.body.decode()
    assert ask(real, b"/questionnaires/answers", b"a=1&" * 5000).status == 400


def test_an_address_typed_as_it_reads_is_understood(real):
    raw = ask(real, b"/-/search", "q=proxénétisme".encode())
    assert raw.body == ask(real, b"/-/search", b"q=prox%C3%A9n%C3%A9tisme").body
    assert raw.body.count(b"<mark>")


def edited(folder, said, instead):
    """A site whose metadata.yml says something else."""
    text = (ROOT / "metadata.yml").read_text(encoding="utf-8")
    assert said in text
    (folder / "metadata.yml").write_text(text.replace(said, instead, 1), encoding="utf-8")
    build_site(ROOT / "raw", folder)  # which has put our own in its place
    (folder / "metadata.yml").write_text(text.replace(said, instead, 1), encoding="utf-8")
    return Datasette(config_dir=folder)


# --- whose site this is ---------------------------------------------------------------------------

EVIL = [b"evil.example", b"localhost.evil.example", b"localhost@evil.example", b"127.0.0.1:80:80"]
EVIL += [b"evil.example\r\n", b"localhost/evil.example", b"\xff", b"", b"127.0.0.1:9@evil.example"]
FORGED = [(b"x-forwarded-host", b"evil.example"), (b"forwarded", b"host=evil.example")]
WITH_ADDRESSES = [
    *("/", ANSWER, ANSWER + ".embed", ANSWER + ".bib", ANSWER + ".csl", "/flux.atom"),
    *("/questionnaires/answers.json", "/-/search.json", "/questionnaires/comparer", "/zz"),
]


@pytest.mark.parametrize("path", WITH_ADDRESSES)
def test_no_address_is_made_of_what_a_request_calls_the_site(real, path):
    for host in EVIL:
        query = b"q=logement" if "search" in path else b""
        answer = ask(real, path.encode(), query, headers=FORGED, host=host)
        assert b"evil." not in answer.body
        assert not any("evil." in value for value in answer.headers.values())


def test_loopback_is_called_what_it_is_called(real):
    for host in (b"localhost", b"127.0.0.1:8001", b"[::1]:8001"):
        assert b"http://" + host + ANSWER.encode() in ask(real, ANSWER.encode(), host=host).body
    elsewhere = ask(real, ANSWER.encode(), host=b"192.0.2.1").body
    assert b"http://localhost:8001" + ANSWER.encode() in elsewhere


def test_the_public_address_is_that_of_every_page(tmp_path):
    site = edited(tmp_path, "public_url:  #", "public_url: https://exemple.fr #")
    for path in (ANSWER, ANSWER + ".embed", ANSWER + ".csl", "/flux.atom"):
        body = ask(site, path.encode(), host=b"localhost").body
        assert b"https://exemple.fr/questionnaires/" in body, path
        assert b"//localhost" not in body, path
    asked = b"url=" + quote("https://exemple.fr" + ANSWER, safe="").encode()
    assert json.loads(ask(site, b"/-/oembed", asked).body)["provider_url"] == "https://exemple.fr/"


# --- headers --------------------------------------------------------------------------------------

KEPT = [
    *("/", "/questionnaires", "/questionnaires/answers", ANSWER, "/questionnaires/comparer"),
    *(f"{ANSWER}{each}" for each in (".json", ".embed", ".bib", ".csl", ".png")),
    *("/questionnaires/dataset.csv", "/flux.atom", "/-/search", "/-/search.json", "/-/verifier"),
    *("/-/verifier-un-article", "/a-propos", "/questionnaires.db", "/static/mot-a-mot.css"),
    *("/questionnaires/documents/tds-municipales-paris_la-france-insoumise.txt", "/favicon.ico"),
]


@pytest.mark.parametrize("path", KEPT)
def test_what_has_not_changed_is_not_sent_again(real, path):
    first = ask(real, path.encode())
    tag = first.headers["etag"]
    assert first.status == 200
    assert first.headers["cache-control"] == "public, max-age=0, s-maxage=10, must-revalidate"
    assert first.headers["vary"] == "Accept-Encoding"
    assert "set-cookie" not in first.headers
    for known in (tag, tag.removeprefix("W/"), f'"a", {tag}', "*"):
        for method in ("GET", "HEAD"):
            more = [(b"if-none-match", known.encode()), (b"accept-encoding", b"gzip")]
            again = ask(real, path.encode(), method=method, headers=more)
            assert (again.status, again.body) == (304, b"")
            for name in ("etag", "cache-control", "vary", "content-security-policy"):
                assert again.headers[name] == first.headers[name]
    for other in (b'W/"a"', b"", b"zz", b'"'):
        assert ask(real, path.encode(), headers=[(b"if-none-match", other)]).status == 200


def test_what_fails_or_is_sent_is_not_kept(real):
    for path, method in (("/zz", "GET"), (ANSWER, "POST"), ("/-/verifier-un-article", "POST")):
        answer = ask(real, path.encode(), method=method, headers=[(b"if-none-match", b"*")])
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        assert answer.status in (404, 405, 200)


def test_an_operators_parameters_are_nothing_to_anybody_else(real):
    plain = ask(real, (ANSWER + ".json").encode())
    for query in (b"_ttl=0", b"_ttl=99", b"%5Fttl=99&_ttl=1", b"_trace=1", b"_timelimit=abc"):
        answer = ask(real, (ANSWER + ".json").encode(), query)
        assert answer.headers == plain.headers
        assert (answer.status, b"_ttl" in answer.body) == (200, False)


def test_files_are_kept_under_the_address_that_has_their_hash(real):
    page = ask(real, b"/").body.decode()
    path, _, version = re.search(r'href="(/static/[^"]*)"', page)[1].partition("?")
    kept = ask(real, path.encode(), version.encode()).headers["cache-control"]
    assert kept == "public, max-age=31536000, immutable"
    assert "immutable" not in ask(real, path.encode(), b"0000").headers["cache-control"]


def test_another_dataset_or_other_pages_have_other_tags(real, demo, tmp_path):
    tags = [ask(site, b"/").headers["etag"] for site in (real, demo)]
    changed = edited(tmp_path, "title: Mot à mot", "title: Mot à mot, essai")
    tags += [ask(changed, b"/").headers["etag"], ask(real, b"/").headers["etag"]]
    assert tags[0] == tags[3]
    assert len(set(tags)) == 3


def test_only_frames_may_be_framed_and_no_inline_script_runs(real):
    for path in KEPT:
        policy = ask(real, path.encode()).headers["content-security-policy"]
        assert ("frame-ancestors *" in policy) == path.endswith(".embed")
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy.split("style-src")[0]


def test_a_site_that_is_not_at_the_root_of_its_host_is_the_same(tmp_path):
    build_site(ROOT / "raw", tmp_path)
    said = json.loads((tmp_path / "settings.json").read_text()) | {"base_url": "/mot/"}
    (tmp_path / "settings.json").write_text(json.dumps(said))
    site = Datasette(config_dir=tmp_path)
    asked = b"url=" + quote("http://localhost/mot" + ANSWER, safe="").encode()
    for path, query in ((ANSWER, b""), (ANSWER + ".embed", b""), ("/-/oembed", asked)):
        first = ask(site, f"/mot{path}".encode(), query)
        known = [(b"if-none-match", first.headers["etag"].encode())]
        assert first.status == 200
        assert f"http://localhost/mot{ANSWER}".encode() in first.body
        assert ("frame-ancestors *" in str(first.headers)) == path.endswith(".embed")
        assert ask(site, f"/mot{path}".encode(), query, headers=known).status == 304
    assert ask(site, b"/mot/-/plugins.json").status == 404


def test_pages_for_who_looks_after_a_datasette_are_closed(real):
    for name in ("plugins", "databases", "threads", "settings", "metadata", "versions", "config"):
        for end in ("", ".json"):
            assert ask(real, f"/-/{name}{end}".encode()).status == 404
    assert get(real, "/-/search?q=a").status_code == 200
