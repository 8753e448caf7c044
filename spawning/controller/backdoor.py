"""The backdoor: where one knocks, who lets one in, and sessions in the controller itself.

The door is a companion.  Workers announce themselves to it on their own, so the
controller relays nothing; it is entered like a worker, by a line of its own.
"""

from __future__ import annotations

import collections
import dataclasses
import os
import pwd
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from spawning import log, whereabouts
from spawning.config import Config
from spawning.controller.companion import Brief
from spawning.controller.outside import Outside
from spawning.controller.retold import Retold
from spawning.devhooks import Debugged, DevHooks, Nobody, Sessions, begin
from spawning.gate import Gate
from spawning.messages import Arrival, Chronicle, DoorBoot, Line
from spawning.scoreboard import Scoreboard
from spawning.sockets import UNIX
from spawning.statement_log import StatementLog


class Owner(Protocol):
    """The controller, as those see it who have entered it."""

    def reload(self, cause: str) -> None:
        """Begin a new generation."""


class Backdoor:
    """What outlives the door: the sockets on which it is told who can be entered."""

    def __init__(self) -> None:
        self.announcements, self._announce = Line.pair()
        self.line, self.door_line = Line.pair()
        """To the controller: its own end, and the door's."""

    @property
    def descriptor(self) -> int:
        """Return that of the workers (see `Boot.door`)."""
        return self._announce.fileno()

    def close(self) -> None:
        """Give it all up."""
        for line in (self.announcements, self._announce, self.line, self.door_line):
            line.close()


def addresses(listeners: Sequence[socket.socket]) -> tuple[str, ...]:
    """Return where one knocks: HOST:PORT, or unix:PATH."""
    return tuple(_address(sock.getsockname()) for sock in listeners)


def _address(name: Any) -> str:
    if isinstance(name, str):
        return UNIX + os.path.abspath(name)
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _shown(listeners: Sequence[socket.socket]) -> str:
    """Return where one knocks, as a user would say it."""
    ports = {sock.getsockname()[1] for sock in listeners if sock.family != socket.AF_UNIX}
    if len(listeners) > 1 and len(ports) == 1:
        return f"localhost:{ports.pop()}"
    return " ".join(addresses(listeners))


def brief(
    config: Config, hooks: DevHooks, outside: Outside, backdoor: Backdoor, view: View
) -> Brief:
    """Return what makes a companion the door."""
    listeners = outside.backdoor_listeners
    log.say(f"backdoor on {_shown(listeners)} for {_user()}: spawnctl attach")
    descriptors = tuple(sock.fileno() for sock in listeners)
    lines = backdoor.announcements.fileno(), backdoor.door_line.fileno()
    boot = DoorBoot(
        dataclasses.asdict(config), os.getpid(), descriptors, *lines, outside.secret, Chronicle()
    )
    reception = _Reception(hooks, view)
    return Brief(
        name="the backdoor's door",
        arguments=hooks.door_arguments(config),
        inherited=(*descriptors, *lines),
        memory=Retold(boot),
        hear=lambda _message: None,
        beside=((backdoor.line, reception.hear), (view.bell, view.answer)),
    )


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"


class _Reception:
    """Takes those who enter the controller; each has a thread only while it is here."""

    def __init__(self, hooks: DevHooks, view: View) -> None:
        self._hooks = hooks
        self._view = view
        self._sessions: Sessions | None = None

    def hear(self) -> None:
        """Take whom the door sends."""
        try:
            come = self._view.line.receive()
        except (BlockingIOError, ValueError):
            return  # who sends rubbish is not heard
        arrival, descriptor = come if come is not None else (None, -1)
        if isinstance(arrival, Arrival) and descriptor >= 0:
            if self._sessions is None:
                self._sessions = self._hooks.sessions(self._view)
            begin(self._sessions, socket.socket(fileno=descriptor), arrival)


class View:
    """The controller as its sessions see it; implements `devhooks.WorkerView`."""

    worker = 0
    application = None

    def __init__(
        self, config: Config, line: Line, board: Scoreboard, gate: Gate, owner: Owner
    ) -> None:
        self.config = config
        self.line = line
        """To the door."""
        self.board = board
        self.names: Mapping[str, Any] = {"controller": owner}
        self.debugged: Debugged = Nobody()
        self._gate = gate
        self._owner = owner
        self._log = StatementLog(config.backdoor_log)
        self._calls: collections.deque[Callable[[], None]] = collections.deque()
        self.bell, self._ring = socket.socketpair()
        for sock in (self.bell, self._ring):
            sock.setblocking(False)

    @property
    def generation(self) -> int:
        """Return the one that serves."""
        return int(self._gate.word[0])

    @property
    def attach_command(self) -> str:
        """Return what the user types to come here."""
        return whereabouts.attach_command(os.getpid())

    def call_soon(self, call: Callable[[], None]) -> None:
        """Have the loop call something."""
        self._calls.append(call)
        try:
            self._ring.send(b"!")
        except BlockingIOError:
            pass  # it has been rung

    def answer(self) -> None:
        """The bell was rung."""
        try:
            self.bell.recv(4096)
        except BlockingIOError:
            pass
        while self._calls:
            self._calls.popleft()()

    def busy(self) -> Sequence[Any]:
        """The controller answers no requests."""
        return ()

    def reload(self) -> None:
        """Begin a new generation."""
        self.call_soon(lambda: self._owner.reload("asked for in the controller"))

    def move(self, sock: socket.socket, arrival: Any) -> None:
        """Give a session's end back to the door."""
        fields = {field.name: getattr(arrival, field.name) for field in dataclasses.fields(Arrival)}
        self.line.send(Arrival(**fields), sock.fileno())
        sock.close()

    def stopped(self, stops: Sequence[Any]) -> None:
        """Breakpoints in the controller are for its terminal."""

    def record(self, arrival: Any, statement: str) -> None:
        """A client is about to run a statement."""
        self._log.record("controller", arrival.user, arrival.pid, statement)
