"""Telling systemd how the server fares (sd_notify(3)), and whoever waits for it to serve.

What is told is derived from the situation and from what was told last; it is
sent by one function that never blocks and never raises.  What could not be sent
is tried again.

    begins to serve          READY=1  MAINPID=
    a generation is begun    RELOADING=1  MONOTONIC_USEC=    also where one was pending
    it serves, or failed     READY=1
    is being stopped         STOPPING=1
    each time                STATUS=
    half of WATCHDOG_USEC    WATCHDOG=1, from the controller's loop

The variables are taken out of the environment: a `READY=1` of some process that
the application starts says nothing about the server.
"""

from __future__ import annotations

import dataclasses
import enum
import os
import socket
from collections.abc import Callable, MutableMapping

from spawning.controller.children import State
from spawning.controller.policy import Situation, Stopping

RETRY = 0.1
"""Seconds until what could not be sent is tried again."""


class Phase(enum.Enum):
    """What systemd distinguishes."""

    STARTING = "starting"
    SERVING = "serving"
    RELOADING = "reloading"
    STOPPING = "stopping"


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """How the server fares."""

    phase: Phase
    pending: int
    status: str


def condition_of(known: Situation) -> Condition:
    """Return how a server in this situation fares."""
    count = len(known.children)
    if known.stopping is not Stopping.NO:
        return Condition(Phase.STOPPING, 0, f"stopping; {_workers(count)} left")
    if not known.serving:
        started = f"generation {known.pending} is starting" if known.pending else "nothing serves"
        return Condition(Phase.STARTING, known.pending, started)
    serving = len(known.children.of(known.serving, State.SERVING))
    status = f"generation {known.serving} serves with {_workers(serving)}"
    if known.pending:
        status = f"generation {known.pending} is starting; {status}"
        return Condition(Phase.RELOADING, known.pending, status)
    if known.outdated:
        status = f"the last reload failed; {status}"
    return Condition(Phase.SERVING, 0, status)


def _workers(count: int) -> str:
    return "1 worker" if count == 1 else f"{count} workers"


def text_of(before: Condition | None, after: Condition, now: float, pid: int) -> str:
    """Return what to tell systemd of a change; empty where there is none."""
    if before == after:
        return ""
    lines = [f"STATUS={after.status}"]
    if before is None or (before.phase, before.pending) != (after.phase, after.pending):
        match after.phase:
            case Phase.SERVING:
                lines += ["READY=1", f"MAINPID={pid}"]
            case Phase.RELOADING:
                lines += ["RELOADING=1", f"MONOTONIC_USEC={int(now * 1e6)}"]
            case Phase.STOPPING:
                lines += ["STOPPING=1"]
            case Phase.STARTING:
                pass  # systemd knows: it has started us
    return "\n".join(lines)


def sender(address: str) -> Callable[[str], bool]:
    """Return what sends a text to NOTIFY_SOCKET, and whether it could or never will."""
    if address[:1] not in ("/", "@"):
        return lambda _text: True
    name = "\0" + address[1:] if address.startswith("@") else address

    def send(text: str) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
                sock.setblocking(False)
                sock.sendto(text.encode(errors="replace"), name)
        except BlockingIOError:
            return False
        except OSError:
            pass  # nobody is there: a server does not end for that
        return True

    return send


class Notifier:
    """Says what has changed, and beats the watchdog."""

    def __init__(
        self,
        send: Callable[[str], bool] = lambda _text: True,
        beat_every: float | None = None,
        served: Callable[[], None] = lambda: None,
    ) -> None:
        self._send = send
        self._beat_every = beat_every
        self._served = served
        self._told: Condition | None = None
        self._has_served = False
        self._next_beat = 0.0
        self._retry_at: float | None = None

    @property
    def wake_at(self) -> float | None:
        """When `follow` is to be called though nothing happens."""
        times = [self._retry_at, self._next_beat if self._beat_every is not None else None]
        return min((at for at in times if at is not None), default=None)

    def follow(self, known: Situation, now: float) -> None:
        """Tell what is new; to be called after every event and at `wake_at`."""
        after = condition_of(known)
        text = text_of(self._told, after, now, os.getpid())
        if self._beat_every is not None and now >= self._next_beat:
            text += "\nWATCHDOG=1" if text else "WATCHDOG=1"
            self._next_beat = now + self._beat_every
        if not text or self._send(text):
            self._told, self._retry_at = after, None
        else:
            self._retry_at = now + RETRY
        if known.serving and not self._has_served:
            self._has_served = True
            self._served()


def from_environment(
    environ: MutableMapping[str, str], pid: int
) -> tuple[Callable[[str], bool], float | None]:
    """Take what systemd wants out of `environ`: what sends to it, and seconds between beats."""
    address = environ.pop("NOTIFY_SOCKET", "")
    microseconds = environ.pop("WATCHDOG_USEC", "")
    for_us = environ.pop("WATCHDOG_PID", str(pid)) == str(pid)
    beats = bool(address) and for_us and microseconds.isdecimal() and int(microseconds) > 0
    return sender(address), int(microseconds) / 2e6 if beats else None
