"""How the names of files end that come and go by themselves, and are nobody's source."""

from __future__ import annotations

PASSING = (
    ".pyc", ".log", ".pid", ".lock", ".sock", ".db", ".sqlite", ".sqlite3", "-journal", "-wal",
    "-shm", ".swp", ".swx", ".tmp", ".bak", ".orig", ".rej", "~", "___",
)  # fmt: skip
"""Left by editors, databases and servers beside what a person writes."""
