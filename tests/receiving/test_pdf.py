"""A PDF becomes Markdown with all its words, or is refused with a sentence."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from reportlab.lib import pdfencrypt
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Table,
    TableStyle,
)

from motamot.receiving import pdf
from motamot.receiving.converted import Refused

HEDGES = "Nous planterons des haies le long de chaque chemin, avec les habitants et les écoles."
POOL = "La piscine ouvrira aussi le dimanche matin, dès que les travaux du toit seront terminés."
STYLES = getSampleStyleSheet()


def drawn(draw, **options):
    """The bytes of a PDF on whose canvas `draw` has drawn."""
    out = io.BytesIO()
    made = canvas.Canvas(out, **options)
    draw(made)
    made.save()
    return out.getvalue()


def lines(made, rows, x=72, y=760, step=14):
    """Draw rows of (text, bold) below each other; an empty text leaves a gap."""
    for text, bold in rows:
        made.setFont("Helvetica-Bold" if bold else "Helvetica", 11)
        made.drawString(x, y, text)
        y -= step


def blocks(data):
    return pdf.convert(data).text.rstrip("\n").split("\n\n")


def laid(story, on_page=lambda made, document: None, columns=1):
    out = io.BytesIO()
    document = BaseDocTemplate(out)
    width = document.width / columns - 12 * (columns - 1)
    frames = [
        Frame(document.leftMargin + n * (width + 24), document.bottomMargin, width, document.height)
        for n in range(columns)
    ]
    document.addPageTemplates([PageTemplate(frames=frames, onPage=on_page)])
    document.build(story)
    return out.getvalue()


def test_lines_are_paragraphs_again_and_bold_ones_stay_bold():
    rows = [
        ("1) Planterez-vous des haies le long des chemins de la commune et autour des", True),
        ("écoles ?", True),
        ("", False),
        ("Oui. Nous planterons des haies le long de chaque chemin avec les habitants, les", False),
        ("écoles et les jardiniers de la ville.", False),
        ("", False),
        ("2) Ouvrirez-vous la piscine ?", True),
        ("Non.", False),
    ]
    made = pdf.convert(drawn(lambda page: lines(page, rows)))
    assert made.doubts == ()
    assert made.text == (
        "**1) Planterez-vous des haies le long des chemins de la commune et autour des écoles ?**"
        "\n\n"
        "Oui. Nous planterons des haies le long de chaque chemin avec les habitants, les écoles et "
        "les jardiniers de la ville.\n\n"
        "**2) Ouvrirez-vous la piscine ?**\n\nNon.\n"
    )


def test_short_lines_stay_apart():
    rows = [("Liste Exemple A", False), ("12 rue des Haies", False), ("Exempleville", False)]
    assert blocks(drawn(lambda page: lines(page, rows))) == [text for text, _ in rows]


def test_a_number_within_a_paragraph_begins_none():
    rows = [
        (
            "1) La commune a ouvert la piscine en 2019 et la bibliothèque le jour suivant, avec",
            False,
        ),
        (
            "les habitants, les écoles, les clubs et les jardiniers de toute la ville, à partir du",
            False,
        ),
        ("2. Puis elle a rénové le gymnase, et les travaux sont terminés aujourd’hui.", False),
    ]
    assert len(blocks(drawn(lambda page: lines(page, rows)))) == 1


def test_larger_letters_are_headings():
    story = [Paragraph("Questionnaire Exemple", STYLES["Title"])]
    story += [Paragraph("Les chemins", STYLES["Heading2"]), Paragraph(HEDGES * 3, STYLES["Normal"])]
    found = blocks(laid(story))
    assert found[:2] == ["# Questionnaire Exemple", "## Les chemins"]
    assert found[2].split() == (HEDGES * 3).split()


def test_lists_and_signs_of_markdown():
    rows = [("# Un", False), ("• Des haies", False), ("• Des *bancs* et <b>arbres</b>", False)]
    assert blocks(drawn(lambda page: lines(page, rows))) == [
        "\\# Un",
        "- Des haies",
        "- Des \\*bancs\\* et \\<b>arbres\\</b>",
    ]


def test_tables_that_lines_draw():
    cells = [["Question", "Réponse"], ["Des haies ?", "Oui | non"], ["La piscine ?", ""]]
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 1, (0, 0, 0))])
    story = [Table(cells, style=grid), Paragraph(HEDGES, STYLES["Normal"])]
    assert blocks(laid(story)) == [
        "| Question | Réponse |\n| --- | --- |\n| Des haies ? | Oui \\| non |\n| La piscine ? |  |",
        HEDGES,
    ]


def test_columns_are_read_one_after_the_other():
    story = [Paragraph(f"{n}. {HEDGES} {POOL} {HEDGES}", STYLES["Normal"]) for n in range(1, 40)]
    made = pdf.convert(laid(story, columns=2))
    labels = [block.split(".")[0] for block in made.text.split("\n\n")]
    assert [int(label) for label in labels] == list(range(1, 40))
    assert any("columns side by side" in sentence for _, sentence in made.doubts)
    assert not any("words" in sentence for _, sentence in made.doubts)


def test_a_label_beside_its_answer_is_no_column():
    def draw(page):
        for n in range(6):
            page.drawString(72, 760 - 20 * n, f"Question {n} :")
            page.drawString(220, 760 - 20 * n, f"Oui, dès la première année, numéro {n}.")

    assert blocks(drawn(draw))[0] == "Question 0 : Oui, dès la première année, numéro 0."


def test_what_each_page_repeats_is_left_out_and_said():
    def on_page(made, document):
        made.drawString(72, 810, "Association Exemple")
        made.drawString(280, 30, f"Page {document.page} / 3")

    story = [Paragraph(f"{HEDGES} {POOL}" * 8, STYLES["Normal"]) for _ in range(12)]
    made = pdf.convert(laid(story, on_page))
    assert "Association Exemple" not in made.text
    assert made.doubts[0][1].startswith(
        "left out, as headers, footers or page numbers: “Association Exemple”, “Page 1 / 3”"
    )
    assert len(made.doubts) == 1


def test_questions_at_the_head_of_pages_are_no_headers():
    def draw(page):
        for n in (1, 4, 6):
            lines(
                page, [(f"{n}. Question numéro {n} ?", False), ("", False), ("Oui.", False)], y=800
            )
            page.showPage()

    assert sum("Question numéro" in block for block in blocks(drawn(draw))) == 3


@pytest.mark.parametrize(
    ("first", "second", "read", "said"),
    [
        (
            "des haies le long des che-",
            "mins. Un chemin, des chemins.",
            "des chemins. Un",
            "che-mins",
        ),
        ("des haies, pourrait-", "il les planter ?", "pourrait-il les", ""),
        ("des haies et un porte-", "vélo neuf.", "un porte-vélo neuf", "porte-vélo"),
    ],
    ids=["parted", "inverted", "unknown"],
)
def test_hyphens_at_line_ends_are_settled_visibly(first, second, read, said):
    long = "Nous planterons avec les habitants, les écoles et les jardiniers "
    made = pdf.convert(drawn(lambda page: lines(page, [(long + first, False), (second, False)])))
    assert read in made.text
    assert [said in sentence for _, sentence in made.doubts] == [True] * bool(said)


def form(made):
    made.drawString(72, 700, "Nom de la liste :")
    place = {"width": 200, "height": 20}
    made.acroForm.textfield(name="liste", x=200, y=695, value="Liste Exemple A", **place)
    made.drawString(72, 660, "Planterez-vous des haies ?")
    made.drawString(92, 642, "Oui")
    made.acroForm.checkbox(name="oui", x=72, y=640, size=12, checked=True)
    made.drawString(92, 622, "Non")
    made.acroForm.checkbox(name="non", x=72, y=620, size=12, checked=False)
    made.drawString(72, 590, "Pourquoi ?")
    made.acroForm.textfield(name="p", x=72, y=500, value="Pour *l'air*.\nPour l'eau.", width=300,
                            height=80, fieldFlags="multiline")  # fmt: skip
    made.drawString(72, 470, "Quand ?")
    made.acroForm.choice(name="q", x=200, y=465, options=["2026", "2027"], value="2027", **place)


def test_filled_form_fields_stand_beside_their_labels():
    made = pdf.convert(drawn(form))
    assert made.text.rstrip("\n").split("\n\n") == [
        "Nom de la liste : Liste Exemple A",
        "Planterez-vous des haies ?",
        "☒ Oui",
        "☐ Non",
        "Pourquoi ?",
        "Pour \\*l'air\\*.  \nPour l'eau.",
        "Quand ? 2027",
    ]
    assert made.doubts == ()


def picture(made, width, height):
    image = ImageReader(Image.new("RGB", (40, 40), "grey"))
    made.drawImage(image, 0, 0, width, height)


def test_a_picture_and_turned_words_are_doubts():
    def draw(page):
        lines(page, [(HEDGES, False)])
        picture(page, 150, 150)
        page.rotate(90)
        page.drawString(300, -500, "Modèle")

    assert [sentence for _, sentence in pdf.convert(drawn(draw)).doubts][:2] == [
        "page 1: a picture was left out: look at what it says",
        "page 1: words left out, not upright: “Modèle”",
    ]


def test_struck_and_white_words_are_left_out_and_said():
    def draw(page):
        lines(page, [("Oui, peut-être jamais.", False)])
        width = page.stringWidth("Oui, ", "Helvetica", 11)
        page.line(
            72 + width, 763.5, 72 + width + page.stringWidth("peut-être", "Helvetica", 11), 763.5
        )
        page.line(72, 758, 200, 758)
        page.setFillColorRGB(1, 1, 1)
        page.drawString(72, 700, "Secret")
        page.setFillColorRGB(0, 0, 0.5)
        page.rect(60, 640, 200, 30, fill=1)
        page.setFillColorRGB(1, 1, 1)
        page.drawString(72, 650, "Titre")

    made = pdf.convert(drawn(draw))
    assert made.text == "Oui, jamais.\n\nTitre\n"
    said = " ".join(sentence for _, sentence in made.doubts)
    assert "struck through: “peut-être”" in said
    assert "white: “Secret”" in said


def test_words_of_neighbouring_cells_stay_apart():
    def draw(page):
        for x in (72, 120, 160):
            page.line(x, 700, x, 740)
        for y in (700, 720, 740):
            page.line(72, y, 160, y)
        for y, row in ((725, ("Lieu", "Oui")), (705, ("Parcs et", "Non"))):
            page.drawRightString(119.5, y, row[0])
            page.drawString(120.5, y, row[1])

    assert blocks(drawn(draw)) == ["| Lieu | Oui |\n| --- | --- |\n| Parcs et | Non |"]


def scan(made):
    lines(made, [(HEDGES, False)])
    made.showPage()
    picture(made, 595, 842)


def written(content, catalog=b""):
    """A PDF of one page, whose font gives numbers of glyphs and no letters."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H"
        b" /DescendantFonts [7 0 R] >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        b" /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 >> >>",
    )
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % each for each in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R /Size 8 >>\n%%EOF\n"


