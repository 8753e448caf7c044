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

ROOT = 0


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
