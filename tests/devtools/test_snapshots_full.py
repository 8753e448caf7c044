"""Workers of which only bodies of functions are new, beside some that were started cold."""

from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from mirrors import explained, lines_of
from serving import APPS, COMMAND, Server, StartServer, wait_until
from warm import Warm, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.version_info < (3, 12), reason="Python tells what has run from 3.12 on"),
]

BODIES = "mirror/bodies.py"
NOTING = """
import os

def note():
    with open("forked", "a") as file:
        file.write(f"{os.getpid()}\\n")

os.register_at_fork(after_in_child=note)
"""
"""Notes which processes are forked of those that have come to the end of the import."""
LONGER = '    """A docstring."""\n'


def said_of(file: str, folder: Path) -> str:
    """Return what `spawnctl why` says of a file, asked in a folder."""
    command = [COMMAND.with_name("spawnctl"), "why", file]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


@dataclass
class Site:
    """The mirror, served, and what is to be seen of a save."""

    warm: Warm

    def save(self, edit: Callable[[str], str], file: str = BODIES, is_kept: bool = True) -> None:
        """Save a file when all is prepared, and wait until all workers have the new code."""
        path = self.warm.folder / file
        if is_kept:
            wait_until(self._is_kept, "the whole application is kept")
        self.warm.settle()
        begin = len(self.warm.server.log.lines)
        path.write_text(edit(path.read_text()))
        self.warm.wait_for_generation(begin)
        self.warm.server.wait_for_workers(2)

    def _is_kept(self) -> bool:
        return "(full)" in self.why()

    def why(self) -> str:
        """Return what `spawnctl why` says of the file that is edited."""
        return said_of(BODIES, self.warm.folder)

    def spares(self) -> list[psutil.Process]:
        """Return the processes that wait beside the whole application; see NOTING."""
        wait_until(self._is_kept, "the whole application is kept")
        self.warm.settle()
        noted = (self.warm.folder / "forked").read_text().split()
        return [process for process in self.warm.snapshots() if str(process.pid) in noted]

    def told(self) -> dict[str, Any]:
        """Return what a worker says of itself, but for the mark."""
        told = self.warm.get("/told")
        del told["mark"]
        return {"is": self.warm.get("/report"), "does": self.warm.get("/works"), "has": told}

    @property
    def mark(self) -> str:
        """What was drawn when the edited module was imported."""
        return str(self.warm.get("/told")["mark"])


@contextmanager
def served(folder: Path, reload: str, threads: str, more: str = "") -> Iterator[Site]:
    """Serve the mirror, with `more` as its last statements."""
    shutil.copytree(APPS / "mirror_site", folder)
    with (folder / "mirror" / "wsgi.py").open("a") as file:
        file.write(more)
    words = f"--port 0 --host 127.0.0.1 -s 2 -t {threads} --reload={reload} -l /dev/null"
    env = {"PYTHONPATH": str(folder / "lib" / "site-packages"), "PYTHONUNBUFFERED": ""}
    server = Server([*words.split(), "mirror.wsgi.app"], folder, env)
    try:
        server.wait_for_workers(2)
        yield Site(Warm(server, folder, BODIES))
    finally:
        server.destroy()
        shutil.rmtree(folder)


def edited(text: str) -> str:
    """Change every body, and have one grow, so that all below it move."""
    assert LONGER in text
    return text.replace("v0", "v1").replace(LONGER, f"{LONGER}    word = str(word)\n\n")


def edited_again(text: str) -> str:
    return text.replace("v1", "v2").replace("    word = str(word)\n\n", "    word = word\n")


@pytest.fixture(params=["4", "0"], ids=["threads", "greenlets"])
def threads(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_worker_with_new_bodies_equals_a_cold_one(tmp_path: Path, threads: str) -> None:
    folder = tmp_path / "site"  # of equal name, for it is in what is told
    cold = []
    with served(folder, "dev,cold", threads) as site:
        for edit in (edited, edited_again):
            site.save(edit, is_kept=False)
            cold.append(lines_of(site.told()))
    with served(folder, "dev", threads) as site:
        marks = []
        for number, edit in enumerate((edited, edited_again)):
            site.save(edit)
            warm = [explained(line) for line in lines_of(site.told())]
            different = [x for x in difflib.ndiff(cold[number], warm) if x[0] in "+-"]
            assert different == []
            marks.append(site.mark)
        assert len({*marks}) == 1, "it was imported anew"


def test_an_edit_of_more_than_bodies_is_a_start(tmp_path: Path) -> None:
    with served(tmp_path / "site", "dev", "4") as site:
        site.save(edited)
        mark = site.mark
        site.save(lambda text: text.replace("sides = 4", "sides = 5"))
        assert site.mark != mark
        assert site.warm.get("/told")["values"][7] == ["area", 5, "v1"]
        told = "last save    more than bodies of functions: Shape does something else when"
        wait_until(lambda: told in site.why(), "it is told why")
        site.save(edited_again)
        assert site.warm.get("/told")["values"][7] == ["area", 5, "v2"]


def test_a_file_that_breaks_is_told_of_and_its_repair_serves(tmp_path: Path) -> None:
    with served(tmp_path / "site", "dev", "4") as site:
        path = site.warm.settle().folder / BODIES
        whole = path.read_text()
        path.write_text(whole.replace('return [word, "v0"]', "return ["))
        site.warm.server.log.wait_for("generation 2 failed")
        begin = len(site.warm.server.log.lines)
        path.write_text(edited(whole))
        site.warm.wait_for_generation(begin)
        assert site.warm.get("/told")["values"][5] == "v1"


def test_where_a_process_does_not_answer_another_start_serves(tmp_path: Path) -> None:
    with served(tmp_path / "site", "dev", "4", NOTING) as site:
        mark = site.mark
        spares = site.spares()
        assert spares
        for process in spares:
            process.suspend()
        site.save(edited)
        site.warm.server.log.wait_for("a snapshot does not answer, and is given up")
        assert site.mark != mark
        assert site.warm.get("/told")["values"][5] == "v1"


LARGE = "sum(range(3_000_000))\n"
"""Takes long enough for the application to be worth keeping."""


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("import sys\nsys.setprofile(lambda *_: None)\n", "somebody watches it run"),
        ("import socket\nkept = socket.socketpair()\n", "it has opened a socket"),
    ],
    ids=["profiled", "with a socket"],
)
def test_why_the_whole_application_is_not_kept_is_told(
    spawn: StartServer, tmp_path: Path, more: str, why: str
) -> None:
    folder = write(tmp_path, later=LARGE + more)
    spawn(folder, "-s", "1", "--reload=dev", "-l", "/dev/null", "mine.app").wait_until_serving()
    told = f"none is of it all, for {why}"
    wait_until(lambda: told in said_of("edited.py", folder), told)
