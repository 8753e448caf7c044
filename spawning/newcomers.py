"""Nobody connects any more: how a listening socket is given up without a loss.

Whoever connects between a worker's last `accept` and its `close` is connected, as
far as the kernel is concerned, and may have sent a request: the close resets it.
The pause between the two calls can be several milliseconds, and a process that
has the socket without accepting, such as a worker that is still starting, makes
it longer.  So newcomers are turned away first, by the kernel, for all processes
that share the socket; then those who have connected are accepted; then it is closed.

Never for a socket that is not ours alone, such as one of systemd's: it stays
turned away in the hands of whoever has it next.
"""

from __future__ import annotations

import array
import contextlib
import socket
import struct

SO_ATTACH_FILTER = 26
_INSTRUCTION = struct.Struct("HBBI")  # struct sock_filter, see linux/filter.h
_DROP_SYN = b"".join(
    _INSTRUCTION.pack(*instruction)
    for instruction in (
        (0x30, 0, 0, 13),  # load the byte that holds the flags of the TCP header
        (0x45, 0, 1, 0x02),  # is SYN among them?
        (0x06, 0, 0, 0),  # then take nothing of the packet
        (0x06, 0, 0, 0xFFFFFFFF),  # else all of it
    )
)


def turn_away(sock: socket.socket) -> None:
    """Let nobody connect to a listening socket any more, whichever process has it.

    Over TCP a newcomer gets no answer and asks again after a second; when the socket
    is closed by then, it is told so, and a proxy tries elsewhere.  At a unix socket
    it is told at once.
    """
    with contextlib.suppress(OSError):
        if sock.family == socket.AF_UNIX:
            sock.shutdown(socket.SHUT_RD)
        else:
            _drop_handshakes(sock)


def _drop_handshakes(sock: socket.socket) -> None:
    program = array.array("B", _DROP_SYN)
    address, size = program.buffer_info()
    filtering = struct.pack("HP", size // _INSTRUCTION.size, address)
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, filtering)
