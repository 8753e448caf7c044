"""How much processor time a request costs: servers side by side, one worker each.

    python benchmarks/serving.py [--quick] [--rounds N] [--seconds S] [--only NAME,...]
                                 [--cases NAME,...] [--idle N] [--json FILE]

The server has one processor, the load generator another.  The figure that is compared is the
number of requests per second of processor time of the server's processes, user and system: on a
machine that does other things it is much steadier than requests per second, which is shown too.
No server writes an access log.

Of a page of Flask the server's own part is shown as well: its processor time less that of the
page, which is called in a loop without any server, in each round.  The last table says what
Spawning is to reach, and what was measured of it.

All takes about 25 minutes; `--quick`, the cases that the goals are about, less than 6.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import environment
from cases import CASES, FLASK, Case
from load import find_wrk
from peers import Peer, chosen
from report import versions, write_json
from serving_panels import UNKNOWN, as_table, panels
from serving_peers import SERVING

if TYPE_CHECKING:
    from idle import Idle
    from rounds import Plan, Seen


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="the main cases, short; no idle ones")
    parser.add_argument("--rounds", type=int, help="rounds of all peers [5, with --quick 3]")
    seconds = "of load for each case, half of it for those that are not main [2, with --quick 1]"
    parser.add_argument("--seconds", type=float, help=seconds)
    parser.add_argument("--only", default="", help="peers whose name contains one of these")
    names = [case.name for case in CASES]
    parser.add_argument("--cases", default="", help=f"of {', '.join(names)}, or none [all]")
    parser.add_argument("--idle", type=int, help="idle connections, 0: none [10000]")
    parser.add_argument("--json", default="", metavar="FILE", help="write the raw figures too")
    options = parser.parse_args()
    unknown = {*filter(None, options.cases.split(","))} - {*names, "none"}
    if unknown:
        parser.error(f"unknown case {', '.join(unknown)}; known are {', '.join(names)} and none")
    if not chosen(SERVING, options.only):
        parser.error(f"no server is named like '{options.only}'")
    for name, usual, quick in (("rounds", 5, 3), ("seconds", 2.0, 1.0), ("idle", 10000, 0)):
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else usual)
    return options


def cases_of(options: argparse.Namespace) -> list[Case]:
    """Return the cases that the command line asks for."""
    if options.cases:
        return [case for case in CASES if case.name in options.cases.split(",")]
    return [case for case in CASES if case.main or not options.quick]


def plans(options: argparse.Namespace, wrk: str) -> list[Plan]:
    """Return what each round measures: the cases that are not the main ones in every second."""
    from rounds import Plan

    cases = cases_of(options)
    if not cases:
        return []
    main = [case for case in cases if case.main] or cases
    return [
        Plan(main if number % 2 else cases, options.seconds, wrk, more=True)
        for number in range(options.rounds)
    ]


def flask_alone() -> float:
    """Return the processor time of the page of Flask without a server; raises PeerError."""
    from environment import APPS
    from processes import PeerError, cores, pinned

    with pinned(cores()[0]):
        words = [sys.executable, str(APPS / "flask_alone.py"), "1"]
        ran = subprocess.run(words, capture_output=True, text=True, cwd=APPS)
    if ran.returncode:
        raise PeerError(f"the page of Flask failed without a server: {ran.stderr}")
    return float(ran.stdout)


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


def content(seen: Seen, idle: Sequence[Idle]) -> dict[str, Any]:
    """Return the raw figures."""
    return {"versions": versions(), **asdict(seen), "idle": [asdict(figure) for figure in idle]}


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
    alone = flask_alone if FLASK in cases_of(options) else None
    seen = measure_rounds(peers, plans(options, wrk), alone)
    write_json(options.json, content(seen, []))
    measured = content(seen, idle_figures(peers, options.idle, seen.failures))
    write_json(options.json, measured)
    print(f"Python {sys.version.split()[0]}; {versions()}")
    for panel in panels(measured):
        if options.only or options.cases or options.quick:
            panel["servers"] = [one for one in panel["servers"] if one.get("holds") != UNKNOWN]
        if not panel["servers"]:
            continue
        print(f"\n### {panel['title']}{panel['about'] and ': ' + panel['about']}\n")
        print(as_table(panel))
    print("".join(f"\n{reason}" for reason in seen.failures.values()))
    ours = tuple(peer.name for peer in peers if peer.ours)
    return 1 if any(what.startswith(ours) for what in seen.failures) else 0


if __name__ == "__main__":
    sys.exit(main())
