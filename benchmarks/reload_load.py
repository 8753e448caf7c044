"""Reloads under load: what failed, what was cut, what was old, of our server."""

from __future__ import annotations

import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from asking import Asker, Fault
from crowd import Since, crowd, old_answers
from processes import PeerError, Tree, running
from reload_peers import ours
from reload_tables import told
from report import table
from sites import Edit, Site, copy, edits, shown

THREADS = (4, 0)
WORKERS = 2
CLIENTS = 4
"""So many with a kept connection, and so many with a new one for each request."""
PACE = 0.005
PAUSE = (0.0, 0.3)
PATIENCE = 30.0
ANNOUNCED = re.compile(r"(\S+) changed.*: generation \d+ in ")


@dataclass
class Load:
    """What clients saw while a server reloaded again and again."""

    peer: str
    site: str
    reloads: int = 0
    missed: int = 0
    requests: int = 0
    reconnects: int = 0
    failed_kept: dict[str, int] = field(default_factory=dict)
    failed_new: dict[str, int] = field(default_factory=dict)
    old_answers: int = 0
    trouble: str = ""


class Announcements(threading.Thread):
    """Follows the log of a server, and notes when each takeover was announced."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(daemon=True)
        self.tree = tree
        self.found: list[tuple[float, str]] = []
        """The moment on the monotonic clock, and the name of the file that had changed."""
        self.stopped = threading.Event()

    def run(self) -> None:
        """Read what is appended until `stopped`; a line is seen within a millisecond."""
        with self.tree.log.open() as log:
            line = ""
            while not self.stopped.is_set():
                line += log.readline()
                if line.endswith("\n"):
                    announced = ANNOUNCED.search(line)
                    if announced:
                        self.found.append((time.monotonic(), announced[1]))
                    line = ""
                else:
                    time.sleep(0.001)

    def wait(self, edit: Edit, since: int) -> float | None:
        """Return when the takeover by `edit` was announced, None if not within the patience."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            for moment, name in self.found[since:]:
                if name.endswith(edit.file.name):
                    return moment
            time.sleep(0.002)
        return None


def measure_load(site: Site, original: Path, threads: int, number: int) -> Load:
    """Start our server on a copy of `original` and save under load; never raises PeerError."""
    name = f"spawning -s {WORKERS} -t {threads}"
    print(f"{number} reloads under load, {site.name}: {name}", file=sys.stderr)
    options = ("-s", str(WORKERS), "-t", str(threads), "--reload=dev", "-l", "/dev/null")
    load = Load(name, site.name)
    try:
        with tempfile.TemporaryDirectory() as parent:
            folder = copy(original, Path(parent))
            with running(ours(site, *options, name=name), folder) as tree:
                _save_under_load(tree, site, folder, number, load)
    except PeerError as error:
        load.trouble = str(error)
    return load


def _save_under_load(tree: Tree, site: Site, folder: Path, number: int, load: Load) -> None:
    chance = random.Random(number)
    known: list[Since] = []
    announcements = Announcements(tree)
    announcements.start()
    targets = tuple(target for target in site.targets if target.mixed)
    try:
        with crowd(tree.port, CLIENTS, PACE) as seen:
            time.sleep(1.0)
            for edit, _ in zip(edits(targets, folder), range(number), strict=False):
                since = len(announcements.found)
                edit.save()
                moment = announcements.wait(edit, since)
                if tree.ended():
                    raise PeerError(f"ended after a save; its last words:\n{tree.last_words()}")
                if moment is None:
                    load.missed += 1
                else:
                    load.reloads += 1
                    known.append(Since(moment, edit.target.role, edit.version))
                time.sleep(chance.uniform(*PAUSE))
            _last_word(tree, known)
    finally:
        announcements.stopped.set()
        announcements.join()
    load.requests, load.reconnects = seen.requests, seen.reconnects
    load.failed_kept, load.failed_new = seen.failed_kept, seen.failed_new
    load.old_answers = old_answers(seen.samples, known)


def _last_word(tree: Tree, known: list[Since]) -> None:
    # That the clients' answers can be trusted: the last versions are there, to be seen.
    try:
        versions = shown(Asker(tree.port, keep=False).ask().content)
    except Fault as fault:
        raise PeerError(f"does not answer at the end: {fault}") from fault
    late = [since.role for since in known if versions.get(since.role, -1) < since.version]
    if late:
        raise PeerError(f"announced, and not there at the end: {', '.join(sorted({*late}))}")


def load_table(results: Sequence[Load]) -> str:
    """Return the table of one site."""
    heads = [
        *("server", "reloads", "missed", "requests", "failed, kept connections"),
        *("failed, new connections", "reconnects", "old code after the announcement"),
    ]
    rows = [
        [
            load.peer,
            str(load.reloads),
            str(load.missed),
            f"{load.requests:,}",
            told(load.failed_kept),
            told(load.failed_new),
            str(load.reconnects),
            str(load.old_answers),
        ]
        for load in results
    ]
    troubles = [f"\n{load.peer}: {load.trouble}" for load in results if load.trouble]
    return "\n".join([table(heads, rows), *troubles])
