"""What a worker says of the debugger that holds one of its threads."""

from __future__ import annotations

import dataclasses

from spawning.messages.message import Message

# ---------------------------------------------------------------- worker to controller


@dataclasses.dataclass(frozen=True, slots=True)
class Held(Message):
    """A debugger has stopped a thread; sent before the thread waits, for the loop may be in it."""

    by: str
    """`pdb` or `debugpy`."""
    method: str
    """Of the request that was stopped; empty where it is no request that was."""
    target: str


@dataclasses.dataclass(frozen=True, slots=True)
class Released(Message):
    """No debugger holds any thread of the worker any more."""
