"""The manual's configurations of HAProxy and nginx: a rolling restart under load loses nothing.

Runs with those of the two that this machine has; benchmarks/rolling.py does it at length.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.rolling_configs import command, of_the_manual, settled
from clients import get
from serving import PATIENCE, Server, free_port, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

SEARCHED = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
FOUND = [
    (program, path)
    for program in ("haproxy", "nginx")
    if (path := shutil.which(program, path=SEARCHED))
]

StartProxy = Callable[[str, str, tuple[Path, Path]], int]


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[StartProxy]:
    """Start a proxy in front of two unix sockets with `proxy(program, path, ends)`."""
    started: list[subprocess.Popen[bytes]] = []

    def start(program: str, path: str, ends: tuple[Path, Path]) -> int:
        port = free_port()
        text = settled(of_the_manual(program, unix=True), port, *map(str, ends))
        words = command(program, path, text, tmp_path, root=os.geteuid() == 0)
        started.append(subprocess.Popen(words))
        wait_until(lambda: answers(port), f"{program} answers")
        return port

    yield start
    for process in started:
        process.terminate()
        process.wait()


@pytest.fixture
def start(plain: Path) -> Iterator[Callable[[Path], Server]]:
    """Start an instance on a unix socket with `start(path)`."""
    started: list[Server] = []

    def one(path: Path) -> Server:
        started.append(Server(["--bind", f"unix:{path}", "-s", "2", "hello.app"], plain, {}))
        return started[-1].wait_until_serving()

    yield one
    for server in started:
        server.destroy()


def answers(port: int) -> bool:
    """Return whether the application answers through the proxy."""
    try:
        return get(("127.0.0.1", port), "/").status == 200
    except (OSError, EOFError):
        return False


class Asking(threading.Thread):
    """A client of the proxy that asks again and again, on a connection that it keeps."""

    def __init__(self, port: int, method: str) -> None:
        super().__init__(daemon=True)
        self.failures: list[str] = []
        self.answered = 0
        self._port = port
        self._method = method
        self._stop_asking = threading.Event()
        self.start()

    def run(self) -> None:
        """Ask until the end."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        body = b"body" if self._method == "POST" else None
        while not self._stop_asking.wait(0.002):
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
        wait_until(lambda: self.answered > before + 50, f"{self._method} goes on")


@pytest.mark.parametrize(("program", "path"), FOUND, ids=[program for program, _ in FOUND])
def test_a_rolling_restart_loses_nothing(
    start: Callable[[Path], Server], proxy: StartProxy, tmp_path: Path, program: str, path: str
) -> None:
    ends = (tmp_path / "a.sock", tmp_path / "b.sock")
    instances = [start(end) for end in ends]
    port = proxy(program, path, ends)
    askers = [Asking(port, method) for method in ("GET", "POST", "GET", "POST")]
    for number, end in enumerate(ends):
        instances[number].signal(signal.SIGTERM)
        assert instances[number].wait() == 0
        for asker in askers:
            asker.goes_on()
        instances[number] = start(end)
        # Only when the proxy has seen that it is back, the next one is stopped.
        instances[number].access.wait_for('"POST / ')
    for instance in instances:
        instance.signal(signal.SIGHUP)
        instance.log.wait_for("generation 2 in")
    for asker in askers:
        asker.goes_on()
        asker.end()
    assert [asker.failures for asker in askers] == [[]] * len(askers)
