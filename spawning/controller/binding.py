"""Getting hold of the addresses, with patience, and saying who is in the way."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import functools
import os
import socket
import time
from collections.abc import Callable, Iterator

from spawning import inspection, log, whereabouts
from spawning.config import Config
from spawning.controller import occupant
from spawning.errors import AddressInUse
from spawning.sockets import UNIX, Address, listen_all, listen_here, parse_address

LOOPBACK = "127.0.0.1"
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)


def addresses_of(config: Config) -> list[Address]:
    """Return the addresses that the configuration asks for."""
    if not config.bind:
        return [Address(config.host, config.port)]
    addresses = [parse_address(text) for text in config.bind]
    taken = {address.port for address in addresses if address.host == "0.0.0.0"}
    return [
        dataclasses.replace(address, v6_only=address.host == "::" and address.port in taken)
        for address in addresses
    ]


@contextlib.contextmanager
def bound(config: Config) -> Iterator[list[socket.socket]]:
    """Listen on every address until the block ends.

    Raises AddressInUse, after some tries, or AddressUnusable at once.
    """
    mode = int(config.unix_mode, 8) if config.unix_mode else None
    with contextlib.ExitStack() as stack:
        socks = []
        for address in addresses_of(config):
            for sock in _patiently(address, functools.partial(listen_all, address, mode)):
                socks.append(stack.enter_context(sock))
            if address.path:
                stack.callback(_remove_own, address.path, os.stat(address.path).st_ino)
        yield socks


def status_address(config: Config) -> Address | None:
    """Return where the status page is asked for; without --status-host, where the application is.

    An application that is reached by a unix socket only has its page on this machine only.
    """
    if config.status_port is None:
        return None
    if config.status_host is not None:
        return Address(config.status_host, config.status_port)
    hosts = [address.host for address in addresses_of(config) if not address.path]
    return Address(hosts[0] if hosts else LOOPBACK, config.status_port)


@contextlib.contextmanager
def status_bound(config: Config) -> Iterator[list[socket.socket]]:
    """Listen for the status page until the block ends, on nothing where none is asked for.

    Raises as `bound` does.
    """
    address = status_address(config)
    with contextlib.ExitStack() as stack:
        if address is None:
            socks = []
        else:
            socks = _patiently(address, lambda: listen_all(address), "--status-port")
        yield [stack.enter_context(sock) for sock in socks]


@contextlib.contextmanager
def backdoor_bound(config: Config) -> Iterator[list[socket.socket]]:
    """Listen for those who enter until the block ends, on nothing where nobody may.

    On this machine only; a unix socket is the user's alone from its first moment on.
    Raises as `bound` does.
    """
    with contextlib.ExitStack() as stack:
        if config.backdoor.startswith(UNIX):
            address = parse_address(config.backdoor)
            (sock,) = _patiently(address, lambda: listen_all(address, 0o600), "--backdoor")
            stack.callback(_remove_own, address.path, os.stat(address.path).st_ino)
            yield [stack.enter_context(sock)]
        elif config.backdoor:
            address = Address("localhost", int(config.backdoor))
            socks = _patiently(address, lambda: listen_here(address.port), "--backdoor")
            yield [stack.enter_context(sock) for sock in socks]
        else:
            yield []


def _patiently(
    address: Address, listen: Callable[[], list[socket.socket]], option: str = "--port"
) -> list[socket.socket]:
    for attempt, pause in enumerate((*PAUSES, None)):
        try:
            return listen()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        if pause is None:
            break
        if attempt == 0:
            in_use = _in_use(address, _holder(address))
            log.say(f"{in_use}; trying for {sum(PAUSES):.0f} s")
        time.sleep(pause)
    holder = _holder(address)
    remedy = occupant.remedy(holder, inspection.name_of(os.geteuid()))
    raise AddressInUse(_in_use(address, holder), f"{remedy}, or choose {_another(address, option)}")


def _holder(address: Address) -> inspection.Holder | None:
    if address.path:
        return inspection.listener_at(address.path)
    return inspection.listener_on(address.port)


def _in_use(address: Address, holder: inspection.Holder | None) -> str:
    return f"{address} is in use by {occupant.described(holder, whereabouts.own_notes())}"


def _another(address: Address, option: str) -> str:
    if address.path:
        return f"another address with {'--bind' if option == '--port' else option}"
    return f"another port with {option} (0 picks a free one)"


def _remove_own(path: str, inode: int) -> None:
    # Unless another server has put its own there since.
    with contextlib.suppress(OSError):
        if os.stat(path).st_ino == inode:
            os.unlink(path)
