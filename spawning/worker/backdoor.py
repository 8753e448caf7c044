"""How a worker can be entered: it tells the door so, and hands clients to its sessions.

Rules:
1. A native thread does it, and waits in the kernel: not the loop, which may be blocked,
   and is entered all the more then.
2. Where the door has died, the next one is told anew.  Nobody waits for either.
3. Nobody enters before the application is imported and the worker is ready.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import socket

# By name, before anything monkey-patches them.
from _thread import allocate_lock, start_new_thread
from collections.abc import Callable, Mapping, Sequence
from signal import SIG_BLOCK, pthread_sigmask
from typing import Any

from spawning import whereabouts
from spawning.config import Config
from spawning.devhooks import Debugged, DevHooks, Nobody, Sessions, begin
from spawning.http.connection import Connection
from spawning.http.engine import Engine
from spawning.messages import (
    TELL_STACKS,
    Arrival,
    Boot,
    Channel,
    Enterable,
    Line,
    Message,
    ReloadWanted,
    Stop,
    Stops,
)
from spawning.scoreboard import Scoreboard, Shape
from spawning.statement_log import StatementLog
from spawning.worker.holding import Holding

FIELDS = dataclasses.fields(Arrival)

# By name: with greenlets the module's class becomes eventlet's.
_Socket = socket.socket


class Backdoor:
    """The sessions of one worker, and its line to the door; harmless where there is no door."""

    def __init__(self) -> None:
        self._sessions: Sessions | None = None
        self._view: View | None = None
        self._announcements: Line | None = None
        self._is_draining = False

    def start(self, hooks: DevHooks | None, config: Config, boot: Boot) -> None:
        """Have sessions later, if the configuration asks for it; nothing is patched yet."""
        if hooks is None or boot.door < 0:
            return
        os.set_inheritable(boot.door, False)
        self._announcements = Line.at(boot.door)
        self._view = View(config, Scoreboard(Shape(*boot.board)))
        self._sessions = hooks.sessions(self._view)

    def begin(self, boot: Boot, channel: Channel, holding: Holding) -> None:
        """The application is about to be loaded; it may stop at a breakpoint."""
        if self._view is not None and self._sessions is not None:
            self._view.debugged = holding
            self.become(boot, channel)
            self._sessions.mind_breakpoints()

    def become(self, boot: Boot, channel: Channel) -> None:
        """This process is that worker now: it may be one that was forked meanwhile."""
        if self._view is not None:
            self._view.be(boot, channel)

    def open(self, engine: Engine, application: Any) -> None:
        """The application is loaded: whoever wants to may come in."""
        if self._view is not None:
            self._view.application, self._view.engine = application, engine
            start_new_thread(self._attend, ())

    def drain(self) -> None:
        """The worker will end."""
        self._is_draining = True
        if self._sessions is not None:
            self._sessions.drain()

    @property
    def is_busy(self) -> bool:
        """Whether somebody is still in here."""
        return self._sessions is not None and self._sessions.count > 0

    # ------------------------------------------------------------ the thread

    def _attend(self) -> None:
        pthread_sigmask(SIG_BLOCK, [TELL_STACKS])  # as in `http.threads`
        while not self._is_draining and (line := self._announce()) is not None:
            self._welcome(line)

    def _announce(self) -> Line | None:
        """Tell the door that this worker can be entered; None where there will be none again."""
        assert self._view is not None
        assert self._announcements is not None
        ours, theirs = Line.pair()
        view = self._view
        try:
            word = Enterable(view.worker, os.getpid(), view.generation)
            self._announcements.send(word, theirs.fileno())
        except OSError:
            ours.close()
            return None
        finally:
            theirs.close()
        view.has_line(ours)
        return ours

    def _welcome(self, line: Line) -> None:
        """Hand to the sessions who comes, until the door is gone."""
        assert self._sessions is not None
        assert self._view is not None
        while (come := line.receive(waits=True)) is not None:
            arrival, descriptor = come
            if isinstance(arrival, Arrival) and descriptor >= 0:
                begin(self._sessions, _Socket(fileno=descriptor), arrival)
        self._view.has_line(None)
        line.close()


class View:
    """This worker, as its sessions see it; implements `devhooks.WorkerView`."""

    def __init__(self, config: Config, board: Scoreboard) -> None:
        self.config = config
        self.board = board
        self.names: Mapping[str, Any] = {}
        self.application: Any = None
        self.engine: Engine | None = None
        self.worker = self.generation = 0
        self.debugged: Debugged = Nobody()
        self._channel: Channel | None = None
        self._line: Line | None = None
        self._stops: tuple[Stop, ...] = ()
        self._lock = allocate_lock()
        self._log = StatementLog(config.backdoor_log)

    def be(self, boot: Boot, channel: Channel) -> None:
        """Show this worker."""
        self.worker, self.generation = boot.worker_id, boot.generation
        self._channel = channel

    @property
    def attach_command(self) -> str:
        """Return what the user types to come here."""
        return whereabouts.attach_command(os.getppid())

    def call_soon(self, call: Callable[[], None]) -> None:
        """Have the loop call something."""
        if self.engine is not None:
            self.engine.call_soon(call)

    def busy(self) -> Sequence[Connection]:
        """Return the connections whose requests are being answered."""
        return self.engine.busy() if self.engine is not None else ()

    def reload(self) -> None:
        """Have the controller begin a new generation."""
        if self._channel is not None:
            self._channel.send(ReloadWanted())

    def has_line(self, line: Line | None) -> None:
        """From now on this is the line to the door; it is told what waits."""
        with self._lock:
            self._line = line
            if line is not None and self._stops:
                self._tell(Stops(self._stops))

    def move(self, sock: socket.socket, arrival: Any) -> None:
        """Give a session's end back to the door; raises OSError where there is none."""
        with self._lock:
            if self._line is None:
                raise OSError(errno.ENOTCONN, "the backdoor's door is not there")
            fields = {field.name: getattr(arrival, field.name) for field in FIELDS}
            self._line.send(Arrival(**fields), sock.fileno())
        sock.close()

    def stopped(self, stops: Sequence[Any]) -> None:
        """These wait for a client."""
        with self._lock:
            self._stops = tuple(Stop(one.request, one.file, one.line) for one in stops)
            self._tell(Stops(self._stops))

    def record(self, arrival: Any, statement: str) -> None:
        """A client is about to run a statement."""
        where = f"worker={self.worker} generation={self.generation}"
        self._log.record(where, arrival.user, arrival.pid, statement)

    def _tell(self, message: Message) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):  # the next door is told anew
                self._line.send(message)
