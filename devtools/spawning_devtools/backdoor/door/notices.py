"""What the door itself says to a client, in the client's language; pure."""

from __future__ import annotations

import json
from typing import Any

from spawning.messages import Stop


def refused(why: str) -> dict[str, Any]:
    """The client is shown out."""
    return {"say": "refused", "why": why}


def text(what: str) -> dict[str, Any]:
    """Something to read."""
    return {"say": "text", "text": what}


def breakpoint_at(worker_id: int, stop: Stop) -> dict[str, Any]:
    """Something waits in another worker."""
    return {
        "say": "breakpoint",
        "worker": worker_id,
        "request": stop.request,
        "file": stop.file,
        "line": stop.line,
    }


def encoded(notice: dict[str, Any], plain: bool) -> bytes:
    """Return a notice as a line for a client of ours, or for a person at nc or telnet."""
    if not plain:
        return json.dumps(notice, separators=(",", ":")).encode() + b"\n"
    if notice["say"] == "breakpoint":
        who = notice["request"] or "something"
        said = f"{who} waits at {notice['file']}:{notice['line']} in worker {notice['worker']}"
    else:
        said = notice.get("why") or notice.get("text") or ""
    return f"spawn: {said}\r\n".encode(errors="backslashreplace")
