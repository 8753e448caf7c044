"""How soon after a save the new code answers: reloaders side by side.

    python benchmarks/reload.py [--saves N] [--only NAME,...] [--json FILE]

Each server runs a copy of a sample site.  Files at the top, in the middle and at the bottom of
its imports are saved in turn, by atomic rename as editors do; a client asks in a tight loop from
the moment of the save until the new version answers.  Two more clients go on asking meanwhile,
one on a kept connection and one on a new connection for each request, and whatever they see
besides a right answer is counted.  A kept connection that a server closes between two requests
is a reconnect and not a failure.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import environment
from peers import RELOAD_DJANGO, RELOAD_FLASK, Peer, chosen
from report import NOTHING, percentile, ratio, table, versions, write_json

if TYPE_CHECKING:
    from saves import Saves
    from sites import Site

HEADS = (
    "server",
    "p50 ms",
    "p95",
    "min",
    "to ours",
    "entry",
    "middle",
    "leaf",
    "missed",
    "failed, kept connection",
    "failed, new connections",
    "reconnects",
    "PSS MiB",
)


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--saves", type=int, default=30, help="saves for each server [30]")
    parser.add_argument("--only", default="", help="peers whose name contains one of these")
    parser.add_argument("--json", default="", metavar="FILE", help="write the raw figures too")
    options = parser.parse_args()
    if not chosen((*RELOAD_FLASK, *RELOAD_DJANGO), options.only):
        parser.error(f"no server is named like '{options.only}'")
    return options


def told(failures: dict[str, int]) -> str:
    """Return `3 (2 refused, 1 reset)`."""
    if not failures:
        return "0"
    parts = ", ".join(f"{number} {name}" for name, number in sorted(failures.items()))
    return f"{sum(failures.values())} ({parts})"


def row(saves: Saves, ours: float | None) -> list[str]:
    """Return the line of one server; `ours` is the median that it is compared with."""
    latencies = saves.all_latencies()
    if latencies:
        p50 = statistics.median(latencies)
        p95, least = percentile(latencies, 0.95), min(latencies)
        figures = [f"{p50:.0f}", f"{p95:.0f}", f"{least:.0f}", ratio(p50, ours)]
    else:
        figures = [NOTHING] * 4
    for role in ("entry", "middle", "leaf"):
        own = saves.latencies.get(role)
        figures.append(f"{statistics.median(own):.0f}" if own else NOTHING)
    return [
        saves.peer,
        *figures,
        str(saves.missed),
        told(saves.failed_keep_alive),
        told(saves.failed_new),
        str(saves.reconnects),
        f"{saves.pss / 2**20:.0f}",
    ]


def measure_site(
    site: Site, peers: Sequence[Peer], number: int, failures: list[str]
) -> list[Saves]:
    """Measure all peers on one site; reasons of those that failed are added to `failures`."""
    from processes import PeerError
    from saves import measure_saves

    results = []
    for peer in peers:
        try:
            results.append(measure_saves(peer, site, number))
        except PeerError as error:
            failures.append(f"{peer.name}, {site.folder}: {error}")
    return results


def site_table(results: Sequence[Saves], peers: Sequence[Peer]) -> str:
    """Return the table of one site."""
    names = {peer.name for peer in peers if peer.ours}
    ours = [value for saves in results if saves.peer in names for value in saves.all_latencies()]
    reference = statistics.median(ours) if ours else None
    return table(HEADS, [row(saves, reference) for saves in results])


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    options = arguments()
    environment.enter()
    # Only here, in the environment of the benchmarks, is psutil certain to exist.
    from processes import unwind_on_termination
    from sites import DJANGO, FLASK

    unwind_on_termination()
    failures: list[str] = []
    everything: list[Saves] = []
    tables = []
    for title, site, all_peers in (
        ("A Flask site", FLASK, RELOAD_FLASK),
        ("A Django site", DJANGO, RELOAD_DJANGO),
    ):
        peers = chosen(all_peers, options.only)
        results = measure_site(site, peers, options.saves, failures)
        everything += results
        if results:
            tables.append(f"### {title}, {options.saves} saves\n\n{site_table(results, peers)}")
    print(f"Python {sys.version.split()[0]}; {versions()}")
    print("", "\n\n".join(tables), *failures, sep="\n")
    content = {
        "versions": versions(),
        "saves": [asdict(saves) for saves in everything],
        "failures": failures,
    }
    write_json(options.json, content)
    return 1 if any(reason.startswith("spawning") for reason in failures) else 0


if __name__ == "__main__":
    sys.exit(main())
