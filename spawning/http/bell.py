"""Has a thread look at what lies ready for all, while some wait in an epoll.

Rules:
1. Who leaves something looks for threads that wait, and rings.  One ring is enough, for the
   thread that comes rings again for what it leaves.
2. Who hears the bell hushes it first, and looks at what there is then.  So it rings until
   somebody is about to look, and what is left meanwhile is seen.

Rings that were counted, one for each thread, were tried: threads at work used up the count that
was meant for one that waited, went to work that took long, and it slept on beside requests.
"""

from __future__ import annotations

import os

from spawning.http.poller import Poller


class Bell:
    """Rings for one of the threads that wait in `edges`; any thread may use it."""

    def __init__(self, edges: Poller) -> None:
        self._descriptor = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._rings = False
        """Whether nobody has to ring, for somebody is about to look."""
        edges.add_level(self._descriptor, self)

    def ring(self) -> None:
        """Have a thread come that waits, or the next one that would."""
        if not self._rings:
            self._rings = True
            os.eventfd_write(self._descriptor, 1)

    def hush(self) -> None:
        """Ring no more; whoever calls this looks afterwards at what there is."""
        try:
            os.eventfd_read(self._descriptor)
        except BlockingIOError:
            pass  # another thread was faster
        self._rings = False

    def on_events(self, _events: int) -> None:
        """Leave it to the threads."""
