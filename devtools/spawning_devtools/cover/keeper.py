"""The keeper's life: it hears what workers tell, and answers, until the controller is gone.

It is a worker of our own engine that accepts nothing: workers pass it the connections
that ask for coverage.  It never imports anything of the user's.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from select import POLLIN, poll
from time import monotonic
from typing import Any

from spawning.config import Config
from spawning.http.body import RequestBody
from spawning.http.engine import Engine
from spawning.http.handoff import MAX_PACKET, make_pair
from spawning.http.limits import Limits
from spawning.http.peers import Peers
from spawning.http.proxy_protocol import Source
from spawning.http.request import Request
from spawning.http.threads import ThreadRunner
from spawning.messages import Channel, CoverageBoot, Message, decode
from spawning.scoreboard import NO_SLOT
from spawning.title import set_title
from spawning.wsgi.environ import Endpoint, endpoint, environ_of
from spawning.wsgi.handler import Handler
from spawning_devtools.cover.entrance import Entrance, address_of
from spawning_devtools.cover.guard import Visitor
from spawning_devtools.cover.site import VISITOR, Site

THREADS = 8
GENERATION = 1
_CONTROLLER_DECIDES = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM)


def main(descriptor: int) -> int:
    """Keep and answer; return the exit code when the controller is gone."""
    os.set_inheritable(descriptor, False)
    for number in _CONTROLLER_DECIDES:
        # Not SIG_IGN: what is ignored stays ignored in programs that are started.
        signal.signal(number, lambda *_: None)
    set_title(f"coverage of controller {os.getppid()}")
    channel = Channel(socket.socket(fileno=descriptor))
    boot = _first_message(channel)
    if isinstance(boot, CoverageBoot):
        for number in (boot.side, boot.told, boot.journal):
            os.set_inheritable(number, False)
        _Keeper(channel, boot).run()
    return 0


def _first_message(channel: Channel) -> Message | None:
    arrival = poll()
    arrival.register(channel.fileno(), POLLIN)
    while not channel.ended:
        arrival.poll()
        if messages := channel.receive():
            return messages[0]
    return None


class _Keeper:
    """Everything of the process, and its loop."""

    def __init__(self, channel: Channel, boot: CoverageBoot) -> None:
        self._channel = channel
        self._told = socket.socket(fileno=boot.told)
        self._is_over = False
        config = Config(**boot.config)
        inbox, outbox = socket.socket(fileno=boot.side), make_pair()[1]
        runner: Any = ThreadRunner([NO_SLOT] * THREADS)
        self._inside = endpoint(
            "localhost", "", is_unix=True, errors=sys.stderr, threads=True, processes=False
        )
        site = Site(Peers(config.coverage_allow_ips))
        self._engine = Engine(
            limits=Limits(keep_alive_time=0),
            gate=(GENERATION,),
            generation=GENERATION,
            gateway=Handler(site, sys.stderr, None, environ=self._environ_of),
            runner=runner,
            inbox=inbox,
            outbox=outbox,
        )
        ends = [
            endpoint(host, port, is_unix=unix, errors=sys.stderr, threads=True, processes=False)
            for host, port, unix in boot.addresses
        ]
        self._engine.receive([*ends, self._inside])
        entrance = Entrance(
            address_of(boot.controller_pid),
            lambda sock: self._engine._adopt(sock, len(ends), b"", b""),
        )
        self._engine.watch(entrance.fileno(), entrance)
        self._engine.watch(channel.fileno(), _On(self._converse))
        self._engine.watch(self._told.fileno(), _On(self._hear))

    def run(self) -> None:
        """Run until the controller is gone, and what was begun is answered."""
        self._engine.run(lambda _now: None, lambda: self._is_over)

    def _environ_of(
        self, request: Request, peer: Any, end: Endpoint, body: RequestBody
    ) -> dict[str, Any]:
        environ = environ_of(request, peer, end, body)
        is_admitted = end is self._inside
        environ[VISITOR] = Visitor(environ["REMOTE_ADDR"], isinstance(peer, Source), is_admitted)
        return environ

    def _converse(self) -> None:
        self._channel.flush()
        self._channel.receive()
        if self._channel.ended and not self._is_over:
            self._is_over = True
            self._engine.close_down(monotonic())

    def _hear(self) -> None:
        while True:
            try:
                packet = self._told.recv(MAX_PACKET)
            except BlockingIOError:
                return
            if not packet:
                return
            decode(packet)


class _On:
    """Calls something at each event."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def on_events(self, _events: int) -> None:
        """Something may have changed."""
        self._call()
