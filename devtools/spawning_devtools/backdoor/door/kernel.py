"""Who is at the other end of a connection, asked of the kernel; the reading of `/proc`."""

from __future__ import annotations

import contextlib
import os
import pwd
import socket
import struct

from spawning_devtools.backdoor.door.admission import House, Peer
from spawning_devtools.owners import TABLES, TRIES, as_in_table, forms, nobody, owner_in

_CREDENTIALS = struct.Struct("3i")


def house() -> House:
    """Return whose server this is."""
    return House(os.geteuid(), nobody())


def peer_of(sock: socket.socket, wants_pid: bool) -> Peer:
    """Return who is at the other end; the process only where the kernel tells it, or it is wanted.

    To find the process behind a TCP connection takes a look at every process of the user.
    """
    if sock.family == socket.AF_UNIX:
        told = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        pid, user, _group = _CREDENTIALS.unpack(told)
        return Peer(user, pid)
    try:
        theirs, ours = sock.getpeername(), sock.getsockname()
    except OSError:
        return Peer(None)  # gone already
    for _ in range(TRIES):
        found = _owner(sock.family, theirs, ours)
        if found is not None:
            user, inode = found
            return Peer(user, _holder(inode, user) if wants_pid else 0)
    return Peer(None)


def name_of(user: int | None) -> str:
    """Return a user's name."""
    if user is None:
        return "?"
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _owner(family: int, theirs: tuple[str, int], ours: tuple[str, int]) -> tuple[int, str] | None:
    here = forms(socket.inet_pton(family, ours[0].partition("%")[0]))
    there = forms(socket.inet_pton(family, theirs[0].partition("%")[0]))
    for near, far in zip(here, there, strict=True):
        words = as_in_table(far, theirs[1]), as_in_table(near, ours[1])
        with contextlib.suppress(OSError), open(TABLES[len(far) == 16], encoding="ascii") as rows:
            found = owner_in(rows, *words)
            if found is not None:
                return found
    return None


def _holder(inode: str, user: int) -> int:
    """Return a process of the user's that has the socket with that inode, 0 where none is found."""
    wanted = f"socket:[{inode}]"
    for name in os.listdir("/proc"):
        folder = f"/proc/{name}/fd"
        with contextlib.suppress(OSError):
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                for number in os.listdir(folder):
                    with contextlib.suppress(OSError):
                        if os.readlink(f"{folder}/{number}") == wanted:
                            return int(name)
    return 0
