"""A worker's life, top to bottom.

born      -> Boot arrives; title, signals, hooks, monkey-patching
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

from spawning import devhooks, log, sockets
from spawning.config import from_plain
from spawning.gate import Gate
from spawning.http.engine import Engine
from spawning.http.runner import Runner
from spawning.messages import (
    Boot,
    Channel,
    Drain,
    Draining,
    Enough,
    InFlight,
    Leaving,
    OpenGate,
    Ready,
    Reopen,
)
from spawning.streams import Streams
from spawning.title import set_title
from spawning.worker import application, engine_parts, failure, lifeline, signals
from spawning.wsgi.environ import endpoint

EXIT_FAILED = 3


def main(descriptor: int) -> int:
    """Live the life of the worker whose channel is `descriptor`; return its exit code."""
    os.set_inheritable(descriptor, False)
    channel = Channel(socket.socket(fileno=descriptor))
    boot = _first_message(channel)
    if boot is None:
        return 0  # the controller died before it could say anything
    return Worker(channel, boot).live()


def _first_message(channel: Channel) -> Boot | None:
    from select import poll

    arrival = poll()
    arrival.register(channel.fileno())
    while not channel.ended:
        arrival.poll()
        for message in channel.receive():
            if isinstance(message, Boot):
                return message
    return None


class Worker:
    """The things that a worker has, and what it does on orders."""

    def __init__(self, channel: Channel, boot: Boot) -> None:
        self._channel = channel
        self._boot = boot
        self._config = from_plain(boot.config)
        self._draining = False
        # Sockets are made before monkey-patching changes the class.
        self._listeners = [socket.socket(fileno=number) for number in boot.listeners]
        self._inbox = socket.socket(fileno=boot.inbox)
        self._outbox = socket.socket(fileno=boot.outbox)
        for number in (*boot.listeners, boot.inbox, boot.outbox, boot.gate):
            os.set_inheritable(number, False)
        self._gate = Gate(boot.gate)
        os.set_inheritable(boot.board[0], False)
        self._row = engine_parts.take_row(boot, metered=self._config.status_port is not None)
        self._hooks: devhooks.WorkerHooks | None = None
        self._report_is_due = False
        self._engine: Engine | None = None
        self._access_log = engine_parts.access_log(self._config, boot)

    def live(self) -> int:
        """Load the application and serve it; return the exit code."""
        config, boot = self._config, self._boot
        self._entitle("importing")
        signals.handle(self._terminate)
        lifeline.start(self._channel.fileno(), config.deadman + 1)
        make_runner = engine_parts.runner_factory(config, self._row)
        hooks = devhooks.load(config)
        sys.path[:] = boot.sys_path
        if hooks is not None:
            self._hooks = hooks.worker_hooks(config, boot.generation)
            self._hooks.before_import(self._hear_news)
        try:
            app = application.load(config)
        except BaseException as error:
            return self._fail(error)
        self._engine = self._make_engine(app, make_runner())
        self._engine.watch(self._channel.fileno(), self)
        self._report()
        self._entitle("ready")
        self._channel.send(Ready())
        self._engine.run(self._tick, lambda: self._draining)
        log.flush_standard_streams()
        return 0

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
        if self._channel.ended:
            self._drain(successor=False)

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
            threads = self._config.threads != 1  # greenlets run side by side too
            processes = self._config.processes > 1
            ends = [
                endpoint(
                    *sockets.name_and_port(sock),
                    is_unix=sock.family == socket.AF_UNIX,
                    errors=sys.stderr,
                    threads=threads,
                    processes=processes,
                )
                for sock in self._listeners
            ]
            self._engine.open_gate(list(zip(self._listeners, ends, strict=True)))

    def _drain(self, successor: bool) -> None:
        engine = self._engine
        assert engine is not None
        self._entitle("draining")
        if successor and not self._draining:
            self._draining = True
            engine.hand_over()
        elif not successor:
            self._draining = True
            engine.close_down(monotonic())
        if self._config.reload:
            engine.hang_up()
        self._tell_requests()

    def _tick(self, now: float) -> None:
        self._beat(now)
        self._report()
        if self._draining:
            self._tell_requests()

    # ------------------------------------------------------------ reports

    def _tell_requests(self) -> None:
        assert self._engine is not None
        now = monotonic()
        requests = tuple(
            InFlight(c.request.method, c.request.target, round(now - c.since, 3))
            for c in self._engine.busy()
            if c.request is not None
        )
        self._channel.send(Draining(requests))

    def _hear_news(self) -> None:
        """More was imported, in whatever thread; before the first report, it waits for that."""
        if self._engine is not None and not self._report_is_due:
            self._report_is_due = True
            self._engine.call_soon(self._report)

    def _report(self) -> None:
        self._report_is_due = False
        graph = self._hooks.report() if self._hooks is not None else None
        if graph is not None:
            self._channel.send(graph)

    def _fail(self, error: BaseException) -> int:
        self._report()
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
        gateway = engine_parts.gateway(app, runner, config, self._boot, self._row, self._access_log)
        return Engine(
            limits=engine_parts.limits_of(config),
            gate=self._gate.word,
            generation=self._boot.generation,
            gateway=engine_parts.counted(gateway, config, self._ask_for_successor),
            runner=runner,
            inbox=self._inbox,
            outbox=self._outbox,
            is_one_of_many=config.processes > 1,
            introducers=engine_parts.introducers_of(config),
        )

    def _ask_for_successor(self, why: str) -> None:
        assert self._engine is not None
        self._engine.call_soon(lambda: self._channel.send(Enough(why)))

    def _terminate(self) -> None:
        if self._engine is None:
            os._exit(0)  # still importing: SystemExit would be the application's to catch
        self._engine.call_soon(lambda: self._channel.send(Leaving()))
