"""Sessions of the backdoor in a process, and what they see of it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from spawning import log
from spawning.config import Config
from spawning.devhooks.debugging import Debugged
from spawning.scoreboard import Scoreboard


class WorkerView(Protocol):
    """A process as sessions of the backdoor see it; all is called from whatever thread."""

    @property
    def worker(self) -> int:
        """The worker's number; 0 in the controller."""

    @property
    def generation(self) -> int:
        """Its generation; the one that serves, in the controller."""

    @property
    def config(self) -> Config:
        """What the user asked for."""

    @property
    def application(self) -> Any:
        """What was loaded; None before that, and in the controller."""

    @property
    def names(self) -> Mapping[str, Any]:
        """What the namespace holds besides what it always does: `controller`, in the controller."""

    @property
    def board(self) -> Scoreboard:
        """The counters of all workers."""

    @property
    def debugged(self) -> Debugged:
        """Who has to know that a thread stops at a breakpoint."""

    @property
    def attach_command(self) -> str:
        """What the user types to come here."""

    def call_soon(self, call: Callable[[], None]) -> None:
        """Have the loop call something: in the main thread, with greenlets on the hub."""

    def busy(self) -> Sequence[Any]:
        """Return the connections (`http.connection`) whose requests are being answered here."""

    def reload(self) -> None:
        """Have the controller begin a new generation, as SIGHUP does."""

    def move(self, sock: socket.socket, arrival: Any) -> None:
        """Give a session's end back to the door, which hands it to `arrival.to` (an `Arrival`).

        The socket pair lives on, with the bytes that are in it.  The socket is closed here.
        Raises OSError where there is no door.
        """

    def stopped(self, stops: Sequence[Any]) -> None:
        """These (each as a `Stop`) wait for a client; called whenever that changes.

        The door tells its clients in other workers, and brings the next one here.
        """

    def record(self, arrival: Any, statement: str) -> None:
        """A client is about to run a statement: the file of --backdoor-log is to know it."""


class Sessions(Protocol):
    """The sessions of the backdoor in one process; made before anything is monkey-patched."""

    def mind_breakpoints(self) -> None:
        """Take `breakpoint()` over; called before the application is imported."""

    def serve(self, sock: socket.socket, arrival: Any) -> None:
        """Serve a client, from now on by threads of one's own, until one of both has gone.

        The socket is the session's.
        """

    def drain(self) -> None:
        """The worker will end: sessions move, each when it is idle; called by the loop."""

    @property
    def count(self) -> int:
        """How many there are."""


def begin(sessions: Sessions, sock: socket.socket, arrival: Any) -> None:
    """Have a client served; a session that cannot be begun is no harm to the others."""
    try:
        sessions.serve(sock, arrival)
    except Exception:
        log.say_bug("bug in the backdoor, please report it:")
        sock.close()
