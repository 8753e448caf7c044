"""What a connection is doing.

Phases, and what moves a connection between them:

    IDLE    no byte of a request has come     head begins -> HEAD, head whole -> BUSY or PARKED
    HEAD    part of a head has come           head whole -> BUSY or PARKED
    PARKED  a request waits to be begun       its time has come -> BUSY
    BUSY    a request is being answered       answered -> IDLE, HEAD, BUSY, LINGER or CLOSED
    LENT    ... on the socket itself          answered -> LINGER
    LINGER  answered and shut for writing     end of file -> CLOSED
    CLOSED  the end; reached from anywhere
"""

from __future__ import annotations

import enum
from typing import Final


class Phase(enum.Enum):
    """What a connection is doing; see the table above."""

    IDLE = "idle"
    HEAD = "head"
    PARKED = "parked"
    BUSY = "busy"
    LENT = "lent"
    LINGER = "linger"
    CLOSED = "closed"


# As names of their own, because an attribute of an Enum costs a look-up on each request.
IDLE: Final = Phase.IDLE
HEAD: Final = Phase.HEAD
PARKED: Final = Phase.PARKED
BUSY: Final = Phase.BUSY
LENT: Final = Phase.LENT
LINGER: Final = Phase.LINGER
CLOSED: Final = Phase.CLOSED
