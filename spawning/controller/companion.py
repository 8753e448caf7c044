"""The process that watches the source code: started, fed, and started anew when it dies.

Nothing stops serving when it is dead; it is said once, and it is started again
after a pause that doubles.
"""

from __future__ import annotations

from collections.abc import Callable

from spawning import log
from spawning.config import Config
from spawning.controller.policy import pause_after
from spawning.controller.spawn import Spawned, start
from spawning.devhooks import DevHooks
from spawning.messages import Abandoned, Begun, Channel, Graph, Serving

About = Begun | Graph | Serving | Abandoned
"""What it is told of a generation."""


class Companion:
    """Keeps one companion process, and repeats to a new one what the last one knew."""

    def __init__(self, hooks: DevHooks, config: Config, started: Callable[[Spawned], None]) -> None:
        self._arguments = hooks.companion_arguments(config)
        self._started = started
        self._process: Spawned | None = None
        self._deaths = 0
        self._start_at: float | None = 0.0
        self._serving = 0
        self._history: list[About] = []
        """What was told of the generation that serves, and of the newest attempt."""

    @property
    def start_at(self) -> float | None:
        """When the process is to be started, None while it runs."""
        return self._start_at

    def keep_up(self, now: float) -> None:
        """Start the process if it is time."""
        if self._start_at is None or now < self._start_at:
            return
        try:
            self._process = start(self._arguments, ())
        except OSError as error:
            self._put_off(now, f"the watcher cannot be started: {error.strerror}")
            return
        self._start_at = None
        for message in self._history:
            self._process.channel.send(message)
        self._started(self._process)

    def tell(self, message: About) -> None:
        """Send a message, and remember what a new process would need of it."""
        if isinstance(message, Serving):
            self._serving = message.generation
        if isinstance(message, (Begun, Serving)):
            self._history = [old for old in self._history if old.generation == self._serving]
        self._history.append(message)
        if self._process is not None:
            self._process.channel.send(message)

    def ended(self, now: float, leave: Callable[[Channel], None]) -> None:
        """The process is gone: `leave` its channel, and see to a new one."""
        assert self._process is not None
        leave(self._process.channel)
        self._process.channel.close()
        self._process = None
        self._put_off(now, "the watcher of the source code died and is started again")

    def poll(self) -> int | None:
        """Return the exit code of the process, None while it runs or none is there."""
        return self._process.process.poll() if self._process is not None else None

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.channel.close()
            self._process.process.kill()
            self._process.process.wait()
            self._process = None

    def _put_off(self, now: float, why: str) -> None:
        self._deaths += 1
        if self._deaths == 1:
            log.say(why)
        self._start_at = now + pause_after(self._deaths)
