"""The controller's selector: who is called when something can be read, or has to be written."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable

from spawning import log
from spawning.controller.signals import Arrivals
from spawning.controller.spawn import Spawned
from spawning.messages import Channel, Line, Message


class Switchboard:
    """Waits for channels and for signals."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def attend(
        self, line: Channel | Line | socket.socket | Arrivals, hear: Callable[[], None]
    ) -> None:
        """Call `hear` whenever there is something on `line`."""
        self._selector.register(line, selectors.EVENT_READ, hear)

    def leave(self, line: Channel | Line | socket.socket) -> None:
        """Attend no longer; harmless where it is not attended."""
        if line.fileno() >= 0 and line in self._selector.get_map():
            self._selector.unregister(line)

    def wait(self, timeout: float | None) -> None:
        """Wait up to `timeout` seconds, and call those concerned."""
        for key in list(self._selector.get_map().values()):
            line = key.fileobj
            if isinstance(line, Channel):
                writing = selectors.EVENT_WRITE if line.wants_write else 0
                if key.events != selectors.EVENT_READ | writing:
                    self._selector.modify(line, selectors.EVENT_READ | writing, key.data)
        for key, _mask in self._selector.select(timeout):
            # An earlier call of this batch may have closed it.
            if key.fd in self._selector.get_map():
                key.data()

    def receive(self, who: str, spawned: Spawned) -> list[Message]:
        """Return what a process has said; one that says rubbish is broken, and killed."""
        channel = spawned.channel
        channel.flush()
        try:
            messages = channel.receive()
        except ValueError as error:
            log.say(f"{who} (pid {spawned.process.pid}) is killed, for it sent {error}")
            spawned.process.kill()
            self.leave(channel)
            return []
        if channel.ended:
            self.leave(channel)  # its death follows by SIGCHLD
        return messages

    def close(self) -> None:
        """Attend to nobody any more."""
        self._selector.close()
