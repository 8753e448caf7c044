"""What the conductor wants done; `process` does it."""

from __future__ import annotations

from dataclasses import dataclass

from spawning.messages import Prospect, Refresh, Reload


@dataclass(frozen=True, slots=True)
class Watch:
    """Watch these directories and no others; `lost` went or were replaced."""

    directories: tuple[str, ...]
    lost: frozenset[str]


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the user, in one line."""

    text: str


Action = Reload | Refresh | Prospect | Watch | Say
