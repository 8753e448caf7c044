"""Messages on a line to a session: a first line of text, then one JSON object a line.

`spawning_devtools.backdoor.session.wire` lists them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

VERSION = 1
LONGEST = 64 << 20
"""Bytes of one message; a session cuts what it says long before."""

Said = dict[str, Any]
"""A message, under its names on the wire: what a session says has `say`."""


class Wire:
    """One end of a line."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, secret: str = ""
    ) -> None:
        self.secret = secret
        """What proves who we are, where the server asks for it."""
        self._reader = reader
        self._writer = writer

    def greet(self, about: Mapping[str, Any]) -> None:
        """Say who we are: the first line, by which the server knows its client from `nc`."""
        self._writer.write(b"spawnctl %d %s\n" % (VERSION, json.dumps(about).encode()))

    def send(self, do: str, **fields: Any) -> None:
        """Ask for something; what cannot be sent is lost with the line."""
        self._writer.write(json.dumps({"do": do, **fields}).encode() + b"\n")

    async def receive(self) -> Said | None:
        """Return the next message, None at the end; what is none is passed over."""
        while True:
            try:
                line = await self._reader.readline()
            except (OSError, ValueError):  # ValueError: longer than LONGEST
                return None
            if not line.endswith(b"\n"):
                return None
            message = _read(line)
            if message is not None and message["say"] == "secret":
                self._writer.write(json.dumps({"secret": self.secret}).encode() + b"\n")
            elif message is not None:
                return message

    async def close(self) -> None:
        """End the line."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            pass


def _read(line: bytes) -> Said | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    if isinstance(message, dict) and isinstance(message.get("say"), str):
        return message
    return None
