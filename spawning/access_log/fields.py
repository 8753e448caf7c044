"""The fields of a format of the user's own: `'%(h)s %(r)s %(s)s'` becomes a function.

The names are those of gunicorn, and a few of ours, so a format from there works
unchanged.  What a client sent is escaped in each of them; what has no value is a
dash.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from spawning.access_log import moment
from spawning.access_log.escape import quoted, word
from spawning.access_log.record import Origin, Record
from spawning.errors import did_you_mean

Field = Callable[[Record], object]

_PLACE = re.compile(
    r"%(?:(?P<percent>%)|\((?P<name>[^)]*)\)(?P<how>[-+ #0]*[0-9]*(?:s|(?:\.[0-9]+)?[dif]))|)"
)
# No precision for text: it would cut an escape in two, and the rest would be a client's.
_OF_A_MAPPING = re.compile(r"\{(?P<key>.+)\}(?P<kind>[ioe])")
_UNPREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")


def _dash(text: object) -> str:
    return quoted(str(text)) or "-"


def user_of(record: Record) -> str:
    """Return the name that the client was known by, empty where it gave none.

    The one that the application settled (RFC 3875, 4.1.11), else that of HTTP Basic.
    """
    known = record.environ.get("REMOTE_USER")
    if known:
        return str(known)
    scheme, _, credentials = record.headers.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return binascii.a2b_base64(credentials).partition(b":")[0].decode(errors="replace")
    except ValueError:
        return ""


PLAIN: Mapping[str, Field] = {
    "h": lambda record: word(record.client),
    "l": lambda _: "-",
    "u": lambda record: word(user_of(record)),
    "t": lambda record: f"[{moment.common(int(record.time))}]",
    "r": lambda record: quoted(record.line),
    "m": lambda record: _dash(record.method),
    "U": lambda record: _dash(record.target.partition("?")[0]),
    "q": lambda record: quoted(record.target.partition("?")[2]),
    "H": lambda record: _dash(record.protocol),
    "s": lambda record: record.status,
    "b": lambda record: record.sent or "-",
    "B": lambda record: record.sent,
    "f": lambda record: _dash(record.headers.get("HTTP_REFERER", "")),
    "a": lambda record: _dash(record.headers.get("HTTP_USER_AGENT", "")),
    "T": lambda record: int(record.seconds),
    "M": lambda record: int(record.seconds * 1e3),
    "D": lambda record: int(record.seconds * 1e6),
    "L": lambda record: f"{record.seconds:.6f}",
    "id": lambda record: record.id,
    "time": lambda record: moment.iso(record.time),
    "cut": lambda record: record.cut or "-",
}
OF_THE_PROCESS: Mapping[str, Callable[[Origin], object]] = {
    "p": lambda origin: f"<{origin.pid}>",
    "generation": lambda origin: origin.generation,
    "worker": lambda origin: origin.worker,
}
OF_MAPPINGS = ("{header}i", "{header}o", "{variable}e")


def compiled(text: str, origin: Origin) -> Callable[[Record], str]:
    """Return what makes a line of `text`; raises ValueError with a clause that says why not."""
    fields: list[Field] = []
    template = ""
    end = 0
    for place in _PLACE.finditer(text):
        template += text[end : place.start()]
        end = place.end()
        if place["percent"]:
            template += "%%"
        elif place["name"] is None:
            raise ValueError(
                f"'{text[place.start() : place.start() + 8]}' is no field: they look like"
                " %(h)s, and a percent sign is written %%"
            )
        else:
            template += "%" + place["how"]
            fields.append(_field(place["name"], origin))
    template += text[end:] + "\n"
    if "\n" in text or "\r" in text:
        raise ValueError("it has a line break, and an entry is one line")

    def line(record: Record) -> str:
        return template % tuple([field(record) for field in fields])

    try:
        line(Record("192.0.2.1", "id", "GET", "/", "HTTP/1.1", 200, 0, 0.0))
    except (TypeError, ValueError) as error:
        raise ValueError(f"a field cannot be written as it asks: {error}") from None
    return line


def _field(name: str, origin: Origin) -> Field:
    if name in PLAIN:
        return PLAIN[name]
    if name in OF_THE_PROCESS:
        value = OF_THE_PROCESS[name](origin)
        return lambda _: value
    match = _OF_A_MAPPING.fullmatch(name)
    if match is None:
        known = [*PLAIN, *OF_THE_PROCESS, *OF_MAPPINGS]
        hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise ValueError(f"it has no field '{name}': {hint}")
    key = match["key"]
    if match["kind"] == "i":
        return _request_header(key)
    return _response_header(key) if match["kind"] == "o" else _variable(key)


def _request_header(name: str) -> Field:
    key = name.upper().replace("-", "_")
    if key not in _UNPREFIXED:
        key = "HTTP_" + key
    return lambda record: _dash(record.headers.get(key, ""))


def _response_header(name: str) -> Field:
    lower = name.lower()

    def values(headers: Iterable[Sequence[str]]) -> Iterable[str]:
        return (value for name, value in headers if name.lower() == lower)

    return lambda record: _dash(", ".join(values(record.response_headers)))


def _variable(name: str) -> Field:
    # gunicorn has them all in lower case; the environ has both.
    spellings = (name, name.upper(), name.lower())

    def value(environ: Mapping[str, Any]) -> object:
        return next((environ[key] for key in spellings if key in environ), "")

    return lambda record: _dash(value(record.environ))
