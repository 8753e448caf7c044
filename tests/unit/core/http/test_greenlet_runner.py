"""Who is told by the hub, who by the greenlet that leads, and which answers leave together."""

from __future__ import annotations

import subprocess
import sys

import pytest

from serving import PATIENCE

SWITCHES = """\
import os
from os import read  # before it is made one that may switch
from spawning.http.green import eventlet, greenlet, monkey_patch
from spawning.http.greenlets import GreenletRunner
from spawning.http.poller import Poller
from spawning.slot import NO_SLOT

monkey_patch()
said = []
other = greenlet.greenlet(lambda: said.append("it ran"), eventlet.hubs.get_hub().greenlet)
reader, writer = os.pipe()

class Told:
    def on_events(self, events):
        read(reader, 1)
        other.switch()
        said.append("who switched to it went on")

poller = Poller()
poller.add(reader, Told())
os.write(writer, b"x")
GreenletRunner([NO_SLOT, NO_SLOT]).drive(poller, lambda now: None, lambda: len(said) == 2)
print(*said, sep=", ")
"""


def test_who_switches_to_another_greenlet_goes_on_when_that_has_run() -> None:
    # In a process of its own: eventlet is not for all tests.
    command = [sys.executable, "-c", SWITCHES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.stdout, done.stderr) == ("it ran, who switched to it went on\n", "")


TOGETHER = """\
import socket
import sys
from spawning.http.green import eventlet, greenlet, monkey_patch
from spawning.http import greenlets
from spawning.http.engine import Engine
from spawning.http.handoff import make_pair
from spawning.http.limits import Limits
from spawning.slot import NO_SLOT
from spawning.wsgi.environ import endpoint
from spawning.wsgi.handler import Handler

plain_pair = socket.socketpair
monkey_patch()
pairs = [plain_pair() for _ in range(4)]
for pair in pairs:
    for end in pair:
        end.setblocking(False)
clients = [client for client, _ in pairs]

def received():
    count = 0
    for client in clients:
        try:
            count += bool(client.recv(65536, socket.MSG_PEEK))
        except BlockingIOError:
            pass
    return count

seen = []

def application(environ, start):
    seen.append(received())
    write = start("200 OK", [("Content-Length", "2")])
    {does}
    return Answer()

class Answer:
    def __iter__(self):
        yield b"ok"

    def close(self):
        closed.append(received())

closed = []
greenlets.TOO_LONG = {too_long}
runner = greenlets.GreenletRunner([NO_SLOT] * 5)
runner.batching.pays, runner.batching.size = {pays}, {size}
end = endpoint("a", "80", is_unix=False, errors=sys.stderr, threads=True, processes=False)
engine = Engine(
    limits=Limits(), gate=[1], generation=1, gateway=Handler(application, sys.stderr, None),
    runner=runner, inbox=make_pair()[0], outbox=make_pair()[0],
)
engine.receive([end])
for client, server in pairs:
    client.send(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
    engine._welcome(0, server, ("192.0.2.1", 1))
runner.drive(engine._poller, lambda now: None, lambda: received() == 4)
print(seen, closed, runner.batching._misses)
"""


@pytest.mark.parametrize(
    ("size", "does", "said"),
    [
        (1, "", "[0, 1, 2, 3] [1, 2, 3, 4] 0"),
        (16, "", "[0, 0, 0, 0] [1, 2, 3, 4] 0"),
        (2, "", "[0, 0, 2, 2] [1, 2, 3, 4] 0"),
        # Who waits is not waited for by the others.
        (16, "len(seen) == 2 and eventlet.sleep(0.001)", "[0, 0, 0, 0] [1, 2, 3, 4] 0"),
        (16, "return greenlet.greenlet(write).switch(b'ok') or ()", "[0, 1, 2, 3] [] 0"),
    ],
)
def test_answers_of_a_turn_leave_together_and_are_closed_afterwards(
    size: int, does: str, said: str
) -> None:
    assert together(size, does, "10") == said


def test_answers_that_waited_too_long_are_counted() -> None:
    # Two of the first three events are not requests: one answer is alone, and waits for none.
    assert together(3, "", "0") == "[0, 1, 1, 1] [1, 2, 3, 4] 1"


def together(size: int, does: str, too_long: str) -> str:
    """Return what four requests of one turn saw: how many answers had arrived before each of
    them and when each was closed, and how many batches took too long.
    """
    program = TOGETHER.format(size=size, pays=size > 1, does=does or "pass", too_long=too_long)
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stderr == ""
    return done.stdout.strip()
