"""Rounds of load: every peer in turn, then all of them again, so that noise falls on all."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import metadata

import waits
from cases import FLASK, MANY, Case
from environment import APPS
from load import drive, wrong_answer
from peers import Peer
from processes import START_LIMIT, PeerError, Tree, cores, pinned, running, wait_until

WARM_UP = 1.0
LOOK = 0.3
RESTS = 0.015
"""Processor seconds between two looks at a server that has nothing to do: one tick at most."""
TURNS_PATH = "/json"
"""Dearer than hello world, so that clients wait for the server and not for themselves."""


@dataclass(frozen=True)
class Measurement:
    """One peer, one case, one round; processor time is that of the server's whole tree."""

    peer: str
    case: str
    round: int
    requests: int
    seconds: float
    cpu_seconds: float
    broken: int
    bad_status: int
    p50: float
    p99: float
    longest: float

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.cpu_seconds if self.cpu_seconds else 0.0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def failed(self) -> int:
        return self.broken + self.bad_status


@dataclass(frozen=True)
class Turns:
    """How clients came to their turn; times in seconds."""

    peer: str
    round: int
    median: float
    longest: float
    fewest: int
    """Answers of the client that had the fewest."""
    most: int
    broken: int


@dataclass(frozen=True)
class Weight:
    """Memory of a tree after its load, in bytes: pages that several use count in parts."""

    peer: str
    round: int
    pss: int


@dataclass
class Seen:
    """All that was measured, and for each peer that failed, or each of its cases, the reason."""

    measurements: list[Measurement] = field(default_factory=list)
    turns: list[Turns] = field(default_factory=list)
    weights: list[Weight] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    """Processor time of the page of Flask without a server, in seconds for each round."""
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What one round measures."""

    cases: Sequence[Case]
    seconds: float
    """Of load for each of the main cases; the others have half of it."""
    wrk: str
    more: bool = False
    """Whether memory and turns are looked at as well."""


def measure_rounds(
    peers: Sequence[Peer], plans: Sequence[Plan], alone: Callable[[], float] | None = None
) -> Seen:
    """Carry out the plans, one a round; `alone` measures the application by itself."""
    seen = Seen()
    for peer in peers:
        if peer.needs and not _is_installed(peer.needs):
            seen.failures[peer.name] = f"{peer.name} takes no part: {peer.needs} is not installed"
    for number, plan in enumerate(plans, 1):
        if alone is not None:
            seen.alone.append(alone())
        for peer in peers:
            if peer.name in seen.failures:
                continue
            at = time.strftime("%H:%M:%S")
            print(f"{at} round {number} of {len(plans)}: {peer.name}", file=sys.stderr)
            try:
                for workers in sorted({case.workers for case in plan.cases}):
                    if workers == 1 or peer.has_workers:
                        one = dataclasses.replace(peer, workers=workers)
                        measure_peer(one, plan, number, seen)
            except (PeerError, RuntimeError) as error:
                seen.failures[peer.name] = str(error)
                print(error, file=sys.stderr)
    return seen


def _is_installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def measure_peer(peer: Peer, plan: Plan, number: int, seen: Seen) -> None:
    """Start `peer` once and put it through its cases; raises PeerError."""
    for_server, for_load = cores()
    cases = [case for case in plan.cases if case.workers == peer.workers]
    with running(peer, APPS, processors=for_server) as tree, pinned(for_load):
        _settle(tree)
        drive(plan.wrk, tree.port, cases[0], WARM_UP)
        for case in cases:
            if case is not FLASK:
                _measure(tree, peer, case, plan, number, seen)
        if plan.more and peer.workers == 1:
            # Before Flask is there: what its import takes is the application's.
            seen.weights.append(Weight(peer.name, number, tree.memory().pss))
            seen.turns.append(_turns(tree, peer, plan.seconds / 2, number))
        if FLASK in cases:
            _measure(tree, peer, FLASK, plan, number, seen)


def _settle(tree: Tree) -> None:
    """Wait until the start is over: of several workers the first may answer long before."""

    def rests() -> bool:
        before = tree.cpu_seconds()
        time.sleep(LOOK)
        return tree.cpu_seconds() - before < RESTS

    wait_until(rests, START_LIMIT, interval=0)


def _turns(tree: Tree, peer: Peer, seconds: float, number: int) -> Turns:
    words = [str(tree.port), TURNS_PATH, str(MANY), str(seconds)]
    ran = subprocess.run(
        [sys.executable, waits.__file__, *words], capture_output=True, text=True, timeout=60
    )
    if ran.returncode:
        raise PeerError(f"the clients of {peer.name} failed: {ran.stderr}")
    return Turns(peer=peer.name, round=number, **json.loads(ran.stdout))


def _measure(tree: Tree, peer: Peer, case: Case, plan: Plan, number: int, seen: Seen) -> None:
    what = f"{peer.name}, {case.title}"
    if what in seen.failures:
        return
    wrong = wrong_answer(tree.port, case)
    if wrong:
        seen.failures[what] = f"{peer.name} answers wrongly ({case.title}): {wrong}"
        return
    before = tree.cpu_seconds()
    load = drive(plan.wrk, tree.port, case, plan.seconds if case.main else plan.seconds / 2)
    after = tree.cpu_seconds()
    if tree.ended():
        raise PeerError(f"{peer.name} ended under load ({case.title})")
    figures = dataclasses.asdict(load)
    measured = Measurement(
        peer=peer.name,
        case=case.name,
        round=number,
        seconds=figures.pop("duration"),
        cpu_seconds=after - before,
        **figures,
    )
    seen.measurements.append(measured)
