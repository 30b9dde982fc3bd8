"""What the words of a line or paragraph say about its part in a questionnaire.

How much a text asks or answers, whether it closes a letter, says nothing, or is a page number. The
words themselves are in `vocabulary.yml`. All functions are pure and know no questionnaire.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from motamot.text.folding import fold


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
def _folded(name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in vocabulary()[name])


def words(text: str) -> list[str]:
    """The words of a text, folded, without punctuation or links."""
    if "http" in text or "](" in text:
        text = _LINK.sub(" ", text)
    return _WORD.findall(fold(text))


# --- asking and answering -------------------------------------------------------------------------

_SPANISH_YES = re.compile(r"\W*s[íì](?!\w)", re.IGNORECASE)  # without its accent it is "if"
_QUESTION_END = re.compile(r"[?？؟](?:[\s*_)»”\"'’\]>]|\(?<?https?://[^\s>)]*>?\)?|\([^()]*\))*$")
_MARK = re.compile(r"\d{1,3}(?:[.,]\d+)?\s?(?:/\s?\d{1,3}|%)?|[xX✓✔]")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LINK = re.compile(r"<?https?://[^\s>)]+>?|\]\([^)]*\)")
_LINK_ONLY = re.compile(
    r"[\s*_()\[\]<>]*(?:\[[^\]]*\]\([^)\s]*\)|<?(?:https?://|www\.)[^\s>]+>?)[\s*_()\[\]<>.,;]*$"
)


def ends_asking(text: str) -> bool:
    """Whether a text ends in a question mark, closing signs, parentheses and links aside."""
    return _QUESTION_END.search(text.rstrip()) is not None


def is_link_only(text: str) -> bool:
    """Whether a block is one bare link, stray brackets aside."""
    return bool(_LINK_ONLY.match(text.strip()))


def is_aside(text: str) -> bool:
    """Whether a block is one parenthesis from end to end: "(350 words at most)"."""
    inner = text.strip().strip("*_ ")
    return bool(re.fullmatch(r"\([^()]*\)|\[[^\[\]]*\]", inner, re.DOTALL))


def asks(text: str) -> float:
    """How much a text asks, from -1 (it answers) to 1.5 (it surely asks)."""
    found = words(text)
    if not found:
        return 0.0
    score = 0.0
    if ends_asking(text):
        score += 1.0
    elif "?" in text:
        score += 0.3
    if "¿" in text[:6]:
        score += 0.3
    heads = {found[0].split("-")[0], found[0]}
    inverted = any(w.endswith(("-vous", "-il", "-elle", "-ils")) for w in found[:5])
    if heads & _folded("asking_first") or inverted:
        score += 0.4
    if any(part in _folded("address") for w in found[:40] for part in w.split("-")):
        score += 0.2
    return max(-1.0, min(1.5, score - answers(text) * 0.6))


def addresses(text: str) -> bool:
    """Whether a text speaks to those who reply: "vous", "your", "Sie" ..."""
    found = (part for word in words(text) for part in word.split("-"))
    return not _folded("address").isdisjoint(found)


def answers(text: str) -> float:
    """How much a text speaks for those who reply: 0 (not at all) to 1.5 ("Oui, nous ...")."""
    found = words(text[:600])
    if not found:
        return 0.0
    score = 0.0
    if found[0].split("-")[0] in _folded("answering_first") or _SPANISH_YES.match(text):
        score += 0.7
    first_person = sum(w in _folded("first_person") for w in found)
    if first_person:
        score += 0.3 + min(0.5, first_person / len(found) * 8)
    return min(score, 1.5)


def opens_as_answer(text: str) -> bool:
    """Whether a text begins as answers do: "Oui", "Nous", "Absolument"."""
    found = words(text[:60])
    return bool(found) and found[0].split("-")[0] in _folded("answering_first")


def says_briefly(line: str) -> bool:
    """Whether a line is one of the answers of a form: "Favorable", "Oui.", "NSP", "4/5"."""
    return " ".join(words(line)) in _folded("brief_answers") or bool(_MARK.fullmatch(line.strip()))


def instructs(sentence: str) -> bool:
    """Whether a sentence tells how to answer: "Merci de préciser.", "Please explain."."""
    found = words(sentence)
    return bool(found) and found[0] in _folded("instructions") and len(found) <= 14


def orders(sentence: str) -> bool:
    """Whether a text begins as an order to those who reply: "Présentez", "Citez", "Dites-nous"."""
    found = words(sentence)
    first = found[0] if found else ""
    return first.split("-")[0].endswith("ez") or first in _folded("asking_first")


def is_form_word(label: str) -> bool:
    """Whether a label is one of a form, "Commentaire", "Pour", and no name."""
    found = words(label)
    known = _folded("form_words") | _folded("first_person") | _folded("question_words")
    return all(w in known or w.split("-")[0] in known or len(w) < 3 or w.isdigit() for w in found)


# --- around the questions -------------------------------------------------------------------------

_FURNITURE = re.compile(
    r"(?:.{0,60}\W)?(?:page|página|pagina|seite|pág\.|p\.)\s*\d+"
    r"(?:\s*(?:/|sur|de|of|von|di|van)\s*\d+)?|[-–—\s]*\d+\s*/\s*\d+[-–—\s]*",
    re.IGNORECASE,
)


def speaks_of_document(line: str) -> bool:
    """Whether a line names the document itself: "Questionnaire ...", "Réponses de la liste ..."."""
    return not _folded("about_document").isdisjoint(words(line))


def is_furniture(line: str) -> bool:
    """Whether a line is a page number, or a note in brackets that an editor put in."""
    bare = line.strip().strip("*_ ")
    return bool(_FURNITURE.fullmatch(bare)) or bool(re.fullmatch(r"\[[^\[\]]{12,}\]", bare))


def greets(line: str) -> bool:
    """Whether a line is the greeting of a letter's end, which no answer begins with."""
    return _begins_with(line, "greetings")


def closes(line: str) -> bool:
    """Whether a line begins thanks, greetings or a signature, or is a short line of thanks."""
    if greets(line) or _begins_with(line, "closings"):
        return True
    found = words(line[:200])
    return len(found) <= 12 and not _folded("thanks").isdisjoint(found)


def _begins_with(line: str, name: str) -> bool:
    bare = fold(line.strip().lstrip("*_>– ")[:60])
    phrases = _phrases(name)
    return bare.startswith(phrases) and any(
        bare.startswith(phrase) and not bare[len(phrase) : len(phrase) + 1].isalnum()
        for phrase in phrases
    )


@lru_cache(maxsize=32)
def _phrases(name: str) -> tuple[str, ...]:
    return tuple(sorted(_folded(name)))


# Boxes of a form, of which none is ticked.
_UNTICKED = re.compile(r"\s*(?:(?:[-*] )?(?:\[ ?\]|[☐□❏])[ \t]*[^\[☐□❏☑☒✓✔\n]{1,50}\s*)+")


def is_blank(text: str) -> bool:
    """Whether an answer says nothing: no letter or figure, "(sans réponse)", unticked boxes."""
    *boxes, last = text.rstrip().split("\n")
    if _UNTICKED.fullmatch(text) or (
        boxes and is_form_word(last) and _UNTICKED.fullmatch("\n".join(boxes))
    ):
        return True
    found = re.findall(r"[^\W_]+", fold(re.sub(r"<[^>]*>|&\w+;", " ", text)))
    return " ".join(found) in _folded("fillers") or not found
