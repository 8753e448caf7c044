"""Heads of the plainest form, which every parser reads alike; pure.

Rules:
1. Plain is a part of what RFC 9112 and 9110 allow and of what llhttp takes, without anything
   to think about: one blank where there may be several, letters, digits and hyphens in names,
   visible ASCII in values.  Tests hold it against llhttp.
2. No field is plain that delimits the message or says what becomes of the connection.
3. Nothing is refused here.  What is not plain goes to llhttp, which knows why it is not.
"""

from __future__ import annotations

import re

from spawning.http.framing import is_host
from spawning.http.parser import meta_variable_of

_BEGINNING = re.compile(
    rb"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/[\w.~!$&'()*+,;=:@/?%-]*) HTTP/1\.1\r\n"
)
_NAME = re.compile(r"[A-Za-z0-9-]+")
DEPEND = frozenset({"HTTP_HOST", "HTTP_CONNECTION"})
"""Fields that are plain with some plain values and not with others."""
_DELIMIT = frozenset(
    {
        "CONTENT_LENGTH",
        "HTTP_CONNECTION",
        "HTTP_EXPECT",
        "HTTP_PROXY_CONNECTION",
        "HTTP_TRANSFER_ENCODING",
        "HTTP_UPGRADE",
    }
)


def plain_beginning(line: bytes) -> tuple[str, str] | None:
    """Return method and target of a plain request line, with its end."""
    found = _BEGINNING.fullmatch(line)
    return None if found is None else (found[1].decode(), found[2].decode())


def plain_name(name: str) -> str:
    """Return the meta-variable of a field's name; empty where the field may not be plain."""
    key = meta_variable_of(name) if _NAME.fullmatch(name) else ""
    return "" if key in _DELIMIT else key


def is_plain_value(value: str) -> bool:
    """Return whether a value is visible ASCII, with blanks inside at most."""
    # As methods of `str`: an expression takes twice as long.
    return value != "" and value.isascii() and value.isprintable() and value.strip(" ") == value


def plain_field(line: str) -> tuple[str, str] | None:
    """Return meta-variable and value of a plain field, without its end."""
    name, _, value = line.partition(": ")
    if not is_plain_value(value):
        return None
    key = plain_name(name)
    if key == "HTTP_HOST" and not is_host(value):
        return None
    if key:
        return key, value
    # Most browsers say what HTTP/1.1 does anyway.
    return ("HTTP_CONNECTION", value) if line == "Connection: keep-alive" else None
