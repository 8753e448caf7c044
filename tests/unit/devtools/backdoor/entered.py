"""A process that can be entered, without a server: what its sessions see, and clients of theirs."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from serving import PATIENCE, wait_until
from spawning.config import Config
from spawning.messages import Arrival, Stop
from spawning.scoreboard import Scoreboard
from spawning_devtools.backdoor.session import Sessions

Message = dict[str, Any]


class Debugged:
    """Keeps account of what debuggers tell."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def stops(self, by: str, over: Callable[[], None]) -> str:
        self.told.append(f"{by} stops")
        return ""

    def goes_on(self, stepping: bool) -> None:
        self.told.append("steps" if stepping else "goes on")


class View:
    """A worker with four threads, as its sessions see it."""

    worker = 3
    generation = 2
    attach_command = "spawnctl attach"

    def __init__(self, application: Any = print) -> None:
        self.config = Config(args=("shop.app",), threads=4, processes=2)
        self.application = application
        self.names: Mapping[str, Any] = {}
        self.board = Scoreboard.create(8, 4)
        for row, worker in enumerate((3, 4), 1):
            self.board.row(row, False).introduce(worker, 2, 0.0)
        self.debugged = Debugged()
        self.reloads = 0
        self.moved: list[tuple[socket.socket, Arrival]] = []
        self.stops: list[Stop] = []
        self.recorded: list[str] = []
        self.changed = threading.Condition()

    def call_soon(self, call: Callable[[], None]) -> None:
        raise AssertionError("there is no hub")

    def busy(self) -> Sequence[Any]:
        return ()

    def reload(self) -> None:
        self.reloads += 1

    def move(self, sock: socket.socket, arrival: Any) -> None:
        with self.changed:
            self.moved.append((sock, arrival))
            self.changed.notify_all()

    def stopped(self, stops: Sequence[Any]) -> None:
        with self.changed:
            self.stops = list(stops)
            self.changed.notify_all()

    def record(self, _arrival: Any, statement: str) -> None:
        self.recorded.append(statement)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(holds, PATIENCE)


class Client:
    """`spawnctl attach`, as the session sees it."""

    def __init__(self, sessions: Sessions, **arrival: Any) -> None:
        self.sock, theirs = socket.socketpair()
        self.forked = theirs.dup()
        """What a process that the application has forked has of the session's end."""
        self.sock.settimeout(PATIENCE)
        self._file = self.sock.makefile("rb")
        self._number = 0
        sessions.serve(theirs, dataclasses.replace(Arrival(1, "somebody"), **arrival))

    def ask(self, do: str, **fields: Any) -> None:
        """Ask for something."""
        self._number += 1
        line = json.dumps({"do": do, "id": self._number, **fields})
        self.sock.sendall(line.encode() + b"\n")

    def until(self, *says: str) -> list[Message]:
        """Return all messages up to the first of such a kind."""
        told: list[Message] = []
        while not told or told[-1]["say"] not in says:
            line = self._file.readline()
            assert line, f"{says} was never said, but {told}"
            told.append(json.loads(line))
        return told

    def enter(self) -> Message:
        """Return the greeting, once the names are complete."""
        self.until("hello")
        return self.until("hello")[-1]

    def run(self, source: str) -> str:
        """Return all that a statement shows."""
        self.ask("run", source=source)
        return text_of(self.until("done"))

    def magic(self, *words: str) -> list[Message]:
        """Return what a word shows."""
        self.ask("magic", words=words)
        return self.until("done")

    def rest(self) -> bytes:
        """Return what comes until the session has ended."""
        data = b""
        with contextlib.suppress(ConnectionResetError):
            data = self._file.read()
        return data

    def close(self) -> None:
        """Leave."""
        self._file.close()
        self.sock.close()
        self.forked.close()


def text_of(messages: Sequence[Message]) -> str:
    """Return the output among some messages."""
    return "".join(one["text"] for one in messages if one["say"] == "out")


class Entered:
    """Sessions, and the clients that came to them."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.sessions = Sessions(view)
        self._clients: list[Client] = []

    def client(self, **arrival: Any) -> Client:
        """Have one more client; of a number, where it is to be one that was here before."""
        arrival.setdefault("number", len(self._clients) + 1)
        self._clients.append(Client(self.sessions, **arrival))
        return self._clients[-1]

    def wait_until_left(self) -> None:
        """Return when no session is left, and what they had replaced is put back.

        That comes last, and from another thread: whoever begins before takes what stands there
        for the original.
        """
        outputs = self.sessions._shared.outputs
        wait_until(
            lambda: not (self.sessions.count or outputs._replaced), "all sessions have ended"
        )

    def close(self) -> None:
        """All clients leave."""
        for client in self._clients:
            client.close()
        self.wait_until_left()
        os.close(self.view.board.shape.descriptor)


@contextlib.contextmanager
def entered(application: Any = print) -> Iterator[Entered]:
    """Have a process that can be entered; all clients leave with the block."""
    made = Entered(View(application))
    try:
        yield made
    finally:
        made.close()
