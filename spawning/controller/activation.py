"""Listening sockets that systemd has opened for us (sd_listen_fds(3)).

They are ours only if LISTEN_PID names this process.  Then the variables are
taken out of the environment: our children are not meant.
"""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping

from spawning.errors import AddressUnusable
from spawning.sockets import prepared

FIRST = 3
_FAMILIES = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)


def descriptors(environ: MutableMapping[str, str], pid: int) -> dict[int, str]:
    """Take the descriptors that are passed to `pid` out of `environ`; the values are names."""
    if environ.get("LISTEN_PID") != str(pid):
        return {}
    del environ["LISTEN_PID"]
    count = environ.pop("LISTEN_FDS", "")
    names = environ.pop("LISTEN_FDNAMES", "").split(":")
    numbers = range(FIRST, FIRST + int(count)) if count.isdecimal() else range(0)
    return {number: names[at] if at < len(names) else "" for at, number in enumerate(numbers)}


def inherited(environ: MutableMapping[str, str], pid: int) -> list[socket.socket]:
    """Return the listening sockets that are passed to us, ready for workers.

    Raises AddressUnusable where one of them is something else.
    """
    return [_checked(*item) for item in descriptors(environ, pid).items()]


def _checked(number: int, name: str) -> socket.socket:
    try:
        os.set_inheritable(number, False)
        sock = socket.socket(fileno=number)
    except OSError:
        raise _unusable(number, name, "is no socket") from None
    if sock.family not in _FAMILIES or sock.type != socket.SOCK_STREAM:
        raise _unusable(number, name, "is not a stream socket of IPv4, IPv6 or unix")
    if not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        raise _unusable(number, name, "does not listen")
    return prepared(sock)


def _unusable(number: int, name: str, what: str) -> AddressUnusable:
    called = f" ({name})" if name else ""
    return AddressUnusable(
        f"descriptor {number}{called}, passed by LISTEN_FDS, {what}",
        "write ListenStream= and Accept=no into the socket unit",
    )
