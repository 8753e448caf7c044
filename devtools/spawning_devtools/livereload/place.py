"""Where in a page the script goes: right after `<head>`, or else at the end; pure.

`</body>` was not chosen: it also stands in scripts and comments, where our tag
would break the page, and a page that streams for ever never comes to it.  Before
`<head>` only a doctype, comments and `<html>` can stand, so that its place is known
from the first piece, and nothing has to be kept back.
"""

from __future__ import annotations

import re

SEARCHED = 4096
"""Bytes of the first piece."""
_BLANK = rb"(?:\s|<!--.*?-->)*"
_ATTRIBUTES = rb"(?:\s(?:[^>\"']|\"[^\"]*\"|'[^']*')*)?"
_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?" + _BLANK + rb"(<!doctype[^>]*>)?"
    rb"(?:" + _BLANK + rb"(<html" + _ATTRIBUTES + rb">))?"
    rb"(?:" + _BLANK + rb"(<head" + _ATTRIBUTES + rb">))?",
    re.IGNORECASE | re.DOTALL,
)


def in_head(piece: bytes) -> int | None:
    """Return where in the first piece of a page a script may stand, None for nowhere."""
    match = _BEGINNING.match(piece[:SEARCHED])
    return match.end(match.lastindex) if match and match.lastindex else None
