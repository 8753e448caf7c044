"""The units of deploy/systemd: what they start, and what they forbid it."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from clients import get
from deployed import DEPLOY, UnitFile, parsed
from proxied import installed
from serving import COMMAND, PATIENCE, free_port
from systemd import Systemd, Unit

SERVICES = {"app.service": "", "app@.service": "1"}
EXPOSURE = 15
"""In tenths; the manual says 1.3 of ten."""
APPLICATION = """
import os

def app(environ, start):
    start("200 OK", [])
    return [os.environ["XDG_RUNTIME_DIR"].encode()]
"""


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> UnitFile:
    """Each of the services."""
    return UnitFile(request.param, SERVICES[request.param])


def test_a_service_starts_what_can_be_started(service: UnitFile, tmp_path: Path) -> None:
    config = parsed(service.words, tmp_path)
    assert config.args == ("my_module.app",)
    assert service["Type"] == "notify"
    # What systemd does is not done twice.
    assert (config.daemonize, config.pidfile, config.chuid) == (False, "", "")
    # systemd kills at the end of its patience: later than the server itself does.
    assert int(service["TimeoutStopSec"]) > config.shutdown_delay + config.deadman + 5
    assert config.status_host.startswith("127.")


def test_the_services_forbid_the_same() -> None:
    own = {"ExecStart", "RuntimeDirectory", "Environment"}
    first, second = (
        [pair for pair in UnitFile(name, at).settings["Service"] if pair[0] not in own]
        for name, at in SERVICES.items()
    )
    assert first == second


def test_the_socket_and_its_service_know_each_other() -> None:
    unit = UnitFile("app.service").settings["Unit"]
    assert ("Requires", "app.socket") in unit
    assert "app.socket" in dict(unit)["After"].split()
    assert UnitFile("app.socket").settings["Install"] == [("WantedBy", "sockets.target")]


@pytest.mark.slow
@pytest.mark.once
def test_a_service_lives_as_its_unit_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = UnitFile("app.service")
    (tmp_path / "my_module.py").write_text(APPLICATION)
    name, _, folder = service["Environment"].partition("=")
    assert folder == f"/run/{service['RuntimeDirectory']}"
    monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("WATCHDOG_USEC", str(int(service["WatchdogSec"]) * 1_000_000))
    listening = Systemd(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", listening.name)
    words = [*service.words[1:-1], "--status-port", str(free_port()), service.words[-1]]
    with (
        listening.socket,
        socket.create_server(("127.0.0.1", 0)) as passed,  # as app.socket does
        Unit(tmp_path, words, [passed]) as unit,
    ):
        listening.wait_for("READY")
        listening.wait_for_status("^generation 1 serves with 4 workers$")
        assert get(passed.getsockname(), "/").text == str(tmp_path)
        notes = [json.loads(note.read_text()) for note in tmp_path.glob("spawning/*.json")]
        assert [note["pid"] for note in notes] == [unit.process.pid]
        reload = shlex.split(service["ExecReload"].replace("$MAINPID", str(unit.process.pid)))
        subprocess.run(reload, check=True)
        listening.wait_for("RELOADING")
        assert listening.wait_for("READY")["STATUS"].startswith("generation 2 serves")
        unit.process.send_signal(signal.SIGTERM)
        listening.wait_for("STOPPING")
        assert unit.process.wait(PATIENCE) == 0


def placed(folder: Path) -> list[str]:
    """Write the units as they are after the first line of the manual: paths that exist."""
    paths = []
    for path in sorted((DEPLOY / "systemd").iterdir()):
        text = path.read_text().replace("/srv/app/.venv/bin/spawn", str(COMMAND))
        name = path.name.replace("@.", "@1.")
        (folder / name).write_text(text.replace("/srv/app", str(folder)))
        paths.append(str(folder / name))
    return paths


@pytest.mark.slow
@pytest.mark.once
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    words = [installed("systemd-analyze"), "verify", "--man=no", *placed(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)
    ours = [line for line in done.stderr.splitlines() if "/app" in line or "app." in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.slow
@pytest.mark.once
def test_systemd_thinks_the_services_well_locked_up(tmp_path: Path) -> None:
    services = [path for path in placed(tmp_path) if path.endswith(".service")]
    options = ["security", "--offline=yes", f"--threshold={EXPOSURE}", "--no-pager"]
    words = [installed("systemd-analyze"), *options, *services]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
