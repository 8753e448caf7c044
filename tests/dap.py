"""The Debug Adapter Protocol as an editor speaks it, as far as breakpoints need."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 60.0


class Gone(Exception):
    """The other side is gone."""


Fields = dict[str, Any]


class Debugger:
    """An editor's connection to debugpy."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, PATIENCE)
        self._socket.settimeout(None)
        self._file = self._socket.makefile("rb")
        self._sent = 0
        self._heard: list[Fields] = []
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def attach(self, file: Path, line: int, **arguments: Any) -> None:
        """Attach, with one breakpoint."""
        self.ask("initialize", adapterID="python", pathFormat="path")
        attached = self.send("attach", justMyCode=True, subProcess=True, **arguments)
        self.event("initialized")
        self.ask("setBreakpoints", source={"path": str(file)}, breakpoints=[{"line": line}])
        self.ask("configurationDone")
        self._answer(attached)

    def ask(self, command: str, **arguments: Any) -> Fields:
        """Send a request and return the body of its response."""
        return self._answer(self.send(command, **arguments))

    def send(self, command: str, **arguments: Any) -> int:
        """Send a request; return its number."""
        self._sent += 1
        words = {"seq": self._sent, "type": "request", "command": command, "arguments": arguments}
        data = json.dumps(words).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        return self._sent

    def event(self, name: str) -> Fields:
        """Return the body of the next event of that name, as soon as there is one."""
        return self._wait_for(lambda message: message.get("event") == name).get("body", {})

    def taken(self, name: str) -> list[Fields]:
        """Return the bodies of the events of that name that have come since the last call."""
        with self._changed:
            taken = [message for message in self._heard if message.get("event") == name]
            self._heard = [message for message in self._heard if message not in taken]
        return [message.get("body", {}) for message in taken]

    def _answer(self, number: int) -> Fields:
        answer = self._wait_for(lambda message: message.get("request_seq") == number)
        assert answer["success"], answer
        return answer.get("body", {})

    def _wait_for(self, matches: Callable[[Fields], bool]) -> Fields:
        found: list[Fields] = []

        def has_come() -> bool:
            found[:] = [message for message in self._heard if matches(message)]
            return bool(found) or self._ended

        with self._changed:
            self._changed.wait_for(has_come, PATIENCE)
            if self._ended and not found:
                raise Gone
            assert found, f"it never came; what did: {self._heard}"
            self._heard.remove(found[0])
        return found[0]

    def _listen(self) -> None:
        while size := self._head():
            message = json.loads(self._file.read(size))
            with self._changed:
                self._heard.append(message)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _head(self) -> int:
        size = 0
        try:
            while line := self._file.readline().strip():
                name, _, value = line.partition(b":")
                size = int(value) if name == b"Content-Length" else size
        except OSError:
            pass  # it is over
        return size

    def close(self) -> None:
        """Go away."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._file.close()
        self._socket.close()
