"""What is said of the lines that run (`--coverage`)."""

from __future__ import annotations

import dataclasses
from typing import Any

from spawning.messages.message import Message

Line = int
Arc = tuple[int, int]
Lines = tuple[Line, ...] | tuple[Arc, ...]
"""Numbers of lines, or pairs of them where branches are measured; as coverage.py has them."""

IMPORT = "import"
REQUEST = "request"

# ---------------------------------------------------------------- worker to keeper


@dataclasses.dataclass(frozen=True, slots=True)
class FileLines(Message):
    """Lines of one file that ran."""

    path: str
    digest: str
    """Of the source that ran: SHA-256 of its bytes, in hexadecimal."""
    lines: Lines
    context: str = ""
    """The request that ran them, where that is measured; '' where it is not."""


@dataclasses.dataclass(frozen=True, slots=True)
class CoverageTold(Message):
    """What has run in a worker since it last told; one packet."""

    worker_id: int
    pid: int
    generation: int
    epoch: int
    """How often it has been told to forget: what it has seen belongs to this epoch."""
    phase: str
    """IMPORT or REQUEST."""
    files: tuple[FileLines, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CoverageAck(Message):
    """A worker measures as it was told to, and has told all from before."""

    worker_id: int
    pid: int
    generation: int
    epoch: int
    paused: bool


@dataclasses.dataclass(frozen=True, slots=True)
class CoverageLeft(Message):
    """A worker ends; it has told everything."""

    worker_id: int
    pid: int


# ---------------------------------------------------------------- keeper to controller to workers


@dataclasses.dataclass(frozen=True, slots=True)
class CoverageOrder(Message):
    """How to measure from now on."""

    epoch: int = 0
    """Forget what requests have run, where this is new."""
    paused: bool = False
    """Drop what requests run."""


# ---------------------------------------------------------------- controller to keeper


@dataclasses.dataclass(frozen=True, slots=True)
class CoverageBoot(Message):
    """The first message to the keeper: everything that it needs to live."""

    config: dict[str, Any]
    folder: str
    """Where the server was started."""
    side: int
    """File descriptor from which it takes over connections that ask for coverage."""
    told: int
    """File descriptor from which it reads what workers tell, a packet each."""
    journal: int
    """File descriptor of the memory that outlives it."""
    addresses: tuple[tuple[str, str, bool], ...]
    """Of the application's listeners, in their order: host, port, whether it is a unix socket."""
    controller_pid: int
    order: CoverageOrder
    """How workers measure now."""
