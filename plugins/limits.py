"""Keep one SQL query from asking for gigabytes: printf('%.*c', 900000000, 'x') and the like.

SQLite's own limit on the length of a value does it; Python can set it from 3.11 on.
"""

import sqlite3

from datasette import hookimpl

LONGEST_VALUE = 50_000_000  # bytes; the longest document is far below


@hookimpl
def prepare_connection(conn):
    if hasattr(conn, "setlimit"):
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
