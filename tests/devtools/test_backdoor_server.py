"""A real server that can be entered: where one finds it, and what it does not wait for."""

from __future__ import annotations

import json
import os
import signal
import stat
from pathlib import Path

import psutil
import pytest

from clients import get
from entrance import read_all
from serving import StartServer, title_of, wait_until
from visits import door_of, place_of, session, start

pytestmark = pytest.mark.slow


# ---------------------------------------------------------------- inside


def test_a_session_in_a_worker_and_in_the_controller(
    spawn: StartServer, plain: Path, threads: str, entered_at: str, runtime: dict[str, str]
) -> None:
    words = ("-s", "1", "-t", threads, f"--backdoor={entered_at}")
    server = start(spawn, plain, *words, env=runtime)
    (worker,) = server.workers()
    with session(server) as here, session(server, to="controller") as above:
        assert here.hello["pid"] == worker.pid
        assert here.run("import os; os.getpid()").strip() == str(worker.pid)
        assert above.hello["pid"] == server.pid
        assert above.run("import os; os.getpid()").strip() == str(server.pid)
        assert get(server.address, "/").status == 200
    assert server.stop() == 0


def test_a_session_outlives_workers_and_the_door(
    spawn: StartServer, plain: Path, runtime: dict[str, str]
) -> None:
    server = start(spawn, plain, "-s", "1", "--backdoor=0", env=runtime)
    with session(server) as inside:
        server.signal(signal.SIGHUP)
        moved = inside.wait_for("moved")
        assert (moved["generation"], inside.wait_for("hello")["generation"]) == (2, 2)
        (worker,) = [one for one in server.workers() if "generation 2" in title_of(one)]
        worker.kill()
        # How it ended is known from the controller, for whom nobody waits long.
        assert inside.wait_for("moved")["why"] in ("worker 2 died by SIGKILL", "worker 2 is gone")
        assert inside.wait_for("hello")["worker"] == 3
        assert inside.run("1 + 1").strip() == "2"
        door_of(server).kill()
        assert read_all(inside.sock) == b""
    server.log.wait_for("the backdoor's door died and is started again")
    wait_until(lambda: "spawn: backdoor of" in str(
        [title_of(child) for child in psutil.Process(server.pid).children()]
    ), "there is another door")  # fmt: skip
    with session(server) as inside:
        assert inside.run("1 + 1").strip() == "2"


def test_a_statement_ends_where_it_began(
    spawn: StartServer, plain: Path, threads: str, runtime: dict[str, str], tmp_path: Path
) -> None:
    server = start(spawn, plain, "-s", "1", "-t", threads, "--backdoor=0", env=runtime)
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    waits = f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)"
    with session(server) as inside:
        inside.begin(f"import os, time; open({str(begun)!r}, 'w').close()\n{waits}\nos.getpid()")
        wait_until(begun.exists, "the statement has begun")
        server.signal(signal.SIGHUP)
        server.log.wait_for("SIGHUP: generation 2 in")
        gate.touch()
        assert inside.wait_for("out")["text"].strip() == str(inside.hello["pid"])
        assert inside.wait_for("moved")["generation"] == 2


def test_a_statement_that_does_not_end_is_not_waited_for(
    spawn: StartServer, plain: Path, threads: str, runtime: dict[str, str]
) -> None:
    words = ("-s", "1", "-t", threads, "--deadman", "1", "--backdoor=0")
    server = start(spawn, plain, *words, env=runtime)
    with session(server) as inside:
        inside.begin("import time; print('begun')\nwhile True: time.sleep(0.01)")
        inside.wait_for("out")
        server.signal(signal.SIGHUP)
        assert inside.wait_for("moved")["why"] == "worker 1 did not end in time and was killed"
        assert inside.wait_for("hello")["generation"] == 2
        assert inside.run("1 + 1").strip() == "2"
        inside.begin("print('begun')\nwhile True: time.sleep(0.01)")
        inside.wait_for("out")
        assert server.stop() == 0, "nobody succeeds, and nobody is waited for"


