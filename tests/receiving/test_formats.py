"""What a file is, whatever its name says; and what is not taken in, with a sentence."""

from __future__ import annotations

import os
import sys

import pytest

from motamot.receiving.converted import Refused, differing
from motamot.receiving.formats import converted, kind_of
from tests.receiving.made import docx, eml, odt, p, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.docx", docx(p("Oui")), ".docx"),
        ("a.odt", odt("<text:p>Oui</text:p>"), ".odt"),
        ("a.htm", b"<p>Oui</p>", ".html"),
        ("a.eml", eml("Oui"), ".eml"),
        ("a.txt", b"Oui", ".txt"),
        ("a.md", b"", ".md"),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), ".doc"),
    ],
)
def test_a_file_is_what_its_name_says(name, data, kind):
    assert kind_of(name, data) == (kind, "")


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.doc", docx(p("Oui")), ".docx"),
        ("a.docx", odt("<text:p>Oui</text:p>"), ".odt"),
        ("a.doc", b"<!DOCTYPE html><p>Oui</p>", ".html"),
        ("a.docx", eml("Oui"), ".eml"),
        ("a.doc", "Oui, bien sûr".encode(), ".txt"),
        ("a.txt", docx(p("Oui")), ".docx"),
    ],
)
def test_a_file_of_another_format_is_read_as_what_it_is_with_a_doubt(name, data, kind):
    found, doubt = kind_of(name, data)
    assert found == kind
    assert doubt.startswith(f"the file was named {name}, and is ")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.docx", b"", "an empty file"),
        ("a.docx", b"PK\x03\x04", "damaged"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "closed by a password"),
        ("a.msg", OLE + "__substg1.0_".encode("utf-16-le"), "as Outlook keeps it"),
        ("a.doc", OLE, "no text"),
        ("a.rtf", b"{\\rtf1 Oui}", "RTF"),
        ("a.doc", b"{\\rtf1 Oui}", "RTF"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "a picture"),
        ("a.zip", zipped(a="Oui"), "an archive"),
        ("a.pages", zipped(a="Oui"), "an archive"),
        ("a.docx", b"\0\1\2\3", "“a.docx”"),
        ("a.xyz", b"Oui", "“a.xyz”"),
    ],
)
def test_what_is_not_taken_in_is_said(name, data, said):
    with pytest.raises(Refused, match=said):
        kind_of(name, data)


def test_a_library_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "motamot.receiving.web", None)
    with pytest.raises(
        Refused, match=r"not installed. Install it: pip install 'motamot\[intake\]'"
    ):
        converted(".html", b"<p>Oui</p>")


def test_an_old_word_document_goes_through_libreoffice(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="LibreOffice is not installed"):
        converted(".doc", OLE)
    office = tmp_path / "soffice"
    (tmp_path / "new.docx").write_bytes(docx(p("Oui.")))
    office.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        f"shutil.copy({str(tmp_path / 'new.docx')!r}, sys.argv[-1].replace('.doc', '.docx'))\n"
    )
    office.chmod(0o700)
    assert converted(".doc", OLE)[0].text == "Oui.\n"
    office.write_text(f"#!{sys.executable}\n")
    os.chmod(office, 0o700)
    with pytest.raises(Refused, match="could not open"):
        converted(".doc", OLE)


def test_words_that_differ_are_said_with_their_place():
    text = "Un deux.\n\nQuatre cinq six.\n"
    assert list(differing(text, "Un deux. trois Quatre cinq")) == [
        (1, "words of the file that are not here: “trois”"),
        (3, "words that the file has not: “six”"),
    ]
    assert list(differing(text, "Un deux quatre cinq", added="six")) == []
