"""The controller's one loop: events come in, `decide` says what to do, `_act` does it.

The only impure file of the package.  The controller has one thread and never
imports the application, never parses a byte from the network, and never waits
for anything but its selector.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from time import monotonic

from spawning import messages
from spawning.config import Config
from spawning.controller import events, report, signals
from spawning.controller.actions import (
    Action,
    Begin,
    Finish,
    Kill,
    Open,
    Retire,
    Spawn,
    Stop,
    TakeOver,
)
from spawning.controller.audience import Audience, Fact, gone
from spawning.controller.children import Child, new_child
from spawning.controller.companion import Companion
from spawning.controller.companions import briefs_of, people_of
from spawning.controller.newsroom import Newsroom
from spawning.controller.nursery import nursery_of
from spawning.controller.orphans import Orphans
from spawning.controller.outside import Outside
from spawning.controller.overseer import Overseer
from spawning.controller.policy import Situation, Stopping, decide, wake_at
from spawning.controller.replacement import Finding, Hung, LimitTooLow, Worn
from spawning.controller.signals import Order
from spawning.controller.spawn import ExecSpawner, Spawned, Spawner, search_path
from spawning.controller.switchboard import Switchboard
from spawning.controller.workers import Workers
from spawning.devhooks import DevHooks
from spawning.errors import ApplicationFailed, UsageError
from spawning.title import set_title


class Controller:
    """The listening sockets, the workers, and those who are told of them."""

    def __init__(
        self,
        config: Config,
        listeners: Sequence[socket.socket],
        hooks: DevHooks | None,
        verbose_lines: Callable[[], Sequence[str]] = tuple,
        spawner: Spawner | None = None,
        outside: Outside | None = None,
    ) -> None:
        self._outside = outside or Outside()
        self._config = config
        self._listeners = listeners
        self._known = Situation(
            target=config.processes,
            deadman=config.deadman,
            development=bool(config.reload),
            shutdown_delay=config.shutdown_delay,
        )
        streams = self._outside.streams
        self._switchboard = Switchboard()
        executed = spawner or ExecSpawner(streams)
        self._nursery = nursery_of(config, hooks, executed, self._switchboard, self._tell)
        self._workers = Workers(config, listeners, search_path(), self._nursery)
        self._failed: set[int] = set()
        """Workers that have said why they fail."""
        self._generation = 0
        self._since = 0.0
        """When what made us begin the newest generation was seen."""
        briefs = briefs_of(config, hooks, self, listeners, self._outside, self._workers)
        companions = [Companion(brief, self._switchboard, streams) for brief in briefs]
        self._overseer = Overseer(config, self._workers.board)
        self._newsroom = Newsroom(config, self._workers)
        people = people_of(config, listeners, verbose_lines)
        self._audience = Audience([self._newsroom, *people, *companions])
        self._orphans = Orphans(self._workers, self._nursery, self._audience)
        self._exit_code = 0
        self._finished = False

    def run(self) -> int:
        """Serve until told to stop; return the exit code."""
        set_title(f"controller {' '.join(self._config.args)}")
        with signals.caught() as arrivals:
            self._switchboard.attend(arrivals, lambda: self._obey(arrivals.orders()))
            try:
                self._begin("start", monotonic())
                while not self._finished:
                    self._turn()
            finally:
                self._end()
        return self._exit_code

    # ------------------------------------------------------------ the loop

    def _turn(self) -> None:
        now = monotonic()
        if self._known.is_running:
            self._audience.keep_up(now)
        while actions := decide(self._known, now):
            for action in actions:
                self._act(action, now)
            if self._finished:
                return
        if findings := self._overseer.look(self._known, now):
            for finding in findings:
                self._act_on(finding, now)
            return
        self._audience.look(self._known)
        self._outside.notifier.follow(self._known, now)
        self._switchboard.wait(self._timeout(now))

    def _timeout(self, now: float) -> float | None:
        times = [wake_at(self._known), self._outside.notifier.wake_at]
        times.append(self._overseer.wake_at(self._known))
        if self._known.is_running:
            times.append(self._audience.wake_at)
        earliest = min((at for at in times if at is not None), default=None)
        return None if earliest is None else max(0.0, earliest - now)

    def _act(self, action: Action, now: float) -> None:
        match action:
            case Begin(causes, since):
                self._newsroom.expect(now)
                self._begin(report.together(causes), since)
            case Spawn(generation):
                self._spawn(generation, now)
            case TakeOver(generation):
                self._take_over(generation, now)
            case Open(worker_id):
                self._newsroom.brief(worker_id)
                self._workers.tell(worker_id, messages.OpenGate())
                self._known = events.opened(self._known, worker_id, now)
            case Retire(worker_id, successor):
                self._workers.tell(worker_id, messages.Drain(successor))
                self._known = events.draining(self._known, worker_id, (), now)
            case Kill(worker_id, overdue):
                child = self._known.children.by_id[worker_id]
                if lines := report.killing(child, overdue, self._config.deadman):
                    self._notice("\n".join(lines))
                self._workers.kill(worker_id)
                self._known = events.killed(self._known, worker_id)
            case Stop():
                self._known = events.stopping(self._known)
                self._outside.give_up(self._listeners)
            case Finish():
                self._finished = True

    def _act_on(self, finding: Finding, now: float) -> None:
        self._notice(report.finding(finding, self._known, self._config, now))
        match finding:
            case Worn(worker_id, why):
                self._known = events.worn(self._known, worker_id, why)
            case Hung(worker_id):
                self._workers.signal(worker_id, messages.TELL_STACKS)
                if not self._known.development:
                    self._known = events.worn(self._known, worker_id, "it hangs")
            case LimitTooLow():
                self._exit_code = UsageError.exit_code
                self._obey([Order.INTERRUPT])

    # ------------------------------------------------------------ generations

    def _begin(self, cause: str, since: float) -> None:
        """Begin a new generation."""
        self._generation += 1
        self._since = since
        self._known = events.begun(self._known, self._generation)
        self._audience.tell(messages.GenerationBegun(self._generation, cause, time.time()))

    def _spawn(self, generation: int, now: float) -> None:
        worker_id, spawned = self._workers.spawn(generation)
        pid = spawned.process.pid if spawned is not None else 0
        child = new_child(worker_id, pid, generation, now)
        self._known = events.spawned(self._known, child)
        if spawned is None:
            self._gone(child, None, now)
        else:
            self._switchboard.attend(spawned.channel, lambda: self._hear_worker(worker_id, spawned))

    def _take_over(self, generation: int, now: float) -> None:
        # The word first: from here on, no request begins in old code, whoever gets its orders
        # when.  What arrives meanwhile waits in the kernel.
        self._workers.gate.open_for(generation)
        self._known = events.taken_over(self._known, generation, now)
        seconds = monotonic() - self._since
        self._audience.tell(messages.GenerationServes(generation, seconds, time.time()))

    def _abandon(self, generation: int) -> None:
        self._audience.tell(messages.GenerationFailed(generation, time.time()))
        if not (self._known.serving or self._config.reload):
            self._exit_code = ApplicationFailed.exit_code
            self._obey([Order.STOP])

    # ------------------------------------------------------------ what comes in

    def _obey(self, orders: list[Order]) -> None:
        for order in orders:
            if order is Order.REAP:
                self._reap()
            elif order is Order.REOPEN:
                for complaint in self._outside.streams.reopen():
                    self._notice(complaint)
                self._workers.tell_all(messages.Reopen())
            elif order is Order.RELOAD:
                self.reload("SIGHUP")
            else:
                self._known = events.ordered(self._known, order, monotonic())
                if not self._known.is_running:
                    self._outside.give_up(self._listeners)

    def reload(self, cause: str) -> None:
        """Begin a new generation, whatever is known of the code."""
        if self._known.stopping is Stopping.NO:
            self._nursery.forget()
            self._begin(cause, monotonic())

    def _hear_worker(self, worker_id: int, spawned: Spawned) -> None:
        now = monotonic()
        for message in self._switchboard.receive(f"worker {worker_id}", spawned):
            match message:
                case messages.Ready():
                    self._known = events.ready(self._known, worker_id, now)
                case messages.Failed():
                    self._failed.add(worker_id)
                    generation = self._known.children.by_id[worker_id].generation
                    fact = messages.WorkerFailed(worker_id, generation, message, time.time())
                    self._audience.tell(fact)
                case messages.Draining(requests):
                    self._known = events.draining(self._known, worker_id, requests, now)
                case messages.Leaving():
                    self._known = events.worn(self._known, worker_id, "it was sent SIGTERM")
                case messages.Enough(why):
                    self._act_on(Worn(worker_id, why), now)
                case messages.Held():
                    self._known = events.held(self._known, worker_id, message)
                case messages.Released():
                    self._known = events.released(self._known, worker_id, now)
                case messages.Graph():
                    self._audience.tell(message)
                case messages.ReloadWanted():
                    self.reload(f"asked for in worker {worker_id}")

    def hear_watcher(self, message: messages.Message) -> None:
        """Take what the watcher of the source code says."""
        self._nursery.hear(message)
        if self._known.stopping is not Stopping.NO:
            return
        if isinstance(message, messages.Reload):
            if line := report.waiting(message.cause, self._known):
                self._notice(line)
            self._known = events.asked(self._known, message.cause, message.since)
        elif isinstance(message, messages.Refresh):
            self._audience.tell(message)

    def _reap(self) -> None:
        for worker_id, code in self._workers.bury(self._hear_last_words):
            self._gone(self._known.children.by_id[worker_id], code, monotonic())
        self._nursery.reap()
        self._orphans.bury()

    def _hear_last_words(self, worker_id: int, spawned: Spawned) -> None:
        if not spawned.channel.ended:
            self._hear_worker(worker_id, spawned)
        self._switchboard.leave(spawned.channel)

    def _gone(self, child: Child, code: int | None, now: float) -> None:
        """A worker has ended with this exit code; None where it could not even be started."""
        if code is not None:
            failed = child.worker_id in self._failed
            self._failed.discard(child.worker_id)
            self._audience.tell(gone(child, code, failed, time.time()))
        pending = self._known.pending
        self._known = events.died(self._known, child.worker_id, now)
        if pending and not self._known.pending:
            self._abandon(pending)

    # ------------------------------------------------------------ parts

    def _tell(self, fact: Fact) -> None:
        self._audience.tell(fact)

    def _notice(self, text: str) -> None:
        """Say something to all who are told, the terminal first."""
        self._tell(messages.Notice(text, time.time()))

    def _end(self) -> None:
        self._nursery.end()
        self._workers.end()
        self._audience.end()
        self._switchboard.close()
