"""Whatever SQL a stranger sends, the site says no in French, goes on, and ends when told to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from tests.site.serving import served
from tests.sites import get

ENDLESS = "with recursive c(n) as (select 1 union all select n + 1 from c) select "
# Doubled until it has some megabytes, which no limit on a function keeps anybody from.
LONG = (
    "(with recursive r(t) as (select '{}' union all select t || t from r"
    " where length(t) < 2000000) select max(t) from r)"
)
NEVER_ENDS = {
    "count": ENDLESS + "count(*) from c",
    "join": "select count(*) from " + ", ".join(f"passages {each}" for each in "abcdefgh"),
    "instr": "select instr(t, substr(t, 1, length(t) / 2) || 'b') from (select "
    + LONG.format("a")
    + " as t)",
}
REFUSED = {
    "blob": ("select hex(zeroblob(400000000))", "trop long"),
    "many values": ("select " + ", ".join([LONG.format("x")] * 40), "mémoire"),
    "many rows": (ENDLESS + "n, printf('%.*c', 100000, 'x') from c limit 20000", "volumineux"),
    "path": ("select * from pragma_database_list", "pas permis"),
    "tokenizer": ("select fts3_tokenizer('simple')", "pas permis"),
    "extension": ("select load_extension('x')", "pas permis"),
    "attach": ("attach ':memory:' as other", "commence par"),
    "write": ("with x as (select 1) delete from answers", "ne se modifie pas"),
    "depth": ("select " + "~" * 20000 + "1", "SQLite a répondu"),
}


def asked(sql):
    return "/questionnaires.json?sql=" + quote(sql)


def several(site, addresses):
    async def ask():
        await site.invoke_startup()
        return await asyncio.gather(*map(site.client.get, addresses))

    return asyncio.run(ask())


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_much_or_not_permitted_is_refused_in_french(real, name):
    query, said = REFUSED[name]
    answer = get(real, asked(query))
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_queries_that_never_end_are_stopped_and_keep_no_page_from_its_reader(real):
    page = "/questionnaires/questionnaires/tds-municipales-paris"
    hostile = [asked(query.format("a")) for query in NEVER_ENDS.values()]
    *stopped, read = several(real, [*hostile, *hostile, page])
    assert read.status_code == 200
    assert {answer.status_code for answer in stopped} <= {400, 429}
    assert any("durait plus de 1,5 seconde" in answer.json()["error"] for answer in stopped)
    assert get(real, page).status_code == 200


def test_our_own_functions_answer_or_are_stopped_whatever_they_are_given(real):
    long = LONG.format("été ")
    functions = {
        "escape_fts": 1, "search_found": 5, "search_extract": 3, "verify_quotation": 1,
        "quotation_in": 2, "first_sentence": 1, "fold": 1, "value_label": 3, "words_changed": 2,
    }  # fmt: skip
    for name, count in functions.items():
        query = f"select length({name}({', '.join([long] * count)}))"
        assert get(real, asked(query)).status_code in (200, 400), name


def test_a_parameter_may_be_named_or_missing_and_every_row_comes(real):
    assert get(real, asked("select :a || 'x' as said") + "&a=é").json()["rows"] == [["éx"]]
    assert get(real, asked("select :a || 'x' as said")).json()["rows"] == [["x"]]
    assert get(real, asked('select 1 as "a]""" where 0')).json()["columns"] == ['a]"']
    assert get(real, "/questionnaires.json?sql=select+'%ED%A0%80'").status_code in (200, 400)
    endless = ENDLESS + "n from c limit 3000"
    lines = get(real, "/questionnaires.csv?sql=" + quote(endless)).text.split()
    assert lines == ["n", *map(str, range(1, 3001))]


def test_a_query_s_page_shows_its_first_rows_and_says_how_many_there_are(real):
    page = get(real, "/questionnaires?sql=" + quote(ENDLESS + "n from c limit 3000")).text
    assert page.count("<td") == 500
    assert "3\u202f000" in page or "3\u00a0000" in page


# --- a server of its own --------------------------------------------------------------------------


def processes():
    """{number: (its parent, its command)} of every process."""
    found = {}
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/stat") as stat, open(f"/proc/{number}/cmdline") as command:
                found[int(number)] = (int(stat.read().rsplit(")", 1)[1].split()[1]), command.read())
        except OSError:
            continue
    return found


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are listed by Linux alone")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_goes_on_when_the_site_has_ended(real, how):
    with served(real.config_dir) as address:
        site = next(
            number
            for number, (parent, command) in processes().items()
            if parent == os.getpid() and f"--port\0{address.rsplit(':')[-1]}" in command
        )
        for query in NEVER_ENDS.values():
            threading.Thread(target=begin, args=[address + asked(query)], daemon=True).start()
        time.sleep(0.5)
        begun = {n for n, (_, command) in processes().items() if "motamot.site.worker" in command}
        ours = {n for n in begun if _is_below(n, site)}
        assert len(ours) > 2
        os.kill(site, how)
    for _ in range(100):
        if not ours & processes().keys():
            break
        time.sleep(0.1)
    assert not ours & processes().keys()


def begin(address):
    with contextlib.suppress(OSError):
        urlopen(address)


def _is_below(number, above):
    known = processes()
    while number in known:
        number = known[number][0]
        if number == above:
            return True
    return False
