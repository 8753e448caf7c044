"""What the controller and a worker say to each other."""

from __future__ import annotations

import dataclasses
import signal
from typing import Any

from spawning.messages.message import Message
from spawning.messages.of_coverage import CoverageOrder

TELL_STACKS = signal.SIGRTMAX
"""Has a worker write the stacks of all its threads to standard error, even one that hangs in C."""

# ---------------------------------------------------------------- controller to worker


@dataclasses.dataclass(frozen=True, slots=True)
class Boot(Message):
    """The first message to a worker: everything that it needs to live."""

    worker_id: int
    generation: int
    config: dict[str, Any]
    listeners: tuple[int, ...]
    """File descriptors of the listening sockets, inherited."""
    inbox: int
    """File descriptor from which a serving worker takes over connections."""
    outbox: int
    """File descriptor to which a draining worker gives its connections."""
    gate: int
    """File descriptor of the shared word that names the serving generation."""
    board: tuple[int, int, int]
    """The scoreboard's descriptor, rows and slots (`scoreboard.Shape`)."""
    row: int
    """This worker's row of it."""
    sys_path: tuple[str, ...]
    cradle: int = -1
    """File descriptor on which forked processes announce themselves; -1 for a worker that is
    not to be a snapshot (see `of_snapshots`)."""
    coverage: tuple[int, int] = (-1, -1)
    """File descriptors to which a worker gives connections that ask for coverage, and on which it
    tells what lines ran; -1 where that is not measured (see `of_coverage`)."""
    order: CoverageOrder | None = None
    """How it is measured."""
    door: int = -1
    """File descriptor on which a worker tells the backdoor's door that it can be entered; -1
    where there is none (see `of_backdoor`)."""

    @property
    def descriptors(self) -> tuple[int, ...]:
        """All that the process inherits for it, but its cradle."""
        optional = (number for number in (*self.coverage, self.door) if number >= 0)
        return (*self.listeners, self.inbox, self.outbox, self.gate, self.board[0], *optional)


@dataclasses.dataclass(frozen=True, slots=True)
class OpenGate(Message):
    """Your generation serves from now on: accept connections."""


@dataclasses.dataclass(frozen=True, slots=True)
class Drain(Message):
    """Begin no further request; finish those in flight, then exit."""

    successor: bool
    """Whether other workers take over the connections that stay open."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reopen(Message):
    """The log files were renamed: open them anew."""


@dataclasses.dataclass(frozen=True, slots=True)
class News(Message):
    """What a page that is open in a browser should know; each one holds all that there is.

    A worker hears the newest one before it serves.  Versions grow from one run of the
    server to the next.
    """

    version: int
    content: int
    """The version as of which pages look different."""
    styles: tuple[str, ...]
    """Absolute paths of style sheets, where this version is about nothing else."""
    failure: Failed | None
    """Why the newest code does not serve."""
    refresh: bool = False
    """Whether templates have changed under code that goes on serving."""


# ---------------------------------------------------------------- worker to controller


@dataclasses.dataclass(frozen=True, slots=True)
class Ready(Message):
    """The application is imported; the gate may open."""


@dataclasses.dataclass(frozen=True, slots=True)
class Frame(Message):
    """One frame of a traceback, outermost first."""

    file: str
    line: int
    function: str
    source: str
    in_project: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Failed(Message):
    """The application could not be loaded; the worker exits after this."""

    found: bool
    """False: no such module or attribute.  True: it exists and failed inside."""
    type: str
    message: str
    file: str
    """Where to look: the project's own last frame, or a SyntaxError's position."""
    line: int
    column: int
    """In characters, 1-based; 0 where no column is known."""
    frames: tuple[Frame, ...]
    hint: str


@dataclasses.dataclass(frozen=True, slots=True)
class Leaving(Message):
    """A worker was told to end by SIGTERM; `Drain` is to tell it how.

    Only the controller knows whether there are successors: a SIGTERM to the whole
    process group has reached it too.
    """


@dataclasses.dataclass(frozen=True, slots=True)
class InFlight(Message):
    """A request that is being answered."""

    method: str
    target: str
    seconds: float


@dataclasses.dataclass(frozen=True, slots=True)
class Draining(Message):
    """Sent by a draining worker when it begins to drain, and while it goes on."""

    requests: tuple[InFlight, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Enough(Message):
    """A worker goes on, but wants to be replaced."""

    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class ReloadWanted(Message):
    """Somebody who has entered a worker wants a new generation."""
