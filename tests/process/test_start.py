"""Starting: what is typed, what is found, and what is said when it cannot work."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from clients import Client, get
from serving import COMMAND, PATIENCE, Server, StartServer, free_port, title_of

pytestmark = pytest.mark.slow

CopyOf = Callable[[str], Path]
HELLO = "def app(environ, start):\n    start('200 OK', [])\n    return [b'hello']\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hello.app", "hello, world\n"),
        ("hello:app", "hello, world\n"),
        ("hello", "hello, world\n"),
        ("factory:make()", "hello, world\n"),
    ],
)
def test_names_of_applications(spawn: StartServer, plain: Path, name: str, text: str) -> None:
    server = spawn(plain, "-s", "1", name).wait_until_serving()
    assert get(server.address, "/").text == text


def test_an_option_that_only_0_9_7_needed_is_accepted(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "1", "-z", '{"fd": 3}', "--z-restart-args=x", "hello.app")
    assert get(server.address, "/").text == "hello, world\n"
    assert len(server.log.lines) == 1


def test_middleware_wraps_in_the_order_given(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "1", "hello.app", "middleware.one", "middleware.two")
    assert get(server.address, "/").headers["x-trail"] == "one, two"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("helo.app", r"there is no module 'helo'.*did you mean 'hello'\?"),
        ("hello.ap", r"there is no 'ap' in .*hello\.py.*did you mean 'app'\?"),
        ("hello:BODY", r"'hello:BODY' is a bytes, which cannot be called"),
        ("hello:app(1)", r"'hello:app\(1\)' is not the name of an application"),
        (
            "broken_import.app",
            r"broken_import\.py:3:\d+: ModuleNotFoundError: .*a_module_that_does_not_exist",
        ),
        ("broken_name.app", r"broken_name\.py:3:\d+: ImportError: .*a_name_that_does_not_exist"),
        ("broken_syntax.app", r"broken_syntax\.py:2:\d+: SyntaxError: "),
        ("factory:fails()", r"factory\.py:\d+:\d+: RuntimeError: the factory was found, and"),
    ],
)
def test_what_cannot_be_loaded_ends_with_one_error(
    spawn: StartServer, plain: Path, name: str, said: str
) -> None:
    server = spawn(plain, name)
    assert server.wait() == 3
    errors = [line for line in server.log.lines if line.startswith("spawn: error: ")]
    assert len(errors) == 1
    assert re.search(said, errors[0])
    assert "Traceback" not in "\n".join(server.log.lines)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "error: no application is named, and none is found here: no app.py, no wsgi.py, no"),
        (["--prot", "1", "a.b"], "error: there is no option --prot; did you mean '--port'?"),
        (["--port", "high", "a.b"], "error: --port: 'high' will not do, a port is a whole number"),
        (["--bind", "unix:/no/such/folder/s", "hello.app"], "cannot be bound: No such file or"),
    ],
)
def test_impossible_words_answer_in_one_sentence(plain: Path, words: list[str], said: str) -> None:
    run = subprocess.run([str(COMMAND), *words], cwd=plain, capture_output=True, text=True)
    assert run.returncode in (2, 4)
    assert said in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_the_three_commands_are_one() -> None:
    folder = Path(sys.executable).parent
    commands = [
        [str(folder / "spawn")],
        [str(folder / "spawning")],
        [sys.executable, "-m", "spawning"],
    ]
    said = {subprocess.check_output([*command, "--version"], text=True) for command in commands}
    assert len(said) == 1
    assert re.fullmatch(r"Spawning \S+( \(compiled\))?\n", said.pop())


def test_pyproject_names_the_application_and_options(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(HELLO)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.spawning]\napp = 'mine.app'\nprocesses = 1\nno-keepalive = true\n"
    )
    server = spawn(tmp_path, "--verbose").wait_until_serving()
    with Client(server.address) as client:
        assert client.get("/").headers["connection"] == "close"
    assert len(server.workers()) == 1
    server.log.wait_for(r"processes +1 +pyproject\.toml \[tool\.spawning\]")
    server.log.wait_for(r"port +0 +command line")
    server.log.wait_for(r"threads +4 +default")


def test_files_of_the_user_do_not_shadow_ours(spawn: StartServer, tmp_path: Path) -> None:
    for name in ("select", "json", "queue", "errors", "log", "httptools", "psutil"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('the user has such a file')")
    (tmp_path / "mine.py").write_text(HELLO)
    server = spawn(tmp_path, "-s", "1", "mine.app")
    assert get(server.wait_until_serving().address, "/").text == "hello"


@pytest.mark.parametrize("option", ["--threads=0", "--threads=1"])
def test_eventlet_is_silent_and_other_warnings_are_heard(
    spawn: StartServer, tmp_path: Path, option: str
) -> None:
    (tmp_path / "mine.py").write_text(
        "import warnings\nwarnings.warn('the deprecation of eventlet is mine', UserWarning)\n"
        + HELLO
    )
    server = spawn(tmp_path, "-s", "1", option, "mine.app").wait_until_serving()
    assert get(server.address, "/").text == "hello"
    server.stop()
    heard = [line for line in server.log.lines if "Warning:" in line]
    assert len(heard) == 1
    assert "UserWarning: the deprecation of eventlet is mine" in heard[0]


def test_greenlets_are_monkey_patched_before_the_application_loads(
    spawn: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        "import os, socket, eventlet.greenio, time\n"
        "assert socket.socket is eventlet.greenio.GreenSocket\n"
        "def app(environ, start):\n"
        "    while environ['PATH_INFO'] == '/slow' and not os.path.exists('go'):\n"
        "        time.sleep(0.01)\n"
        "    start('200 OK', [])\n    return [b'ok']\n"
    )
    server = spawn(tmp_path, "-s", "1", "-t", "0", "mine.app").wait_until_serving()
    with Client(server.address) as slow, Client(server.address) as fast:
        slow.send(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert fast.get("/").text == "ok"
        slow.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            slow.socket.recv(1)
        slow.socket.settimeout(PATIENCE)
        (tmp_path / "go").touch()
        assert slow.answer().text == "ok"


def test_a_users_own_factory(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "def config_factory(args):\n"
        "    assert (args['num_processes'], args['threadpool_workers']) == (1, 2)\n"
        "    return {**args, 'app_factory': 'mine.app_factory', 'greeting': args['args'][0]}\n"
        "def app_factory(config):\n"
        "    def app(environ, start):\n"
        "        start('200 OK', [])\n"
        "        return [config['greeting'].encode()]\n"
        "    return app\n"
    )
    server = spawn(tmp_path, "-s", "1", "-t", "2", "-f", "mine.config_factory", "bonjour")
    assert get(server.wait_until_serving().address, "/").text == "bonjour"


def test_process_titles(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "-s", "2", "hello.app").wait_until_serving()
    assert title_of(psutil.Process(server.pid)).startswith("spawn: controller hello.app")
    server.wait_for_workers(2)
    assert sorted(title_of(worker) for worker in server.workers()) == [
        f"spawn: worker {number} generation 1 (serving) hello.app" for number in (1, 2)
    ]


def test_unix_sockets(spawn: StartServer, plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "app.sock"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    server = unix_server(plain, path, spawn)
    assert get(str(path), "/").text == "hello, world\n"
    second = subprocess.run(
        [str(COMMAND), "--bind", f"unix:{path}", "hello.app"],
        cwd=plain,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 4
    assert "is in use" in second.stderr
    assert server.stop() == 0
    assert not path.exists()


def unix_server(folder: Path, path: Path, spawn: StartServer) -> Server:
    """Start a server on a unix socket and a port."""
    server = Server(["--bind", f"unix:{path}", "-s", "1", "hello.app"], folder, {})
    try:
        server.log.wait_for("serving hello.app on unix:")
    except AssertionError:
        server.destroy()
        raise
    return server


def test_several_addresses(spawn: StartServer, plain: Path) -> None:
    server = Server(
        ["--bind", "127.0.0.1:0", "--bind", "127.0.0.2:0", "-s", "1", "hello.app"], plain, {}
    )
    try:
        urls = re.findall(r"http://([\d.]+):(\d+)", server.log.wait_for("serving"))
        assert [host for host, _ in urls] == ["127.0.0.1", "127.0.0.2"]
        for host, port in urls:
            assert get((host, int(port)), "/").text == "hello, world\n"
    finally:
        server.destroy()


def test_a_busy_port_says_who_holds_it(spawn: StartServer, plain: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        server = spawn(plain, "--port", str(port), "hello.app")
        assert server.wait() == 4
    who = rf"127\.0\.0\.1:{port} is in use by .*\(pid {psutil.Process().pid}, user \w+\)"
    assert re.search(f"spawn: {who}; trying", server.log.lines[0])
    assert re.search(f"spawn: error: {who}; stop it, or choose another port", server.log.lines[1])
    assert len(server.log.lines) == 2


def test_a_port_that_another_server_has_says_how_to_stop_it(
    spawn: StartServer, plain: Path, tmp_path: Path
) -> None:
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path)}
    port = ("--port", str(free_port()))  # or another test may be given it before the third server
    first = spawn(plain, "-s", "1", *port, "--status-port", "0", "hello.app", env=runtime)
    first.wait_until_serving()
    second = spawn(plain, *port, "hello.app", env=runtime)
    assert second.wait() == 4
    who = rf"the Spawning server of hello\.app in {plain} \(pid {first.pid}, user \w+\)"
    said = rf"in use by {who}; type '(spawnctl stop --pid {first.pid})', or choose another port"
    match = re.search(said, second.log.lines[-1])
    assert match is not None, second.log.lines
    typed = [sys.executable, "-m", "spawning_devtools.ctl", *match[1].split()[1:]]
    subprocess.run(typed, check=True, env=os.environ | runtime)
    assert first.wait() == 0
    third = spawn(plain, "-s", "1", *port, "hello.app")
    assert get(third.wait_until_serving().address, "/").status == 200


def test_a_port_that_becomes_free_in_time_is_taken(spawn: StartServer, plain: Path) -> None:
    holder = socket.create_server(("127.0.0.1", free_port()))
    with holder:
        server = spawn(plain, "--port", str(holder.getsockname()[1]), "-s", "1", "hello.app")
        server.log.wait_for("is in use")
    assert get(server.wait_until_serving().address, "/").status == 200


def test_an_access_log_that_cannot_be_written_is_refused_at_once(
    spawn: StartServer, plain: Path, tmp_path: Path
) -> None:
    server = spawn(plain, "-l", str(tmp_path / "no" / "log"), "hello.app")
    assert server.wait() == 2
    assert "--access-log-file: " in server.log.lines[0]
    assert "cannot be written: No such file or directory" in server.log.lines[0]
    assert len(server.log.lines) == 1


def test_the_access_log_goes_to_its_file(spawn: StartServer, plain: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text("before\n")
    server = spawn(plain, "-s", "2", "-l", str(log), "hello.app").wait_until_serving()
    for number in range(10):
        get(server.address, f"/{number}")
    server.stop()
    lines = log.read_text().splitlines()
    assert lines[0] == "before"
    assert sorted(re.findall(r"GET /(\d) ", "\n".join(lines))) == [str(n) for n in range(10)]
    assert server.access.lines == []
