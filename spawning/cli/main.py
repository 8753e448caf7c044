"""`spawn`: from the words on the command line to a running server, top to bottom."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from spawning import access_log, descriptors, devhooks, log
from spawning.cli import factory
from spawning.cli.settings import Settings, resolve
from spawning.config import Config
from spawning.controller import activation, notify
from spawning.controller.binding import backdoor_bound, bound, status_bound
from spawning.controller.loop import Controller
from spawning.controller.note import whereabouts_of
from spawning.controller.outside import Outside
from spawning.daemon import identity, pidfile
from spawning.daemon.background import INTERRUPTED, in_background
from spawning.errors import SpawningError, UsageError
from spawning.streams import Streams, open_log


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What is found out, and opened, while the command still has its terminal."""

    settings: Settings
    hooks: devhooks.DevHooks | None
    user: identity.Identity | None
    inherited: list[socket.socket]
    """Listening sockets from systemd."""
    streams: Streams
    coverage: str
    """How it is measured which lines run, and why so; '' where it is not."""

    @property
    def config(self) -> Config:
        return self.settings.config


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server as the command line says; return the exit code."""
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, _end)  # process 1 is sent nothing that it does not catch
    words = sys.argv[1:] if argv is None else argv
    return run(lambda: factory.settled(resolve(words, Path.cwd())))


def _end(number: int, _frame: FrameType | None) -> None:
    """End a server that is about to start, as the signal ends any other process."""
    raise SystemExit(128 + number)


def run(find: Callable[[], Settings]) -> int:
    """Run the server as the settings say; return the exit code."""
    return _told(lambda: _start(find()))


def _told(work: Callable[[], int]) -> int:
    """Return the exit code of `work`; an error of the user's becomes a sentence."""
    try:
        return work()
    except SpawningError as error:
        log.say(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


def _start(settings: Settings) -> int:
    for note in settings.notes():
        log.say(note)
    ready = _prepare(settings)
    send, beat_every = notify.from_environment(os.environ, os.getpid())

    def serve(served: Callable[[], None]) -> int:
        notifier = notify.Notifier(send, beat_every, served)
        return _told(
            lambda: _serve(ready, Outside(ready.streams, notifier, coverage=ready.coverage))
        )

    if ready.config.daemonize:
        return in_background(serve, ready.streams)
    ready.streams.install()
    return serve(lambda: None)


def _prepare(settings: Settings) -> _Prepared:
    """Find out now whatever can be wrong before anything is started."""
    config = settings.config
    hooks = devhooks.load(config)
    coverage = ""
    if hooks is not None and config.measures_coverage:
        coverage = hooks.check_coverage(config)
    user = identity.find(config.chuid) if config.chuid else None
    if user is not None:
        identity.check_rights(user)
    inherited = activation.inherited(os.environ, os.getpid())
    if inherited and config.bind:
        log.say("--bind is not used: systemd passes the listening sockets")
    streams = Streams(config.stdout, config.stderr)
    streams.open(nowhere=config.daemonize, wary=user is not None)
    _prepare_logs(config, streams, user)
    return _Prepared(
        settings=settings,
        hooks=hooks,
        user=user,
        inherited=inherited,
        streams=streams,
        coverage=coverage,
    )


def _prepare_logs(config: Config, streams: Streams, user: identity.Identity | None) -> None:
    """See to it that every worker can write the logs, and open them anew."""
    try:
        access_log.check(config.access_log_format)
    except ValueError as error:
        text = config.access_log_format
        raise UsageError(f"--access-log-format: {text!r} will not do, {error}") from None
    opened = []
    if config.access_log_file not in ("", os.devnull):
        path = config.access_log_file
        opened.append(open_log("--access-log-file", path, wary=user is not None))
    if config.backdoor_log:
        path = config.backdoor_log
        opened.append(open_log("--backdoor-log", path, wary=user is not None, mode=0o600))
    if user is not None:
        for descriptor in (*streams.files, *opened):
            identity.give_file(user, descriptor)
    for descriptor in opened:
        os.close(descriptor)


def _serve(ready: _Prepared, outside: Outside) -> int:
    config = ready.config
    descriptors.raise_limit()
    with contextlib.ExitStack() as stack:
        if config.pidfile:
            stack.enter_context(pidfile.claimed(config.pidfile))
        listeners = ready.inherited or stack.enter_context(bound(config))
        status_listeners = stack.enter_context(status_bound(config))
        knocked_at = stack.enter_context(backdoor_bound(config))
        if ready.user is not None:
            _become(ready.user, [*([] if ready.inherited else listeners), *knocked_at])
        found = whereabouts_of(config, listeners, status_listeners, knocked_at)
        outside = dataclasses.replace(
            outside,
            status_listeners=status_listeners,
            backdoor_listeners=knocked_at,
            secret=stack.enter_context(found),
            lends_listeners=bool(ready.inherited),
        )
        lines = ready.settings.lines
        return Controller(config, listeners, ready.hooks, lines, outside=outside).run()


def _become(user: identity.Identity, listeners: Sequence[socket.socket]) -> None:
    """Give up root, which only the addresses needed."""
    for sock in listeners:
        if sock.family == socket.AF_UNIX:
            identity.give_socket(user, sock.getsockname())
    identity.assume(user)
