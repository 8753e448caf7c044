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
    Opened,
    PackagePath,
    Refresh,
    Reload,
    Serving,
)
from spawning.messages.of_debuggers import Held, Released
from spawning.messages.of_factories import Settle, Settled
from spawning.messages.of_questions import (
    AskGraph,
    AskWatch,
    AskWhy,
    Count,
    Decision,
    Drawing,
    Edge,
    Explanation,
    Node,
    Root,
    Unanswered,
    Watched,
)
from spawning.messages.of_snapshots import (
    Advance,
    Born,
    GoOn,
    Parked,
    Prospect,
    Recent,
    Sprout,
    Stumbled,
    Unfit,
)
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
    News,
    OpenGate,
    Ready,
    Reopen,
)

__all__ = [
    "TELL_STACKS",
    "Abandoned",
    "Advance",
    "AskGraph",
    "AskWatch",
    "AskWhy",
    "Begun",
    "Boot",
    "Born",
    "Channel",
    "Chronicle",
    "Count",
    "Decision",
    "Drain",
    "Draining",
    "Drawing",
    "DynamicImport",
    "Edge",
    "Enough",
    "Explanation",
    "Failed",
    "Failure",
    "Frame",
    "GenerationBegun",
    "GenerationFailed",
    "GenerationServes",
    "GoOn",
    "Graph",
    "Held",
    "InFlight",
    "Leaving",
    "Message",
    "Module",
    "News",
    "Node",
    "Notice",
    "OpenGate",
    "Opened",
    "PackagePath",
    "Parked",
    "Prospect",
    "Ready",
    "Recent",
    "Refresh",
    "Released",
    "Reload",
    "Reopen",
    "Root",
    "Serving",
    "Settle",
    "Settled",
    "Sprout",
    "StatusBoot",
    "Stopping",
    "Stumbled",
    "Unanswered",
    "Unfit",
    "Wanted",
    "Watched",
    "WorkerFailed",
    "WorkerGone",
    "WorkerHeld",
    "WorkerIs",
    "decode",
    "encode",
]
