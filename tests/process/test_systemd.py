"""What systemd passes to a server and is told by it; real sockets stand for systemd."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from clients import get
from daemons import Daemons
from serving import PATIENCE
from systemd import Systemd, Unit

pytestmark = pytest.mark.slow

ENVIRON = """
import json, os

def app(environ, start):
    start("200 OK", [])
    return [json.dumps(dict(os.environ)).encode()]
"""
OF_SYSTEMD = ("LISTEN_", "NOTIFY_SOCKET", "WATCHDOG_")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an application that answers with its environment variables."""
    (tmp_path / "mine.py").write_text(ENVIRON)
    return tmp_path


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    """A systemd that listens where NOTIFY_SOCKET says."""
    is_path = request.param == "path"
    made = Systemd(str(tmp_path / "notify") if is_path else f"@spawning-test-{os.getpid()}")
    with made.socket:
        yield made


# ---------------------------------------------------------------- sockets


def test_inherited_sockets_are_served(folder: Path) -> None:
    path = folder / "app.sock"
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        unix.bind(str(path))
        unix.listen()
        address = tcp.getsockname()
        with Unit(folder, ["mine.app"], [tcp, unix], "web:local") as unit:
            said = unit.log.wait_for("serving mine.app on ")
            assert f"on http://127.0.0.1:{address[1]} unix:{path} (" in said
            for where in (address, str(path)):
                seen = json.loads(get(where, "/").text)
                assert [name for name in seen if name.startswith(OF_SYSTEMD)] == []
        # It is systemd's, which goes on listening.
        assert path.exists()
        assert tcp.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)


def test_connections_that_came_before_the_start_are_answered(folder: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.create_connection(tcp.getsockname(), PATIENCE) as early,
    ):
        early.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        with Unit(folder, ["mine.app"], [tcp]):
            assert early.recv(12) == b"HTTP/1.1 200"


def test_a_reload_keeps_inherited_sockets(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as tcp, Unit(folder, ["mine.app"], [tcp]) as unit:
        unit.log.wait_for("serving")
        unit.process.send_signal(signal.SIGHUP)
        unit.log.wait_for("generation 2 in")
        assert get(tcp.getsockname(), "/").status == 200


def test_inherited_sockets_win_over_bind_and_it_is_said(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as tcp:
        words = ["--bind", "192.0.2.1:80", "mine.app"]
        with Unit(folder, words, [tcp]) as unit:
            unit.log.wait_for("--bind is not used: systemd passes the listening sockets")
            unit.log.wait_for(f"serving mine.app on http://127.0.0.1:{tcp.getsockname()[1]} ")


def test_sockets_for_another_process_are_not_ours(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as tcp:
        words = ["--host", "127.0.0.1", "--port", "0", "mine.app"]
        with Unit(folder, words, [tcp], pid="1") as unit:
            said = unit.log.wait_for("serving")
            port = int(re.findall(r":(\d+) \(", said)[0])
            assert port != tcp.getsockname()[1]
            assert json.loads(get(("127.0.0.1", port), "/").text)["LISTEN_PID"] == "1"


def test_what_does_not_listen_is_refused(folder: Path) -> None:
    with (
        socket.socket() as deaf,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        for sock, why in ((deaf, "does not listen"), (datagrams, "is not a stream socket")):
            with Unit(folder, ["mine.app"], [sock], "web") as unit:
                assert unit.process.wait(PATIENCE) == 4
                unit.log.wait_for(rf"error: descriptor 3 \(web\), passed by LISTEN_FDS, {why}")


def test_a_daemon_takes_inherited_sockets_along(daemons: Daemons, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as tcp:
        words = ["-d", "--pidfile", str(daemons.pidfile), "mine.app"]
        with Unit(folder, words, [tcp]) as unit:
            assert unit.process.wait(PATIENCE) == 0
        daemons.pids.add(daemons.pid)
        assert get(tcp.getsockname(), "/").status == 200
        daemons.stop()


# ---------------------------------------------------------------- notifications


def notifying(folder: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch, *words: str) -> Unit:
    """Start a service that notifies `systemd`."""
    monkeypatch.setenv("NOTIFY_SOCKET", systemd.name)
    return Unit(folder, ["--host", "127.0.0.1", "--port", "0", *words, "mine.app"])


def test_a_life_as_systemd_hears_of_it(
    folder: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    with notifying(folder, systemd, monkeypatch, "-s", "2") as unit:
        assert systemd.receive() == {"STATUS": "generation 1 is starting"}
        ready = systemd.wait_for("READY")
        assert ready["MAINPID"] == str(unit.process.pid)
        assert unit.log.wait_for("serving")
        systemd.wait_for_status("^generation 1 serves with 2 workers$")
        before = int(monotonic() * 1e6)
        unit.process.send_signal(signal.SIGHUP)
        reloading = systemd.wait_for("RELOADING")
        assert before <= int(reloading["MONOTONIC_USEC"]) <= int(monotonic() * 1e6)
        assert reloading["STATUS"].startswith("generation 2 is starting; generation 1 serves with")
        assert systemd.wait_for("READY")["STATUS"].startswith("generation 2 serves")
        unit.process.terminate()
        systemd.wait_for("STOPPING")
        assert unit.process.wait(PATIENCE) == 0
    assert sum("READY" in message for message in systemd.said) == 2


def test_a_reload_that_fails_is_over_too(
    folder: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    with notifying(folder, systemd, monkeypatch) as unit:
        systemd.wait_for("READY")
        (folder / "mine.py").write_text("raise ValueError")
        unit.process.send_signal(signal.SIGHUP)
        systemd.wait_for("RELOADING")
        ready = systemd.wait_for("READY")
        assert ready["STATUS"] == "the last reload failed; generation 1 serves with 1 worker"


def test_the_watchdog_is_fed_and_children_are_not_asked_to(
    folder: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    with notifying(folder, systemd, monkeypatch) as unit:
        said = unit.log.wait_for("serving")
        for _ in range(5):
            systemd.wait_for("WATCHDOG")
        port = int(re.findall(r":(\d+) \(", said)[0])
        seen = json.loads(get(("127.0.0.1", port), "/").text)
        assert [name for name in seen if name.startswith(OF_SYSTEMD)] == []
        # It comes from the loop, so a controller that hangs feeds nobody.
        unit.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, unit.process.pid, os.WSTOPPED | os.WNOWAIT)
        while select.select([systemd.socket], [], [], 0)[0]:
            systemd.receive()
        assert select.select([systemd.socket], [], [], 0.2)[0] == []
        unit.process.send_signal(signal.SIGCONT)
        systemd.wait_for("WATCHDOG")


def test_a_watchdog_of_another_process_is_not_fed(
    folder: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "1000")
    monkeypatch.setenv("WATCHDOG_PID", "1")
    with notifying(folder, systemd, monkeypatch) as unit:
        systemd.wait_for("READY")
        unit.process.terminate()
        systemd.wait_for("STOPPING")
    assert not any("WATCHDOG" in message for message in systemd.said)


def test_nobody_at_the_other_end_is_no_reason_not_to_serve(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (str(folder / "nothing"), "@spawning-nobody", "vsock:2:1234", "nonsense"):
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        with Unit(folder, ["--host", "127.0.0.1", "--port", "0", "mine.app"]) as unit:
            unit.log.wait_for("serving")
            unit.process.terminate()
            assert unit.process.wait(PATIENCE) == 0
