"""Whether a client comes in; pure.

Rules:
1. The same user as the server's, and root, come in: they could attach a debugger anyhow.
2. Where the kernel does not tell the user, the client has to show the secret.
3. In a user namespace the kernel tells one number for all users that have none there.
   That number proves nothing, not even to a server that has the same.
"""

from __future__ import annotations

import dataclasses
import enum
import hmac
import sys
from collections.abc import Iterable, Iterator

ROOT = 0
_SYN_RECV, _TIME_WAIT = "03", "06"
_IPV4_MAPPED = bytes(10) + b"\xff\xff"


class Verdict(enum.Enum):
    """What becomes of who knocks."""

    ADMIT = "admit"
    PROVE = "prove"
    REFUSE = "refuse"


@dataclasses.dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end, as far as the kernel tells."""

    user: int | None
    pid: int = 0
    """0 where it is not known."""


@dataclasses.dataclass(frozen=True, slots=True)
class House:
    """Whose server this is."""

    user: int
    nobody: int | None
    """The number that stands for users without one; None where every user has one."""


def verdict(peer: Peer, house: House) -> Verdict:
    """Return whether a client comes in."""
    if peer.user is None or peer.user == house.nobody:
        return Verdict.PROVE
    return Verdict.ADMIT if peer.user in (ROOT, house.user) else Verdict.REFUSE


def is_secret(told: str, secret: str) -> bool:
    """Return whether the secret is right; none is right where there is none."""
    return bool(secret) and hmac.compare_digest(told.encode(errors="replace"), secret.encode())


def owner_in(rows: Iterable[str], theirs: str, ours: str) -> tuple[int, str] | None:
    """Return the user and the inode of a connection's far end, from lines of /proc/net/tcp.

    None where it is not there.  An end that nobody holds any more has user 0 and inode 0
    in that table, and so has one that is not yet accepted: neither is root's.
    """
    for row in rows:
        if theirs not in row:
            continue  # a busy server has many rows
        fields = row.split()
        if len(fields) < 10 or fields[1] != theirs or fields[2] != ours:
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
