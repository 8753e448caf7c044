"""What the kernel tells of processes and listening sockets."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterable

PAGE = os.sysconf("SC_PAGE_SIZE")

# linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h
_SOCK_DIAG = 4
_BY_FAMILY = 20
_DONE, _ERROR = 3, 2
_REQUEST, _DUMP = 0x1, 0x300
_LISTEN = 1 << 10
_HEADER = struct.Struct("=IHHII")
_QUESTION = struct.Struct("=BBBxI48x")
_ANSWER = struct.Struct("=4x48x4xII4xI")
"""How many wait, how many may, and the inode; after what does not matter here."""
_RECEIVE = 65536
_PATIENCE = 1.0


def resident(pids: Iterable[int]) -> dict[int, int]:
    """Return the resident memory of processes in bytes, of those that are there."""
    found = {}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm", "rb") as file:
                found[pid] = int(file.read().split()[1]) * PAGE
        except (OSError, IndexError, ValueError):
            pass
    return found


def waiting(inodes: frozenset[int]) -> int | None:
    """Return how many connections wait on these listening TCP sockets.

    None where there is none of them, or where the kernel does not tell.
    """
    try:
        counts = [
            count
            for family in (socket.AF_INET, socket.AF_INET6)
            for inode, count in _listening(family)
            if inode in inodes
        ]
    except OSError:
        return None
    return sum(counts) if counts else None


def _listening(family: int) -> Iterable[tuple[int, int]]:
    """Yield inode and queue of every listening TCP socket.

    Of the listening ones only: /proc/net/tcp would go through every connection.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as sock:
        sock.settimeout(_PATIENCE)
        question = _QUESTION.pack(family, socket.IPPROTO_TCP, 0, _LISTEN)
        size = _HEADER.size + len(question)
        sock.sendto(_HEADER.pack(size, _BY_FAMILY, _REQUEST | _DUMP, 1, 0) + question, (0, 0))
        while True:
            data = sock.recv(_RECEIVE)
            while data:
                length, kind, *_ = _HEADER.unpack_from(data)
                if kind in (_DONE, _ERROR) or length < _HEADER.size:
                    return
                queue, _most, inode = _ANSWER.unpack_from(data, _HEADER.size)
                yield inode, queue
                data = data[(length + 3) & ~3 :]
