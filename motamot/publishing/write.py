"""Records -> SQLite: one questionnaire at a time; the file appears only when it is whole."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils
from datasette.inspect import inspect_hash, inspect_tables

from motamot.dataset.folder import BLANK_STEM, name_from
from motamot.dataset.model import Counts, Questionnaire, Received, ReplyStatus, Respondent, slug
from motamot.dataset.permalinks import Redirect
from motamot.reading.known import align
from motamot.recording.record import Answer, Document, Question
from motamot.search.index import ASSUMED
from motamot.search.words import MARK, indexed
from motamot.text.markdown import count_words, html, links, plain, question_html

SCHEMA = Path(__file__).with_name("schema.sql")
Row = dict[str, object]


class Writer:
    """Writes questionnaires into a new database, in the order they come."""

    def __init__(self, path: Path, raw_folder: Path, respondents: Mapping[str, Respondent]) -> None:
        self._connection = sqlite3.connect(path)
        # The file is thrown away when anything fails: no journal has to protect it.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        self._db = sqlite_utils.Database(self._connection)
        self._raw = raw_folder
        self._named = respondents
        self._written: set[str] = set()
        self._indexed = {"questions": 0, "answers": 0}  # rows so far: the last rowid of each
        self._vocabulary: Counter[tuple[str, str]] = Counter()  # words: folded, as written
        for key in sorted(respondents):
            self._respondent(key)

    def add(self, questionnaire: Questionnaire) -> list[Counts]:
        """Write one questionnaire with its documents; return what was read in each."""
        reference = questionnaire.reference
        self._insert("questionnaires", [_questionnaire_row(questionnaire)])
        if reference is None:
            self._silent(questionnaire)
            return []
        sections = {s.position: f"{questionnaire.id}_s{s.position}" for s in reference.sections}
        self._insert(
            "sections",
            [
                {
                    "id": sections[s.position],
                    "questionnaire": questionnaire.id,
                    "position": s.position,
                    "title": s.title,
                }
                for s in reference.sections
            ],
        )
        questions = [_question_row(questionnaire.id, q, sections) for q in reference.questions]
        self._insert("questions", questions)
        self._index("questions", questions, questionnaire.language)
        cited = [
            row
            for q in reference.questions
            for row in _link_rows("question", f"{questionnaire.id}_{slug(q.number)}", q.wording)
        ]
        self._insert("links", cited)
        counts = []
        if questionnaire.blank is not None and questionnaire.blank_file is not None:
            counts.append(self._document(questionnaire, questionnaire.blank_file, reference, cited))
        for received in questionnaire.received:
            own = cited if received.document is reference else []
            counts.append(self._document(questionnaire, received, reference, own))
        self._silent(questionnaire)
        self._connection.commit()
        return counts

    def redirect(self, redirects: Iterable[Redirect]) -> None:
        """Write where identifiers went that are published no more."""
        self._insert("redirects", [{"old": r.old, "new": r.new, "gone": r.gone} for r in redirects])

    def close(self) -> None:
        """Build the full-text indexes, check every foreign key, and close the file for good."""
        for table in ("questions", "answers"):
            self._db.table(table).enable_fts(["text"], tokenize="unicode61 remove_diacritics 2")
        words: dict[str, tuple[str, int]] = {}  # folded -> as written, how often
        for (folded, written), count in self._vocabulary.items():
            known, others = words.get(folded, (written, 0))
            words[folded] = (min(known, written, key=_plainness), others + count)
        self._insert(
            "search_words",
            [{"folded": f, "written": w, "count": n} for f, (w, n) in sorted(words.items())],
        )
        self._connection.commit()
        broken = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"foreign keys that lead nowhere: {broken[:5]}")
        self._connection.execute("VACUUM")
        self._connection.close()

    # --- rows ---------------------------------------------------------------------------------

    def _insert(self, table: str, rows: list[Row]) -> None:
        if rows:
            self._db.table(table).insert_all(rows)

    def _index(self, table: str, rows: list[Row], language: str | None) -> None:
        """Index texts for the site's search, in the language of their questionnaire."""
        code = language or ASSUMED
        for rowid, row in enumerate(rows, self._indexed[table] + 1):
            terms, words = indexed(str(row["text"]), code)
            self._connection.execute(
                f"INSERT INTO {table}_search (rowid, terms) VALUES (?, ?)", (rowid, terms or MARK)
            )
            self._vocabulary.update(words)
        self._indexed[table] += len(rows)

    def _respondent(self, key: str) -> None:
        if key in self._written:
            return
        self._written.add(key)
        known = self._named.get(key) or Respondent(key, name_from(key))
        self._insert("respondents", [dict(vars(known))])

    def _document(
        self,
        questionnaire: Questionnaire,
        received: Received,
        reference: Document,
        cited: list[Row],
    ) -> Counts:
        document = received.document
        blank = received.respondent == BLANK_STEM
        identifier = f"{questionnaire.id}_{received.respondent}"
        matched = align(reference, document)
        if not blank:
            self._respondent(received.respondent)
        path = Path(document.path).relative_to(self._raw).as_posix()
        self._insert(
            "documents",
            [
                {
                    "id": identifier,
                    "questionnaire": questionnaire.id,
                    "respondent": None if blank else received.respondent,
                    "path": path,
                    "sha256": received.sha256,
                    "bytes": received.bytes,
                    "lines": received.lines,
                    "encoding": received.encoding,
                    "markdown": document.text,
                }
            ],
        )
        self._insert(
            "passages", list(_passage_rows(questionnaire.id, identifier, document, matched))
        )
        answers = [] if blank else [a for a in document.answers if a.number in matched]
        rows = [
            _answer_row(questionnaire.id, identifier, received.respondent, matched[a.number], a)
            for a in answers
        ]
        self._insert("answers", rows)
        self._index("answers", rows, questionnaire.language)
        found = [
            link
            for row, a in zip(rows, answers, strict=True)
            for link in _link_rows("answer", str(row["id"]), a.markdown)
        ]
        self._insert("links", found)
        if not blank:
            self._reply(questionnaire, received.respondent, identifier, _status(reference, answers))
        return Counts(
            path=path,
            sections=len(document.sections),
            questions=len(document.questions),
            answers=sum(a.status == "answered" for a in answers),
            blanks=sum(a.status == "blank" for a in answers),
            words=sum(int(str(row["words"])) for row in rows),
            links=len(cited) + len(found),
        )

    def _reply(
        self,
        questionnaire: Questionnaire,
        respondent: str,
        document: str | None,
        status: ReplyStatus,
    ) -> None:
        said = next((r for r in questionnaire.replies if r.respondent == respondent), None)
        self._insert(
            "replies",
            [
                {
                    "id": f"{questionnaire.id}_{respondent}",
                    "questionnaire": questionnaire.id,
                    "respondent": respondent,
                    "status": said.status if said and said.status else status,
                    "document": document,
                    "received_on": said.received_on if said else None,
                    "note": said.note if said else None,
                }
            ],
        )

    def _silent(self, questionnaire: Questionnaire) -> None:
        """Those who were asked and sent no document."""
        sent = {r.respondent for r in questionnaire.received}
        for reply in sorted(questionnaire.replies, key=lambda r: r.respondent):
            if reply.respondent not in sent:
                self._respondent(reply.respondent)
                self._reply(questionnaire, reply.respondent, None, "no-reply")


