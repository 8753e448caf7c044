"""The companion that watches the source code: what it is told."""

from __future__ import annotations

from collections.abc import Callable

from spawning.config import Config
from spawning.controller.audience import Fact
from spawning.controller.companion import Brief
from spawning.devhooks import DevHooks
from spawning.messages import (
    Abandoned,
    Begun,
    GenerationBegun,
    GenerationFailed,
    GenerationServes,
    Graph,
    Message,
    Serving,
    Snapshots,
)

About = Begun | Graph | Serving | Abandoned | Snapshots
"""What it is told of a generation."""


class Memory:
    """What was told of the generation that serves, and of the newest attempt."""

    def __init__(self) -> None:
        self._serving = 0
        self._history: list[Begun | Graph | Serving | Abandoned] = []

    def learn(self, fact: Fact) -> About | None:
        """Return what the watcher is told of a fact, and keep what a new one would need of it."""
        about = _translated(fact)
        if about is None:
            return None
        if isinstance(about, Snapshots):
            return about  # which a new watcher can do without
        if isinstance(about, Serving):
            self._serving = about.generation
        if isinstance(about, (Begun, Serving)):
            self._history = [old for old in self._history if old.generation == self._serving]
        self._history.append(about)
        return about

    def recall(self) -> list[Begun | Graph | Serving | Abandoned]:
        """Return what a new watcher has to be told."""
        return self._history


def brief(config: Config, hooks: DevHooks, hear: Callable[[Message], None]) -> Brief:
    """Return what makes a companion the watcher."""
    return Brief(
        name="the watcher of the source code",
        arguments=hooks.companion_arguments(config),
        memory=Memory(),
        hear=hear,
    )


def _translated(fact: Fact) -> About | None:
    match fact:
        case Graph() | Snapshots():
            return fact
        case GenerationBegun(generation, wall=wall):
            return Begun(generation, wall)
        case GenerationServes(generation):
            return Serving(generation)
        case GenerationFailed(generation):
            return Abandoned(generation)
        case _:
            return None
