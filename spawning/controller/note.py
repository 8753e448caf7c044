"""The note by which `spawnctl` and editors find this server (see `spawning.whereabouts`)."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import sys
from collections.abc import Iterator, Sequence

import spawning
from spawning import log, whereabouts
from spawning.config import Config
from spawning.controller.backdoor import addresses
from spawning.sockets import urls_of


@contextlib.contextmanager
def whereabouts_of(
    config: Config,
    listeners: Sequence[socket.socket],
    status_listeners: Sequence[socket.socket],
    backdoor_listeners: Sequence[socket.socket],
) -> Iterator[str]:
    """Have this server found until the block ends, where an option asks for it.

    Yields the secret that the backdoor may ask for; empty where there is none.  A folder
    that cannot be used is said, and no reason not to serve.
    """
    if not (config.backdoor or config.reload or config.status_port is not None):
        yield ""
        return
    user, pid = os.geteuid(), os.getpid()
    folder = whereabouts.folders(os.environ, user)[0]
    secret = secrets.token_hex(32) if config.backdoor else ""
    status = urls_of(status_listeners)
    note = whereabouts.Note(
        pid=pid,
        started=whereabouts.started(pid),
        folder=os.getcwd(),
        application=" ".join(config.args),
        urls=tuple(urls_of(listeners)),
        backdoor=addresses(backdoor_listeners),
        status=f"{status[0]}/status" if status else "",
        secret=os.path.join(folder, f"{pid}{whereabouts.SECRET}") if secret else "",
        version=spawning.__version__,
        python=sys.executable,
        argv=tuple(sys.orig_argv),
    )
    with contextlib.ExitStack() as stack:
        try:
            whereabouts.made(folder, user)
            stack.enter_context(whereabouts.written(folder, note, secret))
        except (OSError, whereabouts.Refused) as error:
            why = error.strerror if isinstance(error, OSError) else error
            log.say(f"spawnctl finds this server by --pid only: {folder} cannot be used: {why}")
            secret = ""
        yield secret
