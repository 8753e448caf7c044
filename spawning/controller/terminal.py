"""What of all that happens the user reads in the terminal, or in the log of a service."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from spawning import log
from spawning.config import Config
from spawning.controller import report
from spawning.controller.audience import Fact
from spawning.controller.terminal_modes import Modes
from spawning.messages import (
    Failed,
    GenerationBegun,
    GenerationFailed,
    GenerationServes,
    Notice,
    Refresh,
    WorkerFailed,
    WorkerGone,
    WorkerHeld,
)
from spawning.sockets import urls_of


class Terminal:
    """Says it as it happens; implements `audience.Listener`."""

    wake_at = None
    process = None

    def __init__(
        self,
        config: Config,
        listeners: Sequence[socket.socket],
        verbose_lines: Callable[[], Sequence[str]],
    ) -> None:
        self._config = config
        self._urls = urls_of(listeners)
        self._verbose_lines = verbose_lines
        self._causes: list[str] = []
        """Why the newest generation was begun, and those before it that it has overtaken."""
        self._serving = 0
        self._held: set[int] = set()
        """Workers that a debugger holds, and perhaps reads the terminal."""
        self._modes = Modes()

    def keep_up(self, now: float) -> None:
        """Nothing is due."""

    def tell(self, fact: Fact) -> None:
        """Say what is worth a line, or several."""
        match fact:
            case GenerationBegun(_, cause):
                self._mark("reload begin")
                if cause not in self._causes:
                    self._causes.append(cause)
                if self._config.verbose:
                    _say(self._verbose_lines())
            case GenerationServes(generation, seconds):
                log.say(self._takeover(generation, seconds))
                self._serving = generation
                self._causes.clear()
                self._mark("reload end")
            case GenerationFailed(generation):
                _say(self._abandonment(generation))
                self._causes.clear()
                self._mark("reload end")
            case WorkerFailed(failure=failure):
                _say(self._failure(failure))
            case WorkerHeld(worker_id, by):
                self._held = self._held | {worker_id} if by else self._held - {worker_id}
            case WorkerGone(worker_id, how=how):
                if how == "died":
                    log.say(report.death(fact))
                if worker_id in self._held:
                    self._held.discard(worker_id)
                    if not self._held:
                        self._modes.restore()
            case Refresh(cause):
                log.say(f"{cause}: pages are fresh, no code was reloaded")
            case Notice(text):
                _say(text.splitlines())
            case _:
                pass

    def end(self) -> None:
        """Say nothing more."""
        self._modes.restore()

    def _mark(self, line: str) -> None:
        """Say what a program waits for that reads the log, such as an editor's problem matcher."""
        if self._config.problem_lines:
            log.say(line)

    def _failure(self, failure: Failed) -> Iterable[str]:
        lines = report.failure(failure, str(Path.cwd()), not self._config.reload)
        return report.folded(lines) if self._config.problem_lines else lines

    def _takeover(self, generation: int, seconds: float) -> str:
        if self._serving:
            return report.takeover(report.together(self._causes), generation, seconds)
        return report.first_takeover(self._config, self._urls, generation, seconds)

    def _abandonment(self, generation: int) -> Iterable[str]:
        if self._serving:
            yield (
                f"{report.together(self._causes)}: generation {generation} failed;"
                f" generation {self._serving} goes on serving"
            )
        elif self._config.reload:
            yield "waiting for a change; requests wait too"


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        log.say(line)
