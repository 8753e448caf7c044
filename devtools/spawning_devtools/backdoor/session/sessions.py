"""All the sessions of one process: what the worker, or the controller, calls.

Rules:
1. Import this module before anything is monkey-patched: its threads and locks are real.
2. Nothing here blocks the caller: each session has native threads of its own.
3. Until the first session comes, nothing of the process is changed but `breakpoint()`.
"""

from __future__ import annotations

import socket
import time

# By name, before anything monkey-patches them.
from _thread import allocate_lock, get_ident
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from spawning.devhooks import WorkerView
from spawning.messages import Arrival
from spawning_devtools.backdoor.session import natives  # noqa: F401  (early: see rule 1)
from spawning_devtools.backdoor.session.breakpoints import Breakpoints
from spawning_devtools.backdoor.session.halts import Client, Halts
from spawning_devtools.backdoor.session.magics import Magics
from spawning_devtools.backdoor.session.output import SCREEN, Outputs
from spawning_devtools.backdoor.session.session import Session, Shared
from spawning_devtools.backdoor.session.sources import Sources
from spawning_devtools.backdoor.session.strands import Strand, Target, ThreadStrand, ThreadTarget

if TYPE_CHECKING:
    from spawning_devtools.backdoor.session.hub import Hub


class Sessions:
    """The sessions of the process that `view` shows; implements `devhooks.Sessions`."""

    def __init__(self, view: WorkerView) -> None:
        self._view = view
        self._sessions: set[Session] = set()
        self._lock = allocate_lock()
        self._hub: Hub | None = None
        halts = Halts(view)
        self._breakpoints = Breakpoints(view, halts, self._here, self._own)
        magics = Magics(view, time.time())
        self._shared = Shared(view, Outputs(), halts, magics, Sources(), self._gone)

    def mind_breakpoints(self) -> None:
        """Take `breakpoint()` over; called before the application is imported."""
        self._breakpoints.mind()

    def serve(self, sock: socket.socket, arrival: Arrival) -> None:
        """Serve a client on `sock`, which is ours from now on, until one of both has gone."""
        session = Session(sock, arrival, self._strand(arrival), self._shared)
        with self._lock:
            self._sessions.add(session)
        session.start()

    def drain(self) -> None:
        """The worker will end: sessions move to the newest generation, each when it is idle."""
        for session in list(self._sessions):
            session.drain()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._sessions)

    def _gone(self, session: Session) -> None:
        with self._lock:
            self._sessions.discard(session)

    # ------------------------------------------------------------ threads, or greenlets

    @property
    def _has_hub(self) -> bool:
        return self._view.config.threads == 0 and self._view.worker > 0

    def _the_hub(self) -> Hub:
        if self._hub is None:
            # Here, because it imports eventlet.
            from spawning_devtools.backdoor.session.hub import Hub

            self._hub = Hub(self._view.call_soon)
        return self._hub

    def _strand(self, arrival: Arrival) -> Strand:
        if self._has_hub:
            return self._the_hub().strand()
        return ThreadStrand(f"backdoor-session-{arrival.number}")

    def _here(self) -> tuple[Target, Callable[[], Hashable]]:
        if self._has_hub:
            return self._the_hub().here()
        return ThreadTarget(), get_ident

    def _own(self) -> tuple[Client, Target] | None:
        """Return the session whose statement the caller is, None where it is none's."""
        screen = SCREEN.get()
        for session in list(self._sessions):
            bench, target = session.own
            if screen is bench:
                return session, target
        return None
