"""The example with long polling: a message board."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from browser.chromium import Browser
from clients import Answer, Client, get, request
from examples.example import Example
from serving import Server, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]

MANY = 200


def say(server: Server, text: str, *fields: str) -> Answer:
    body = json.dumps({"name": "Ada", "text": text}).encode()
    about = ("Content-Type: application/json", f"Content-Length: {len(body)}", *fields)
    with Client(server.address) as client:
        client.send(request("/messages", *about, method="POST") + body)
        return client.answer()


def asking(server: Server, after: int) -> Client:
    client = Client(server.address)
    client.send(request(f"/messages?after={after}"))
    return client


def texts(answer: Answer) -> list[str]:
    assert answer.status == 200
    return [message["text"] for message in json.loads(answer.text)["messages"]]


def test_many_wait_without_a_thread_each(example: Callable[[str], Example]) -> None:
    board = example("long-polling")
    server = board.start()
    server.wait_for_workers(4)
    waiting = [asking(server, 0) for _ in range(MANY)]
    bells = board.folder / "data" / "bells"
    wait_until(lambda: len(list(bells.glob("*.bell"))) == 4, "all workers have somebody waiting")
    assert all(worker.num_threads() < 8 for worker in server.workers())
    assert say(server, "hello").status == 204
    for client in waiting:
        assert texts(client.answer()) == ["hello"]
        client.close()
    assert say(server, " ").status == 422
    assert say(server, "from afar", "Sec-Fetch-Site: cross-site").status == 403
    assert texts(get(server.address, "/messages?after=-1")) == ["hello"]


def test_a_save_cuts_nobody(example: Callable[[str], Example]) -> None:
    board = example("long-polling")
    server = board.start()
    say(server, "hello")
    with asking(server, 1) as waiting:
        board.save("board/web.py", "LONGEST_TEXT = 280", "LONGEST_TEXT = 5")
        assert say(server, "too long").status == 422
        assert say(server, "new").status == 204  # kept by new code, which tells old code too
        assert texts(waiting.answer()) == ["new"]
    assert server.stop() == 0
    assert "killed" not in "\n".join(server.log.lines)


def test_the_page(browser: Browser, example: Callable[[str], Example]) -> None:
    server = example("long-polling").start()
    host, port = server.address
    browser.open(f"http://{host}:{port}/")
    browser.wait_for("document.getElementById('state').textContent === 'asking'")
    say(server, "from elsewhere")
    first = "document.querySelector('#board li p').textContent"
    browser.wait_for(f"{first} === 'from elsewhere'")
    browser.value_of(
        "document.getElementById('text').value = 'from the page';"
        "document.getElementById('form').requestSubmit()"
    )
    browser.wait_for(f"{first} === 'from the page'")
    assert texts(get(server.address, "/messages?after=1")) == ["from the page"]
    assert browser.complaints == []
