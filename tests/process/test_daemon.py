"""Servers that live by themselves: in the background, with a pidfile, with logs that rotate."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from clients import Client, get
from daemons import Daemons, is_gone
from serving import COMMAND, PATIENCE, StartServer, wait_until

pytestmark = pytest.mark.slow

SPEAKING = """
import os, sys

def app(environ, start):
    for stream in (sys.stdout, sys.stderr):
        print(environ["PATH_INFO"], file=stream, flush=True)
    start("200 OK", [])
    return [b"said"]
"""


@pytest.fixture
def speaking(tmp_path: Path) -> Path:
    """A folder with an application that writes to both streams."""
    (tmp_path / "speaking.py").write_text(SPEAKING)
    return tmp_path


# ---------------------------------------------------------------- --daemonize


def test_the_command_returns_when_the_application_is_served(daemons: Daemons, plain: Path) -> None:
    done = daemons.run("--host", "127.0.0.1", "--port", "0", "hello.app", cwd=plain)
    assert done.returncode == 0
    assert re.fullmatch(r"spawn: serving hello\.app on http://\S+ \(.*\)\n", done.stderr)
    assert done.stdout == ""
    port = int(re.findall(r":(\d+) ", done.stderr)[0])
    assert get(("127.0.0.1", port), "/").text == "hello, world\n"
    daemons.stop()
    assert not daemons.pidfile.exists()


def test_it_belongs_to_no_terminal_and_to_no_command(daemons: Daemons, plain: Path) -> None:
    daemons.start("hello.app", cwd=plain)
    controller = daemons.process
    for process in [controller, *controller.children()]:
        assert process.terminal() is None
        assert os.getsid(process.pid) != os.getsid(0)
        assert os.getsid(process.pid) != process.pid  # a leader could get a terminal again
        assert process.cwd() == str(plain)
        streams = [os.readlink(f"/proc/{process.pid}/fd/{number}") for number in range(3)]
        assert streams == ["/dev/null"] * 3


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["broken_import.app"], 3, "a_module_that_does_not_exist"),
        (["helo.app"], 3, "did you mean 'hello'?"),
        (["--bind", "192.0.2.1:80", "hello.app"], 4, "192.0.2.1:80 cannot be bound"),
        (["--stderr", "/no/such/folder/log", "hello.app"], 2, "--stderr: /no/such/folder/log"),
        (["--pidfile", "/no/such/folder/pid", "hello.app"], 2, "--pidfile: /no/such/folder/pid"),
    ],
)
def test_it_fails_on_the_terminal(
    daemons: Daemons, plain: Path, words: list[str], code: int, said: str
) -> None:
    log = daemons.folder / "log"
    address = [] if "--bind" in words else ["--port", "0"]
    done = daemons.run("--stderr", str(log), *address, *words, cwd=plain)
    assert done.returncode == code
    errors = [line for line in done.stderr.splitlines() if "error: " in line]
    assert len(errors) == 1
    assert said in errors[0]
    assert not daemons.pidfile.exists()
    # Whoever looks into the log of a server that was started at boot finds it too.
    assert (log.exists() and errors[0] in log.read_text()) == ("--stderr" not in words)


def test_a_start_that_ends_without_a_word_is_an_error(daemons: Daemons, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import os\nos.kill(os.getppid(), 9)\n")
    done = daemons.run("--port", "0", "mine.app", cwd=tmp_path)
    assert done.returncode == 1
    assert "error: the server died before it served" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_waiting_command_can_be_interrupted(
    daemons: Daemons, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "mine.py").write_text(
        "import threading\nfrom pathlib import Path\n"
        "Path('begun').touch()\nthreading.Event().wait()\n"
    )
    words = [str(COMMAND), "-d", "--pidfile", str(daemons.pidfile), "--port", "0", "mine.app"]
    with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE) as command:
        wait_until((tmp_path / "begun").exists, "the application is being imported")
        daemons.pids.add(daemons.pid)
        family = [daemons.process, *daemons.process.children()]
        command.send_signal(number)
        assert command.wait() == 130
    for process in family:
        wait_until(lambda pid=process.pid: is_gone(pid), "the start ended")
    assert not daemons.pidfile.exists()


# ---------------------------------------------------------------- --pidfile


def test_hup_by_the_pidfile_reloads(daemons: Daemons, tmp_path: Path) -> None:
    app = "def app(environ, start):\n    start('200 OK', [])\n    return [b'%s']\n"
    (tmp_path / "mine.py").write_text(app % "old")
    address = daemons.start("mine.app", cwd=tmp_path)
    assert get(address, "/").text == "old"
    (tmp_path / "mine.py").write_text(app % "newer")  # longer: a .pyc tells no second from itself
    subprocess.run(f"kill -HUP $(cat {daemons.pidfile})", shell=True, check=True)
    wait_until(lambda: get(address, "/").text == "newer", "the new code serves")


def test_a_pidfile_is_refused_while_its_server_lives(daemons: Daemons, plain: Path) -> None:
    daemons.start("hello.app", cwd=plain)
    pid = daemons.pid
    done = daemons.run("--port", "0", "hello.app", cwd=plain)
    assert done.returncode == 1
    assert f"belongs to spawn: controller hello.app (pid {pid}), which is running" in done.stderr
    assert daemons.pid == pid


def ended_pid() -> str:
    """Return the number of a process that has ended."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return str(process.pid)


