"""Where a server can listen, observed by connecting to it."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients import Answer, Client, get
from serving import COMMAND, Server, free_port

pytestmark = pytest.mark.slow

Listen = Callable[..., Server]
HAS_IPV6 = (
    Path("/proc/net/if_inet6").exists() and "00000001 01" in Path("/proc/net/if_inet6").read_text()
)
URL = re.compile(r"unix:\S+|http://\S+")


@pytest.fixture
def listening(plain: Path) -> Iterator[Listen]:
    """Start servers with nothing but what is given: `listening("--bind", "[::1]:0")`."""
    started: list[Server] = []

    def start(*arguments: str, application: str = "echo.app") -> Server:
        started.append(Server(["-s", "1", *arguments, application], plain, {}))
        return started[-1]

    yield start
    for server in started:
        server.destroy()


def urls(server: Server) -> list[str]:
    """Return the addresses that a server says it is at."""
    return URL.findall(server.log.wait_for("serving "))


def address(url: str) -> tuple[str, int]:
    """Return the host and port of a URL."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    return host.strip("[]"), int(port)


def environ(where: tuple[str, int] | str) -> Answer:
    """Return what the application is told of a request."""
    return get(where, "/environ")


def test_ipv6_or_why_not(listening: Listen) -> None:
    for words in (["--host", "::1", "--port", "0"], ["--bind", "[::1]:0"]):
        server = listening(*words)
        if not HAS_IPV6:
            assert server.wait() == 4
            assert "[::1]:0 cannot be bound" in server.log.lines[0]
            continue
        (url,) = urls(server)
        assert re.fullmatch(r"http://\[::1\]:\d+", url)
        told = environ(address(url)).text
        assert '"SERVER_NAME": "::1"' in told
        assert f'"SERVER_PORT": "{address(url)[1]}"' in told
        assert '"REMOTE_ADDR": "::1"' in told


@pytest.mark.parametrize("words", [["--host", "", "--port", "0"], ["--bind", ":0"]])
def test_no_host_is_every_interface_under_one_url(listening: Listen, words: list[str]) -> None:
    (url,) = urls(listening(*words))
    host, port = address(url)
    assert host == "127.0.0.1"
    assert '"REMOTE_ADDR": "127.0.0.1"' in environ((host, port)).text
    if HAS_IPV6:
        assert '"REMOTE_ADDR": "::1"' in environ(("::1", port)).text


def test_both_wildcards_side_by_side(listening: Listen) -> None:
    port = free_port()
    server = listening("--bind", f"[::]:{port}", "--bind", f"0.0.0.0:{port}")
    if not HAS_IPV6:
        assert server.wait() == 4
        return
    assert urls(server) == [f"http://127.0.0.1:{port}"]
    assert '"REMOTE_ADDR": "127.0.0.1"' in environ(("127.0.0.1", port)).text


def test_addresses_of_all_kinds(listening: Listen, tmp_path: Path) -> None:
    path = tmp_path / "app.sock"
    server = listening("--bind", "127.0.0.1:0", "--bind", f"unix:{path}", "--bind", "127.0.0.2:0")
    first, unix, second = urls(server)
    assert unix == f"unix:{path}"
    for url, name in ((first, "127.0.0.1"), (second, "127.0.0.2")):
        assert f'"SERVER_NAME": "{name}"' in environ(address(url)).text
    assert '"SERVER_NAME": "localhost"' in environ(str(path)).text


@pytest.mark.parametrize(("mode", "expected"), [("660", 0o660), ("600", 0o600), ("", 0o755)])
def test_the_mode_of_a_unix_socket(
    listening: Listen, tmp_path: Path, mode: str, expected: int
) -> None:
    path = tmp_path / "app.sock"
    before = os.umask(0o022)
    try:
        server = listening("--bind", f"unix:{path}", *(["--unix-mode", mode] if mode else []))
    finally:
        os.umask(before)
    urls(server)
    assert stat.S_IMODE(path.stat().st_mode) == expected
    with Client(str(path)) as client:
        assert client.get("/").status == 200


def test_a_mode_that_is_none_is_refused(plain: Path) -> None:
    words = [str(COMMAND), "--bind", "unix:s", "--unix-mode", "rw", "hello.app"]
    run = subprocess.run(words, cwd=plain, capture_output=True, text=True)
    assert run.returncode == 2
    assert "--unix-mode: 'rw' will not do, it is three octal digits" in run.stderr


def test_files_of_the_application_keep_the_umask(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from pathlib import Path\nPath('made').touch()\n"
        "def app(environ, start):\n    start('200 OK', [])\n    return [b'ok']\n"
    )
    words = ["--bind", f"unix:{tmp_path}/s", "--unix-mode", "600", "-s", "1", "mine.app"]
    before = os.umask(0o027)
    try:
        server = Server(words, tmp_path, {})
    finally:
        os.umask(before)
    try:
        urls(server)
        assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o640
    finally:
        server.destroy()
