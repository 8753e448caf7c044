"""What the server bears: slow and rude clients, full disks, deaths.

    python benchmarks/robustness.py [--mode 4|0] [--minutes N] [--json FILE] [SCENARIO ...]

Each scenario starts servers of its own, with threads (`-t 4`) and with greenlets (`-t 0`), and
compares what it sees with a bound; the exit code is 1 if one does not hold.
"""

from __future__ import annotations

import argparse
import functools
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import environment
from report import table, versions, write_json

if TYPE_CHECKING:
    from robustness_findings import Finding

MODES = ("4", "0")
NAMES = ("slow", "idle", "crowd", "bulk", "resets", "disk", "descriptors", "chaos")


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mode", choices=MODES, help="only this --threads; both if not given")
    parser.add_argument("--minutes", type=float, default=1, help="of chaos for each mode [1]")
    parser.add_argument("--json", default="", metavar="FILE", help="write the findings too")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(NAMES)}")
    options = parser.parse_args()
    unknown = {*options.scenarios} - {*NAMES}
    if unknown:
        parser.error(f"unknown scenario {', '.join(unknown)}; known are {', '.join(NAMES)}")
    return options


def scenarios(minutes: float) -> Mapping[str, Callable[[str], list[Finding]]]:
    """Return the scenarios by name, in the order in which they run."""
    from robustness_bulk import bulk, resets
    from robustness_chaos import chaos
    from robustness_crowds import crowd, idle, slow
    from robustness_shortage import descriptors, disk

    all_of_them = (slow, idle, crowd, bulk, resets, disk, descriptors)
    named: dict[str, Callable[[str], list[Finding]]] = {s.__name__: s for s in all_of_them}
    return {**named, "chaos": functools.partial(chaos, seconds=60 * minutes)}


def run(scenario: Callable[[str], list[Finding]], mode: str) -> list[Finding]:
    """Run one scenario; one that cannot go on is a finding too."""
    from processes import PeerError
    from robustness_findings import exactly

    try:
        return scenario(mode)
    except (PeerError, OSError) as error:
        return [exactly("the scenario ran", f"{error}", "to its end")]


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    options = arguments()
    environment.enter()
    # Only here, in the environment of the benchmarks, is psutil certain to exist.
    from processes import unwind_on_termination

    unwind_on_termination()
    found: list[tuple[str, str, Finding]] = []
    for name, scenario in scenarios(options.minutes).items():
        if options.scenarios and name not in options.scenarios:
            continue
        for mode in [options.mode] if options.mode else MODES:
            began = time.monotonic()
            found += [(name, mode, finding) for finding in run(scenario, mode)]
            print(f"{name} -t {mode}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    rows = [
        [f"{name} -t {mode}: {f.what}", f.seen, f.bound, "yes" if f.holds else "NO"]
        for name, mode, f in found
    ]
    print(f"Python {sys.version.split()[0]}; {versions()}\n")
    print(table(["scenario", "seen", "bound", "holds"], rows))
    findings = [{"scenario": name, "mode": mode, **asdict(f)} for name, mode, f in found]
    write_json(options.json, {"versions": versions(), "findings": findings})
    return 0 if all(f.holds for _, _, f in found) else 1


if __name__ == "__main__":
    sys.exit(main())
