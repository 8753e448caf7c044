"""Listening sockets: binding, describing, and saying who is in the way."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import socket
import stat
from pathlib import Path

from spawning.errors import AddressUnusable

BACKLOG = 2048
"""Connections that the kernel may hold for a listening socket."""
UNIX = "unix:"


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: a host and a port, or the path of a unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        if self.path:
            return UNIX + self.path
        host = f"[{self.host}]" if ":" in self.host else self.host or "*"
        return f"{host}:{self.port}"


def parse_address(text: str) -> Address:
    """Return the address that HOST:PORT, [IPV6]:PORT or unix:PATH names."""
    if text.startswith(UNIX):
        return Address(path=text[len(UNIX) :])
    host, _, port = text.rpartition(":")
    return Address(host.strip("[]"), int(port))


def listen(address: Address) -> socket.socket:
    """Return a listening socket that workers inherit.

    Raises OSError with EADDRINUSE where another process listens, AddressUnusable
    where trying again would not help.
    """
    try:
        return _listen_unix(address.path) if address.path else _listen_tcp(address)
    except socket.gaierror as error:
        reason = error.strerror
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise
        reason = error.strerror or str(error)
    raise AddressUnusable(f"{address} cannot be bound: {reason}")


def _listen_tcp(address: Address) -> socket.socket:
    infos = socket.getaddrinfo(
        address.host or None, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    # '' means every interface; IPv4's wildcard first, as 0.9.7 had it.
    infos.sort(key=lambda info: info[0] != socket.AF_INET)
    family, kind, protocol, _name, where = infos[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted sockets inherit it: responses are one send each and must not wait.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.bind(where)
        return _listening(sock)
    except BaseException:
        sock.close()
        raise


def _listen_unix(path: str) -> socket.socket:
    _remove_stale(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(path)
        return _listening(sock)
    except BaseException:
        sock.close()
        raise


def _listening(sock: socket.socket) -> socket.socket:
    sock.listen(BACKLOG)
    sock.setblocking(False)
    return sock


def _remove_stale(path: str) -> None:
    """Remove a socket file that nobody listens on; leave anything else alone."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            raise AddressUnusable(
                f"unix:{path} cannot be bound: a file that is no socket is there",
                "remove it or choose another path",
            )
    except FileNotFoundError:
        return
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        probe.setblocking(False)  # one that hangs with a full backlog is alive
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            Path(path).unlink(missing_ok=True)
            return
        except BlockingIOError:
            pass
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def name_and_port(sock: socket.socket) -> tuple[str, str]:
    """Return SERVER_NAME and SERVER_PORT of a listening socket."""
    name = sock.getsockname()
    if sock.family == socket.AF_UNIX:
        return "localhost", "80"  # neither may be empty (PEP 3333)
    return name[0], str(name[1])


def url_of(sock: socket.socket) -> str:
    """Return the address that a user can open."""
    name = sock.getsockname()
    if sock.family == socket.AF_UNIX:
        return UNIX + str(name)
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(name[0], name[0])
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}:{name[1]}"
