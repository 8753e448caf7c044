"""Nothing is left behind: no snapshot, no zombie, no descriptor."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from serving import COMMAND, StartServer, wait_until
from warm import Looks, Warm, write

pytestmark = pytest.mark.slow

Serve = Callable[..., Warm]


@pytest.fixture
def site(spawn: StartServer, tmp_path: Path) -> Warm:
    """The small application, saved once so that every kind of snapshot waits."""
    server = spawn(write(tmp_path), "-s", "1", "--reload=dev", "-l", "/dev/null", "mine.app")
    site = Warm(server, tmp_path)
    site.save()
    return site.settle()


def family(site: Warm) -> list[psutil.Process]:
    """Return every process of the server but the controller."""
    found = psutil.Process(site.server.pid).children(recursive=True)
    assert len(site.snapshots()) > 6
    return found


def all_gone(processes: list[psutil.Process]) -> Callable[[], bool]:
    return lambda: not any(process.is_running() for process in processes)


@pytest.mark.parametrize(
    "end",
    [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT], [signal.SIGKILL]],
    ids=["SIGTERM", "Ctrl-C twice", "SIGKILL"],
)
def test_no_snapshot_outlives_the_controller(site: Warm, end: list[signal.Signals]) -> None:
    processes = family(site)
    for number in end:
        site.server.signal(number)
    site.server.process.wait(60)
    wait_until(all_gone(processes), "all processes are gone")


def test_a_controller_gains_nothing_by_saves(site: Warm) -> None:
    controller = psutil.Process(site.server.pid)

    def counted() -> tuple[int, int, list[str]]:
        children = controller.children(recursive=True)
        zombies = [one.name() for one in children if one.status() == psutil.STATUS_ZOMBIE]
        return controller.num_fds(), len(children), zombies

    before = counted()
    assert before[2] == []
    for _ in range(60):
        site.save(settled=False)
    site.save()
    site.settle()
    assert counted() == before
    assert site.get()["version"] == f"v{site.version}"


DAEMON = """
import os, subprocess
def app(environ, start):
    start('200 OK', [])
    command = 'sleep 1000 >/dev/null 2>&1 & echo $!'
    return [subprocess.check_output(['sh', '-c', command])]
"""


def test_a_daemon_of_the_application_is_no_zombie_when_it_ends(
    spawn: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(DAEMON)
    server = spawn(tmp_path, "-s", "1", "--reload=dev", "-l", "/dev/null", "mine.app")
    daemon = psutil.Process(Warm(server, tmp_path).get())
    wait_until(lambda: daemon.ppid() == server.pid, "the controller has taken it in")
    daemon.kill()
    wait_until(lambda: not psutil.pid_exists(daemon.pid), "it has been buried")


def test_ctrl_c_in_a_terminal_ends_all(tmp_path: Path) -> None:
    write(tmp_path, steady="import sys\nprint('a terminal:', sys.stdout.isatty())\n")
    ours, theirs = pty.openpty()
    command = "setsid --ctty spawn --port 0 --host 127.0.0.1 -s 1 --reload=dev mine.app".split()
    path = f"{COMMAND.parent}:{os.environ['PATH']}"
    process = subprocess.Popen(
        command, cwd=tmp_path, env=os.environ | {"PATH": path},
        stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    try:
        said = read_until(ours, "watching")
        wait_until(Looks(process.pid).at_rest, "the server is at rest")
        (tmp_path / "edited.py").write_text("VERSION = 'v1'\n")
        said += read_until(ours, "generation 2 in")
        wait_until(Looks(process.pid).at_rest, "the server is at rest")
        processes = psutil.Process(process.pid).children(recursive=True)
        os.write(ours, b"\x03")  # the terminal tells every process of the group
        said += read_until(ours, "no such line")
        assert process.wait(60) == 0, said
        wait_until(all_gone(processes), "all processes are gone")
        assert said.count("a terminal: True") == 2, said
        assert "Traceback" not in said
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(terminal: int, text: str) -> str:
    """Return what is shown until `text` is, or nobody is left who could show more."""
    said = ""
    while text not in said:
        try:
            said += os.read(terminal, 4096).decode(errors="replace")
        except OSError:  # how a terminal says so
            break
    return said
