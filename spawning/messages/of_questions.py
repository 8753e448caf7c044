"""What `spawnctl` asks the companion that watches the code, and what it answers.

One connection carries one question and one answer.
"""

from __future__ import annotations

import dataclasses

from spawning.messages.message import Message

# ---------------------------------------------------------------- questions


@dataclasses.dataclass(frozen=True, slots=True)
class AskWhy(Message):
    """Is this file watched, why, and what would a save of it do?"""

    path: str
    """Absolute."""


@dataclasses.dataclass(frozen=True, slots=True)
class AskGraph(Message):
    """Which modules import which?"""

    root: str
    """Only what this module imports, directly or not; empty for all."""
    installed: bool
    """Whether modules of installed packages are wanted as well."""


@dataclasses.dataclass(frozen=True, slots=True)
class AskWatch(Message):
    """What is watched, and how?"""


# ---------------------------------------------------------------- answers


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation(Message):
    """Whether a file is watched, and what a save of it would do."""

    path: str
    """As the user knows it: from the project on where it is below."""
    kinds: tuple[str, ...]
    """What it is to the application, in phrases: `a module`, `named by --watch`."""
    ignored: str
    """Why it is not watched."""
    advice: str
    """What to do to have it watched."""
    names: tuple[str, ...]
    """The modules that it is, would be, or was read by."""
    chain: tuple[str, ...]
    """The shortest way from there to the application."""
    importers: tuple[str, ...]
    """The modules that import it directly."""
    effect: str
    """What a save does: `reload`, `refresh` or `nothing`."""
    affected: tuple[str, ...]
    """Modules of the project that are executed anew after a save because of it."""
    modules: int
    """How many modules the project has."""
    source: str = ""
    """What the new generation would start from."""
    refusal: str = ""
    """Why the last save of it was more than new bodies of functions."""


@dataclasses.dataclass(frozen=True, slots=True)
class Node(Message):
    """A module of the graph."""

    name: str
    file: str
    cycle: int
    """Modules with the same number import each other in a circle; 0: no circle."""


@dataclasses.dataclass(frozen=True, slots=True)
class Edge(Message):
    """One module imports another."""

    importer: str
    imported: str


@dataclasses.dataclass(frozen=True, slots=True)
class Drawing(Message):
    """The module graph, or a part of it."""

    application: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Root(Message):
    """A folder below which directories are watched, all in one way."""

    path: str
    backend: str
    """How changes are learned: `inotify`, `polling`, both with a comma, or `not watched`."""
    directories: int


@dataclasses.dataclass(frozen=True, slots=True)
class Decision(Message):
    """Something that was done about changes."""

    ago: float
    """Seconds."""
    kind: str
    """`reload` or `refresh`."""
    cause: str


@dataclasses.dataclass(frozen=True, slots=True)
class Count(Message):
    """How many files of a kind are watched."""

    what: str
    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Watched(Message):
    """What is watched, and what has come of it."""

    project: str
    roots: tuple[Root, ...]
    counts: tuple[Count, ...]
    decisions: tuple[Decision, ...]
    """The latest first."""


@dataclasses.dataclass(frozen=True, slots=True)
class Unanswered(Message):
    """The question has no answer."""

    why: str
    hint: str
