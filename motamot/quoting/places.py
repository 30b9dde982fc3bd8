"""A quotation checked against a database, told in French: what the page and the query show.

    verify(connection, languages, quotation) -> {verdict, sentence, joined, matches: [...]}

`quotation` decides; here the corpus is the database, and each match gets its place: list, question,
document, lines, and the whole paragraphs around it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from motamot.quoting import verdict as quotation
from motamot.quoting.words import Span, find, pieces, tokens, unmarked

DATABASE = "questionnaires"
NBSP = "\u00a0"

SENTENCES = {
    "exact": "Ces mots ont été écrits, mot pour mot.",
    "near": "Ces mots n’ont pas été écrits ainsi. Voici ce qui s’en approche le plus.",
    "joined": "Ces mots n’ont pas été écrits à la suite : ils viennent de plusieurs textes.",
    "absent": "Ces mots sont introuvables dans les réponses et les questions publiées ici.",
    "short": f"La citation est trop courte : il faut au moins {quotation.FEWEST} mots.",
    "long": "La citation est trop longue : 5\u202f000 caractères au plus.",
}
NAMES = {"exact": "mot pour mot", "near": "presque", "absent": "introuvable"}
CHANGES = {"replaced": "remplacé", "added": "ajouté", "removed": "ôté", "moved": "déplacé"}

FIND = {
    kind: f"""select {table}.id, {table}.text from (
        select rowid as found from {table}_search where {table}_search match ? order by rank limit ?
      ) join {table} on {table}.rowid = found"""
    for kind, table in (("answer", "answers"), ("question", "questions"))
}
PLACE = {
    "answer": """
        select answers.id, respondents.name as list, answers.line_start, answers.markdown,
          answers.document, documents.path as source, questions.number,
          questions.text as question, questions.id as question_id,
          questionnaires.title as questionnaire, nullif(questionnaires.language, 'fr') as lang
        from answers join questions on questions.id = answers.question
        join questionnaires on questionnaires.id = questions.questionnaire
        join respondents on respondents.id = answers.respondent
        join documents on documents.id = answers.document
        where answers.id = ?""",
    "question": """
        select questions.id, null as list, passages.line_start, questions.markdown,
          documents.id as document, documents.path as source, questions.number,
          questions.text as question, questions.id as question_id,
          questionnaires.title as questionnaire, nullif(questionnaires.language, 'fr') as lang
        from questions join questionnaires on questionnaires.id = questions.questionnaire
        left join passages on passages.question = questions.id and passages.kind = 'question'
        left join documents on documents.id = passages.document
        where questions.id = ?
        order by documents.id in (select document from replies), documents.id, passages.position
        limit 1""",
}


class Corpus:
    """The texts of a database, through its own search."""

    def __init__(self, connection: sqlite3.Connection, languages: Sequence[str]) -> None:
        self._connection = connection
        self.languages = languages

    def search(self, expression: str, limit: int) -> Iterator[quotation.Text]:
        kinds: tuple[quotation.Kind, ...] = ("answer", "question")
        for kind in kinds:
            for row in self._connection.execute(FIND[kind], (expression, limit)).fetchall():
                yield quotation.Text(kind, row[0], row[1])

    def counts(self, words: Sequence[str]) -> dict[str, int]:
        found = self._connection.execute(
            "select folded, count from search_words"
            " where folded in (select value from json_each(?))",
            (json.dumps(list(words)),),
        )
        return {row[0]: row[1] for row in found.fetchall()}

    def place(self, text: quotation.Text) -> dict[str, Any]:
        """List, question, document and lines of one text."""
        cursor = self._connection.execute(PLACE[text.kind], (text.id,))
        names = [column[0] for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def verify(connection: sqlite3.Connection, languages: Sequence[str], typed: str) -> dict[str, Any]:
    """The verdict on a quotation, and where it stands or what comes nearest."""
    corpus = Corpus(connection, languages)
    found = quotation.check(typed, corpus)
    matches = [_match(match, corpus.place(match.source)) for match in found.matches]
    for match in matches:
        said = ("assemblée de plusieurs textes" if found.joined else "", match["in_words"])
        match["difference"] = " ; ".join(filter(None, said))
    return {
        "citation": typed,
        "verdict": found.verdict,
        "name": NAMES.get(found.verdict, SENTENCES.get(found.verdict)),
        "sentence": SENTENCES["joined" if found.joined else found.verdict],
        "joined": found.joined,
        "matches": matches,
    }


def _match(match: quotation.Match, place: dict[str, Any]) -> dict[str, Any]:
    text = match.source.text
    passage = text[match.spans[0][0] : match.spans[-1][1]] if not match.disordered else ""
    first, last = _lines(place, passage)
    table = "answers" if match.source.kind == "answer" else "questions"
    path = f"/{DATABASE}/{table}/{place['id']}"
    return {
        "kind": match.source.kind,
        "path": path,
        "quoted": match.quoted,
        "passage": " […] ".join(text[a:b] for a, b in sorted(match.spans)),
        "words": unmarked(passage),
        "context": _context(text, match.spans),
        "liberties": list(match.liberties),
        "omitted": sum(match.omitted),
        "differences": [vars(d) for d in match.differences],
        "in_words": in_words(match),
        "disordered": match.disordered,
        "line_start": first,
        "line_end": last,
        **{k: v for k, v in place.items() if k not in ("line_start", "markdown")},
    }


def _lines(place: dict[str, Any], passage: str) -> tuple[int | None, int | None]:
    """The lines of a passage in its document; those of the whole text when it cannot be told."""
    markdown, first = place["markdown"], place["line_start"]
    if first is None:
        return None, None
    blank = re.sub(r"[*_\\#>|]", " ", markdown)
    written = tokens(blank, bare=True)
    spans = find(pieces(tokens(passage, bare=True)), written) if passage else None
    start, end = (written[spans[0][0]].start, written[spans[-1][1] - 1].end) if spans else (0, None)
    return first + markdown.count("\n", 0, start), first + markdown[:end].rstrip().count("\n")


def _context(text: str, spans: Sequence[Span]) -> list[list[dict[str, Any]]]:
    """The whole paragraphs that spans stand in: [[{text, marked}]], one list for a paragraph."""
    spans = sorted(spans)
    found: list[list[dict[str, Any]]] = []
    at = 0
    for paragraph in re.split(r"(\n\n+)", text):
        start, end = at, at + len(paragraph)
        at = end
        if not paragraph.strip() or end <= spans[0][0] or start >= spans[-1][1]:
            continue
        pieces_of: list[dict[str, Any]] = []
        place = start
        for a, b in spans:
            a, b = max(a, start), min(b, end)
            if a < b:
                pieces_of.append({"text": text[place:a], "marked": False})
                pieces_of.append({"text": text[a:b], "marked": True})
                place = b
        pieces_of.append({"text": text[place:end], "marked": False})
        found.append([piece for piece in pieces_of if piece["text"]])
    return found


def in_words(match: quotation.Match) -> str:
    """« remplacé : « soutenons » par « soutiendrons » ; ajouté : « toujours » »."""
    said = []
    for each in match.differences:
        own, theirs = f"«{NBSP}{each.written}{NBSP}»", f"«{NBSP}{each.quoted}{NBSP}»"
        if each.change == "replaced":
            said.append(f"remplacé{NBSP}: {own} par {theirs}")
        elif each.change == "added" or (each.change == "moved" and each.quoted and each.written):
            said.append(f"{CHANGES[each.change]}{NBSP}: {theirs}")
        elif each.change == "removed" or (each.change == "moved" and each.quoted):
            said.append(f"{CHANGES[each.change]}{NBSP}: {own if each.written else theirs}")
    if match.disordered:
        said.append(f"déplacé{NBSP}: les passages ne sont pas dans cet ordre")
    return " ; ".join(said)
