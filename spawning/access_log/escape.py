r"""Text of a client in a log: it can neither end its quotes nor forge a line.

Quotes, backslashes and whatever is not printable are written as Python and C
write them: `\"`, `\\`, `\n`, `\x1b`.  So is, later, what is not ASCII.
"""

from __future__ import annotations

import functools

REMEMBERED = 64
"""Longest word that is remembered; a client can send long ones, and many."""


def quoted(text: str) -> str:
    """Return `text` as it may stand between double quotes."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return escaped if escaped.isprintable() else repr(escaped)[1:-1].replace("\\\\", "\\")


def word(text: str) -> str:
    """Return `text` as it may stand without quotes between two blanks; `-` for nothing."""
    return _remembered_word(text) if len(text) < REMEMBERED else _word(text)


def _word(text: str) -> str:
    # A user who is called `x [today] "GET / HTTP/1.1" 200 0` would otherwise be a line.
    return quoted(text).replace(" ", r"\x20").replace("[", r"\x5b") or "-"


_remembered_word = functools.lru_cache(maxsize=256)(_word)
