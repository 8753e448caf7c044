"""Somebody in the chat, without a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from frames import CLOSE, TEXT, WebSocket
from serving import Server

GOING_AWAY = b"\x03\xe9"


class Talker:
    """One websocket, and the number of the last message that came over it."""

    def __init__(self, server: Server, name: str, after: int = 0) -> None:
        self._socket = WebSocket(server.address, f"/socket?name={name}&after={after}")
        self.last = after

    def __enter__(self) -> Talker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def say(self, key: str, text: str) -> None:
        """Send a message."""
        self.nonsense(json.dumps({"key": key, "text": text}).encode())

    def nonsense(self, *frames: bytes) -> None:
        """Send something else."""
        for frame in frames:
            self._socket.send(frame)

    def news(self) -> Iterator[Any]:
        """Yield what comes, until the server goes away and says so."""
        while (received := self._socket.receive())[0] == TEXT:
            yield json.loads(received[1])
        assert received == (CLOSE, GOING_AWAY)

    def message(self) -> tuple[str, str]:
        """Return the name and the text of the next message."""
        message = next(news["message"] for news in self.news() if "message" in news)
        assert message["number"] > self.last
        self.last = message["number"]
        return message["name"], message["text"]

    def wait_for(self, *names: str) -> None:
        """Return when exactly these are here."""
        assert next(news for news in self.news() if news.get("here") == sorted(names))

    def close(self) -> None:
        """Go without a word."""
        self._socket.client.close()
