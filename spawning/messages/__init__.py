"""Every message between our processes, and the channel that carries them.

Rules:
1. A message is a frozen dataclass of plain values, and this package declares all of them.
2. On the wire it is one line of JSON, so a worker that runs as another user can
   hand the controller data but never code.
3. A channel never blocks: what the kernel does not take waits in the channel
   until its owner's loop says that the socket is writable.
4. End of file means that the other side is gone.
"""

from __future__ import annotations

from spawning.messages.channel import Channel, decode, encode
from spawning.messages.message import Message
from spawning.messages.of_code import (
    Abandoned,
    Begun,
    DynamicImport,
    Graph,
    Module,
    Reload,
    Serving,
)
from spawning.messages.of_debuggers import Held, Released
from spawning.messages.of_factories import Settle, Settled
from spawning.messages.of_status import (
    Chronicle,
    Failure,
    GenerationBegun,
    GenerationFailed,
    GenerationServes,
    Notice,
    StatusBoot,
    Stopping,
    Wanted,
    WorkerFailed,
    WorkerGone,
    WorkerHeld,
    WorkerIs,
)
from spawning.messages.of_workers import (
    TELL_STACKS,
    Boot,
    Drain,
    Draining,
    Enough,
    Failed,
    Frame,
    InFlight,
    Leaving,
    OpenGate,
    Ready,
    Reopen,
)

__all__ = [
    "TELL_STACKS",
    "Abandoned",
    "Begun",
    "Boot",
    "Channel",
    "Chronicle",
    "Drain",
    "Draining",
    "DynamicImport",
    "Enough",
    "Failed",
    "Failure",
    "Frame",
    "GenerationBegun",
    "GenerationFailed",
    "GenerationServes",
    "Graph",
    "Held",
    "InFlight",
    "Leaving",
    "Message",
    "Module",
    "Notice",
    "OpenGate",
    "Ready",
    "Released",
    "Reload",
    "Reopen",
    "Serving",
    "Settle",
    "Settled",
    "StatusBoot",
    "Stopping",
    "Wanted",
    "WorkerFailed",
    "WorkerGone",
    "WorkerHeld",
    "WorkerIs",
    "decode",
    "encode",
]
