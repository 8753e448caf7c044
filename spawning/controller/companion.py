"""A process beside the workers: started, told what happens, and started anew when it dies.

Nothing stops serving when it is dead; that is said once, and it is started again
after a pause that doubles.
"""

from __future__ import annotations

import dataclasses
import os
import select
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from spawning import log
from spawning.controller.audience import Fact
from spawning.controller.policy import pause_after
from spawning.controller.spawn import Process, Spawned, start
from spawning.controller.switchboard import Switchboard
from spawning.messages import Line, Message
from spawning.streams import Streams


class Memory(Protocol):
    """What a companion is told, and what a new one in its place has to be told first."""

    def learn(self, fact: Fact) -> Message | None:
        """Return what the companion is told of a fact, None where that does not concern it."""

    def recall(self) -> Iterable[Message]:
        """Return what a new one has to be told of what it has missed."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What makes a companion the one it is."""

    name: str
    arguments: Sequence[str]
    """Of the interpreter; the number of its channel is added."""
    inherited: Sequence[int] = ()
    memory: Memory
    hear: Callable[[Message], None]
    """Called with what it says."""
    beside: Sequence[tuple[socket.socket | Line, Callable[[], None]]] = ()
    """What else has to be heard for its sake, and by whom."""
    patience: float = 0.0
    """Seconds that it gets to clean up, once it is told by the end of its channel."""


class Companion:
    """Keeps one process; implements `audience.Listener`."""

    def __init__(self, brief: Brief, switchboard: Switchboard, streams: Streams) -> None:
        self._brief = brief
        self._streams = streams
        self._switchboard = switchboard
        self._process: Spawned | None = None
        self._deaths = 0
        self._start_at = 0.0
        for line, hear in brief.beside:
            switchboard.attend(line, hear)

    @property
    def wake_at(self) -> float | None:
        """When the process is to be started, None while it runs."""
        return self._start_at if self._process is None else None

    @property
    def process(self) -> Process | None:
        """The process, None while there is none."""
        return self._process.process if self._process is not None else None

    def keep_up(self, now: float) -> None:
        """Start the process if it is time; find out if it is dead."""
        if self._process is not None and self._process.process.poll() is not None:
            self._leave(self._process)
            self._put_off(now, f"{self._brief.name} died and is started again")
        if self._process is None and now >= self._start_at:
            try:
                self._start()
            except OSError as error:
                self._put_off(now, f"{self._brief.name} cannot be started: {error.strerror}")

    def tell(self, fact: Fact) -> None:
        """Tell the process, if it concerns it."""
        message = self._brief.memory.learn(fact)
        if message is not None and self._process is not None:
            self._process.channel.send(message)

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            process = self._process.process
            self._leave(self._process)
            if self._brief.patience and process.poll() is None:
                _wait(process.pid, self._brief.patience)
            process.kill()
            process.wait()

    def _start(self) -> None:
        spawned = start(self._brief.arguments, self._brief.inherited, self._streams)
        self._process = spawned
        for message in self._brief.memory.recall():
            spawned.channel.send(message)
        self._switchboard.attend(spawned.channel, lambda: self._listen(spawned))

    def _listen(self, spawned: Spawned) -> None:
        for message in self._switchboard.receive(self._brief.name, spawned):
            self._brief.hear(message)

    def _leave(self, spawned: Spawned) -> None:
        self._switchboard.leave(spawned.channel)
        spawned.channel.close()
        self._process = None

    def _put_off(self, now: float, why: str) -> None:
        self._deaths += 1
        if self._deaths == 1:
            log.say(why)
        self._start_at = now + pause_after(self._deaths)


def _wait(child: int, seconds: float) -> None:
    """Wait for the end of a child, so long at most."""
    descriptor = os.pidfd_open(child)
    try:
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        ended.poll(seconds * 1000)
    finally:
        os.close(descriptor)
