"""Controller and workers are killed at random under load, between reloads and changes of number.

Every request that fails must be owed to a death; nothing stays behind; everything recovers.
"""

from __future__ import annotations

import collections
import contextlib
import os
import random
import signal
import socket
import time
from time import monotonic

import psutil
from environment import APPS
from peers import Peer
from processes import PeerError, Tree, free_port, running, wait_until
from robustness_blame import Blame, Deeds, blamed
from robustness_findings import Finding, at_least, at_most, exactly, told
from robustness_load import Kind, Load
from robustness_server import PATIENCE, title_of, workers

WORKERS = 3
MOST_WORKERS = 5
DEADMAN = 5.0
GONE_WITHIN = DEADMAN + 3.0
RECOVERED_WITHIN = 60.0
"""A worker that is killed at its start again and again is replaced after up to 30 seconds."""
PAUSES = (0.1, 1.5)
DEEDS = ("kill",) * 10 + ("reload",) * 4 + ("more", "fewer") * 2 + ("controller",)
KINDS = (
    Kind("GET, kept"),
    Kind("GET, new connection", keep_alive=False),
    Kind("POST, kept", method="POST", body=b"x" * 20000),
    Kind("POST, new connection", method="POST", body=b"x" * 20000, keep_alive=False),
    Kind("GET that takes 50 ms", "/who?seconds=0.05", pause=0.01),
)


def chaos(mode: str, seconds: float) -> list[Finding]:
    """Go on for so long; return what came of it."""
    victim = Victim(mode)
    try:
        victim.start()
        with Load(victim.port, KINDS, each=2) as load:
            victim.torment(seconds)
            recovered = victim.recovers()
        victim.check_descriptors()
        victim.stop()
        return [exactly("all workers serve at the end", recovered, True), *victim.findings(load)]
    finally:
        victim.close()


class Victim:
    """A server on a port of its own, over all its controllers."""

    def __init__(self, mode: str) -> None:
        self.port = free_port()
        self.deeds = Deeds()
        self._peer = Peer(f"spawning -t {mode}", self._command(mode), picks_port=True)
        self._chance = random.Random(int(mode))
        self._done: collections.Counter[str] = collections.Counter()
        self._left_behind: list[str] = []
        self._gained: list[int] = []
        self._said: collections.Counter[str] = collections.Counter()
        self._stack = contextlib.ExitStack()
        self._tree: Tree
        self._target = 0

    def _command(self, mode: str) -> tuple[str, ...]:
        address = ("-i", "127.0.0.1", "-p", str(self.port))
        options = ("-s", str(WORKERS), "-t", mode, "-l", "/dev/null", "--deadman", str(DEADMAN))
        return ("{python}", "-m", "spawning", *address, *options, "robust_app.app")

    def start(self) -> None:
        """Start a controller; return when it serves with all its workers."""
        self._tree = self._stack.enter_context(running(self._peer, APPS))
        self._target = WORKERS
        if not self.recovers():
            raise PeerError("the workers did not start")
        self._own = self._own_descriptors()

    def recovers(self) -> bool:
        """Return whether as many workers serve as there should be, in time."""

        def complete() -> bool:
            found = workers(self._tree)
            serving = sum("(serving)" in title_of(worker) for worker in found)
            return serving == len(found) == self._target

        return wait_until(complete, RECOVERED_WITHIN)

    # ------------------------------------------------------------ deeds

    def torment(self, seconds: float) -> None:
        """Do one thing after the other to it."""
        end = monotonic() + seconds
        while monotonic() < end:
            time.sleep(self._chance.uniform(*PAUSES))
            deed = self._chance.choice(DEEDS)
            self._done[deed] += 1
            if deed == "controller":
                self._kill_controller()
            elif deed == "kill":
                self._kill_worker()
            else:
                self._order(deed)

    def _kill_worker(self) -> None:
        found = workers(self._tree)
        if found:
            worker = self._chance.choice(found)
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.kill()
            self.deeds.killed.append((monotonic(), worker.pid))

    def _order(self, deed: str) -> None:
        if deed == "reload":
            self.deeds.moved.append(monotonic())
            self._tree.root.send_signal(signal.SIGHUP)
        elif deed == "more" and self._target < MOST_WORKERS:
            self._target += 1
            self._tree.root.send_signal(signal.SIGTTIN)
        elif deed == "fewer" and self._target > 1:
            self._target -= 1
            self.deeds.moved.append(monotonic())
            self._tree.root.send_signal(signal.SIGTTOU)

    def _kill_controller(self) -> None:
        began = monotonic()
        self._tree.root.kill()
        self._look_for_remains("a killed controller")
        self._end_of_tree()
        self.start()
        self.deeds.dead.append((began, monotonic()))

    # ------------------------------------------------------------ what stays behind

    def stop(self) -> None:
        """Stop the last controller, and see what it leaves."""
        self._tree.root.terminate()
        self._look_for_remains("SIGTERM")
        self._end_of_tree()

    def _look_for_remains(self, after: str) -> None:
        session = self._tree.process.pid
        if not wait_until(lambda: not remaining(session), GONE_WITHIN):
            self._left_behind.append(f"{remaining(session)} after {after}")
        if not bindable(self.port):
            self._left_behind.append(f"port {self.port} after {after}")

    def _end_of_tree(self) -> None:
        for line in self._tree.output().splitlines():
            if "bug" in line or "Traceback" in line or "Error" in line:
                self._said[line] += 1
        self._stack.close()

    def _own_descriptors(self) -> tuple[int, int]:
        """Return what the controller holds besides one a worker, and what the workers hold."""
        found = workers(self._tree)
        return self._tree.root.num_fds() - len(found), max(w.num_fds() for w in found)

    def check_descriptors(self) -> None:
        """Compare with those of the start; the load has ended."""
        wait_until(lambda: self._own_descriptors() <= self._own, PATIENCE)
        pairs = zip(self._own_descriptors(), self._own, strict=True)
        self._gained = [max(0, now - before) for now, before in pairs]

    def close(self) -> None:
        """End what runs."""
        self._stack.close()

    # ------------------------------------------------------------ findings

    def findings(self, load: Load) -> list[Finding]:
        """Return what was counted."""
        owed = blamed(load.failures(), self.deeds)
        failures = [failure for kind in Blame for failure in owed[kind]]
        kinds = ", ".join(f"{name}: {count:,}" for name, count in load.answered().items())
        return [
            told("done", ", ".join(f"{deed} {n}" for deed, n in self._done.most_common())),
            at_least("answered", sum(load.answered().values()), 1),
            told("answered, by kind", kinds),
            told("failed", len(failures)),
            *(told(f"failed: {kind.value}", len(owed[kind])) for kind in Blame if owed[kind]),
            exactly("failed for no reason", [str(f) for f in owed[Blame.NOBODY]][:5], []),
            told("longest time of a request, s", f"{load.longest():.1f}"),
            exactly("left behind", self._left_behind, []),
            exactly("descriptors gained by controller and workers", self._gained, [0, 0]),
            at_most("lines that tell of an error", sum(self._said.values()), 0),
        ]


def remaining(session: int) -> list[str]:
    """Return the processes of a session, but for its leader, which waits to be reaped by us."""
    found = []
    for process in psutil.process_iter(["pid", "status"]):
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(process.pid) == session and process.pid != session:
                found.append(f"{process.pid} {title_of(process)}")
    return found


def bindable(port: int) -> bool:
    """Return whether another server could listen at once."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError:
            return False
        return True
