"""Who is told what happens: people, and the processes that live beside the workers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from spawning.config import Config
from spawning.controller import backdoor, coverage, status_page, watcher
from spawning.controller.audience import Listener
from spawning.controller.browser import Browser
from spawning.controller.companion import Brief
from spawning.controller.outside import Outside
from spawning.controller.terminal import Terminal
from spawning.controller.workers import Workers
from spawning.devhooks import DevHooks
from spawning.messages import Message


class Owner(backdoor.Owner, Protocol):
    """The controller, as its companions know it."""

    def hear_watcher(self, message: Message) -> None:
        """Take what the watcher of the source code says."""


def briefs_of(
    config: Config,
    hooks: DevHooks | None,
    owner: Owner,
    listeners: Sequence[socket.socket],
    outside: Outside,
    workers: Workers,
) -> Iterator[Brief]:
    """Yield what makes each the one it is."""
    if hooks is not None and (config.reload or config.watch):
        yield watcher.brief(config, hooks, owner.hear_watcher)
    if outside.status_listeners:
        yield status_page.brief(config, outside.status_listeners, listeners, workers.board.shape)
    if hooks is not None and workers.coverage is not None:
        yield coverage.brief(
            config, hooks, listeners, workers.coverage, workers.tell_all, outside.coverage
        )
    if hooks is not None and workers.backdoor is not None:
        view = backdoor.View(config, workers.backdoor.line, workers.board, workers.gate, owner)
        yield backdoor.brief(config, hooks, outside, workers.backdoor, view)


def people_of(
    config: Config,
    listeners: Sequence[socket.socket],
    verbose_lines: Callable[[], Sequence[str]],
) -> Iterator[Listener]:
    """Yield what speaks to somebody."""
    yield Terminal(config, listeners, verbose_lines)
    if config.open:
        yield Browser(listeners)
