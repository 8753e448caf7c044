"""Servers as `spawnctl status` and `top` see them, made up."""

from __future__ import annotations

import dataclasses
from typing import Any

from spawning_devtools.ctl.status.sight import Request, Sight, Worker


def worker(number: int, state: str = "serving", **changes: Any) -> Worker:
    """Return a worker that has answered a hundred requests."""
    values: dict[str, Any] = {
        "pid": 9900 + number, "generation": 4, "age": 4000.0 + number, "busy": 0, "slots": 4,
        "connections": 3, "requests": 100, "memory": 45 << 20, "cpu": 1.0,
    }  # fmt: skip
    values.update(changes)
    lines = values.pop("lines", ())
    requests = tuple(Request(number, seconds, line) for seconds, line in lines)
    values.setdefault("in_flight", requests)
    values["busy"] = values["busy"] or len(requests)
    return Worker(number=number, state=state, **values)


def sight(*workers: Worker, **changes: Any) -> Sight:
    """Return a server with these workers."""
    made = Sight(
        pid=9900, at=100.0, application="shop.app", folder="/home/ada/shop",
        urls=("http://127.0.0.1:8080",), backdoor=("127.0.0.1:3000", "[::1]:3000"), age=12_000.0,
        workers=workers, requests=sum(one.requests for one in workers),
        by_class=(1, 0, 96, 2, 3, 1), health="healthy", sentence="Generation 4 serves.",
    )  # fmt: skip
    return dataclasses.replace(made, **changes)
