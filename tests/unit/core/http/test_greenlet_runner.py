"""Who is told by the hub, and who by the greenlet that leads."""

from __future__ import annotations

import subprocess
import sys

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
