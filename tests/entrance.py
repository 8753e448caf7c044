"""The backdoor's door as a real process, with the test as its controller and its workers."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from serving import PATIENCE, Output
from spawning.config import Config
from spawning.messages import (
    Arrival,
    Channel,
    Chronicle,
    DoorBoot,
    Enterable,
    Line,
    Message,
    WorkerGone,
    WorkerIs,
)
from spawning.sockets import Address, listen_all, listen_here
from spawning_devtools import hooks

SECRET = "0123456789abcdef"
GREETING = b"spawnctl 1 {}\n"


class Worker:
    """A worker's end of its line, or the controller's."""

    def __init__(self, line: Line, number: int, opened: list[socket.socket]) -> None:
        self.line = line
        self.number = number
        self._opened = opened

    def arrival(self) -> tuple[Arrival, socket.socket]:
        """Return the next client that is sent here, and the session's end."""
        message = self.next()
        assert message is not None, "nobody is sent here"
        arrival, descriptor = message
        assert isinstance(arrival, Arrival)
        sock = socket.socket(fileno=descriptor)
        self._opened.append(sock)
        sock.settimeout(PATIENCE)
        return arrival, sock

    def next(self, seconds: float = PATIENCE) -> tuple[Message, int] | None:
        """Return what the door says next, None where it says nothing."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.line, selectors.EVENT_READ)
            return self.line.receive() if selector.select(seconds) else None


class Entrance:
    """The door, and what is known to it."""

    def __init__(
        self, listeners: list[socket.socket], config: Config, prefix: Sequence[str] = ()
    ) -> None:
        self._listeners = listeners
        self._config = config
        self._prefix = prefix
        self._announcements, self._announce = Line.pair()
        ours, self._door_line = Line.pair()
        self._opened: list[socket.socket] = []
        self.controller = Worker(ours, 0, self._opened)
        self.workers: list[Worker] = []
        self._channels: list[Channel] = []
        self.process: subprocess.Popen[str]
        self.log: Output
        self.start()

    @property
    def address(self) -> str | tuple[str, int]:
        """Where one knocks."""
        name = self._listeners[0].getsockname()
        return name if isinstance(name, str) else name[:2]

    def start(self, chronicle: Chronicle | None = None) -> None:
        """Start the door, perhaps once more."""
        if self._channels:
            self._channels.pop().close()
        ours, theirs = socket.socketpair()
        lines = self._announcements.fileno(), self._door_line.fileno()
        descriptors = tuple(sock.fileno() for sock in self._listeners)
        command = [*self._prefix, sys.executable, *hooks.door_arguments(self._config)]
        with theirs:
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                pass_fds=(theirs.fileno(), *lines, *descriptors),
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        assert self.process.stderr is not None
        self.log = Output(self.process.stderr)
        self._channels.append(Channel(ours))
        config = dataclasses.asdict(self._config)
        boot = DoorBoot(config, os.getpid(), descriptors, *lines, SECRET, chronicle or Chronicle())
        self.tell(boot)

    def worker(self, number: int, generation: int = 1, state: str = "serving") -> Worker:
        """Have a worker that can be entered."""
        ours, theirs = Line.pair()
        self.tell(WorkerIs(number, 1000 + number, generation, state, 0.0))
        self._announce.send(Enterable(number, 1000 + number, generation), theirs.fileno())
        theirs.close()
        self.workers.append(Worker(ours, number, self._opened))
        return self.workers[-1]

    def tell(self, message: Message) -> None:
        """Tell the door a fact."""
        self._channels[0].send(message)

    def dies(self, worker: Worker, code: int = -9, generation: int = 1) -> None:
        """Have a worker die."""
        # In this order: the door does not wait long for the word.
        self.tell(WorkerGone(worker.number, 0, generation, "died", code, 0.0))
        worker.line.close()

    def connect(self, said: bytes = b"", place: int = 0) -> socket.socket:
        """Connect, and say something at once, however busy the machine is."""
        listener = self._listeners[place]
        sock = socket.socket(listener.family, socket.SOCK_STREAM)
        self._opened.append(sock)
        sock.settimeout(PATIENCE)
        with at_a_standstill(self.process.pid) if said else contextlib.nullcontext():
            sock.connect(listener.getsockname())
            sock.sendall(said)
        return sock

    def end(self) -> list[str]:
        """End the door; return what it has said."""
        self._channels[0].close()
        self.process.wait(PATIENCE)
        self.log.wait_until_ended()
        return self.log.lines

    def close(self) -> None:
        """Give all up, and show what was said."""
        print("--- the door", *self.end(), sep="\n")
        for sock in self._opened:
            sock.close()
        lines = [worker.line for worker in (self.controller, *self.workers)]
        for line in (*lines, self._announcements, self._announce, self._door_line):
            line.close()


@contextlib.contextmanager
def at_a_standstill(door: int) -> Iterator[None]:
    """Have a door find together what comes meanwhile: one who is slow to speak is a person."""
    os.kill(door, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(door, signal.SIGCONT)


@contextlib.contextmanager
def entrance(
    path: Path | None = None, prefix: Sequence[str] = (), log: str = ""
) -> Iterator[Entrance]:
    """Have a door at a unix socket, or on a port of this machine, until the block ends."""
    address = str(path) if path is not None else ""
    socks = listen_all(Address(path=address), 0o600) if address else listen_here(0)
    with contextlib.ExitStack() as stack:
        for sock in socks:
            stack.enter_context(sock)
        made = Entrance(socks, Config(args=("app",), backdoor="0", backdoor_log=log), prefix)
        stack.callback(made.close)
        yield made


def read_until(sock: socket.socket, end: bytes) -> bytes:
    """Return what comes, up to `end`, or to the end of file."""
    data = b""
    while not data.endswith(end):
        try:
            piece = sock.recv(65536)
        except ConnectionResetError:
            break
        if not piece:
            break
        data += piece
    return data


def read_all(sock: socket.socket) -> bytes:
    """Return all that comes until the other side closes."""
    data = b""
    while True:
        try:
            piece = sock.recv(65536)
        except ConnectionResetError:
            return data
        if not piece:
            return data
        data += piece


def said(sock: socket.socket) -> dict[str, object]:
    """Return the next message to a client of ours."""
    told: dict[str, object] = json.loads(read_until(sock, b"\n"))
    return told


def entered(door: Entrance, worker: Worker, greeting: bytes = GREETING) -> tuple[
    socket.socket, socket.socket
]:  # fmt: skip
    """Enter a worker; return both ends of the way between."""
    client = door.connect(greeting)
    _, session = worker.arrival()
    return client, session
