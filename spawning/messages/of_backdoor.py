"""What is said about the backdoor (`--backdoor`): by the controller, the workers, and its door.

The door is a process of its own, to which clients connect.  Each worker that may be
entered, and the controller, has a *line* to it: a pair of sockets for packets, a message
each, some with a descriptor beside it (SCM_RIGHTS).
"""

from __future__ import annotations

import dataclasses
from typing import Any

from spawning.messages.message import Message
from spawning.messages.of_status import Chronicle

# ---------------------------------------------------------------- controller to door


@dataclasses.dataclass(frozen=True, slots=True)
class DoorBoot(Message):
    """The first message to the door: everything that it needs to live."""

    config: dict[str, Any]
    controller_pid: int
    listeners: tuple[int, ...]
    """File descriptors of its listening sockets, inherited."""
    announcements: int
    """File descriptor on which workers announce themselves, a packet each with a line."""
    controller: int
    """File descriptor of the line to the controller."""
    secret: str
    """Asked of a client whose user the kernel does not tell; empty where nobody has it."""
    chronicle: Chronicle
    """What has happened so far."""


# ---------------------------------------------------------------- worker to door


@dataclasses.dataclass(frozen=True, slots=True)
class Enterable(Message):
    """A worker can be entered from now on; its line comes with it."""

    worker_id: int
    pid: int
    generation: int


@dataclasses.dataclass(frozen=True, slots=True)
class SwitchAsked(Message):
    """The user of a session wants it to go on elsewhere."""

    session: int
    to: int
    """A worker, 0 for the controller."""


@dataclasses.dataclass(frozen=True, slots=True)
class BreakpointReached(Message):
    """A request of the worker waits for somebody who attaches; or something else in it does."""

    number: int
    """Among those of this worker."""
    request: str
    """`METHOD TARGET`; empty where it is no request."""
    file: str
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class BreakpointLeft(Message):
    """It waits no more, or somebody is attached to it."""

    number: int


# ---------------------------------------------------------------- door to worker, or controller


@dataclasses.dataclass(frozen=True, slots=True)
class SessionBegun(Message):
    """Somebody was let in; the worker's end of the session comes with it."""

    session: int
    """Counts up over the door's life."""
    terms: dict[str, Any]
    """What a client of ours says of itself in its first line."""
    is_plain: bool
    """Whether it is no client of ours: nc, telnet."""
    came_from: str
    """Why the session is here and no longer elsewhere; empty where it begins."""
    user: str
    """Whom the kernel says that the client belongs to, by name; `?` where a secret proved it."""
    peer: int
    """The client's process id, 0 where it is not known."""
