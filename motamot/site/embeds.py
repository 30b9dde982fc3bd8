"""`.embed`: any answer, question, list, table or query as a small page made for a frame.

Rows that carry answers whole are shown as quotation cards, other rows as a table. `?_statique=1`
gives the same as HTML to copy, for sites that strip frames; `?sha256=` pins an answer to the text
that was quoted, `?extrait=` marks words: where the list has changed it since, the frame shows the
version that has that text, or those words, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.filters import Filters
from datasette.utils.asgi import BadRequest, NotFound, Response
from markupsafe import Markup

from motamot.quoting import citation, excerpt
from motamot.site import adapter, errors, filters, frames, french, interface, streams
from motamot.site import answers as quotable
from motamot.site.shapes import DATABASE, Database, Datasette, Request, Row

MOST = 300  # rows looked at for one frame; few of them fit
CARDS = {"answers": "answer_id", "questions": "question_id", "respondents": "respondent_id"}
ASKED_COLUMNS = ("liste", "état", "réponses", "questions")
ASKED = """
    select respondents.label, value_label('replies', 'status', replies.status),
      count(*) filter (where asked.status = 'answered'), count(asked.id)
    from replies
    join respondents on respondents.id = replies.respondent
    left join dataset_rows as asked
      on asked.questionnaire_id = replies.questionnaire and asked.respondent_id = respondents.id
    where replies.questionnaire = ?
    group by replies.id order by respondents.sort_key, respondents.id"""
OURS = ("_statique", "_labels", "_format", "sha256")


async def render(
    datasette: Datasette,
    request: Request,
    database: str,
    table: str | None,
    query_name: str | None,
    view_name: str,
    columns: list[str],
    rows: Sequence[Any],
    sql: str,
    data: dict[str, Any],
) -> Response:
    if error := data.get("error"):
        raise BadRequest(errors.about_sql(str(error)))
    if not columns:
        raise NotFound("No data")
    shown = Shown(datasette, request, database, table, query_name, view_name == "row")
    entries = await shown.entries(columns, rows)
    about = await shown.cards(entries) if entries else await shown.table(columns, rows, data)
    if view_name != "row":
        about["count"] = data.get("filtered_table_rows_count") or len(rows)
        if data.get("truncated") and not table:
            about["count"] = await streams.count(
                datasette, sql, dict(parse_qsl(request.query_string))
            )
        about["more"] = bool(data.get("next") or data.get("truncated"))
    if request.args.get("_statique"):
        return Response.text(shown.static(about))
    return Response.html(await shown.page(about))


class Shown:
    """What one frame shows: the rows of one address."""

    def __init__(
        self,
        datasette: Datasette,
        request: Request,
        database: str,
        table: str | None,
        query_name: str | None,
        is_row: bool,
    ) -> None:
        self._datasette, self._request, self._database = datasette, request, database
        self._table, self._query, self._is_row = table or "", query_name, is_row

    def _absolute(self, path: str) -> str:
        return self._datasette.absolute_url(self._request, path)

    def _base(self) -> Database:
        return self._datasette.get_database(DATABASE)

    def _permalink(self, table: str, identifier: str) -> str:
        return self._absolute(self._datasette.urls.row(DATABASE, table, identifier))

    def _page_url(self) -> str:
        """The page that the frame is the version of."""
        path = self._request.path.removesuffix(".embed")
        pairs = [
            (name, value)
            for name in self._request.args
            if name not in OURS
            for value in self._request.args.getlist(name)
        ]
        query = urlencode(pairs)
        return self._absolute(path) + (f"?{query}" if query else "")

    async def entries(self, columns: list[str], rows: Sequence[Any]) -> list[Row]:
        """What is shown as cards: what each list did of each question. [] to show a table."""
        if self._database != DATABASE:
            return []
        base = self._base()
        if not (self._is_row and self._table in CARDS):
            shown = [list(row) for row in rows[:MOST]]
            of_rows = await quotable.entries_of_rows(base, columns, shown)
            return [each for each in of_rows if each] if None not in of_rows else []
        condition = f"asked.{CARDS[self._table]} = ?"
        found = await quotable.entries_where(base, condition, rows[0]["id"])
        if self._table == "questions":  # those who wrote something first
            found.sort(key=lambda each: each["id"] is None)
        return quotable.chosen(found, self._request.args.getlist("liste")) or found

    # --- cards ---

    async def cards(self, entries: list[Row]) -> dict[str, Any]:
        first = entries[0]
        one_question = all(each["question"] == first["question"] for each in entries)
        one_list = all(each["respondent"] == first["respondent"] for each in entries)
        return {
            "title": self._title_of(entries, one_question, one_list),
            "one_question": first if one_question else None,
            "one_list": first if one_list and not one_question else None,
            "rows": [
                await self._card(each) if each["id"] else self._silent(each) for each in entries
            ],
            "lang": first["lang"] if one_question else None,
        }

    def _title_of(self, entries: list[Row], one_question: bool, one_list: bool) -> str:
        first = entries[0]
        if one_question and one_list:
            return f"{first['name']}, question {first['number']} – {first['questionnaire_title']}"
        if one_question:
            return f"Question {first['number']} – {first['questionnaire_title']}"
        if one_list:
            return f"Ce qu’a répondu {first['name']}"
        return self._title()

    async def _as_pinned(self, answer: Row, pin: str | None) -> Row:
        """An answer as it was when a frame was pinned to its text."""
        if not pin or _is_pinned(answer, pin):
            return answer
        beside = await quotable.versions_beside(self._base(), answer)
        return next((row for row in beside if _is_pinned(row, pin)), answer)

    async def _card(self, answer: Row) -> Row:
        is_alone = self._is_row and self._table in ("answers", "revisions")
        pin = self._request.args.get("sha256") if self._is_row else None
        typed = self._request.args.get("extrait") if is_alone else None
        answer, found = await self._as_pinned(answer, pin), None
        if typed:
            answer, found = await quotable.version_with(self._base(), answer, typed)
        url = self._permalink(quotable.table_of(answer), answer["id"])
        url = excerpt.address(url, found["words"]) if found else url
        now = answer.get("answer")
        return {
            "answer": answer,
            "html": found["html"] if found else answer["html"],
            "verdict": found["verdict"] if found else "near" if typed else None,
            "url": url,
            "document": self._permalink("documents", answer["document"])
            + f"?lignes={answer['line_start']}-{answer['line_end']}#L{answer['line_start']}",
            "cited": (cited := quotable.citation(answer, url)),
            "where": citation.where(cited),
            "inferred": quotable.is_inferred(answer),
            "version": quotable.version(answer),
            "now": self._permalink("answers", now) if now else None,
            "mark": quotable.fingerprint(answer),
            "pin": (pin or "")[:64],
            "changed": bool(pin and not _is_pinned(answer, pin)),
        }

    def _silent(self, entry: Row) -> Row:
        """A list that gave no answer to a question, and what it did instead."""
        where = (self._datasette, DATABASE, "dataset", "status")
        return {
            "answer": entry,
            "url": self._permalink("questions", entry["question"]),
            "said": interface.value_label(*where, entry["status"]),
            "inferred": quotable.is_inferred(entry),
        }

    # --- tables ---

    def _title(self) -> str:
        name = self._query or self._table
        return french.spaced(
            interface.table_title(self._datasette, self._database, name) or "Requête SQL"
        )

    async def table(
        self, columns: list[str], rows: Sequence[Any], data: dict[str, Any]
    ) -> dict[str, Any]:
        title = self._title()
        if self._is_row and self._table == "questionnaires":
            return await self._asked(rows[0]["id"])
        if self._is_row:
            identifier = ", ".join(data["primary_key_values"])
            pairs = zip(columns, rows[0], strict=True)
            return {
                "title": f"{title}\u00a0: {identifier}",
                "columns": ["Colonne", "Valeur"],
                "rows": [[name, self._value(name, value)] for name, value in pairs],
            }
        query = interface.about_table(self._datasette, self._database, self._query or "")
        codes = set(query.get("codes") or [])
        shown = [
            [self._value(name, value) for name, value in pairs if name not in codes]
            for pairs in (zip(columns, row, strict=True) for row in rows[:MOST])
        ]
        kept = [name for name in columns if name not in codes]
        about = {"title": title, "columns": kept, "rows": shown}
        return about | ({"sentence": self._sentence()} if self._table and not self._query else {})

    async def _asked(self, questionnaire: str) -> dict[str, Any]:
        """Every list that a questionnaire was sent to, and what it did of it."""
        base = self._base()
        found = (await base.execute(ASKED, [questionnaire])).rows
        titled = await base.execute(
            "select label from questionnaires where id = ?", [questionnaire]
        )
        return {
            "title": titled.single_value(),
            "columns": list(ASKED_COLUMNS),
            "rows": [[self._value("", value) for value in row] for row in found],
        }

    def _sentence(self) -> str:
        """« où status est égal à « blank » »: the filters in force, as the table's page says."""
        arguments = self._request.args
        pairs = [
            (name, value)
            for name in arguments
            if name not in OURS and (not name.startswith("_") or "__" in name[1:])
            for value in arguments.getlist(name)
        ]
        about = interface.about_table(self._datasette, self._database, self._table)
        return filters.filter_sentence(Filters(sorted(pairs)), self._request, about)

    def _value(self, column: str, value: Any) -> str:
        """A cell as words: a link to one of our pages is whole, a code is said."""
        if isinstance(value, dict):
            value = value.get("label")
        if value is None or isinstance(value, bytes):
            return "donnée binaire" if value else ""
        if isinstance(value, (int, float)):
            return french.number(value).replace(".", ",")
        if value.startswith("/questionnaires/") and " " not in value:
            return self._absolute(self._datasette.urls.path(value))
        where = (self._datasette, self._database, self._table, column)
        return interface.value_label(*where, value) or str(value)

    # --- what is sent ---

    async def page(self, about: dict[str, Any]) -> str:
        # Rendered as often as it takes to find how many rows fit, so through Jinja itself.
        template = adapter.environment(self._datasette).get_template("embed.html")
        address = self._page_url()
        rows = about["rows"]

        async def draw(count: int) -> str:
            left = (about.get("count") or len(rows)) - count
            return await template.render_async(
                **about | {"rows": rows[:count]},
                left=max(left, 0),
                partly=count < len(rows) or about.get("more") or left > 0,
                page_url=address,
                height=self._height(about, count),
            )

        count = len(rows)
        html = await draw(count)
        while (fewer := frames.fewer(html, count)) < count:
            count = fewer
            html = await draw(count)
        return html

    def _height(self, about: dict[str, Any], count: int) -> int:
        if "columns" in about:
            longest = [max(map(len, row), default=0) for row in about["rows"][:count]]
            return frames.height(["\n".join("x" * min(n, 400) for n in longest)])
        asked = [about["one_question"]["question_text"]] if about["one_question"] else []
        texts = [card["answer"]["text"] or "" for card in about["rows"][:count]]
        return frames.height([*asked, *texts])

    def static(self, about: dict[str, Any]) -> str:
        """HTML to copy; what does not fit in it is said, with the link to the whole."""
        if "columns" not in about:
            return "\n".join(
                frames.static_silence(card["answer"], card["url"], card["said"])
                if "said" in card
                else frames.static_answer(card["cited"], card["html"])
                for card in about["rows"]
            )
        return frames.static_table(
            about["title"], about["columns"], about["rows"], self._page_url(), about.get("count")
        )


def _is_pinned(answer: Row, pin: str) -> bool:
    return quotable.fingerprint(answer).startswith(pin[:12].lower())


def safe_link(value: str) -> str:
    """A cell whose value is an address, as a link."""
    if isinstance(value, str) and re.fullmatch(r"https?://\S+", value):
        shown = value.partition("/questionnaires/")[2] or value
        return Markup('<a href="{}">{}</a>').format(value, shown)
    return value


RENDERERS = [{"extension": "embed", "render": render}]
FILTERS = {"safe_link": safe_link}
