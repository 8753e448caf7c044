"""The keeper as a process: packets and connections in, orders and answers out."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from serving import PATIENCE, wait_until
from spawning.config import Config
from spawning.http.handoff import make_pair
from spawning.messages import (
    IMPORT,
    REQUEST,
    Channel,
    CoverageAck,
    CoverageBoot,
    CoverageOrder,
    CoverageTold,
    FileLines,
    Message,
    encode,
)
from spawning_devtools import hooks
from spawning_devtools.cover.keeper.entrance import address_of

pytestmark = pytest.mark.slow

SOURCE = "WORD = 'x'\ndef say():\n    return WORD\ndef nothing():\n    return 0\n"


class Keeper:
    """The controller's and the workers' side of a keeper."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "site.py"
        self.path.write_text(SOURCE)
        self.digest = hashlib.sha256(SOURCE.encode()).hexdigest()
        self.side, self._departures = make_pair()
        self.heard, self.told = make_pair()
        self.journal = os.memfd_create("journal")
        self.order = CoverageOrder()
        # One that no other keeper of this machine has.
        self.controller = -os.getpid()
        self.listener = socket.create_server(("127.0.0.1", 0))

    def start(self) -> None:
        """Start it as the controller does."""
        ours, theirs = socket.socketpair()
        descriptors = self.side.fileno(), self.heard.fileno(), self.journal
        config = Config(args=("site.application",), coverage=True)
        self.process = subprocess.Popen(
            [sys.executable, *hooks.keeper_arguments(config), str(theirs.fileno())],
            pass_fds=(theirs.fileno(), *descriptors),
            stderr=subprocess.PIPE,
            text=True,
        )
        theirs.close()
        self.channel = Channel(ours)
        addresses = (("127.0.0.1", str(self.listener.getsockname()[1]), False),)
        self.channel.send(
            CoverageBoot(
                dataclasses.asdict(config), str(self.folder), *descriptors, addresses,
                self.controller, self.order,
            )
        )  # fmt: skip

    def tell(self, phase: str, *lines: int) -> None:
        """Tell what a worker has run."""
        file = FileLines(str(self.path), self.digest, lines)
        self.say(CoverageTold(1, os.getpid(), 1, self.order.epoch, phase, (file,)))

    def say(self, message: Message | bytes) -> None:
        """Send a packet, as a worker does."""
        self.told.send(message if isinstance(message, bytes) else encode(message))

    def connect(self, raw: bytes) -> socket.socket:
        """Return the client's end of a connection that a worker has passed on."""
        client = socket.create_connection(self.listener.getsockname(), PATIENCE)
        with self.listener.accept()[0] as accepted:
            socket.send_fds(self._departures, [b"\0\0" + raw], [accepted.fileno()])
        return client

    def ask(self, target: str, method: str = "GET") -> tuple[int, bytes]:
        """Return status and body of an answer, which could overtake what was told before."""
        wait_until(lambda: not select.select([self.heard], [], [], 0)[0], "all packets are heard")
        head = f"{method} /_coverage{target} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with self.connect(head.encode()) as client:
            return read(client)

    def live(self) -> dict[str, Any]:
        """Return what the page of all files asks for."""
        status, body = self.ask("/live.json")
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found

    def lines(self) -> dict[str, Any]:
        """Return what an editor is told of the file, once it is analysed."""
        while not (told := json.loads(self.ask(".json?since=0")[1])["files"]):
            pass  # the keeper waits some seconds for the analysis, each time
        return dict(told[0])

    def next_order(self) -> CoverageOrder:
        """Return what the controller is told next."""
        arrival = select.poll()
        arrival.register(self.channel.fileno(), select.POLLIN)
        assert arrival.poll(PATIENCE * 1000), "nothing was ordered"
        (order,) = self.channel.receive()
        assert isinstance(order, CoverageOrder)
        self.order = order
        return order

    def end(self) -> str:
        """End as the controller does, and return what it has said."""
        self.channel.close()
        said = self.process.communicate(timeout=PATIENCE)[1]
        assert self.process.returncode in (0, -signal.SIGKILL)
        return said

    def close(self) -> None:
        """Give everything up."""
        self.end()
        for sock in (self.side, self._departures, self.heard, self.told, self.listener):
            sock.close()
        os.close(self.journal)


def read(client: socket.socket) -> tuple[int, bytes]:
    """Return an answer, which ends its connection."""
    client.settimeout(PATIENCE)
    data = b""
    while piece := client.recv(65536):
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    assert b"Connection: close" in head
    return int(head.split()[1]), body


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    made = Keeper(tmp_path.resolve())
    made.start()
    yield made
    made.close()


def test_what_is_told_is_merged_analysed_and_shown(keeper: Keeper) -> None:
    keeper.tell(IMPORT, 1, 2, 4)
    keeper.tell(REQUEST, 3)
    assert keeper.lines() == {
        "path": str(keeper.path),
        "digest": keeper.digest,
        "executed_lines": [1, 2, 3, 4],
        "import_lines": [1, 2, 4],
        "request_lines": [3],
        "missing_lines": [5],
        "excluded_lines": [],
    }
    live = keeper.live()
    assert (live["workers"], live["app"]) == (1, "site.application")
    assert live["totals"]["percent"] == 80.0
    status, report = keeper.ask(".json")
    assert status == 200, report
    assert json.loads(report)["files"]["site.py"]["missing_lines"] == [5]
    status, data = keeper.ask(".data")
    assert (status, data[:15]) == (200, b"SQLite format 3")
    assert keeper.end() == ""


