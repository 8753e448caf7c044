"""`--limit-request-body`: a body that is too long, refused before it is received.

It stands around the application as middleware would, so that a server without
the option has nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from spawning.http.errors import UnreadableBody


def limit_bodies(
    application: Callable[..., Iterable[bytes]], size: int
) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Return an application whose requests have bodies of at most `size` bytes.

    A longer one raises UnreadableBody: at once where its length is given, otherwise
    from the read that comes upon it.
    """

    def limited(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"]
        body.limit(size)

        def start(status: str, *rest: Any, **named: Any) -> Any:
            # Frameworks catch all that is raised and answer 500; it is not their fault.
            if body.failure is not None and status.startswith("5"):
                raise UnreadableBody(body.failure.status, body.failure.reason)
            return start_response(status, *rest, **named)

        return application(environ, start)

    return limited
