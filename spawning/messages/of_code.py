"""What is said about the code that runs: to and from the companion that watches it."""

from __future__ import annotations

import dataclasses

from spawning.messages.message import Message

# ---------------------------------------------------------------- about the code that runs


@dataclasses.dataclass(frozen=True, slots=True)
class Module(Message):
    """A module that a worker has loaded from a file."""

    name: str
    file: str
    """Absolute path of the source file."""
    is_package: bool


@dataclasses.dataclass(frozen=True, slots=True)
class DynamicImport(Message):
    """`importer` asked for `imported` by `importlib.import_module` and its like."""

    importer: str
    imported: str


@dataclasses.dataclass(frozen=True, slots=True)
class Graph(Message):
    """What a worker imported since its last report, in the order in which it started.

    A worker sends the first one just before `Ready` or `Failed`, and another
    whenever modules were loaded later.  The controller passes them to the
    companion and does not look inside.
    """

    generation: int
    application: str
    """Name of the module that the user named."""
    modules: tuple[Module, ...]
    dynamic: tuple[DynamicImport, ...]
    missing: tuple[str, ...]
    """Full names of modules that were looked for and not found."""
    search_path: tuple[str, ...]
    """The worker's `sys.path`, absolute."""


# ---------------------------------------------------------------- controller to companion


@dataclasses.dataclass(frozen=True, slots=True)
class Begun(Message):
    """A generation is being started; `wall` is the time of day, in seconds since the epoch."""

    generation: int
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class Serving(Message):
    """A generation has taken over."""

    generation: int


@dataclasses.dataclass(frozen=True, slots=True)
class Abandoned(Message):
    """A generation failed; the one before it goes on serving."""

    generation: int


# ---------------------------------------------------------------- companion to controller


@dataclasses.dataclass(frozen=True, slots=True)
class Reload(Message):
    """Start a new generation."""

    cause: str
    """For the log: `views.py changed (views <- urls <- app)`."""
    since: float
    """When the first change was seen, on the clock of `time.monotonic()`."""


@dataclasses.dataclass(frozen=True, slots=True)
class Refresh(Message):
    """Pages show something else now, and the code that serves them is the same."""

    cause: str
    """For the log: `templates/index.html changed`."""
    files: tuple[str, ...]
    """The absolute paths of what changed."""
    since: float
    """When the first change was seen, on the clock of `time.monotonic()`."""
