"""One client of `/events`: what it is sent, and when.

Rules:
1. First comes all that is so (`hello`), or, for who was here before and says what it had
   last, what it has missed.  Then facts, as they happen.
2. Who asks for counters gets them when something has changed that no fact tells, once a
   second at most.  They are looked up for that client alone: without one, nobody wakes.
3. Counters are no facts.  Their id is that of the fact before them, so that who comes back
   after them misses nothing.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from time import monotonic
from typing import Any

from spawning import chronicle
from spawning.status import events
from spawning.status.counters import counted, lasting
from spawning.status.observatory import Numbered, Observatory, Subscription
from spawning.status.snapshot import snapshot

KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent."""
EVERY = 1.0
"""Seconds between two looks at the counters."""
_NEVER = float("inf")


class Follower:
    """Puts the stream of one client together."""

    def __init__(
        self, observatory: Observatory, subscription: Subscription, wants_counters: bool
    ) -> None:
        self._observatory = observatory
        self._subscription = subscription
        self._number = subscription.number
        self._chronicle = subscription.chronicle
        """As far as the client knows it: counters never tell of what it is yet to be told."""
        self._wants_counters = wants_counters
        self._told: dict[str, Any] | None = None
        """The counters that the client has, without what is no change."""
        self._look_at = 0.0 if wants_counters else _NEVER
        self._speak_at = 0.0

    def pieces(self) -> Iterator[bytes]:
        """Yield the stream, as it comes to be; it ends with the server."""
        yield events.RETRY
        self._heard()
        yield from self._beginning()
        while True:
            yield from self._counters()
            try:
                wait = min(self._look_at, self._speak_at) - monotonic()
                numbered = self._subscription.feed.get(timeout=max(0.0, wait))
            except queue.Empty:
                yield from self._silence()
                continue
            if numbered is None:
                return
            number, fact = numbered
            if fact is None:
                yield events.KEEP_ALIVE
                continue
            self._chronicle = chronicle.extended(self._chronicle, fact)
            yield self._fact((number, fact))

    def _beginning(self) -> Iterator[bytes]:
        missed = self._subscription.missed
        if missed is not None:
            for numbered in missed:
                yield self._fact(numbered)
            return
        scene = self._observatory.scene(self._chronicle)
        if self._wants_counters:
            self._told = lasting(counted(scene))
            self._look_at = monotonic() + EVERY
        yield self._event(events.hello(snapshot(scene), scene.wall))

    def _counters(self) -> Iterator[bytes]:
        if monotonic() < self._look_at:
            return
        scene = self._observatory.counts(self._chronicle)
        told = counted(scene)
        if (news := lasting(told)) != self._told:
            self._told = news
            yield self._event(events.counters(told, scene.wall))
        self._look_at = monotonic() + EVERY

    def _silence(self) -> Iterator[bytes]:
        if monotonic() >= self._speak_at:
            self._heard()
            yield events.KEEP_ALIVE

    def _fact(self, numbered: Numbered) -> bytes:
        self._number, fact = numbered
        return self._event(events.described(fact))

    def _event(self, event: dict[str, Any]) -> bytes:
        self._heard()
        return events.stream(event, self._observatory.id_of(self._number))

    def _heard(self) -> None:
        """Something is sent: no comment is needed for a while."""
        self._speak_at = monotonic() + KEEP_ALIVE