def test_nothing_waits_for_a_door_that_hangs(
    spawn: StartServer, plain: Path, runtime: dict[str, str]
) -> None:
    server = start(spawn, plain, "-s", "2", "--backdoor=0", env=runtime)
    door_of(server).send_signal(signal.SIGSTOP)
    for generation in (2, 3):
        server.signal(signal.SIGHUP)
        server.log.wait_for(f"SIGHUP: generation {generation} in")
        assert get(server.address, "/").status == 200
    assert server.stop() == 0


def test_what_is_typed_is_logged(
    spawn: StartServer, plain: Path, runtime: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "typed"
    server = start(spawn, plain, "--backdoor", "0", "--backdoor-log", str(log), env=runtime)
    with session(server) as inside:
        inside.run("x = '''a\nb'''")
        worker = inside.hello["worker"]
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    who = f"user={psutil.Process().username()} pid={os.getpid()} worker={worker} generation=1"
    assert log.read_text().endswith(f""" {who} "x = '''a\\nb'''"\n""")


# ---------------------------------------------------------------- where one finds it


def test_the_note_by_which_a_server_is_found(
    spawn: StartServer, plain: Path, runtime: dict[str, str]
) -> None:
    server = start(spawn, plain, "--backdoor=0", "--status-port=0", env=runtime)
    folder = Path(runtime["XDG_RUNTIME_DIR"], "spawning")
    note = json.loads((folder / f"{server.pid}.json").read_text())
    assert (note["pid"], note["folder"], note["application"]) == (
        server.pid, str(plain), "hello.app"
    )  # fmt: skip
    host, port = server.address
    assert note["urls"] == [f"http://{host}:{port}"]
    assert note["backdoor"] == [f"127.0.0.1:{place_of(server)[1]}", f"[::1]:{place_of(server)[1]}"]
    assert note["status"].endswith("/status")
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes == {
        folder: 0o700, folder / f"{server.pid}.json": 0o600, folder / f"{server.pid}.secret": 0o600
    }  # fmt: skip
    assert len((folder / f"{server.pid}.secret").read_text().strip()) == 64
    assert server.stop() == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("option", ["--reload=dev", "--status-port=0"])
def test_other_servers_are_found_too(
    spawn: StartServer, plain: Path, runtime: dict[str, str], option: str
) -> None:
    server = start(spawn, plain, option, env=runtime)
    (path,) = Path(runtime["XDG_RUNTIME_DIR"], "spawning").iterdir()
    note = json.loads(path.read_text())
    assert (note["pid"], note["backdoor"], note["secret"]) == (server.pid, [], "")
    assert bool(note["status"]) == option.startswith("--status")


@pytest.mark.parametrize("option", ["--livereload", "--watch=hello.py"])
def test_a_server_that_nobody_asked_leaves_no_note(
    spawn: StartServer, plain: Path, runtime: dict[str, str], option: str
) -> None:
    start(spawn, plain, option, env=runtime)
    assert list(Path(runtime["XDG_RUNTIME_DIR"]).iterdir()) == []


def test_a_folder_that_others_may_read_is_not_used(
    spawn: StartServer, plain: Path, runtime: dict[str, str]
) -> None:
    folder = Path(runtime["XDG_RUNTIME_DIR"], "spawning")
    folder.mkdir()
    folder.chmod(0o755)
    server = start(spawn, plain, "--backdoor=0", env=runtime)
    server.log.wait_for(f"{folder} cannot be used: {folder} is open to others")
    assert list(folder.iterdir()) == []
    with session(server) as inside:
        assert inside.run("1 + 1").strip() == "2"


def test_a_port_that_is_taken(spawn: StartServer, plain: Path, runtime: dict[str, str]) -> None:
    first = start(spawn, plain, "--backdoor=0", env=runtime)
    port = str(place_of(first)[1])
    second = spawn(plain, f"--backdoor={port}", "hello.app", env=runtime)
    assert second.wait() == 4
    second.log.wait_for(rf"error: localhost:{port} is in use by .*choose another port with --backd")


def test_a_unix_socket_is_the_users_alone_and_goes_with_the_server(
    spawn: StartServer, plain: Path, runtime: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "door"
    server = start(spawn, plain, f"--backdoor=unix:{path}", env=runtime)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert server.stop() == 0
    assert not path.exists()
