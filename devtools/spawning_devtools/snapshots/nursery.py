"""Where workers come from in development: keeps the snapshots, in the controller's process.

`ladder` decides; here it is done.  Nothing that goes wrong with a snapshot costs more
than time: a worker that cannot be forked is executed afresh.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import select
import socket
import threading
from collections.abc import Iterable

from spawning import log
from spawning.controller.spawn import Spawned, Spawner
from spawning.controller.switchboard import Switchboard
from spawning.messages import (
    Advance,
    Boot,
    Born,
    Channel,
    GoOn,
    Message,
    Parked,
    Prospect,
    Reload,
    Sprout,
    Stumbled,
    Unfit,
    decode,
)
from spawning_devtools.snapshots import forking, ladder
from spawning_devtools.snapshots.adopted import Adopted
from spawning_devtools.snapshots.ladder import Begin, Grow, Kind, Ladder, Rung, Spare

BIRTH_SIZE = 4096
PATIENCE = 2000
"""Milliseconds in which a snapshot has to fork."""


def nursery_of(executed: Spawner, switchboard: Switchboard) -> Nursery | None:
    """Return a nursery, or None, said once, where the system does not let us have one."""
    try:
        forking.take_in_orphans()
    except (OSError, AttributeError) as error:
        log.say(f"each reload is a cold start, for this system has no subreapers ({error})")
        return None
    return Nursery(executed, switchboard)


@dataclasses.dataclass(slots=True)
class _Task:
    """What is being prepared, by which process, with what it held when it was forked."""

    grow: Grow | Begin
    source: Rung
    pid: int = 0
    """0 until the process is born."""


class Nursery:
    """Implements `devhooks.Nursery`."""

    def __init__(self, executed: Spawner, switchboard: Switchboard) -> None:
        self._executed = executed
        self._switchboard = switchboard
        self._known = Ladder()
        self._lines: dict[int, Spawned] = {}
        """Processes that wait or prepare, by process id."""
        self._spares: dict[int, list[int]] = {}
        """By the snapshot that forked them."""
        self._sprouting: set[int] = set()
        """Snapshots that were told to fork a spare."""
        self._task: _Task | None = None
        self._chosen: tuple[int, int] = (0, 0)
        """The newest generation, and the snapshot that its workers come from."""
        self._template: Boot | None = None
        self._said: set[str] = set()
        self._handed_over: set[int] = set()
        """Process ids of workers, which the controller reaps."""
        self._dying: list[Spawned] = []
        self._cradle, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._cradle.setblocking(False)
        switchboard.attend(self._cradle, self._take_births)

    # ------------------------------------------------------------ for the controller

    def spawn(self, boot: Boot) -> Spawned:
        """Start a worker: from the deepest snapshot, the same for all of a generation."""
        self._template = boot
        pid = self._source_of(boot.generation)
        warm = self._take_spare(pid) if pid else None
        spawned = warm or self._executed.spawn(boot)
        if warm is not None:
            warm.channel.send(boot)
        self._handed_over.add(spawned.process.pid)
        return spawned

    def hear(self, message: Message) -> None:
        """Take what the companion says of the code."""
        match message:
            case Reload(files=files, names=names):
                self._abandon_task()
                self._discard(
                    ladder.outdated(self._known, files, names) if files else [*self._known.rungs]
                )
                self._known = dataclasses.replace(self._known, prospect=None)
            case Prospect() as prospect:
                self._known = self._known.expecting(prospect)
                self._discard(ladder.mistaken(self._known, prospect.environ))
                self._discard(ladder.superfluous(self._known))
                self._prepare()

    def forget(self) -> None:
        """Anything may have changed: hold nothing of the code any more."""
        self._abandon_task()
        self._discard([*self._known.rungs])
        self._known = Ladder(installed=self._known.installed)

    def reap(self) -> None:
        """A child of this process has died."""
        self._dying = [line for line in self._dying if line.process.poll() is None]
        for pid, line in list(self._lines.items()):
            if line.process.poll() is not None:
                self._lost(pid)
        mine = {*self._lines, *(line.process.pid for line in self._dying)}
        self._handed_over &= children()
        for stranger in children() - mine - self._handed_over:
            # A daemon of the application: we are its parent since its own has ended.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(stranger, os.WNOHANG)

    def end(self) -> None:
        """End what is not a worker."""
        self._discard([*self._lines])
        for line in self._dying:
            line.process.wait()
        self._cradle.close()
        self._theirs.close()

    # ------------------------------------------------------------ workers

    def _source_of(self, generation: int) -> int:
        """Return the snapshot for workers of `generation`, 0 where there is none."""
        newest, chosen = self._chosen
        if generation != newest or chosen not in self._known.rungs:
            deepest = self._known.deepest()
            chosen = deepest.pid if deepest is not None else 0
            self._chosen = max(generation, newest), chosen
        return chosen

    def _take_spare(self, source: int) -> Spawned | None:
        """Return a process that waits where `source` does, None where it does not fork."""
        if not self._spares.get(source):
            self._sprout(source)
        waiting = select.poll()
        waiting.register(self._cradle, select.POLLIN)
        while not self._spares.get(source):
            if source not in self._known.rungs or not waiting.poll(PATIENCE):
                self._discard([source])
                return None
            self._take_births()
        pid = self._spares[source].pop()
        line = self._lines.pop(pid)
        self._switchboard.leave(line.channel)
        self._count_spares(source)
        return line

    def _sprout(self, source: int) -> None:
        if source not in self._sprouting:
            self._sprouting.add(source)
            self._lines[source].channel.send(Sprout())

    def _count_spares(self, source: int) -> None:
        rung = self._known.rungs.get(source)
        if rung is not None:
            spares = len(self._spares.get(source, ()))
            self._known = self._known.with_rung(dataclasses.replace(rung, spares=spares))

    # ------------------------------------------------------------ preparing

    def _prepare(self) -> None:
        """Take the next step, unless one is being taken."""
        if self._task is not None or self._sprouting:
            return
        match ladder.step(self._known):
            case Begin() as begin if self._template is not None:
                self._begin(begin, self._template)
            case Grow(source) as grow:
                self._task = _Task(grow, self._known.rungs[source])
                self._lines[source].channel.send(Sprout())
            case Spare(source):
                self._sprout(source)

    def _begin(self, begin: Begin, template: Boot) -> None:
        boot = dataclasses.replace(
            template, worker_id=0, generation=0, row=0, cradle=self._theirs.fileno()
        )
        try:
            line = self._executed.spawn(boot)
        except OSError as error:
            self._say_once(f"no snapshot can be started: {error.strerror}")
            return
        pid = line.process.pid
        self._task = _Task(begin, Rung(pid, Kind.COLD, ""), pid)
        self._attend(pid, line)

    def _attend(self, pid: int, line: Spawned) -> None:
        self._lines[pid] = line
        self._switchboard.attend(line.channel, lambda: self._listen(pid))

    def _take_births(self) -> None:
        while True:
            try:
                word, descriptors, _, _ = socket.recv_fds(self._cradle, BIRTH_SIZE, 1)
            except BlockingIOError:
                return
            born = decode(word)
            assert isinstance(born, Born)
            os.set_inheritable(descriptors[0], False)
            line = Spawned(Adopted(born.pid), Channel(socket.socket(fileno=descriptors[0])))
            self._attend(born.pid, line)
            self._place(born)

    def _place(self, born: Born) -> None:
        """Find out what a process was forked for."""
        task = self._task
        if born.goes_on and task is not None and task.pid == born.parent:
            self._listen(born.parent)  # what it holds, so that we know what its child holds
            task.pid = born.pid
        elif born.parent in self._sprouting:
            self._sprouting.discard(born.parent)
            self._spares.setdefault(born.parent, []).append(born.pid)
            self._count_spares(born.parent)
            self._prepare()
        elif task is not None and not task.pid and born.parent == task.source.pid:
            assert isinstance(task.grow, Grow)
            task.pid = born.pid
            self._lines[born.pid].channel.send(task.grow.order)
        else:
            self._discard([born.pid])  # its purpose has passed

    def _listen(self, pid: int) -> None:
        line = self._lines.get(pid)
        if line is None:
            return
        for message in self._switchboard.receive(f"snapshot {pid}", line):
            match message:
                case Parked():
                    self._parked(pid, message)
                case Stumbled(name):
                    self._refused(name)
                case Unfit(at, why):
                    self._unfit(at, why)

    def _parked(self, pid: int, parked: Parked) -> None:
        task = self._task
        if task is None or task.pid != pid:
            return
        source = task.source
        rung = Rung(
            pid,
            Kind.COLD,
            parked.at,
            source.files.union(parked.files),
            source.missing.union(parked.missing),
            source.pid if source.kind is Kind.INSTALLED else source.ground,
        )
        match task.grow:
            case Grow(_, Advance() as order, Kind.INSTALLED):
                ahead = source.ahead.union(order.names)
                rung = dataclasses.replace(
                    rung, kind=Kind.INSTALLED, ground=0, ahead=ahead, environ=order.environ
                )
            case Grow(kind=kind):
                rung = dataclasses.replace(rung, kind=kind)
        self._known = self._known.with_rung(rung)
        task.source = rung
        match task.grow:
            case Grow(_, GoOn(stops)) if parked.at != stops[-1]:
                pass  # its child goes on
            case _:
                self._finish_task()

    def _finish_task(self) -> None:
        self._task = None
        self._discard(ladder.superfluous(self._known))
        self._prepare()

    # ------------------------------------------------------------ what does not work

    def _refused(self, name: str) -> None:
        """A module cannot be imported ahead."""
        task = self._task
        if (
            task is not None
            and isinstance(task.grow, Grow)
            and isinstance(task.grow.order, Advance)
        ):
            self._known = ladder.refuse(self._known, task.grow.order, name)
            self._finish_task()

    def _unfit(self, at: str, why: str) -> None:
        """A process may not be forked from here on."""
        where = f"what comes before {at}" if at else "nothing"
        self._say_once(f"a warm start can hold {where} only: {why}")
        self._give_up(at)

    def _give_up(self, at: str) -> None:
        """The task comes to nothing; `at`: the stop at which it ended, if there was one."""
        task = self._task
        match task.grow if task is not None else None:
            case Grow(_, Advance() as order):
                for name in order.names if not order.project else order.names[:1]:
                    self._known = ladder.refuse(self._known, order, name)
            case Grow(_, GoOn(stops)):
                reached = {rung.at for rung in self._known.rungs.values()}
                missed = [name for name in stops if name == at or name not in reached]
                self._known = self._known.missing(missed)
            case _:
                self._known = dataclasses.replace(self._known, prospect=None)
        self._finish_task()

    def _lost(self, pid: int) -> None:
        """A process has ended by itself."""
        task = self._task
        is_task = task is not None and task.pid == pid and pid not in self._known.rungs
        self._discard([pid])
        if is_task:
            self._give_up("")

    def _abandon_task(self) -> None:
        task, self._task = self._task, None
        if task is not None and task.pid and task.pid not in self._known.rungs:
            self._discard([task.pid])

    def _discard(self, pids: Iterable[int]) -> None:
        """End these, and the spares that were forked from them."""
        for pid in [*pids]:
            for spare in self._spares.pop(pid, ()):
                self._kill(spare)
            self._kill(pid)
            self._sprouting.discard(pid)
            self._known = self._known.without([pid])
        for parent, spares in self._spares.items():
            alive = [spare for spare in spares if spare in self._lines]
            if alive != spares:
                self._spares[parent] = alive
                self._count_spares(parent)

    def _kill(self, pid: int) -> None:
        line = self._lines.pop(pid, None)
        if line is not None:
            line.process.kill()
            self._switchboard.leave(line.channel)
            line.channel.close()
            self._dying.append(line)

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            log.say(text)


def children() -> set[int]:
    """Return the process ids of this process's children."""
    with open(f"/proc/self/task/{threading.get_native_id()}/children", encoding="ascii") as file:
        return {int(pid) for pid in file.read().split()}
