"""What is said on the message board, and read from it, without a browser."""

from __future__ import annotations

import json

from clients import Answer, Client, request
from serving import Server


def say(server: Server, text: str, *fields: str) -> Answer:
    """Pin a message up."""
    body = json.dumps({"name": "Ada", "text": text}).encode()
    about = ("Content-Type: application/json", f"Content-Length: {len(body)}", *fields)
    with Client(server.address) as client:
        client.send(request("/messages", *about, method="POST") + body)
        return client.answer()


def texts(answer: Answer) -> list[str]:
    """Return what was read."""
    assert answer.status == 200
    return [message["text"] for message in json.loads(answer.text)["messages"]]
