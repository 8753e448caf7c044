"""What `--backdoor` costs, and how soon a key is answered.

    python benchmarks/backdoor.py [--only {keys,serving}] [--keys N] [--servers N] [--rounds N]
                                  [--seconds S] [--json FILE]

Keys: `spawnctl attach` in a terminal, attached to a Django project; the time from the dot after
a name to the first attribute in the menu, and from a name's letters to their completion.

Serving: one worker on one processor, the load generator on the other, in turns with nobody
attached and with somebody who is attached and does nothing.  Servers differ from one another by
more than what is looked for, so each turn with somebody is compared with the two around it, of
the same server.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import environment
from cases import HELLO
from load import drive, find_wrk
from peers import Peer, spawning
from report import median_and_spread, percentile, table, versions, write_json

if TYPE_CHECKING:
    from processes import Tree

KEYS = (
    ("User", ".", b"clean_fields"),
    ("User.objects", ".", b"aggregate"),
    ("models", ".", b"Aggregate"),
    ("settings", ".", b"ABSOLUTE_URL_OVERRIDES"),
    ("get_user", "_", b"get_user_model"),
)
"""What is typed before, the key, and what it has to bring up."""
IMPORTS = (
    "from django.contrib.auth.models import User",
    "from django.contrib.auth import get_user_model",
    "from django.db import models",
    "from django.conf import settings",
)
MODES = {"4 threads": ("-t", "4"), "greenlets": ("-t", "0")}


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=("keys", "serving"), help="measure nothing else")
    parser.add_argument("--keys", type=int, default=40, help="times that each is pressed [40]")
    parser.add_argument("--servers", type=int, default=3, help="for each way to serve [3]")
    parser.add_argument("--rounds", type=int, default=5, help="turns with somebody, of each [5]")
    parser.add_argument("--seconds", type=float, default=2.5, help="of load for a turn [2.5]")
    parser.add_argument("--json", default="", metavar="FILE", help="write the raw figures too")
    return parser.parse_args()


def measure_keys(scratch: Path, times: int, threads: tuple[str, ...]) -> dict[str, list[float]]:
    """Return how long each key took until it was answered, in seconds."""
    from attached import attached
    from processes import running
    from sites import SITES, prepare

    (site,) = [one for one in SITES if one.name == "django"]
    folder = prepare(site, scratch / "django")
    words = ("--backdoor=0", *threads, "-l", "/dev/null", f"{site.module}.{site.variable}")
    peer = Peer("spawning --backdoor", spawning(*words), picks_port=True, ours=True)
    found: dict[str, list[float]] = {}
    with running(peer, folder) as tree, attached(tree, folder) as prompt:
        for line in IMPORTS:
            prompt.type(f"{line}\r")
            prompt.wait_for(b">>> ")
            prompt.settle()
        for _ in range(times):
            for name, key, expected in KEYS:
                prompt.type(name)
                prompt.settle()
                began = time.monotonic()
                prompt.type(key)
                prompt.wait_for(expected)
                found.setdefault(f"{name}{key}", []).append(time.monotonic() - began)
                prompt.settle()
                prompt.type("\x03")  # a new line
                prompt.settle()
    return found


@dataclasses.dataclass(frozen=True)
class Turns:
    """Requests per second of processor time, of one server, turn after turn."""

    nobody: list[float]
    """Before, between and after the others: one more than they are."""
    somebody: list[float]

    @property
    def ratios(self) -> list[float]:
        """What each turn with somebody comes to, where those around it are 1."""
        around = [statistics.mean(pair) for pair in itertools.pairwise(self.nobody)]
        return [one / beside for one, beside in zip(self.somebody, around, strict=True)]


def measure_serving(wrk: str, options: argparse.Namespace) -> dict[str, list[Turns]]:
    """Return what each server has done, by the way in which it serves."""
    found: dict[str, list[Turns]] = {mode: [] for mode in MODES}
    for number in range(options.servers):
        for mode, words in MODES.items():
            print(f"server {number + 1} of {options.servers}: {mode}", file=sys.stderr)
            found[mode].append(_serve(mode, words, wrk, options))
    return found


def _serve(mode: str, threads: tuple[str, ...], wrk: str, options: argparse.Namespace) -> Turns:
    from attached import attached
    from environment import APPS
    from processes import cores, pinned, running

    for_server, for_load = cores()
    command = spawning("--backdoor=0", *threads, "-l", "/dev/null", "serving_app.app")
    peer = Peer(mode, command, picks_port=True, ours=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(peer, APPS, processors=for_server) as tree,
        pinned(for_load),
    ):
        drive(wrk, tree.port, HELLO, 1.0)
        turns = Turns([_turn(tree, wrk, options.seconds)], [])
        for _ in range(options.rounds):
            with attached(tree, Path(folder)):
                turns.somebody.append(_turn(tree, wrk, options.seconds))
            turns.nobody.append(_turn(tree, wrk, options.seconds))
    return turns


def _turn(tree: Tree, wrk: str, seconds: float) -> float:
    # First a moment of load that does not count: who came or left a moment ago is settled then.
    drive(wrk, tree.port, HELLO, 0.3)
    before = tree.cpu_seconds()
    load = drive(wrk, tree.port, HELLO, seconds)
    return load.requests / (tree.cpu_seconds() - before)


def keys_table(figures: dict[str, list[float]]) -> str:
    """Return how long keys took."""
    everything = [one for own in figures.values() for one in own]
    rows = [
        [name, *(f"{1000 * one:.1f}" for one in (
            statistics.median(own), percentile(own, 0.95), max(own)
        ))]
        for name, own in [*figures.items(), ("all", everything)]
    ]  # fmt: skip
    return table(["typed", "p50 ms", "p95 ms", "worst ms"], rows)


def serving_table(figures: dict[str, list[Turns]]) -> str:
    """Return requests per second of processor time, and what somebody who is attached costs."""
    rows = []
    for mode, servers in figures.items():
        ratios = [one for turns in servers for one in turns.ratios]
        low, middle, high = statistics.quantiles(ratios, n=4)
        rows.append(
            [
                mode,
                median_and_spread([one for turns in servers for one in turns.nobody]),
                median_and_spread([one for turns in servers for one in turns.somebody]),
                f"{middle:.3f}",
                f"{low:.3f} to {high:.3f}",
                f"{min(ratios):.3f} to {max(ratios):.3f}",
                str(len(ratios)),
            ]
        )
    heads = ["requests per CPU-second", "nobody attached", "attached and idle", "ratio"]
    return table([*heads, "middle half", "all", "turns"], rows)


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    options = arguments()
    wrk = find_wrk()
    environment.enter()
    from processes import unwind_on_termination

    unwind_on_termination()
    print(f"Python {sys.version.split()[0]}; {versions()}", flush=True)
    keys: dict[str, dict[str, list[float]]] = {}
    for mode, threads in MODES.items() if options.only != "serving" else ():
        with tempfile.TemporaryDirectory() as scratch:
            keys[mode] = measure_keys(Path(scratch), options.keys, threads)
        print(f"\n### Keys, a Django project, {mode}\n\n{keys_table(keys[mode])}", flush=True)
    serving = measure_serving(wrk, options) if options.only != "keys" else {}
    if serving:
        print(f"\n### {HELLO.title}\n\n{serving_table(serving)}")
    told = {mode: [dataclasses.asdict(one) for one in turns] for mode, turns in serving.items()}
    write_json(options.json, {"versions": versions(), "keys": keys, "serving": told})
    return 0


if __name__ == "__main__":
    sys.exit(main())
