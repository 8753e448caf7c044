"""A snapshot's own side: where it stops, what it is told while it waits, how it forks.

An application is started as always, and stops inside the search for a module, before
that module has been found: so the process holds exactly what a cold start holds at
that moment, and nothing of that module.  What is forked from it goes on with the
search and imports the module as it is then.

Rules:
1. A waiting process has no thread and no descriptor of the application's (`safety`);
   otherwise it says why and ends.
2. It may import modules before their turn.  If that comes upon one that is forbidden,
   or fails, the process ends: nothing half-made is forked.  Or it waits when all is
   imported (`full`).
3. Whoever tells it what to do is gone: it ends.
"""

from __future__ import annotations

import gc
import importlib
import os
import socket
import sys
from collections.abc import Callable
from select import POLLIN, POLLOUT, poll
from socket import SCM_RIGHTS, SOL_SOCKET, socketpair
from typing import Protocol

from spawning.messages import (
    Advance,
    Boot,
    Born,
    Channel,
    Complete,
    GoOn,
    Message,
    Parked,
    Sprout,
    Stumbled,
    Take,
    Unfit,
    encode,
)
from spawning.worker import signals
from spawning_devtools.environ import Changes, apply, changes
from spawning_devtools.setups import Setups
from spawning_devtools.snapshots import afresh, forking, safety
from spawning_devtools.snapshots.full import Full
from spawning_devtools.snapshots.held import hold
from spawning_devtools.snapshots.memory import Touched
from spawning_devtools.snapshots.readings import Readings
from spawning_devtools.snapshots.witness import Witness


