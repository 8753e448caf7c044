"""The status process's life: it serves on its own port until the controller is gone.

It is a worker of our own engine whose application is `application`.  It never
imports anything of the user's, and never asks a worker or the controller: what
it reads is shared memory, and facts that it was told.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Sequence
from select import POLLIN, poll
from time import monotonic
from typing import Any

from spawning.http.engine import Engine
from spawning.http.handoff import make_pair
from spawning.http.limits import Limits
from spawning.http.threads import ThreadRunner
from spawning.messages import Channel, Message, StatusBoot
from spawning.slot import NO_SLOT
from spawning.sockets import name_and_port
from spawning.status.application import Application
from spawning.status.observatory import STREAMS, Observatory
from spawning.title import set_title
from spawning.wsgi.environ import endpoint
from spawning.wsgi.handler import Handler

THREADS = STREAMS + 8
GENERATION = 1
_CONTROLLER_DECIDES = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM)


def main(descriptor: int) -> int:
    """Serve the pages to whoever asks; return the exit code when the controller is gone."""
    os.set_inheritable(descriptor, False)
    # A signal to the process group, or to all processes of a unit, ends the controller first.
    for number in _CONTROLLER_DECIDES:
        signal.signal(number, signal.SIG_IGN)
    set_title(f"status page of controller {os.getppid()}")
    channel = Channel(socket.socket(fileno=descriptor))
    boot, *facts = _first_messages(channel)
    if isinstance(boot, StatusBoot):
        _serve(channel, boot, facts)
    return 0


def _first_messages(channel: Channel) -> list[Message | None]:
    """Return the first message with what came together with it; None where none came."""
    arrival = poll()
    arrival.register(channel.fileno(), POLLIN)
    while not channel.ended:
        arrival.poll()
        if messages := channel.receive():
            return [*messages]
    return [None]


class _Ear:
    """Hears the controller, on the engine's loop."""

    def __init__(self, channel: Channel, observatory: Observatory, engine: Engine) -> None:
        self._channel = channel
        self._observatory = observatory
        self._engine = engine

    def on_events(self, _events: int) -> None:
        """The controller has said something, or is gone."""
        for message in self._channel.receive():
            self._observatory.learn(message)
        if self._channel.ended and not self._observatory.is_over:
            self._observatory.end()
            self._engine.close_down(monotonic())


def _serve(channel: Channel, boot: StatusBoot, facts: Sequence[Message | None]) -> None:
    for number in (*boot.listeners, boot.board[0]):
        os.set_inheritable(number, False)
    observatory = Observatory(boot)
    for fact in facts:
        observatory.learn(fact)
    inbox, outbox = make_pair()
    runner: Any = ThreadRunner([NO_SLOT] * THREADS)
    engine = Engine(
        limits=Limits(),
        gate=(GENERATION,),
        generation=GENERATION,
        gateway=Handler(Application(observatory), sys.stderr, None),
        runner=runner,
        inbox=inbox,
        outbox=outbox,
    )
    listeners = [socket.socket(fileno=number) for number in boot.listeners]
    engine.open_gate([(sock, _end(sock)) for sock in listeners])
    engine.watch(channel.fileno(), _Ear(channel, observatory, engine))
    engine.run(lambda _now: None, lambda: observatory.is_over)


def _end(sock: socket.socket) -> Any:
    name, port = name_and_port(sock)
    return endpoint(name, port, is_unix=False, errors=sys.stderr, threads=True, processes=False)
