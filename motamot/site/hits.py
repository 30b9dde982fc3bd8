"""What a search finds: answers and questions in one list, best first, and what can narrow it.

The SQL function `search_found` reads what is typed, ranks, and cuts the extracts; here its hits
get their addresses and names. An answer is found by its question, section, list and questionnaire
too. Of the two kinds, only those whose hits hold all the words are shown, when there are any;
they take turns: a question that holds all the words, without the names of the lists that answered
it, stands before two answers; any other after three, which say more.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import BadRequest

from motamot.site.shapes import DATABASE, Datasette, Request

Found = dict[str, Any]
KINDS = {"answers": "reponses", "questions": "questions"}  # and what `dans` calls them
FILTERS = {"liste": "respondents", "questionnaire": "questionnaires", "section": "sections"}
MODES = ("all", "most")
PAGE, MOST = 20, 100  # hits on a page, and the most that `_size` may ask for
LISTS = 5  # lists that are called so
OFFERED = 60  # values of a filter that a page offers

_NAMES = """questions.id as question_id, questions.number, questions.text as question,
    questions.section as section_id, sections.title as section,
    questions.questionnaire as questionnaire_id, questionnaires.label as questionnaire,
    questionnaires.language,
    search_pieces(questions.text, :q, questionnaires.language, 30) as question_pieces,
    search_pieces(sections.title, :q, questionnaires.language, 30) as section_pieces,
    search_pieces(questionnaires.label, :q, questionnaires.language, 30) as questionnaire_pieces"""
_AROUND = """join questionnaires on questionnaires.id = questions.questionnaire
    left join sections on sections.id = questions.section"""
ROWS = {
    "answers": f"""
        select 'answer' as type, answers.id, answers.status, respondents.id as list_id,
          respondents.label as list, {_NAMES}
        from json_each(:rows) as hit
        join answers on answers.rowid = hit.value
        join respondents on respondents.id = answers.respondent
        join questions on questions.id = answers.question {_AROUND}
        order by hit.key""",
    "questions": f"""
        select 'question' as type, questions.id, null as status, null as list_id, null as list,
          {_NAMES}, :mode = 'all' and questions.rowid in (
            select rowid from questions_search where questions_search
            match '{{question section questionnaire}} : (' || :expression || ')') as leads
        from json_each(:rows) as hit
        join questions on questions.rowid = hit.value {_AROUND}
        order by hit.key""",
}

# How many of all the hits each list, questionnaire and section has.
NARROWED = f"""
    with hits as materialized (
      select answers.respondent as liste, questions.questionnaire, questions.section
      from answers_search
      join answers on answers.rowid = answers_search.rowid
      join questions on questions.id = answers.question
      where answers_search match :answers
        and (:liste = '' or answers.respondent = :liste)
        and (:questionnaire = '' or questions.questionnaire = :questionnaire)
        and (:section = '' or questions.section = :section)
      union all
      select null, questions.questionnaire, questions.section
      from questions_search
      join questions on questions.rowid = questions_search.rowid
      where questions_search match :questions
        and (:questionnaire = '' or questions.questionnaire = :questionnaire)
        and (:section = '' or questions.section = :section))
    select * from (
      select 'liste' as name, id, label, count(*) as count, null as language, sort_key as place
      from hits join respondents on id = liste
      group by id order by count desc limit {OFFERED + 1})
    union all select * from (
      select 'questionnaire', id, label, count(*) as count, nullif(language, 'fr'), fold(label)
      from hits join questionnaires on id = questionnaire
      group by id order by count desc limit {OFFERED + 1})
    union all select * from (
      select 'section', sections.id, sections.label, count(*) as count, nullif(language, 'fr'),
        fold(questionnaires.label) || printf(' %s %05d', questionnaires.id, sections.position)
      from hits join sections on sections.id = hits.section
      join questionnaires on questionnaires.id = sections.questionnaire
      group by sections.id order by count desc limit {OFFERED + 1})
    order by place, id"""


# Lists that have all the words in their name; for no word at all, none.
NAMED = f"""
    select respondents.id, label from respondents_search
    join respondents on respondents.rowid = respondents_search.rowid
    where respondents_search match escape_fts(:q) and escape_fts(:q) <> escape_fts('')
    order by sort_key, id limit {LISTS + 1}"""


# --- what is asked --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A search, as an address has it. `start`: how many hits of each kind came before."""

    q: str
    only: str  # one of KINDS, or ""
    filters: Mapping[str, str]  # identifiers by FILTERS, those that are given
    size: int
    start: Mapping[str, int]

    @property
    def kinds(self) -> list[str]:
        """A question is nobody's: a list that is chosen leaves answers alone."""
        if self.only:
            return [self.only]
        return ["answers"] if "liste" in self.filters else list(KINDS)

    def parameters(self) -> dict[str, str]:
        """What an address needs to ask it again, from the beginning."""
        dans = {"dans": KINDS[self.only]} if self.only else {}
        return {"q": self.q, **dans, **self.filters}


def asked_by(request: Request) -> Asked:
    """Raises BadRequest, in French, for a value that is none."""
    given = {name: (request.args.get(name) or "").strip() for name in ("q", "dans", *FILTERS)}
    dans, size = given["dans"], request.args.get("_size") or str(PAGE)
    following = request.args.get("_next") or "0-0"
    if dans and dans not in KINDS.values():
        raise BadRequest("« dans » est « reponses » ou « questions ».")
    if not re.fullmatch("[0-9]{1,3}", size) or not 1 <= int(size) <= MOST:
        raise BadRequest(f"« _size » est un nombre entier, de 1 à {MOST}.")
    if not re.fullmatch("[0-9]{1,9}-[0-9]{1,9}", following):
        raise BadRequest("La valeur de « _next » n’est pas comprise : elle vient d’une page.")
    return Asked(
        q=given["q"],
        only=next((kind for kind, name in KINDS.items() if name == dans), ""),
        filters={name: given[name] for name in FILTERS if given[name]},
        size=int(size),
        start=dict(zip(KINDS, map(int, following.split("-")), strict=True)),
    )


