"""Web pages: the article's words as a person sees them."""

from __future__ import annotations

import pytest

from motamot.receiving.converted import Refused
from motamot.receiving.web import convert


def said(page: str, charset: str = "utf-8") -> tuple[str, list[str]]:
    made = convert(page.encode(charset))
    return made.text, [f"{line}: {sentence}" for line, sentence in made.doubts]


def test_what_stands_around_the_article_is_left_out():
    text, doubts = said(
        "<head><title>T</title></head><body><nav>Accueil</nav><header>Site</header><article>"
        "<h2>Un ?</h2><p>Oui &amp; non, 2 * 3.<br>Fin</p></article><footer>Contact</footer>"
        "<script>x</script></body>"
    )
    assert text == "## Un ?\n\nOui & non, 2 \\* 3.  \nFin\n"
    assert doubts == ["1: what stands around these words was left out: “Site Contact”"]
    text, _ = said('<div class="navbar">Accueil</div><body><div>Un ?</div><div>Oui</div></body>')
    assert text == "Un ?\n\nOui\n"


def test_words_that_look_like_marks_stay_words():
    text, doubts = said("<p>&amp;eacute; &lt;b&gt; **x** # y</p><p># z</p><p>+ de trains</p>")
    assert text == "\\&eacute; \\<b> \\*\\*x\\*\\* # y\n\n\\# z\n\n\\+ de trains\n"
    assert doubts == []


def test_fields_hidden_and_struck_words():
    text, doubts = said(
        "<p>Un ?</p><p><input type=checkbox checked> Oui <input type=radio> Non</p>"
        "<p>Nom <input value='Exemple'></p><p hidden>secret</p><p>Deux <s>trois</s></p>"
        "<p><img src=x alt='un plan'></p>"
    )
    assert text == "Un ?\n\n☒ Oui ☐ Non\n\nNom Exemple\n\nDeux\n"
    assert any("hidden, and left out: “secret”" in doubt for doubt in doubts)
    assert any("struck through, and left out: “trois”" in doubt for doubt in doubts)
    assert any("a picture stands here" in doubt for doubt in doubts)


def test_character_sets_are_found():
    page = "<p>Évidemment, à Noël.</p>"
    assert said(page, "cp1252")[0] == "Évidemment, à Noël.\n"
    assert said(f'<meta charset="iso-8859-1">{page}', "latin-1")[0] == "Évidemment, à Noël.\n"


def test_tables_and_lists():
    text, doubts = said(
        "<table><tr><th>Q</th><th>R</th></tr><tr><td>Un ?</td><td>a|b</td></tr></table>"
        "<ol start=3><li>x</li><li>y</li></ol>"
    )
    assert text == "| Q | R |\n| --- | --- |\n| Un ? | a\\|b |\n\n3. x\n4. y\n"
    assert doubts == []
    text, doubts = said(
        "<ol type=a start=3><li>x</li><li>y</li></ol><ol><li>u</li><li value=7>v</li></ol>"
        "<p>10<sup>e</sup> <b>ré</b>ponse</p>"
    )
    assert text == "c. x\n\nd. y\n\n1. u\n\n7. v\n\n10e réponse\n"
    assert doubts == []


def test_frames_and_lists_of_terms_are_paragraphs():
    frame = "<table><tr><td><p>Un ?</p><p>Oui</p></td></tr></table><dl><dt>Deux ?<dd>Non</dl>"
    assert said(frame) == ("Un ?\n\nOui\n\nDeux ?\n\nNon\n", [])


def test_a_page_without_words_is_refused():
    with pytest.raises(Refused, match="no words"):
        said("<body><script>app()</script><div id=root></div></body>")
