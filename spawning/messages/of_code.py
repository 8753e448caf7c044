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
class PackagePath(Message):
    """Where the submodules of a package are looked for: its `__path__`."""

    name: str
    folders: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Opened(Message):
    """A file or folder below the project that the application has read."""

    file: str
    """Absolute path; that of a folder whose names were listed ends with a slash."""
    reader: str
    """The module of the project that asked for it; empty where a framework did by itself."""
    moment: float
    """Just before, in seconds since the epoch."""


@dataclasses.dataclass(frozen=True, slots=True)
class Graph(Message):
    """What a worker imported since its last report, in the order in which it started.

    A worker sends the first one just before `Ready` or `Failed`, after a warm start as
    soon as it serves, and another whenever modules were loaded later.  The controller
    passes them to the companion and does not look inside.
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
    environ: tuple[tuple[str, str | None], ...] = ()
    """What the application's import changed in the environment; None stands for removed."""
    out_of_turn: bool = False
    """Whether some were imported before their turn, so that this is not the natural order."""
    order_matters: str = ""
    """Why no module may be imported before its turn; empty where they may."""
    sets_up: tuple[str, ...] = ()
    """Frameworks that are set up by one call, and have been."""
    packages: tuple[PackagePath, ...] = ()
    """The packages in which a submodule was looked for and not found."""
    data: tuple[Opened, ...] = ()
    """What is in the state of the process: read while modules were imported or the application
    was made, or a template that its engine keeps."""
    kept: tuple[Opened, ...] = ()
    """What was read for a request, and may have been kept for the next one; not if it is in
    `served` as well."""
    served: tuple[Opened, ...] = ()
    """Files that each request reads afresh: static files, templates that are looked at anew."""
    listed: tuple[Opened, ...] = ()
    """Folders whose names were listed while modules were imported."""
    written: tuple[str, ...] = ()
    """Files below the project that the application has opened for writing."""


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
    files: tuple[str, ...] = ()
    """The files that changed, as they are known in `Graph`; empty: anything may have changed."""
    names: tuple[str, ...] = ()
    """The modules that these files are, or would be, and those that read them."""


@dataclasses.dataclass(frozen=True, slots=True)
class Refresh(Message):
    """Pages show something else now, and the code that serves them is the same."""

    cause: str
    """For the log: `templates/index.html changed`."""
    files: tuple[str, ...]
    """The absolute paths of what changed."""
    since: float
    """When the first change was seen, on the clock of `time.monotonic()`."""
