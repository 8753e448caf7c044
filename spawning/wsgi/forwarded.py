"""Whom the environ calls the client when proxies are in front.

A proxy that is named by `--forwarded-allow-ips` is believed what it says in the
X-Forwarded fields.  Rules:
1. It is the peer of the socket that has to be named, not somebody who is named
   in a PROXY header: only the peer has written the fields.
2. X-Forwarded-For is read from its end, where the last proxy wrote.  The first
   address that is not named is the client; if all are, the first of the field.
   What stands left of the client, the client may have written itself.
3. An entry that is no address ends the way: who wrote what is left of it is unknown.
4. Of the other fields the entry counts that the same proxy wrote, as far as that
   can be told: the one as far from the end as the client's.
5. What is malformed is as if it were not there.
6. Of a peer that is not named the fields are dropped: applications look at them.

Without the option the environ is left as it comes.
"""

from __future__ import annotations

import re
from typing import Any

from spawning.http.body import RequestBody
from spawning.http.framing import is_host
from spawning.http.peers import Peers, parse
from spawning.http.proxy_protocol import Source
from spawning.http.request import Request
from spawning.wsgi.environ import Endpoint, EnvironOf, environ_of

FOR, PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
HOST, PORT = "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"
MOST_HOPS = 64
"""Entries that are looked at; nobody has more proxies, and a client can write thousands."""

_SCHEMES = ("http", "https")
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_WITH_PORT = re.compile(r"(?:\[([^\]]*)\]|([^:\[\]]*))(?::([0-9]{1,5}))?", re.ASCII)


def environ_behind(proxies: Peers | None) -> EnvironOf:
    """Return what makes environs where proxies tell of their clients.

    `proxies` are those whose X-Forwarded fields are believed, None where these are
    not to be touched; a `Source` is always believed.
    """

    def environ(request: Request, peer: Any, end: Endpoint, body: RequestBody) -> dict[str, Any]:
        made = environ_of(request, peer, end, body)
        if isinstance(peer, Source):
            _name_client(made, peer.host, str(peer.port))
            peer = peer.via
        if proxies is not None:
            if proxies.has(peer):
                believe(made, proxies)
            else:
                for field in (FOR, PROTO, HOST, PORT):
                    made.pop(field, None)
        return made

    return environ


def believe(environ: dict[str, Any], proxies: Peers) -> None:
    """Change an environ as the X-Forwarded fields of a named peer say."""
    hops = 1
    if FOR in environ:
        client, hops = client_of(environ[FOR], proxies)
        if client is not None:
            _name_client(environ, *client)
    scheme = _entry(environ, PROTO, hops).lower()
    if scheme in _SCHEMES:
        environ["wsgi.url_scheme"] = scheme
    host = _entry(environ, HOST, hops)
    if host and is_host(host):
        name, port = _split(host)
        environ["HTTP_HOST"] = host
        environ["SERVER_NAME"] = name or environ["SERVER_NAME"]
        environ["SERVER_PORT"] = port or environ["SERVER_PORT"]
    port = _entry(environ, PORT, hops)
    if _is_port(port):
        environ["SERVER_PORT"] = port


def client_of(field: str, proxies: Peers) -> tuple[tuple[str, str] | None, int]:
    """Return the client (host, port or '') that X-Forwarded-For names, and how many hops away.

    None is the peer itself.
    """
    client = None
    hops = 0
    for entry in reversed(_entries(field)):
        found = _address(entry)
        if found is None:
            break
        client = found
        hops += 1
        if not proxies.has_host(found[0]):
            break
    return client, max(hops, 1)


def _address(entry: str) -> tuple[str, str] | None:
    """Return host and port of 1.2.3.4, 1.2.3.4:5, ::1, [::1] or [::1]:5; None for anything else."""
    host, port = (entry, "") if entry.count(":") > 1 and entry[0] != "[" else _split(entry)
    address = parse(host)
    if address is None or "%" in host or (port and not _is_port(port)):
        return None
    return str(address), port


def _split(text: str) -> tuple[str, str]:
    match = _WITH_PORT.fullmatch(text)
    return ((match[1] or match[2] or ""), match[3] or "") if match else ("", "")


def _is_port(text: str) -> bool:
    return _PORT.fullmatch(text) is not None and int(text) <= 0xFFFF


def _entries(field: str) -> list[str]:
    """Return the last entries of a list, empty ones left out (RFC 9110, 5.6.1)."""
    pieces = field.rsplit(",", MOST_HOPS)
    pieces = pieces[1:] if len(pieces) > MOST_HOPS else pieces
    return [entry for piece in pieces if (entry := piece.strip(" \t"))]


def _entry(environ: dict[str, Any], field: str, hops: int) -> str:
    """Return the entry that stands `hops` from the end, the first where there are fewer."""
    entries = _entries(environ.get(field, ""))
    return entries[-min(hops, len(entries))] if entries else ""


def _name_client(environ: dict[str, Any], host: str, port: str) -> None:
    environ["REMOTE_ADDR"] = host
    if host and port:
        environ["REMOTE_PORT"] = port
    else:
        environ.pop("REMOTE_PORT", None)
