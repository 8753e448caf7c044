"""Who may see coverage, and who may change what is measured; pure.

What is shown is source code.  Rules:
1. The user who has started the server and root may look, from this machine, and whom
   `--coverage-allow-ips` names; nobody else.
2. A proxy on this machine speaks for others, and not every one says so.  So the user counts:
   a proxy has one of its own, as a rule.  What came through one that says so is not local,
   unless the option names the proxy, or the client that a believed proxy tells of.
3. A browser on this machine must have meant us: a site elsewhere may have a name that
   leads here (DNS rebinding), and then the Host field has that name.
4. Only our own pages change anything, and programs that are no browsers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from spawning.http.peers import Peers, parse
from spawning_devtools.browsers import means_us

OPTION = "--coverage-allow-ips"
FOREIGN = "Only a page of coverage's own changes what is measured, or a program such as curl."
_PROXIED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")


@dataclasses.dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks."""

    peer: str
    """The address at the other end of the connection; '' where that is a unix socket."""
    client: str | None = None
    """Whom a proxy that is believed speaks for, '' where it does not know; None without one."""
    is_admitted: bool = False
    """Whether the kernel has told that it is one of us, before a byte was read."""
    is_same_user: bool = False
    """Whether the kernel tells that it is on this machine, of our own user or of root."""


def refusal(visitor: Visitor, environ: Mapping[str, str], allowed: Peers) -> str:
    """Return why a request is not answered: a sentence, '' where it is answered."""
    if visitor.is_admitted or _is_named(visitor, allowed):
        return ""
    named = visitor.peer or "unix"
    if visitor.client:
        return (
            f"Coverage shows source code, to this machine only: to show it to {visitor.client}"
            f" as well, start the server with {OPTION}={visitor.client}."
        )
    if visitor.client is not None or any(field in environ for field in _PROXIED):
        return (
            "Coverage shows source code, and this request came through a proxy: to show it to"
            f" all whom the proxy lets in, start the server with {OPTION}={named}."
        )
    if not visitor.peer:
        return (
            "Coverage shows source code, and who asks by way of a unix socket speaks for others:"
            f" to show it to all of them, start the server with {OPTION}=unix."
        )
    if not _is_local(visitor.peer):
        return (
            "Coverage shows source code, to this machine only: to show it to you as well,"
            f" start the server with {OPTION}={named}."
        )
    if not visitor.is_same_user:
        return (
            "Coverage shows source code, to the user who started the server: to show it to all"
            f" users and proxies of this machine, start the server with {OPTION}={named}."
        )
    if not means_us(environ.get("HTTP_HOST", ""), environ["SERVER_NAME"]):
        return (
            "Coverage shows source code, and this host name may lead here from anywhere:"
            f" ask localhost for it, or start the server with {OPTION}={named}."
        )
    return ""


def _is_named(visitor: Visitor, allowed: Peers) -> bool:
    # As `Peers` has them: who is on a unix socket has no address.
    is_peer = allowed.has_host(visitor.peer) if visitor.peer else allowed.has("")
    return is_peer or (visitor.client is not None and allowed.has_host(visitor.client))


def _is_local(peer: str) -> bool:
    address = parse(peer)
    return address is not None and address.is_loopback
