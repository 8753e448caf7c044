"""Where workers come from, where nobody keeps snapshots: each is executed afresh."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from spawning.config import Config
from spawning.controller.spawn import Process, Spawned, Spawner
from spawning.controller.switchboard import Switchboard
from spawning.devhooks import DevHooks, Nursery
from spawning.messages import Boot, Message, Snapshots


class _Executed:
    """Implements `devhooks.Nursery` with nothing to keep."""

    def __init__(self, spawner: Spawner) -> None:
        self._spawner = spawner

    def spawn(self, boot: Boot) -> Spawned:
        """Execute a worker."""
        return self._spawner.spawn(boot)

    def hear(self, message: Message) -> None:
        """Nothing is held that may be outdated."""

    def forget(self) -> None:
        """Nothing is held."""

    def reap(self) -> None:
        """Whoever dies is a worker or a companion."""

    def processes(self) -> Iterable[Process]:
        """Return nobody: workers are the controller's."""
        return ()

    def end(self) -> None:
        """There is nobody else."""


def nursery_of(
    config: Config,
    hooks: DevHooks | None,
    executed: Spawner,
    switchboard: Switchboard,
    tell: Callable[[Snapshots], None],
) -> Nursery:
    """Return where workers come from in a server of this configuration."""
    nursery = hooks.nursery(config, executed, switchboard, tell) if hooks is not None else None
    return nursery if nursery is not None else _Executed(executed)
