"""The messages, in a file of SQLite that all processes share."""

import sqlite3
import time

LATEST = 50
"""So many messages are on the board."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    said REAL NOT NULL
)
"""


class Store:
    """Opened by the first request, so that nothing is open before a fork."""

    def __init__(self, file):
        self._file = file
        self._opened = None

    def add(self, name, text):
        """Keep a message."""
        self._database.execute(
            "INSERT INTO message (name, text, said) VALUES (?, ?, ?)", [name, text, time.time()]
        )

    def after(self, number):
        """Return the latest messages beyond a number, in their order."""
        query = "SELECT * FROM message WHERE number > ? ORDER BY number DESC LIMIT ?"
        found = self._database.execute(query, [number, LATEST]).fetchall()
        return [dict(row) for row in reversed(found)]

    @property
    def _database(self):
        if self._opened is None:
            self._file.parent.mkdir(exist_ok=True)
            self._opened = sqlite3.connect(self._file, timeout=10, isolation_level=None)
            self._opened.row_factory = sqlite3.Row
            self._opened.execute(SCHEMA)
        return self._opened
