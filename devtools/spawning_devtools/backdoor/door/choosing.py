"""Which worker a session goes to; pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

CONTROLLER = 0
_DRAINING = "draining"
_SERVING = "serving"


@dataclasses.dataclass(frozen=True, slots=True)
class Room:
    """A worker that can be entered."""

    worker_id: int
    generation: int
    state: str = "ready"
    """As the controller told it."""
    sessions: int = 0
    stops: int = 0
    """What waits there for somebody who attaches."""


def choose(rooms: Collection[Room], leaves: int | None = None) -> int | None:
    """Return the worker that suits best, None where it is better to wait.

    `leaves`: where the session was, None where it begins.  Who has just come goes where
    something waits; who moves is on the way to newer code.
    """
    there = [room for room in rooms if room.worker_id != leaves]
    if leaves is None and (stopped := [room for room in there if room.stops]):
        return min(stopped, key=_rank).worker_id
    lasting = [room for room in there if room.state != _DRAINING]
    # A worker that drains is better than none for who has just come: something in it hangs.
    best = min(lasting or (there if leaves is None else []), key=_rank, default=None)
    return best.worker_id if best is not None else None


def _rank(room: Room) -> tuple[bool, int, int, int]:
    return room.state != _SERVING, -room.generation, room.sessions, room.worker_id


def wanted(text: object) -> int | None:
    """Return which worker `3`, `"3"` or `"controller"` is, None where nothing is named.

    Raises ValueError where that names nothing.
    """
    if text in ("", None):
        return None
    if text == "controller":
        return CONTROLLER
    word = str(text)
    if not (word.isascii() and word.isdigit()):
        raise ValueError(f"there is no worker {word}; type its number, or controller")
    return int(word)
