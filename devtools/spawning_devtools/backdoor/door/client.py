"""One client: its connection, its session's end, and the bytes between them."""

from __future__ import annotations

import dataclasses
import enum
import socket
from collections.abc import Callable
from time import monotonic
from typing import Any

from spawning.messages import Arrival
from spawning_devtools.backdoor.door import notices
from spawning_devtools.backdoor.door.flow import NEWLINE, Flow
from spawning_devtools.backdoor.door.reception import FirstLine, Reception

LONGEST_LINE = 1 << 20
"""Bytes that may come without a newline."""
FLUSH_TIME = 5.0
"""Seconds in which a client that is shown out may take its last words."""


class State(enum.Enum):
    """Where a client is; see the package."""

    ARRIVED = "arrived"
    WAITING = "waiting"
    INSIDE = "inside"
    LEAVING = "leaving"


class Client:
    """A client, from its connection to its end."""

    def __init__(self, sock: socket.socket, number: int, user: str, pid: int) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.state = State.ARRIVED
        self.deadline: float | None = None
        """When something has to have happened, on the monotonic clock."""
        self.new_until = 0.0
        """Until when it is one that has just come; it is none once it asks for something."""
        self.reception: Reception | None = None
        self.first_line: FirstLine | None = None
        self.arrival = Arrival(number, user, pid)
        self.session: socket.socket | None = None
        """Our end of its session."""
        self.session_ended = False
        self.end: socket.socket | None = None
        """The other end, while no worker has it."""
        self.where: int | None = None
        """The worker that its session is in, or was last."""
        self.inward, self.outward = Flow(), Flow()
        self.unwatch: Callable[[socket.socket], None] = _nothing
        """Called with a socket that is about to be closed."""
        self.has_shut = False
        """Whether its session knows that it says nothing more."""
        self._pending: list[bytes] = []
        """Notices that wait for the end of a line."""
        self._skips = False
        """Whether the rest of a line is for a session that is gone."""

    @property
    def number(self) -> int:
        """By which its session's moves name it."""
        return self.arrival.number

    @property
    def plain(self) -> bool:
        """Whether it is no client of ours."""
        return self.arrival.plain

    @property
    def is_counted(self) -> bool:
        """Whether it has, or waits for, one of the few sessions."""
        return self.state in (State.WAITING, State.INSIDE)

    def tell(self, notice: dict[str, Any]) -> None:
        """Say something to the client, between two lines of its session."""
        line = notices.encoded(notice, self.plain)
        if not self.outward.unfinished:
            self.outward.put(line)
        elif self.plain:
            self.outward.put(b"\r\n" + line)
        else:
            self._pending.append(line)

    # ------------------------------------------------------------ bytes

    def take_in(self, data: bytes) -> bool:
        """Pass on what the client says; return whether its line is too long."""
        if self._skips:
            place = data.find(NEWLINE)
            self.inward.unfinished = 0 if place >= 0 else self.inward.unfinished
            data = data[place + 1 :] if place >= 0 else b""
            self._skips = place < 0
        if data:
            self.inward.put(data)
            self.new_until = 0.0
        return self.inward.unfinished > LONGEST_LINE

    def take_out(self, data: bytes) -> None:
        """Pass on what the session says, and notices where a line ends."""
        if self._pending and (place := data.rfind(NEWLINE) + 1):
            self.outward.put(data[:place])
            for line in self._pending:
                self.outward.put(line)
            self._pending.clear()
            data = data[place:]
        if data:
            self.outward.put(data)

    def lose_session(self) -> None:
        """Its session is gone: what was meant for that one is for no other."""
        self._close_session()
        self._skips = bool(self.inward.unfinished)
        self.inward.drop()
        self._end_line()

    def has_said(self, plain: bool, about: dict[str, Any]) -> None:
        """It is known what it is."""
        self.arrival = dataclasses.replace(self.arrival, plain=plain, about=about)

    def leave(self, why: str = "") -> None:
        """Its session ends; what is for the client still reaches it, and why it is refused."""
        self._close_session()
        if why:
            self._end_line()
            self.tell(notices.refused(why))
        self.inward.drop()
        self.state, self.reception = State.LEAVING, None
        self.deadline = monotonic() + FLUSH_TIME

    def close(self) -> None:
        """Close all that it has."""
        self.unwatch(self.sock)
        self.sock.close()
        self._close_session()

    def _end_line(self) -> None:
        """Nothing follows what the session has said last, but what the door has to say."""
        if self.outward.unfinished:
            self.outward.put(b"\r\n" if self.plain else b"\n")
        for line in self._pending:
            self.outward.put(line)
        self._pending.clear()

    def _close_session(self) -> None:
        for sock in (self.session, self.end):
            if sock is not None:
                self.unwatch(sock)
                sock.close()
        self.session = self.end = None


def _nothing(_sock: socket.socket) -> None:
    pass
