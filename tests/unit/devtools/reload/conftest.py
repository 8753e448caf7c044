"""A conductor as a real process, and a project for it to watch."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from serving import PATIENCE
from spawning.config import Config
from spawning.messages import Begun, Channel, Graph, Message, Module, Prospect, Reload, Serving
from spawning_devtools import hooks

AN_HOUR_AGO = time.time() - 3600

SOURCES = {
    "app.py": "import urls\ntry:\n    import local_settings\nexcept ImportError:\n    pass\n",
    "urls.py": "from views import index\n",
    "views.py": "index = 1\n",
}


@dataclass
class Project:
    """A folder with modules that are as old as an hour."""

    folder: Path
    modules: list[str] = field(default_factory=list)

    def write(self, name: str, text: str, age: float | None = None) -> Path:
        """Write a file in place; `age` sets its modification time."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if age is not None:
            os.utime(path, (age, age))
        return path

    def graph(self, generation: int, missing: tuple[str, ...] = ("local_settings",)) -> Graph:
        """Return what a worker would report."""
        modules = tuple(
            Module(
                name.removesuffix(".py").removesuffix("/__init__").replace("/", "."),
                str(self.folder / name),
                name.endswith("__init__.py"),
            )
            for name in self.modules
        )
        return Graph(generation, "app", modules, (), missing, (str(self.folder),))


class Companion:
    """The controller's side of a conductor process."""

    def __init__(self, process: subprocess.Popen[str], ours: socket.socket) -> None:
        self.process = process
        self.channel = Channel(ours)
        self._received: list[Message] = []

    def send(self, *messages: Message) -> None:
        """Send messages."""
        for message in messages:
            self.channel.send(message)

    def boot(self, project: Project, generation: int = 1, begun: float = AN_HOUR_AGO + 60) -> None:
        """Say that a generation was begun, reported and serves."""
        self.send(Begun(generation, begun), project.graph(generation), Serving(generation))

    def next(self) -> Reload:
        """Return the next message, which has to be a Reload."""
        message = self.next_message()
        assert isinstance(message, Reload)
        return message

    def next_message(self) -> Message:
        """Return the next message."""
        poll = select.poll()
        poll.register(self.channel.fileno(), select.POLLIN)
        while not self._received:
            assert poll.poll(PATIENCE * 1000), "the conductor said nothing"
            heard = self.channel.receive()
            self._received += [message for message in heard if not isinstance(message, Prospect)]
            assert not self.channel.ended, self.process.communicate()[1]
        return self._received.pop(0)

    def end(self) -> str:
        """Close our end, and return what the conductor said, but for what it watches."""
        self.channel.close()
        said = self.process.communicate(timeout=PATIENCE)[1]
        return "".join(line for line in said.splitlines(True) if "spawn: watching " not in line)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    made = Project(folder.resolve(), list(SOURCES))
    for name, text in SOURCES.items():
        made.write(name, text, AN_HOUR_AGO)
    return made


@pytest.fixture
def start() -> Iterator[Callable[..., Companion]]:
    """Start a conductor in the current directory, with `--watch` files."""
    running: list[Companion] = []

    def starter(*watch: str, reload: str = "dev", prefix: Sequence[str] = ()) -> Companion:
        ours, theirs = socket.socketpair()
        config = Config(args=("app",), reload=reload, watch=watch)
        process = subprocess.Popen(
            [*prefix, sys.executable, *hooks.companion_arguments(config), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        theirs.close()
        running.append(Companion(process, ours))
        return running[-1]

    yield starter
    for companion in running:
        companion.channel.close()
        companion.process.communicate(timeout=PATIENCE)