@pytest.mark.parametrize("text", [ended_pid, lambda: str(os.getpid()), lambda: "", lambda: "x"])
def test_a_stale_pidfile_is_replaced(
    spawn: StartServer, plain: Path, tmp_path: Path, text: Callable[[], str]
) -> None:
    pidfile = tmp_path / "pid"
    pidfile.write_text(text())
    server = spawn(plain, "-s", "1", "--pidfile", str(pidfile), "hello.app").wait_until_serving()
    assert pidfile.read_text() == f"{server.pid}\n"
    assert pidfile.stat().st_mode & 0o777 == 0o644
    assert server.stop() == 0
    assert list(tmp_path.iterdir()) == []


def test_of_those_that_start_at_once_one_wins(
    spawn: StartServer, plain: Path, tmp_path: Path
) -> None:
    pidfile = tmp_path / "pid"
    pidfile.write_text(ended_pid())
    servers = [spawn(plain, "-s", "1", "--pidfile", str(pidfile), "hello.app") for _ in range(6)]
    codes: list[int] = []
    waiting = [threading.Thread(target=lambda s=s: codes.append(s.wait())) for s in servers]
    for thread in waiting:
        thread.start()
    wait_until(lambda: len(codes) == 5, "all but one have given up")
    assert codes == [1] * 5
    winner = next(server for server in servers if server.process.poll() is None)
    assert pidfile.read_text() == f"{winner.pid}\n"
    assert get(winner.address, "/").status == 200
    winner.stop()
    for thread in waiting:
        thread.join()
    assert not pidfile.exists()


@pytest.mark.parametrize("replaced", [True, False], ids=["replaced", "overwritten"])
def test_a_pidfile_that_is_not_ours_any_more_stays(
    spawn: StartServer, plain: Path, tmp_path: Path, replaced: bool
) -> None:
    pidfile = tmp_path / "pid"
    server = spawn(plain, "-s", "1", "--pidfile", str(pidfile), "hello.app").wait_until_serving()
    if replaced:
        pidfile.unlink()
    pidfile.write_text("another's\n")
    assert server.stop() == 0
    assert pidfile.read_text() == "another's\n"


# ---------------------------------------------------------------- --stdout, --stderr, USR1


