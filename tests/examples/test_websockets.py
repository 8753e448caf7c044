"""The example with websockets: a chat, for programs and in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from browser.chromium import Browser
from clients import Client, request
from examples.example import Example
from frames import CLOSE, TEXT, WebSocket
from serving import Server

pytestmark = [pytest.mark.slow, pytest.mark.once]

GOING_AWAY = b"\x03\xe9"


class Talker:
    """Somebody in the chat."""

    def __init__(self, server: Server, name: str, after: int = 0) -> None:
        self._socket = WebSocket(server.address, f"/socket?name={name}&after={after}")

    def say(self, key: str, text: str) -> None:
        self._socket.send(json.dumps({"key": key, "text": text}).encode())

    def news(self) -> Iterator[Any]:
        """Yield what comes, until the server says goodbye."""
        while (received := self._socket.receive())[0] == TEXT:
            yield json.loads(received[1])
        assert received == (CLOSE, GOING_AWAY)

    def message(self) -> tuple[str, str, int]:
        """Return name, text and number of the next message."""
        message = next(news["message"] for news in self.news() if "message" in news)
        return message["name"], message["text"], message["number"]

    def wait_for(self, *names: str) -> None:
        """Return when exactly these are here."""
        assert next(news for news in self.news() if news.get("here") == sorted(names))

    def go(self) -> None:
        self._socket.client.close()


def test_a_chat(example: Callable[[str], Example]) -> None:
    chat = example("websockets")
    server = chat.start()
    ada, bob = Talker(server, "Ada"), Talker(server, "Bob")
    ada.wait_for("Ada", "Bob")
    bob.say("1", " hello ")
    assert ada.message() == bob.message() == ("Bob", "hello", 1)
    bob.go()
    ada.wait_for("Ada")
    ada.say("2", "anybody here?")
    assert ada.message() == ("Ada", "anybody here?", 2)
    chat.save("chat/web.py", "LONGEST_TEXT = 2000", "LONGEST_TEXT = 3")
    assert list(ada.news()) == []  # but for the goodbye
    ada = Talker(server, "Ada", after=2)
    ada.say("2", "anybody here?")  # again, for she had gone before she saw it
    ada.say("3", "anybody?")
    assert ada.message() == ("Ada", "any", 3)
    bob = Talker(server, "Bob", after=1)
    assert [bob.message(), bob.message()] == [("Ada", "anybody here?", 2), ("Ada", "any", 3)]
    for each in (ada, bob):
        each.go()
    assert server.stop() == 0
    assert "Traceback" not in "\n".join(server.log.lines)


def test_pages_of_other_sites_do_not_join_in(example: Callable[[str], Example]) -> None:
    server = example("websockets").start()
    for origin, status in (("http://test", 101), ("https://elsewhere.example", 403)):
        with Client(server.address) as client:
            client.send(
                request(
                    "/socket", f"Origin: {origin}", "Connection: Upgrade", "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                )
            )  # fmt: skip
            assert client.head()[0] == status


def test_nonsense_hurts_nobody(example: Callable[[str], Example]) -> None:
    server = example("websockets").start()
    ada = Talker(server, "", after=10**30)
    for frame in (b"", b"{", b"[]", b'{"key": 1}', b"[" * 5000, b'{"key": "1", "text": " "}'):
        ada._socket.send(frame)
    ada.say("1", "hello")
    assert ada.message() == ("somebody", "hello", 1)
    ada.go()


def test_a_page_comes_back_by_itself(browser: Browser, example: Callable[[str], Example]) -> None:
    chat = example("websockets")
    server = chat.start()
    bob = Talker(server, "Bob")
    host, port = server.address
    browser.open(f"http://{host}:{port}/")
    browser.wait_for("here.textContent.includes('Bob') && state.textContent === 'connected'")
    browser.value_of("textBox.value = 'from the page'; form.requestSubmit(); stays = true")
    name, text, _number = bob.message()
    assert (name.split()[0], text) == ("guest", "from the page")
    bob.say("b", "from Bob")
    browser.wait_for("list.lastElementChild.innerText.includes('from Bob')")
    (worker,) = server.workers()
    worker.kill()
    browser.wait_for("state.textContent === 'connecting again'")
    # What is written meanwhile is sent as soon as somebody answers.
    browser.value_of("textBox.value = 'are you back?'; form.requestSubmit()")
    browser.wait_for("state.textContent === 'connected' && !list.querySelector('.waiting')")
    assert browser.value_of("stays") is True
    texts = "[...list.querySelectorAll('.text')].map((each) => each.textContent).join()"
    assert browser.value_of(texts) == "from the page,from Bob,are you back?"
    # A save refreshes the page, and what was being written is still there.
    browser.value_of("textBox.value = 'a draft'; textBox.oninput()")
    chat.save("chat/room.py", "LATEST = 200", "LATEST = 2")
    browser.wait_for("typeof stays === 'undefined' && state.textContent === 'connected'")
    browser.wait_for(f"{texts} === 'from Bob,are you back?' && textBox.value === 'a draft'")
    assert browser.value_of("list.querySelectorAll('.mine').length") == 1
