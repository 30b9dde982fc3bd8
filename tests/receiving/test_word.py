"""Word files: every word and number that a person sees, and nothing that nobody does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motamot.receiving.converted import Refused
from motamot.receiving.marks import Piece, lines_of
from motamot.receiving.word import convert
from motamot.text.markdown import rendered
from tests.receiving.made import W, docx, levels, numbered, p, zipped

BOX = "<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"  # noqa: E501


def said(body: str, **parts: str) -> tuple[str, list[str]]:
    made = convert(docx(body, **parts))
    return made.text, [f"{line}: {sentence}" for line, sentence in made.doubts]


def test_automatic_numbers_are_as_printed():
    lists = levels(("decimal", "Question %1 :"), ("lowerLetter", "%2)"), ("lowerRoman", "%1.%3"))
    body = (
        numbered("Un ?", 1) + p("Oui.") + numbered("Deux ?", 1) + numbered("x", 1, 1)
        + numbered("y", 1, 1) + numbered("z", 1, 2) + numbered("Trois ?", 1) + numbered("w", 1, 1)
    )  # fmt: skip
    text, doubts = said(body, numbering=lists)
    assert text.split("\n\n") == [
        *("Question 1 : Un ?", "Oui.", "Question 2 : Deux ?", "a) x", "b) y", "2.i z"),
        *("Question 3 : Trois ?", "a) w\n"),
    ]
    assert doubts == []


def test_a_list_that_goes_on_after_an_answer_goes_on_and_one_that_restarts_does():
    lists = levels(("decimal", "%1.")) + (
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    body = numbered("a", 1) + p("Oui.") + numbered("b", 1) + numbered("c", 2) + numbered("d", 2)
    text, _ = said(body, numbering=lists)
    assert text.split("\n\n") == ["1. a", "Oui.", "2. b", "5. c", "6. d\n"]


def test_a_style_numbers_its_paragraphs_and_makes_headings():
    styles = (
        '<w:style w:type="paragraph" w:styleId="Q"><w:name w:val="heading 2"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="R"><w:basedOn w:val="Q"/></w:style>'
    )
    q, r = '<w:pStyle w:val="Q"/>', '<w:pStyle w:val="R"/>'
    none = '<w:pStyle w:val="Q"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    text, _ = said(
        p("Un", q) + p("Deux", r) + p("Sans", none),
        styles=styles,
        numbering=levels(("upperRoman", "%1 -")),
    )
    assert text.split("\n\n") == ["## I - Un", "## II - Deux", "## Sans\n"]


def test_lines_bold_lines_and_labels():
    bold = "<w:b/>"
    line = '<w:r><w:rPr><w:b/></w:rPr><w:t>Réponse :</w:t></w:r><w:r><w:t xml:space="preserve"> Oui</w:t><w:br/><w:t>et non</w:t><w:br/><w:br/><w:t>Fin</w:t></w:r>'  # noqa: E501
    text, _ = said(p("Une question ?", "", bold) + f"<w:p>{line}</w:p>")
    assert text == "**Une question ?**\n\n**Réponse :** Oui  \net non\n\nFin\n"


def test_hidden_and_struck_words_are_left_out_and_said():
    text, doubts = said(
        p("Avant.") + p("secret", "", "<w:vanish/>") + p("Non", "", "<w:strike/>")
        + p("Oui", "", '<w:strike w:val="0"/>')
    )  # fmt: skip
    assert text == "Avant.\n\nOui\n"
    assert "1: hidden, and left out: “secret”" in doubts
    assert "1: struck through, and left out: “Non”" in doubts
    assert any("words of the file that are not here: “secret non”" in each for each in doubts)


@pytest.mark.parametrize("change", ["ins", "del", "moveFrom"])
def test_tracked_changes_are_refused(change):
    run = "<w:r><w:t>Oui</w:t></w:r>" if change == "ins" else "<w:r><w:delText>a</w:delText></w:r>"
    with pytest.raises(Refused, match="1 tracked change that nobody settled"):
        convert(docx(f'<w:p><w:{change} w:author="x">{run}</w:{change}></w:p>'))


def test_boxes_to_tick_in_every_way():
    control = (
        "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>"
        '<w:r><w:t xml:space="preserve"> Oui</w:t></w:r>'
    )
    form = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>'
        "<w:checked/></w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX"
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t> Non</w:t></w:r>'
    )
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r><w:r><w:t> Ni</w:t></w:r>'
    text, _ = said("".join(f"<w:p>{each}</w:p>" for each in (control, form, sign)))
    assert text == "☒ Oui\n\n☒ Non\n\n☐ Ni\n"


def test_a_field_that_nobody_filled_has_no_answer():
    control = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    inline = f"<w:p>{control.format('<w:r><w:t>Écrivez ici</w:t></w:r>')}</w:p>"
    text, doubts = said(p("Question ?") + inline + control.format(p("Choisissez")))
    assert text == "Question ?\n"
    assert "1: a hint of a field that nobody filled, and left out: “Écrivez ici”" in doubts
    assert "1: a hint of a field that nobody filled, and left out: “Choisissez”" in doubts


def test_characters_of_fonts_of_signs_are_what_they_show():
    font = '<w:rFonts w:ascii="Wingdings"/>'
    assert said(p("\uf0fe") + p("o", "", font))[0] == "☒\n\n☐\n"
    text, doubts = said(p("\uf021 Oui"))
    assert text == "\ufffd Oui\n"
    assert "1: a sign of the font  that has no character: '\\uf021'" in doubts


def test_boxes_of_text_notes_and_results_of_fields_stay():
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>Sauf en août.</w:t></w:r></w:p></w:footnote>'
    ref = '<w:p><w:r><w:t>Oui</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    field = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText>'
        '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>le 3 mai</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    text, doubts = said(BOX.format(p("Encadré.")) + ref + field, footnotes=note)
    assert text == "Encadré.\n\nOui [^1]\n\n[^1] Sauf en août.\n\nle 3 mai\n"
    assert "1: these words stand in a box, whose place may be another" in doubts
    assert "5: a note of the document stands here, below its paragraph" in doubts


def test_tables_and_tables_in_them():
    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    inner = f"<w:tbl>{row(p('a'), p('b | c'))}</w:tbl>"
    text, doubts = said(
        f"<w:tbl>{row(p('Question'), p('Réponse'))}{row(p('Un ?'), p('Oui') + p('et non') + inner)}"
        "</w:tbl>"
    )
    assert text.split("\n")[:3] == [
        *("| Question | Réponse |", "| --- | --- |", "| Un ? | Oui<br>et non<br>a — b \\| c |"),
    ]
    assert doubts == ["3: a table stands within this cell: its rows are lines here"]
    assert said(f"<w:tbl>{row(p('Seule'))}{row(p('ici'))}</w:tbl>")[0] == "Seule\n\nici\n"


def test_pictures_equations_comments_and_headers_are_doubts():
    picture = "<w:p><w:r><w:pict><v:shape><v:imagedata/></v:shape></w:pict></w:r></w:p>"
    equation = "<w:p><m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath></w:p>"
    comment = '<w:p><w:r><w:t>Oui</w:t><w:commentReference w:id="1"/></w:r></w:p>'
    text, doubts = said(
        p("Un ?") + picture + equation + comment,
        header1=p("Liste Exemple A"),
        footer1=p("Page 2 sur 3"),
        comments=f"<w:comment>{p('À revoir')}</w:comment>",
    )
    assert text == "Un ?\n\na+b\n\nOui\n"
    assert "1: a picture or an object stands here: look at what it says" in doubts
    assert "3: an equation stands here: compare it with the original" in doubts
    assert "5: somebody commented on these words; the comment was left out" in doubts
    assert "1: left out of the text: header “Liste Exemple A”" in doubts
    assert not any("Page 2" in doubt for doubt in doubts)


def test_addresses_and_telephones_are_doubts():
    _, doubts = said(p("Oui.") + p("Écrire à a.b@exemple.invalid ou au 01 99 00 00 00."))
    assert [doubt[:28] for doubt in doubts] == ["3: is this to be published: "]


def test_a_name_in_the_file_s_properties_is_a_doubt():
    core = '<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>A. Exemple</dc:creator></c>'
    parts = {"docProps/core.xml": core}
    main = f"<w:document {W}><w:body>{p('Oui')}</w:body></w:document>"
    made = convert(zipped(**parts, **{"word/document.xml": main}))
    assert made.doubts == (
        (1, "the file's properties name “A. Exemple”: is this to be published?"),
    )


def test_a_strict_file_is_read_as_any_other():
    body = f"<w:document {W}><w:body>{p('Oui')}</w:body></w:document>".replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert convert(zipped(**{"word/document.xml": body})).text == "Oui\n"


def test_damaged_files_and_traps_are_refused():
    with pytest.raises(Refused, match=r"document\.xml"):
        convert(zipped(other="x"))
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with pytest.raises(Refused, match="is not the XML it should be"):
        convert(zipped(word__document_xml="x", **{"word/document.xml": bomb}))
    with pytest.raises(Refused, match="damaged"):
        convert(b"PK\x03\x04 and no more")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf"]), max_size=60))
def test_any_words_are_shown_as_they_are(words):
    text = "\n".join(lines_of([Piece(words)]))
    shown = rendered(text).text
    assert shown.split() == words.split() or not words.strip()


@given(st.text(st.sampled_from("*_`[]()<>&#+-=~|\\!.1a ;x/\n"), max_size=30), st.booleans())
def test_any_signs_are_shown_as_they_are(words, bold):
    text = "\n".join(lines_of([Piece(words, bold)]))
    assert rendered(text).text.replace("**", "").split() == words.replace("**", "").split()