def test_a_killed_keeper_loses_nothing(keeper: Keeper) -> None:
    keeper.tell(IMPORT, 1, 2, 4)
    assert keeper.lines()["executed_lines"] == [1, 2, 4]
    keeper.process.kill()
    keeper.process.communicate()
    keeper.tell(REQUEST, 3)
    waiting = keeper.connect(b"GET /_coverage HTTP/1.1\r\nHost: localhost\r\n\r\n")
    keeper.channel.close()
    keeper.start()
    assert keeper.lines()["executed_lines"] == [1, 2, 3, 4]
    with waiting:
        assert read(waiting)[0] == 200, "who has asked meanwhile is answered"


def test_an_order_is_given_and_answered_when_it_is_obeyed(keeper: Keeper) -> None:
    keeper.tell(IMPORT, 1, 2, 4)
    keeper.tell(REQUEST, 3)
    wait_until(lambda: keeper.live()["workers"] == 1, "the worker is known")
    head = b"POST /_coverage/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
    with keeper.connect(head) as client:
        assert keeper.next_order() == CoverageOrder(1)
        keeper.say(CoverageAck(1, os.getpid(), 1, 1, False))
        assert read(client) == (200, b"What requests ran is forgotten.\n")
    assert keeper.lines()["executed_lines"] == [1, 2, 4]
    keeper.tell(REQUEST, 3)
    assert keeper.lines()["request_lines"] == [3]


def test_an_order_that_the_controller_has_not_heard_is_given_again(keeper: Keeper) -> None:
    keeper.tell(IMPORT, 1)
    head = b"POST /_coverage/reset HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with keeper.connect(head):
        assert keeper.next_order() == CoverageOrder(1)
        keeper.process.kill()
        keeper.process.communicate()
    keeper.channel.close()
    keeper.order = CoverageOrder()
    keeper.start()
    assert keeper.next_order() == CoverageOrder(1)


@pytest.mark.parametrize(
    "rubbish",
    [
        b"x",
        b"{}\n",
        b'{"type=":"CoverageTold"}\n',
        encode(CoverageOrder(7, True)),
        encode(CoverageTold(1, 1, 1, 0, "lunch", ())),
        encode(CoverageTold(1, 1, 1, 0, REQUEST, ("no file",))),  # type: ignore[arg-type]
        encode(CoverageTold(1, 1, 1, 0, REQUEST, (FileLines("/x", "one", (1, "two")),))),  # type: ignore[arg-type]
    ],
)
def test_packets_that_no_worker_sends_are_complained_of_once(
    keeper: Keeper, rubbish: bytes
) -> None:
    keeper.say(rubbish)
    keeper.say(rubbish)
    keeper.tell(IMPORT, 1, 2, 4)
    assert keeper.lines()["executed_lines"] == [1, 2, 4]
    assert keeper.end().count("something that no worker of ours would tell") == 1


def test_a_worker_that_measures_otherwise_is_named_as_what_it_is(keeper: Keeper) -> None:
    keeper.tell(IMPORT, 1, 2, 4)
    keeper.tell(REQUEST, (2, 3))  # type: ignore[arg-type]
    keeper.tell(REQUEST, (2, 3))  # type: ignore[arg-type]
    assert keeper.lines()["executed_lines"] == [1, 2, 4]
    (line,) = keeper.end().splitlines()
    assert "configuration has changed; start the server anew" in line


def asked_inside(keeper: Keeper, run: Callable[[list[str]], str]) -> str:
    """Return what a program gets that asks at the socket of `spawnctl`."""
    keeper.live()  # it listens by then
    program = (
        "import os, socket, sys\n"
        "if sys.argv[2]: os.setuid(int(sys.argv[2]))\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "s.connect(sys.argv[1].replace('@', chr(0)))\n"
        "try:\n"
        "    s.sendall(b'GET /_coverage HTTP/1.1\\r\\nHost: x.example\\r\\n\\r\\n')\n"
        "    print(s.recv(12))\n"
        "except OSError: print(b'')\n"
    )
    return run(["-c", program, address_of(keeper.controller).replace("\0", "@")])


def run_as(user: str) -> Callable[[list[str]], str]:
    def run(words: list[str]) -> str:
        ran = subprocess.run([sys.executable, *words, user], capture_output=True, text=True)
        return ran.stdout + ran.stderr

    return run


def test_our_own_user_asks_inside_by_any_name(keeper: Keeper) -> None:
    assert asked_inside(keeper, run_as("")) == "b'HTTP/1.1 200'\n"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_another_user_is_not_heard_inside(keeper: Keeper) -> None:
    assert asked_inside(keeper, run_as("65534")) == "b''\n"


def test_it_ends_with_the_controller_and_so_do_its_children(keeper: Keeper) -> None:
    keeper.tell(IMPORT, 1, 2, 4)
    keeper.lines()
    tasks = Path(f"/proc/{keeper.process.pid}/task").iterdir()
    found = [child for task in tasks for child in (task / "children").read_text().split()]
    assert found
    keeper.process.send_signal(signal.SIGTERM)
    assert keeper.live(), "signals are the controller's"
    assert keeper.end() == ""
    assert keeper.process.returncode == 0
    wait_until(
        lambda: not any(Path(f"/proc/{child}").exists() for child in found), "they have ended"
    )
