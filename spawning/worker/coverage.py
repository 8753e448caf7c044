"""A worker whose lines are measured, and the requests that ask for them.

Such a request is answered by the keeper of the coverage: its connection goes there, with
what was received of it.  So it waits for no thread of the worker's and holds none, it
stands in no access log, and no middleware of the application sees it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from spawning.config import Config
from spawning.devhooks import DevHooks, Meter
from spawning.http.body import RequestBody
from spawning.http.connection import Connection
from spawning.http.engine import Engine
from spawning.http.errors import BadRequest
from spawning.http.gateway import Gateway
from spawning.http.request import Request
from spawning.messages import Boot, CoverageOrder

PATH = "/_coverage"


def is_for_keeper(target: str) -> bool:
    """Return whether a request asks for coverage: `/_coverage`, and what is below or beside it."""
    return target.startswith(PATH) and target[len(PATH) : len(PATH) + 1] in ("", "/", ".", "?")


class Coverage:
    """What is measured in one worker; harmless where nothing is."""

    def __init__(self) -> None:
        self._meter: Meter | None = None
        self._departures: socket.socket | None = None
        self._pass_on: Callable[[Connection, bytes], None] | None = None

    def start(self, hooks: DevHooks | None, config: Config, boot: Boot) -> None:
        """Measure from now on, if the configuration asks for it."""
        if hooks is None or not config.measures_coverage:
            return
        for number in boot.coverage:
            os.set_inheritable(number, False)
        self._departures = socket.socket(fileno=boot.coverage[0])
        self._meter = hooks.meter(config, boot)
        self._meter.start()

    def begin(self, boot: Boot) -> None:
        """This process is a worker now."""
        if self._meter is not None:
            self._meter.begin(boot)

    def import_is_over(self) -> None:
        """What runs from now on, requests have run."""
        if self._meter is not None:
            self._meter.import_is_over()

    def hear(self, order: CoverageOrder) -> None:
        """Measure as the order says."""
        if self._meter is not None:
            self._meter.hear(order)

    def end(self) -> None:
        """Tell what has not been told."""
        if self._meter is not None:
            self._meter.end()

    def around(self, application: Any) -> Any:
        """Return the application, whose requests may have to be told apart."""
        return self._meter.around(application) if self._meter is not None else application

    def beside(self, gateway: Gateway) -> Gateway:
        """Return the gateway, and what passes on the requests that are the keeper's."""
        return _Aside(gateway, self._leave) if self._departures is not None else gateway

    def open(self, engine: Engine) -> None:
        """Let connections leave this engine."""
        if self._departures is not None:
            outbox = engine.add_outbox(self._departures)
            self._pass_on = lambda connection, data: engine.give_to(outbox, connection, data)

    def _leave(self, connection: Connection, request: Request) -> None:
        assert self._pass_on is not None
        self._pass_on(connection, request.head() + connection.unread())


class _Aside:
    """Passes on the requests that are the keeper's; implements `gateway.Gateway`."""

    def __init__(self, gateway: Gateway, leave: Callable[[Connection, Request], None]) -> None:
        self._gateway = gateway
        self._leave = leave

    def answer(self, connection: Connection, request: Request, body: RequestBody) -> bool:
        """Answer; return whether the connection may stay open."""
        if is_for_keeper(request.target):
            self._leave(connection, request)
            return False
        return self._gateway.answer(connection, request, body)

    def refusal(self, connection: Connection, error: BadRequest, received: bytes) -> bytes:
        """Return the response to a request that is refused."""
        return self._gateway.refusal(connection, error, received)
