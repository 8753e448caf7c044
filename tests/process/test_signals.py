"""Signals, deaths and takeovers, observed from outside under load."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest

from clients import Client, Load, get, request
from serving import PATIENCE, Server, StartServer, wait_until

pytestmark = pytest.mark.slow

GATED = """
import os, time
from pathlib import Path

def app(environ, start):
    if environ["PATH_INFO"] == "/wait":
        gate = Path(environ["QUERY_STRING"])
        gate.with_suffix(".begun").touch()
        while not gate.exists():
            time.sleep(0.01)
    start("200 OK", [])
    return [str(os.getpid()).encode()]
"""


@pytest.fixture
def gated(tmp_path: Path) -> Path:
    """A folder with an application whose `/wait?FILE` answers once FILE exists."""
    (tmp_path / "gated.py").write_text(GATED)
    return tmp_path


def begin_waiting(server: Server, gate: Path) -> Client:
    """Return a client whose request is in flight until `gate` exists."""
    client = Client(server.address)
    client.send(request(f"/wait?{gate}"))
    wait_until(gate.with_suffix(".begun").exists, "the request began")
    return client


def test_hup_under_load_fails_nothing(spawn: StartServer, plain: Path, threads: str) -> None:
    server = spawn(plain, "-s", "2", "-t", threads, "-l", "/dev/null", "hello.app")
    with Load(server.wait_until_serving().address, "/", clients=6) as load:
        for generation in range(2, 8):
            server.signal(signal.SIGHUP)
            server.log.wait_for(rf"SIGHUP: generation {generation} in ")
    assert load.failures == []
    assert load.answered > 100
    server.wait_for_workers(2, "generation 7 (serving)")


def test_a_request_in_flight_is_finished_by_old_code(
    spawn: StartServer, gated: Path, threads: str
) -> None:
    server = spawn(gated, "-s", "1", "-t", threads, "gated.app").wait_until_serving()
    old = get(server.address, "/").text
    with begin_waiting(server, gated / "gate") as client:
        server.signal(signal.SIGHUP)
        server.log.wait_for("generation 2 in")
        new = get(server.address, "/").text
        assert new != old
        (gated / "gate").touch()
        assert client.answer().text == old
        # The connection was kept, and is the new generation's now.
        assert client.get("/").text == new


def test_an_idle_connection_changes_generations(
    spawn: StartServer, gated: Path, threads: str
) -> None:
    server = spawn(gated, "-s", "1", "-t", threads, "gated.app").wait_until_serving()
    with Client(server.address) as idle, Client(server.address) as half:
        old = idle.get("/").text
        half.send(b"GET / HTTP/1.1\r\nHo")
        assert idle.get("/").text == old  # so the worker has read the half
        server.signal(signal.SIGHUP)
        server.log.wait_for("generation 2 in")
        new = idle.get("/").text
        assert new != old
        half.send(b"st: x\r\n\r\n")
        assert half.answer().text == new


def test_the_deadman_ends_what_does_not_finish(
    spawn: StartServer, gated: Path, threads: str
) -> None:
    server = spawn(gated, "-s", "1", "-t", threads, "--deadman", "0.3", "gated.app")
    with begin_waiting(server.wait_until_serving(), gated / "never") as client:
        server.signal(signal.SIGHUP)
        server.log.wait_for(r"worker 1 \(pid \d+\) of generation 1 did not finish within 0\.3 s")
        server.log.wait_for(r"GET /wait\?.*/never had taken \d+\.\d s")
        with pytest.raises((EOFError, ConnectionError)):
            client.answer()
    assert get(server.address, "/").status == 200


def test_a_killed_worker_is_replaced_and_costs_only_its_own_requests(
    spawn: StartServer, gated: Path, threads: str
) -> None:
    server = spawn(gated, "-s", "2", "-t", threads, "-l", "/dev/null", "gated.app")
    server.wait_until_serving().wait_for_workers(2)
    clients = 4
    with Load(server.address, "/", clients=clients) as load:
        for _ in range(5):
            victim = server.workers()[0]
            victim.kill()
            server.log.wait_for(rf"worker \d+ \(pid {victim.pid}\) died by SIGKILL")
            server.wait_for_workers(2)
    # Each kill may cut each client once: in flight there, or idle on a connection of its.
    assert len(load.failures) <= 5 * clients
    assert all("refused" not in failure for failure in load.failures)
    assert load.answered > 100


def test_term_finishes_what_is_in_flight(spawn: StartServer, gated: Path, threads: str) -> None:
    server = spawn(gated, "-s", "1", "-t", threads, "gated.app").wait_until_serving()
    with begin_waiting(server, gated / "gate") as client, Client(server.address) as idle:
        assert idle.get("/").status == 200
        server.signal(signal.SIGTERM)
        wait_until(lambda: refuses(server.address), "nothing listens any more")
        (gated / "gate").touch()
        assert client.answer().status == 200
        assert idle.rest() == b""
    assert server.wait() == 0


def refuses(address: tuple[str, int]) -> bool:
    """Return whether nothing accepts at `address`."""
    try:
        Client(address).close()
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize(
    "numbers", [[signal.SIGINT, signal.SIGINT], [signal.SIGQUIT]], ids=["INT twice", "QUIT"]
)
def test_stopping_at_once(
    spawn: StartServer, gated: Path, numbers: list[signal.Signals], threads: str
) -> None:
    server = spawn(gated, "-s", "1", "-t", threads, "--deadman", "600", "gated.app")
    with begin_waiting(server.wait_until_serving(), gated / "never") as client:
        server.signal(numbers[0])
        for number in numbers[1:]:
            server.wait_for_workers(1, "(draining)")  # two at once would be one
            server.signal(number)
        with pytest.raises((EOFError, ConnectionError)):
            client.answer()
    assert server.wait() == 0


def test_one_worker_more_and_one_fewer(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "1", "-l", "/dev/null", "hello.app").wait_until_serving()
    with Load(server.address, "/", clients=2) as load:
        for number, count in ((signal.SIGTTIN, 2), (signal.SIGTTOU, 1), (signal.SIGTTOU, 1)):
            server.signal(number)
            server.wait_for_workers(count)
    assert load.failures == []


def test_term_to_a_worker_replaces_it_gracefully(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "2", "-l", "/dev/null", "hello.app").wait_until_serving()
    server.wait_for_workers(2)
    with Load(server.address, "/", clients=4) as load:
        for _ in range(3):
            pid = server.workers()[0].pid
            psutil.Process(pid).terminate()
            wait_until(
                lambda gone=pid: (
                    sum(w.pid != gone for w in server.workers()) == 2
                    and not psutil.pid_exists(gone)
                ),
                "the worker was replaced",
            )
    assert load.failures == []


@pytest.mark.parametrize("reload", [[], ["--reload=dev"]], ids=["production", "development"])
def test_nothing_outlives_a_killed_controller(
    spawn: StartServer, plain: Path, threads: str, reload: list[str]
) -> None:
    server = spawn(plain, "-s", "2", "-t", threads, *reload, "hello.app").wait_until_serving()
    server.wait_for_workers(2)
    everything = psutil.Process(server.pid).children(recursive=True)
    psutil.Process(server.pid).kill()
    assert psutil.wait_procs(everything, timeout=PATIENCE)[1] == []


def test_a_blocked_worker_does_not_outlive_a_killed_controller(
    spawn: StartServer, gated: Path
) -> None:
    (gated / "block.py").write_text(
        "import eventlet.patcher\ntime = eventlet.patcher.original('time')\n"
        "from pathlib import Path\n"
        "def app(environ, start):\n"
        "    Path(environ['QUERY_STRING']).touch()\n    time.sleep(600)\n"
    )
    server = spawn(gated, "-s", "1", "-t", "0", "--deadman", "0.1", "block.app")
    with Client(server.wait_until_serving().address) as client:
        client.send(request(f"/?{gated}/begun"))
        wait_until((gated / "begun").exists, "the worker is blocked")
        workers = server.workers()
        psutil.Process(server.pid).kill()
        assert psutil.wait_procs(workers, timeout=PATIENCE)[1] == []


def test_a_worker_that_dies_at_start_is_tried_again_with_pauses(
    spawn: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        "import os\nfrom pathlib import Path\n"
        "if Path('die').exists():\n    os._exit(9)\n"
        "def app(environ, start):\n    start('200 OK', [])\n    return [b'ok']\n"
    )
    server = spawn(tmp_path, "-s", "2", "mine.app").wait_until_serving()
    server.wait_for_workers(2)
    (tmp_path / "die").touch()
    server.workers()[0].kill()
    server.log.wait_for("died with exit code 9")
    assert get(server.address, "/").text == "ok"
    (tmp_path / "die").unlink()
    server.wait_for_workers(2)


def test_a_generation_that_fails_leaves_the_old_one_serving(
    spawn: StartServer, tmp_path: Path
) -> None:
    good = "def app(environ, start):\n    start('200 OK', [])\n    return [b'good']\n"
    (tmp_path / "mine.py").write_text(good)
    server = spawn(tmp_path, "-s", "2", "mine.app").wait_until_serving()
    (tmp_path / "mine.py").write_text("raise ValueError('not yet')")
    server.signal(signal.SIGHUP)
    server.log.wait_for(r"error: .*mine\.py:1:\d+: ValueError: not yet")
    server.log.wait_for("generation 2 failed; generation 1 goes on serving")
    assert get(server.address, "/").text == "good"
    (tmp_path / "mine.py").write_text(good.replace("good", "better"))
    server.signal(signal.SIGHUP)
    server.log.wait_for("generation 3 in")
    assert get(server.address, "/").text == "better"


def test_processes_that_the_application_forks_end_when_they_are_told_to(
    spawn: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        "import multiprocessing, threading\n"
        "def app(environ, start):\n"
        "    child = multiprocessing.get_context('fork').Process(target=threading.Event().wait)\n"
        "    child.start()\n"
        "    child.terminate()\n"
        "    child.join(20)\n"
        "    start('200 OK', [])\n"
        "    return [str(child.exitcode).encode()]\n"
    )
    server = spawn(tmp_path, "-s", "1", "mine.app").wait_until_serving()
    assert get(server.address, "/").text == "-15"
