"""What the controller asks the process that runs a factory, and what that answers."""

from __future__ import annotations

import dataclasses
from typing import Any

from spawning.messages.message import Message


@dataclasses.dataclass(frozen=True, slots=True)
class Settle(Message):
    """Run the factory, and say what it decides."""

    config: dict[str, Any]
    typed: tuple[str, ...]
    """The factory's keys of the options that stood on the command line."""
    sys_path: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Settled(Message):
    """What the factory has changed, by its keys; instead of it comes `Failed`."""

    values: dict[str, Any]
    origin: str
    """A phrase that says who decided: `dev.ini [server:main]`."""
