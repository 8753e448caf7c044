"""A websocket client that decides on every byte (RFC 6455)."""

from __future__ import annotations

import base64
import hashlib
import os
import struct

from clients import Client

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return one masked frame, as a client sends it."""
    size = len(payload)
    if size < 126:
        length = struct.pack("!B", 128 | size)
    elif size < 1 << 16:
        length = struct.pack("!BH", 128 | 126, size)
    else:
        length = struct.pack("!BQ", 128 | 127, size)
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return struct.pack("!B", 128 | opcode) + length + mask + masked


class WebSocket:
    """One connection, upgraded; `early` is sent in the same packet as the request."""

    def __init__(self, address: tuple[str, int], target: str, early: bytes = b"") -> None:
        self.client = Client(address)
        key = base64.b64encode(os.urandom(16))
        self.client.send(
            f"GET {target} HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, Upgrade\r\n"
            f"Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key.decode()}\r\n\r\n".encode()
            + early
        )
        status, headers = self.client.head()
        assert status == 101, status
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest()).decode()
        assert headers["sec-websocket-accept"] == accept

    def __enter__(self) -> WebSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def send(self, payload: bytes, opcode: int = TEXT) -> None:
        """Send one frame."""
        self.client.send(frame(payload, opcode))

    def receive(self) -> tuple[int, bytes]:
        """Return (opcode, payload) of the next frame."""
        first, second = self.client.exactly(2)
        assert first & 0x70 == 0
        assert second & 0x80 == 0
        size = second
        if size == 126:
            (size,) = struct.unpack("!H", self.client.exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self.client.exactly(8))
        return first & 15, self.client.exactly(size)

    def ask(self, payload: bytes) -> bytes:
        """Send a text and return the one that comes back."""
        self.send(payload)
        opcode, answer = self.receive()
        assert opcode == TEXT
        return answer

    def close(self) -> bytes:
        """Say goodbye, and return what was left to receive, the server's goodbye included."""
        self.send(struct.pack("!H", 1000), CLOSE)
        return self.client.rest()
