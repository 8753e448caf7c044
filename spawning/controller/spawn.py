"""Making worker processes: a fresh interpreter each, hence new code by construction."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from spawning import log
from spawning.messages import Boot, Channel
from spawning.streams import Streams

WORKER = Path(__file__).resolve().parents[1] / "worker"


class Process(Protocol):
    """A process that was started."""

    pid: int

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while it runs; reaps it."""

    def send_signal(self, number: int) -> None:
        """Send it a signal."""

    def kill(self) -> None:
        """End it by SIGKILL."""

    def wait(self) -> int:
        """Wait for its end; return the exit code."""


@dataclasses.dataclass(frozen=True, slots=True)
class Spawned:
    """A process and our end of the channel to it."""

    process: Process
    channel: Channel


class Spawner(Protocol):
    """Where workers come from."""

    def spawn(self, boot: Boot) -> Spawned:
        """Start a worker; raises OSError where the system cannot."""


class ExecSpawner:
    """Workers that are executed afresh."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._has_warned = False

    def spawn(self, boot: Boot) -> Spawned:
        """Start a worker with its own interpreter."""
        cradle = (boot.cradle,) if boot.cradle >= 0 else ()
        inherited = (*boot.descriptors, *cradle)
        options = self._for_debuggers() if boot.config["threads"] == 0 else {}
        spawned = start([str(WORKER)], inherited, self._streams, options)
        spawned.channel.send(boot)
        return spawned

    def _for_debuggers(self) -> Mapping[str, Any]:
        """Return what a worker with greenlets needs where debugpy follows us into it.

        Its own threads would wait on greenlets, once eventlet has put those in the place of
        locks.  With this variable it takes copies of its own of all that is replaced, and
        complains that gevent, for which that was made, is missing.
        """
        if not is_debugged():
            return {}
        if not self._has_warned:
            self._has_warned = True
            log.say("debugpy complains that gevent is missing: with greenlets that does no harm")
        return {"env": {"GEVENT_SUPPORT": "True"} | os.environ}


def is_debugged() -> bool:
    """Return whether debugpy or its like runs this process, and follows into what it starts."""
    return "pydevd" in sys.modules


def start(
    arguments: Sequence[str],
    inherited: Sequence[int],
    streams: Streams | None = None,
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Spawned:
    """Start our interpreter with `arguments` and, last, the number of its channel.

    `options`: what subprocess takes to start it as another user, or with other variables.
    """
    ours, theirs = socket.socketpair()
    with theirs, _kept_from_children():
        process = subprocess.Popen(
            [*interpreter(), *arguments, str(theirs.fileno())],
            pass_fds=(theirs.fileno(), *inherited),
            stderr=streams.error_of_children if streams is not None else None,
            **options,
        )
    return Spawned(process, Channel(ours))


@contextlib.contextmanager
def _kept_from_children() -> Iterator[None]:
    """Keep Ctrl-C, which is for us, from what is started, until that can take no notice of it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def interpreter() -> list[str]:
    """Return our own interpreter with the options it was started with (`-X dev`, `-W error`)."""
    # Private, and what multiprocessing and test frameworks use: there is no public way.
    flags: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    return [sys.executable, *flags]


def search_path() -> tuple[str, ...]:
    """Return the `sys.path` that the application sees: the current folder, then ours."""
    here = str(Path.cwd())
    scripts = str(Path(sys.argv[0]).resolve().parent)
    ours = [os.path.abspath(entry) for entry in sys.path if entry not in ("", scripts)]
    return (here, *(entry for entry in ours if entry != here))
