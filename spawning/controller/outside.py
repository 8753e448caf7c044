"""What surrounds a controller: where its output goes, and who is told how it fares."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Sequence

from spawning import newcomers
from spawning.controller.notify import Notifier
from spawning.streams import Streams


@dataclasses.dataclass(frozen=True, slots=True)
class Outside:
    """The world of one controller; by default there is nobody in it."""

    streams: Streams = dataclasses.field(default_factory=Streams)
    notifier: Notifier = dataclasses.field(default_factory=Notifier)
    status_listeners: Sequence[socket.socket] = ()
    backdoor_listeners: Sequence[socket.socket] = ()
    secret: str = ""
    """What the backdoor may ask for; empty where nobody could be told."""
    coverage: str = ""
    """How it is measured which lines run, for the user to read."""
    lends_listeners: bool = False
    """Whether the listening sockets are somebody else's, who goes on using them."""

    def give_up(self, listeners: Sequence[socket.socket]) -> None:
        """Give up the application's addresses; the workers still answer what has reached them."""
        for sock in listeners:
            if sock.fileno() >= 0 and not self.lends_listeners:
                newcomers.turn_away(sock)
            sock.close()
