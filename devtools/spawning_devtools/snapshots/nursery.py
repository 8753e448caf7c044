"""Where workers come from in development: keeps the snapshots, in the controller's process.

`ladder` decides; here it is done.  Nothing that goes wrong with a snapshot costs more
than time: a worker that cannot be forked is executed afresh.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from spawning import log
from spawning.controller.spawn import Process, Spawned, Spawner
from spawning.controller.switchboard import Switchboard
from spawning.messages import (
    Boot,
    Born,
    GoOn,
    Message,
    Parked,
    Prospect,
    Reload,
    Snapshots,
    Sprout,
    Stumbled,
    Take,
    Taken,
    Unfit,
)
from spawning_devtools.snapshots import forking, ladder, steps
from spawning_devtools.snapshots.processes import Heard, Processes
from spawning_devtools.snapshots.readings import stamp_of
from spawning_devtools.snapshots.rungs import Begin, Grow, Kind, Ladder, Rung, Spare, Task
from spawning_devtools.snapshots.spares import Spares

PATIENCE = 2000
"""Milliseconds in which a snapshot has to fork."""


def nursery_of(
    executed: Spawner,
    switchboard: Switchboard,
    tell: Callable[[Snapshots], None],
    may_be_full: bool,
) -> Nursery | None:
    """Return a nursery, or None, said once, where the system does not let us have one."""
    try:
        forking.take_in_orphans()
    except (OSError, AttributeError) as error:
        log.say(f"each reload is a cold start, for this system has no subreapers ({error})")
        return None
    return Nursery(executed, switchboard, tell, may_be_full)


class Nursery:
    """Implements `devhooks.Nursery`."""

    def __init__(
        self,
        executed: Spawner,
        switchboard: Switchboard,
        tell: Callable[[Snapshots], None],
        may_be_full: bool,
    ) -> None:
        self._executed = executed
        self._tell = tell
        self._known = Ladder(may_be_full=may_be_full)
        self._processes = Processes(switchboard, Heard(self._said, self._born))
        self._spares = Spares(self._processes)
        self._task: Task | None = None
        self._chosen: tuple[int, int] = (0, 0)
        """The newest generation, and the snapshot that its workers come from."""
        self._template: Boot | None = None
        self._told: set[str] = set()
        """What the user has been told."""

    # ------------------------------------------------------------ for the controller

    def spawn(self, boot: Boot) -> Spawned:
        """Start a worker: from the deepest snapshot, the same for all of a generation."""
        self._template = boot
        warm = self._take_spare(self._source_of(boot.generation))
        if warm is None:  # more than bodies of functions has changed
            warm = self._take_spare(self._source_of(boot.generation))
        spawned = warm or self._executed.spawn(boot)
        if warm is not None:
            warm.channel.send(boot)
        return spawned

    def hear(self, message: Message) -> None:
        """Take what the companion says of the code."""
        match message:
            case Reload(files=files, names=names):
                self._abandon_task()
                self._discard(ladder.outdated(self._known, files, names))
                self._known = ladder.changed(self._known, files)
                self._known = dataclasses.replace(self._known, prospect=None)
            case Prospect() as prospect:
                self._processes.kill_condemned()
                self._known = self._known.expecting(prospect)
                self._discard(ladder.mistaken(self._known, prospect.environ))
                self._discard(ladder.superfluous(self._known))
                self._prepare()

    def forget(self) -> None:
        """Anything may have changed: hold nothing of the code any more."""
        self._abandon_task()
        self._discard([*self._known.rungs])
        before = self._known
        self._known = Ladder(installed=before.installed, may_be_full=before.may_be_full)

    def reap(self) -> None:
        """A child of this process has died."""
        for pid in self._processes.reap():
            self._lost(pid)

    def processes(self) -> list[Process]:
        """Return those that are no workers."""
        return self._processes.all()

    def end(self) -> None:
        """End what is not a worker."""
        self._processes.end()

    # ------------------------------------------------------------ workers

    def _source_of(self, generation: int) -> int:
        """Return the snapshot for workers of `generation`, 0 where there is none."""
        newest, chosen = self._chosen
        if generation != newest or chosen not in self._known.rungs:
            self._discard(ladder.stale(self._known, stamp_of))
            deepest = self._known.full() or self._known.deepest()
            chosen = deepest.pid if deepest is not None else 0
            self._chosen = max(generation, newest), chosen
        return chosen

    def _take_spare(self, source: int) -> Spawned | None:
        """Return a process that waits where `source` does, None where it does not fork."""
        while True:
            while (pid := self._spares.pop(source)) is not None:
                self._count_spares()
                if self._processes.is_alive(pid) and self._takes(source, pid):
                    return self._processes.hand_over(pid)
                if source not in self._known.rungs:
                    return None
            if not self._processes.is_alive(source):
                break
            self._spares.sprout(source, Sprout())
            if not self._processes.wait_for_birth(PATIENCE):
                break
        self._discard([source])
        return None

    def _takes(self, source: int, pid: int) -> bool:
        """Return whether this spare has what was changed since its snapshot was made."""
        changed = tuple(sorted(self._known.rungs[source].changed))
        if not changed or self._processes.ask(pid, Take(changed), PATIENCE) == Taken(""):
            return True
        self._processes.condemn(pid)
        self._discard([source])
        return False

    def _count_spares(self) -> None:
        for source, number in self._spares.counted():
            rung = self._known.rungs.get(source)
            if rung is not None and rung.spares != number:
                self._known = self._known.with_rung(dataclasses.replace(rung, spares=number))

    # ------------------------------------------------------------ preparing

    def _prepare(self) -> None:
        """Take the next step, unless one is being taken."""
        if self._task is not None or self._spares.are_expected:
            return
        match steps.next_step(self._known):
            case Begin() as begin if self._template is not None:
                self._begin(begin, self._template)
            case Grow(source) as grow:
                self._task = Task(grow, self._known.rungs[source])
                self._processes.tell(source, Sprout())
            case Spare(source):
                self._spares.sprout(source, Sprout(will_be_worker=True))
            case None:
                self._tell(self._known.described())

    def _begin(self, begin: Begin, template: Boot) -> None:
        try:
            pid = self._processes.begin(self._executed, template)
        except OSError as error:
            self._say_once(f"no snapshot can be started: {error.strerror}")
        else:
            self._task = Task(begin, Rung(pid, Kind.COLD, ""), pid)

    def _born(self, born: Born) -> None:
        """Find out what a process was forked for."""
        task = self._task
        if born.goes_on and task is not None and task.pid == born.parent:
            self._processes.listen(born.parent)  # its child holds what it says that it holds
            task.pid = born.pid
        elif self._spares.take_in(born.pid, born.parent):
            self._count_spares()
            self._prepare()
        elif task is not None and not task.pid and born.parent == task.source.pid:
            assert isinstance(task.grow, Grow)
            task.pid = born.pid
            self._tell_next(task)
        else:
            self._discard([born.pid])  # its purpose has passed

    def _said(self, pid: int, message: Message) -> None:
        if self._task is None or self._task.pid != pid:
            return
        match message:
            case Parked():
                self._parked(pid, message)
            case Stumbled(name):
                self._refused(name)
            case Unfit(at, why):
                self._unfit(at, why)

    def _parked(self, pid: int, parked: Parked) -> None:
        task = self._task
        assert task is not None
        if ladder.is_blind(self._known, task.grow, parked):
            self._discard([pid])
            self._give_up("")
            return
        task.source = rung = ladder.grown(task.source, task.grow, parked, pid)
        match task.grow:
            case Grow(orders=orders) if task.told < len(orders):
                self._tell_next(task)
                return
            case Grow(orders=(GoOn(stops),)) if parked.at != stops[-1]:
                self._known = self._known.with_rung(rung)  # and its child goes on
                return
        self._known = self._known.with_rung(rung)
        self._finish_task()

    def _tell_next(self, task: Task) -> None:
        assert isinstance(task.grow, Grow)
        self._processes.tell(task.pid, task.grow.orders[task.told])
        task.told += 1

    def _finish_task(self) -> None:
        self._task = None
        self._discard(ladder.superfluous(self._known))
        self._processes.kill_condemned()
        self._prepare()

    # ------------------------------------------------------------ what does not work

    def _refused(self, name: str) -> None:
        """A module cannot be imported ahead."""
        match self._task:
            case Task(grow=Grow() as grow):
                self._known = ladder.refuse(self._known, grow, name)
        self._finish_task()

    def _unfit(self, at: str, why: str) -> None:
        """A process may not be forked from here on."""
        where = f"what comes before {at}" if at else "nothing"
        # Once for each place: the name of a temporary file is another at each start.
        if not ladder.is_full(self._task):  # the others are as good as they were
            self._say_once(f"a warm start can hold {where} only: {why}", about=where)
        self._give_up(at)

    def _give_up(self, at: str) -> None:
        """The task comes to nothing; `at`: the stop at which it ended, if there was one."""
        if self._task is not None:
            self._known = ladder.given_up(self._known, self._task.grow, at)
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
            self._processes.pause(task.pid)
            self._discard([task.pid])

    def _discard(self, pids: Iterable[int]) -> None:
        """End these, and the spares that were forked from them."""
        for pid in [*pids]:
            self._spares.condemn(pid)
            self._processes.condemn(pid)
            self._known = self._known.without([pid])
        self._count_spares()

    def _say_once(self, text: str, about: str = "") -> None:
        if (about or text) not in self._told:
            self._told.add(about or text)
            log.say(text)
