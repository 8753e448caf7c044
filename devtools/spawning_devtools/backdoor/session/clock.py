"""What a session says unasked of a statement: that it blocks, that it cannot be interrupted.

Pure: `(facts, now) -> what to say, and when to look again`.
"""

from __future__ import annotations

import dataclasses

BLOCKS = 1.0
"""Seconds without a turn of the hub after which that is said, and then again."""
PAUSE = 0.5
"""Between two questions to the hub whether it turns."""
UNINTERRUPTIBLE = 2.0


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """How the statement fares."""

    runs: bool
    hogs: bool
    """Whether it keeps the hub from turning at this moment."""
    asked: float
    """When the hub was asked to turn, 0 where it has turned since."""
    turned: float
    """When it was last seen to turn."""
    struck: float
    """When the statement was interrupted, 0 where it was not."""


@dataclasses.dataclass(frozen=True, slots=True)
class Looked:
    """What to do now."""

    ask: bool = False
    """Ask the hub to turn."""
    blocks: int = 0
    """Say that the hub has not turned for so many seconds; 0: do not."""
    stuck: bool = False
    """Say that the interruption does not come through."""
    again: float | None = None


def look(facts: Facts, has_hub: bool, said: int, now: float) -> Looked:
    """Return what to do; `said`: the seconds that were last said of the hub."""
    if not facts.runs:
        return Looked()
    stuck = bool(facts.struck) and now - facts.struck >= UNINTERRUPTIBLE
    moments = [facts.struck + UNINTERRUPTIBLE] if facts.struck and not stuck else []
    ask, blocks = False, 0
    if has_hub and facts.asked:
        seconds = int((now - facts.asked) / BLOCKS)
        if facts.hogs and seconds > said:
            blocks = seconds
        moments.append(facts.asked + BLOCKS * (max(seconds, said) + 1))
    elif has_hub:
        ask = now >= facts.turned + PAUSE
        moments.append(now + BLOCKS if ask else facts.turned + PAUSE)
    return Looked(ask, blocks, stuck, min(moments) if moments else None)
