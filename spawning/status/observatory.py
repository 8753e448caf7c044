"""What the status process knows: the chronicle it is told, and what it reads by itself.

Facts are numbered as they come.  Who was sent one and asks again gets those that came
since, as long as they are kept, and as long as it is the same process that counts.
"""

from __future__ import annotations

import collections
import dataclasses
import queue
import secrets
import threading
import time
from time import monotonic

from spawning import chronicle
from spawning.messages import Chronicle, Message, StatusBoot
from spawning.scoreboard import Scoreboard, Shape
from spawning.status import system
from spawning.status.scene import Scene

STREAMS = 8
"""Event streams at once: each holds a thread, and some have to be left for all else."""

KEPT = 500
"""Facts that can be sent to who has missed them."""

PATIENCE = 0.5
"""Seconds in which one of them may turn out to have nobody at its other end."""

Numbered = tuple[int, chronicle.Fact]
WORD = (0, None)
"""In place of a fact: something has to be sent, so that it shows whether anybody is there."""
Feed = queue.SimpleQueue[Numbered | tuple[int, None] | None]
"""Facts as they happen, each with its number; None at the end."""


@dataclasses.dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody is told who asks for all that happens."""

    feed: Feed
    number: int
    """Of the last fact before the first one of the feed."""
    chronicle: Chronicle
    """What all facts up to that one come to."""
    missed: tuple[Numbered, ...] | None
    """Those before the feed that came since the last time; None where that is not known."""


class Observatory:
    """Told of facts by the main thread; asked for scenes and feeds by all others."""

    def __init__(self, boot: StatusBoot) -> None:
        self._boot = boot
        self._chronicle = boot.chronicle
        self._board = Scoreboard(Shape(*boot.board))
        self._inodes = frozenset(boot.inodes)
        self._run = secrets.token_hex(4)
        self._number = 0
        self._kept: collections.deque[Numbered] = collections.deque(maxlen=KEPT)
        self._feeds: set[Feed] = set()
        self._lock = threading.Condition()
        """Notified when a feed ends."""
        self.is_over = False
        """Whether the controller is gone."""

    def learn(self, message: Message | None) -> None:
        """Take in what the controller says."""
        if isinstance(message, chronicle.Fact):
            with self._lock:
                self._chronicle = chronicle.extended(self._chronicle, message)
                self._number += 1
                self._kept.append((self._number, message))
                for feed in self._feeds:
                    feed.put((self._number, message))

    def end(self) -> None:
        """The controller is gone: end the feeds."""
        with self._lock:
            self.is_over = True
            for feed in self._feeds:
                feed.put(None)

    def scene(self, told: Chronicle | None = None) -> Scene:
        """Return the server as it is now, or as far as a chronicle has told of it."""
        return dataclasses.replace(self.counts(told), backlog=system.waiting(self._inodes))

    def counts(self, told: Chronicle | None = None) -> Scene:
        """Return the server as it is now, without what the kernel has to be asked for."""
        readings, past = self._board.read_whole()
        told = told or self._chronicle
        return Scene(
            boot=self._boot,
            chronicle=told,
            readings=tuple(readings),
            past=past,
            memory=system.resident(worker.pid for worker in told.workers),
            backlog=None,
            monotonic=monotonic(),
            wall=time.time(),
        )

    def id_of(self, number: int) -> str:
        """Return how a fact is called: so that no other process ever calls another one."""
        return f"{self._run}-{number}"

    def subscribe(self, last_id: str) -> Subscription | None:
        """Return all that happens from now on, and what did since `last_id`, which may be empty.

        None where there are too many subscriptions of clients that are still there.
        """
        with self._lock:
            if not self._has_room():
                # The first word to a client that has gone is lost, the second one fails.
                for other in self._feeds:
                    other.put(WORD)
                    other.put(WORD)
                self._lock.wait_for(self._has_room, PATIENCE)
            if self.is_over or not self._has_room():
                return None
            feed: Feed = queue.SimpleQueue()
            self._feeds.add(feed)
            return Subscription(feed, self._number, self._chronicle, self._since(last_id))

    def unsubscribe(self, feed: Feed) -> None:
        """End a feed."""
        with self._lock:
            self._feeds.discard(feed)
            self._lock.notify_all()

    def _has_room(self) -> bool:
        return len(self._feeds) < STREAMS

    def _since(self, last_id: str) -> tuple[Numbered, ...] | None:
        run, _, digits = last_id.partition("-")
        forgotten = self._number - len(self._kept)
        # What is no number of ours stands for none that was ever given.
        known = {str(number): number for number in range(forgotten, self._number + 1)}
        if run != self._run or digits not in known:
            return None
        return tuple(numbered for numbered in self._kept if numbered[0] > known[digits])
