"""Sudden ends: what is lost, and what stays behind."""

from __future__ import annotations

import contextlib
import random
import signal
from pathlib import Path

import psutil
import pytest

from clients import Load, get
from serving import PATIENCE, StartServer, free_port, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

ONE_BY_ONE = """
import os, time

if os.path.exists("served"):
    time.sleep(600)
open("served", "w").close()

def app(environ, start):
    start("200 OK", [])
    return [b"ok"]
"""


def test_a_stop_cuts_nobody_who_has_connected(
    spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    # The second worker starts for ever, and has the listening socket all the while.
    (tmp_path / "mine.py").write_text(ONE_BY_ONE)
    server = spawn(tmp_path, "-s", "2", "-t", threads, "-l", "/dev/null", "mine.app")
    with Load(server.wait_until_serving().address, "/", clients=4) as load:
        wait_until(lambda: load.answered > 200, "the load is on")
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
    assert [failure for failure in load.failures if "refused" not in failure] == []


def test_chaos_is_survived(spawn: StartServer, plain: Path, threads: str) -> None:
    chance = random.Random(2)
    port = str(free_port())  # or another test may be given it before it is bound again
    words = ("--port", port, "-t", threads)
    server = spawn(plain, *words, "-s", "3", "-l", "/dev/null", "hello.app")
    server.wait_until_serving().wait_for_workers(3)
    before = psutil.Process(server.pid).num_fds()
    clients, kills = 4, 0
    with Load(server.address, "/", clients=clients) as load:
        for deed in chance.choices(("kill", "reload", "number"), (3, 2, 1), k=6):
            answered = load.answered
            if deed == "kill":
                kills += 1
                with contextlib.suppress(psutil.NoSuchProcess):
                    chance.choice(server.workers()).kill()
            elif deed == "reload":
                server.signal(signal.SIGHUP)
            else:
                server.signal(signal.SIGTTIN)
                server.signal(signal.SIGTTOU)
            wait_until(lambda seen=answered: load.answered > seen + 20, "requests are answered")
        server.wait_for_workers(3)
    assert all("refused" not in failure for failure in load.failures)
    assert len(load.failures) <= kills * clients
    wait_until(lambda: psutil.Process(server.pid).num_fds() == before, "nothing was gained")
    everything = psutil.Process(server.pid).children(recursive=True)
    psutil.Process(server.pid).kill()
    assert psutil.wait_procs(everything, timeout=PATIENCE)[1] == []
    again = spawn(plain, *words, "-s", "1", "hello.app")
    assert get(again.wait_until_serving().address, "/").status == 200
