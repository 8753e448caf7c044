"""When a batch of file events is complete: pure, `(batch, now) -> wait or act`.

What is waited for, by the last event of each file:

    file         | complete
    -------------+---------------------------------------------------------------
    written      | its writer closed it: at once
    placed       | moved or linked to its name, whole: the same
    being written| opened or written, not closed: until the close, at most CLOSE
    closing      | closed, and a program has it open all the same: asked again after
                 | CLOSING, then twice that and so on, for the kernel tells of a close
                 | before it is done with it, and the program may have to wait meanwhile
    open         | being written, and a program is known to have it open: asked again
                 | after CLOSE, and at most OPEN_LONGEST for all
    unsure       | gone, or in a folder that has just appeared: after SETTLE, for
                 | vim with a backup and "safe write" put a new file in its place
    attributes   | permissions or times were set: after SETTLE; nothing, if one of the
                 | above is known already

and for the batch as a whole: several files wait for a longer silence, because
they are a checkout or a formatter at work, and so does one file soon after a reload,
because it may be the next of many; a batch also waits while git holds its index lock.
Every wait has an upper bound, counted from the first event.
"""

from __future__ import annotations

import enum
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

SETTLE = 0.1
CLOSE = 1.0
CLOSING = 0.005
LONGEST = 3.0
"""Bound of all waits together, but for git's lock."""
OPEN_LONGEST = 10.0
LOCK_LONGEST = 10.0
LOCK_LOOK = 0.02
"""How often to look whether git's lock is still there; only while a batch waits."""

BURST = 0.3
"""Seconds after a reload in which a change may belong to those that caused it."""
HURRY = 0.02
"""The silence that is waited for then."""
_SILENCE = ((50, 0.3), (3, 0.1), (1, 0.02))
"""More than so many files need so long a silence."""


class State(enum.Enum):
    """What the last event says of a file."""

    WRITTEN = "written"
    PLACED = "placed"
    BEING_WRITTEN = "being written"
    CLOSING = "closing"
    OPEN = "open"
    UNSURE = "unsure"
    ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True)
class Touch:
    """Something happened to a file, at `moment` of the monotonic clock."""

    state: State
    path: str
    moment: float
    pause: float = 0.0
    """Seconds after which to ask again, of a file that is closing."""


@dataclass(frozen=True, slots=True)
class FolderTouch:
    """A folder appeared, left or was replaced, at `moment` of the monotonic clock."""

    path: str
    moment: float


@dataclass(frozen=True, slots=True)
class Overflow:
    """Events were lost, at `moment` of the monotonic clock or before."""

    moment: float


@dataclass(frozen=True, slots=True)
class Batch:
    """The files touched since the last reload, each with its last touch."""

    touched: Mapping[str, Touch] = field(default_factory=dict)
    first: float = 0.0
    last: float = 0.0
    held: float = 0.0
    """When git was last seen to hold its lock during this batch."""
    after: float = -math.inf
    """When the last reload before this batch was begun."""

    def with_touches(self, touches: Iterable[Touch]) -> Batch:
        """Return the batch that has `touches` as well."""
        touched = dict(self.touched)
        first, last = self.first, self.last
        for touch in touches:
            first = first if touched else touch.moment
            last = max(last, touch.moment)
            touched[touch.path] = _after(touched.get(touch.path), touch)
        return replace(self, touched=touched, first=first, last=last)

    def written(self, paths: Iterable[str]) -> list[str]:
        """Return those of `paths` whose content may have changed."""
        known = (self.touched.get(path) for path in paths)
        return [touch.path for touch in known if touch and touch.state is not State.ATTRIBUTES]


def _after(known: Touch | None, touch: Touch) -> Touch:
    """Return what counts after `touch`, of a file last touched by `known`."""
    if known and touch.state is State.ATTRIBUTES:
        return known  # Many programs set permissions or times after they closed the file.
    if known and known.state in (State.WRITTEN, State.CLOSING) and touch.state is State.OPEN:
        pause = 2 * known.pause or CLOSING
        if pause < CLOSE:
            return replace(touch, state=State.CLOSING, pause=pause)
    return touch


def unfinished(batch: Batch, now: float) -> list[str]:
    """Return the files of which it is time to ask whether they are still being written."""
    if now < batch.first + CLOSE:
        return []
    states = (State.BEING_WRITTEN, State.OPEN)
    return [path for path, touch in batch.touched.items() if touch.state in states]


def look(batch: Batch, now: float, git_is_busy: bool) -> tuple[Batch, float | None]:
    """Return the batch, and when to act on it as far as is known now.

    A moment not later than `now` means: act.  None: the batch is empty.
    """
    if not batch.touched:
        return batch, None
    if git_is_busy and now < batch.first + LOCK_LONGEST:
        return replace(batch, held=now), now + LOCK_LOOK
    ready = max(_ready(touch) for touch in batch.touched.values())
    silence = next((s for count, s in _SILENCE if len(batch.touched) > count), 0.0)
    if batch.first - batch.after < BURST:
        silence = max(silence, HURRY)
    quiet_since = max(batch.last, batch.held)
    is_open = any(touch.state is State.OPEN for touch in batch.touched.values())
    bound = max(batch.first, batch.held) + (OPEN_LONGEST if is_open else LONGEST)
    return batch, min(max(ready, quiet_since + silence), bound)


def _ready(touch: Touch) -> float:
    match touch.state:
        case State.BEING_WRITTEN | State.OPEN:
            return touch.moment + CLOSE
        case State.CLOSING:
            return touch.moment + touch.pause
        case State.UNSURE | State.ATTRIBUTES:
            return touch.moment + SETTLE
        case _:
            return touch.moment


def has_folder(batch: Batch) -> bool:
    """Return whether the names in a folder may have changed."""
    return any(path.endswith(os.sep) for path in batch.touched)


def earliest(*moments: float | None) -> float | None:
    """Return the first of some moments, or None where there is none."""
    return min((moment for moment in moments if moment is not None), default=None)
