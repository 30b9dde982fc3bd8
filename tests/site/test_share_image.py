"""The image of an answer where its address is shared."""

from __future__ import annotations

import io
import re
import time

import pytest
from PIL import Image

from motamot.site import cards as drawing
from tests.sites import ROOT, build_site, get, sql


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return build_site(ROOT / "tests" / "demo", tmp_path_factory.mktemp("demo"))


def test_every_answer_has_a_light_image_that_its_page_names(site):
    for row in sql(site, "select id from answers"):
        page = get(site, f"/questionnaires/answers/{row['id']}").text
        address = re.search(r'og:image" content="http://localhost([^"]*)"', page)[1]
        assert address == f"/questionnaires/answers/{row['id']}.png"
        assert 'twitter:card" content="summary_large_image"' in page
        started = time.monotonic()
        answer = get(site, address)
        assert time.monotonic() - started < 2
        assert answer.headers["content-type"] == "image/png"
        assert len(answer.content) < 100_000
        image = Image.open(io.BytesIO(answer.content))
        assert image.size == (1200, 630)
        assert len(image.convert("RGB").getcolors()) > 8, "nothing is written"
    assert get(site, "/questionnaires/answers/nobody.png").status_code == 404


def test_words_are_cut_between_words_and_the_cut_is_shown():
    def fits(line):
        return len(line) <= 12

    assert drawing.wrapped("un deux trois quatre cinq", fits, 9) == [
        *("un deux", "trois quatre", "cinq")
    ]
    assert drawing.wrapped("un deux trois quatre cinq", fits, 2) == ["un deux", "trois…"]
    assert drawing.wrapped("", fits, 2) == []
    assert drawing.wrapped("anticonstitutionnellement oui", fits, 1) == [
        "anticonstitutionnellement…"
    ]


def test_the_longest_words_stay_in_the_image():
    for words in ("a" * 3000, "mot " * 900, "\n", "🌹 ß œ « »"):
        assert drawing.draw(words, words, words, words).startswith(b"\x89PNG")


def test_a_system_without_these_fonts_still_draws():
    assert drawing._font(("no-such-font.ttf",), 30).getlength("é") > 5
