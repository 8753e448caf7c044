"""A real server that can be entered, and those whom it does not let in."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.chromium import FOUND, Browser
from entrance import read_all, read_until
from process.test_chuid import interpreter, refusal
from serving import APPS, PATIENCE, Server, StartServer, wait_until
from visits import KNOCKED_AT, TURNED_AWAY, knock, place_of, session, start

pytestmark = [pytest.mark.slow, pytest.mark.once]

IS_ROOT = os.geteuid() == 0


# ---------------------------------------------------------------- who is not let in


@pytest.fixture
def stranger() -> Iterator[str]:
    """A real user of the machine, made for the test."""
    name = f"spawning-{uuid.uuid4().hex[:8]}"
    subprocess.run(["useradd", "--no-create-home", name], check=True, capture_output=True)
    notes = f"/tmp/spawning-{pwd.getpwnam(name).pw_uid}"
    yield name

    def is_deleted() -> bool:
        return subprocess.run(["userdel", name], capture_output=True).returncode == 0

    wait_until(is_deleted, f"{name} has no process any more, and is deleted")
    shutil.rmtree(notes, ignore_errors=True)  # the next user may have the same number


KNOCK = """
import json, os, pwd, socket, sys
user = pwd.getpwnam(sys.argv[1])
place, words, how = json.loads(sys.argv[2]), sys.argv[3].encode(), sys.argv[4]
os.setgroups([]); os.setgid(user.pw_gid); os.setuid(user.pw_uid)
sock = socket.socket(socket.AF_UNIX if isinstance(place, str) else socket.AF_INET)
try:
    sock.connect(place if isinstance(place, str) else tuple(place))
    words and sock.sendall(words)
    if how == "leave":
        sock.close()
        sys.exit()
    said = b""
    while piece := sock.recv(65536):
        said += piece
        if how == "greet":
            break
    print(said.decode())
except OSError as error:
    print(type(error).__name__)
