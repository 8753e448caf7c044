"""A server that goes through all that others have to understand, and what it tells of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import covered
from clients import get
from contract.normal import Place
from heard import Stream
from serving import APPS, Server, wait_until
from storefront import Customer
from visits import place_of, session
from watched import Watched

SITE = APPS / "tea_shop"
DEVELOPMENT = ("--reload=dev", "--no-livereload", "--backdoor=0", "--status-port=0")
COMMON = ("-s", "1", "-t", "4", "-l", "/dev/null", "--port", "0", "--host", "127.0.0.1")
WRONG_SYNTAX = ("def of(item):", "def of(item:")
WRONG_VALUE = "\n\nCHEAPEST = of('water')\n"

Examples = dict[str, Any]


def told(folder: Path) -> Examples:
    """Return all examples by the name of their file, as they would be elsewhere."""
    return {**_developed(folder / "developed"), **_measured(folder / "measured")}


@contextmanager
def _served(folder: Path, *options: str) -> Iterator[Server]:
    runtime = folder.parent / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    words = [*COMMON, *options, "shop.app"]
    server = Server(words, folder, {"XDG_RUNTIME_DIR": str(runtime)})
    try:
        yield server
    finally:
        server.destroy()


def _copied(folder: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(SITE, folder, ignore=ignored))


# ---------------------------------------------------------------- what happens, and the status


def _developed(folder: Path) -> Examples:
    _copied(folder)
    (folder / "closed").touch()
    with _served(folder, *DEVELOPMENT) as server:
        return _Developed(folder, server).told()


class _Developed:
    """A server with --reload=dev, whose code is edited."""

    def __init__(self, folder: Path, server: Server) -> None:
        self._folder = folder
        self._server = server
        self._watched = Watched(server, folder)
        self._found: Examples = {}

    def told(self) -> Examples:
        """Return the examples."""
        self._watched.wait_until_it_says(lambda said: said["children"], "a worker starts")
        with Stream(self._watched.status) as stream:
            self._start(stream)
            self._note()
            self._count()
            self._reload(stream)
            self._fail(stream)
            self._stop_at_a_breakpoint(stream)
        place = Place(self._folder, self._server.pid, self._ports())
        return {name: place.normal(value) for name, value in self._found.items()}

    def _start(self, stream: Stream) -> None:
        hello = stream.until("hello")
        (self._folder / "closed").unlink()
        self._found["events-start"] = hello + stream.until("worker", state="serving")
        self._found["status-serving"] = self._status(lambda said: True)

    def _note(self) -> None:
        (note,) = (self._folder.parent / "runtime/spawning").glob("*.json")
        self._found["note"] = json.loads(note.read_text())

    def _count(self) -> None:
        with Stream(self._watched.status, "?counters=1") as stream:
            hello = stream.until("hello")
            before = hello[0]["data"]["status"]["totals"]["requests"]
            assert get(self._server.address, "/").status == 200
            (*_, counters) = stream.until("counters")
            while counters["data"]["totals"]["requests"] == before:
                (*_, counters) = stream.until("counters")
            self._found["events-counters"] = [counters]

    def _reload(self, stream: Stream) -> None:
        self._edit(lambda text: text.replace('"coffee": 4', '"coffee": 5'))
        self._found["events-reload"] = stream.until("worker-gone")

    def _fail(self, stream: Stream) -> None:
        good = (self._folder / "prices.py").read_text()
        self._edit(lambda text: text.replace(*WRONG_SYNTAX))
        self._found["events-syntax-error"] = stream.until("generation-failed")
        self._found["status-syntax-error"] = self._status(lambda said: said["last_failure"])
        self._edit(lambda text: good + WRONG_VALUE)
        self._found["events-exception"] = stream.until("generation-failed")
        self._found["status-exception"] = self._status(
            lambda said: said["last_failure"]["type"] == "LookupError"
        )
        self._edit(lambda text: good)
        self._found["events-recovery"] = stream.until("worker-gone", how="retired")

    def _stop_at_a_breakpoint(self, stream: Stream) -> None:
        customer = Customer(self._server, "/order")
        heard = stream.until("worker-held")
        self._server.log.wait_for("GET /order waits at breakpoint")
        self._found["status-breakpoint"] = self._status(
            lambda said: all(child["debugger"] for child in said["children"].values())
        )
        with session(self._server) as inside:
            inside.until("ask")
            inside.answer("c")
            assert customer.wait() == b"you owe 3\n"
        self._found["events-breakpoint"] = heard + stream.until("worker-held", debugger=None)

    def _ports(self) -> dict[int, int]:
        """Return the numbers that the examples have for the ports."""
        door = place_of(self._server)
        return {
            self._server.address[1]: 8080,
            self._watched.status[1]: 8081,
            int(door[1]): 3000,
        }

    def _edit(self, changed: Callable[[str], str]) -> None:
        path = self._folder / "prices.py"
        path.write_text(changed(path.read_text()))

    def _status(self, holds: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Return the status, once the only worker that there is has been seen to turn."""

        def is_settled(said: dict[str, Any]) -> bool:
            ages = [child["heartbeat_age"] for child in said["children"].values()]
            return bool(holds(said)) and len(ages) == 1 and None not in ages

        said: dict[str, Any] = self._watched.wait_until_it_says(is_settled, "one worker serves")
        return said


# ---------------------------------------------------------------- which lines run


def _measured(folder: Path) -> Examples:
    _copied(folder)
    with _served(folder, "--coverage") as server:
        address = server.wait_until_serving().address
        assert get(address, "/").status == 200
        (line,) = _lines_with(SITE / "prices.py", "return PRICES")
        measured = covered.Covered(server)
        measured.wait_for("prices.py", line)
        wait_until(lambda: _is_analysed(measured.live()), "all files are analysed")
        path = quote(str(folder / "prices.py"))
        targets = {
            "coverage-live": "/_coverage/live.json",
            "coverage-lines": f"/_coverage/lines.json?path={path}",
            "coverage-since": "/_coverage.json?since=0",
        }
        place = Place(folder, server.pid, {address[1]: 8080})
        return {
            name: place.normal(json.loads(covered.ask(address, target).body))
            for name, target in targets.items()
        }


def _lines_with(file: Path, text: str) -> list[int]:
    return [n for n, line in enumerate(file.read_text().splitlines(), 1) if text in line]


def _is_analysed(live: dict[str, Any]) -> bool:
    return not live["totals"]["pending"] and not any(file["pending"] for file in live["files"])
