"""What `--coverage` costs: requests per second with and without it, and while reports are made.

    python benchmarks/coverage.py [--rounds N] [--seconds S] [--files N] [--only overhead|reports]
                                  [--json FILE]

Overhead: one worker that serves a Flask application, on one processor; the load generator has
the other.  Every row is measured in each round, so that noise falls on all.

Reports: a project of many files is served while its reports are made; a client asks all the
time.  What is compared is the time of its requests, without a report and during one.

Run it with each version of Python that matters: which core coverage.py can use depends on it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import environment
from cases import Case
from load import find_wrk
from peers import Peer, spawning
from report import median_and_spread, percentile, ratio, table, versions, write_json

if TYPE_CHECKING:
    from coverage_reports import Times
    from rounds import Measurement

CASE = Case("page", "a page of Flask", "/")
MODES = {"4 threads": ("-t", "4"), "greenlets": ("-t", "0")}
WITHOUT = "without"


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of all rows [5]")
    parser.add_argument("--seconds", type=float, default=4, help="of load for each [4]")
    parser.add_argument("--files", type=int, default=2000, help="of the large project [2000]")
    parser.add_argument("--only", default="", choices=("overhead", "reports"))
    parser.add_argument("--json", default="", metavar="FILE", help="write the raw figures too")
    return parser.parse_args()


def servers() -> list[Peer]:
    """Return the rows: each way to serve, without coverage and with each core."""
    cores = {"ctrace": ("--coverage",)}
    if sys.version_info >= (3, 12):
        cores = {"sysmon": ("--coverage",), **cores}
    rows = []
    for mode, words in MODES.items():
        plain = spawning(*words, "-l", "/dev/null", "coverage_app.app")
        rows.append(Peer(f"{mode}, {WITHOUT}", plain, picks_port=True, ours=True))
        for core, options in cores.items():
            rows.append(_measured(f"{mode}, {core}", core, *options, *words))
    rows.append(_measured("4 threads, contexts", "ctrace", "--coverage-contexts", "-t", "4"))
    return rows


def _measured(name: str, core: str, *words: str) -> Peer:
    command = spawning(*words, "-l", "/dev/null", "coverage_app.app")
    chosen = ("env", f"COVERAGE_CORE={core}", *command)
    return Peer(name, chosen, picks_port=True, ours=True)


def overhead_table(measurements: list[Measurement], failures: dict[str, str]) -> str:
    """Return requests per second of each row, and its share of what they are without."""
    by_name: dict[str, list[Measurement]] = {}
    for one in measurements:
        by_name.setdefault(one.peer, []).append(one)
    medians = {
        name: statistics.median(one.per_cpu_second for one in own) for name, own in by_name.items()
    }
    rows = [
        [
            name,
            median_and_spread([one.per_second for one in own]),
            median_and_spread([one.per_cpu_second for one in own]),
            ratio(medians[name], medians.get(f"{name.partition(',')[0]}, {WITHOUT}")),
            f"{1000 * statistics.median(one.p99 for one in own):.1f}",
            str(sum(one.broken + one.bad_status for one in own)),
        ]
        for name, own in by_name.items()
    ]
    heads = ["", "requests per second", "per CPU-second", "to without", "p99 ms", "failed"]
    return "\n".join([table(heads, rows), *(f"\n{why}" for why in failures.values())])


def reports_table(figures: list[Times]) -> str:
    """Return how long requests took while each report was made, and before."""
    quiet = figures[0].median
    rows = [
        [
            one.what,
            f"{one.seconds:.1f}",
            str(len(one.requests)),
            f"{1000 * one.median:.2f}",
            f"{1000 * percentile(one.requests, 0.99):.2f}",
            f"{1000 * max(one.requests):.2f}",
            str(sum(request > 2 * quiet for request in one.requests)),
        ]
        for one in figures
    ]
    heads = ["", "seconds", "requests", "median ms", "p99 ms", "worst ms", "over 2 medians"]
    return table(heads, rows)


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    options = arguments()
    wrk = find_wrk() if options.only != "reports" else ""
    environment.enter()
    from coverage_reports import measure_reports
    from processes import unwind_on_termination
    from rounds import Plan, measure_rounds

    unwind_on_termination()
    print(f"Python {sys.version.split()[0]}; {versions()}", flush=True)
    content: dict[str, object] = {"versions": versions()}
    failures: dict[str, str] = {}
    if options.only != "reports":
        seen = measure_rounds(servers(), [Plan([CASE], options.seconds, wrk)] * options.rounds)
        failures = seen.failures
        print(f"\n### {CASE.title}\n\n{overhead_table(seen.measurements, failures)}", flush=True)
        content["overhead"] = [asdict(one) for one in seen.measurements]
    if options.only != "overhead":
        with tempfile.TemporaryDirectory() as folder:
            figures = measure_reports(Path(folder), options.files)
        print(f"\n### {options.files:,} files\n\n{reports_table(figures)}", flush=True)
        content["reports"] = [asdict(one) for one in figures]
    write_json(options.json, content)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
