"""What is said to and by snapshots: processes that hold a half-started application.

A snapshot waits for one of `Sprout`, `Advance`, `GoOn`, `Complete`, `Take` and `Boot`.
The first makes another process that holds the same and waits as well; the others change
the one that is told.  `Boot` makes a worker of it.
"""

from __future__ import annotations

import dataclasses

from spawning.messages.message import Message

# ---------------------------------------------------------------- companion to controller


@dataclasses.dataclass(frozen=True, slots=True)
class Place(Message):
    """A place in the start at which a snapshot serves some likely changes."""

    name: str
    """The module before which it is."""
    ahead: tuple[str, ...]
    """What may have been imported there although it came later, in the order of the start."""
    dependents: tuple[str, ...]
    """What must not: the modules that are likely to change, and all that need them."""


@dataclasses.dataclass(frozen=True, slots=True)
class Prospect(Message):
    """What is known of the code that serves, for those who prepare for the next change of it."""

    generation: int
    project: tuple[tuple[str, str], ...]
    """The project's modules and their files, in the order in which they started."""
    places: tuple[Place, ...]
    """Where snapshots are worth their while; those that hold least first."""
    installed: tuple[str, ...] | None
    """Modules of installed packages, in the order in which they started; None: as told before."""
    environ: tuple[tuple[str, str | None], ...]
    """What the application changed in its environment; None stands for removed."""
    order_matters: str
    """Why no module may be imported before its turn; empty where they may."""
    sets_up: tuple[str, ...] = ()
    """Frameworks that the application sets up by one call."""


# ---------------------------------------------------------------- controller to companion


@dataclasses.dataclass(frozen=True, slots=True)
class SnapshotIs(Message):
    """A snapshot that waits."""

    kind: str
    """`cold`, `natural`, `installed`, `hot` or `full`."""
    at: str
    """The module that would be imported next; empty where nothing of the application has begun."""
    modules: int
    """How many files of modules it holds."""
    names: tuple[str, ...]
    """The project's modules that have been looked for in it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Snapshots(Message):
    """What there is to start from, now that everything has been prepared."""

    snapshots: tuple[SnapshotIs, ...]
    refusals: tuple[tuple[str, str], ...] = ()
    """Files, and why the last save of each was served by a start (see `Taken`)."""
    why_not_full: str = ""
    """Why none of them holds the whole application, where that was tried in vain."""


# ---------------------------------------------------------------- controller to snapshot


@dataclasses.dataclass(frozen=True, slots=True)
class Sprout(Message):
    """Fork a process that holds what you hold, and waits as you do."""

    will_be_worker: bool = False
    """Whether it has time to prepare for that."""


@dataclasses.dataclass(frozen=True, slots=True)
class Advance(Message):
    """Import these, and wait again."""

    names: tuple[str, ...]
    forbidden: tuple[str, ...]
    """Modules that must not be imported meanwhile."""
    project: bool
    """Whether modules of the project may be imported."""
    environ: tuple[tuple[str, str | None], ...]
    """Changes to the environment that hold meanwhile."""
    sets_up: tuple[str, ...] = ()
    """Frameworks that are set up when it is their turn, although the application will do it."""


@dataclasses.dataclass(frozen=True, slots=True)
class GoOn(Message):
    """Go on with the start, and leave a snapshot where each of these would be imported."""

    stops: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Complete(Message):
    """Go on with the start to its end, and wait there."""


@dataclasses.dataclass(frozen=True, slots=True)
class Take(Message):
    """Have the bodies of functions that these files have now."""

    files: tuple[str, ...]


# ---------------------------------------------------------------- snapshot to controller


@dataclasses.dataclass(frozen=True, slots=True)
class Taken(Message):
    """A snapshot has the bodies that it was to have, or none of them."""

    why_not: str
    """A phrase: `the module does something else when it is imported`; empty where it has."""
    file: str = ""
    """The one of its files that is meant."""


@dataclasses.dataclass(frozen=True, slots=True)
class Born(Message):
    """The first word of a forked process, which comes with the other end of its channel."""

    pid: int
    parent: int
    """Process id of the snapshot that it was forked from."""
    goes_on: bool
    """Whether it goes on with the start by itself, having left its parent behind."""


@dataclasses.dataclass(frozen=True, slots=True)
class Parked(Message):
    """A snapshot waits; what it holds beyond what the process held that it was forked from."""

    at: str
    """The module that would be imported next; empty at the very beginning."""
    files: tuple[str, ...]
    names: tuple[str, ...]
    """Modules that were loaded from `files`."""
    missing: tuple[str, ...]
    """Modules that were looked for in vain."""
    read: tuple[tuple[str, str], ...] = ()
    """Files that were read, and what tells whether they are what they were."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stumbled(Message):
    """A module could not be imported before its turn; the process ends."""

    name: str
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class Unfit(Message):
    """A process may not be forked here; it ends."""

    at: str
    why: str
    """A phrase: `it has started a thread`."""
