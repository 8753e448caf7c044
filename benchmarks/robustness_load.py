"""Clients that ask until they are stopped, and remember what is needed to explain a failure.

A request counts from the moment in which it is sent: a kept connection that was closed before is
opened anew, as every client does.
"""

from __future__ import annotations

import collections
import http.client
import random
import select
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

TIMEOUT = 60.0
AFTER_FAILURE = 0.02


@dataclass(frozen=True)
class Kind:
    """What one client asks for, again and again."""

    name: str
    target: str = "/who"
    method: str = "GET"
    body: bytes | None = None
    keep_alive: bool = True
    pause: float = 0.005
    """Seconds between two requests, on average."""


@dataclass(frozen=True)
class Failure:
    """A request without its answer; times on the monotonic clock."""

    kind: str
    what: str
    since: float
    """When the connection was last known to work: its last answer, or the start of its making."""
    at: float
    holder: int
    """Process id of the worker that gave that last answer, 0 where there was none."""


class Asker:
    """One client."""

    def __init__(self, port: int, kind: Kind, seed: int) -> None:
        self.kind = kind
        self.answered = 0
        self.longest = 0.0
        self.failures: list[Failure] = []
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self._headers = {} if kind.keep_alive else {"Connection": "close"}
        self._chance = random.Random(seed)
        self._holder = 0
        self._since = 0.0

    def run(self, stop: threading.Event) -> None:
        """Ask until `stop`."""
        while not stop.wait(self._chance.uniform(0, 2 * self.kind.pause)):
            began = monotonic()
            what = self._ask()
            self.longest = max(self.longest, monotonic() - began)
            if what:
                at = monotonic()
                failure = Failure(self.kind.name, what, self._since, at, self._holder)
                self.failures.append(failure)
                self._connection.close()
                stop.wait(AFTER_FAILURE)
            else:
                self.answered += 1
        self._connection.close()

    def _ask(self) -> str:
        """Make one request; return what went wrong, or an empty string."""
        connection, kind = self._connection, self.kind
        if connection.sock is not None and select.select([connection.sock], [], [], 0)[0]:
            connection.close()
        if connection.sock is None:
            self._holder, self._since = 0, monotonic()
        try:
            connection.request(kind.method, kind.target, kind.body, self._headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return outcome(error)
        if answer.status != 200:
            return f"status {answer.status}"
        self._holder, self._since = int(text), monotonic()
        return ""


def outcome(error: Exception) -> str:
    """Return one word for what happened to a request."""
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    # http.client's RemoteDisconnected is a ConnectionResetError: closed in place of an answer.
    if isinstance(error, (ConnectionResetError, BrokenPipeError, http.client.HTTPException)):
        return "cut"
    return "timeout" if isinstance(error, TimeoutError) else repr(error)


class Load:
    """Several clients at once, while the block lasts."""

    def __init__(self, port: int, kinds: Sequence[Kind], each: int = 1) -> None:
        every = [kind for kind in kinds for _ in range(each)]
        self._askers = [Asker(port, kind, seed) for seed, kind in enumerate(every)]
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=asker.run, args=(self._stop,), daemon=True)
            for asker in self._askers
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def answered(self) -> dict[str, int]:
        """Return the number of answers for each kind."""
        counts: collections.Counter[str] = collections.Counter()
        for asker in self._askers:
            counts[asker.kind.name] += asker.answered
        return dict(counts)

    def failures(self) -> list[Failure]:
        """Return what failed, in the order of time."""
        every = [failure for asker in self._askers for failure in list(asker.failures)]
        return sorted(every, key=lambda failure: failure.at)

    def longest(self) -> float:
        """Return the longest time that a request took, in seconds."""
        return max(asker.longest for asker in self._askers)
