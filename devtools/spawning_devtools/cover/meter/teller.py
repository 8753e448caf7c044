"""The thread that tells the keeper what has run.

Rules:
1. It is a real thread, which nobody measures, and which no greenlet waits for.
2. It sends in order, and never loses what the kernel does not take yet: a keeper that is
   slow, or dead and not yet started anew, finds it later.
3. Everybody else only rings: whoever serves waits neither for a file to be read nor for
   the kernel.  `finish` alone waits, and not for long.
"""

from __future__ import annotations

import errno
import os
from _thread import allocate_lock, start_new_thread  # by name, as in `worker.lifeline`
from collections import deque
from collections.abc import Callable, Iterable
from select import POLLOUT, poll
from signal import SIG_BLOCK, pthread_sigmask
from socket import MSG_DONTWAIT, MSG_NOSIGNAL, socket

from spawning import log
from spawning.messages import TELL_STACKS

INTERVAL = 0.5
"""Seconds from one look to the next."""
FAREWELL = 1.0
"""Seconds that the end of a worker waits at most."""

_FULL = (errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM)


class Teller:
    """Sends what `gather` returns, now and then, on a socket that keeps packets apart."""

    def __init__(self, descriptor: int, gather: Callable[[], Iterable[bytes]]) -> None:
        os.set_inheritable(descriptor, False)
        self._socket = socket(fileno=descriptor)
        self._gather = gather
        self._unsent: deque[bytes] = deque()
        self._bell = allocate_lock()
        self._bell.acquire()
        self._is_ending = False
        self._over = allocate_lock()
        self._is_started = False

    def start(self, at_once: bool) -> None:
        """Look again and again, for the first time `at_once` or a while later."""
        self._over.acquire()
        self._is_started = True
        if at_once:
            self.ring()
        start_new_thread(self._tell, ())

    def ring(self) -> None:
        """Look now."""
        try:
            self._bell.release()
        except RuntimeError:
            pass  # it rings already

    def finish(self) -> None:
        """Look for the last time; wait until everything is told, or for as long as one may."""
        if self._is_ending:
            return
        self._is_ending = True
        self.ring()
        if self._is_started:
            self._over.acquire(timeout=FAREWELL)
        else:
            self._socket.close()

    def _tell(self) -> None:
        pthread_sigmask(SIG_BLOCK, [TELL_STACKS])  # as in `http.threads`
        try:
            is_last = False
            while not is_last:
                if not self._unsent:
                    self._bell.acquire(timeout=INTERVAL)
                is_last = self._is_ending
                self._unsent.extend(self._gather())
                self._send()
            while self._unsent:
                self._send()
        except Exception:
            log.say_bug("bug in the server, no coverage is measured any more, please report it:")
        finally:
            self._socket.close()
            self._over.release()

    def _send(self) -> None:
        """Send what the kernel takes; wait for a while where it takes nothing."""
        while self._unsent:
            try:
                self._socket.send(self._unsent[0], MSG_DONTWAIT | MSG_NOSIGNAL)
            except OSError as error:
                if error.errno in _FULL:
                    self._wait_for_room()
                    return
                if error.errno != errno.EMSGSIZE:
                    self._unsent.clear()  # the server is gone
                    return
            self._unsent.popleft()

    def _wait_for_room(self) -> None:
        room = poll()
        room.register(self._socket, POLLOUT)
        room.poll(INTERVAL * 1000)
