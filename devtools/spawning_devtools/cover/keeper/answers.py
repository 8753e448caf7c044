"""Answers of the keeper, each with what keeps it from other sites and from caches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'"

Start = Callable[..., Any]
Headers = Iterable[tuple[str, str]]


def send(
    start: Start,
    kind: str,
    body: bytes,
    *,
    status: str = "200 OK",
    policy: str = CLOSED_POLICY,
    extra: Headers = (),
) -> list[bytes]:
    """Answer with a body of a kind."""
    start(
        status,
        [("Content-Type", kind), *HEADERS, ("Content-Security-Policy", policy), *extra],
    )
    return [body]


def send_json(start: Start, value: Any, status: str = "200 OK") -> list[bytes]:
    """Answer with JSON."""
    text = json.dumps(value, separators=(",", ":"))
    return send(start, "application/json", f"{text}\n".encode(), status=status)


def say(start: Start, status: str, text: str, extra: Headers = ()) -> list[bytes]:
    """Answer with a sentence."""
    return send(start, TEXT, f"{text}\n".encode(), status=status, extra=extra)
