"""Servers whose reloads are warm starts, for tests that look at how they come about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil

from clients import get
from serving import Server, title_of, wait_until


class Looks:
    """Looks at the processes of a server, to tell when nothing is going on in them any more."""

    ENOUGH = 4

    def __init__(self, pid: int) -> None:
        self._controller = psutil.Process(pid)
        self._last: list[Any] = []
        self._alike = 0

    def at_rest(self) -> bool:
        """Return whether nobody has done anything during the last few calls."""
        family = [self._controller, *self._controller.children(recursive=True)]
        try:
            look = [(one.pid, one.num_ctx_switches().voluntary, one.status()) for one in family]
        except psutil.Error:
            look = []
        # One that is stopped is thrown away when the next generation serves.
        resting = (psutil.STATUS_SLEEPING, psutil.STATUS_STOPPED)
        idle = look and all(status in resting for _, _, status in look)
        self._alike = self._alike + 1 if idle and look == self._last else 0
        self._last = look
        return self._alike >= self.ENOUGH


class Warm:
    """A site that is saved when its snapshots are ready."""

    def __init__(self, server: Server, folder: Path, edited: str = "edited.py") -> None:
        self.server = server
        self.folder = folder
        self.edited = folder / edited
        self.version = 0
        server.wait_until_serving()
        server.log.wait_for("watching")

    def settle(self) -> Warm:
        """Return when all that can be prepared for the next save is."""
        wait_until(Looks(self.server.pid).at_rest, "the server is at rest")
        return self

    def save(self, path: Path | None = None, settled: bool = True) -> None:
        """Save the next version, of `edited` or of another file, and wait until it serves."""
        if settled:
            self.settle()
        path = path or self.edited
        text = path.read_text()
        self.version += 1
        begin = len(self.server.log.lines)
        path.write_text(text.replace(f"v{self.version - 1}", f"v{self.version}"))
        self.wait_for_generation(begin)

    def wait_for_generation(self, begin: int) -> None:
        """Return when the log says, after its line `begin`, that a new generation serves."""
        self.server.log.wait_for(r": generation \d+ in ", begin)

    def get(self, target: str = "/") -> Any:
        """Return the JSON that the site answers with."""
        answer = get(self.server.address, target)
        assert answer.status == 200, answer.text
        return json.loads(answer.text)

    def snapshots(self) -> list[psutil.Process]:
        """Return the processes that are no workers and no companion."""
        children = psutil.Process(self.server.pid).children(recursive=True)
        return [child for child in children if title_of(child).startswith("spawn: snapshot")]


SMALL = {
    "mine.py": (
        "import json, os, sys\n"
        "import steady, edited, later\n"
        "def app(environ, start):\n"
        "    start('200 OK', [])\n"
        "    told = {'version': edited.VERSION, 'steady': steady.MARK, 'later': later.MARK}\n"
        "    told |= {'pid': os.getpid(), 'told': getattr(steady, 'TOLD', None)}\n"
        "    return [json.dumps(told).encode()]\n"
    ),
    "steady.py": "import os\nMARK = os.urandom(8).hex()\n",
    "edited.py": "VERSION = 'v0'\n",
    "later.py": "import os\nMARK = os.urandom(8).hex()\n",
}
"""An application whose `edited` is between two modules that do not depend on it."""


def write(folder: Path, **more: str) -> Path:
    """Write the small application, with `more` at the end of some of its modules."""
    for name, text in SMALL.items():
        (folder / name).write_text(text + more.get(name.removesuffix(".py"), ""))
    return folder
