"""How soon after a save the new code answers: reloaders side by side.

    python benchmarks/reload.py [--mode mixed|repeated] [--saves N] [--pause SECONDS]
                                [--peer-saves N] [--sites NAME,...] [--roles NAME,...]
                                [--parts constant|bodies] [--only NAME,...] [--json FILE]
    python benchmarks/reload.py --load [--saves N] [--sites NAME,...] [--json FILE]
    python benchmarks/reload.py --memory | --idle [--seconds S] [--sites NAME,...] [--json FILE]

Each server runs a copy of a site. Its files are saved in turn (`mixed`), or one again and again
(`repeated`), in place and by atomic rename in turn. What a save changes is a constant of the
module, or with `--parts bodies` the body of a function that runs for each answer. A client on a
kept connection asks in a tight loop from the moment of the save until the new version answers; the
time runs from before the file is touched to the last byte of that answer. Two more clients go on
asking fifty times a second, one on a kept connection and one on a new connection for each request,
and whatever they see besides a right answer is counted: failures; reconnects, which are kept
connections that the server closed between two requests; and answers of old code on requests that
began after the first answer of the new. The next save comes when the server has answered without a
fault for the pause, which is drawn anew around `--pause`, and the same for all.

`--load` saves under load and counts what fails, for our server only; `--memory` weighs four
workers from a snapshot against four cold ones; `--idle` shows the processor time of a server
that has nothing to do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import environment
from report import versions, write_json
from sites import PARTS

if TYPE_CHECKING:
    from sites import Site

SITE_NAMES = ("small", "django", "heavy")
MODES = ("mixed", "repeated")


def arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mode", choices=MODES, default="mixed", help="[mixed]")
    parser.add_argument("--parts", choices=PARTS, default=PARTS[0], help="edited [%(default)s]")
    parser.add_argument("--saves", type=int, default=0, help="for each server [30, 200 of --load]")
    parser.add_argument("--peer-saves", type=int, default=0, help="for all but ours [as --saves]")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between saves [1.0]")
    parser.add_argument("--sites", default=",".join(SITE_NAMES), help="of these [%(default)s]")
    parser.add_argument("--roles", default="", help="edit only the files of these roles")
    parser.add_argument("--only", default="", help="servers whose name contains one of these")
    parser.add_argument("--seconds", type=float, default=60, help="that --idle watches [60]")
    parser.add_argument("--json", default="", metavar="FILE", help="write the raw figures too")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--load", action="store_true", help="save under load, ours only")
    instead.add_argument("--memory", action="store_true", help="weigh four workers, ours only")
    instead.add_argument("--idle", action="store_true", help="time at rest, ours only")
    options = parser.parse_args()
    unknown = {*words(options.sites)} - {*SITE_NAMES}
    options.saves = options.saves or (200 if options.load else 30)
    if unknown or not words(options.sites):
        parser.error(f"unknown site '{', '.join(unknown)}'; known are {', '.join(SITE_NAMES)}")
    return options


def words(text: str) -> list[str]:
    """Return the comma-separated words of `text`."""
    return [word.strip() for word in text.split(",") if word.strip()]


def saves_of_site(site: Site, original: Path, options: argparse.Namespace) -> list[Any]:
    """Measure and print all tables of one site; return what was measured."""
    from dependents import dependents
    from peers import chosen
    from processes import PeerError
    from reload_peers import IN_PROCESS, OURS, reloaders
    from reload_tables import files_table, saves_table, verdicts
    from saves import Saves, measure_saves

    wanted = words(options.roles)
    targets = [target for target in site.targets if not wanted or target.role in wanted]
    if options.mode == "mixed":
        sets = [tuple(target for target in targets if target.mixed or wanted)]
    else:
        sets = [(target,) for target in targets]
    concerned = {target.role: dependents(original, target.file) for target in site.targets}
    print(f"\n## {site.title}\n\n{files_table(site, original)}", flush=True)
    everything = []
    for edited in filter(None, sets):
        name = edited[0].role if len(edited) == 1 else "mixed"
        results = []
        for peer in chosen(reloaders(site), options.only):
            number = options.saves if peer.ours else options.peer_saves or options.saves
            print(f"{site.name}, {name}, {number} saves: {peer.name}", file=sys.stderr)
            try:
                saves = measure_saves(peer, original, edited, number, options.pause)
            except PeerError as error:
                saves = Saves(peer.name, site.name, name, trouble=str(error))
            results.append(saves)
        print(f"\n### {name}, {options.saves} saves ({options.parts}), {options.pause:g} s apart\n")
        print(saves_table(results, edited, OURS), end="\n\n")
        lines = verdicts(results, OURS, IN_PROCESS, concerned)
        lines += [f"- {saves.peer}: {saves.trouble}" for saves in results if saves.trouble]
        print(*lines, sep="\n", flush=True)
        everything += results
    return everything


def load_of_site(site: Site, original: Path, options: argparse.Namespace) -> list[Any]:
    """Save under load, with threads and with greenlets; print the table."""
    from reload_load import THREADS, load_table, measure_load

    results = [measure_load(site, original, threads, options.saves) for threads in THREADS]
    print(
        f"\n## {site.title}: {options.saves} reloads under load\n\n{load_table(results)}",
        flush=True,
    )
    return list(results)


def memory_of_site(site: Site, original: Path, options: argparse.Namespace) -> list[Any]:
    """Weigh four workers of each kind; print the table."""
    from reload_memory import measure_memory, memory_table

    results = measure_memory(site, original)
    print(f"\n## {site.title}: memory of 4 workers\n\n{memory_table(results)}", flush=True)
    return list(results)


def idle_of_site(site: Site, original: Path, options: argparse.Namespace) -> list[Any]:
    """Watch a server that has nothing to do; print the table."""
    from reload_idle import idle_table, measure_idle

    results = measure_idle(site, original, options.seconds)
    print(f"\n## {site.title}: {options.seconds:g} s idle\n\n{idle_table(results)}", flush=True)
    return list(results)


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    options = arguments()
    environment.enter()
    # Only here, in the environment of the benchmarks, is psutil certain to exist.
    from processes import unwind_on_termination
    from reload_peers import LEFT_OUT, OURS
    from sites import SITES, prepare

    unwind_on_termination()
    measure = saves_of_site
    for name, other in (("load", load_of_site), ("memory", memory_of_site), ("idle", idle_of_site)):
        measure = other if getattr(options, name) else measure
    print(f"Python {sys.version.split()[0]}; {versions()}", flush=True)
    everything: list[Any] = []
    with tempfile.TemporaryDirectory() as scratch:
        for site in SITES:
            if site.name in words(options.sites):
                everything += measure(
                    site, prepare(site, Path(scratch) / site.name, options.parts), options
                )
    if measure is saves_of_site:
        print("", *LEFT_OUT, sep="\n")
    content = {"versions": versions(), "figures": [asdict(one) for one in everything]}
    write_json(options.json, content)
    return 1 if any(one.trouble for one in everything if one.peer.startswith(OURS[:8])) else 0


if __name__ == "__main__":
    sys.exit(main())
