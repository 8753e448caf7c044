"""The configurations of deploy/ under load: a rolling restart of both instances loses nothing.

benchmarks/rolling.py does it at length.
"""

from __future__ import annotations

import http.client
import signal
import threading
from pathlib import Path

import pytest

from proxied import Application, Site
from serving import APPS, PATIENCE, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]


class Asking(threading.Thread):
    """A client of the proxy that asks again and again, on a connection that it keeps."""

    def __init__(self, address: tuple[str, int], method: str) -> None:
        super().__init__(daemon=True)
        self.failures: list[str] = []
        self.answered = 0
        self._address = address
        self._method = method
        self._stop_asking = threading.Event()
        self.start()

    def run(self) -> None:
        """Ask until the end."""
        connection = http.client.HTTPConnection(*self._address, timeout=PATIENCE)
        body = b"body" if self._method == "POST" else None
        while not self._stop_asking.wait(0.01):
            try:
                connection.request(self._method, "/", body)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
            else:
                if answer.status != 200:
                    self.failures.append(f"status {answer.status}")
                self.answered += 1
        connection.close()

    def end(self) -> None:
        """Stop asking."""
        self._stop_asking.set()
        self.join()

    def goes_on(self) -> None:
        """Return when some more requests have been answered."""
        before = self.answered
        wait_until(lambda: self.answered > before + 30, f"{self._method} goes on")


@pytest.mark.parametrize("program", ["haproxy", "nginx", "caddy"])
def test_a_rolling_restart_loses_nothing(tmp_path: Path, program: str) -> None:
    with Site(program, tmp_path, Application(APPS / "plain", "hello.app")) as site:
        askers = [Asking(site.address, method) for method in ("GET", "POST", "GET", "POST")]
        for instance in site.instances:
            site.stop(instance)
            for asker in askers:
                asker.goes_on()
            site.start(instance)  # only when that is done, the other one is stopped
        for instance in site.instances:
            instance.server.signal(signal.SIGHUP)
            instance.server.log.wait_for("generation 2 in")
        for asker in askers:
            asker.goes_on()
            asker.end()
        assert [asker.failures for asker in askers] == [[]] * len(askers)
