"""A worker's life, top to bottom.

born      -> Boot arrives; title, signals, hooks, monkey-patching
warm      -> only as a snapshot: waits half-started, and is forked to go on from here
importing -> the application loads: Ready, or Failed and death
waiting   -> ready behind a closed gate
serving   -> OpenGate
draining  -> Drain, SIGTERM, or the controller is gone
dead      -> nothing is in flight any more
"""

from __future__ import annotations

import os
import socket
import sys
from time import monotonic
from typing import Any

from spawning import descriptors, devhooks, log
from spawning.access_log import AccessLog
from spawning.config import from_plain
from spawning.gate import Gate
from spawning.http.engine import Engine
from spawning.http.runner import Runner
from spawning.messages import (
    Boot,
    Channel,
    CoverageOrder,
    Drain,
    Draining,
    Enough,
    Leaving,
    News,
    OpenGate,
    Ready,
    Reopen,
)
from spawning.scoreboard import Row
from spawning.streams import Streams
from spawning.title import set_title
from spawning.worker import (
    application,
    birth,
    engine_parts,
    failure,
    farewell,
    lifeline,
    live_pages,
    restart,
    signals,
)
from spawning.worker.backdoor import Backdoor
from spawning.worker.coverage import Coverage
from spawning.worker.holding import Holding
from spawning.worker.reporting import Reporter

EXIT_FAILED = 3


def main(descriptor: int, boot_descriptor: int = -1) -> int:
    """Live the life of the worker whose channel is `descriptor`; return its exit code.

    `boot_descriptor`: where the first message stands that an earlier try has received.
    """
    os.set_inheritable(descriptor, False)
    channel = Channel(socket.socket(fileno=descriptor))
    boot = birth.boot_of(channel, boot_descriptor)
    return Worker(channel, boot).live() if boot is not None else 0


