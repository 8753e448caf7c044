"""A bell that rings in all processes of the server.

Each process that waits has a named pipe in one folder; to ring is to write a byte into each.
The bell says only that there is something: what it is stands in the database.  A process that
has died leaves its pipe behind, and whoever finds nobody at its other end takes it away.
"""

import contextlib
import os

import eventlet
from eventlet.event import Event
from eventlet.hubs import trampoline

SUFFIX = ".bell"


class Bell:
    def __init__(self, folder):
        """Nothing is opened before somebody waits, for a process may be forked before that."""
        self._folder = folder
        self._rung = Event()
        self._pipe = None

    def next_ring(self):
        """Return what to wait for; a ring that comes before the wait begins is not missed."""
        if self._pipe is None:
            self._pipe = self._hung_up()
            eventlet.spawn(self._listen)
        return self._rung

    def ring(self):
        """Wake whoever waits, here and in all other processes."""
        for path in self._folder.glob(f"*{SUFFIX}"):
            try:
                pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # nobody listens
                path.unlink(missing_ok=True)
                continue
            with contextlib.suppress(BlockingIOError):  # it is full, so it rings already
                os.write(pipe, b"!")
            os.close(pipe)

    def _hung_up(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{os.getpid()}{SUFFIX}"
        hidden = path.with_suffix(".new")
        for left_behind in (path, hidden):
            left_behind.unlink(missing_ok=True)
        os.mkfifo(hidden, 0o600)
        # For writing too, so that it does not end with whoever rings.
        pipe = os.open(hidden, os.O_RDWR | os.O_NONBLOCK)
        hidden.rename(path)  # found by others only now that somebody listens
        return pipe

    def _listen(self):
        while True:
            trampoline(self._pipe, read=True)
            with contextlib.suppress(BlockingIOError):
                os.read(self._pipe, 4096)
            rung, self._rung = self._rung, Event()
            rung.send()
