"""Bytes on their way from one socket to another, and where their lines end."""

from __future__ import annotations

import contextlib
import socket

LIMIT = 1 << 18
"""Bytes that may wait; the rest waits where it comes from."""
_PIECE = 1 << 16
NEWLINE = 0x0A


class Flow:
    """One direction."""

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.unfinished = 0
        """How long the last line is that has come, without its end."""
        self.ended = False
        """Whether nothing more comes."""

    @property
    def has_room(self) -> bool:
        """Whether more may come."""
        return not self.ended and len(self.waiting) < LIMIT

    @property
    def is_done(self) -> bool:
        """Whether all has been passed on, and nothing more comes."""
        return self.ended and not self.waiting

    def receive(self, sock: socket.socket) -> bytes:
        """Take what comes next, and return it; sets `ended`.  Raises OSError where it is cut."""
        try:
            data = sock.recv(_PIECE)
        except BlockingIOError:
            return b""
        if not data:
            self.ended = True
        return data

    def put(self, data: bytes) -> None:
        """Have bytes passed on."""
        place = data.rfind(NEWLINE)
        self.unfinished = self.unfinished + len(data) if place < 0 else len(data) - place - 1
        self.waiting += data

    def send(self, sock: socket.socket) -> int:
        """Pass on what the kernel takes; return how much.  Raises OSError where it is cut."""
        sent = 0
        with contextlib.suppress(BlockingIOError):
            while self.waiting:
                count = sock.send(self.waiting)
                del self.waiting[:count]
                sent += count
        return sent

    def drop(self) -> None:
        """Forget what waits: who was to have it is gone."""
        self.waiting.clear()
