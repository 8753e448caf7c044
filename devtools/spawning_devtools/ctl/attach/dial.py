"""From where a server is to a line on which it is talked to."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from spawning.errors import ServerNotFound, UsageError
from spawning_devtools.credentials import user_behind
from spawning_devtools.ctl.attach.wire import LONGEST, Wire

PATIENCE = 15.0
"""Seconds in which a door that has died is started anew, or a machine is very busy."""
PAUSE = 0.1
ENDED = "the server has ended"
LOCALHOST = ("127.0.0.1", "::1")

Dial = Callable[[bool], Awaitable[Wire]]
"""Opens a line and greets; told whether there was one before.  Raises SpawningError."""


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """Where a server is entered."""

    addresses: tuple[str, ...]
    """Of each `unix:PATH`, `HOST:PORT`, or `PORT` of this machine; the first that answers."""
    folder: str = ""
    """The project's, whose history is used."""
    secret_file: str = ""
    """What to show where the server cannot know who we are."""
    lives: Callable[[], bool] = lambda: True
    """Whether there still is a server."""


async def dial(target: Target, about: Mapping[str, Any], is_again: bool) -> Wire:
    """Open a line and greet; raises ServerNotFound.

    `is_again`: there was a line, so the door is likely to come back.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + (PATIENCE if is_again else 0)
    while True:
        try:
            wire = await _opened(target)
        except OSError as error:
            if not target.lives():
                raise ServerNotFound(ENDED) from None
            if loop.time() >= deadline:
                raise _unreachable(target, error) from None
            await asyncio.sleep(PAUSE)
        else:
            wire.greet(about)
            return wire


async def _opened(target: Target) -> Wire:
    error: OSError = ConnectionRefusedError("nobody listens there")
    for family, address in (place for one in target.addresses for place in _places(one)):
        try:
            sock = await _connected(family, address)
        except OSError as failure:
            error = failure
            continue
        reader, writer = await asyncio.open_connection(sock=sock, limit=LONGEST)
        return Wire(reader, writer, secret_in(target.secret_file))
    raise error


async def _connected(family: int, address: Any) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, address)
        if family == socket.AF_UNIX:
            _check_owner(sock)
    except BaseException:
        sock.close()
        raise
    return sock


def _check_owner(sock: socket.socket) -> None:
    """Raise ServerNotFound where another user answers: what we type would be theirs."""
    owner = user_behind(sock)
    if os.geteuid() not in (0, owner) and owner != 0:
        raise ServerNotFound("another user answers there", "do not type anything there")


def _places(text: str) -> list[tuple[int, Any]]:
    if text.startswith("unix:"):
        return [(socket.AF_UNIX, text.removeprefix("unix:"))]
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f"{text!r} is no address", "type HOST:PORT, PORT, or unix:PATH")
    name = host.strip("[]")
    hosts = LOCALHOST if name in ("", "localhost") else (name,)
    return [(_family(one), (one, int(port))) for one in hosts]


def _family(host: str) -> int:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def secret_in(file: str) -> str:
    """Return the secret in a file, '' where there is none that is ours alone."""
    if not file:
        return ""
    with contextlib.suppress(OSError):
        found = os.stat(file)
        if found.st_uid == os.geteuid() and not found.st_mode & 0o077:
            return Path(file).read_text(encoding="ascii", errors="replace").strip()
    return ""


def _unreachable(target: Target, error: OSError) -> ServerNotFound:
    reason = error.strerror or str(error)
    hint = "start the server with --backdoor" if isinstance(error, ConnectionRefusedError) else ""
    return ServerNotFound(
        f"no server can be entered at {' '.join(target.addresses)}: {reason}", hint
    )
