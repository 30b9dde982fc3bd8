"""What changed between two texts: nothing lost, nothing invented, and no crumbs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motamot.text.changes import changes, in_words
from tests.examples import examples

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d’e", "2,5", ".", "\n\n"]), max_size=12)


def shown(before: str, after: str) -> str:
    return "".join(
        run.gap
        + run.same
        + (f"[-{run.removed}-]" if run.removed else "")
        + (f"[+{run.added}+]" if run.added else "")
        for run in changes(before, after)
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("Oui.", "Oui.", "Oui.", id="the same"),
        pytest.param("Oui,\ncertes.", "Oui, certes.", "Oui, certes.", id="lines broken elsewhere"),
        pytest.param("", "Oui.", "[+Oui.+]", id="all of it new"),
        pytest.param("Oui.", "Oui, un peu.", "Oui[+, un peu+].", id="words added"),
        pytest.param(
            "Nous planterons deux cents arbres.",
            "Nous planterons cent arbres.",
            "Nous planterons [-deux cents-][+cent+] arbres.",
            id="a figure in words",
        ),
        pytest.param(
            "Soit 2,5 % ici.", "Soit 2,7 % ici.", "Soit [-2,5-][+2,7+] % ici.", id="figure"
        ),
        pytest.param(
            "Le logement est un droit.",
            "La santé est une priorité.",
            "[-Le logement est un droit-][+La santé est une priorité+].",
            id="no crumbs between two changes",
        ),
        pytest.param("Un.\n\nDeux.", "Un.\n\nTrois.", "Un.\n\n[-Deux-][+Trois+].", id="paragraphs"),
    ],
)
def test_the_words_that_differ_are_marked(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected


@given(before=WORDS, after=WORDS)
@examples(300)
def test_every_word_of_both_texts_is_there_in_its_order(
    before: list[str], after: list[str]
) -> None:
    one, other = " ".join(before), " ".join(after)
    runs = changes(one, other)
    assert "".join("".join(r.same + r.removed for r in runs).split()) == "".join(one.split())
    assert "".join("".join(r.same + r.added for r in runs).split()) == "".join(other.split())
    assert all(run.same or run.removed or run.added for run in runs)
    same = [re.sub(r"\s+", " ", text).strip() for text in (one, other)]
    assert bool(in_words(one, other)) == (same[0].split() != same[1].split())


def test_what_differs_is_said_in_words() -> None:
    said = in_words("Deux cents arbres, et des bancs.", "Cent arbres, bientôt, et bancs.")
    assert said.replace("\u00a0", " ") == (
        "remplacé : « Deux cents » par « Cent » ; ajouté : « bientôt, » ; ôté : « des »"
    )
