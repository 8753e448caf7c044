"""Open connections change workers without their clients noticing.

All workers of all generations share one socket pair, made by the controller: a
worker that drains sends its connections into the outbox, workers that serve
take them out of the inbox.  So the kernel spreads them, the controller relays
nothing, and a connection that no worker has taken yet waits there.

A message is one packet: the number of the listener that accepted the
connection, one byte; how long what it was introduced with is, one byte, and that
(see `proxy_protocol`: empty without a PROXY header); then what was received and
not parsed.  The descriptor travels beside it (SCM_RIGHTS).  Bytes still in the
kernel's buffer travel with the descriptor.
"""

from __future__ import annotations

import collections
import errno
import socket
from collections.abc import Callable

from spawning import descriptors, log

# By name: with greenlets the module's class becomes eventlet's, here it stays the plain one.
_Socket = socket.socket

MAX_PACKET = 262144
TAKEN_AT_ONCE = 32


def make_pair() -> tuple[socket.socket, socket.socket]:
    """Return (inbox, outbox)."""
    # Packets, not a stream: several workers read from one end.
    kind = socket.SOCK_SEQPACKET if hasattr(socket, "SOCK_SEQPACKET") else socket.SOCK_DGRAM
    inbox, outbox = socket.socketpair(socket.AF_UNIX, kind)
    outbox.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MAX_PACKET)
    inbox.setblocking(False)
    outbox.setblocking(False)
    return inbox, outbox


class Outbox:
    """Connections on their way out; any thread may `put`, the loop flushes."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._leaving: collections.deque[tuple[socket.socket, bytes]] = collections.deque()

    def __len__(self) -> int:
        return len(self._leaving)

    def put(
        self, connection: socket.socket, listener: int, introduction: bytes, received: bytes
    ) -> None:
        """Let a connection leave at the next flush."""
        packet = bytes([listener, len(introduction)]) + introduction + received
        self._leaving.append((connection, packet))

    def on_events(self, _events: int) -> None:
        """The kernel takes more."""
        self.flush()

    def flush(self) -> None:
        """Send what the kernel takes; the rest waits for the next edge."""
        while self._leaving:
            connection, packet = self._leaving[0]
            try:
                socket.send_fds(self._socket, [packet], [connection.fileno()])
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno == errno.ETOOMANYREFS:
                    return  # as many descriptors as the system allows are under way
                log.say(f"a connection could not be handed over and is closed: {error.strerror}")
            self._leaving.popleft()
            connection.close()


class Inbox:
    """Connections that come from workers which drain."""

    def __init__(
        self,
        sock: socket.socket,
        adopt: Callable[[socket.socket, int, bytes, bytes], None],
        exhausted: Callable[[Inbox], None],
        give_way: Callable[[Inbox], bool],
    ) -> None:
        """`exhausted` is to stop the events for a while; `give_way` says whether it has."""
        self._socket = sock
        self._adopt = adopt
        self._exhausted = exhausted
        self._give_way = give_way
        self._kept = descriptors.kept()

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._socket.fileno()

    def on_events(self, _events: int) -> None:
        """Take over some connections; others are left for other workers."""
        for _ in range(TAKEN_AT_ONCE):
            # Without room the kernel would hand over the packet and drop the connection.
            if not descriptors.has_room(self._socket.fileno(), self._kept):
                self._exhausted(self)
                return
            try:
                packet, received, _flags, _address = socket.recv_fds(
                    self._socket, MAX_PACKET, 1, socket.MSG_CMSG_CLOEXEC
                )
            except BlockingIOError:
                return
            for number in received:
                settled, _room = descriptors.settled(number, self._kept)
                self._adopt(_Socket(fileno=settled), *_opened(packet))
            if not packet or self._give_way(self):
                return


def _opened(packet: bytes) -> tuple[int, bytes, bytes]:
    """Return the listener's number, the introduction, and what was received."""
    end = 2 + packet[1]
    return packet[0], packet[2:end], packet[end:]
