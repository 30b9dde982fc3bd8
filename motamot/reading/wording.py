"""What the words of a line or paragraph say about its part in a questionnaire.

How much a text asks or answers, whether it closes a letter, says nothing, or is a page number. The
words themselves are in `vocabulary.yml`. All functions are pure and know no questionnaire.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from motamot.text.folding import fold

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LINK = re.compile(r"<?https?://[^\s>)]+>?|\]\([^)]*\)")
_QUESTION_END = re.compile(r"[?？؟](?:[\s*_)»”\"'’\]>]|\(?<?https?://[^\s>)]*>?\)?|\([^()]*\))*$")
_YES = re.compile(r"\W*s[íì]\b", re.IGNORECASE)
# Boxes of a form, of which none is ticked, and the last label of one.
_UNTICKED = re.compile(r"\s*(?:(?:[-*] )?(?:\[ ?\]|[☐□❏])[ \t]*[^\[☐□❏☑☒✓✔\n]{1,50}\s*)+")

_LIKE = {  # features of a line by what it looks like, from end to end
    "brief answer": re.compile(r"\d{1,3}(?:[.,]\d+)?\s?(?:/\s?\d{1,3}|%)?|[xX✓✔]"),
    "aside": re.compile(r"\([^()]*\)|\[[^\[\]]*\]"),
    "link": re.compile(
        r"[\s()\[\]<>]*(?:\[[^\]]*\]\([^)\s]*\)|<?(?:https?://|www\.)[^\s>]+>?)[\s()\[\]<>.,;]*"
    ),
    "page number": re.compile(
        r"(?:.{0,60}\W)?(?:page|página|pagina|seite|pág\.|p\.)\s*\d+"
        r"(?:\s*(?:/|sur|de|of|von|di|van)\s*\d+)?|[-–—\s]*\d+\s*/\s*\d+[-–—\s]*|\[[^\[\]]{12,}\]",
        re.IGNORECASE,
    ),
    "footnote": re.compile(r"\[\^?[\w-]+\]:?\s.*"),
}


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, tuple[str, ...]]:
    """The entries of `vocabulary.yml`: words, or phrases where the entry has one a line."""
    source = Path(__file__).with_name("vocabulary.yml").read_text(encoding="utf-8")
    entries = yaml.safe_load(source)
    return {
        name: tuple(text.splitlines() if "\n" in text.strip() else text.split())
        for name, text in entries.items()
    }


@lru_cache(maxsize=32)
def _known(name: str) -> frozenset[str]:
    return frozenset(" ".join(words(one)) for one in vocabulary()[name])


def words(text: str) -> list[str]:
    """The words of a text, folded, without punctuation or links."""
    if "http" in text or "](" in text:
        text = _LINK.sub(" ", text)
    return _WORD.findall(fold(text))


def _first(found: Sequence[str]) -> set[str]:
    return {found[0], found[0].split("-")[0]} if found else set()


def _parts(found: Sequence[str]) -> set[str]:
    return {part for word in found for part in word.split("-")}


def features(text: str) -> Iterator[str]:
    """What a line without emphasis around it says, by its words alone."""
    found = words(text)
    first, greets = _first(found), _begins(found, "greetings")
    said = {
        "opens as an answer": _opens(text, found),
        "orders": first & _known("asking_first") or any(word.endswith("ez") for word in first),
        "addresses": _parts(found) & _known("address"),
        "of document": set(found) & _known("about_document"),
        "brief answer": " ".join(found) in _known("brief_answers"),
        "says nothing": is_blank(text),
        "greets": greets,
        "closes": not greets and closes(found),
    }
    yield from (feature for feature, holds in said.items() if holds)
    yield from (feature for feature, like in _LIKE.items() if like.fullmatch(text))


def ends_asking(text: str) -> bool:
    """Whether a text ends in a question mark, closing signs, parentheses and links aside."""
    return _QUESTION_END.search(text.rstrip()) is not None


def asks(text: str) -> float:
    """How much a text asks, from -1 (it answers) to 1.5 (it surely asks)."""
    found = words(text)
    inverted = any(w.endswith(("-vous", "-il", "-elle", "-ils")) for w in found[:5])
    score = 1.0 if ends_asking(text) else 0.3 if "?" in text else 0.0
    score += 0.3 * ("¿" in text[:6])
    score += 0.4 * (inverted or bool(_first(found) & _known("asking_first")))
    score += 0.2 * bool(_parts(found[:40]) & _known("address"))
    return max(-1.0, min(1.5, score - answers(text) * 0.6)) if found else 0.0


def answers(text: str) -> float:
    """How much a text speaks for those who reply: 0 (not at all) to 1.5 ("Oui, nous ...")."""
    found = words(text[:600])
    first_person = sum(w in _known("first_person") for w in found)
    score = 0.7 * _opens(text, found)
    score += 0.3 + min(0.5, first_person / len(found) * 8) if first_person else 0.0
    return min(score, 1.5)


def _opens(text: str, found: Sequence[str]) -> bool:
    """Whether a text begins as answers do; "sí" without its accent is "if"."""
    return bool(_first(found) & _known("answering_first") or _YES.match(text))


def closes(found: Sequence[str]) -> bool:
    """Whether a line of these words begins thanks or a signature, or is a short line of thanks."""
    thanks = len(found) <= 12 and not _known("thanks").isdisjoint(found)
    return thanks or _begins(found, "greetings") or _begins(found, "closings")


def _begins(found: Sequence[str], name: str) -> bool:
    return any(" ".join(found[:n]) in _known(name) for n in range(1, 8))


def is_form_word(label: str) -> bool:
    """Whether a label is one of a form, "Commentaire", "Pour", and no name."""
    known = _known("form_words") | _known("first_person") | _known("question_words")
    return all(_first([w]) & known or len(w) < 3 or w.isdigit() for w in words(label))


def is_unticked(text: str) -> bool:
    """Whether a text is the boxes of a form, of which none is ticked."""
    boxes, _, last = text.rstrip().rpartition("\n")
    return bool(_UNTICKED.fullmatch(text) or (is_form_word(last) and _UNTICKED.fullmatch(boxes)))


def is_blank(text: str) -> bool:
    """Whether an answer says nothing: no letter or figure, "(sans réponse)", unticked boxes."""
    if is_unticked(text):
        return True
    found = _WORD.findall(fold(re.sub(r"<[^>]*>|&\w+;", " ", text)))
    return " ".join(found) in _known("fillers") or not found
