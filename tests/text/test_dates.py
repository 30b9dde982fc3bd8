"""Dates as people write them, and what is known of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motamot.text.dates import iso
from tests.examples import examples


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("2031-02-17", "2031-02-17"),
        ("2031-02", "2031-02"),
        ("2031", "2031"),
        ("17 février 2031", "2031-02-17"),
        ("1er août 2031", "2031-08-01"),
        ("le lundi 17 FÉVRIER 2031, à Ville Exemple", "2031-02-17"),
        ("March 3rd, 2031", "2031-03-03"),
        ("17/02/2031", "2031-02-17"),
        ("17.2.2031", "2031-02-17"),
        ("février 2031", "2031-02"),
        ("15 et 22 mars 2031", "2031-03"),
        ("mars-avril 2031", "2031"),
        ("printemps 2031", "2031"),
        ("31 février 2031", "2031-02"),
        ("2030 ou 2031", None),
        ("au printemps", None),
        ("", None),
        (None, None),
    ],
)
def test_what_is_known_of_a_date(written: str | None, known: str | None) -> None:
    assert iso(written) == known


@given(st.text())
@examples(300)
def test_anything_is_a_date_or_none(written: str) -> None:
    found = iso(written)
    assert found is None or re.fullmatch(r"\d{4}(-\d\d){0,2}", found)
