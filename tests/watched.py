"""A real server with a status port, and what its pages say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from prometheus_client.parser import text_string_to_metric_families

from clients import Answer, Client, request
from serving import Server, title_of, wait_until

APPLICATION = """
import os, time
from pathlib import Path

def app(environ, start):
    query = environ["QUERY_STRING"]
    if environ["PATH_INFO"].startswith("/wait"):
        while not Path(query).exists():
            time.sleep(0.01)
    elif environ["PATH_INFO"] == "/block":
        import eventlet.patcher
        sleep = eventlet.patcher.original("time").sleep
        while not Path(query).exists():
            sleep(0.01)
    start("200 OK", [])
    return [str(os.getpid()).encode()]
"""

Watch = Callable[..., "Watched"]


class Watched:
    """A server with a status port."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.gate = folder / "gate"
        """What lets the requests that wait go on, once it is there."""
        line = server.log.wait_for("status page on")
        match = re.search(r"status page on http://([\d.]+):(\d+)/status$", line)
        assert match
        self.status = match[1], int(match[2])

    def ask(self, path: str, *fields: str, method: str = "GET") -> Answer:
        """Return what the status port answers."""
        with Client(self.status) as client:
            host = () if any(field.startswith("Host") for field in fields) else ("Host: localhost",)
            lines = [f"{method} {path} HTTP/1.1", *host, *fields, "Connection: close", "", ""]
            client.send("\r\n".join(lines).encode())
            return client.answer(head_only=method == "HEAD")

    def says(self) -> dict[str, Any]:
        """Return `/status.json`."""
        said: dict[str, Any] = json.loads(self.ask("/status.json").body)
        return said

    def wait_until_it_says(self, holds: Callable[[dict[str, Any]], bool], what: str) -> Any:
        """Return what it says once it says so."""
        said: dict[str, Any] = {}

        def says_so() -> bool:
            said.clear()
            said.update(self.says())
            return holds(said)

        wait_until(says_so, f"it says that {what}")
        return said

    def metrics(self) -> dict[str, float]:
        """Return the samples of `/metrics` by name and labels."""
        answer = self.ask("/metrics")
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        return {
            " ".join([sample.name, *sample.labels.values()]): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    def begin(self, path: str) -> Client:
        """Return a client whose request does not end before the gate is there."""
        client = Client(self.server.address)
        client.send(request(f"{path}?{self.gate}"))
        return client

    def process(self) -> psutil.Process:
        """Return the status process."""
        children = psutil.Process(self.server.pid).children()
        # Before it sets its title, the command line is that of its start.
        titles = {"status page", "spawning/status"}
        (found,) = [c for c in children if any(title in title_of(c) for title in titles)]
        return found
