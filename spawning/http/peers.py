"""Which peers are meant by a list of addresses, networks, 'unix' and '*'.

Only the address at the other end of the socket is asked about, never one that
somebody claims.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Iterable
from typing import Any

from spawning.config.values import EVERYONE, UNIX_PEER

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

REMEMBERED = 4096


class Peers:
    """The peers that a list names; what it says of an address is remembered."""

    def __init__(self, names: Iterable[str]) -> None:
        names = tuple(names)
        self._everyone = EVERYONE in names
        self._unix = self._everyone or UNIX_PEER in names
        self._networks = [
            ipaddress.ip_network(name, strict=False)
            for name in names
            if name not in (EVERYONE, UNIX_PEER)
        ]
        # Parsing an address takes several microseconds, and peers come again and again.
        self._has_host = functools.lru_cache(maxsize=REMEMBERED)(self._look_up)

    def has(self, peer: Any) -> bool:
        """Return whether a socket's peer, as `accept` tells it, is one of them."""
        # That of a unix socket is a path, which is empty as a rule.
        return self._has_host(peer[0]) if isinstance(peer, tuple) else self._unix

    def has_host(self, host: str) -> bool:
        """Return whether an address, without a port, is one of them."""
        return self._has_host(host)

    def _look_up(self, host: str) -> bool:
        if self._everyone:
            return True
        address = parse(host)
        return address is not None and any(address in network for network in self._networks)


def parse(host: str) -> IpAddress | None:
    """Return an address, None where it is none; one of IPv4 in IPv6's clothes is IPv4."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
