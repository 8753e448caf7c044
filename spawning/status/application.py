"""The status pages as a WSGI application; it only ever reads.

GET and HEAD, nothing else.  Text of clients (request lines) leaves it as JSON
only, and the page puts it into text nodes: it is never markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from spawning.status import metrics
from spawning.status.following import Follower
from spawning.status.guard import CLOSED_POLICY, HEADERS, may_ask, page_policy
from spawning.status.health import readiness
from spawning.status.observatory import Observatory, Subscription
from spawning.status.snapshot import snapshot

PAGE = Path(__file__).with_name("page.html")
TEXT = "text/plain; charset=utf-8"

Start = Callable[..., Any]


class Application:
    """Answers from what the observatory sees at that moment."""

    def __init__(self, observatory: Observatory) -> None:
        self._observatory = observatory
        page = PAGE.read_text(encoding="utf-8")
        self._page = page.encode()
        self._policy = page_policy(page)
        self._routes: dict[str, Callable[[Start], Iterable[bytes]]] = {
            "/status": self._status,
            "/status.json": self._status_json,
            "/metrics": self._metrics,
            "/healthz": self._healthz,
            "/readyz": self._readyz,
        }

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        if not may_ask(environ["SERVER_NAME"], environ.get("HTTP_HOST", "")):
            text = "This is the status page of a server on this machine: ask localhost for it."
            return _answer(start, "403 Forbidden", text)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            text = "The status page is only read: ask by GET."
            return _answer(start, "405 Method Not Allowed", text, extra=[("Allow", "GET, HEAD")])
        if path == "/":
            return _answer(start, "302 Found", "/status", extra=[("Location", "/status")])
        if path == "/events":
            return self._events(environ, start)
        if path in self._routes:
            return self._routes[path](start)
        there = " ".join([*self._routes, "/events"])
        return _answer(start, "404 Not Found", f"There is no such page, but these: {there}")

    # ------------------------------------------------------------ pages

    def _status(self, start: Start) -> Iterable[bytes]:
        return _send(start, "200 OK", "text/html; charset=utf-8", self._page, policy=self._policy)

    def _status_json(self, start: Start) -> Iterable[bytes]:
        text = json.dumps(snapshot(self._observatory.scene()), indent=2)
        return _answer(start, "200 OK", text, kind="application/json")

    def _metrics(self, start: Start) -> Iterable[bytes]:
        text = metrics.exposition(self._observatory.scene())
        return _send(start, "200 OK", metrics.CONTENT_TYPE, text.encode())

    def _healthz(self, start: Start) -> Iterable[bytes]:
        if self._observatory.is_over:
            return _answer(start, "503 Service Unavailable", "the controller is gone")
        return _answer(start, "200 OK", "the controller lives")

    def _readyz(self, start: Start) -> Iterable[bytes]:
        is_ready, why = readiness(self._observatory.scene())
        return _answer(start, "200 OK" if is_ready else "503 Service Unavailable", why)

    # ------------------------------------------------------------ events

    def _events(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        headers = [("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no"), *HEADERS]
        if environ["REQUEST_METHOD"] == "HEAD":
            start("200 OK", headers)
            return []
        subscription = self._observatory.subscribe(environ.get("HTTP_LAST_EVENT_ID", ""))
        if subscription is None:
            text = "There are too many event streams already, or the server ends."
            return _answer(start, "503 Service Unavailable", text, extra=[("Retry-After", "15")])
        start("200 OK", headers)
        return self._stream(subscription, "counters=1" in environ["QUERY_STRING"].split("&"))

    def _stream(self, subscription: Subscription, wants_counters: bool) -> Iterator[bytes]:
        try:
            yield from Follower(self._observatory, subscription, wants_counters).pieces()
        finally:
            self._observatory.unsubscribe(subscription.feed)


def _answer(
    start: Start,
    status: str,
    text: str,
    *,
    kind: str = TEXT,
    extra: Iterable[tuple[str, str]] = (),
) -> list[bytes]:
    return _send(start, status, kind, f"{text}\n".encode(), extra=extra)


def _send(
    start: Start,
    status: str,
    kind: str,
    body: bytes,
    *,
    policy: str = CLOSED_POLICY,
    extra: Iterable[tuple[str, str]] = (),
) -> list[bytes]:
    security = [*HEADERS, ("Content-Security-Policy", policy)]
    start(status, [("Content-Type", kind), *security, *extra])
    return [body]
