"""Starting a worker once more in the same process: with a fresh interpreter, and its channel.

What a warm start comes to may have to be doubted.  The controller need not know: the
process keeps its number, its channel and its place.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from typing import NoReturn

from spawning.messages import Boot, Channel, decode, encode


def cold(channel: Channel, boot: Boot, environ: Mapping[str, str]) -> NoReturn:
    """Execute a worker in the place of this one."""
    note = os.memfd_create("spawning-boot", 0)
    os.write(note, encode(boot))
    for number in (channel.fileno(), note, *boot.descriptors):
        os.set_inheritable(number, True)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # as at every start, until we take it
    # As the controller has started us, or the snapshot that we come from.
    command = sys.orig_argv[: sys.orig_argv.index(sys.argv[0]) + 1]
    os.execve(sys.executable, [*command, str(channel.fileno()), str(note)], environ)


def boot_in(descriptor: int) -> Boot:
    """Return what `cold` has written down, and close the descriptor."""
    with open(descriptor, "rb") as file:
        file.seek(0)
        boot = decode(file.read())
    assert isinstance(boot, Boot)
    return boot