"""


def knock_as(user: str, place: Any, words: str, how: str = "stay") -> str:
    """Return what another user is told."""
    command = [sys.executable, "-c", KNOCK, user, json.dumps(place), words, how]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def evil(marker: Path) -> str:
    """Return a first line of ours, and a statement that leaves a mark."""
    return "spawnctl 1 {}\n" + json.dumps(
        {"do": "run", "id": 1, "source": f"open({str(marker)!r}, 'w')"}
    ) + "\n"  # fmt: skip


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may go into: those of pytest are nobody else's."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(not IS_ROOT, reason="only root can make a user, and be somebody else")
@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_another_user_is_refused(
    stranger: str, spawn: StartServer, plain: Path, runtime: dict[str, str], open_folder: Path,
    kind: str,
) -> None:  # fmt: skip
    entered_at = f"unix:{open_folder}/door" if kind == "unix" else "0"
    server = start(spawn, plain, "-s", "1", f"--backdoor={entered_at}", env=runtime)
    place, marker = place_of(server), open_folder / "evaluated"
    if isinstance(place, str):
        assert knock_as(stranger, place, evil(marker)) == "PermissionError\n"
        os.chmod(place, 0o666)  # as somebody might, to be helpful
    for _ in range(3):
        told = knock_as(stranger, place, evil(marker))
        assert "another user's server" in told or told.endswith("Error\n")
    # One who has gone by the time that the kernel is asked: older ones show him as root.
    for _ in range(20):
        knock_as(stranger, place, evil(marker), "leave")
    with session(server) as inside:
        assert inside.run("1 + 1").strip() == "2"
    assert not marker.exists()
    assert server.stop() == 0
    lines = [line for line in server.log.lines if TURNED_AWAY in line]
    assert [line for line in lines if stranger in line] == [lines[0]]


@pytest.fixture
def theirs(
    stranger: str, runtime: dict[str, str], open_folder: Path
) -> Iterator[tuple[Server, Path]]:
    """A server that root has started for another user, and the folder of its unix socket."""
    command, env = interpreter()
    shutil.copy(APPS / "plain" / "hello.py", open_folder)
    words = ["-s", "1", "--port", "0", "-u", stranger, f"--backdoor=unix:{open_folder}/door"]
    server = Server([*words, "-l", "/dev/null", "hello.app"], open_folder, env | runtime, command)
    yield server, open_folder
    server.destroy()


@pytest.mark.skipif(bool(refusal()), reason=refusal())
def test_the_server_of_another_user(theirs: tuple[Server, Path], stranger: str) -> None:
    server, folder = theirs
    server.wait_until_serving()
    match = KNOCKED_AT.search(server.log.wait_for(KNOCKED_AT.pattern))
    assert match is not None
    assert match[3] == stranger
    path, marker = place_of(server), folder / "evaluated"
    user = pwd.getpwnam(stranger).pw_uid
    assert (os.stat(path).st_uid, stat.S_IMODE(os.stat(path).st_mode)) == (user, 0o600)
    assert knock_as("nobody", path, evil(marker)) == "PermissionError\n"
    os.chmod(path, 0o666)
    assert "another user's server" in knock_as("nobody", path, "")
    assert '"say":"hello"' in knock_as(stranger, path, "spawnctl 1 {}\n", "greet")
    with session(server) as root:
        assert root.run("import os; os.getuid()").strip() == str(user)
    note = Path(f"/tmp/spawning-{user}", f"{server.pid}.json")
    assert note.stat().st_uid == user, "root's folder is not its user's"
    assert server.stop() == 0
    assert not note.exists()
    assert not marker.exists()


# ---------------------------------------------------------------- web pages

ATTACK = """
(async () => {
  const url = "http://%s/", source = "open('%s', 'w')\\n";
  const tries = [
    () => fetch(url, {method: "POST", mode: "no-cors", body: source}),
    () => fetch(url, {method: "POST", mode: "no-cors", body: new Blob([source])}),
    () => fetch(url + "?x=" + encodeURIComponent(source), {mode: "no-cors"}),
    () => fetch(url, {method: "PUT", body: source}),
    () => fetch(url.replace("http:", "https:"), {mode: "no-cors"}),
    () => new Promise((_, no) => { new WebSocket(url.replace("http", "ws")).onerror = no; }),
    () => new Promise((_, no) => Object.assign(new Image(), {onerror: no, src: url})),
    () => new Promise((_, no) => { new EventSource(url).onerror = no; }),
    () => navigator.sendBeacon(url, source),
  ];
  const link = document.createElement("link");
  link.rel = "preconnect"; link.href = url;
  document.head.append(link);
  await new Promise(over => setTimeout(over, 700));  // until the banner came
  const ends = await Promise.allSettled(tries.map(one => one()));
  window.ended = ends.length;
})();
"""


@pytest.fixture(params=FOUND, ids=["browser"] * len(FOUND))
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Browser]:
    started = Browser(request.param, tmp_path / "profile")
    yield started
    started.close()


def test_a_web_page_has_nothing_evaluated(
    spawn: StartServer, plain: Path, runtime: dict[str, str], tmp_path: Path, browser: Browser
) -> None:
    marker = tmp_path / "evaluated"
    server = start(spawn, plain, "-s", "1", "--backdoor=0", env=runtime)
    host, port = server.address
    browser.open(f"http://{host}:{port}/")
    wait_until(lambda: browser.holds("document.readyState == 'complete'"), "the page is open")
    for name in ("127.0.0.1", "localhost", "[::1]"):
        place = f"{name}:{place_of(server)[1]}"
        browser.value_of("window.ended = 0")
        browser.value_of(ATTACK % (place, marker) + "; 0")
        wait_until(lambda: browser.holds("window.ended == 9"), "the page has tried everything")
    with session(server) as inside:
        assert inside.run("1 + 1").strip() == "2"
    assert not marker.exists()
    assert server.stop() == 0
    lines = [line for line in server.log.lines if TURNED_AWAY in line]
    assert len(lines) == 1
    assert "a web page" in lines[0]


REBOUND = "{method} / HTTP/1.1\r\nHost: rebound.example:3000\r\nOrigin: http://rebound.example:3000"


@pytest.mark.parametrize("method", ["GET", "POST", "spawnctl", "import"])
def test_a_rebound_name_has_nothing_evaluated(
    spawn: StartServer, plain: Path, runtime: dict[str, str], tmp_path: Path, method: str
) -> None:
    marker = tmp_path / "evaluated"
    server = start(spawn, plain, "-s", "1", "--backdoor=0", env=runtime)
    said = REBOUND.format(method=method) + f"\r\n\r\n{evil(marker)}open('{marker}', 'w')\n"
    for _ in range(3):
        with knock(place_of(server)) as sock:
            sock.sendall(said.encode())
            read_all(sock)
    # After the banner, as a browser may that has connected long before it asks.
    with knock(place_of(server)) as sock:
        read_until(sock, b">>> ")
        sock.sendall(said.encode())
        read_all(sock)
    with session(server) as inside:
        assert inside.run("1 + 1").strip() == "2"
    assert not marker.exists()
    assert server.stop() == 0
    assert 1 <= len([line for line in server.log.lines if TURNED_AWAY in line]) <= 2
