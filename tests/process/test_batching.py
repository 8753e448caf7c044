"""Answers that leave together, in a real server: each reaches who asked, through a reload too."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

from clients import Client, request
from serving import StartServer, wait_until

CLIENTS = 16
PAGE = """
from spawning.http.batching import Batching

paid = []
look = Batching.look

def look_and_tell(batching, *arguments):
    look(batching, *arguments)
    if batching.pays:
        paid.append(batching.size)

Batching.look = look_and_tell

class Answer(list):
    def close(self):
        sum(range(200))

def app(environ, start):
    path = environ["PATH_INFO"]
    if path == "/paid":
        body = b"yes" if paid else b"no"
    else:
        # More than what makes it worth while on any machine, now and then much more.
        sum(range(1_000_000 if path.endswith("00") else 10_000))
        body = path.encode()
    start("200 OK", [("Content-Length", str(len(body)))])
    return Answer([body])
"""


def test_each_answer_reaches_who_asked(spawn: StartServer, tmp_path: Path, threads: str) -> None:
    (tmp_path / "mine.py").write_text(PAGE)
    server = spawn(tmp_path, "-s", "1", "-t", threads, "-l", "/dev/null", "mine.app")
    address = server.wait_until_serving().address
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Client(address)) for _ in range(CLIENTS)]
        number = 0

        def has_paid() -> bool:
            nonlocal number
            for _ in range(20):
                asked = [f"/{number + place}" for place in range(CLIENTS)]
                number += CLIENTS
                for client, target in zip(clients, asked, strict=True):
                    client.send(request(target))
                assert [client.answer().text for client in clients] == asked
            return clients[0].get("/paid").text == "yes"

        wait_until(has_paid, "answers leave together")
        (old,) = server.workers()
        server.signal(signal.SIGHUP)
        wait_until(lambda: has_paid() and not old.is_running(), "and in the next generation")
