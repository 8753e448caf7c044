"""A project that is edited while a real server reloads it, one reload after the other."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clients import get
from serving import COMMAND, PATIENCE, Output, Server

APPLICATION = """
import views
try:
    import local_settings
except ImportError:
    local_settings = None

def app(environ, start):
    start("200 OK", [])
    return [views.TEXT.encode()]
"""
RELOADED = r"spawn: (.*): generation (\d+) in "


def source(text: str) -> str:
    """Return a `views.py` by which the application answers `text`."""
    return f"TEXT = {text!r}\n"


class Edited:
    """A served project, and the reloads that were counted."""

    def __init__(self, folder: Path, reload: str, prefix: Sequence[str]) -> None:
        self.folder = folder
        options = ["--port", "0", "-s", "1", "-l", "/dev/null", f"--reload={reload}"]
        self.server = Server([*options, "mine.app"], folder, {}, [*prefix, str(COMMAND)])
        self.generation = 1
        self._read = 0

    @property
    def log(self) -> Output:
        """What the server says."""
        return self.server.log

    @property
    def views(self) -> Path:
        """The module whose text the application answers."""
        return self.folder / "views.py"

    def wait_until_watched(self) -> Edited:
        """Return once everything that matters is watched and known."""
        self.server.wait_until_serving()
        self.log.wait_for("watching")
        return self

    def answer(self) -> str:
        """Return what the application says."""
        return get(self.server.address, "/").text

    def next_reload(self, cause: str) -> None:
        """Wait for the next reload: the only one since the last, and without an error."""
        self.generation += 1
        line = self.log.wait_for(
            rf"generation ({self.generation}|{self.generation + 1})\b.*(in \d|failed)"
        )
        match = re.search(RELOADED, line)
        assert match, line
        assert int(match[2]) == self.generation, line
        assert re.search(cause, match[1]), line
        end = self.log.lines.index(line) + 1
        assert not [line for line in self.log.lines[self._read : end] if "error:" in line]
        self._read = end

    def next_failure(self) -> None:
        """Wait until the next generation has failed."""
        self.generation += 1
        line = self.log.wait_for(
            rf"generation {self.generation} failed; generation \d+ goes on serving"
        )
        self._read = self.log.lines.index(line) + 1

    def run(self, *words: str) -> None:
        """Run a program in the project."""
        done = subprocess.run(
            words, cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done

    def git(self, *words: str) -> None:
        """Run git, as somebody."""
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        self.run("git", *identity, "-c", "core.editor=true", *words)


def project(folder: Path) -> Path:
    """Write the project."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mine.py").write_text(APPLICATION)
    (folder / "views.py").write_text(source("first"))
    return folder


@contextmanager
def edited(folder: Path, reload: str = "dev", prefix: Sequence[str] = ()) -> Iterator[Edited]:
    """Serve the project that is in `folder`, or a new one; `prefix` starts the server's command."""
    if not (folder / "mine.py").exists():
        project(folder)
    served = Edited(folder, reload, prefix)
    try:
        yield served.wait_until_watched()
    finally:
        served.server.destroy()
