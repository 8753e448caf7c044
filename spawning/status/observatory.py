"""What the status process knows: the chronicle it is told, and what it reads by itself."""

from __future__ import annotations

import queue
import threading
import time
from time import monotonic

from spawning import chronicle
from spawning.messages import Message, StatusBoot
from spawning.scoreboard import Scoreboard, Shape
from spawning.status import system
from spawning.status.scene import Scene

STREAMS = 8
"""Event streams at once: each holds a thread, and some have to be left for all else."""

Feed = queue.SimpleQueue[Message | None]
"""Facts as they happen; None at the end."""


class Observatory:
    """Told of facts by the main thread; asked for scenes and feeds by all others."""

    def __init__(self, boot: StatusBoot) -> None:
        self._boot = boot
        self._chronicle = boot.chronicle
        self._board = Scoreboard(Shape(*boot.board))
        self._inodes = frozenset(boot.inodes)
        self._feeds: set[Feed] = set()
        self._lock = threading.Lock()
        self.is_over = False
        """Whether the controller is gone."""

    def learn(self, message: Message | None) -> None:
        """Take in what the controller says."""
        if isinstance(message, chronicle.Fact):
            with self._lock:
                self._chronicle = chronicle.extended(self._chronicle, message)
                for feed in self._feeds:
                    feed.put(message)

    def end(self) -> None:
        """The controller is gone: end the feeds."""
        with self._lock:
            self.is_over = True
            for feed in self._feeds:
                feed.put(None)

    def scene(self) -> Scene:
        """Return the server as it is now."""
        readings, past = self._board.read_whole()
        told = self._chronicle
        return Scene(
            boot=self._boot,
            chronicle=told,
            readings=tuple(readings),
            past=past,
            memory=system.resident(worker.pid for worker in told.workers),
            backlog=system.waiting(self._inodes),
            monotonic=monotonic(),
            wall=time.time(),
        )

    def subscribe(self) -> Feed | None:
        """Return a feed of all facts from now on, None where there are too many feeds."""
        with self._lock:
            if self.is_over or len(self._feeds) >= STREAMS:
                return None
            feed: Feed = queue.SimpleQueue()
            self._feeds.add(feed)
            return feed

    def unsubscribe(self, feed: Feed) -> None:
        """End a feed."""
        with self._lock:
            self._feeds.discard(feed)