async def chosen(datasette: Datasette, filters: Mapping[str, str]) -> dict[str, str | None]:
    """What the filters in force are called; None for an identifier that nothing has."""
    found = {}
    for name, identifier in filters.items():
        sql = f"select label from {FILTERS[name]} where id = ?"
        row = (await datasette.execute(DATABASE, sql, [identifier])).first()
        found[name] = row[0] if row else None
    return found


# --- what is found --------------------------------------------------------------------------------


async def search(datasette: Datasette, asked: Asked) -> Found:
    """{count, counts: {kind: count}, mode, read: {typed: as the corpus writes it}, suggestions,
    expressions: {kind: FTS5}, hits: [row, with path, its extract and names in pieces], next}."""
    found = {kind: await _found(datasette, asked, kind) for kind in asked.kinds}
    modes = [one["mode"] for one in found.values()]
    mode = next((each for each in MODES if each in modes), "none")
    shown = {kind: one for kind, one in found.items() if one["mode"] == mode != "none"}
    rows = {kind: await _rows(datasette, asked.q, kind, one) for kind, one in shown.items()}
    hits, reached = _by_turns(rows, asked.start, asked.size)
    counts = {kind: shown[kind]["count"] if kind in shown else 0 for kind in KINDS}
    more = hits and sum(reached.values()) < sum(counts.values())
    return {
        "count": sum(counts.values()),
        "counts": counts,
        "mode": mode,
        "read": dict(pair for one in found.values() for pair in one["read"]),
        "suggestions": list(dict.fromkeys(s for one in found.values() for s in one["suggestions"])),
        "expressions": {kind: one["expression"] for kind, one in shown.items()},
        "hits": hits,
        "next": "-".join(str(reached[kind]) for kind in KINDS) if more else None,
    }


async def _found(datasette: Datasette, asked: Asked, kind: str) -> Found:
    found = await datasette.execute(
        DATABASE,
        "select search_found(:q, :kind, :filters, :size, :start)",
        {
            "q": asked.q,
            "kind": kind,
            "filters": json.dumps(dict(asked.filters)),
            "size": asked.size,
            "start": asked.start[kind],
        },
    )
    read: Found = json.loads(found.single_value())
    return read


async def words_read(datasette: Datasette, typed: str) -> dict[str, str]:
    """For a table's `?_search=`: {word that stands nowhere: the one that is looked for instead}."""
    nothing = Asked(typed, "answers", {}, 0, dict.fromkeys(KINDS, 0))
    return dict((await _found(datasette, nothing, "answers"))["read"])


async def _rows(datasette: Datasette, q: str, kind: str, found: Found) -> deque[Found]:
    """The hits of one kind, each with its names and the path of its page."""
    rows = json.dumps([row for row, _ in found["hits"]])
    values = {"rows": rows, "q": q, "expression": found["expression"], "mode": found["mode"]}
    named = await datasette.execute(DATABASE, ROWS[kind], values)
    return deque(
        {
            **row,
            "kind": kind,
            "path": datasette.urls.row(DATABASE, kind, row["id"]),
            **{name: json.loads(row[name]) for name in row if name.endswith("_pieces")},
            "extract": [piece for piece in pieces if piece[0]],
        }
        for row, (_, pieces) in zip(map(dict, named.rows), found["hits"], strict=True)
    )


def _by_turns(
    hits: Mapping[str, deque[Found]], start: Mapping[str, int], size: int
) -> tuple[list[Found], dict[str, int]]:
    """(`size` hits in one list, how many of each kind came until then). What comes next depends on
    how many came before, and not on where a page begins."""
    merged: list[Found] = []
    reached = dict(start)
    questions, answers = (hits.get(kind) or deque() for kind in ("questions", "answers"))
    while len(merged) < size and (questions or answers):
        asked = reached["questions"]
        due = questions and reached["answers"] >= (
            2 * asked if questions[0]["leads"] else 3 * (asked + 1)
        )
        kind = questions if due or not answers else answers
        merged.append(kind.popleft())
        reached[merged[-1]["kind"]] += 1
    return merged, reached


async def narrower(
    datasette: Datasette, asked: Asked, expressions: Found
) -> dict[str, list[Found]]:
    """What the hits can be narrowed to: {filter: [{id, label, count, language}]}, by name. A filter
    in force is left out, and one whose only value all hits have."""
    values = {
        **{kind: expressions.get(kind) or '""' for kind in KINDS},
        **{name: asked.filters.get(name, "") for name in FILTERS},
    }
    found: dict[str, list[Found]] = {}
    for row in (await datasette.execute(DATABASE, NARROWED, values)).rows:
        if row["name"] not in asked.filters:
            found.setdefault(row["name"], []).append(dict(row))
    return {name: found[name] for name in FILTERS if len(found.get(name, ())) > 1}


async def lists_named(datasette: Datasette, q: str) -> list[Found]:
    """The lists that are called so, by name: [{label, path}], LISTS and one more at most."""
    named = (await datasette.execute(DATABASE, NAMED, {"q": q})).rows
    return [
        {"label": label, "path": datasette.urls.row(DATABASE, "respondents", identifier)}
        for identifier, label in named
    ]
