"""What answers requests, as the engine sees it."""

from __future__ import annotations

from typing import Protocol

from spawning.http.body import RequestBody
from spawning.http.connection import Connection
from spawning.http.errors import BadRequest
from spawning.http.request import Request


class Gateway(Protocol):
    """What answers requests."""

    def answer(self, connection: Connection, request: Request, body: RequestBody) -> bool:
        """Answer; return whether the connection may stay open.  Never raises."""

    def refusal(self, connection: Connection, error: BadRequest, received: bytes) -> bytes:
        """Return the response to a request that is refused."""
