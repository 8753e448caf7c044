"""Servers whose lines are measured, and what they say of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clients import Answer, Client, get
from serving import Server, wait_until

SITE = {
    "shop/__init__.py": "",
    "shop/app.py": """\
from shop import pricing, unused

ROUTES = {}

def route(path):
    def keep(function):
        ROUTES[path] = function
        return function
    return keep

@route("/")
def index(query):
    return "welcome"

@route("/price")
def price(query):
    number = int(query or "1")
    if number > 10:
        return pricing.many(number)
    return pricing.few(number)

@route("/stream")
def stream(query):
    def pieces():
        yield "one "
        for number in range(2):
            yield f"{number} "
    return "".join(pieces())

@route("/later")
def later(query):
    from shop import later
    return later.answer()

@route("/never")
def never(query):
    return "nobody asks for it"

@route("/thread")
def thread(query):
    import threading
    found = []
    def work():
        found.append("worked")
    other = threading.Thread(target=work)
    other.start()
    other.join()
    return found[0]

def missing(query):
    return "no such page"

def application(environ, start_response):
    answer = ROUTES.get(environ["PATH_INFO"], missing)(environ["QUERY_STRING"])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.encode()]
""",
    "shop/pricing.py": """\
RATE = 3

class Basket:
    limit = 10
    def total(self, number):
        return number * RATE

def few(number):
    return str(Basket().total(number))

def many(number):
    total = 0
    for one in range(number):
        if one % 2:
            total += RATE
        elif one == 99:
            total += 1  # pragma: no cover
        else:
            continue
    return str(total)
""",
    "shop/unused.py": "def nobody():\n    return 1\n",
    "shop/later.py": (
        "WORDS = ['late']\n\ndef answer():\n    return WORDS[0]\n\ndef other():\n    return 2\n"
    ),
    "shop/alone.py": "def nobody():\n    return 'this module is never imported'\n",
    "shop/note.py": "TEXT = 'left out of the report, so that it can be saved'\n",
}
"""An application with lines of all kinds."""

BEFORE = ("/", "/price?3", "/later", "/nothing")
BETWEEN = ("/price?30", "/stream")
AFTER = ("/thread", "/")
CALLS = (*BEFORE, *BETWEEN, *AFTER)

RC = "[run]\nbranch = {branch}\nsource = shop\nomit = shop/note.py\n"

DRIVE = """\
import io, sys
from wsgiref.util import setup_testing_defaults
from shop.app import application
for target in sys.argv[1:]:
    path, _, query = target.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query}
    setup_testing_defaults(environ)
    b"".join(application(environ, lambda status, headers: None))
"""


def line_of(name: str, text: str) -> int:
    """Return the number of the line in which `text` stands."""
    (found,) = [n for n, line in enumerate(SITE[name].splitlines(), 1) if text in line]
    return found


def write(folder: Path, branch: bool) -> Path:
    """Write the application and its configuration of coverage.py."""
    (folder / "shop").mkdir()
    for name, text in SITE.items():
        (folder / name).write_text(text)
    with (folder / "shop/app.py").open("a") as file:
        file.write("\nfrom shop import note\n")
    (folder / ".coveragerc").write_text(RC.format(branch=str(branch).lower()))
    return folder


def run_alone(folder: Path, targets: Sequence[str] = CALLS) -> dict[str, Any]:
    """Return what `coverage run` finds in one process that does the same."""
    (folder / "drive.py").write_text(DRIVE)
    # Without this the tests' own measurement, where there is one, would reach it.
    environ = {name: text for name, text in os.environ.items() if "COVERAGE" not in name}
    for words in (["run", "drive.py", *targets], ["json", "-q", "-o", "alone.json"]):
        command = [sys.executable, "-m", "coverage", *words]
        subprocess.run(command, cwd=folder, check=True, env=environ, capture_output=True)
    found: dict[str, Any] = json.loads((folder / "alone.json").read_text())
    for name in ("drive.py", "alone.json", ".coverage"):
        (folder / name).unlink()
    return found


def figures(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what counts of a JSON report of coverage.py, by file."""
    names = ("executed_lines", "missing_lines", "excluded_lines", "executed_branches",
             "missing_branches", "summary")  # fmt: skip
    return {
        path: {name: file[name] for name in names if name in file}
        for path, file in report["files"].items()
    }


def ask(address: tuple[str, int] | str, target: str, *fields: str, method: str = "GET") -> Answer:
    """Return the answer to a request of somebody on this machine."""
    host = () if any(field.startswith("Host:") for field in fields) else ("Host: localhost",)
    lines = [f"{method} {target} HTTP/1.1", *host, *fields, "", ""]
    with Client(address) as client:
        client.send("\r\n".join(lines).encode("latin-1"))
        return client.answer(head_only=method == "HEAD")


class Covered:
    """A server, and the coverage that it tells."""

    def __init__(self, server: Server) -> None:
        self.server = server.wait_until_serving()
        self.address = server.address

    def call(self, targets: Sequence[str]) -> None:
        """Ask the application."""
        for target in targets:
            assert get(self.address, target).status == 200

    def report(self) -> dict[str, Any]:
        """Return the JSON report."""
        answer = ask(self.address, "/_coverage.json")
        assert answer.status == 200, answer.text
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def executed(self, name: str) -> set[int]:
        """Return the lines of a file that have run, as far as they are analysed by now."""
        # As an editor asks: for a report a process would be started each time.
        answer = ask(self.address, "/_coverage.json?since=0")
        assert answer.status == 200, answer.text
        for file in json.loads(answer.body)["files"]:
            if file["path"].endswith(f"/{name}"):
                return set(file["executed_lines"])
        return set()

    def wait_for(self, name: str, line: int) -> None:
        """Return when a line of a file has run and was told."""
        wait_until(lambda: line in self.executed(name), f"line {line} of {name} has run")

    def order(self, name: str) -> None:
        """Give an order; return when every worker has obeyed."""
        # One that has not in time may be slow: it is told again.
        wait_until(
            lambda: ask(self.address, f"/_coverage/{name}", method="POST").status == 200,
            f"{name} is obeyed",
        )

    def live(self, since: int = 0) -> dict[str, Any]:
        """Return what the page of the files asks for."""
        found: dict[str, Any] = json.loads(
            ask(self.address, f"/_coverage/live.json?since={since}").body
        )
        return found
