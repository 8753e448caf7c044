"""What a long life costs: nothing may grow."""

from __future__ import annotations

import contextlib
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from clients import Client, get
from serving import Server, StartServer, wait_until
from spawning.descriptors import AT_ONCE
from warm import Looks

pytestmark = [pytest.mark.slow, pytest.mark.once]

RELOADS = 60
IDLE = 2000


def open_files(server: Server) -> dict[str, int]:
    """Return the number of descriptors of the controller, its watcher and its worker."""
    controller = psutil.Process(server.pid)
    (worker,) = server.workers()
    named = {"controller": controller, "watcher": server.watcher(), "worker": worker}
    return {name: process.num_fds() for name, process in named.items()}


def settled(server: Server) -> dict[str, int]:
    """Return the numbers when nobody has anything left to do that might change them."""
    wait_until(Looks(server.pid).at_rest, "the server is at rest")
    return open_files(server)


@contextlib.contextmanager
def room_for(descriptors: int) -> Iterator[None]:
    """Let us have so many descriptors, if we may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = descriptors if hard == resource.RLIM_INFINITY else min(hard, descriptors)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_many_reloads_gain_no_descriptor_and_no_zombie(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "1", "-l", "/dev/null", "--reload=dev,cold", "hello.app")
    server.wait_until_serving()
    server.log.wait_for("watching")
    with Client(server.address) as kept:

        def reload(generation: int) -> None:
            server.signal(signal.SIGHUP)
            server.log.wait_for(rf"SIGHUP: generation {generation} in ")
            assert kept.get("/").status == 200
            assert get(server.address, "/").status == 200

        for generation in range(2, 5):
            reload(generation)
        server.wait_for_workers(1)
        before = settled(server)
        for generation in range(5, 5 + RELOADS):
            reload(generation)
        server.wait_for_workers(1)
        # The last client's connection may be closed a moment after its answer.
        wait_until(lambda: open_files(server) == before, "no descriptor was gained")
    children = psutil.Process(server.pid).children(recursive=True)
    assert len(children) == 2
    assert all(child.status() != psutil.STATUS_ZOMBIE for child in children)


def test_a_worker_has_room_for_a_crowd_before_it_comes(
    spawn: StartServer, plain: Path, threads: str
) -> None:
    """The kernel enlarges a table that threads share only after a wait for all processors."""
    server = spawn(plain, "-s", "1", "-t", threads, "-l", "/dev/null", "hello.app")
    server.wait_until_serving()
    (worker,) = server.workers()
    told = Path(f"/proc/{worker.pid}/status").read_text()
    size = int(told.partition("FDSize:")[2].split()[0])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert size >= (AT_ONCE if hard == resource.RLIM_INFINITY else min(hard, AT_ONCE))


def test_idle_connections_are_cheap_and_change_generations(
    spawn: StartServer, plain: Path, threads: str
) -> None:
    # However long it takes to ask all of them, none has idled for too long.
    words = ("-t", threads, "-l", "/dev/null", "--keepalive-timeout", "600")
    server = spawn(plain, "-s", "1", *words, "hello.app").wait_until_serving()
    with room_for(4 * IDLE), contextlib.ExitStack() as stack:

        def come() -> Client:
            client = stack.enter_context(Client(server.address))
            assert client.get("/").status == 200
            return client

        clients = [come() for _ in range(100)]
        before = server.workers()[0].memory_info().rss
        clients += [come() for _ in range(IDLE - 100)]
        each = (server.workers()[0].memory_info().rss - before) / (IDLE - 100)
        assert each < 5 * 1024
        server.signal(signal.SIGHUP)
        server.wait_for_workers(1, "generation 2 (serving)")
        (new,) = server.workers()
        wait_until(lambda: new.num_fds() > IDLE, "the new worker has the connections")
        for client in clients:
            assert client.get("/").status == 200
