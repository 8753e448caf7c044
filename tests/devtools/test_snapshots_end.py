"""Nothing is left behind: no snapshot, no zombie, no descriptor."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from serving import COMMAND, Output, StartServer, wait_until
from warm import Warm, write

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
    for _ in range(98):
        site.save(settled=False)
    site.save()
    site.settle()
    assert counted() == before
    assert site.get()["version"] == f"v{site.version}"


DAEMON = """
import os
def start():
    reader, writer = os.pipe()
    if not os.fork():
        os.setsid()
        if not os.fork():
            os.read(reader, 1)  # until whoever holds the other end is gone
            os._exit(0)
        os._exit(0)
    os.wait()
"""


def test_a_daemon_of_the_application_is_no_zombie_when_it_ends(
    spawn: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "daemon").mkdir()
    program = "import os, sys; os.getppid(); sys.stdin.read(1)"
    later = (
        "import subprocess\n"
        f"TEXT = subprocess.check_output(['sh', '-c', '(exec {sys.executable} -c \"{program}\" "
        "<fifo >/dev/null 2>&1 & echo $!)']).decode()\n"
    )
    os.mkfifo(tmp_path / "fifo")
    holder = os.open(tmp_path / "fifo", os.O_RDWR)
    write(tmp_path, later=later, steady="import sys\nTOLD = None\n")
    mine = tmp_path / "mine.py"
    mine.write_text(mine.read_text().replace("getattr(steady, 'TOLD', None)", "later.TEXT"))
    server = spawn(tmp_path, "-s", "1", "--reload=dev", "-l", "/dev/null", "mine.app")
    daemon = psutil.Process(int(Warm(server, tmp_path).get()["told"]))
    wait_until(lambda: daemon.ppid() == server.pid, "the controller has taken it in")
    daemon.kill()
    wait_until(lambda: not daemon.is_running(), "it has been buried")
    os.close(holder)


def test_ctrl_c_in_a_terminal_ends_all(tmp_path: Path) -> None:
    """It reaches every process of the group, and the snapshots are in it."""
    write(tmp_path, steady="import sys\nprint('a terminal:', sys.stdout.isatty())\n")
    ours, theirs = pty.openpty()
    words = ["--port", "0", "--host", "127.0.0.1", "-s", "1", "--reload=dev", "mine.app"]
    process = subprocess.Popen(
        [str(COMMAND), *words], cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True, preexec_fn=lambda: take_terminal(theirs),
    )  # fmt: skip
    os.close(theirs)
    screen = Output(os.fdopen(ours, "r", errors="replace"))
    try:
        screen.wait_for("watching")
        text = (tmp_path / "edited.py").read_text()
        (tmp_path / "edited.py").write_text(text.replace("v0", "v1"))
        screen.wait_for("generation 2 in")
    finally:
        process.kill()
    assert threading and signal
