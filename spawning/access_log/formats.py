"""The forms of a line, by the name that `--access-log-format` gives them.

    ''        127.0.0.1 - - [24/Nov/2026 12:58:35] "GET /path HTTP/1.1" 200 1234 0.001234
    common    127.0.0.1 - ann [24/Nov/2026:12:58:35 +0100] "GET /path HTTP/1.1" 200 1234
    combined  the same, and "Referer" "User-Agent"
    json      {"time":"2026-11-24T12:58:35.123+01:00","id":...}
    other     fields of the user's own (see `fields`)

The first is the form of 0.9.7.  It and the two standard forms are exactly what they
have always been, and then go on with what we know besides, as words with a name:

    ... id=5f0c6e1d3a-2f g=3 w=7 s=0.001234 cut=client

request id, generation, worker, seconds (where the form has none), and by what the
response was cut.  Programs that read these forms take what they know from the left;
a name before each word keeps a client's id from passing for something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring_ascii as _json_string

from spawning.access_log import fields, moment
from spawning.access_log.escape import quoted, word
from spawning.access_log.record import Origin, Record
from spawning.errors import did_you_mean

Format = Callable[[Record], str]
"""From a record to its line, with its end."""

_COLOURS = {"1": "36", "2": "32", "3": "36", "4": "33", "5": "31"}
_PLAIN_STATUS = re.compile(r'([^\[]*\[[^\]]*\] "[^"\\]*(?:\\.[^"\\]*)*" )(([1-5])\d\d) ')


def compiled(text: str, origin: Origin) -> Format:
    """Return the format that a user has named; raises ValueError with a clause for the user."""
    make = _NAMED.get(text)
    if make is not None:
        return make(origin)
    if "%" not in text:
        hint = did_you_mean(text, [name for name in _NAMED if name])
        raise ValueError(
            hint or "it is common, combined, json, or fields such as '%(h)s \"%(r)s\" %(s)s'"
        )
    return fields.compiled(text, origin)


def check(text: str) -> None:
    """Raise ValueError where `compiled` would."""
    compiled(text, Origin(0, 0, 0))


def coloured(line: str) -> str:
    """Return a line of the form of 0.9.7 with its status in colour, for a terminal."""
    return _PLAIN_STATUS.sub(
        lambda found: f"{found[1]}\x1b[{_COLOURS[found[3]]}m{found[2]}\x1b[0m ", line, count=1
    )


# ---------------------------------------------------------------- as text


def _plain(origin: Origin) -> Format:
    whence = f" g={origin.generation} w={origin.worker}"
    whole = f"{whence}\n"

    def line(record: Record) -> str:
        end = f"{whence}{_cut(record)}\n" if record.cut else whole
        return (
            f"{word(record.client)} - - [{moment.plain(int(record.time))}]"
            f' "{quoted(record.line)}" {record.status} {record.sent} {record.seconds:.6f}'
            f" id={record.id}{end}"
        )

    return line


def _common(origin: Origin) -> Format:
    def line(record: Record) -> str:
        return f"{_beginning(record)}{_rest(record, origin)}"

    return line


def _combined(origin: Origin) -> Format:
    def line(record: Record) -> str:
        referer = quoted(record.headers.get("HTTP_REFERER", "")) or "-"
        agent = quoted(record.headers.get("HTTP_USER_AGENT", "")) or "-"
        return f'{_beginning(record)} "{referer}" "{agent}"{_rest(record, origin)}'

    return line


def _beginning(record: Record) -> str:
    return (
        f"{word(record.client)} - {word(fields.user_of(record))}"
        f' [{moment.common(int(record.time))}] "{quoted(record.line)}"'
        f" {record.status} {record.sent or '-'}"
    )


def _rest(record: Record, origin: Origin) -> str:
    return (
        f" id={record.id} g={origin.generation} w={origin.worker}"
        f" s={record.seconds:.6f}{_cut(record)}\n"
    )


def _cut(record: Record) -> str:
    return f" cut={record.cut}" if record.cut else ""


# ---------------------------------------------------------------- as JSON


def _json(origin: Origin) -> Format:
    whence = f'"generation":{origin.generation},"worker":{origin.worker},"pid":{origin.pid}'
    string = _json_string

    def line(record: Record) -> str:
        path, _, query = record.target.partition("?")
        headers = record.headers
        # Put together by hand, as it takes a third of the time that a dictionary would.
        return (
            f'{{"time":"{moment.iso(record.time)}","id":{string(record.id)},'
            f'"client":{string(record.client)},"method":{string(record.method)},'
            f'"path":{string(_text(path))},"query":{string(_text(query))},'
            f'"protocol":{string(record.protocol)},"status":{record.status},'
            f'"bytes":{record.sent},"seconds":{record.seconds:.6f},'
            f'"referer":{string(_text(headers.get("HTTP_REFERER", "")))},'
            f'"user_agent":{string(_text(headers.get("HTTP_USER_AGENT", "")))},'
            f"{whence}{_json_cut(record)}}}\n"
        )

    return line


def _json_cut(record: Record) -> str:
    return f',"cut":{_json_string(record.cut)}' if record.cut else ""


def _text(text: str) -> str:
    """Return what a client meant: its bytes are latin-1 to us, and UTF-8 to nearly everyone."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


_NAMED: Mapping[str, Callable[[Origin], Format]] = {
    "": _plain,
    "common": _common,
    "combined": _combined,
    "json": _json,
}
