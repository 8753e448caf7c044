"""Getting hold of the addresses, with patience, and saying who is in the way."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import time
from collections.abc import Iterator
from typing import Any

import psutil

from spawning import log
from spawning.config import Config
from spawning.errors import AddressInUse
from spawning.sockets import Address, listen, parse_address

PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)


def addresses_of(config: Config) -> list[Address]:
    """Return the addresses that the configuration asks for."""
    if config.bind:
        return [parse_address(text) for text in config.bind]
    return [Address(config.host, config.port)]


@contextlib.contextmanager
def bound(config: Config) -> Iterator[list[socket.socket]]:
    """Listen on every address until the block ends.

    Raises AddressInUse, after some tries, or AddressUnusable at once.
    """
    with contextlib.ExitStack() as stack:
        socks = []
        for address in addresses_of(config):
            sock = _patiently(address)
            stack.enter_context(sock)
            if address.path:
                stack.callback(_remove_own, address.path, os.stat(address.path).st_ino)
            socks.append(sock)
        yield socks


def _patiently(address: Address) -> socket.socket:
    for attempt, pause in enumerate((*PAUSES, None)):
        try:
            return listen(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        if pause is None:
            break
        if attempt == 0:
            log.say(f"{address} is in use{_by(holder(address))}; trying for {sum(PAUSES):.0f} s")
        time.sleep(pause)
    raise AddressInUse(
        f"{address} is in use{_by(holder(address))}",
        "stop it, or choose another address with --bind"
        if address.path
        else "stop it, or choose another port with --port (0 picks a free one)",
    )


def holder(address: Address) -> str:
    """Return who listens on `address` as far as we may know, or an empty string."""
    try:
        for connection in psutil.net_connections("unix" if address.path else "inet"):
            where: Any = connection.laddr
            mine = (
                where == address.path
                if address.path
                else connection.status == psutil.CONN_LISTEN and where.port == address.port
            )
            if mine and connection.pid:
                process = psutil.Process(connection.pid)
                command = " ".join(process.cmdline()) or process.name()
                return f"{command[:60]} (pid {process.pid}, user {process.username()})"
    except (psutil.Error, OSError):
        pass
    return ""


def _by(who: str) -> str:
    return f" by {who}" if who else " by a process that we may not look at"


def _remove_own(path: str, inode: int) -> None:
    # Unless another server has put its own there since.
    with contextlib.suppress(OSError):
        if os.stat(path).st_ino == inode:
            os.unlink(path)
