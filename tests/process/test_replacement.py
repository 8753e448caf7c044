"""Requests that take too long, and workers that are replaced while clients notice nothing."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import pytest

from clients import Answer, Client, Load, get, request
from serving import PATIENCE, Server, StartServer, wait_until
from watched import Watched

pytestmark = pytest.mark.slow


def pid_of(server: Server) -> int:
    """Return the worker that answers; on a busy machine it may take longer than it is given."""
    answers: list[Answer] = []

    def is_answered() -> bool:
        answers[:] = [get(server.address, "/")]
        return answers[0].status != 504

    wait_until(is_answered, "a worker answers in time")
    return int(answers[0].text)


def test_a_request_that_takes_too_long_gets_504_and_its_thread_is_freed(
    serve: StartServer, plain: Path
) -> None:
    server = serve(plain, "heavy.app", "--request-timeout", "0.5")
    before = pid_of(server)
    for _ in range(6):  # more than there are threads
        with Client(server.address) as client:
            answer = client.get("/doze?first")
            assert (answer.status, answer.headers["connection"]) == (504, "close")
            assert client.rest() == b""
    server.log.wait_for(r"GET /doze\?first has taken \d+\.\d s; the client gets 504:")
    server.log.wait_for(r"heavy\.py:\d+ in doze: time\.sleep")
    assert not [line for line in server.log.lines if "threading.py" in line]
    assert pid_of(server) == before
    server.access.wait_for(r'"GET /doze\?first HTTP/1\.1" 504 .* cut=timeout$')


def test_a_response_that_has_begun_is_cut(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "heavy.app", "--request-timeout", "2")
    with Client(server.address) as client:
        client.send(request("/stream"))
        assert client.head()[0] == 200
        assert client.chunk() == b"begun"
        assert client.rest() == b""
    server.log.wait_for(r"GET /stream has taken \d+\.\d s; its response is cut:")


@pytest.mark.parametrize(("threads", "path"), [("4", "/block"), ("0", "/spin")])
def test_a_worker_that_cannot_be_freed_is_replaced(
    spawn: StartServer, plain: Path, threads: str, path: str
) -> None:
    options = ("-s", "1", "-t", threads, "--request-timeout", "0.5", "--deadman", "0.5")
    server = spawn(plain, *options, "heavy.app").wait_until_serving()
    before = pid_of(server)
    assert get(server.address, path).status == 504
    server.log.wait_for(rf"\(pid {before}\) is replaced: it has 1 thread that nothing can free")
    wait_until(lambda: not psutil.pid_exists(before), "the worker ended")
    assert pid_of(server) != before


def test_waiting_for_the_client_is_not_counted(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "echo.app", "--request-timeout", "1")
    with Client(server.address) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
        client.socket.settimeout(1.5)
        with pytest.raises(TimeoutError):  # it neither answers nor closes
            client.line()
        client.socket.settimeout(PATIENCE)
        client.send(b"b")
        assert client.answer().body == b"ab"


def test_a_worker_whose_loop_is_blocked_is_replaced(
    spawn: StartServer, plain: Path, threads: str
) -> None:
    options = ("-s", "2", "-t", threads, "--heartbeat-timeout", "1.5", "--deadman", "0.5")
    server = spawn(plain, *options, "heavy.app").wait_until_serving()
    server.wait_for_workers(2)
    with Client(server.address) as client:
        client.send(request("/backtrack"))
        line = server.log.wait_for(r"hangs: blocked for .*; GET /backtrack has taken")
        number = int(line.split("pid ")[1].split(")")[0])
        # Even of one that hangs in C, with the interpreter's lock: where it hangs.
        server.log.wait_for(r'heavy\.py", line \d+ in backtrack')
        wait_until(lambda: not psutil.pid_exists(number), "the worker ended")
        server.access.wait_for(r'"GET /backtrack HTTP/1\.1" 502 0 .* cut=killed$')
    server.wait_for_workers(2)
    assert get(server.address, "/").status == 200


def test_a_debugger_is_not_taken_for_a_worker_that_hangs(spawn: StartServer, plain: Path) -> None:
    options = ("-s", "1", "-t", "4", "--reload=dev", "--heartbeat-timeout", "1.2")
    server = spawn(plain, *options, "heavy.app").wait_until_serving()
    (worker,) = server.workers()
    worker.suspend()
    server.log.wait_for(r"hangs: .* its stacks follow$")
    worker.resume()
    server.log.wait_for(rf"\(pid {worker.pid}\) hangs no longer")
    assert pid_of(server) == worker.pid


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--max-age", "0.5"), r"it is \d+ s old"),
        (
            ("--max-requests", "100", "--max-requests-jitter", "10"),
            r"it has answered [1-9]\d\d+ requ",
        ),
    ],
    ids=["max-age", "max-requests"],
)
def test_workers_are_replaced_under_load(
    spawn: StartServer, plain: Path, threads: str, options: tuple[str, ...], why: str
) -> None:
    server = spawn(plain, "-s", "2", "-t", threads, "-l", "/dev/null", *options, "heavy.app")
    with Load(server.wait_until_serving().address, "/") as load:
        start = 0
        for _ in range(4):
            line = server.log.wait_for(rf"is replaced: {why}", start)
            start = server.log.lines.index(line) + 1
    assert load.failures == []
    assert load.answered > 100


def test_a_worker_is_retired_only_when_its_successor_serves(
    spawn: StartServer, plain: Path
) -> None:
    server = spawn(plain, "-s", "1", "-t", "4", "--max-requests", "1", "heavy.app")
    server.wait_until_serving()
    (first,) = server.workers()
    assert pid_of(server) == first.pid
    wait_until(lambda: not psutil.pid_exists(first.pid), "the worker retired")
    server.wait_for_workers(1)
    assert pid_of(server) != first.pid


def test_a_memory_limit_below_what_is_used_at_rest_is_refused(
    spawn: StartServer, plain: Path
) -> None:
    server = spawn(plain, "-s", "2", "-t", "4", "--max-memory", "1000", "heavy.app")
    assert server.wait() == 2
    server.log.wait_for(r"error: --max-memory: 1 MiB will not do, the server uses \d+ MiB at rest")


def test_workers_are_replaced_when_all_together_use_too_much(
    spawn: StartServer, plain: Path, threads: str
) -> None:
    server = spawn(plain, "-s", "2", "-t", threads, "--max-memory", "700M", "heavy.app")
    server.wait_until_serving().wait_for_workers(2)
    before = {worker.pid for worker in server.workers()}
    get(server.address, "/hold?700")
    server.log.wait_for(r"is replaced: all processes together use [789]\d\d MiB")
    wait_until(
        lambda: not before & {worker.pid for worker in server.workers()}, "both were replaced"
    )
    server.wait_for_workers(2)


def test_a_shutdown_delay_keeps_the_door_open(spawn: StartServer, plain: Path) -> None:
    words = ("-s", "1", "--status-port", "0", "--shutdown-delay", "60", "heavy.app")
    server = spawn(plain, *words).wait_until_serving()
    watched = Watched(server, plain)
    server.signal(signal.SIGTERM)
    # Two signals at once would be one.
    wait_until(lambda: watched.ask("/readyz").status == 503, "it leaves")
    for _ in range(20):
        assert get(server.address, "/").status == 200
    server.signal(signal.SIGTERM)  # enough
    assert server.wait() == 0


def test_a_shutdown_delay_ends(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "1", "--shutdown-delay", "0.5", "heavy.app").wait_until_serving()
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