def _plainness(written: str) -> tuple[bool, str]:
    """Small letters first: "logement" rather than "Logement"."""
    return (not written.islower(), written)


def _questionnaire_row(questionnaire: Questionnaire) -> Row:
    title = questionnaire.reference.title if questionnaire.reference else None
    return {
        "id": questionnaire.id,
        "title": questionnaire.title or title or questionnaire.id,
        "election": questionnaire.election,
        "place": questionnaire.place,
        "date": questionnaire.date,
        "language": questionnaire.language,
        "asked_by": questionnaire.asked_by,
        "source_url": questionnaire.source_url,
        "note": questionnaire.note,
    }


def _question_row(questionnaire: str, question: Question, sections: Mapping[int, str]) -> Row:
    return {
        "id": f"{questionnaire}_{slug(question.number)}",
        "questionnaire": questionnaire,
        "section": sections.get(question.section) if question.section else None,
        "position": question.position,
        "number": question.number,
        "text": plain(question.wording),
        "markdown": question.markdown,
        "html": question_html(question.wording),
    }


def _answer_row(
    questionnaire: str, document: str, respondent: str, question: Question, answer: Answer
) -> Row:
    text = plain(answer.markdown)
    number = slug(question.number)
    return {
        "id": f"{questionnaire}_{number}_{respondent}",
        "question": f"{questionnaire}_{number}",
        "respondent": respondent,
        "document": document,
        "status": answer.status,
        "text": text,
        "markdown": answer.markdown,
        "html": html(answer.markdown),
        "words": count_words(text) if answer.status == "answered" else 0,
        "char_start": answer.char_start,
        "char_end": answer.char_end,
        "line_start": answer.line_start,
        "line_end": answer.line_end,
    }


def _passage_rows(
    questionnaire: str, identifier: str, document: Document, matched: Mapping[str, Question]
) -> Iterator[Row]:
    for position, passage in enumerate(document.passages, 1):
        question = matched.get(passage.question) if passage.question else None
        yield {
            "document": identifier,
            "position": position,
            "kind": passage.kind,
            "question": f"{questionnaire}_{slug(question.number)}" if question else None,
            "char_start": passage.char_start,
            "char_end": passage.char_end,
            "line_start": passage.line_start,
            "line_end": passage.line_end,
        }


def _link_rows(owner: str, identifier: str, markdown: str) -> Iterator[Row]:
    for position, link in enumerate(links(markdown), 1):
        yield {
            "id": f"{identifier}_l{position}",
            "question": identifier if owner == "question" else None,
            "answer": identifier if owner == "answer" else None,
            "position": position,
            "url": link.url,
            "label": link.label,
        }


def _status(reference: Document, answers: list[Answer]) -> ReplyStatus:
    written = sum(a.status == "answered" for a in answers)
    return "answered" if written == len(reference.questions) else "partial"


# --- the file -----------------------------------------------------------------------------------


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write a new file at; the file takes its real place only when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        building = Path(folder) / path.name
        yield building
        os.replace(building, path)


def inspect_data(path: Path) -> str:
    """What `datasette inspect` says of a database: with it, Datasette opens the file immutable."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    tables = inspect_tables(connection, {})
    connection.close()
    described = {
        path.stem: {
            "hash": inspect_hash(path),
            "size": path.stat().st_size,
            "file": path.name,
            "tables": tables,
        }
    }
    return json.dumps(described, indent=2, sort_keys=True) + "\n"
