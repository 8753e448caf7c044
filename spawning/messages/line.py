"""Lines: messages that may have a descriptor beside them, a packet each.

A `Channel` carries a stream, and no descriptors; a line carries single packets.  It
never blocks to send: nobody waits for who does not read.
"""

from __future__ import annotations

# By name, before anything monkey-patches them: native threads of a worker use lines.
import _socket
import array
import errno
import os
from socket import (
    AF_UNIX,
    MSG_CMSG_CLOEXEC,
    MSG_DONTWAIT,
    MSG_NOSIGNAL,
    SCM_RIGHTS,
    SO_SNDBUF,
    SOCK_SEQPACKET,
    SOL_SOCKET,
    socket,
)

from spawning.messages.channel import decode, encode
from spawning.messages.message import Message

PACKET = 1 << 18
"""Bytes of the longest message."""
_ANCILLARY = _socket.CMSG_SPACE(array.array("i").itemsize)


class Line:
    """One end; sends from any thread, received by one."""

    def __init__(self, sock: socket) -> None:
        self._socket = sock
        sock.setsockopt(SOL_SOCKET, SO_SNDBUF, 4 * PACKET)

    @classmethod
    def pair(cls) -> tuple[Line, Line]:
        """Return both ends of a new one."""
        ours, theirs = _socket.socketpair(AF_UNIX, SOCK_SEQPACKET)
        return cls(socket(fileno=ours.detach())), cls(socket(fileno=theirs.detach()))

    @classmethod
    def at(cls, descriptor: int) -> Line:
        """Return the end that this process has inherited, or received."""
        return cls(socket(fileno=descriptor))

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._socket.fileno()

    def send(self, message: Message, descriptor: int = -1) -> None:
        """Send a message, and a copy of a descriptor; raises OSError where that cannot be now."""
        data = encode(message)
        if len(data) > PACKET:
            raise OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE))  # it would arrive cut
        beside = array.array("i", [descriptor] if descriptor >= 0 else [])
        rights = [(SOL_SOCKET, SCM_RIGHTS, beside)] if beside else []
        self._socket.sendmsg([data], rights, MSG_DONTWAIT | MSG_NOSIGNAL)

    def receive(self, waits: bool = False) -> tuple[Message, int] | None:
        """Return the next message, and the descriptor beside it or -1; None at the end.

        Raises BlockingIOError where nothing has come, unless it `waits`, and ValueError for
        rubbish.
        """
        flags = MSG_CMSG_CLOEXEC if waits else MSG_CMSG_CLOEXEC | MSG_DONTWAIT
        try:
            data, rights, _flags, _address = self._socket.recvmsg(PACKET, _ANCILLARY, flags)
        except BlockingIOError:
            raise
        except OSError:
            return None  # reset: the other end was closed with something unread
        if not data:
            return None
        beside = array.array("i")
        for _level, _kind, numbers in rights:
            beside.frombytes(numbers[: len(numbers) - len(numbers) % beside.itemsize])
        return decode(data), beside[0] if beside else -1

    def close(self) -> None:
        """Close this end."""
        self._socket.close()
