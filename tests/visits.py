"""Visits to a real server by its backdoor, without a terminal."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from entrance import at_a_standstill
from serving import PATIENCE, Server, StartServer, title_of

KNOCKED_AT = re.compile(r"backdoor on (?:localhost:(\d+)|unix:(\S+)) for (\S+): spawnctl attach")

TURNED_AWAY = "turned away from the backdoor"


def place_of(server: Server) -> tuple[str, int] | str:
    """Return where a server is entered."""
    match = KNOCKED_AT.search(server.log.wait_for(KNOCKED_AT.pattern))
    assert match is not None
    return match[2] or ("127.0.0.1", int(match[1]))


def knock(place: tuple[str, int] | str) -> socket.socket:
    """Connect to where a server is entered."""
    if isinstance(place, str):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(place)
    else:
        sock = socket.create_connection(place)
    sock.settimeout(PATIENCE)
    return sock


def door_of(server: Server) -> psutil.Process:
    """Return the process at which people knock."""
    children = psutil.Process(server.pid).children()
    # Before it sets its title, the command line is that of its start.
    titles = ("spawn: backdoor of", "backdoor/door/__main__.py")
    (found,) = [child for child in children if any(one in title_of(child) for one in titles)]
    return found


class Session:
    """A client of the backdoor, without a terminal."""

    def __init__(self, server: Server, **about: Any) -> None:
        with at_a_standstill(door_of(server).pid):
            self.sock = knock(place_of(server))
            self.sock.sendall(b"spawnctl 1 %s\n" % json.dumps(about).encode())
        self._lines = self.sock.makefile("rb")
        self.hello = self.wait_for("hello")
        self._last = 0

    def next(self) -> dict[str, Any]:
        """Return the next message."""
        line = self._lines.readline()
        assert line, "the session has ended"
        said: dict[str, Any] = json.loads(line)
        return said

    def wait_for(self, say: str) -> dict[str, Any]:
        """Return the next message of a kind."""
        while (said := self.next())["say"] != say:
            pass
        return said

    def until(self, say: str) -> str:
        """Return all that is shown before the next message of a kind."""
        shown = ""
        while (said := self.next())["say"] != say:
            shown += said["text"] if said["say"] == "out" else ""
        return shown

    def ask(self, do: str, **fields: Any) -> None:
        """Ask for something that is no statement."""
        self.sock.sendall(json.dumps({"do": do, "id": 0, **fields}).encode() + b"\n")

    def begin(self, source: str) -> None:
        """Have a statement run."""
        self._last += 1
        asked = {"do": "run", "id": self._last, "source": source}
        self.sock.sendall(json.dumps(asked).encode() + b"\n")

    def run(self, source: str) -> str:
        """Run a statement; return what it has printed and come to."""
        self.begin(source)
        text = ""
        for line in self._lines:
            said = json.loads(line)
            if said["say"] == "out":
                text += said["text"]
            elif said["say"] == "done":
                return text
        raise AssertionError("the statement is not done")

    def answer(self, text: str) -> None:
        """Answer what is asked."""
        self.sock.sendall(json.dumps({"do": "input", "text": text}).encode() + b"\n")

    def close(self) -> None:
        """Go."""
        self._lines.close()
        self.sock.close()


def told(sock: socket.socket, end: str) -> str:
    """Return what a plain client is shown up to a prompt."""
    text = ""
    while not text.endswith(end):
        data = sock.recv(65536)
        assert data, text
        text += data.decode(errors="replace").replace("\r\n", "\n")
    return text


@contextlib.contextmanager
def session(server: Server, **about: Any) -> Iterator[Session]:
    """Be inside until the block ends."""
    opened = Session(server, **about)
    try:
        yield opened
    finally:
        opened.close()


def start(spawn: StartServer, folder: Path, *arguments: str, env: dict[str, str]) -> Server:
    """Start a server of the smallest application."""
    words = ("-l", "/dev/null", *arguments, "hello.app")
    return spawn(folder, *words, env=env).wait_until_serving()
