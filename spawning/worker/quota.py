"""`--max-requests`: a worker that has answered its number of requests asks to be replaced."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from spawning.config import Config
from spawning.http.body import RequestBody
from spawning.http.connection import Connection
from spawning.http.gateway import Gateway
from spawning.http.request import Request


def limit_of(config: Config, chance: float) -> int:
    """Return how many requests a worker may answer; `chance`, from 0 to 1, is its jitter."""
    return config.max_requests + round(config.max_requests_jitter * chance)


class Counted:
    """A gateway that says once when it has answered `limit` requests; it goes on answering."""

    def __init__(self, gateway: Gateway, limit: int, reached: Callable[[], None]) -> None:
        self._gateway = gateway
        self._limit = limit
        self._reached = reached
        self._count = itertools.count(1)  # whose next() no other thread can come between
        self.refusal = gateway.refusal

    def answer(self, connection: Connection, request: Request, body: RequestBody) -> bool:
        """Answer; return whether the connection may stay open."""
        keep = self._gateway.answer(connection, request, body)
        if next(self._count) == self._limit:
            self._reached()
        return keep
