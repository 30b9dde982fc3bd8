"""A quotation checked against a database, told in French: what pages, queries and frames show.

    verify(connection, languages, quotation) -> {verdict, name, sentence, joined, matches: [...]}
    verify_in(connection, answer, quotation)  -> one match of these, in that answer (or in what one
                                                 said before); None

`verdict` decides; here the corpus is the database, and each match gets its place: list, question,
document, lines, and the whole paragraphs around it, with what was cut shown where it stood.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, get_args

from motamot.quoting import candidates
from motamot.quoting import verdict as quotation
from motamot.quoting.cuts import turning
from motamot.quoting.excerpt import address, joined
from motamot.quoting.finding import Quotation, find
from motamot.quoting.finding import quotation as read
from motamot.quoting.words import Span

DATABASE = "questionnaires"
NBSP = "\u00a0"

SENTENCES = {
    "exact": "Ces mots ont été écrits, mot pour mot.",
    "cut": "Ces mots ont été écrits, mot pour mot, avec des coupes : voici ce qui a été coupé.",
    "quoted": "Ces mots sont dans une réponse, mais la liste y cite quelqu’un d’autre : ce ne sont"
    " pas les siens.",
    "unticked": "Ces mots sont ceux d’une option proposée, qui n’a pas été cochée.",
    "question": "Ces mots sont ceux du questionnaire, pas d’une liste.",
    "near": "Ces mots n’ont pas été écrits ainsi. Voici ce qui s’en approche le plus.",
    "joined": "Ces mots n’ont pas été écrits à la suite : ils viennent de plusieurs textes.",
    "absent": "Ces mots sont introuvables dans les réponses et les questions publiées ici.",
    "short": f"La citation est trop courte : il faut au moins {quotation.FEWEST} mots.",
    "long": "La citation est trop longue : 5\u202f000 caractères au plus.",
}
NAMES = {
    "exact": "mot pour mot",
    "cut": "mot pour mot, avec coupes",
    "quoted": "mots rapportés",
    "unticked": "option non cochée",
    "question": "mots du questionnaire",
    "near": "presque",
    "absent": "introuvable",
}
EARLIER = {  # sentences, when only what answers said before has the words
    "exact": "Ces mots ont été écrits, mot pour mot, dans une version antérieure de la réponse.",
    "cut": "Ces mots ont été écrits, mot pour mot, avec des coupes, dans une version antérieure de"
    " la réponse : voici ce qui a été coupé.",
}
CHANGES = {"replaced": "remplacé", "added": "ajouté", "removed": "ôté", "moved": "déplacé"}

# Each kind of text: the table that its page is a row of, how it is found, what it is.
PAGES: dict[candidates.Kind, str] = {
    "answer": "answers",
    "question": "questions",
    "revision": "revisions",
}
_WAS = {
    "answer": "''",
    "question": "''",
    "revision": "coalesce(revisions.answer, question || ' ' || respondent)",
}
_WORDS = {"answer": "{answer} : ", "question": "{question} : ", "revision": ""}  # its own column
_TEXT = {kind: f"'{kind}', {table}.id, {table}.text, {_WAS[kind]}" for kind, table in PAGES.items()}
FIND = {
    kind: f"""select {_TEXT[kind]} from (
        select rowid as found from {table}_search
        where {table}_search match '{_WORDS[kind]}(' || ? || ')' order by rank limit ?
      ) join {table} on {table}.rowid = found"""
    for kind, table in PAGES.items()
}
ONE = " union all ".join(
    f"select {_TEXT[kind]} from {PAGES[kind]} where id = ?1" for kind in ("answer", "revision")
)
_SAID = """
    select {0}.id, respondents.label as list, respondents.name_from, {0}.line_start, {0}.markdown,
      {0}.document, documents.path as source, questions.number,
      questions.text as question, questions.id as question_id,
      questionnaires.label as questionnaire, nullif(questionnaires.language, 'fr') as lang{1}
    from {0} join questions on questions.id = {0}.question
    join questionnaires on questionnaires.id = questions.questionnaire
    join respondents on respondents.id = {0}.respondent
    join documents on documents.id = {0}.document
    where {0}.id = ?"""
PLACE = {
    "answer": _SAID.format("answers", ""),
    "revision": _SAID.format("revisions", ", revisions.date as received_on, revisions.replaced_on"),
    "question": """
        select questions.id, null as list, null as name_from, passages.line_start,
          questions.markdown,
          documents.id as document, documents.path as source, questions.number,
          questions.text as question, questions.id as question_id,
          questionnaires.label as questionnaire, nullif(questionnaires.language, 'fr') as lang
        from questions join questionnaires on questionnaires.id = questions.questionnaire
        left join passages on passages.question = questions.id and passages.kind = 'question'
        left join documents on documents.id = passages.document
        where questions.id = ?
        order by documents.id in (select document from versions), documents.id, passages.position
        limit 1""",
}


# The paragraphs of a text, and how each begins in its document.
BLOCKS: dict[candidates.Kind, str] = {
    kind: f"""
        select paragraphs.text, substr(documents.markdown, paragraphs.char_start + 1, 20)
        from paragraphs join {table} on {table}.id = paragraphs.{kind}
        join documents on documents.id = {table}.document
        where paragraphs.{kind} = ? order by paragraphs.position"""
    for kind, table in PAGES.items()
    if kind != "question"
}


class Corpus:
    """The texts of a database, through its own search."""

    def __init__(self, connection: sqlite3.Connection, languages: Sequence[str]) -> None:
        self._connection = connection
        self.languages = languages

    def search(self, expression: str, limit: int) -> Iterator[candidates.Text]:
        for kind in get_args(candidates.Kind):
            for row in self._connection.execute(FIND[kind], (expression, limit)).fetchall():
                yield candidates.Text(*row)

    def counts(self, words: Sequence[str]) -> dict[str, int]:
        found = self._connection.execute(
            "select terms, sum(count) from search_words"
            " where folded in (select value from json_each(?)) and terms = folded group by terms",
            (json.dumps(list(words)),),
        )
        return {row[0]: row[1] for row in found.fetchall()}

    def text(self, answer: str) -> candidates.Text:
        return candidates.Text(*self._connection.execute(ONE, (answer,)).fetchone())

    def blocks(self, text: candidates.Text) -> list[Span]:
        found, at = [], 0
        sql = BLOCKS.get(text.kind)
        for words, source in self._connection.execute(sql, (text.id,)) if sql else ():
            at = text.text.index(words, at)
            if re.match(r"\s*(?:>|<blockquote)", source):
                found.append((at, at + len(words)))
            at += len(words)
        return found

    def place(self, text: candidates.Text) -> dict[str, Any]:
        """List, question, document and lines of one text."""
        cursor = self._connection.execute(PLACE[text.kind], (text.id,))
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def verify(connection: sqlite3.Connection, languages: Sequence[str], typed: str) -> dict[str, Any]:
    """The verdict on a quotation, and where it stands or what comes nearest."""
    corpus = Corpus(connection, languages)
    found = quotation.check(typed, corpus)
    matches = [_match(match, corpus.place(match.source), read(typed)) for match in found.matches]
    for match in matches:
        if found.joined:
            match["remarks"].insert(0, "assemblée de plusieurs textes")
    sentence = SENTENCES["joined" if found.joined else found.verdict]
    if all(match["kind"] == "revision" for match in matches):
        sentence = EARLIER.get(found.verdict, sentence)
    return {
        "citation": typed,
        "verdict": found.verdict,
        "name": NAMES.get(found.verdict, SENTENCES.get(found.verdict)),
        "sentence": sentence,
        "joined": found.joined,
        "matches": matches,
    }


def verify_in(connection: sqlite3.Connection, answer: str, typed: str) -> dict[str, Any] | None:
    """What a quotation, however short, is in one answer; None when it does not stand there."""
    corpus = Corpus(connection, ())
    quoted, text = read(typed), corpus.text(answer)
    found = find(quoted, text.text) if quoted.words else None
    if not found or found.is_short:
        return None
    return _match(quotation.judged(quoted, text, found, corpus), corpus.place(text), quoted)


def _match(match: quotation.Match, place: dict[str, Any], quoted: Quotation) -> dict[str, Any]:
    text, spans = match.source.text, match.spans
    is_near = match.verdict in ("near", "absent")
    first, last = _lines(place, quoted if not is_near else read(text[spans[0][0] : spans[-1][1]]))
    path = f"/{DATABASE}/{PAGES[match.source.kind]}/{place['id']}"
    words = "" if is_near or match.source.kind == "question" else joined(text, spans)
    cuts = [] if is_near else [(a[1], b[0]) for a, b in pairwise(spans)]
    return {
        "verdict": match.verdict,
        "name": NAMES[match.verdict],
        "kind": match.source.kind,
        "path": path,
        "href": address(path, words) if words else path,
        "quoted": match.quoted,
        "passage": " […] ".join(text[a:b] for a, b in sorted(spans)),
        "words": words,
        "spans": spans,
        "context": _context(text, spans, cuts),
        "cut": [text[a:b].strip() for a, b in cuts],
        "liberties": list(match.liberties),
        "differences": [vars(d) for d in match.differences],
        "remarks": [*_turned(text, cuts), *in_words(match)],
        "line_start": first,
        "line_end": last,
        **{k: v for k, v in place.items() if k not in ("line_start", "markdown")},
    }


def _lines(place: dict[str, Any], quoted: Quotation) -> tuple[int | None, int | None]:
    """The lines of a passage in its document; those of the whole text when it cannot be told."""
    markdown, first = place["markdown"], place["line_start"]
    if first is None:
        return None, None
    found = find(quoted, re.sub(r"[*_\\#>|]", " ", markdown))
    start, end = (found.spans[0][0], found.spans[-1][1]) if found else (0, None)
    return first + markdown.count("\n", 0, start), first + markdown[:end].rstrip().count("\n")


# --- in words -------------------------------------------------------------------------------------


def _turned(text: str, cuts: Sequence[Span]) -> Iterator[str]:
    """« une négation est coupée : « ne », « pas » »."""
    found = [each for cut in cuts for each in turning(text, cut)]
    for name in ("négation", "condition", "chiffre"):
        words = dict.fromkeys(text[a:b] for kind, (a, b) in found if kind == name)
        if words:
            said = "un chiffre est coupé" if name == "chiffre" else f"une {name} est coupée"
            yield f"{said}{NBSP}: {', '.join(map(_between_marks, words))}"


def in_words(match: quotation.Match) -> Iterator[str]:
    """« remplacé : « soutenons » par « soutiendrons » », « ajouté : « toujours » »."""
    if match.short:
        yield "un morceau entre deux coupes a moins de quatre mots"
    for each in match.differences:
        label = f"{CHANGES.get(each.change, '')}{NBSP}: "
        if each.change == "replaced":
            yield f"{label}{_between_marks(each.written)} par {_between_marks(each.quoted)}"
        elif each.change in ("added", "removed") or (each.change == "moved" and each.quoted):
            yield label + _between_marks(each.quoted or each.written)
    if match.disordered:
        yield f"déplacé{NBSP}: les passages ne sont pas dans cet ordre"


def _between_marks(words: str) -> str:
    return f"«{NBSP}{words}{NBSP}»"


# --- in its context -------------------------------------------------------------------------------


def _context(text: str, spans: Sequence[Span], cuts: Sequence[Span]) -> list[list[dict[str, Any]]]:
    """The whole paragraphs that spans stand in: [[{text, state}]], one list for a paragraph.
    `state`: "" beside the words, "marked", "cut", or "turning" (cut, and may turn the sense)."""
    marks = [(span, "marked") for span in spans]
    for cut in cuts:
        at = cut[0]
        for _, (a, b) in turning(text, cut):
            marks += [((at, a), "cut"), ((a, b), "turning")]
            at = b
        marks.append(((at, cut[1]), "cut"))
    marks.sort()
    found, at = [], 0
    for paragraph in re.split(r"(\n\n+)", text):
        start, end = at, at + len(paragraph)
        at = end
        if paragraph.strip() and end > marks[0][0][0] and start < marks[-1][0][1]:
            found.append(list(_pieces(text, (start, end), marks)))
    return found


def _pieces(
    text: str, paragraph: Span, marks: Sequence[tuple[Span, str]]
) -> Iterator[dict[str, Any]]:
    place, end = paragraph
    for (a, b), state in [*marks, ((end, end), "")]:
        a, b = max(a, place), min(b, end)
        if place < min(a, end):
            yield {"text": text[place : min(a, end)], "state": ""}
        if a < b:
            yield {"text": text[a:b], "state": state}
            place = b
        place = max(place, min(a, end))
