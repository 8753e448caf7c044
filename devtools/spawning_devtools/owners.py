"""Whose a connection over TCP on this machine is, by the kernel's table of them."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterable, Iterator

TRIES = 3
"""A table that changes while it is read may leave out a row."""
TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_ALL_USERS = ["0", "0", "4294967295"]
_SYN_RECV, _TIME_WAIT = "03", "06"
_IPV4_MAPPED = bytes(10) + b"\xff\xff"


def user_of(address: str, port: int, our_port: int) -> int | None:
    """Return the user who has connected to `our_port` from there; None where it is not known."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    their_forms = [*forms(socket.inet_pton(family, address.partition("%")[0]))]
    for _ in range(TRIES):
        for form in their_forms:
            with contextlib.suppress(OSError), open(TABLES[len(form) == 16]) as rows:
                found = owner_in(rows, as_in_table(form, port), f":{our_port:04X}")
                if found is not None:
                    return found[0]
    return None


def owner_in(rows: Iterable[str], theirs: str, ours: str) -> tuple[int, str] | None:
    """Return the user and the inode of a connection's far end, from lines of the table.

    `ours` is how our end ends: an address and port, or the port alone.  None where it is not
    there.  An end that nobody holds any more has user 0 and inode 0 in that table, and so has
    one that is not yet accepted: neither is root's.
    """
    for row in rows:
        if theirs not in row:
            continue  # a busy server has many rows
        fields = row.split()
        if len(fields) < 10 or fields[1] != theirs or not fields[2].endswith(ours):
            continue
        state, user, inode = fields[3], fields[7], fields[9]
        if inode != "0" and state not in (_SYN_RECV, _TIME_WAIT):
            return int(user), inode
    return None


def as_in_table(address: bytes, port: int) -> str:
    """Return an address (4 or 16 bytes) and port as the kernel's table writes them."""
    words = (address[place : place + 4] for place in range(0, len(address), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words) + f":{port:04X}"


def forms(address: bytes) -> Iterator[bytes]:
    """Yield the ways in which an address may stand in the tables: IPv4 in IPv6's too."""
    if len(address) == 16 and address.startswith(_IPV4_MAPPED):
        address = address[len(_IPV4_MAPPED) :]
    yield address
    if len(address) == 4:
        yield _IPV4_MAPPED + address


def nobody() -> int | None:
    """Return the number that stands for users without one in this user namespace.

    None where every user has one.  That number proves nothing.
    """
    try:
        with open("/proc/self/uid_map", encoding="ascii") as file:
            if file.read().split() == _ALL_USERS:
                return None
        with open("/proc/sys/kernel/overflowuid", encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return None
