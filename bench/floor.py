"""The floor of the build's benchmark: the same questions and answers into bare sqlite3 with FTS5.

    python bench/floor.py BUILT.db FLOOR.db

Reads the rows of `questions` and `answers` that a build has written, and writes them to a new file
with their full-text indexes: no reading of documents, no checks, no foreign keys, no other table.
Nothing that makes these rows searchable can be much faster. bench/build.py runs it by itself.
"""

from __future__ import annotations

import sqlite3
import sys


def write(source: str, target: str) -> None:
    """Copy both tables, a row at a time, and index their texts."""
    built = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    floor = sqlite3.connect(target)
    floor.execute("PRAGMA journal_mode = OFF")
    floor.execute("PRAGMA synchronous = OFF")
    for table in ("questions", "answers"):
        rows = built.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in rows.description]
        keyed = ", ".join(f"{c} PRIMARY KEY" if c == "id" else c for c in columns)
        floor.execute(f"CREATE TABLE {table} ({keyed})")
        marks = ", ".join("?" * len(columns))
        floor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        floor.execute(
            f"CREATE VIRTUAL TABLE {table}_fts USING fts5(text, content={table}, "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        floor.execute(f"INSERT INTO {table}_fts (rowid, text) SELECT rowid, text FROM {table}")
    floor.commit()
    floor.close()
    built.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write(sys.argv[1], sys.argv[2])
