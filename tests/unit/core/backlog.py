"""Connections that wait to be accepted."""

from __future__ import annotations

import socket
import sys

from serving import wait_until

_WAITING = slice(24, 28)
"""Of a socket that listens (`tcpi_unacked` in include/uapi/linux/tcp.h)."""


def wait_for_backlog(listener: socket.socket, count: int = 1) -> None:
    """Return when so many connections can be accepted.

    A client has its connection a moment earlier: where another processor works on what the
    loopback carries, its last packet may be under way still.
    """
    wait_until(lambda: _waiting(listener) >= count, f"{count} connections can be accepted")


def _waiting(listener: socket.socket) -> int:
    told = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _WAITING.stop)
    return int.from_bytes(told[_WAITING], sys.byteorder)
