"""The processor time of a server that watches files and has nothing to do; ours only.

A client holds one connection open that it has used, as a page's browser does, and on another it
asks as a page does that wants to know of new code, where the server leaves that question open.
The time is the
scheduler's, in nanoseconds: the usual one comes in hundredths of a second, and a minute at the
tenth of a percent that is allowed has six of them.
"""

from __future__ import annotations

import contextlib
import select
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from asking import Asker, Fault
from processes import PeerError, Tree, running
from reload_peers import ours
from report import table
from sites import Site, copy

KINDS = {
    "spawning --reload=dev -s 1": ("-s", "1", "--reload=dev"),
    "spawning --reload=dev -s 4": ("-s", "4", "--reload=dev"),
    "spawning -s 4": ("-s", "4"),
}
SETTLING = 10.0
"""Seconds in which snapshots are made, before the watch begins."""
LIMIT = 0.1
QUESTION = b"GET /.spawning/livereload?seen=99999 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
"""What a page asks that has seen so many versions; it is answered when there is another."""


@dataclass(frozen=True)
class Rest:
    """Seconds of processor time of the processes that lived through it, and their share."""

    peer: str
    site: str
    processes: int = 0
    seconds: float = 0.0
    watched: float = 0.0
    page_waited: bool = False
    """Whether a page's question was left open all the time."""
    came_and_went: int = 0
    """Processes that began or ended meanwhile, whose time is not all counted."""
    trouble: str = ""

    @property
    def percent(self) -> float:
        return 100 * self.seconds / self.watched if self.watched else 0.0


def measure_idle(site: Site, original: Path, seconds: float) -> list[Rest]:
    """Watch each kind of server for so many seconds."""
    results = []
    for name, options in KINDS.items():
        print(f"{seconds:g} s idle, {site.name}: {name}", file=sys.stderr)
        words = ("-t", "4", "-l", "/dev/null", *options)
        try:
            with tempfile.TemporaryDirectory() as parent:
                folder = copy(original, Path(parent))
                with running(ours(site, *words, name=name), folder) as tree:
                    results.append(_watch(tree, name, site.name, seconds))
        except PeerError as error:
            results.append(Rest(name, site.name, trouble=str(error)))
    return results


def _watch(tree: Tree, name: str, site: str, seconds: float) -> Rest:
    browser = Asker(tree.port, keep=True)
    with (
        contextlib.closing(browser),
        socket.create_connection(("127.0.0.1", tree.port)) as page,
    ):
        try:
            browser.ask()
            page.sendall(QUESTION % tree.port)
            time.sleep(SETTLING)
            began, before = time.monotonic(), _run_times(tree)
            time.sleep(seconds)
            watched, after = time.monotonic() - began, _run_times(tree)
            browser.ask()
            page_waited = not select.select([page], [], [], 0)[0]
        except Fault as fault:
            raise PeerError(f"does not answer: {fault}") from fault
    both = before.keys() & after.keys()
    return Rest(
        peer=name,
        site=site,
        processes=len(both),
        seconds=sum(after[key] - before[key] for key in both),
        watched=watched,
        page_waited=page_waited,
        came_and_went=len(before.keys() ^ after.keys()),
    )


def _run_times(tree: Tree) -> dict[int, float]:
    """Return the seconds for which each process has run, all its threads."""
    times = {}
    for member in tree.members():
        total = 0
        for task in Path(f"/proc/{member.pid}/task").glob("*"):
            with contextlib.suppress(OSError):
                total += int((task / "schedstat").read_text().split()[0])
        times[member.pid] = total / 1e9
    return times


def idle_table(results: Sequence[Rest]) -> str:
    """Return the table of one site."""
    heads = ["server", "processes", "processor time ms", "percent", f"below {LIMIT} %"]
    heads += ["a page's question waited", "came and went"]
    rows = [
        [
            rest.peer,
            str(rest.processes),
            f"{1000 * rest.seconds:.1f}",
            f"{rest.percent:.3f}",
            "yes" if rest.percent < LIMIT else "NO",
            "yes" if rest.page_waited else "no",
            str(rest.came_and_went),
        ]
        for rest in results
        if not rest.trouble
    ]
    troubles = [f"\n{rest.peer}: {rest.trouble}" for rest in results if rest.trouble]
    return "\n".join([table(heads, rows), *troubles])
