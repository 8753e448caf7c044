"""Who asks, and what is asked, as far as proxies are believed what they tell.

A browser behind a proxy has asked for the proxy's host, and its pages are of that origin:
so what a believed proxy says of the host counts, as it does for the application.
"""

from __future__ import annotations

import os
from typing import Any

from spawning.config import Config
from spawning.http.body import RequestBody
from spawning.http.peers import Peers, parse
from spawning.http.proxy_protocol import Source
from spawning.http.request import Request
from spawning.wsgi.environ import Endpoint, address_of, environ_of
from spawning.wsgi.forwarded import FOR, environ_behind
from spawning_devtools import owners
from spawning_devtools.cover.keeper.guard import Visitor

VISITOR = "spawning.coverage.visitor"
"""Where an environ has who asks."""


class Visitors:
    """Makes environs that name their visitor."""

    def __init__(self, config: Config, inside: Endpoint) -> None:
        """At `inside` only those connect whom the kernel has told to be one of us."""
        names = config.forwarded_allow_ips
        self._proxies = Peers(names) if names else None
        self._behind = environ_behind(self._proxies)
        self._inside = inside

    def environ_of(
        self, request: Request, peer: Any, end: Endpoint, body: RequestBody
    ) -> dict[str, Any]:
        """Return the environ of a request; its fields are as they came, but for Host."""
        environ = environ_of(request, peer, end, body)
        believed = self._behind(request, peer, end, body)
        if "HTTP_HOST" in believed:
            environ["HTTP_HOST"] = believed["HTTP_HOST"]
        is_introduced = isinstance(peer, Source)
        via = peer.via if isinstance(peer, Source) else peer
        is_told = self._proxies is not None and self._proxies.has(via) and FOR in environ
        environ[VISITOR] = Visitor(
            address_of(via),
            believed["REMOTE_ADDR"] if is_introduced or is_told else None,
            end is self._inside,
            is_same_user=isinstance(via, tuple) and _is_same_user(via[0], via[1], end),
        )
        return environ


def _is_same_user(address: str, port: int, end: Endpoint) -> bool:
    found = parse(address)
    if found is None or not found.is_loopback:
        return False
    user = owners.user_of(address, port, int(end.environ["SERVER_PORT"]))
    return user in (0, os.geteuid()) and user != owners.nobody()
