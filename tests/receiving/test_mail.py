"""E-mails: what was written, with the questions above the answers; nothing of the head."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from motamot.receiving.converted import Refused
from motamot.receiving.mail import convert
from tests.receiving.made import eml


def said(data: bytes) -> tuple[str, list[str]]:
    made = convert(data)
    return made.text, [f"{line}: {sentence}" for line, sentence in made.doubts]


def test_answers_stand_below_the_questions_quoted():
    text, doubts = said(
        eml("Le 3 mai 2031, B a écrit :\n> Bonjour,\n> 1) Un ?\nOui.\n> 2) Deux,\n> ou trois ?\n"
            "\nNon & non.\n-- \nA, élue\n", "Content-Type: text/plain; charset=utf-8")
    )  # fmt: skip
    assert text == (
        "Le 3 mai 2031, B a écrit :\n\n> Bonjour,\n\n> 1) Un ?\n\nOui.\n\n"
        "> 2) Deux,  \n> ou trois ?\n\nNon & non.\n"
    )
    assert "12: a signature was left out: “A, élue”" in doubts
    assert "exemple.invalid" not in text


@pytest.mark.parametrize(
    "below",
    [
        "Le 3 mai, B a écrit :\n> Bonjour,\n> 1) Un ?\n",
        "-----Message d'origine-----\nDe : B\nObjet : Q\n\nBonjour,\n1) Un ?\n",
        "De : B <b@exemple.invalid>\nEnvoyé : lundi\n\nBonjour,\n1) Un ?\n",
    ],
)
def test_a_message_replied_to_below_is_left_out(below):
    text, doubts = said(eml(f"1) Oui, bien sûr.\n\n{below}", "Content-Type: text/plain"))
    assert text == "1) Oui, bien sûr.\n"
    assert any("the message replied to was left out: “" in doubt for doubt in doubts)


def test_character_sets_undeclared_and_wrong():
    assert said(eml("Évidemment", "Content-Type: text/plain"))[0] == "Évidemment\n"
    text, doubts = said(eml("Évidemment", "Content-Type: text/plain; charset=utf-8",
                            charset="cp1252"))  # fmt: skip
    assert text == "Évidemment\n"
    assert "look at its accents" in doubts[0]
    text, doubts = said(eml("Évidemment", "Content-Type: text/plain; charset=iso-8859-1",
                            charset="latin-1"))  # fmt: skip
    assert (text, doubts) == ("Évidemment\n", [])


def test_flowed_and_quoted_printable():
    heads = ("Content-Type: text/plain; charset=utf-8; format=flowed",
             "Content-Transfer-Encoding: quoted-printable")  # fmt: skip
    body = "> Une question \n> longue ?\nUne r=C3=A9ponse =\nqui \ncontinue.\n Ici.\n"
    text, _ = said(eml(body, *heads))
    assert text == "> Une question longue ?\n\nUne réponse qui continue.  \nIci.\n"


def test_pages_and_attachments():
    message = EmailMessage()
    message["From"] = "a@exemple.invalid"
    message.set_content("<p>Un ?</p><p>Oui.</p><blockquote>Bonjour</blockquote>", subtype="html")
    text, doubts = said(message.as_bytes())
    assert text == "Un ?\n\nOui.\n"
    assert "1: the message replied to was left out: “Bonjour”" in doubts
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="réponse.pdf")
    _, doubts = said(message.as_bytes())
    assert "1: the reply may be in the attachment “réponse.pdf”: receive it" in doubts
    empty = EmailMessage()
    empty["From"] = "a@exemple.invalid"
    empty.add_attachment(b"x", maintype="application", subtype="pdf", filename="r.pdf")
    with pytest.raises(Refused, match=r"no words, but attachments: r\.pdf"):
        convert(empty.as_bytes())


def test_answers_in_the_message_replied_to_are_kept():
    body = "Mes réponses sont en rouge ci-dessous.\n\nDe : B\nEnvoyé : lundi\n\n1) Un ?\nOui.\n"
    text, doubts = said(eml(body, "Content-Type: text/plain; charset=utf-8"))
    assert "1) Un ?" in text
    assert any("answers may stand in the message replied to" in doubt for doubt in doubts)


def test_words_after_an_attachment_and_messages_in_it():
    parts = (
        "--x\nContent-Type: text/plain\n\nAvant.\n--x\nContent-Type: application/pdf\n\nz\n"
        "--x\nContent-Type: text/plain\n\nApr=C3=A8s.\n--x\nContent-Type: message/rfc822\n\n"
        "From: c\n\nAutre.\n--x--\n"
    ).replace("\n\nApr", "\nContent-Transfer-Encoding: quoted-printable\n\nApr")
    text, doubts = said(eml(parts, "Content-Type: multipart/mixed; boundary=x"))
    assert text == "Avant.\n\nAprès.\n"
    assert [doubt.partition("attachment ")[2] for doubt in doubts] == [
        "“application/pdf”: receive it", "“message/rfc822”: receive it",
    ]  # fmt: skip


def test_addresses_that_are_left_out_stand_in_no_doubt():
    body = "Oui.\n-- \nA\n01 99 00 00 00\n\nLe 3 mai, B <b@exemple.invalid> a écrit :\n> Un ?\n"
    text, doubts = said(eml(body, "Content-Type: text/plain; charset=utf-8"))
    assert text == "Oui.\n"
    assert "a signature was left out: “A …”" in doubts[0]
    assert not any(word in " ".join(doubts) for word in ("exemple", "99"))
