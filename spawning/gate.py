"""The accept gate: a shared word that names the generation that serves, and how long to wait for
the next one.

Rules:
1. The controller writes the word; workers read it.  Writing it is the moment of
   a takeover, for all workers of both generations at once.
2. A worker begins a request only if, after it received the request's bytes, the
   word still names its own generation.  Hence no request that was sent after
   the takeover is answered by old code, even by a worker that was too busy to
   read its orders.
3. Generations count from 1; 0 means that nobody serves.
4. While newer code than that of the serving generation is known, `hold` says until
   when requests wait for it (`http.parking`).  It is over after the takeover, never
   before: who sees no hold looks at the word afterwards, and finds the successor's.

A message alone cannot give rule 2: a worker whose loop is late would go on
beginning requests until it reads the message.
"""

from __future__ import annotations

import mmap
import os

SIZE = mmap.PAGESIZE
_SHARES = 64
"""Where the words of `shares` begin: on cache lines that are not those of the gate."""
MOST_SHARES = (SIZE - _SHARES) // 8


class Gate:
    """The shared word, in the controller (`create`) or in a worker (`Gate(fd)`)."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._map = mmap.mmap(descriptor, SIZE)
        memory = memoryview(self._map)
        self.word = memory[:4].cast("I")
        """`word[0]` is the generation that serves; read it directly on the request path."""
        self.hold = memory[8:16].cast("d")
        """`hold[0]` is when requests stop to wait, on the monotonic clock; 0: they do not wait.

        Eight bytes at a multiple of eight: nobody reads the half of what is being written."""
        self.shares = memory[_SHARES:].cast("I")
        """Two words for each row of the scoreboard, which its worker writes (see `http.share`)."""

    @classmethod
    def create(cls) -> Gate:
        """Return a gate that nobody serves behind, in anonymous shared memory."""
        descriptor = os.memfd_create("spawning-gate")
        os.ftruncate(descriptor, SIZE)
        return cls(descriptor)

    def open_for(self, generation: int) -> None:
        """Let `generation` serve from now on, and no other."""
        self.word[0] = generation
        self.hold[0] = 0.0
