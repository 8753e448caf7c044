"""Clients that go on asking while somebody saves: half keep their connection, half never do.

Run as a program of its own, `clients.py PORT PACE NUMBER`, NUMBER of each kind, so that what it
does takes no time from the one who measures; it stops at the end of its input and prints what it
saw, as JSON.  Answers are written as [began, ended, content], on the monotonic clock, which all
processes share.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections import Counter

from asking import Asker, Fault

KINDS = {"kept": True, "new": False}


class Client:
    """Asks at a steady pace and remembers each answer."""

    def __init__(self, port: int, keep: bool, pace: float) -> None:
        self.asker = Asker(port, keep)
        self.pace = pace
        self.samples: list[tuple[float, float, str]] = []

    def run(self, stop: threading.Event) -> None:
        """Ask until `stop`."""
        while not stop.wait(self.pace):
            with contextlib.suppress(Fault):
                sample = self.asker.ask()
                content = sys.intern(sample.content)
                self.samples.append((sample.began, sample.ended, content))


def report(clients: list[Client]) -> dict[str, object]:
    """Return what clients of one kind have seen together."""
    failures: Counter[str] = Counter()
    for client in clients:
        failures += client.asker.failures
    return {
        "requests": sum(client.asker.requests for client in clients),
        "reconnects": sum(client.asker.connections - 1 for client in clients),
        "failures": dict(failures),
        "samples": [sample for client in clients for sample in client.samples],
    }


def main() -> None:
    """Run the clients until the end of the input."""
    port, pace, number = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    clients = {
        kind: [Client(port, keep, pace) for _ in range(number)] for kind, keep in KINDS.items()
    }
    stop = threading.Event()
    threads = [
        threading.Thread(target=client.run, args=(stop,))
        for of_kind in clients.values()
        for client in of_kind
    ]
    for thread in threads:
        thread.start()
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps({kind: report(of_kind) for kind, of_kind in clients.items()}))


if __name__ == "__main__":
    main()
