"""Memory after a long time of load: a server in each way to serve, weighed every minute.

    python benchmarks/steady.py [--minutes N] [--rate N] [--only WORD,...] [--json FILE]

`spawn -s 1 -t 0` and `spawn -s 1 -t 4` stand side by side, each under a load of its own
(`steady_load.py`: kept and new connections, bodies both ways, failing pages, clients that hang
up, slow ones).  Every minute the memory of each tree of processes is read from the kernel's
smaps_rollup, twice: PSS, in which a page that several processes use counts in parts; and the
tree's own pages, those of no file.  The line is fitted through the latter, after a warm-up of a
sixth of the time: PSS also moves when any other program of the machine starts or ends that uses
the same libraries.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import environment
from report import versions, write_json
from serving_panels import as_table, steady_panel
from slope import WARM_UP, Line, fitted

if TYPE_CHECKING:
    from processes import Tree

MODES = ("0", "4")
FLAT = 0.01
"""What is called flat: less than this share of its size in an hour."""


@dataclass(frozen=True)
class Sample:
    """One look; `minute` counts from the beginning of the load, memory is in KiB."""

    minute: float
    pss: int
    own: int
    each: tuple[int, ...]
    """What of `own` belongs to each process, the first one first."""


@dataclass
class Watched:
    """One server: what was seen of it, and in the end what its clients have seen."""

    name: str
    samples: list[Sample] = field(default_factory=list)
    load: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""

    def after_warm_up(self) -> list[Sample]:
        """Return the samples through which the line goes."""
        end = self.samples[-1].minute if self.samples else 0.0
        return [sample for sample in self.samples if sample.minute >= WARM_UP * end]

    def line(self, what: str) -> Line | None:
        """Return the line through `own` or `pss`, in KiB by the hour."""
        points = [(s.minute / 60, float(getattr(s, what))) for s in self.after_warm_up()]
        return fitted(points)


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60, help="of load [60]")
    parser.add_argument("--rate", type=int, default=2000, help="requests a second, each [2000]")
    parser.add_argument("--every", type=float, default=60, help="seconds between two looks [60]")
    parser.add_argument("--only", default=",".join(MODES), help="of the modes [%(default)s]")
    parser.add_argument("--json", default="", metavar="FILE", help="write the raw figures too")
    options = parser.parse_args()
    options.only = [mode for mode in MODES if mode in options.only.split(",")]
    if not options.only:
        parser.error(f"--only names none of the modes {', '.join(MODES)}")
    return options


def look(tree: Tree, minute: float) -> Sample:
    """Return what the kernel says of the tree now."""
    pss, each = 0, []
    for member in tree.members():
        with contextlib.suppress(OSError), open(f"/proc/{member.pid}/smaps_rollup") as rollup:
            figures = dict(line.split(":") for line in rollup.read().splitlines()[1:])
            pss += int(figures["Pss"].split()[0])
            own = (figures["Pss_Anon"], figures["Pss_Shmem"])
            each.append(sum(int(figure.split()[0]) for figure in own))
    return Sample(round(minute, 2), pss, sum(each), tuple(each))


def watch(options: argparse.Namespace) -> list[Watched]:
    """Serve, load and look until the time is over."""
    from processes import PeerError
    from robustness_server import served
    from steady_clients import Clients

    with contextlib.ExitStack() as stack:
        watched = [Watched(f"spawn -s 1 -t {mode}") for mode in options.only]
        trees = [stack.enter_context(served(mode, "-s", "1")) for mode in options.only]
        clients = [stack.enter_context(Clients(tree.port, options.rate)) for tree in trees]
        began, looks = time.monotonic(), 0
        while (minute := looks * options.every / 60) <= options.minutes:
            time.sleep(max(0.0, began + 60 * minute - time.monotonic()))
            for seen, tree in zip(watched, trees, strict=True):
                if tree.ended():
                    raise PeerError(f"{seen.name} ended; its last words:\n{tree.last_words()}")
                sample = look(tree, (time.monotonic() - began) / 60)
                seen.samples.append(sample)
                print(
                    f"{sample.minute:6.1f} min  {seen.name}  pss {sample.pss:,} KiB,"
                    f" own {sample.own:,} KiB, of each process {sample.each}",
                    flush=True,
                )
            looks += 1
            write_json(options.json, content(watched))
        for seen, load in zip(watched, clients, strict=True):
            seen.load, seen.trouble = load.ended()
    return watched


def flat(seen: Watched) -> str:
    """Return whether the memory does not grow by what matters: yes, no, or not certain."""
    line = seen.line("own")
    if line is None:
        return "not certain"
    limit = FLAT * statistics.median(sample.own for sample in seen.after_warm_up())
    if line.slope + 2 * line.error < limit:
        return "yes"
    return "no" if line.slope - 2 * line.error > limit else "not certain"


def content(watched: Sequence[Watched]) -> dict[str, Any]:
    """Return the raw figures."""
    lines = [{w: asdict(li) for w in ("own", "pss") if (li := s.line(w))} for s in watched]
    return {
        "versions": versions(),
        "servers": [
            {**asdict(seen), "lines": line, "flat": flat(seen)}
            for seen, line in zip(watched, lines, strict=True)
        ],
    }


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    options = arguments()
    environment.enter()
    # Only here, in the environment of the benchmarks, is psutil certain to exist.
    from processes import unwind_on_termination

    unwind_on_termination()
    watched = watch(options)
    print(f"\nPython {sys.version.split()[0]}; {versions()}\n")
    print(as_table(steady_panel(content(watched))))
    for seen in watched:
        print(f"\n{seen.name}: {json.dumps(seen.load)}{seen.trouble and ' ' + seen.trouble}")
    write_json(options.json, content(watched))
    failed = any(seen.trouble or sum(seen.load["failed"].values()) for seen in watched)
    return 1 if failed or any(flat(seen) == "no" for seen in watched) else 0


if __name__ == "__main__":
    sys.exit(main())
