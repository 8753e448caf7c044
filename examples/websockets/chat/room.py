"""What was said, and who is here: what everybody in this process shares."""

import contextlib
import sqlite3
import time
from collections import Counter

from eventlet.event import Event

LATEST = 200
"""So many messages are shown to somebody new."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    said REAL NOT NULL
)
"""


class Room:
    """Those who are here wait until anything is different from what they know.

    Each change has a number.  Who has worked off change 7 waits with 7, and goes on at once if
    there is an 8 already: nothing that happens while somebody is being told is missed.
    """

    def __init__(self, file):
        """The file is opened by whoever comes first, so that nothing is open before a fork."""
        self._file = file
        self._opened = None
        self._here = Counter()
        self.change = 0
        self._changed = Event()

    @property
    def names(self):
        """Of those who are here, each once."""
        return sorted(self._here, key=str.casefold)

    @contextlib.contextmanager
    def entered(self, name):
        """Be here."""
        self._here[name] += 1
        self._tell()
        try:
            yield
        finally:
            self._here[name] -= 1
            self._here += Counter()  # without those that are 0
            self._tell()

    def say(self, key, name, text):
        """Keep a message; one that is known by its key is kept once."""
        self._database.execute(
            "INSERT OR IGNORE INTO message (key, name, text, said) VALUES (?, ?, ?, ?)",
            [key, name, text, time.time()],
        )
        self._tell()

    def said(self, after):
        """Return the latest messages beyond a number, in their order."""
        query = "SELECT * FROM message WHERE number > ? ORDER BY number DESC LIMIT ?"
        found = self._database.execute(query, [after, LATEST]).fetchall()
        return [dict(row) for row in reversed(found)]

    def wait(self, change):
        """Return when there is a later change than this one."""
        if self.change == change:
            self._changed.wait()

    def _tell(self):
        self.change += 1
        changed, self._changed = self._changed, Event()
        changed.send()

    @property
    def _database(self):
        if self._opened is None:
            self._file.parent.mkdir(exist_ok=True)
            self._opened = sqlite3.connect(self._file, isolation_level=None)
            self._opened.row_factory = sqlite3.Row
            self._opened.execute(SCHEMA)
        return self._opened
