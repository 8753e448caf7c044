"""The status port of real servers: what it shows while workers serve, hang and die."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from clients import get
from serving import StartServer, free_port, wait_until
from watched import APPLICATION, Watch

pytestmark = pytest.mark.slow

EVIL = "/wait/<script>alert(1)</script>"


def _states(said: dict[str, Any]) -> list[str]:
    return sorted(child["state"] for child in said["children"].values())


def test_every_page(watch: Watch) -> None:
    watched = watch("-s", "2")
    said = watched.wait_until_it_says(lambda s: _states(s) == ["serving"] * 2, "two serve")
    assert said["health"] == "healthy"
    assert said["active_children_count"] == said["configured_children_count"] == 2
    assert said["pid"] == watched.server.pid
    assert {int(pid) for pid in said["children"]} == {w.pid for w in watched.server.workers()}
    assert all(child["memory"] > 2**20 for child in said["children"].values())
    assert said["urls"] == ["http://{}:{}".format(*watched.server.address)]
    assert said["backlog"] == 0
    page = watched.ask("/status")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert watched.ask("/").headers["location"] == "/status"
    assert watched.ask("/healthz").status == 200
    assert watched.ask("/readyz").text == "generation 1 serves\n"
    lost = watched.ask("/nothing")
    assert lost.status == 404
    for path in ("/status", "/status.json", "/metrics", "/healthz", "/readyz", "/events"):
        assert path in lost.text
        answer = watched.ask(path, method="HEAD")
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.headers["x-content-type-options"] == "nosniff"
        refused = watched.ask(path, "Content-Length: 0", method="POST")
        assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
        assert watched.ask(path, "Host: evil.example").status == 403


def test_a_request_is_seen_while_it_is_answered_and_counted_after(
    watch: Watch, threads: str
) -> None:
    watched = watch("-s", "1", "-t", threads)
    with watched.begin(EVIL) as client:
        said = watched.wait_until_it_says(lambda s: s["concurrent_requests"] == 1, "it is busy")
        (child,) = said["children"].values()
        assert child["oldest_request"]["line"] == f"GET {EVIL}?{watched.gate}"[:120]
        assert 0 <= child["oldest_request"]["seconds"] < 60
        assert watched.metrics()["spawning_busy"] == 1
        assert "script>alert" not in watched.ask("/status").text
        assert watched.ask("/status.json").headers["content-type"] == "application/json"
        watched.gate.touch()
        assert client.answer().status == 200
    said = watched.wait_until_it_says(lambda s: s["totals"]["requests"] == 1, "it has answered")
    assert said["concurrent_requests"] == 0
    assert said["totals"]["by_status"]["2xx"] == 1
    found = watched.metrics()
    assert found["spawning_requests_total 2xx"] == 1
    assert found["spawning_request_duration_seconds_count"] == 1
    assert found["spawning_request_duration_seconds_sum"] > 0
    assert found["spawning_response_bytes_total"] == len(str(child["pid"]))


def test_a_worker_whose_loop_is_blocked_is_shown_as_hung(watch: Watch) -> None:
    watched = watch("-s", "2", "-t", "0")
    watched.wait_until_it_says(lambda s: _states(s) == ["serving"] * 2, "two serve")
    with watched.begin("/block") as client:
        said = watched.wait_until_it_says(
            lambda s: _states(s) == ["hung", "serving"], "a worker hangs, and one serves"
        )
        (hung,) = [child for child in said["children"].values() if child["state"] == "hung"]
        assert hung["oldest_request"]["line"].startswith("GET /block?")
        assert hung["oldest_request"]["seconds"] > 2
        assert hung["error"].startswith("its loop has been blocked for ")
        assert (said["health"], said["ready"]) == ("degraded", True)
        assert said["sentence"] == f"Worker {hung['worker']} hangs."
        assert watched.ask("/readyz").status == 200
        assert watched.metrics()["spawning_workers hung"] == 1
        # The other one serves, and the status port goes on while this one hangs.
        assert get(watched.server.address, "/").text != str(hung["pid"])
        watched.gate.touch()
        assert client.answer().text == str(hung["pid"])
    watched.wait_until_it_says(lambda s: s["health"] == "healthy", "all is well again")


def test_counters_do_not_fall_when_workers_die(watch: Watch) -> None:
    watched = watch("-s", "1")
    for _ in range(5):
        assert get(watched.server.address, "/").status == 200
    watched.wait_until_it_says(lambda s: s["totals"]["requests"] == 5, "five are answered")
    (victim,) = watched.server.workers()
    victim.kill()
    said = watched.wait_until_it_says(
        lambda s: s["totals"]["deaths"]["died"] == 1 and _states(s) == ["serving"],
        "one has died and another serves",
    )
    assert said["totals"]["requests"] == 5
    assert said["events"][-1]["event"] == "worker"
    (death,) = [event for event in said["events"] if event["event"] == "worker-gone"]
    assert (death["how"], death["signal"], death["pid"]) == ("died", "SIGKILL", victim.pid)
    found = watched.metrics()
    assert found["spawning_requests_total 2xx"] == 5
    assert found["spawning_worker_deaths_total died"] == 1
    watched.server.signal(signal.SIGHUP)
    said = watched.wait_until_it_says(
        lambda s: s["generation"]["serving"] == 2 and len(s["children"]) == 1, "it has reloaded"
    )
    assert (said["totals"]["requests"], said["totals"]["reloads"]) == (5, 1)
    assert said["totals"]["deaths"]["retired"] == 1


def test_the_deadman_is_told(watch: Watch) -> None:
    watched = watch("-s", "1", "--deadman", "0.3")
    with watched.begin("/wait"):
        watched.wait_until_it_says(lambda s: s["concurrent_requests"] == 1, "it is busy")
        watched.server.signal(signal.SIGHUP)
        said = watched.wait_until_it_says(
            lambda s: s["totals"]["deaths"]["killed"] == 1, "a worker was killed"
        )
    (notice,) = [event for event in said["events"] if event["event"] == "notice"]
    assert "did not finish within 0.3 s and is killed" in notice["text"]
    assert "GET /wait?" in notice["text"]
    assert said["totals"]["by_status"]["cut"] == 1


def test_code_that_fails_is_shown_until_better_code_serves(watch: Watch) -> None:
    watched = watch("-s", "1")
    (watched.folder / "gated.py").write_text("import os\n\nlost = os.nothing\n")
    watched.server.signal(signal.SIGHUP)
    said = watched.wait_until_it_says(
        lambda s: s["totals"]["reload_failures"] == 1, "the new code has failed"
    )
    assert said["health"] == "failing"
    failed = said["last_failure"]
    assert (failed["generation"], failed["current"], failed["line"]) == (2, True, 3)
    assert failed["file"] == str(watched.folder / "gated.py")
    assert failed["type"] == "AttributeError"
    assert failed["frames"][-1]["source"] == "lost = os.nothing"
    assert said["generation"]["serving"] == 1
    assert watched.ask("/readyz").status == 200
    (watched.folder / "gated.py").write_text(APPLICATION)
    watched.server.signal(signal.SIGHUP)
    said = watched.wait_until_it_says(lambda s: s["health"] == "healthy", "better code serves")
    assert (said["generation"]["serving"], said["last_failure"]["current"]) == (3, False)


def test_it_is_not_ready_while_it_leaves(watch: Watch) -> None:
    watched = watch("-s", "1", "--shutdown-delay", "30")
    watched.server.signal(signal.SIGTERM)
    wait_until(
        lambda: watched.ask("/readyz").text == "the server is being stopped\n", "it is stopping"
    )
    assert watched.ask("/readyz").status == 503
    assert watched.ask("/healthz").status == 200
    assert watched.says()["health"] == "stopping"
    assert get(watched.server.address, "/").status == 200
    watched.server.signal(signal.SIGQUIT)
    assert watched.server.wait() == 0


def test_the_status_process_comes_back_and_has_forgotten_nothing(watch: Watch) -> None:
    watched = watch("-s", "1")
    for _ in range(3):
        get(watched.server.address, "/")
    watched.server.signal(signal.SIGHUP)
    before = watched.wait_until_it_says(
        lambda s: s["totals"]["deaths"]["retired"] == 1, "it has reloaded"
    )
    died = watched.process()
    died.kill()
    watched.server.log.wait_for("the status page died and is started again")
    # Who asks meanwhile waits in the backlog.
    said = watched.says()
    assert watched.process().pid != died.pid
    for name in ("totals", "generation", "events", "started_at", "pid"):
        assert said[name] == before[name]
    assert get(watched.server.address, "/").status == 200


def test_it_may_have_an_address_of_its_own(watch: Watch) -> None:
    port = str(free_port())  # or another server may have the same one at the other address
    watched = watch("-s", "1", "--status-host", "127.0.0.2", "--status-port", port)
    assert watched.status[0] == "127.0.0.2"
    assert watched.ask("/healthz").status == 200
    with pytest.raises(ConnectionRefusedError):
        get(("127.0.0.1", watched.status[1]), "/healthz")


def test_without_the_option_there_is_no_process(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "1", "hello.app").wait_until_serving()
    children = {child.pid for child in psutil.Process(server.pid).children()}
    assert children == {worker.pid for worker in server.workers()}


def test_sysinfo(spawn: StartServer, plain: Path, threads: str) -> None:
    server = spawn(plain, "-s", "1", "-t", threads, "--sysinfo", "hello.app")
    answer = get(server.wait_until_serving().address, "/_sysinfo")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    said = json.loads(answer.body)
    assert said["python_path"][0] == str(plain)
    assert said["process"]["pid"] == server.workers()[0].pid
    assert said["packages"]["psutil"] == psutil.__version__
    assert get(server.address, "/").text.startswith("hello")


def test_no_sysinfo_unless_asked_for(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "1", "hello.app").wait_until_serving()
    assert "python_path" not in get(server.address, "/_sysinfo").text
