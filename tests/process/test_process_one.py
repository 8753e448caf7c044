"""`spawn` as process 1 of a container, which here is a namespace of process ids.

Without the right to make one there are no cases: as root it is there, and for others where
the system lets them make namespaces of users.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from clients import Client, get, request
from serving import COMMAND, Server, wait_until

NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
if os.geteuid():
    NAMESPACE += ["--user", "--map-root-user"]

APPLICATION = """
import os, subprocess, time
from pathlib import Path

def app(environ, start):
    start("200 OK", [])
    query = environ["QUERY_STRING"]
    if environ["PATH_INFO"] == "/orphan":
        return [subprocess.check_output(["sh", "-c", "sh -c 'exit 3' > /dev/null & echo $!"])]
    if environ["PATH_INFO"] == "/is-there":
        return [str(os.path.exists(f"/proc/{query}")).encode()]
    if environ["PATH_INFO"] == "/wait":
        Path(query).with_suffix(".begun").touch()
        while not os.path.exists(query):
            time.sleep(0.01)
    return [f"{os.getppid()}".encode()]
"""
UNSETTLED = """
import time
from pathlib import Path

def config_factory(args):
    Path("begun").touch()
    time.sleep(600)
"""


def refusal() -> str:
    """Return why this machine has no namespaces for us; empty where it has."""
    if shutil.which("unshare") is None:
        return "there is no unshare"
    tried = subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True)
    return tried.stderr.strip()


REFUSAL = refusal()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.skipif(bool(REFUSAL), reason=f"no namespaces of process ids here: {REFUSAL}"),
]


class Contained(Server):
    """A server that takes itself for process 1; seen from outside it has another number."""

    @property
    def pid(self) -> int:
        """Of the controller, as we see it."""
        return psutil.Process(self.process.pid).children()[0].pid

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal as a container's runtime does: what it does not catch is lost."""
        os.kill(self.pid, number)


@pytest.fixture
def contain(tmp_path: Path) -> Iterator[Callable[..., Contained]]:
    (tmp_path / "mine.py").write_text(APPLICATION)
    started: list[Contained] = []

    def start(*arguments: str) -> Contained:
        words = ["--host", "127.0.0.1", "--port", "0", *arguments]
        started.append(Contained(words, tmp_path, {}, (*NAMESPACE, str(COMMAND))))
        return started[-1]

    yield start
    for server in started:
        server.destroy()


@pytest.mark.parametrize("options", [[], ["--reload=dev"]], ids=["production", "development"])
def test_orphans_are_buried_and_our_own_are_known(
    contain: Callable[..., Contained], options: list[str]
) -> None:
    server = contain("-s", "2", *options, "mine.app").wait_until_serving()
    assert get(server.address, "/").text == "1"
    orphans = [get(server.address, "/orphan").text.strip() for _ in range(5)]
    server.wait_for_workers(2)
    victim = server.workers()[0]
    victim.kill()
    server.log.wait_for(r"worker \d+ \(pid \d+\) died by SIGKILL")
    orphans += [get(server.address, "/orphan").text.strip() for _ in range(5)]
    for orphan in orphans:
        wait_until(
            lambda pid=orphan: get(server.address, f"/is-there?{pid}").text == "False",
            f"{orphan} is buried",
        )
    server.wait_for_workers(2)
    assert server.stop() == 0


def test_a_save_is_served_while_orphans_end(
    contain: Callable[..., Contained], tmp_path: Path
) -> None:
    server = contain("-s", "2", "--reload=dev", "mine.app").wait_until_serving()
    for generation in range(2, 6):
        get(server.address, "/orphan")
        (tmp_path / "mine.py").write_text(f"{APPLICATION}\n# {generation}\n")
        server.log.wait_for(rf"generation {generation} in ")
        get(server.address, "/orphan")
    assert server.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_finishes_what_is_in_flight(
    contain: Callable[..., Contained], tmp_path: Path, number: signal.Signals
) -> None:
    server = contain("-s", "1", "mine.app").wait_until_serving()
    gate = tmp_path / "gate"
    with Client(server.address) as client:
        client.send(request(f"/wait?{gate}"))
        wait_until(gate.with_suffix(".begun").exists, "the request began")
        server.signal(number)
        wait_until(lambda: "draining" in "".join(_titles(server)), "the worker drains")
        gate.touch()
        assert client.answer().status == 200
    assert server.wait() == 0


def _titles(server: Contained) -> list[str]:
    return [" ".join(worker.cmdline()) for worker in server.workers()]


def test_it_can_be_stopped_before_it_serves(
    contain: Callable[..., Contained], tmp_path: Path
) -> None:
    (tmp_path / "unsettled.py").write_text(UNSETTLED)
    server = contain("--factory", "unsettled.config_factory", "anything")
    wait_until((tmp_path / "begun").exists, "the factory is asked")
    server.signal(signal.SIGTERM)
    assert server.wait() == 128 + signal.SIGTERM
