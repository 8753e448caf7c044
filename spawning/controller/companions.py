"""Who is told what happens: people, and the processes that live beside the workers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence

from spawning.config import Config
from spawning.controller import coverage, status_page, watcher
from spawning.controller.audience import Listener
from spawning.controller.browser import Browser
from spawning.controller.companion import Brief
from spawning.controller.outside import Outside
from spawning.controller.terminal import Terminal
from spawning.controller.workers import Workers
from spawning.devhooks import DevHooks
from spawning.messages import Message


def briefs_of(
    config: Config,
    hooks: DevHooks | None,
    hear_watcher: Callable[[Message], None],
    listeners: Sequence[socket.socket],
    outside: Outside,
    workers: Workers,
) -> Iterator[Brief]:
    """Yield what makes each the one it is."""
    if hooks is not None and (config.reload or config.watch):
        yield watcher.brief(config, hooks, hear_watcher)
    if outside.status_listeners:
        yield status_page.brief(config, outside.status_listeners, listeners, workers.board.shape)
    if hooks is not None and workers.coverage is not None:
        yield coverage.brief(
            config, hooks, listeners, workers.coverage, workers.tell_all, outside.coverage
        )


def people_of(
    config: Config,
    listeners: Sequence[socket.socket],
    verbose_lines: Callable[[], Sequence[str]],
) -> Iterator[Listener]:
    """Yield what speaks to somebody."""
    yield Terminal(config, listeners, verbose_lines)
    if config.open:
        yield Browser(listeners)
