"""Where one thread or greenlet of a worker writes which request it answers (see `scoreboard`)."""

from __future__ import annotations

from typing import Protocol


class Slot(Protocol):
    """Where one thread or greenlet writes what it is doing."""

    measures: bool
    """Whether it wants to know how long requests take: else the clock need not be asked."""

    @property
    def since(self) -> float:
        """When the request began that is being answered; 0 where none is."""

    def begin(self, line: bytes, since: float) -> None:
        """A request is being answered."""

    def end(self, code: int, sent: int, seconds: float) -> None:
        """It is answered, or was cut (code 0)."""


class NoSlot:
    """Counts nothing: for a process without a row."""

    since = 0.0
    measures = False

    def begin(self, line: bytes, since: float) -> None:
        """Do nothing."""

    def end(self, code: int, sent: int, seconds: float) -> None:
        """Do nothing."""


NO_SLOT = NoSlot()
