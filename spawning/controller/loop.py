"""The controller's one loop: events come in, `decide` says what to do, `_act` does it.

The only impure file of the package.  The controller has one thread and never
imports the application, never parses a byte from the network, and never waits
for anything but its selector.
"""

from __future__ import annotations

import dataclasses
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from spawning import log
from spawning.config import Config
from spawning.controller import events, report, signals
from spawning.controller.children import Child, State
from spawning.controller.companion import About, Companion
from spawning.controller.policy import (
    Action,
    Finish,
    Kill,
    Open,
    Retire,
    Situation,
    Spawn,
    Stopping,
    TakeOver,
    decide,
    wake_at,
)
from spawning.controller.signals import Order
from spawning.controller.spawn import ExecSpawner, Spawned, Spawner, search_path
from spawning.controller.switchboard import Switchboard
from spawning.controller.workers import Workers
from spawning.devhooks import DevHooks
from spawning.errors import ApplicationFailed
from spawning.messages import (
    Abandoned,
    Begun,
    Drain,
    Draining,
    Failed,
    Graph,
    OpenGate,
    Ready,
    Reload,
    Serving,
)
from spawning.sockets import url_of
from spawning.title import set_title


@dataclasses.dataclass(slots=True)
class Attempt:
    """Why the pending generation was begun, and when."""

    cause: str
    since: float


