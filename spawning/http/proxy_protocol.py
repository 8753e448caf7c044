"""The PROXY protocol, versions 1 and 2: who the client of a proxy is (pure).

A proxy that is configured so sends one header when it connects, before anything
of the client's.  Rules, after the specification (haproxy.org, proxy-protocol.txt):
1. It is read strictly: what is not exactly a header is refused, as early as its
   first wrong byte, however it arrives.
2. `LOCAL`, `UNKNOWN` and unix sockets say nothing of a client: it is the peer.
3. What follows the addresses in version 2 is skipped.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from spawning.http.errors import BadRequest
from spawning.http.framing import BAD_REQUEST
from spawning.http.limits import Limits

V1_BEGINNING = b"PROXY "
V1_LONGEST = 107
"""Bytes of a header of version 1, its CR LF included."""
V2_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
V2_FIXED = 16
V2_LONGEST = 8192
"""Bytes after the fixed part; a certificate among them still fits."""

_LOCAL, _PROXY = 0x20, 0x21
_UNSPECIFIED, _TCP4, _TCP6, _UNIX = 0x00, 0x11, 0x21, 0x31
_SHORTEST = {_UNSPECIFIED: 0, _TCP4: 12, _TCP6: 36, _UNIX: 216}
_PORT = re.compile(rb"0|[1-9][0-9]{0,4}")
_WRONG = "the connection does not begin with a proper PROXY header"


class Source(NamedTuple):
    """A peer whose connection has begun with a PROXY header; as good as (host, port)."""

    host: str
    """Address of the client; empty where nothing is known but that it is on a unix socket."""
    port: int
    via: Any
    """The peer that said so."""

    @classmethod
    def of(cls, said: tuple[str, int] | None, peer: Any) -> Source:
        """Return what `peer` said, or the peer itself where it said nothing."""
        host, port = said or (peer[:2] if isinstance(peer, tuple) else ("", 0))
        return cls(host, port, peer)

    def packed(self) -> bytes:
        """Return host and port as `unpacked` takes them."""
        return f"{self.host} {self.port}".encode("ascii")

    @classmethod
    def unpacked(cls, data: bytes, peer: Any) -> Source:
        """Return what was packed of a connection with `peer`."""
        host, _, port = data.decode("ascii").partition(" ")
        return cls(host, int(port), peer)


class Header(NamedTuple):
    """A header that is whole."""

    client: tuple[str, int] | None
    """None where it says nothing of a client."""
    size: int
    """How many bytes it had."""


class Introduction:
    """A header on its way; stands where otherwise a head that comes in pieces does."""

    __slots__ = ("_done", "received")

    def __init__(self, done: Callable[[Header, bytes], None]) -> None:
        self._done = done
        """Called with the header, once it is whole, and what came after it."""
        self.received = b""

    def add(self, data: bytes, _limits: Limits) -> None:
        """Take a piece; raises BadRequest."""
        self.received += data
        header = read(self.received)
        if header is not None:
            self._done(header, self.received[header.size :])

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come."""
        return not self.received


def read(data: bytes) -> Header | None:
    """Return the header that `data` begins with, None as long as it is not whole.

    Raises BadRequest.
    """
    if V1_BEGINNING.startswith(data[: len(V1_BEGINNING)]):
        return _version_1(data)
    if V2_SIGNATURE.startswith(data[: len(V2_SIGNATURE)]):
        return _version_2(data)
    raise BadRequest(BAD_REQUEST, _WRONG)


def _version_1(data: bytes) -> Header | None:
    end = data.find(b"\r", 0, V1_LONGEST - 1)
    if end < 0:
        if len(data) >= V1_LONGEST - 1:
            raise BadRequest(BAD_REQUEST, "the PROXY header does not end")
        return None
    if data[end + 1 : end + 2] != b"\n":
        if len(data) > end + 1:
            raise BadRequest(BAD_REQUEST, _WRONG)
        return None
    words = data[len(V1_BEGINNING) : end].split(b" ")
    # What comes after UNKNOWN is to be ignored.
    client = None if words[0] == b"UNKNOWN" else _client_of_version_1(words)
    return Header(client, end + 2)


def _client_of_version_1(words: list[bytes]) -> tuple[str, int]:
    kinds: dict[bytes, type[ipaddress.IPv4Address | ipaddress.IPv6Address]] = {
        b"TCP4": ipaddress.IPv4Address,
        b"TCP6": ipaddress.IPv6Address,
    }
    try:
        family, source, destination, port, other_port = words
        kind = kinds[family]
        hosts = [kind(host.decode("ascii")) for host in (source, destination)]
        ports = [int(number) for number in (port, other_port) if _PORT.fullmatch(number)]
    except (ValueError, KeyError):
        raise BadRequest(BAD_REQUEST, _WRONG) from None
    if len(ports) < 2 or max(ports) > 0xFFFF or b"%" in source + destination:
        raise BadRequest(BAD_REQUEST, _WRONG)
    return _text(hosts[0]), ports[0]


def _version_2(data: bytes) -> Header | None:
    if len(data) > 12 and data[12] not in (_LOCAL, _PROXY):
        raise BadRequest(BAD_REQUEST, _WRONG)
    if len(data) > 13 and data[12] == _PROXY and data[13] not in _SHORTEST:
        raise BadRequest(BAD_REQUEST, "the PROXY header is about no stream")
    if len(data) < V2_FIXED:
        return None
    command, family, length = data[12], data[13], int.from_bytes(data[14:16], "big")
    if length > V2_LONGEST:
        raise BadRequest(BAD_REQUEST, "the PROXY header is too long")
    if command == _PROXY and length < _SHORTEST[family]:
        raise BadRequest(BAD_REQUEST, "the PROXY header is too short for its addresses")
    if len(data) < V2_FIXED + length:
        return None
    client = None
    if command == _PROXY and family == _TCP4:
        client = _client_of_version_2(data, 4)
    elif command == _PROXY and family == _TCP6:
        client = _client_of_version_2(data, 16)
    return Header(client, V2_FIXED + length)


def _client_of_version_2(data: bytes, size: int) -> tuple[str, int]:
    host = ipaddress.ip_address(data[V2_FIXED : V2_FIXED + size])
    port_at = V2_FIXED + 2 * size
    return _text(host), int.from_bytes(data[port_at : port_at + 2], "big")


def _text(host: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return str(getattr(host, "ipv4_mapped", None) or host)