class Seen(Protocol):
    """What was imported so far."""

    def new_files(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return what is new: files, the modules loaded from them, and those looked for in vain."""

    def alone(self, work: Callable[[], None]) -> None:
        """Do `work` whose imports nobody of the project has asked for."""


class Project(Protocol):
    """What is known of the project's files."""

    def has(self, path: str) -> bool:
        """Return whether the user may be working on a file."""

    def attend(self, witness: Witness) -> None:
        """Tell a witness of each file that is loaded from now on."""


class Trespass(BaseException):
    """A module was imported before its turn that must not be."""


class Snapshot:
    """This process, while it is or may become a snapshot."""

    def __init__(
        self,
        boot: Boot,
        channel: Channel,
        seen: Seen,
        project: Project,
        become: Callable[[Channel, Boot], None],
    ) -> None:
        self._channel = channel
        self._cradle = socket.socket(fileno=boot.cradle)
        self._seen = seen
        self._is_project = project.has
        self._full = Full(project.attend)
        self._completes = False
        self._become = become
        self._stops: frozenset[str] = frozenset()
        self._forbidden: frozenset[str] = frozenset()
        self._spares_project = False
        self._trespass = ""
        self._assumed: Changes | None = None
        """What the environment was taken to become, where modules came before their turn."""
        self._is_out_of_turn = False
        self._is_listed = False
        self._setups = Setups()
        self._environ = dict(os.environ)
        self._folder = os.getcwd()
        self._chance = afresh.Chance()
        self._held = hold()
        self._touched = Touched()
        self._known = safety.open_descriptors()
        self._readings = Readings(project.has)
        forking.die_with_parent(True)

    # ------------------------------------------------------------ what the import calls

    def before(self, name: str) -> None:
        """A module is about to be searched for the first time."""
        if name in self._stops:
            self._stops -= {name}
            self._leave_one(name)
        if name in self._forbidden:
            self._trespass = name
            raise Trespass(name)

    def found(self, name: str, file: str) -> None:
        """It was found in this file."""
        if self._spares_project and self._is_project(file):
            self._trespass = name
            raise Trespass(name)
        self._chance.look()

    def loaded(self) -> None:
        """The application is there.  Wait, if that is what this is for."""
        if self._completes:
            self._completes = False
            if complaint := self.complaint(None) or self._full.finish():
                self._end(Unfit("", complaint))
            self.park("")

    # ------------------------------------------------------------ waiting

    def park(self, at: str) -> None:
        """Wait here; return in a process that is to go on with the start."""
        self._say(self._parked(at))
        self._wait(at)

    def _leave_one(self, at: str) -> None:
        """Leave a snapshot behind and go on, to further stops if there are any."""
        # Said first: whoever hears of the child has heard what it holds already.
        self._say(self._parked(at))
        if not (self._stops and self._fork(goes_on=True)):
            self._wait(at)

    def _parked(self, at: str) -> Parked:
        """Make fit for forking, and return what to say; ends the process where it may not be."""
        complaint = safety.complaint(self._known)
        if complaint:
            self._end(Unfit(at, complaint))
        gc.freeze()
        return Parked(at, *self._seen.new_files(), self._readings.take())

    def _wait(self, at: str) -> None:
        while True:
            match self._next():
                case Sprout(will_be_worker):
                    # The child waits here as well.
                    if self._fork(goes_on=False) and will_be_worker:
                        self._touched.take()
                case Advance() as order:
                    self._advance(order)
                    self._say(self._parked(at))
                case GoOn(stops):
                    self._stops = frozenset(stops)
                    return
                case Complete():
                    self._complete()
                    return
                case Take(files):
                    self._say(self._full.take(files))
                case Boot() as boot:
                    self._become_worker(boot)
                    return

    def _next(self) -> Message | None:
        arrival = poll()
        arrival.register(self._channel.fileno(), POLLIN)
        while True:
            arrival.poll()
            for message in self._channel.receive():
                return message
            if self._channel.ended:
                os._exit(0)

    def _say(self, message: Message) -> None:
        self._channel.send(message)
        room = poll()
        room.register(self._channel.fileno(), POLLOUT)
        while self._channel.wants_write:
            room.poll()
            self._channel.flush()

    def _end(self, why: Message) -> None:
        self._say(why)
        os._exit(0)

    # ------------------------------------------------------------ what it is told

    def _fork(self, goes_on: bool) -> bool:
        """Fork a process that has a channel of its own; return True in it."""
        parent = os.getpid()
        set_right = self._chance.keep()
        with signals.kept():
            is_other = forking.fork_orphan()
        if not is_other:
            return False
        forking.die_with_parent(True)
        theirs, ours = socketpair()
        # The application may get the old number next, and is to be seen having it.
        self._known = self._known - {self._channel.fileno()} | {ours.fileno()}
        self._channel.close()
        self._channel = Channel(ours)
        set_right()
        word = encode(Born(os.getpid(), parent, goes_on))
        number = theirs.fileno().to_bytes(4, sys.byteorder)
        self._cradle.sendmsg([word], [(SOL_SOCKET, SCM_RIGHTS, number)])
        theirs.close()
        return True

    def _advance(self, order: Advance) -> None:
        self._stops = frozenset()
        self._forbidden = frozenset(order.forbidden)
        self._spares_project = not order.project
        before = dict(os.environ)
        apply(order.environ)
        self._seen.alone(lambda: self._import(order.names, order.sets_up))
        undone = changes(dict(os.environ), before)
        apply((name, value) for name, value in undone if name not in self._setups.written)
        self._forbidden, self._spares_project = frozenset(), False
        self._is_out_of_turn = True
        if not order.project or self._setups.is_awaited:
            self._assumed = order.environ

    def _import(self, names: tuple[str, ...], sets_up: tuple[str, ...]) -> None:
        for place, name in enumerate(names):
            try:
                if name not in sys.modules:
                    self._setups.before(names, place, sets_up)
                    importlib.import_module(name)
            except BaseException as error:
                self._end(Stumbled(name, f"{type(error).__name__}: {error}"))
            if self._trespass:
                self._end(Stumbled(name, f"it imports {self._trespass}"))

    def _complete(self) -> None:
        self._stops, self._completes = frozenset(), True
        if complaint := self._full.begin():
            self._end(Unfit("", complaint))

    def _become_worker(self, boot: Boot) -> None:
        self._stops = frozenset()
        self._readings.end()
        forking.die_with_parent(False)
        gc.unfreeze()
        afresh.number_thread()
        afresh.look_again(self._is_project)
        self._held.release()
        self._cradle.close()
        self._become(self._channel, boot)

    # ------------------------------------------------------------ once it is a worker

    def complaint(self, error: BaseException | None) -> str:
        """Return why this start may not be what a cold one would have been, or ''.

        `error` is what the application's import raised.
        """
        if not self._is_out_of_turn:
            return ""
        if self._assumed is not None and self._assumed != changes(self._environ, dict(os.environ)):
            return "the application changes its environment otherwise than before"
        if error is not None and not isinstance(error, SyntaxError):
            return f"{type(error).__name__}, which may come of the order of the imports"
        if error is None and self._setups.is_awaited:
            return "the application does not set its framework up as before"
        return ""

    def has_answered(self) -> None:
        """The start is over, and nobody waits for it: have the next one take less time."""
        if not self._is_listed:
            self._is_listed = True
            self._touched.leave()
            self._full.forget()

    def restore(self) -> dict[str, str]:
        """Undo what the application did to the process; return its first environment."""
        os.chdir(self._folder)
        return self._environ