class Controller:
    """The listening sockets, the workers, and the companion of a running server."""

    def __init__(
        self,
        config: Config,
        listeners: Sequence[socket.socket],
        hooks: DevHooks | None,
        verbose_lines: Sequence[str] = (),
        spawner: Spawner | None = None,
    ) -> None:
        self._config = config
        self._listeners = listeners
        self._verbose_lines = verbose_lines
        self._known = Situation(
            target=config.processes, deadman=config.deadman, development=bool(config.reload)
        )
        self._workers = Workers(config, listeners, search_path(), spawner or ExecSpawner())
        self._failed: set[int] = set()
        """Workers that have said why they fail."""
        self._generation = 0
        self._attempt = Attempt("", monotonic())
        self._switchboard = Switchboard()
        self._companion = Companion(hooks, config, self._attend_companion) if hooks else None
        self._exit_code = 0
        self._finished = False

    def run(self) -> int:
        """Serve until told to stop; return the exit code."""
        set_title(f"controller {' '.join(self._config.args)}")
        with signals.caught() as arrivals:
            self._switchboard.attend(arrivals, lambda: self._obey(signals.arrived(arrivals)))
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
        if self._companion is not None and self._known.stopping is Stopping.NO:
            self._companion.keep_up(now)
        while actions := decide(self._known, now):
            for action in actions:
                self._act(action, now)
            if self._finished:
                return
        self._switchboard.wait(self._timeout(now))

    def _timeout(self, now: float) -> float | None:
        times = [wake_at(self._known)]
        if self._companion is not None and self._known.stopping is Stopping.NO:
            times.append(self._companion.start_at)
        earliest = min((at for at in times if at is not None), default=None)
        return None if earliest is None else max(0.0, earliest - now)

    def _act(self, action: Action, now: float) -> None:
        match action:
            case Spawn(generation):
                self._spawn(generation, now)
            case TakeOver(generation):
                self._take_over(generation, now)
            case Open(worker_id):
                self._workers.tell(worker_id, OpenGate())
                self._known = events.opened(self._known, worker_id, now)
            case Retire(worker_id, successor):
                self._workers.tell(worker_id, Drain(successor))
                self._known = events.draining(self._known, worker_id, (), now)
            case Kill(worker_id, overdue):
                if overdue:
                    child = self._known.children.by_id[worker_id]
                    _say_lines(report.overdue(child, self._config.deadman))
                self._workers.kill(worker_id)
                self._known = events.killed(self._known, worker_id)
            case Finish():
                self._finished = True

    # ------------------------------------------------------------ generations

    def _begin(self, cause: str, since: float) -> None:
        """Begin a new generation."""
        self._generation += 1
        self._attempt = Attempt(cause, since)
        self._known = events.begun(self._known, self._generation)
        if self._config.verbose:
            _say_lines(self._verbose_lines)
        self._tell_companion(Begun(self._generation, time.time()))

    def _spawn(self, generation: int, now: float) -> None:
        worker_id, spawned = self._workers.spawn(generation)
        pid = spawned.process.pid if spawned is not None else 0
        child = Child(worker_id=worker_id, pid=pid, generation=generation, since=now)
        self._known = events.spawned(self._known, child)
        if spawned is None:
            self._gone(child, now)
        else:
            self._switchboard.attend(spawned.channel, lambda: self._hear_worker(worker_id, spawned))

    def _take_over(self, generation: int, now: float) -> None:
        first = not self._known.serving
        # The word first: from here on, no request begins in old code, whoever gets its orders
        # when.  What arrives meanwhile waits in the kernel.
        self._workers.gate.open_for(generation)
        self._known = events.taken_over(self._known, generation)
        seconds = monotonic() - self._attempt.since
        if first:
            urls = [url_of(sock) for sock in self._listeners]
            log.say(report.first_takeover(self._config, urls, generation, seconds))
        else:
            log.say(report.takeover(self._attempt.cause, generation, seconds))
        self._tell_companion(Serving(generation))

    def _abandon(self, generation: int) -> None:
        self._tell_companion(Abandoned(generation))
        if self._known.serving:
            log.say(
                f"{self._attempt.cause}: generation {generation} failed;"
                f" generation {self._known.serving} goes on serving"
            )
        elif self._config.reload:
            log.say("waiting for a change; requests wait too")
        else:
            self._exit_code = ApplicationFailed.exit_code
            self._obey([Order.STOP])

    # ------------------------------------------------------------ what comes in

    def _obey(self, orders: list[Order]) -> None:
        for order in orders:
            if order is Order.REAP:
                self._reap()
            elif order is Order.RELOAD:
                if self._known.stopping is Stopping.NO:
                    self._begin("SIGHUP", monotonic())
            else:
                self._known = events.ordered(self._known, order)
                if self._known.stopping is not Stopping.NO:
                    self._stop_listening()

    def _stop_listening(self) -> None:
        """Give up the addresses; the workers still answer what has reached them."""
        for sock in self._listeners:
            sock.close()

    def _hear_worker(self, worker_id: int, spawned: Spawned) -> None:
        now = monotonic()
        for message in self._switchboard.receive(f"worker {worker_id}", spawned):
            match message:
                case Ready():
                    self._known = events.ready(self._known, worker_id, now)
                case Failed():
                    self._failed.add(worker_id)
                    _say_lines(report.failure(message, str(Path.cwd()), not self._config.reload))
                case Draining(requests):
                    self._known = events.draining(self._known, worker_id, requests, now)
                case Graph():
                    self._tell_companion(message)

    def _hear_companion(self, companion: Spawned) -> None:
        for message in self._switchboard.receive("the watcher", companion):
            if isinstance(message, Reload) and self._known.stopping is Stopping.NO:
                self._begin(message.cause, message.since)

    def _reap(self) -> None:
        now = monotonic()
        for worker_id, code in self._workers.bury(self._hear_last_words):
            child = self._known.children.by_id[worker_id]
            if child.state is not State.DRAINING and not child.killed:
                self._mourn(child, code)
            self._gone(child, now)
        if self._companion is not None and self._companion.poll() is not None:
            self._companion.ended(now, self._switchboard.leave)

    def _hear_last_words(self, worker_id: int, spawned: Spawned) -> None:
        if not spawned.channel.ended:
            self._hear_worker(worker_id, spawned)
        self._switchboard.leave(spawned.channel)

    def _mourn(self, child: Child, code: int) -> None:
        if child.worker_id in self._failed:
            self._failed.discard(child.worker_id)
        else:
            log.say(report.death(child, code))

    def _gone(self, child: Child, now: float) -> None:
        pending = self._known.pending
        self._known = events.died(self._known, child.worker_id, now)
        if pending and not self._known.pending:
            self._abandon(pending)

    # ------------------------------------------------------------ parts

    def _attend_companion(self, companion: Spawned) -> None:
        self._switchboard.attend(companion.channel, lambda: self._hear_companion(companion))

    def _tell_companion(self, message: About) -> None:
        if self._companion is not None:
            self._companion.tell(message)

    def _end(self) -> None:
        self._workers.end()
        if self._companion is not None:
            self._companion.stop()
        self._switchboard.close()


def _say_lines(lines: Sequence[str]) -> None:
    for line in lines:
        log.say(line)
