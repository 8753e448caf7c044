"""The event stream of a status page, event by event."""

from __future__ import annotations

import json
from typing import Any

from clients import Client

Event = dict[str, Any]
"""`id`, `event` and `data`."""


class Full(Exception):
    """There are as many streams as there may be, as far as the server knows."""


class Stream:
    """A client of `/events`; raises Full."""

    def __init__(self, address: tuple[str, int], query: str = "", last: str = "") -> None:
        self.client = Client(address)
        fields = [f"GET /events{query} HTTP/1.1", "Host: localhost", "Accept: text/event-stream"]
        again = [f"Last-Event-ID: {last}"] if last else []
        self.client.send("\r\n".join([*fields, *again, "", ""]).encode())
        status, headers = self.client.head()
        if status == 503:
            self.client.close()
            raise Full
        assert (status, headers["content-type"]) == (200, "text/event-stream"), (status, headers)
        self.raw = self.client.chunk()
        """All that has come so far."""
        assert self.raw == b"retry: 1000\n\n", self.raw

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def next(self) -> Event | None:
        """Return the next event; None at the end."""
        while piece := self.client.chunk():
            self.raw += piece
            if not piece.startswith(b":"):
                return read(piece)
        return None

    def until(self, name: str, **fields: Any) -> list[Event]:
        """Return the events up to one of that name, with these fields."""
        heard: list[Event] = []
        while (event := self.next()) is not None:
            heard.append(event)
            data = event["data"]
            if event["event"] == name and all(data[key] == fields[key] for key in fields):
                return heard
        raise AssertionError(f"there was no {name} with {fields} in {heard}")


def read(piece: bytes) -> Event:
    """Return one event as a browser takes it."""
    text = piece.decode()
    assert text.endswith("\n\n")
    fields = dict(line.split(": ", 1) for line in text.strip().split("\n"))
    assert list(fields) == ["id", "event", "data"]
    return {**fields, "data": json.loads(fields["data"])}