GLYPHS = b"BT /F1 11 Tf 72 700 Td <000C000D000E> Tj ET"


def test_a_character_that_stands_for_no_letter_is_a_doubt():
    letters = b"BT /F2 11 Tf 72 760 Td (Nous planterons des haies le long des chemins.) Tj ET "
    made = pdf.convert(written(letters + GLYPHS))
    assert "a character that stands for no letter" in " ".join(said for _, said in made.doubts)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"Bonjour", "no PDF", id="not what it says"),
        pytest.param(drawn(form)[:900], "damaged", id="cut"),
        pytest.param(written(GLYPHS), "no letters", id="glyphs"),
        pytest.param(written(b"", b"/NeedsRendering true"), "XFA", id="another program's"),
        pytest.param(drawn(scan), "a scanned page, .*: 2", id="scanned"),
        pytest.param(drawn(lambda page: page.showPage()), "without words", id="nothing"),
        pytest.param(
            drawn(form, encrypt=pdfencrypt.StandardEncryption("secret")), "password", id="password"
        ),
    ],
)
def test_what_cannot_be_read_is_refused(data, said):
    with pytest.raises(Refused, match=said):
        pdf.convert(data)


def test_nothing_of_many_pages_is_lost():
    story = [Paragraph(f"{n}. {HEDGES} {POOL}", STYLES["Normal"]) for n in range(300)]
    out = io.BytesIO()
    SimpleDocTemplate(out).build(story)
    made = pdf.convert(out.getvalue())
    assert made.doubts == ()
    assert len(made.text.split("\n\n")) == 300
