"""OpenDocument files: every word and number that a person sees, and nothing that nobody does."""

from __future__ import annotations

import pytest

from motamot.receiving.converted import Refused
from motamot.receiving.opendocument import convert
from tests.receiving.made import odt

LIST = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
    'style:num-prefix="Question " style:num-suffix=" :" style:num-format="1"/>'
    '<text:list-level-style-number text:level="2" style:num-suffix=")" style:num-format="a"/>'
    '</text:list-style><text:list-style style:name="B"><text:list-level-style-bullet '
    'text:level="1" text:bullet-char="•"/></text:list-style>'
)
SPANS = (
    '<style:style style:name="gras" style:family="text"><style:text-properties '
    'fo:font-weight="bold"/></style:style>'
    '<style:style style:name="barre" style:family="text"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="cache" style:family="text"><style:text-properties '
    'text:display="none"/></style:style>'
)


def said(body: str, automatic: str = "", styles: str = "") -> tuple[str, list[str]]:
    made = convert(odt(body, automatic, styles))
    return made.text, [f"{line}: {sentence}" for line, sentence in made.doubts]


def item(*inside: str, start: str = "") -> str:
    value = f' text:start-value="{start}"' if start else ""
    return f"<text:list-item{value}>{''.join(inside)}</text:list-item>"


def listed(style: str, *items: str, more: str = "") -> str:
    return f'<text:list text:style-name="{style}"{more}>{"".join(items)}</text:list>'


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def test_automatic_numbers_are_as_printed():
    below = f"<text:list>{item(p('x'))}{item(p('y'))}</text:list>"
    body = (
        listed("L", item(p("Un ?"), below), item(p("Deux ?"), p("suite")))
        + p("Oui.")
        + listed("L", item(p("Trois ?")), item(p("Neuf ?"), start="9"),
                 more=' text:continue-numbering="true"')
        + listed("L", item(p("De nouveau ?")))
        + listed("B", item(p("point")))
    )  # fmt: skip
    text, doubts = said(body, LIST)
    assert text.split("\n\n") == [
        *("Question 1 : Un ?", "a) x", "b) y", "Question 2 : Deux ?", "suite", "Oui."),
        *("Question 3 : Trois ?", "Question 9 : Neuf ?", "Question 1 : De nouveau ?", "- point\n"),
    ]
    assert doubts == []


def test_headings_have_their_numbers():
    outline = (
        '<text:outline-style style:name="O"><text:outline-level-style text:level="1" '
        'style:num-format="I" style:num-suffix="."/></text:outline-style>'
    )
    heads = "".join(f'<text:h text:outline-level="1">{t}</text:h>' for t in ("Un", "Deux"))
    assert said(heads, "", outline)[0] == "# I. Un\n\n# II. Deux\n"


def test_looks_breaks_and_blanks():
    text, doubts = said(
        p('<text:span text:style-name="gras">Réponse :</text:span> Oui<text:line-break/>et  non')
        + p('<text:span text:style-name="gras">Une <text:s/>question ?</text:span>')
        + p('Oui <text:span text:style-name="barre">Non</text:span>')
        + p('<text:span text:style-name="cache">secret</text:span>'),
        SPANS,
    )
    assert text == "**Réponse :** Oui  \net non\n\n**Une question ?**\n\nOui\n"
    assert "6: struck through, and left out: “Non”" in doubts
    assert "6: hidden, and left out: “secret”" in doubts


def test_notes_boxes_and_tables():
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Sauf août."
        "</text:p></text:note-body></text:note>"
    )
    box = "<draw:frame><draw:text-box><text:p>Encadré</text:p></draw:text-box></draw:frame>"
    row = "<table:table-row>{}</table:table-row>"
    cell = "<table:table-cell>{}</table:table-cell>"
    rows = row.format(cell.format(p("Un ?")) + cell.format(p("Oui") + p("mais"))) * 2
    text, doubts = said(p(f"Oui{note}") + p(box) + f"<table:table>{rows}</table:table>")
    assert text == (
        "Oui [^1]\n\n[^1] Sauf août.\n\nEncadré\n\n"
        "| Un ? | Oui<br>mais |\n| --- | --- |\n| Un ? | Oui<br>mais |\n"
    )
    assert [doubt[0] for doubt in doubts] == ["3", "5"]


def test_fields_of_a_form_are_written_down():
    form = (
        '<office:forms><form:form><form:checkbox form:id="c1" form:label="Oui" '
        'form:current-state="checked"/><form:textarea form:id="c2" form:current-value="Bien sûr"/>'
        "</form:form></office:forms>"
    )
    text, doubts = said(form + p('<draw:control draw:control="c1"/>')
                        + p('<draw:control draw:control="c2"/>'))  # fmt: skip
    assert text == "☒ Oui\n\nBien sûr\n"
    assert len(doubts) == 2


def test_changes_and_passwords_are_refused():
    tracked = (
        "<text:tracked-changes><text:changed-region><text:{}/></text:changed-region>"
        "</text:tracked-changes>"
    )
    with pytest.raises(Refused, match="1 tracked change that nobody settled"):
        said(tracked.format("insertion") + p("Oui"))
    assert said(tracked.format("format-change") + p("Oui"))[0] == "Oui\n"
    closed = {"META-INF/manifest.xml": "<m><file-entry><encryption-data/></file-entry></m>"}
    with pytest.raises(Refused, match="closed by a password"):
        convert(odt(p("Oui"), **closed))
