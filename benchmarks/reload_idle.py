"""The processor time of a server that watches files and has nothing to do; ours only.

A client holds one connection open that it has used, as a page's browser does, and on another it
asks as a page does that wants to know of new code, where the server leaves that question open.
The time is the
scheduler's, in nanoseconds: the usual one comes in hundredths of a second, and a minute at the
tenth of a percent that is allowed has six of them.

How long a wake-up takes depends on the machine, and on who else works there.  So beside each server
a Python process is watched that does nothing but sleep, a second at a time: how often a server
wakes, and how many such sleepers would take its time, is the same on a machine that is busy.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from asking import TIMEOUT, Asker, Fault
from processes import PeerError, Tree, running, wait_until
from reload_peers import ours
from report import table
from sites import Site, copy

KINDS = {
    "spawning --reload=dev -s 1": ("-s", "1", "--reload=dev"),
    "spawning --reload=dev -s 4": ("-s", "4", "--reload=dev"),
    "spawning -s 4": ("-s", "4"),
}
SETTLING = 10.0
"""Seconds in which snapshots are made, at least, before the watch begins."""
PATIENCE = 60.0
"""Seconds after which the watch begins though the server goes on working."""
AT_REST = 0.01
"""Seconds of processor time within one second, by which more than nothing is done."""
LIMIT = 0.1
PAGE = b"GET /page HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
"""Any answer of HTML will do, be it one that there is no such page."""
QUESTION = b"GET /.spawning/livereload?seen=%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
"""What a page asks that has seen this version; it is answered when there is another."""
SEEN = re.compile(rb"livereload\.js\?seen=(\d+)")
SLEEPER = "import time\nwhile True: time.sleep(1)"
SWITCHES = re.compile(r"^voluntary_ctxt_switches:\s*(\d+)", re.M)


@dataclass(frozen=True)
class Use:
    """What some processes have used: seconds of processor time, and how often they have woken."""

    seconds: float = 0.0
    wakeups: int = 0


@dataclass(frozen=True)
class Rest:
    """What the processes used that lived through the watch."""

    peer: str
    site: str
    processes: int = 0
    used: Use = field(default_factory=Use)
    sleeper: Use = field(default_factory=Use)
    """What the process used meanwhile that only sleeps."""
    watched: float = 0.0
    page_waited: bool = False
    """Whether a page's question was left open all the time."""
    came_and_went: int = 0
    """Processes that began or ended meanwhile, whose time is not all counted."""
    trouble: str = ""

    @property
    def percent(self) -> float:
        return 100 * self.used.seconds / self.watched if self.watched else 0.0

    @property
    def sleepers(self) -> float:
        """How many processes that only sleep would take as much time."""
        return self.used.seconds / self.sleeper.seconds if self.sleeper.seconds else 0.0


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
        _sleeper() as sleeper,
    ):
        try:
            browser.ask()
            _settle(tree)
            page.sendall(QUESTION % (_version(tree.port), tree.port))
            browser.ask()
            time.sleep(1.0)  # for what these two have caused
            began, before, slept = time.monotonic(), _uses(_pids(tree)), _uses([sleeper])
            time.sleep(seconds)
            watched, after, woken = time.monotonic() - began, _uses(_pids(tree)), _uses([sleeper])
            browser.ask()
            page_waited = not select.select([page], [], [], 0)[0]
        except (Fault, OSError) as fault:
            raise PeerError(f"does not answer: {fault}") from fault
    both = before.keys() & after.keys()
    return Rest(
        peer=name,
        site=site,
        processes=len(both),
        used=_between(before, after),
        sleeper=_between(slept, woken),
        watched=watched,
        page_waited=page_waited,
        came_and_went=len(before.keys() ^ after.keys()),
    )


def _settle(tree: Tree) -> None:
    """Return when what follows a start is done, in which nobody asks anything."""
    time.sleep(SETTLING)
    last = _uses(_pids(tree))

    def at_rest() -> bool:
        nonlocal last
        before, last = last, _uses(_pids(tree))
        return before.keys() == last.keys() and _between(before, last).seconds < AT_REST

    wait_until(at_rest, PATIENCE, interval=1.0)


@contextlib.contextmanager
def _sleeper() -> Iterator[int]:
    """Have a Python process that only sleeps; yield its id."""
    process = subprocess.Popen([sys.executable, "-I", "-c", SLEEPER])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def _version(port: int) -> int:
    """Return the version that a page knows which is loaded now, 0 where pages know of none."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as asker:
        asker.sendall(PAGE % port)
        while piece := asker.recv(65536):
            received += piece
    seen = SEEN.search(received)
    return int(seen[1]) if seen else 0


def _pids(tree: Tree) -> list[int]:
    return [member.pid for member in tree.members()]


def _uses(pids: Iterable[int]) -> dict[int, Use]:
    """Return what each process has used so far, all its threads."""
    uses = {}
    for pid in pids:
        nanoseconds = wakeups = 0
        for task in Path(f"/proc/{pid}/task").glob("*"):
            with contextlib.suppress(OSError):
                nanoseconds += int((task / "schedstat").read_text().split()[0])
                switches = SWITCHES.search((task / "status").read_text())
                wakeups += int(switches[1]) if switches else 0
        uses[pid] = Use(nanoseconds / 1e9, wakeups)
    return uses


def _between(before: dict[int, Use], after: dict[int, Use]) -> Use:
    both = before.keys() & after.keys()
    return Use(
        sum(after[pid].seconds - before[pid].seconds for pid in both),
        sum(after[pid].wakeups - before[pid].wakeups for pid in both),
    )


def idle_table(results: Sequence[Rest]) -> str:
    """Return the table of one site."""
    heads = ["server", "processes", "processor time ms", "percent", f"below {LIMIT} %"]
    heads += ["wake-ups a second", "sleepers", "a sleeper's percent", "its wake-ups a second"]
    heads += ["a page's question waited", "came and went"]
    rows = [
        [
            rest.peer,
            str(rest.processes),
            f"{1000 * rest.used.seconds:.1f}",
            f"{rest.percent:.3f}",
            "yes" if rest.percent < LIMIT else "NO",
            f"{rest.used.wakeups / rest.watched:.1f}",
            f"{rest.sleepers:.1f}",
            f"{100 * rest.sleeper.seconds / rest.watched:.4f}",
            f"{rest.sleeper.wakeups / rest.watched:.1f}",
            "yes" if rest.page_waited else "no",
            str(rest.came_and_went),
        ]
        for rest in results
        if not rest.trouble
    ]
    troubles = [f"\n{rest.peer}: {rest.trouble}" for rest in results if rest.trouble]
    return "\n".join([table(heads, rows), *troubles])
