"""Who is at the other end of a unix socket, by the word of the kernel."""

from __future__ import annotations

import os
import socket
import struct

_CREDENTIALS = struct.Struct("3i")


def user_behind(sock: socket.socket) -> int:
    """Return the user id of the process at the other end of a unix socket."""
    told = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(told)
    return int(user)


def is_one_of_us(sock: socket.socket) -> bool:
    """Return whether it is a process of our own user, or of root."""
    return user_behind(sock) in (0, os.geteuid())
