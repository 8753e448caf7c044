"""All the sessions of one process: what the worker, or the controller, calls.

Rules:
1. Import this module before anything is monkey-patched: its threads and locks are real.
2. Nothing here blocks the caller: each session has native threads of its own.
"""

from __future__ import annotations

import socket

from spawning_devtools.backdoor.session.view import Arrival, WorkerView


class Sessions:
    """The sessions of the process that `view` shows."""

    def __init__(self, view: WorkerView) -> None:
        self._view = view

    def mind_breakpoints(self) -> None:
        """Take `breakpoint()` over; called before the application is imported."""

    def serve(self, sock: socket.socket, arrival: Arrival) -> None:
        """Serve a client on `sock`, which is ours from now on, until one of both has gone.

        Returns at once; called from any thread.
        """
        sock.close()

    def drain(self) -> None:
        """The worker will end: sessions move to the newest generation, each when it is idle.

        Called from the loop's thread.
        """

    @property
    def count(self) -> int:
        """How many there are."""
        return 0
