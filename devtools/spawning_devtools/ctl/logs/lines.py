r"""The forms of an access log, as one pattern each that reads a line of any of them; pure.

Text: the form of 0.9.7, common, combined, with or without what Spawning adds to
them; whatever else follows on the line is ignored, so that what others add does
no harm.  JSON: that of Spawning, fast while it stands as Spawning wrote it, and by
a parser otherwise.

Patterns are made so that none goes back over a long line more than once, however
it was malformed: what may follow a piece is never what the piece is made of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any, NamedTuple

COLUMNS = ("time", "method", "path", "status")
"""What can be taken out of a line besides bytes and seconds, in the order of its groups."""

_ESCAPED_TEXT = rb'[^"\\\n]*(?:\\.[^"\\\n]*)*'
_TEXT = (
    rb'[^\["\n]*\[{time}\] "{method}(?: {path})?(?=[ ?"])' + _ESCAPED_TEXT + rb'" {status} '
    rb"(\d+|-)(?: (\d+\.\d+)(?=[ \n])|"
    rb'(?: "' + _ESCAPED_TEXT + rb'" "' + _ESCAPED_TEXT + rb'")?'
    rb"(?: id=[^ \n]+ g=\d+ w=\d+ s=(\d+\.\d+)(?=[ \n]))?)[^\n]*\n"
)
_TEXT_PIECES = {
    "time": rb"[^\]\n]{20,26}",
    "method": rb'[^ "\\\n]*(?:\\.[^ "\\\n]*)*',
    "path": rb'[^ ?"\\\n]*(?:\\.[^ ?"\\\n]*)*',
    "status": rb"\d{3}",
}
_JSON = (
    rb'\{"time":"{time}","id":"' + _ESCAPED_TEXT + rb'","client":"' + _ESCAPED_TEXT + rb'",'
    rb'"method":"{method}","path":"{path}","query":"'
    + _ESCAPED_TEXT
    + rb'","protocol":"'
    + _ESCAPED_TEXT
    + rb'","status":{status},"bytes":(\d+),"seconds":(\d+\.\d+)(),[^\n]*\}\n'
)
_JSON_PIECES = {
    "time": rb'[^"\n]*',
    "method": _ESCAPED_TEXT,
    "path": _ESCAPED_TEXT,
    "status": rb"\d+",
}
_METHOD = re.compile(r"[A-Z]+(?:-[A-Z]+)*")


class Line(NamedTuple):
    """What a single line says."""

    time: str
    method: str
    path: str
    status: str
    size: int
    seconds: float | None


def pattern(is_json: bool, wanted: Collection[str]) -> re.Pattern[bytes]:
    """Return what matches any line: a group for each column wanted, in the order of COLUMNS,
    then bytes, seconds, seconds again, and the whole line if it is not of this form.
    """
    whole, pieces = (_JSON, _JSON_PIECES) if is_json else (_TEXT, _TEXT_PIECES)
    for column, piece in pieces.items():
        group = b"(%b)" if column in wanted else b"(?:%b)"
        whole = whole.replace(b"{%b}" % column.encode(), group % piece)
    return re.compile(whole + rb"|([^\n]*\n)")


_ONE_OF_TEXT = pattern(False, COLUMNS)


def read(line: bytes) -> Line | None:
    """Return what a line of any form says, None where it is of none."""
    if line.startswith(b"{"):
        return _from_json(line)
    found = _ONE_OF_TEXT.match(line)
    if found is None or found[5] is None:
        return None
    seconds = found[6] or found[7]
    return Line(
        found[1].decode("latin-1"),
        method_of(unescaped(found[2])),
        unescaped(found[3] or b""),
        found[4].decode(),
        0 if found[5] == b"-" else int(found[5]),
        float(seconds) if seconds else None,
    )


def _from_json(line: bytes) -> Line | None:
    try:
        said: Any = json.loads(line)
        seconds = said.get("seconds")
        return Line(
            str(said["time"]),
            method_of(str(said["method"])),
            str(said["path"]),
            str(int(said["status"])),
            int(said["bytes"]),
            None if seconds is None else float(seconds),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def method_of(text: str) -> str:
    """Return a method, a dash for what a client sent in the place of one."""
    return text if _METHOD.fullmatch(text) else "-"


def unescaped(text: bytes) -> str:
    r"""Return the text that stands escaped in a line of text: `\"`, `\\`, `\x1b`."""
    if b"\\" in text:
        try:
            text = text.decode("unicode-escape").encode("latin-1")
        except UnicodeError:
            pass  # some other server's way to escape: as it stands
    return _as_text(text)


def unescaped_json(text: bytes) -> str:
    """Return the text that stands escaped in a line of JSON."""
    if b"\\" not in text:
        return _as_text(text)
    try:
        return str(json.loads(b'"%b"' % text))
    except ValueError:
        return _as_text(text)


def _as_text(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")