class Worker:
    """The things that a worker has, and what it does on orders."""

    def __init__(self, channel: Channel, boot: Boot) -> None:
        self._channel = channel
        self._boot = boot
        self._config = from_plain(boot.config)
        self._draining = False
        self._has_successor = False
        # Sockets are made before monkey-patching changes the class.
        self._listeners = [socket.socket(fileno=number) for number in boot.listeners]
        self._inbox = socket.socket(fileno=boot.inbox)
        self._outbox = socket.socket(fileno=boot.outbox)
        for number in (*boot.listeners, boot.inbox, boot.outbox, boot.gate):
            os.set_inheritable(number, False)
        self._gate = Gate(boot.gate)
        os.set_inheritable(boot.board[0], False)
        self._row: Row | None = None
        self._access_log: AccessLog | None = None
        self._hooks: devhooks.WorkerHooks | None = None
        self._pages: devhooks.LivePages | None = None
        self._reporter = Reporter(lambda graph: self._channel.send(graph))
        self._engine: Engine | None = None
        self._holding = Holding(channel)
        self._coverage = Coverage()
        self._backdoor = Backdoor()

    def live(self) -> int:
        """Load the application and serve it; return the exit code."""
        config, boot = self._config, self._boot
        signals.handle(self._terminate)
        hooks = devhooks.load(config)
        self._coverage.start(hooks, config, boot)
        self._backdoor.start(hooks, config, boot)
        make_runner = engine_parts.runner_factory(config)
        self._begin()
        sys.path[:] = boot.sys_path
        if hooks is not None:
            self._hooks = hooks.worker_hooks(config, boot, self._channel, self._become)
            self._reporter.observe(self._hooks)
            self._pages = hooks.live_pages(config)
            hooks.mind_debuggers(config, self._holding)
            self._backdoor.begin(self._boot, self._channel, self._holding)
        try:
            app = application.load(config)
        except BaseException as error:
            return self._fail(error)
        if self._hooks is not None:
            self._hooks.loaded()
        self._doubt(None)
        is_warm = self._hooks is not None and self._hooks.is_warm
        self._engine = self._make_engine(app, make_runner(self._row, is_warm))
        self._engine.watch(self._channel.fileno(), self)
        self._reporter.start_is_over(self._engine.call_soon)
        self._entitle("ready")
        self._coverage.import_is_over()
        self._channel.send(Ready())
        self._backdoor.open(self._engine, app)
        self._engine.run(self._tick, self._is_done)
        self._coverage.end()
        if self._has_successor:
            farewell.give_way()
        log.flush_standard_streams()
        return 0

    # ------------------------------------------------------------ warm starts

    def _begin(self) -> None:
        """Begin to be the worker that `Boot` makes of this process, unless it is a snapshot."""
        boot = self._boot
        if boot.cradle >= 0:
            os.set_inheritable(boot.cradle, False)
            set_title(f"snapshot of {' '.join(self._config.args)}")
            return
        self._entitle("importing")
        descriptors.enlarge_table(self._channel.fileno())
        lifeline.start(self._channel.fileno(), self._config.deadman + 1)
        self._row = engine_parts.take_row(boot, metered=self._config.status_port is not None)
        self._access_log = engine_parts.access_log(self._config, boot)
        self._coverage.begin(boot)

    def _become(self, channel: Channel, boot: Boot) -> None:
        """Be a worker, in a process that a snapshot has forked."""
        self._channel, self._boot = channel, boot
        self._holding.moves_to(channel)  # debuggers know this one
        self._backdoor.become(boot, channel)
        signals.take(self._terminate)
        engine_parts.after_fork(self._config)
        self._begin()

    def _doubt(self, error: BaseException | None) -> None:
        """Start again where the start may not have been what a cold one would be."""
        if self._boot.cradle >= 0:
            os._exit(0)  # a snapshot that came to no stop: the code is not what it was
        complaint = self._hooks.complaint(error) if self._hooks is not None else ""
        if complaint and self._hooks is not None:
            log.say(f"worker {self._boot.worker_id} starts once more, cold: {complaint}")
            log.flush_standard_streams()
            restart.cold(self._channel, self._boot, self._hooks.first_environ())

    # ------------------------------------------------------------ orders

    def on_events(self, _events: int) -> None:
        """The controller has said something, or is gone."""
        self._channel.flush()
        for message in self._channel.receive():
            match message:
                case OpenGate():
                    self._open_gate()
                case Drain(successor):
                    self._drain(successor)
                case Reopen():
                    self._reopen()
                case News():
                    self._tell_pages(message)
                case CoverageOrder():
                    self._coverage.hear(message)
        if self._channel.ended:
            self._drain(successor=False)

    def _tell_pages(self, news: News) -> None:
        assert self._engine is not None
        if self._pages is not None:
            self._pages.hear(news)
        self._engine.look_again()

    def _reopen(self) -> None:
        log.flush_standard_streams()
        # What cannot be opened stays as it is, and the controller has said so.
        Streams(self._config.stdout, self._config.stderr).reopen()
        if self._access_log is not None:
            self._access_log.reopen()

    def _open_gate(self) -> None:
        assert self._engine is not None
        if not self._draining:
            self._entitle("serving")
            ends = engine_parts.endpoints(self._listeners, self._config)
            self._engine.open_gate(list(zip(self._listeners, ends, strict=True)))

    def _drain(self, successor: bool) -> None:
        engine = self._engine
        assert engine is not None
        self._entitle("draining")
        if successor and not self._draining:
            self._draining = self._has_successor = True
            engine.hand_over()
        elif not successor:
            self._draining = True
            engine.close_down(monotonic())
        if successor:
            self._backdoor.drain()
        if self._config.reload:
            engine.hang_up()
        self._tell_requests()

    def _is_done(self) -> bool:
        if not self._draining or self._holding.is_held():
            return False
        return not (self._has_successor and self._backdoor.is_busy)

    def _tick(self, now: float) -> None:
        self._beat(now)
        self._reporter.tick()
        self._holding.look()
        if self._draining:
            self._tell_requests()

    # ------------------------------------------------------------ reports

    def _tell_requests(self) -> None:
        assert self._engine is not None
        requests = engine_parts.in_flight(self._engine, monotonic())
        self._channel.send(Draining(requests))

    def _fail(self, error: BaseException) -> int:
        self._doubt(error)
        self._reporter.tell()
        self._coverage.end()
        if self._config.reload and self._boot.generation > 1:
            failure.let_others_be_saved()
        self._channel.send(failure.describe(error, os.getcwd()))
        self._channel.finish()
        log.flush_standard_streams()
        return EXIT_FAILED

    def _entitle(self, state: str) -> None:
        boot, args = self._boot, " ".join(self._config.args)
        set_title(f"worker {boot.worker_id} generation {boot.generation} ({state}) {args}")

    # ------------------------------------------------------------ parts

    def _beat(self, now: float) -> None:
        assert self._engine is not None
        if self._row is not None:
            self._row.beat(now, self._engine.count, len(self._engine.busy()))

    def _make_engine(self, app: Any, runner: Runner) -> Engine:
        config = self._config
        app = live_pages.around(self._coverage.around(app), self._pages)
        handler = engine_parts.handler(app, runner, config, self._access_log)
        is_held = self._holding.is_held
        gateway = engine_parts.timed(handler, runner, config, self._boot, self._row, is_held)
        gateway = engine_parts.counted(gateway, config, self._ask_for_successor)
        engine = Engine(
            limits=engine_parts.limits_of(config),
            gate=self._gate.word,
            generation=self._boot.generation,
            gateway=self._coverage.beside(live_pages.beside(gateway, self._pages)),
            parking=live_pages.parking(config, self._gate, self._pages),
            runner=runner,
            inbox=self._inbox,
            outbox=self._outbox,
            is_one_of_many=config.processes > 1,
            share=engine_parts.share_of(self._gate, config, self._boot),
            introducers=engine_parts.introducers_of(config),
        )
        self._coverage.open(engine)
        self._holding.find_requests(runner.me, engine.busy)
        return engine

    def _ask_for_successor(self, why: str) -> None:
        assert self._engine is not None
        self._engine.call_soon(lambda: self._channel.send(Enough(why)))

    def _terminate(self) -> None:
        if self._engine is None:
            os._exit(0)  # still importing: SystemExit would be the application's to catch
        self._engine.call_soon(lambda: self._channel.send(Leaving()))
