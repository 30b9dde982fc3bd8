"""Rows -> SQLite, one questionnaire at a time; then the indexes, and the proof that all fits."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import sqlite_utils

from motamot import SCHEMA_VERSION
from motamot.dataset.model import Edition, Respondent, labels, unnamed
from motamot.dataset.permalinks import Redirect
from motamot.publishing.indexed import COLUMNS
from motamot.publishing.rows import Row, Rows
from motamot.search import vocabulary
from motamot.search.index import ASSUMED
from motamot.search.words import Written, indexed

SCHEMA = Path(__file__).with_name("schema.sql")


# What is called by a name that others may have: (identifier, name, where and when).
_NAMED = {
    "questionnaires": """
        SELECT id, title, trim(
            coalesce(place, '') || ', ' || coalesce(substr(date, 1, 4), ''), ', ')
        FROM questionnaires""",
    "sections": "SELECT id, title, questionnaire FROM sections",
    "respondents": """
        SELECT respondents.id, name, trim(
            coalesce(group_concat(DISTINCT place), '') || ', '
            || coalesce(group_concat(DISTINCT substr(date, 1, 4)), ''), ', ')
        FROM respondents
        LEFT JOIN replies ON replies.respondent = respondents.id
        LEFT JOIN questionnaires ON questionnaires.id = replies.questionnaire
        GROUP BY respondents.id""",
}

_ANSWER_ROWS = """
    UPDATE dataset_rows
    SET answer_row = (SELECT rowid FROM answers WHERE answers.id = answer_id)"""


class Writer:
    """Writes questionnaires into a new database, in the order they come."""

    def __init__(self, path: Path, edition: Edition, respondents: Mapping[str, Respondent]) -> None:
        self._connection = sqlite3.connect(path)
        # The file is thrown away when anything fails: no journal has to protect it.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(SCHEMA.read_text(encoding="utf-8"))
        self._named = respondents
        self._written: set[str] = set()
        self._indexed = {"questions": 0, "answers": 0, "revisions": 0}  # the last rowid of each
        self._words: dict[str, Counter[Written]] = defaultdict(Counter)  # by language
        row = (SCHEMA_VERSION, edition.public_url, edition.publisher, edition.contact)
        self._insert("edition", [row])
        self._respondents(sorted(respondents))

    def add(self, made: Rows) -> None:
        """Write one questionnaire."""
        self._respondents(made.respondents)
        for table, rows in made.rows.items():
            self._insert(table, rows)
        for table, terms in made.terms.items():
            start = self._indexed[table] + 1
            self._indexed[table] += len(terms)
            self._connection.executemany(
                f"INSERT INTO {table}_search (rowid, {', '.join(COLUMNS[table])})"
                f" VALUES (?{', ?' * len(COLUMNS[table])})",
                ((number, *columns) for number, columns in enumerate(terms, start)),
            )
        self._words[made.language].update(made.words)
        self._connection.commit()

    def redirect(self, redirects: Iterable[Redirect]) -> None:
        """Write where identifiers went that are published no more."""
        self._insert("redirects", [(r.old, r.new, r.gone) for r in redirects])

    def close(self) -> None:
        """Build the full-text indexes, check every foreign key, and close the file for good."""
        db = sqlite_utils.Database(self._connection)
        for table in ("questions", "answers"):
            db.table(table).enable_fts(["text"], tokenize="unicode61 remove_diacritics 2")
        self._connection.execute(_ANSWER_ROWS)
        self._label()
        self._find_names()
        words = enumerate(vocabulary.rows(self._words), 1)
        self._insert("search_words", [(n, *word) for n, word in words])
        self._connection.commit()
        broken = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"foreign keys that lead nowhere: {broken[:5]}")
        self._connection.execute("VACUUM")
        self._connection.close()

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def _label(self) -> None:
        """Tell apart what has one name, now that all names are there."""
        for table, sql in _NAMED.items():
            named = self._connection.execute(sql).fetchall()
            apart = [(label, one) for one, label in labels(named).items()]
            self._connection.executemany(f"UPDATE {table} SET label = ? WHERE id = ?", apart)

    def _find_names(self) -> None:
        """Index what respondents are called, in every language of the dataset."""
        sql = (
            "SELECT rowid, label, coalesce(short_name, ''), replace(id, '-', ' ') FROM respondents"
        )
        named = self._connection.execute(sql).fetchall()
        found: dict[int, list[str]] = defaultdict(list)
        for language in list(self._words) or [ASSUMED]:
            terms, words = indexed(["\n".join(names) for _, *names in named], language)
            self._words[language].update(words)
            for (row, *_), own in zip(named, terms, strict=True):
                found[row].append(own)
        self._connection.executemany(
            "INSERT INTO respondents_search (rowid, respondent) VALUES (?, ?)",
            [(row, " ".join(terms)) for row, terms in found.items()],
        )

    def _respondents(self, keys: Iterable[str]) -> None:
        for key in keys:
            if key not in self._written:
                self._written.add(key)
                r = self._named.get(key) or unnamed(key)
                about = (r.id, r.name, r.short_name, r.kind, r.url, r.note, r.name_from)
                self._insert("respondents", [(*about, r.sort_key, r.name)])
