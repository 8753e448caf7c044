"""What how-to guides show works as it stands there: their code is taken from the pages."""

from __future__ import annotations

import http.client
import re
from pathlib import Path

import pytest

from manual import blocks, typed
from serving import Server, StartServer

pytestmark = [pytest.mark.slow, pytest.mark.once]

GREETING = """\
def app(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["REMOTE_ADDR"].encode()]
"""
BROKEN = """\
from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return 1 / 0
"""


def shown(page: str, pattern: str) -> str:
    """Return the command of a page that matches."""
    commands = [
        one.command
        for block in blocks(f"docs/how-to/{page}.md")
        if block.language == "console"
        for one in typed(block)
        if re.search(pattern, one.command)
    ]
    assert commands, f"{page} shows no {pattern}"
    return commands[0]


def words(command: str) -> list[str]:
    return command.removesuffix("&").split()[1:]


def answer(
    server: Server, method: str = "GET", body: bytes = b"", **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(*server.address)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, "/", body or None, named)
    response = connection.getresponse()
    status, content = response.status, response.read().decode()
    connection.close()
    return status, content


def test_factory_of_ones_own(spawn: StartServer, tmp_path: Path) -> None:
    (code, *_rest) = [b for b in blocks("docs/how-to/factories.md") if b.language == "python"]
    package = tmp_path / "my_site"
    package.mkdir()
    (package / "__init__.py").write_text(
        "def make_app(colour):\n"
        "    def app(environ, start_response):\n"
        "        start_response('200 OK', [])\n"
        "        return [colour.encode()]\n"
        "    return app\n"
    )
    (package / "serving.py").write_text(code.text)
    command = shown("factories", "--factory my_site").replace("blue", "red")
    server = spawn(tmp_path, *command.split()[1:]).wait_until_serving()
    assert answer(server) == (200, "red")
    server.wait_for_workers(2)


def test_body_that_is_too_long(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "my_module.py").write_text(GREETING)
    command = shown("limits", "spawn --limit-request-body")
    server = spawn(tmp_path, *words(command)).wait_until_serving()
    assert answer(server, "POST", b"x" * 2000)[0] == 413
    assert answer(server, "POST", b"x" * 1000)[0] == 200


def test_client_behind_a_proxy(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "my_module.py").write_text(GREETING)
    command = shown("trusted-proxies", "spawn --forwarded-allow-ips=127.0.0.1 ")
    server = spawn(tmp_path, *words(command)).wait_until_serving()
    assert answer(server, X_Forwarded_For="192.0.2.7") == (200, "192.0.2.7")
    server.access.wait_for(r"^192\.0\.2\.7 - - ")


def test_debugger_of_flask(spawn: StartServer, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(BROKEN)
    command = shown("from-flask-run", "DebuggedApplication")
    variable, _spawn, *options = command.split()
    name, _, value = variable.partition("=")
    server = spawn(tmp_path, *options, env={name: value}).wait_until_serving()
    status, page = answer(server)
    assert status == 500
    assert "ZeroDivisionError" in page
    assert "shop.py" in page
