"""What a client is, by what it says first; pure.

A browser speaks at once, and its first word is a method: no page can have it send
anything else first.  So a port of this machine that any page may post to can be told
from one that evaluates what it is sent.  Whoever speaks before the banner and is no
client of ours is no person either, and is not heard: programs that can be talked into
sending text to a port (a fetcher that knows gopher) begin with what they were given.
"""

from __future__ import annotations

import enum
import json
import re
from typing import Any

VERSION = 1
LONGEST_GREETING = 1 << 16


class First(enum.Enum):
    """What the first bytes of a client are."""

    NOTHING = "nothing"
    """Nothing was said yet."""
    PART = "part"
    """The beginning of our client's first line."""
    OURS = "ours"
    HTTP = "http"
    EAGER = "eager"
    """Somebody speaks who was not asked to."""


_OURS = b"spawnctl "
_METHOD = re.compile(rb"[A-Z][A-Z0-9_-]{0,40} ")
_TLS = b"\x16\x03"
# After the banner a person types Python: only what no person types is a request.
_REQUEST = re.compile(
    rb"[A-Z]+ (?:/|\*|https?:|[^ ]+:[0-9]+ HTTP/)|[A-Za-z!#$%&'*+.^_`|~-]+ [^ ]+ HTTP/[0-9]"
)
_NEGOTIATION = re.compile(rb"(?:\xff(?:[\xfb-\xfe].|\xfa.*?\xff\xf0|[\xf1-\xf9]))*", re.DOTALL)
_UNFINISHED = re.compile(rb"\xff(?:[\xfb-\xfe]?|\xfa.*)\Z", re.DOTALL)


def judge(said: bytes) -> First:
    """Return what a client is that has said this before it was greeted."""
    if said.startswith(_TLS):
        return First.HTTP
    said = without_negotiation(said)
    if not said or _UNFINISHED.match(said):
        return First.NOTHING
    if said.startswith(_OURS) or _OURS.startswith(said):
        if b"\n" in said:
            return First.OURS if greeting(said) is not None else First.EAGER
        return First.PART if len(said) <= LONGEST_GREETING else First.EAGER
    return First.HTTP if _METHOD.match(said) or _REQUEST.match(said) else First.EAGER


def greeting(said: bytes) -> tuple[dict[str, Any], bytes] | None:
    """Return what our client says of itself, and what follows; None where it is none of ours.

    Only plain values are taken: what is nested deeply could be read here and not written.
    """
    line, _, rest = without_negotiation(said).partition(b"\n")
    word, _, about = line.removeprefix(_OURS).partition(b" ")
    if not line.startswith(_OURS) or word != b"%d" % VERSION:
        return None
    try:
        told = json.loads(about)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    return {key: value for key, value in told.items() if not isinstance(value, (dict, list))}, rest


def is_request(said: bytes) -> bool:
    """Return whether the first line after the banner is a request, or the hello of TLS."""
    return said.startswith(_TLS) or bool(_REQUEST.match(without_negotiation(said)))


def without_negotiation(said: bytes) -> bytes:
    """Return what was said after what a telnet has to say of terminals."""
    match = _NEGOTIATION.match(said)
    return said[match.end() :] if match else said
