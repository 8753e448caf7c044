"""Which requests of this worker a debugger has stopped, and what the controller knows of it.

Rules:
1. The controller is told before the thread waits: the debugger may stop the loop
   as well, at once or because it is the loop's thread that waits.
2. A request that a debugger takes step by step stays held between two steps; it is
   let go when it is told to continue, or is answered.
3. The controller knows of one hold at a time, one of a request if there is any.
"""

from __future__ import annotations

import dataclasses

# By name, before anything monkey-patches them: the threads and the lock are real.
from _thread import allocate_lock, get_ident
from collections.abc import Callable, Hashable, Iterable

from spawning.http.connection import Connection
from spawning.http.request import Request
from spawning.messages import Channel, Held, Released


@dataclasses.dataclass(slots=True)
class _Hold:
    by: str
    connection: Connection | None
    request: Request | None
    over: Callable[[], None]
    waits: bool = True
    """Whether the debugger waits for its user now."""

    @property
    def is_over(self) -> bool:
        """Whether the request was answered between two steps."""
        return (
            not self.waits
            and self.connection is not None
            and self.connection.request is not self.request
        )

    def described(self) -> Held:
        """Return it as a message."""
        request = self.request
        return Held(self.by, request.method, request.target) if request else Held(self.by, "", "")


class Holding:
    """Keeps account of them; implements `devhooks.Debugged`."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._lock = allocate_lock()
        self._holds: dict[Hashable, _Hold] = {}
        self._told: Held | None = None
        self._me: Callable[[], Hashable] = get_ident
        self._busy: Callable[[], Iterable[Connection]] = tuple

    def moves_to(self, channel: Channel) -> None:
        """This process is another one than before, with a channel of its own."""
        self._channel = channel

    def find_requests(
        self, me: Callable[[], Hashable], busy: Callable[[], Iterable[Connection]]
    ) -> None:
        """From now on there are requests; `me` is what `Connection.worker` is for the caller."""
        self._me, self._busy = me, busy

    def is_held(self) -> bool:
        """Return whether a debugger holds anything."""
        return bool(self._holds)

    def stops(self, by: str, over: Callable[[], None]) -> str:
        """The calling thread is about to wait for the user of a debugger; see `Debugged`."""
        me = self._me()
        connection = next((c for c in self._busy() if c.worker == me), None)
        request = connection.request if connection is not None else None
        with self._lock:
            self._holds[me] = _Hold(by, connection, request, over)
            self._tell()
        return f"{request.method} {request.target}" if request else ""

    def goes_on(self, stepping: bool) -> None:
        """The calling thread goes on; see `Debugged`."""
        me = self._me()
        hold = self._holds.get(me)
        if hold is None:
            return
        hold.waits = False
        if not stepping or hold.request is None:
            self._let_go([me])

    def look(self) -> None:
        """Let go what was answered meanwhile; called by the loop, now and then."""
        if self._holds:
            self._let_go([me for me, hold in list(self._holds.items()) if hold.is_over])

    def _let_go(self, those: Iterable[Hashable]) -> None:
        with self._lock:
            gone = [hold for hold in (self._holds.pop(me, None) for me in those) if hold]
            self._tell()
        for hold in gone:
            hold.over()

    def _tell(self) -> None:
        holds = [hold.described() for hold in self._holds.values()]
        # Steady: what is told changes only when that is let go, or says less than another.
        best = next((held for held in holds if held.method), holds[0] if holds else None)
        if self._told in holds and self._told is not None and self._told.method:
            best = self._told
        if best != self._told:
            self._told = best
            self._channel.send(best if best is not None else Released())
