"""A project of many files, whose reports are made while a client asks all the time."""

from __future__ import annotations

import http.client
import statistics
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from asking import Asker
from peers import Peer, spawning
from processes import running

REPORTS = {
    "the list, from the first look": "/_coverage/live.json?since=0",
    "JSON": "/_coverage.json",
    "HTML": "/_coverage/html/",
    "LCOV": "/_coverage.lcov",
    "XML": "/_coverage.xml",
    "text": "/_coverage.txt",
}
BETWEEN = 0.003
"""Seconds between two requests of the client."""
QUIET = 10.0
"""Seconds of requests without a report."""
LIMIT = 600.0
PENDING = (b'"pending":true', b"The report is made.")
MODULE = """\
RATE = {number}

def first(value):
    total = 0
    for one in range(value):
        if one % 2:
            total += RATE
        else:
            total -= 1
    return total

def second(value, other=None):
    if other is None:
        other = []
    try:
        other.append(first(value))
    except ValueError:
        return None
    return other

class Thing:
    limit = {number}

    def method(self, value):
        if value > self.limit:
            return second(value)
        return [value]

    def other(self):
        return [one for one in range(self.limit) if one % 3]

ANSWER = first(3)
"""


@dataclass(frozen=True)
class Times:
    """Requests that were made meanwhile; in seconds."""

    what: str
    seconds: float
    requests: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.requests)


def write(folder: Path, files: int) -> None:
    """Write a project of so many files, all of which are imported."""
    package = folder / "project"
    package.mkdir()
    (package / "__init__.py").touch()
    for number in range(files - 2):
        (package / f"module_{number:04}.py").write_text(MODULE.format(number=number))
    imports = "\n".join(f"from project import module_{n:04}" for n in range(files - 2))
    (folder / "site_app.py").write_text(
        f"{imports}\n\n"
        "def app(environ, start_response):\n"
        "    answer = module_0000.second(150_000)\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
        "    return [str(answer).encode()]\n"
    )


def measure_reports(folder: Path, files: int) -> list[Times]:
    """Return how long requests took without a report, and while each was made."""
    write(folder, files)
    command = spawning("--coverage", "-t", "4", "-l", "/dev/null", "site_app.app")
    peer = Peer("spawning --coverage", command, picks_port=True, ours=True)
    with running(peer, folder) as tree:
        figures = [_meanwhile("no report", tree.port, lambda: time.sleep(QUIET))]
        for name, path in REPORTS.items():
            print(f"{files} files: {name}", file=sys.stderr)
            figures.append(_meanwhile(name, tree.port, lambda path=path: _fetch(tree.port, path)))
    return figures


def _meanwhile(what: str, port: int, work: object) -> Times:
    ended = threading.Event()
    requests: list[float] = []

    def ask() -> None:
        asker = Asker(port, keep=True)
        while not ended.is_set():
            sample = asker.ask()
            requests.append(sample.ended - sample.began)
            time.sleep(BETWEEN)

    client = threading.Thread(target=ask)
    client.start()
    began = time.monotonic()
    assert callable(work)
    work()
    seconds = time.monotonic() - began
    ended.set()
    client.join()
    return Times(what, seconds, requests)


def _fetch(port: int, path: str) -> None:
    """Ask until the report is there: while it is made, a page may say so, or files be pending."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
        client.request("GET", path)
        answer = client.getresponse()
        body = answer.read()
        client.close()
        is_pending = any(word in body for word in PENDING)
        if answer.status == 200 and not is_pending:
            return
        time.sleep(0.2)
    raise RuntimeError(f"{path} was not there within {LIMIT:.0f} s")
