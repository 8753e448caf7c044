"""How much processor time a request costs: servers side by side, one worker each.

    python benchmarks/serving.py [--rounds N] [--seconds S] [--only NAME,...] [--cases NAME,...]
                                 [--idle N] [--json FILE]

The server has one processor, the load generator another.  The figure that is compared is the
number of requests per second of processor time of the server's processes, user and system: on a
machine that does other things it is much steadier than requests per second, which is shown too.
No server writes an access log.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import environment
from load import CASES, CONNECTIONS, Case, find_wrk
from peers import EVENTLET, GUNICORN, SERVING, Peer, chosen
from report import NOTHING, median_and_spread, ratio, table, versions, write_json

if TYPE_CHECKING:
    from idle import Idle
    from rounds import Measurement


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of all peers [5]")
    parser.add_argument("--seconds", type=float, default=4, help="of load for each case [4]")
    parser.add_argument("--only", default="", help="peers whose name contains one of these")
    names = [case.name for case in CASES]
    parser.add_argument("--cases", default=",".join(names), help="of these, or none [%(default)s]")
    parser.add_argument("--idle", type=int, default=10000, help="idle connections, 0: none [10000]")
    parser.add_argument("--json", default="", metavar="FILE", help="write the raw figures too")
    options = parser.parse_args()
    unknown = {*options.cases.split(",")} - {*names, "none"}
    if unknown:
        parser.error(f"unknown case {', '.join(unknown)}; known are {', '.join(names)} and none")
    if not chosen(SERVING, options.only):
        parser.error(f"no server is named like '{options.only}'")
    return options


def case_table(case: Case, measurements: list[Measurement], failures: dict[str, str]) -> str:
    """Return the table of one case, peers in the order in which they ran."""
    of_case = [m for m in measurements if m.case == case.name]
    medians = {
        peer.name: statistics.median(figures)
        for peer in SERVING
        if (figures := [m.per_cpu_second for m in of_case if m.peer == peer.name])
    }
    rows = []
    for name, median in medians.items():
        own = [m for m in of_case if m.peer == name]
        rows.append(
            [
                name,
                median_and_spread([m.per_cpu_second for m in own]),
                ratio(median, medians.get(EVENTLET)),
                ratio(median, medians.get(GUNICORN)),
                median_and_spread([m.per_second for m in own]),
                f"{1000 * statistics.median(m.p99 for m in own):.1f}",
                str(sum(m.broken + m.bad_status for m in own)),
            ]
        )
    rows += [[name, "failed", *[NOTHING] * 5] for name in failures if name not in medians]
    heads = ["server", "requests per CPU-second", "to eventlet", "to gunicorn"]
    return table([*heads, "requests per second", "p99 ms", "failed"], rows)


def idle_table(figures: list[Idle]) -> str:
    """Return what idle connections cost."""
    rows = [
        [
            f.peer,
            f"{f.held:,} of {f.asked:,}",
            f"{f.kib_each:.1f}" if f.held else NOTHING,
            f.trouble or NOTHING,
        ]
        for f in figures
    ]
    return table(["server", "connections held", "KiB each", "trouble"], rows)


def idle_figures(peers: Sequence[Peer], count: int, failures: dict[str, str]) -> list[Idle]:
    """Weigh the idle connections of each peer that has not failed; `failures` may grow."""
    from idle import measure_idle
    from processes import PeerError

    figures = []
    for peer in peers:
        if count and peer.name not in failures:
            try:
                figures.append(measure_idle(peer, count))
            except PeerError as error:
                failures[peer.name] = str(error)
    return figures


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    options = arguments()
    wrk = find_wrk()
    environment.enter()
    # Only here, in the environment of the benchmarks, is psutil certain to exist.
    from processes import unwind_on_termination
    from rounds import measure_rounds

    unwind_on_termination()
    peers = chosen(SERVING, options.only)
    cases = [case for case in CASES if case.name in options.cases.split(",")]
    rounds = options.rounds if cases else 0
    measurements, failures = measure_rounds(
        peers, cases, wrk=wrk, rounds=rounds, seconds=options.seconds
    )
    idle = idle_figures(peers, options.idle, failures)
    print(f"Python {sys.version.split()[0]}; {versions()}")
    for case in cases:
        print(f"\n### {case.title}, {CONNECTIONS} keep-alive connections\n")
        print(case_table(case, measurements, failures))
    if idle:
        print(f"\n### {options.idle:,} idle keep-alive connections\n")
        print(idle_table(idle))
    print("".join(f"\n{reason}" for reason in failures.values()))
    content = {
        "versions": versions(),
        "measurements": [asdict(m) for m in measurements],
        "idle": [asdict(f) for f in idle],
        "failures": failures,
    }
    write_json(options.json, content)
    return 1 if any(peer.ours and peer.name in failures for peer in peers) else 0


if __name__ == "__main__":
    sys.exit(main())
