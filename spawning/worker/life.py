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
import signal
import socket
import sys
from time import monotonic
from typing import Any

from spawning import devhooks, log, sockets
from spawning.access_log import open_log
from spawning.config import from_plain
from spawning.gate import Gate
from spawning.http.engine import Engine, Runner
from spawning.http.limits import Limits
from spawning.messages import Boot, Channel, Drain, Draining, InFlight, OpenGate, Ready
from spawning.title import set_title
from spawning.worker import application, failure, lifeline
from spawning.wsgi.environ import endpoint
from spawning.wsgi.handler import Handler

EXIT_FAILED = 3
_NOT_FOR_US = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
_HANDLED = (*_NOT_FOR_US, signal.SIGTERM)


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
        self._hooks: devhooks.WorkerHooks | None = None
        self._report_is_due = False
        self._engine: Engine | None = None

    def live(self) -> int:
        """Load the application and serve it; return the exit code."""
        config, boot = self._config, self._boot
        self._entitle("importing")
        self._handle_signals()
        lifeline.start(self._channel.fileno(), config.deadman + 1)
        make_runner = self._runner_factory()
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
        if self._channel.ended:
            self._drain(successor=False)

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
        self._tell_requests()

    def _tick(self, _now: float) -> None:
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

    def _runner_factory(self) -> Any:
        """Return what makes the runner once the application is loaded; monkey-patches now."""
        if self._config.threads > 0:
            from spawning.http.threads import ThreadRunner

            return lambda: ThreadRunner(self._config.threads)
        from spawning.http import greenlets

        greenlets.monkey_patch()
        return greenlets.GreenletRunner

    def _make_engine(self, app: Any, runner: Runner) -> Engine:
        config = self._config
        limits = Limits(keep_alive_time=0) if config.no_keepalive else Limits()
        return Engine(
            limits=limits,
            gate=self._gate.word,
            generation=self._boot.generation,
            gateway=Handler(app, sys.stderr, open_log(config.access_log_file)),
            runner=runner,
            inbox=self._inbox,
            outbox=self._outbox,
        )

    def _handle_signals(self) -> None:
        # Ctrl-C reaches the whole process group, and the controller decides.  A handler that
        # does nothing, not SIG_IGN: programs that the application starts would inherit that.
        for number in _NOT_FOR_US:
            signal.signal(number, _do_nothing)
        signal.signal(signal.SIGTERM, self._terminate)
        # Processes that it forks inherit handlers, and would not end when they are told to.
        # Blocked meanwhile: Python forgets signals that reach a child on its way out of fork.
        os.register_at_fork(
            before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED),
            after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED),
            after_in_child=_obey_signals_again,
        )

    def _terminate(self, _number: int, _frame: Any) -> None:
        if self._engine is None:
            os._exit(0)  # still importing: SystemExit would be the application's to catch
        self._engine.call_soon(lambda: self._drain(successor=True))


def _obey_signals_again() -> None:
    for number in _HANDLED:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)


def _do_nothing(_number: int, _frame: Any) -> None:
    pass
