"""From a save to the first answer of the new code, again and again, on one running server."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from peers import Peer
from processes import PeerError, Tree, running
from sites import Edit, Site, copy, edits

import clients

PATIENCE = 20.0
"""Seconds after which a save counts as never noticed."""
QUIET = (0.6, 1.8)
"""Seconds for which the server must answer without a fault before the next save.  Drawn anew
each time, so that saves fall anywhere in the interval of those that poll each second."""
QUIET_LIMIT = 60.0
REQUEST_LIMIT = 10.0


@dataclass
class Saves:
    """What a number of saves showed; latencies in milliseconds by the role of the file."""

    peer: str
    site: str
    latencies: dict[str, list[float]] = field(default_factory=dict)
    missed: int = 0
    requests: int = 0
    reconnects: int = 0
    failed_keep_alive: dict[str, int] = field(default_factory=dict)
    failed_new: dict[str, int] = field(default_factory=dict)
    pss: int = 0

    def all_latencies(self) -> list[float]:
        return [value for values in self.latencies.values() for value in values]


def fetch(port: int, path: str) -> str:
    """Return the text at `path`, on a connection of its own, or an empty string on any fault."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_LIMIT)
    try:
        client.request("GET", path, headers={"Connection": "close"})
        answer = client.getresponse()
        content = answer.read().decode(errors="replace")
        return content if answer.status == 200 else ""
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        client.close()


def answers_version(port: int, edit: Edit) -> bool:
    """Return whether the code of `edit` answers."""
    return fetch(port, edit.target.path).rstrip().endswith(f" {edit.version}")


def latency(port: int, edit: Edit) -> float | None:
    """Save, ask in a tight loop, and return the seconds to the first new answer, or None."""
    saved = edit.save()
    while True:
        new = answers_version(port, edit)
        passed = time.monotonic() - saved
        if new:
            return passed
        if passed > PATIENCE:
            return None


def settle(port: int, path: str, chance: random.Random) -> None:
    """Wait until the server has answered without a fault for a while; raises PeerError."""
    limit = time.monotonic() + QUIET_LIMIT
    quiet_until = time.monotonic() + chance.uniform(*QUIET)
    while time.monotonic() < quiet_until:
        if not fetch(port, path):
            quiet_until = time.monotonic() + chance.uniform(*QUIET)
        if time.monotonic() > limit:
            raise PeerError("no quiet moment found: requests go on failing")
        time.sleep(0.02)


@contextlib.contextmanager
def others(tree: Tree, saves: Saves) -> Iterator[None]:
    """Let two other clients ask meanwhile; their counts are added to `saves` at the end."""
    command = [sys.executable, clients.__file__, str(tree.port), "index v"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen(command, text=True, **pipes)
    try:
        yield
        seen = json.loads(process.communicate(timeout=4 * REQUEST_LIMIT)[0])
    finally:
        process.kill()
        process.wait()
    keeping, fresh = seen["keep-alive"], seen["new connections"]
    saves.requests += keeping["requests"] + fresh["requests"]
    saves.reconnects += keeping["connections"] - 1
    for counts, failures in (
        (saves.failed_keep_alive, keeping["failures"]),
        (saves.failed_new, fresh["failures"]),
    ):
        for name, number in failures.items():
            counts[name] = counts.get(name, 0) + number


def measure_saves(peer: Peer, site: Site, number: int) -> Saves:
    """Start `peer` on a copy of `site` and save `number` times; raises PeerError."""
    print(f"{number} saves, {site.folder}: {peer.name}", file=sys.stderr)
    saves = Saves(peer.name, site.folder)
    # The same pauses for each peer.
    chance = random.Random(number)
    with tempfile.TemporaryDirectory() as parent:
        folder = copy(site, Path(parent))
        to_come = edits(site, folder)
        with running(peer, folder) as tree, others(tree, saves):
            for _ in range(number):
                edit = next(to_come)
                settle(tree.port, edit.target.path, chance)
                seconds = latency(tree.port, edit)
                if tree.ended():
                    raise PeerError(f"{peer.name} ended after a save of {edit.target.file}")
                if seconds is None:
                    saves.missed += 1
                else:
                    saves.latencies.setdefault(edit.target.role, []).append(1000 * seconds)
            settle(tree.port, "/", chance)
            saves.pss = tree.memory().pss
    return saves
