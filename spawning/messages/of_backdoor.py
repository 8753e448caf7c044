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
class Stop(Message):
    """Something waits at a `breakpoint()` for somebody who attaches."""

    request: str
    """`METHOD TARGET`; empty where it is no request."""
    file: str
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class Stops(Message):
    """All of this process that wait now, told whenever that changes."""

    stops: tuple[Stop, ...]


# ------------------------------------------- door to worker or controller, and back where it moves


@dataclasses.dataclass(frozen=True, slots=True)
class Arrival(Message):
    """A client that the door has let in; the end of the session's socket pair comes with it."""

    number: int
    """By which the door knows it."""
    user: str
    """Who it is, by name."""
    pid: int = 0
    """The client's process, 0 where that is not known."""
    plain: bool = False
    """Whether it is no client of ours, but nc, telnet and the like."""
    about: dict[str, Any] = dataclasses.field(default_factory=dict)
    """What a client of ours says of itself in its first line."""
    received: str = ""
    """What has come from it and nobody has used, as Latin-1."""
    to: str = ""
    """Where it is going: the number of a worker, `controller`, or '' for the newest generation."""
    why: str = ""
    """Why it has left where it was; '' for one that has not been anywhere."""
    is_new: bool = False
    """Whether it was let in a moment ago, wherever it was put first."""
