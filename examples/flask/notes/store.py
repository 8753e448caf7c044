"""Where notes are kept.  Each request has a connection of its own, made when it needs one."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from flask import current_app, g

SCHEMA = """
CREATE TABLE IF NOT EXISTS note (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    changed REAL NOT NULL
)
"""


def init_app(app):
    """Make the table where it is missing, and close connections at the end of requests."""
    file = Path(app.config["DATABASE"])
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(_connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # readers do not wait for a writer
        connection.execute(SCHEMA)
    app.teardown_appcontext(_close)


def find(words=""):
    """Return the notes that hold all of these words, the latest first."""
    words = words.split()
    where = " AND ".join(["instr(lower(title || ' ' || text), lower(?))"] * len(words)) or "1"
    query = f"SELECT * FROM note WHERE {where} ORDER BY changed DESC, id DESC LIMIT 200"  # noqa: S608
    return _connection().execute(query, words).fetchall()


def get(number):
    """Return a note, or None."""
    return _connection().execute("SELECT * FROM note WHERE id = ?", [number]).fetchone()


def add(title, text):
    """Keep a new note."""
    with _connection() as connection:
        connection.execute(
            "INSERT INTO note (title, text, changed) VALUES (?, ?, ?)", [title, text, time.time()]
        )


def change(number, title, text):
    """Put something else into a note."""
    with _connection() as connection:
        connection.execute(
            "UPDATE note SET title = ?, text = ?, changed = ? WHERE id = ?",
            [title, text, time.time(), number],
        )


def delete(number):
    """Forget a note."""
    with _connection() as connection:
        connection.execute("DELETE FROM note WHERE id = ?", [number])


def _connection():
    if "connection" not in g:
        g.connection = _connect(current_app.config["DATABASE"])
    return g.connection


def _connect(file):
    connection = sqlite3.connect(file, timeout=10)
    connection.row_factory = sqlite3.Row
    return connection


def _close(_error):
    connection = g.pop("connection", None)
    if connection is not None:
        connection.close()
