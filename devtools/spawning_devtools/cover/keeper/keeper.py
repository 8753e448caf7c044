"""The keeper's life: it hears what workers tell, and answers, until the controller is gone.

It is a worker of our own engine that accepts nothing: workers pass it the connections
that ask for coverage.  It never imports anything of the user's.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from select import POLLIN, poll
from time import monotonic
from typing import Any

from spawning.config import Config, from_plain
from spawning.http.engine import Engine
from spawning.http.limits import Limits
from spawning.http.peers import Peers
from spawning.http.threads import ThreadRunner
from spawning.messages import Channel, CoverageBoot, Message
from spawning.slot import NO_SLOT
from spawning.title import set_title
from spawning.wsgi.environ import Endpoint, endpoint
from spawning.wsgi.handler import Handler
from spawning_devtools.cover import disk
from spawning_devtools.cover.keeper.ear import Ear
from spawning_devtools.cover.keeper.entrance import Entrance, address_of
from spawning_devtools.cover.keeper.journal import Journal
from spawning_devtools.cover.keeper.parts import Parts
from spawning_devtools.cover.keeper.records import Records
from spawning_devtools.cover.keeper.site import WAITING, Site
from spawning_devtools.cover.keeper.visitors import Visitors
from spawning_devtools.cover.keeper.workers import Workers, is_alive

THREADS = WAITING + 8
GENERATION = 1
NICE = 10
"""How much it gives way to the workers: it has most to do while reports are made."""
_LIMITS = Limits(keep_alive_time=0, write_time=10.0)
_CONTROLLER_DECIDES = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM)


def main(descriptor: int) -> int:
    """Keep and answer; return the exit code when the controller is gone."""
    os.set_inheritable(descriptor, False)
    for signal_ in _CONTROLLER_DECIDES:
        # Not SIG_IGN: what is ignored stays ignored in programs that are started.
        signal.signal(signal_, lambda *_: None)
    set_title(f"coverage of controller {os.getppid()}")
    channel = Channel(socket.socket(fileno=descriptor))
    boot = _first_message(channel)
    if isinstance(boot, CoverageBoot):
        for number in (boot.side, boot.told, boot.journal):
            os.set_inheritable(number, False)
        os.chdir(boot.folder)
        os.nice(NICE)
        disk.remove_left_behind()
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
    """The parts of the process, put together."""

    def __init__(self, channel: Channel, boot: CoverageBoot) -> None:
        self._channel = channel
        self._is_over = False
        config = from_plain(boot.config)
        records = Records(Journal(boot.journal), Workers(is_alive), boot.order, channel.send)
        self._parts = Parts(config, boot.folder, records)
        site = Site(Peers(config.coverage_allow_ips), records, self._parts)
        self._engine = _engine(site, config, boot)
        ear = Ear(socket.socket(fileno=boot.told), records.hear, self._engine.call_soon)
        self._engine.watch(ear.fileno(), ear)
        self._engine.watch(channel.fileno(), _Watched(self._converse))

    def run(self) -> None:
        """Run until the controller is gone, and what was begun is answered."""
        try:
            self._engine.run(lambda _now: None, lambda: self._is_over)
        finally:
            self._parts.close()

    def _converse(self) -> None:
        self._channel.flush()
        self._channel.receive()
        if self._channel.ended and not self._is_over:
            self._is_over = True
            self._parts.close()  # whoever waits for a report is answered that there is none
            self._engine.close_down(monotonic())


def _engine(site: Site, config: Config, boot: CoverageBoot) -> Engine:
    ends = [_end(host, port, is_unix=is_unix) for host, port, is_unix in boot.addresses]
    inside = _end("localhost", "", is_unix=True)
    environ_of = Visitors(config, inside).environ_of
    side = socket.socket(fileno=boot.side)
    runner: Any = ThreadRunner([NO_SLOT] * THREADS)
    engine = Engine(
        limits=_LIMITS,
        gate=(GENERATION,),
        generation=GENERATION,
        gateway=Handler(site, sys.stderr, None, environ=environ_of),
        runner=runner,
        inbox=side,
        outbox=side,  # nothing ever leaves
    )
    engine.receive([*ends, inside])
    entrance = Entrance(
        address_of(boot.controller_pid), lambda sock: engine.adopt(sock, len(ends), b"", b"")
    )
    engine.watch(entrance.fileno(), entrance)
    return engine


class _Watched:
    """Calls something at each event."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call

    def on_events(self, _events: int) -> None:
        """Something may have changed."""
        self._call()


def _end(host: str, port: str, *, is_unix: bool) -> Endpoint:
    return endpoint(host, port, is_unix=is_unix, errors=sys.stderr, threads=True, processes=False)
