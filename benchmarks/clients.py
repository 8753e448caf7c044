"""Two clients that go on asking while somebody saves: one keeps its connection, one never does.

Run as a program of its own, `clients.py PORT EXPECTED`, so that what it does takes no time from
the one who measures; it stops at the end of its input and prints what it saw, as JSON.
"""

from __future__ import annotations

import collections
import contextlib
import http.client
import json
import select
import sys
import threading

PACE = 0.01
TIMEOUT = 10.0


class Client:
    """Asks for `/` at a steady pace and counts what comes back."""

    def __init__(self, port: int, expected: str, keep_alive: bool) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self.expected = expected
        self.headers = {} if keep_alive else {"Connection": "close"}
        self.requests = 0
        self.opened = 0
        self.failures: collections.Counter[str] = collections.Counter()

    def run(self, stop: threading.Event) -> None:
        """Ask until `stop`."""
        while not stop.wait(PACE):
            self.requests += 1
            failure = self.ask()
            if failure:
                self.failures[failure] += 1
                self.connection.close()

    def ask(self) -> str:
        """Make one request; return what went wrong, or an empty string."""
        self._drop_what_was_closed()
        self.opened += self.connection.sock is None
        try:
            self.connection.request("GET", "/", headers=self.headers)
            answer = self.connection.getresponse()
            content = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return failure_name(error)
        if answer.status != 200:
            return f"status {answer.status}"
        return "" if content.startswith(self.expected) else "wrong answer"

    def _drop_what_was_closed(self) -> None:
        # A server may close an idle connection; that is a reconnect, and no failure.
        held = self.connection.sock
        if held is not None and select.select([held], [], [], 0)[0]:
            self.connection.close()

    def report(self) -> dict[str, object]:
        """Return what was seen."""
        return {
            "requests": self.requests,
            "connections": self.opened,
            "failures": dict(self.failures),
        }


def failure_name(error: Exception) -> str:
    """Return one word for what happened to a request."""
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    # http.client's RemoteDisconnected is a ConnectionResetError: closed in place of an answer.
    if isinstance(error, (ConnectionResetError, BrokenPipeError, http.client.HTTPException)):
        return "reset"
    return "timeout" if isinstance(error, TimeoutError) else type(error).__name__


def main() -> None:
    """Run both clients until the end of the input."""
    port, expected = int(sys.argv[1]), sys.argv[2]
    clients = {
        "keep-alive": Client(port, expected, keep_alive=True),
        "new connections": Client(port, expected, keep_alive=False),
    }
    stop = threading.Event()
    threads = [threading.Thread(target=client.run, args=(stop,)) for client in clients.values()]
    for thread in threads:
        thread.start()
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps({name: client.report() for name, client in clients.items()}))


if __name__ == "__main__":
    main()
