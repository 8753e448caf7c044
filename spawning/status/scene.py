"""Everything that an answer depends on, as one value."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from spawning.messages import Chronicle, StatusBoot
from spawning.scoreboard import Reading


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The server, at one instant."""

    boot: StatusBoot
    chronicle: Chronicle
    readings: tuple[Reading, ...]
    """Of living workers."""
    past: Reading
    """What dead workers had counted."""
    memory: Mapping[int, int]
    """Resident bytes by process id, where they are known."""
    backlog: int | None
    """Connections that wait in the kernel to be accepted, None where that is not known."""
    monotonic: float
    wall: float
