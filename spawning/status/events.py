"""What happens, as server-sent events and as the list of what happened last; pure.

A fact has one form in both: `event` names it, `at` is its time of day, the rest
depends on its kind.  Fields are added, never renamed, while `version` stays the same;
see docs/reference/status.md.
"""

from __future__ import annotations

import json
import signal
from typing import Any

from spawning.messages import (
    Failed,
    Failure,
    GenerationBegun,
    GenerationFailed,
    GenerationServes,
    Message,
    Notice,
    Stopping,
    Wanted,
    WorkerFailed,
    WorkerGone,
    WorkerHeld,
    WorkerIs,
)

VERSION = 1
RETRY = b"retry: 1000\n\n"
KEEP_ALIVE = b": keep-alive\n\n"


def described(fact: Message) -> dict[str, Any]:
    """Return a fact as plain values."""
    match fact:
        case GenerationBegun(generation, cause, wall):
            return _event("generation-begun", wall, generation=generation, cause=cause)
        case GenerationServes(generation, seconds, wall):
            return _event("generation-serves", wall, generation=generation, seconds=seconds)
        case GenerationFailed(generation, wall):
            return _event("generation-failed", wall, generation=generation)
        case WorkerIs(worker_id, pid, generation, state, wall):
            return _event(
                "worker", wall, worker=worker_id, pid=pid, generation=generation, state=state
            )
        case WorkerFailed(worker_id, generation, reason, wall):
            told = failure(Failure(generation, reason, wall))
            return _event("worker-failed", wall, worker=worker_id, **told)
        case WorkerHeld(worker_id, by, method, target, wall):
            return _event(
                "worker-held",
                wall,
                worker=worker_id,
                debugger=by or None,
                request=f"{method} {target}" if method else None,
            )
        case WorkerGone():
            return _gone(fact)
        case Notice(text, wall):
            return _event("notice", wall, text=text)
        case Wanted(workers, wall):
            return _event("wanted", wall, workers=workers)
        case Stopping(wall):
            return _event("stopping", wall)
        case _:
            raise TypeError(f"{type(fact).__name__} is no fact")


def failure(failed: Failure) -> dict[str, Any]:
    """Return why a generation failed, as plain values; empty where nobody could say."""
    reason = failed.reason
    told: dict[str, Any] = {"generation": failed.generation, "at": failed.wall}
    return told | (_reason(reason) if reason is not None else _NO_REASON)


def hello(status: dict[str, Any], wall: float) -> dict[str, Any]:
    """Return the first event of a stream: everything that `/status.json` says."""
    return _event("hello", wall, status=status)


def counters(counted: dict[str, Any], wall: float) -> dict[str, Any]:
    """Return the event that tells what has changed without a fact: `counters.counted`."""
    return _event("counters", wall, **counted)


def stream(event: dict[str, Any], name: str) -> bytes:
    """Return an event as a server sends it (HTML standard, 9.2); `name` is its id."""
    data = json.dumps({"version": VERSION, **event}, separators=(",", ":"))
    return f"id: {name}\nevent: {event['event']}\ndata: {data}\n\n".encode()


_NO_REASON: dict[str, Any] = {
    "type": None,
    "message": None,
    "file": None,
    "line": None,
    "column": None,
    "hint": None,
    "frames": [],
}


def _event(name: str, wall: float, **fields: Any) -> dict[str, Any]:
    return {"event": name, "at": wall, **fields}


def _gone(fact: WorkerGone) -> dict[str, Any]:
    number = -fact.code if fact.code < 0 else 0
    known = {member.value: member.name for member in signal.Signals}
    return _event(
        "worker-gone",
        fact.wall,
        worker=fact.worker_id,
        pid=fact.pid,
        generation=fact.generation,
        how=fact.how,
        code=fact.code,
        signal=known.get(number, str(number)) if number else None,
    )


def _reason(reason: Failed) -> dict[str, Any]:
    return {
        "type": reason.type,
        "message": reason.message,
        "file": reason.file or None,
        "line": reason.line or None,
        "column": reason.column or None,
        "hint": reason.hint or None,
        "frames": [
            {
                "file": frame.file,
                "line": frame.line,
                "function": frame.function,
                "source": frame.source,
                "in_project": frame.in_project,
            }
            for frame in reason.frames
        ],
    }
