"""The socket at which a conductor is asked, and who finds it."""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serving import PATIENCE
from spawning.errors import ServerNotFound, SpawningError, UsageError
from spawning.messages import AskWhy, Drawing, Message, Unanswered, Watched, decode, encode
from spawning_devtools.ctl.code import ask, servers
from spawning_devtools.reload.conductor.door import CLIENTS, Door, address_of

HUGE = Unanswered("x" * 5_000_000, "")


@pytest.fixture
def address() -> str:
    return address_of(-os.getpid())


@pytest.fixture
def serve(address: str) -> Iterator[Callable[[Callable[[Message], Message]], None]]:
    """Serve a door in a thread, until the test ends."""
    ours, theirs = socket.socketpair()
    threads = []

    def start(answer: Callable[[Message], Message]) -> None:
        door = Door(address, answer)

        def run() -> None:
            with door, selectors.DefaultSelector() as selector:
                selector.register(door, selectors.EVENT_READ)
                selector.register(theirs, selectors.EVENT_READ)
                while all(key.fileobj is door for key, _ in selector.select()):
                    door.serve()

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    yield start
    ours.send(b"end")
    for thread in threads:
        thread.join()
    ours.close()
    theirs.close()


def connected(address: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(address)
    sock.settimeout(PATIENCE)
    return sock


def asked(address: str) -> Message:
    with connected(address) as sock, sock.makefile("rb") as lines:
        sock.sendall(encode(AskWhy("/p")))
        return decode(lines.readline())


def test_a_large_answer_and_clients_that_hold_up_nobody(
    serve: Callable[..., None], address: str
) -> None:
    serve(lambda question: HUGE)
    silent = [connected(address) for _ in range(CLIENTS + 3)]
    for sock in silent[CLIENTS:]:
        sock.sendall(encode(AskWhy("/never read")))
    assert asked(address) == HUGE
    assert silent[0].recv(1) == b"", "the oldest is dropped"
    for sock in silent:
        sock.close()
    assert asked(address) == HUGE


@pytest.mark.parametrize("wrong", [b"GET / HTTP/1.1\r\n\r\n", b"{}\n", b'{"type=": "Rubbish"}\n'])
def test_who_does_not_ask_is_shown_out(
    wrong: bytes, serve: Callable[..., None], address: str
) -> None:
    serve(lambda question: HUGE)
    with connected(address) as sock:
        sock.sendall(wrong)
        assert sock.recv(1) == b""


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_another_user_is_not_heard(serve: Callable[..., None], address: str) -> None:
    heard: list[Message] = []
    serve(lambda question: heard.append(question) or HUGE)
    program = (
        "import os, socket, sys\nos.setuid(65534)\ns = socket.socket(socket.AF_UNIX)\n"
        "s.connect(sys.argv[1].replace('@', chr(0)))\n"
        "try: s.sendall(sys.argv[2].encode()); print(s.recv(1))\n"
        "except OSError: print(b'')\n"
    )
    words = [address.replace("\0", "@"), encode(AskWhy("/p")).decode()]
    ran = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)
    assert ran.stdout == "b''\n", ran.stderr
    assert heard == []


def test_a_taken_name_is_no_error(serve: Callable[..., None], address: str) -> None:
    serve(lambda question: HUGE)
    with Door(address, lambda question: Unanswered("", "")) as second:
        second.serve()
    assert asked(address) == HUGE


SERVERS = {1: "/p", 2: "/p/sub", 3: "/q", 4: "/q", 5: ""}

MEANT: list[tuple[str, int | None, int | str]] = [
    ("/p", None, 1),
    ("/p/sub/deeper", None, 2),
    ("/p/subway", None, 1),
    ("/p", 3, 3),
    ("/q/x", None, "2 servers run in /q; type one of: --pid 3 (/q), --pid 4 (/q)"),
    ("/r", None, "no server was started in /r; type one of: --pid 1 (/p), "),
    ("/p", 9, "process 9 is no server's controller; type one of: --pid 1 (/p), "),
]


@pytest.mark.parametrize(("folder", "pid", "meant"), MEANT)
def test_which_server_is_meant(folder: str, pid: int | None, meant: int | str) -> None:
    if isinstance(meant, int):
        assert servers.chosen(SERVERS, folder, pid) == meant
    else:
        with pytest.raises(ServerNotFound) as error:
            servers.chosen(SERVERS, folder, pid)
        assert str(error.value).startswith(meant)


def test_no_server_at_all() -> None:
    with pytest.raises(ServerNotFound, match=r"none runs on this machine; start one: spawn --rel"):
        servers.chosen({}, "/", None)


ANSWERS: list[tuple[Message, type[SpawningError], str]] = [
    (Unanswered("there is no module x", "try y"), UsageError, "there is no module x; try y"),
    (Drawing("", (), ()), UsageError, "an answer of another version"),
]


@pytest.mark.parametrize(("said", "kind", "text"), ANSWERS)
def test_answers_that_are_errors(
    said: Message, kind: type[SpawningError], text: str, serve: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    serve(lambda question: said)
    monkeypatch.setattr(servers, "find", lambda pid: -os.getpid())
    with pytest.raises(kind, match=text):
        ask.ask(None, AskWhy("/p"), Watched)


def test_a_server_that_watches_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(servers, "find", lambda pid: -os.getpid())
    with pytest.raises(ServerNotFound, match=r"does not watch its code; start it with --reload=d"):
        ask.ask(None, AskWhy("/p"), Watched)
