"""The example with websockets: a chat."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clients import Client, request
from examples.example import Example
from examples.talker import Talker
from serving import Server

pytestmark = [pytest.mark.slow, pytest.mark.once]


def test_a_chat(example: Callable[[str], Example]) -> None:
    chat = example("websockets")
    server = chat.start()
    with Talker(server, "Ada") as ada, Talker(server, "Bob") as bob:
        ada.wait_for("Ada", "Bob")
        bob.say("1", " hello ")
        assert ada.message() == bob.message() == ("Bob", "hello")
        bob.close()
        ada.wait_for("Ada")
        ada.say("2", "anybody here?")
        assert ada.message() == ("Ada", "anybody here?")
        known = ada.last
        chat.save("chat/web.py", ("LONGEST_TEXT = 2000", "LONGEST_TEXT = 3"))
        assert list(ada.news()) == []  # but for the goodbye
    with Talker(server, "Ada", known) as ada, Talker(server, "Bob", known - 1) as bob:
        ada.say("2", "anybody here?")  # again, as if she had gone before she saw it
        ada.say("3", "anybody?")
        assert ada.message() == ("Ada", "any")
        assert [bob.message(), bob.message()] == [("Ada", "anybody here?"), ("Ada", "any")]
        ada.nonsense(b"", b"{", b"[]", b'{"key": 1}', b"[" * 5000, b'{"key": "4", "text": " "}')
        ada.say("5", "yes?")
        assert ada.message() == bob.message() == ("Ada", "yes")
    _refuse_pages_of_other_sites(server)
    assert server.stop() == 0
    assert "Traceback" not in "\n".join(server.log.lines)


def _refuse_pages_of_other_sites(server: Server) -> None:
    for origin, status in (("http://test", 101), ("https://elsewhere.example", 403)):
        with Client(server.address) as client:
            client.send(
                request(
                    "/socket", f"Origin: {origin}", "Connection: Upgrade", "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                )
            )  # fmt: skip
            assert client.head()[0] == status
