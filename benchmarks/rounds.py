"""Rounds of load: every peer in turn, then all of them again, so that noise falls on all."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from environment import APPS
from load import Case, drive, wrong_answer
from peers import Peer
from processes import PeerError, Tree, cores, pinned, running

WARM_UP = 1.0


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
    p99: float

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.cpu_seconds if self.cpu_seconds else 0.0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def measure_rounds(
    peers: Sequence[Peer], cases: Sequence[Case], *, wrk: str, rounds: int, seconds: float
) -> tuple[list[Measurement], dict[str, str]]:
    """Return all measurements, and for each peer that failed its reason."""
    measurements: list[Measurement] = []
    failures: dict[str, str] = {}
    for number in range(1, rounds + 1):
        for peer in peers:
            if peer.name in failures:
                continue
            print(f"round {number} of {rounds}: {peer.name}", file=sys.stderr)
            try:
                measurements += measure_peer(peer, cases, wrk=wrk, number=number, seconds=seconds)
            except (PeerError, RuntimeError) as error:
                failures[peer.name] = str(error)
                print(error, file=sys.stderr)
    return measurements, failures


def measure_peer(
    peer: Peer, cases: Sequence[Case], *, wrk: str, number: int, seconds: float
) -> Iterator[Measurement]:
    """Start `peer` once and put it through the cases; raises PeerError."""
    for_server, for_load = cores()
    with running(peer, APPS, processors=for_server) as tree, pinned(for_load):
        for case in cases:
            wrong = wrong_answer(tree.port, case)
            if wrong:
                raise PeerError(f"{peer.name} answers wrongly ({case.title}): {wrong}")
            drive(wrk, tree.port, case, WARM_UP)
            yield _measure(tree, peer, case, wrk=wrk, number=number, seconds=seconds)


def _measure(
    tree: Tree, peer: Peer, case: Case, *, wrk: str, number: int, seconds: float
) -> Measurement:
    before = tree.cpu_seconds()
    load = drive(wrk, tree.port, case, seconds)
    after = tree.cpu_seconds()
    if tree.ended():
        raise PeerError(f"{peer.name} ended under load ({case.title})")
    return Measurement(
        peer=peer.name,
        case=case.name,
        round=number,
        requests=load.requests,
        seconds=load.duration,
        cpu_seconds=after - before,
        broken=load.broken,
        bad_status=load.bad_status,
        p99=load.p99,
    )
