"""The clients of `clients.py` seen from the one who measures: started, ended, and their answers."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from asking import TIMEOUT, Sample
from sites import shown

import clients


@dataclass
class Seen:
    """What clients that keep their connections, and clients that do not, have seen."""

    requests: int = 0
    reconnects: int = 0
    failed_kept: dict[str, int] = field(default_factory=dict)
    failed_new: dict[str, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)


@dataclass(frozen=True)
class Since:
    """From this moment on a file's version is this one, or a later one."""

    moment: float
    role: str
    version: int


@contextlib.contextmanager
def crowd(port: int, number: int, pace: float) -> Iterator[Seen]:
    """Let `number` clients of each kind ask meanwhile; what they saw is there at the end."""
    seen = Seen()
    command = [sys.executable, clients.__file__, str(port), str(pace), str(number)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, text=True, **pipes)
    try:
        yield seen
        told = json.loads(process.communicate(timeout=4 * TIMEOUT)[0])
    finally:
        process.kill()
        process.wait()
    kept, new = told["kept"], told["new"]
    seen.requests = kept["requests"] + new["requests"]
    # One that never connected would have -1.
    seen.reconnects = max(0, kept["reconnects"])
    seen.failed_kept, seen.failed_new = kept["failures"], new["failures"]
    seen.samples = [Sample(*sample) for sample in kept["samples"] + new["samples"]]


def old_answers(samples: list[Sample], known: list[Since]) -> int:
    """Return how many answers showed an old version though their request began late enough."""
    number, least = 0, dict[str, int]()
    waiting = sorted(known, key=lambda since: since.moment, reverse=True)
    for sample in sorted(samples, key=lambda sample: sample.began):
        while waiting and waiting[-1].moment < sample.began:
            since = waiting.pop()
            least[since.role] = max(since.version, least.get(since.role, 0))
        versions = shown(sample.content)
        number += any(versions.get(role, -1) < version for role, version in least.items())
    return number
