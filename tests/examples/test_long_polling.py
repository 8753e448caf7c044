"""The example with long polling: a message board."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from clients import Client, get, request
from examples.example import Example
from examples.pinned import say, texts
from serving import Server, wait_until
from spawning.config import Config

pytestmark = [pytest.mark.slow, pytest.mark.once]

MANY = 200


def asking(server: Server, after: int) -> Client:
    """Return a client that waits for what is new."""
    client = Client(server.address)
    client.send(request(f"/messages?after={after}"))
    return client


def heard(client: Client, after: int) -> list[str]:
    """Return what a client hears that asks again, as the page does, until there is something."""
    while not (found := texts(client.answer())):
        client.send(request(f"/messages?after={after}"))
    return found


def test_a_message_board(example: Callable[[str], Example]) -> None:
    board = example("long-polling")
    server = board.start()
    server.wait_for_workers(4)
    _many_wait_without_a_thread_each(board)
    assert say(server, " ").status == 422
    assert say(server, "from afar", "Sec-Fetch-Site: cross-site").status == 403
    assert texts(get(server.address, "/messages?after=-1")) == ["hello"]
    with asking(server, 1) as waiting:
        board.save(
            "board/web.py",
            ("LONGEST_TEXT = 280", "LONGEST_TEXT = 5"),
            (f"PATIENCE = {_patience(board)}", "PATIENCE = 0.1"),
        )
        assert say(server, "too long").status == 422
        assert texts(get(server.address, "/messages?after=1")) == []
        assert say(server, "new").status == 204  # kept by new code, which tells old code too
        assert heard(waiting, 1) == ["new"]
    assert server.stop() == 0
    assert "killed" not in "\n".join(server.log.lines)


def _patience(board: Example) -> int:
    [seconds] = re.findall(r"^PATIENCE = (\d+)$", (board.folder / "board/web.py").read_text(), re.M)
    # Otherwise a reload, or the end of the server, would cut who waits.
    assert int(seconds) < Config().deadman
    return int(seconds)


def _many_wait_without_a_thread_each(board: Example) -> None:
    server = board.server
    waiting = [asking(server, 0) for _ in range(MANY)]
    bells = board.folder / "data" / "bells"
    wait_until(lambda: len(list(bells.glob("*.bell"))) == 4, "all workers have somebody waiting")
    assert all(worker.num_threads() < 8 for worker in server.workers())
    assert say(server, "hello").status == 204
    for client in waiting:
        assert heard(client, 0) == ["hello"]
        client.close()
