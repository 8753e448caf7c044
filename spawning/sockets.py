"""Listening sockets: binding, describing, and saying who is in the way."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import socket
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from spawning.errors import AddressUnusable

BACKLOG = 2048
"""Connections that the kernel may hold for a listening socket."""
UNIX = "unix:"
TRIES = 10
"""For a port that is free in both protocols, where any will do."""
_NO_SUCH_PROTOCOL = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """Where to listen: a host and a port, or the path of a unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""
    v6_only: bool = False
    """Whether `::` leaves IPv4 to somebody else; as the system has it, it takes both."""

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


def listen_all(address: Address, mode: int | None = None) -> list[socket.socket]:
    """Return the listening sockets of one address, which workers inherit.

    '' and a port is all interfaces: a socket for IPv4 and one for IPv6, on the same
    port, as far as this machine has both.  `mode`: permissions of a unix socket,
    None for what the umask leaves.  Raises as `listen` does.
    """
    if address.path or address.host:
        return [listen(address, mode)]
    return _listen_both(("0.0.0.0", "::"), address)


def listen_here(port: int) -> list[socket.socket]:
    """Return the listening sockets of a port of this machine only, as far as it has both protocols.

    Raises as `listen` does.
    """
    return _listen_both(("127.0.0.1", "::1"), Address("localhost", port))


def _listen_both(hosts: tuple[str, str], address: Address) -> list[socket.socket]:
    """Return a socket for IPv4 and one for IPv6, on the same port."""
    for _ in range(TRIES):
        first = _listen_if_there(hosts[0], address)
        port = first[0].getsockname()[1] if first else address.port
        try:
            both = [*first, *_listen_if_there(hosts[1], dataclasses.replace(address, port=port))]
        except BaseException as error:
            for sock in first:
                sock.close()
            in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            if in_use and not address.port:
                continue  # free in IPv4 and not in IPv6: another one, then
            raise
        if both:
            return both
        raise AddressUnusable(f"{address} cannot be bound: there is neither IPv4 nor IPv6")
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def _listen_if_there(host: str, address: Address) -> list[socket.socket]:
    """Return a socket for one protocol, none where there is no such protocol."""
    try:
        return [_listen_tcp(Address(host, address.port, v6_only=True))]
    except OSError as error:
        if error.errno in _NO_SUCH_PROTOCOL:
            return []
        if error.errno == errno.EADDRINUSE:
            raise
        reason = error.strerror or str(error)
    raise AddressUnusable(f"{address} cannot be bound: {reason}")


def listen(address: Address, mode: int | None = None) -> socket.socket:
    """Return one listening socket that workers inherit.

    Raises OSError with EADDRINUSE where another process listens, AddressUnusable
    where trying again would not help.
    """
    try:
        return _listen_unix(address.path, mode) if address.path else _listen_tcp(address)
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
    # A name that leads to both: IPv4 first, as 0.9.7 had it.
    infos.sort(key=lambda info: info[0] != socket.AF_INET)
    family, kind, protocol, _name, where = infos[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if address.v6_only and family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(where)
        sock.listen(BACKLOG)
        return prepared(sock)
    except BaseException:
        sock.close()
        raise


def _listen_unix(path: str, mode: int | None) -> socket.socket:
    _remove_stale(path)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _created_with(mode):
            sock.bind(path)
        sock.listen(BACKLOG)
        return prepared(sock)
    except BaseException:
        sock.close()
        raise


@contextlib.contextmanager
def _created_with(mode: int | None) -> Iterator[None]:
    """Have files come into being with `mode`: changed later, it would be too late for some."""
    if mode is None:
        yield
        return
    before = os.umask(0o777 & ~mode)
    try:
        yield
    finally:
        os.umask(before)


def prepared(sock: socket.socket) -> socket.socket:
    """Return a listening socket as our workers expect it."""
    if sock.family != socket.AF_UNIX:
        # Accepted sockets inherit it: responses are one send each and must not wait.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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


def urls_of(socks: Sequence[socket.socket]) -> list[str]:
    """Return the addresses that a user can open, one for a port on all interfaces."""
    names = [sock.getsockname() for sock in socks]
    both = {name[1] for name in names if name[0] == "0.0.0.0"}
    return [
        url_of(sock)
        for sock, name in zip(socks, names, strict=True)
        if not (name[0] == "::" and name[1] in both)
    ]


def url_of(sock: socket.socket) -> str:
    """Return the address that a user can open."""
    name = sock.getsockname()
    if sock.family == socket.AF_UNIX:
        # Only systemd gives us one without a file, whose name begins with a zero byte.
        return UNIX + (name if isinstance(name, str) else "@" + os.fsdecode(name[1:]))
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(name[0], name[0])
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}:{name[1]}"
