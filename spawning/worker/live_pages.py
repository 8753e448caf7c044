"""How a worker serves pages that refresh by themselves; what they are told is not its business."""

from __future__ import annotations

import sys
from typing import Any

from spawning.config import Config
from spawning.devhooks import LivePages
from spawning.gate import Gate
from spawning.http.body import RequestBody
from spawning.http.connection import Connection
from spawning.http.errors import BadRequest
from spawning.http.gateway import Gateway
from spawning.http.parking import Parking
from spawning.http.request import Request
from spawning.wsgi.handler import Handler


class Beside:
    """Answers the questions of pages beside the application; implements `gateway.Gateway`.

    They stand in no access log, count for no `--max-requests`, and no mount and no
    middleware of the application sees them.
    """

    def __init__(self, gateway: Gateway, pages: LivePages) -> None:
        self._gateway = gateway
        self._paths = pages.paths
        self._own = Handler(pages.application, sys.stderr, None)

    def answer(self, connection: Connection, request: Request, body: RequestBody) -> bool:
        """Answer; return whether the connection may stay open."""
        is_own = request.target.partition("?")[0] in self._paths
        return (self._own if is_own else self._gateway).answer(connection, request, body)

    def refusal(self, connection: Connection, error: BadRequest, received: bytes) -> bytes:
        """Return the response to a request that is refused."""
        return self._gateway.refusal(connection, error, received)


def beside(gateway: Gateway, pages: LivePages | None) -> Gateway:
    """Return the gateway, and what answers pages beside it."""
    return Beside(gateway, pages) if pages is not None and pages.paths else gateway


def around(application: Any, pages: LivePages | None) -> Any:
    """Return the application, whose pages ask for news."""
    return pages.around(application) if pages is not None else application


def parking(config: Config, gate: Gate, pages: LivePages | None) -> Parking | None:
    """Return what requests may have to wait for, None where they begin at once."""
    if pages is not None:
        waits = pages.waits
        return Parking(gate.hold, lambda request: waits(request.target, request.headers))
    return Parking(gate.hold, lambda _request: None) if config.hold_time else None
