"""What `--backdoor` costs, and how soon a key is answered.

    python benchmarks/backdoor.py [--keys N] [--rounds N] [--seconds S] [--json FILE]

Keys: `spawnctl attach` in a terminal, attached to a Django project; the time from the dot after
a name to the first attribute in the menu, and from a name's letters to their completion.

Serving: one worker on one processor, the load generator on the other, with nobody attached and
with somebody who is attached and does nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

import environment
from load import CASES, drive, find_wrk
from peers import Peer, spawning
from report import median_and_spread, percentile, ratio, table, versions, write_json

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
NOBODY, SOMEBODY = "nobody attached", "attached and idle"
MODES = {"4 threads": ("-t", "4"), "greenlets": ("-t", "0")}


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--keys", type=int, default=40, help="times that each is pressed [40]")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of serving [5]")
    parser.add_argument("--seconds", type=float, default=4, help="of load for each [4]")
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


def measure_serving(wrk: str, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Return requests per second of processor time, by who is attached."""
    found: dict[str, list[float]] = {}
    for number in range(rounds):
        for mode, words in MODES.items():
            for who in (NOBODY, SOMEBODY):
                name = f"{mode}, {who}"
                print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr)
                figure = _serve(name, words, who == SOMEBODY, wrk, seconds)
                found.setdefault(name, []).append(figure)
    return found


def _serve(
    name: str, threads: tuple[str, ...], is_attached: bool, wrk: str, seconds: float
) -> float:
    from attached import attached
    from environment import APPS
    from processes import cores, pinned, running

    for_server, for_load = cores()
    command = spawning("--backdoor=0", *threads, "-l", "/dev/null", "serving_app.app")
    peer = Peer(name, command, picks_port=True, ours=True)
    with contextlib.ExitStack() as stack:
        tree = stack.enter_context(running(peer, APPS, processors=for_server))
        if is_attached:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            stack.enter_context(attached(tree, folder))
        stack.enter_context(pinned(for_load))
        drive(wrk, tree.port, CASES[0], 1.0)
        before = tree.cpu_seconds()
        load = drive(wrk, tree.port, CASES[0], seconds)
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


def serving_table(figures: dict[str, list[float]]) -> str:
    """Return requests per second of processor time, and their share of what they are alone."""
    medians = {name: statistics.median(own) for name, own in figures.items()}
    rows = [
        [
            name,
            median_and_spread(own),
            ratio(medians[name], medians[f"{name.partition(',')[0]}, {NOBODY}"]),
        ]
        for name, own in figures.items()
    ]
    return table(["", "requests per CPU-second", "to nobody"], rows)


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    options = arguments()
    wrk = find_wrk()
    environment.enter()
    from processes import unwind_on_termination

    unwind_on_termination()
    print(f"Python {sys.version.split()[0]}; {versions()}", flush=True)
    keys = {}
    for mode, threads in MODES.items():
        with tempfile.TemporaryDirectory() as scratch:
            keys[mode] = measure_keys(Path(scratch), options.keys, threads)
        print(f"\n### Keys, a Django project, {mode}\n\n{keys_table(keys[mode])}", flush=True)
    serving = measure_serving(wrk, options.rounds, options.seconds)
    print(f"\n### {CASES[0].title}\n\n{serving_table(serving)}")
    write_json(options.json, {"versions": versions(), "keys": keys, "serving": serving})
    return 0


if __name__ == "__main__":
    sys.exit(main())
