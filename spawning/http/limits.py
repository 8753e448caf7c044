"""How much and how long a client may take; safe defaults."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    line_size: int = 8190
    """The request line without its end."""
    head_size: int = 65536
    """Request line and header fields together."""
    head_fields: int = 200
    """Header fields."""
    head_time: float = 20.0
    """From the first byte of a head to its last; a trickle does not extend it."""
    body_time: float = 60.0
    """Longest pause within a request body."""
    write_time: float = 60.0
    """Longest time in which a client takes no byte of a response."""
    keep_alive_time: float = 75.0
    """Idle time after which a connection is closed; 0 turns keep-alive off."""
    linger_time: float = 2.0
    """How long a closed connection's last bytes are read, lest a reset destroy the response."""
    small_head: int = dataclasses.field(init=False)
    """A head of so many bytes is within both sizes, whatever stands in it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "small_head", min(self.line_size, self.head_size))