@pytest.mark.parametrize("daemonize", [True, False], ids=["daemon", "foreground"])
def test_output_goes_to_files_which_usr1_opens_anew(
    daemons: Daemons, spawn: StartServer, speaking: Path, daemonize: bool
) -> None:
    out, err, access = (speaking / name for name in ("out", "err", "access"))
    out.write_text("before\n")
    words = ["--stdout", str(out), "--stderr", str(err), "-l", str(access), "speaking.app"]
    if daemonize:
        address, pid = daemons.start(*words, cwd=speaking), daemons.pid
    else:
        server = spawn(speaking, "-s", "1", *words)
        wait_until(lambda: err.exists() and "serving" in err.read_text(), "it serves")
        found = re.search(r"http://([\d.]+):(\d+)", err.read_text())
        assert found
        address, pid = (found[1], int(found[2])), server.pid
    get(address, "/first")
    wait_until(lambda: "/first" in access.read_text(), "the request is logged")
    for file in (out, err, access):
        file.rename(file.with_suffix(".1"))
    os.kill(pid, signal.SIGUSR1)
    wait_until(lambda: all(file.exists() for file in (out, err, access)), "the files are new")
    worker = psutil.Process(pid).children()[0].pid
    wait_until(
        lambda: [os.readlink(f"/proc/{worker}/fd/{n}") for n in (1, 2)] == [str(out), str(err)],
        "the worker has them open",
    )
    get(address, "/second")
    wait_until(lambda: "/second" in access.read_text(), "the request is logged")
    os.kill(pid, signal.SIGHUP)
    wait_until(lambda: "SIGHUP: generation 2" in err.read_text(), "the controller writes to it")
    get(address, "/third")
    wait_until(lambda: "/third" in access.read_text(), "the request is logged")
    assert out.with_suffix(".1").read_text() == "before\n/first\n"
    assert "/first\n" in err.with_suffix(".1").read_text()
    assert " on http://" in err.with_suffix(".1").read_text()
    assert out.read_text() == "/second\n/third\n"
    assert re.findall("^/.*", err.read_text(), re.MULTILINE) == ["/second", "/third"]
    assert re.findall(r"GET (\S+)", access.with_suffix(".1").read_text()) == ["/first"]
    assert re.findall(r"GET (\S+)", access.read_text()) == ["/second", "/third"]


def test_a_log_that_cannot_be_opened_anew_goes_on_and_it_is_said_once(
    spawn: StartServer, speaking: Path
) -> None:
    folder = speaking / "logs"
    folder.mkdir()
    server = spawn(speaking, "-s", "2", "--stdout", str(folder / "out"), "speaking.app")
    server.wait_until_serving().wait_for_workers(2)
    get(server.address, "/first")
    folder.rename(speaking / "gone")
    server.signal(signal.SIGUSR1)
    server.log.wait_for(r"--stdout: \S+ cannot be opened anew: No such file .* the old file goes")
    server.signal(signal.SIGHUP)
    server.log.wait_for("generation 2 in")
    get(server.address, "/second")
    said = (speaking / "gone" / "out").read_text()
    assert [line for line in said.splitlines() if line.startswith("/")] == ["/first", "/second"]
    server.stop()
    assert sum("opened anew" in line for line in server.log.lines) == 1


def test_usr1_does_not_end_a_worker(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "1", "hello.app").wait_until_serving()
    before = server.workers()
    before[0].send_signal(signal.SIGUSR1)
    with Client(server.address) as client:
        assert client.get("/").status == 200
    assert server.workers() == before


# ---------------------------------------------------------------- the whole process group


@pytest.mark.parametrize("threads", ["4", "0"], ids=["threads", "greenlets"])
def test_a_group_that_is_told_to_end_loses_no_request(
    daemons: Daemons, plain: Path, threads: str
) -> None:
    address = daemons.start("-s", "3", "-t", threads, "-l", "/dev/null", "hello.app", cwd=plain)
    pid = daemons.pid
    wait_until(lambda: len(daemons.process.children()) == 3, "all workers are there")
    goodbyes, losses = [], []
    running = threading.Barrier(9)

    def ask() -> None:
        with Client(address) as client:
            client.get("/")
            running.wait()
            try:
                while client.get("/").headers.get("connection") != "close":
                    pass
                goodbyes.append(address)
            except (OSError, EOFError) as error:
                losses.append(repr(error))

    clients = [threading.Thread(target=ask, daemon=True) for _ in range(8)]
    for client in clients:
        client.start()
    running.wait()
    os.killpg(os.getpgid(pid), signal.SIGTERM)
    for client in clients:
        client.join(PATIENCE)
    assert losses == []
    assert len(goodbyes) == 8
    wait_until(lambda: is_gone(pid), "the server ended")
