"""Real threads that work on connections (`--threads N`).

The loop only says that a connection may have something; a thread receives,
parses, runs the application and sends.  Parsing on the loop and handing over
was tried: two context switches a request instead of a third of one.

Wake-ups are not lost: the loop notes the edge in `connection.readable` first and
then tries the connection's lock; a thread releases the lock first and then looks
at `readable` again.
"""

from __future__ import annotations

import queue
import select
import threading
from collections.abc import Callable
from time import monotonic

from spawning import log
from spawning.http.connection import Connection
from spawning.http.engine import TICK
from spawning.http.poller import Poller
from spawning.http.stream import Stream


class ThreadRunner:
    """A fixed number of threads; implements `engine.Runner`."""

    def __init__(self, count: int) -> None:
        self._ready: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        for number in range(1, count + 1):
            # Daemons: a thread that hangs in the application must not hold the exit.
            threading.Thread(target=self._work, name=f"worker-thread-{number}", daemon=True).start()

    def ready(self, connection: Connection) -> None:
        """Give a connection to a thread, unless one is at work on it and will look again."""
        if connection.lock.acquire(False):
            self._ready.put(connection)

    def wait(self, stream: Stream, writing: bool, deadline: float) -> None:
        """Block this thread until the stream is ready, or the deadline."""
        poll = select.poll()
        poll.register(stream.descriptor, select.POLLOUT if writing else select.POLLIN)
        poll.poll(max(0.0, deadline - monotonic()) * 1000)

    def drive(
        self, poller: Poller, tick: Callable[[float], None], finished: Callable[[], bool]
    ) -> None:
        """Run the loop in this thread."""
        next_tick = monotonic() + TICK
        while not finished():
            poller.turn(max(0.0, next_tick - monotonic()))
            now = monotonic()
            if now >= next_tick:
                next_tick = now + TICK
                tick(now)

    def _work(self) -> None:
        get = self._ready.get
        while True:
            connection = get()
            while True:
                try:
                    request = connection.next_request()
                    if request is not None:
                        connection.serve(request)
                except Exception:
                    log.say_bug("bug in the server, please report it:")
                    connection.close()
                connection.lock.release()
                if not connection.readable or not connection.lock.acquire(False):
                    break
