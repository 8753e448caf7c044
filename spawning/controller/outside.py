"""What surrounds a controller: where its output goes, and who is told how it fares."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Sequence

from spawning.controller.notify import Notifier
from spawning.streams import Streams


@dataclasses.dataclass(frozen=True, slots=True)
class Outside:
    """The world of one controller; by default there is nobody in it."""

    streams: Streams = dataclasses.field(default_factory=Streams)
    notifier: Notifier = dataclasses.field(default_factory=Notifier)
    status_listeners: Sequence[socket.socket] = ()
    coverage: str = ""
    """How it is measured which lines run, for the user to read."""
    lends_listeners: bool = False
    """Whether the listening sockets are somebody else's, who goes on using them."""
