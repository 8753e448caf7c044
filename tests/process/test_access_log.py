"""The access log as a real server writes it, and as `spawnctl logs` reads it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clients import Client, get
from serving import Server, StartServer, wait_until

pytestmark = pytest.mark.slow

SPAWNCTL = Path(sys.executable).parent / "spawnctl"
OURS = r" id=[0-9a-f]+-[0-9a-f]+ g=1 w=\d"
WHEN = r"\[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]"
EVIL = 'x" 200 1 0.5 id=a g=9 w=9\\" [2J\xe9'
SHOWN = r"x\" 200 1 0.5 id=a g=9 w=9\\\" [2J\xe9"

FORMS = {
    "": r'127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4} [\d:]{8}\] "GET /unread\?q=1 HTTP/1\.1" 200 2'
    rf" \d+\.\d{{6}}{OURS}",
    "common": rf'127\.0\.0\.1 - ann {WHEN} "GET /unread\?q=1 HTTP/1\.1" 200 2{OURS}'
    r" s=\d+\.\d{6}",
    "combined": rf'127\.0\.0\.1 - ann {WHEN} "GET /unread\?q=1 HTTP/1\.1" 200 2'
    rf' "http://x/" "{re.escape(SHOWN)}"{OURS} s=\d+\.\d{{6}}',
    '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(generation)s %({host}i)s '
    "%({content-length}o)s %({remote_addr}e)s": rf"127\.0\.0\.1 - ann {WHEN}"
    r' "GET /unread\?q=1 HTTP/1\.1" 200 2 "http://x/"'
    rf' "{re.escape(SHOWN)}" 1 test 2 127\.0\.0\.1',
}
FIELDS = ("Referer: http://x/", f"User-Agent: {EVIL}", "Authorization: Basic YW5uOng=")


def _start(spawn: StartServer, folder: Path, *options: str) -> Server:
    return spawn(folder, "-s", "1", *options).wait_until_serving()


@pytest.mark.parametrize("form", FORMS, ids=["default", "common", "combined", "fields"])
def test_a_line_of_each_form(form: str, spawn: StartServer, plain: Path) -> None:
    server = _start(spawn, plain, "--access-log-format", form, "echo.app")
    with Client(server.address) as client:
        client.get("/unread?q=1", *FIELDS)
    server.access.wait_for(f"^{FORMS[form]}$")
    server.stop()
    assert len(server.access.lines) == 1


def test_json(spawn: StartServer, plain: Path) -> None:
    server = _start(spawn, plain, "--access-log-format=json", "echo.app")
    with Client(server.address) as client:
        client.get("/unread?q=1", *FIELDS, "X-Request-ID: of-the-client")
    said = json.loads(server.access.wait_for("unread"))
    times = {name: said.pop(name) for name in ("time", "seconds", "pid")}
    assert said == {
        "id": "of-the-client",
        "client": "127.0.0.1",
        "method": "GET",
        "path": "/unread",
        "query": "q=1",
        "protocol": "HTTP/1.1",
        "status": 200,
        "bytes": 2,
        "referer": "http://x/",
        "user_agent": EVIL,
        "generation": 1,
        "worker": 1,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", times["time"])
    assert times["pid"] == server.workers()[0].pid
    assert 0 < times["seconds"] < 60


def test_a_format_that_cannot_be_is_refused_at_once(spawn: StartServer, plain: Path) -> None:
    server = spawn(plain, "--access-log-format", "%(h)s %(x)s", "echo.app")
    assert server.wait() == 2
    [line] = server.log.lines
    assert line.startswith(
        "spawn: error: --access-log-format: '%(h)s %(x)s' will not do, it has no field 'x': "
    )


def test_the_application_sees_the_id_that_the_log_says(spawn: StartServer, plain: Path) -> None:
    server = _start(spawn, plain, "echo.app")
    with Client(server.address) as client:
        seen = [
            json.loads(client.get(f"/environ?{number}", *fields).body)["HTTP_X_REQUEST_ID"]
            for number, fields in enumerate([(), ("X-Request-ID: mine",), ("X-Request-ID: a b",)])
        ]
    assert seen[1] == "mine"
    assert len({*seen, "a b"}) == 4
    for number, request_id in enumerate(seen):
        server.access.wait_for(rf"/environ\?{number} .* id={re.escape(request_id)} g=1 w=1$")


def test_no_id_is_made_where_there_is_no_log(spawn: StartServer, plain: Path) -> None:
    server = _start(spawn, plain, "-l", "/dev/null", "echo.app")
    assert b"HTTP_X_REQUEST_ID" not in get(server.address, "/environ").body


def test_a_client_that_goes_away_in_the_middle(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "echo.app")
    with Client(server.address) as client:
        client.send(b"GET /big HTTP/1.1\r\nHost: test\r\n\r\n")
        client.exactly(10)
    line = server.access.wait_for("GET /big")
    assert re.search(r'" 499 \d+ \d+\.\d{6} id=\S+ g=1 w=1 cut=client$', line)


def test_a_response_that_the_application_did_not_finish(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "echo.app")
    for path in ("/fail-late", "/short"):
        get_all(server, path)
        assert server.access.wait_for(f"GET {path}").endswith(" g=1 w=1 cut=application")
    get(server.address, "/fail")
    assert re.search(r'" 500 0 .* w=1$', server.access.wait_for("GET /fail "))


def get_all(server: Server, path: str) -> bytes:
    """Return all that comes of a request, however it ends."""
    with Client(server.address) as client:
        client.send(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
        return client.rest()


def test_a_refused_request_has_a_line(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "echo.app")
    with Client(server.address) as client:
        client.send(b"GET /twice HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        assert client.answer().status == 400
    server.access.wait_for(r'"GET /twice HTTP/1\.1" 400 0 0\.000000 id=\S+ g=1 w=1$')


def test_workers_and_generations_share_one_file(
    spawn: StartServer, plain: Path, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    server = spawn(plain, "-s", "3", "-l", str(log), "echo.app").wait_until_serving()
    server.wait_for_workers(3)
    for number in range(60):
        get(server.address, f"/status?200+{number}")
    server.stop()
    found = re.findall(
        r'^127\S+ - - \[.{20}\] "GET /status\?200\+(\d+) HTTP/1.1" 200 0 \S+ id=(\S+) g=1 w=(\d)$',
        log.read_text(),
        re.MULTILINE,
    )
    assert sorted(int(number) for number, _, _ in found) == list(range(60))
    assert len({request_id for _, request_id, _ in found}) == 60
    assert len(log.read_text().splitlines()) == 60
    assert {worker for _, _, worker in found} <= {"1", "2", "3"}


def test_a_full_disk_fails_no_request(serve: StartServer, plain: Path) -> None:
    server = serve(plain, "echo.app", "-l", "/dev/full")
    with Client(server.address) as client:
        for _ in range(20):
            assert client.get("/unread").status == 200
    server.log.wait_for("the access log /dev/full cannot be written: No space left on device;")
    server.stop()
    assert sum("access log" in line for line in server.log.lines) == 1


def test_a_terminal_shows_colour(plain: Path) -> None:
    reading, terminal = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    command = [str(SPAWNCTL.with_name("spawn")), "--host", "127.0.0.1", "--port", "0", "-s", "1"]
    with subprocess.Popen(
        [*command, "hello.app"], cwd=plain, env=env | {"TERM": "xterm"}, stdout=terminal,
        stderr=terminal,
    ) as process:  # fmt: skip
        os.close(terminal)
        said = _shown(reading, rb"generation 1 in ")
        assert b"\x1b[32mgeneration 1 in " in said
        port = re.search(rb"127\.0\.0\.1:(\d+)", said)
        assert port is not None
        get(("127.0.0.1", int(port[1])), "/")
        said = _shown(reading, rb"GET /")
        process.terminate()
    os.close(reading)
    assert b'"GET / HTTP/1.1" \x1b[32m200\x1b[0m 13 ' in said


def _shown(terminal: int, pattern: bytes) -> bytes:
    """Return what a terminal shows up to the end of a line that matches."""
    shown = b""
    while not re.search(pattern + rb".*\n", shown):
        shown += os.read(terminal, 4096)
    return shown


@pytest.fixture
def served_log(spawn: StartServer, plain: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Have a server write a log in a form; return the file."""

    def write(form: str) -> Path:
        log = tmp_path / "access.log"
        words = ["-l", str(log), "--access-log-format", form, "echo.app"]
        server = _start(spawn, plain, *words)
        with Client(server.address) as client:
            for target in ("/unread?1", "/unread?2", "/status?404+x", "/lines"):
                client.get(target)
            client.send(b"POST /lines HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
            client.answer()
        wait_until(lambda: log.read_text().count("\n") == 5, "all five have a line")
        server.stop()
        return log

    return write


def _spawnctl(*words: str) -> str:
    done = subprocess.run([SPAWNCTL, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("form", ["", "common", "combined", "json"])
def test_spawnctl_reads_what_a_server_wrote(form: str, served_log: Callable[[str], Path]) -> None:
    log = str(served_log(form))
    said = json.loads(_spawnctl("logs", log, "--format", "json", "--earliest=-1hour"))
    assert (said["requests"], said["unread"]) == (5, 0)
    assert [(g["path"], g["count"], g["bytes"]) for g in said["groups"]] == [
        ("/lines", 2, len("[]") + len("[b'ab']")),
        ("/unread", 2, 4),
        ("/status", 1, 0),
    ]
    for group in said["groups"]:
        assert 0 < group["p50"] <= group["p90"] <= group["p99"] <= group["max"] < 60
    assert json.loads(_spawnctl("logs", log, "--format=json", "--latest=-1hour"))["groups"] == []
    table = _spawnctl("logs", "--by", "method,status", log).splitlines()
    assert [line.split()[-2:] for line in table[1:]] == [
        ["GET", "200"],
        ["GET", "404"],
        ["POST", "200"],
    ]


def test_spawnctl_reads_several_files_and_standard_input_at_once(tmp_path: Path) -> None:
    line = '192.0.2.1 - - [24/Nov/2026 12:58:35] "GET /a HTTP/1.1" 200 12 0.001234\n'
    log = tmp_path / "large.log"
    # More than one process is worth it, and lines lie across their border.
    log.write_text(line * (40_000_000 // len(line)))
    done = subprocess.run(
        [SPAWNCTL, "logs", "--format=csv", "--jobs", "2", str(log), "-", str(log)],
        input=line.replace("0.001234", "2.5") + "junk\n",
        capture_output=True,
        text=True,
        check=True,
    )
    count = 2 * (40_000_000 // len(line)) + 1
    assert re.match(rf"/a,{count},\S+,0\.001234,0\.001234,0\.001234,2\.5,", done.stdout.split()[1])
    assert "1 line is of no form that is known" in done.stderr
