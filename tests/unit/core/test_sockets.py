from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from serving import free_port
from spawning.errors import AddressUnusable
from spawning.sockets import (
    Address,
    listen,
    listen_all,
    listen_here,
    name_and_port,
    parse_address,
    url_of,
    urls_of,
)
from unit.core.backlog import wait_for_backlog

# (text, address, how it is shown)
ADDRESSES = [
    ("127.0.0.1:80", Address("127.0.0.1", 80), "127.0.0.1:80"),
    ("localhost:0", Address("localhost", 0), "localhost:0"),
    (":80", Address("", 80), "*:80"),
    ("[::1]:80", Address("::1", 80), "[::1]:80"),
    ("[::]:80", Address("::", 80), "[::]:80"),
    ("unix:/run/app.sock", Address(path="/run/app.sock"), "unix:/run/app.sock"),
    ("unix:app.sock", Address(path="app.sock"), "unix:app.sock"),
    ("unix:a:80", Address(path="a:80"), "unix:a:80"),
]

Listen = Callable[[Address], socket.socket]


@pytest.fixture
def listening() -> Iterator[Listen]:
    """Return `listen`; what it returned is closed at the end."""
    made: list[socket.socket] = []

    def make(address: Address) -> socket.socket:
        made.append(listen(address))
        return made[-1]

    yield make
    for sock in made:
        sock.close()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a path short enough for a unix socket."""
    monkeypatch.chdir(tmp_path)
    return "app.sock"


@pytest.mark.parametrize(("text", "address", "shown"), ADDRESSES)
def test_an_address_is_read_and_shown(text: str, address: Address, shown: str) -> None:
    assert parse_address(text) == address
    assert str(address) == shown
    if address.host or address.path:
        assert parse_address(shown) == address


def _connects(sock: socket.socket) -> bool:
    with socket.socket(sock.family, socket.SOCK_STREAM) as client:
        client.connect(sock.getsockname())
        if sock.family != socket.AF_UNIX:
            wait_for_backlog(sock)
        accepted, _peer = sock.accept()
        accepted.close()
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", ""])
def test_a_port_is_listened_on(host: str, listening: Listen) -> None:
    sock = listening(Address(host, 0))
    assert sock.family == socket.AF_INET
    assert sock.getsockname()[1] > 0
    assert not sock.getblocking()
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert _connects(sock)


def test_a_port_in_use_can_be_tried_again(listening: Listen) -> None:
    port = listening(Address("127.0.0.1", 0)).getsockname()[1]
    with pytest.raises(OSError, match="in use") as error:
        listening(Address("127.0.0.1", port))
    assert error.value.errno == errno.EADDRINUSE


@pytest.mark.parametrize(
    "address",
    [
        Address("192.0.2.1", 0),
        Address("no host.invalid", 0),
        Address(path="no/such/folder/app.sock"),
        Address(path="x" * 200),
    ],
)
def test_an_address_that_cannot_be_had_is_said(address: Address, listening: Listen) -> None:
    with pytest.raises(AddressUnusable) as error:
        listening(address)
    assert str(address) in str(error.value)
    assert "None" not in str(error.value)


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_no_host_is_one_port_in_both_protocols() -> None:
    socks = listen_all(Address("", 0))
    try:
        families = [socket.AF_INET, socket.AF_INET6] if _has_ipv6() else [socket.AF_INET]
        assert [sock.family for sock in socks] == families
        assert len({sock.getsockname()[1] for sock in socks}) == 1
        assert all(_connects(sock) for sock in socks)
        assert urls_of(socks) == [f"http://127.0.0.1:{socks[0].getsockname()[1]}"]
    finally:
        for sock in socks:
            sock.close()


def test_a_port_that_is_free_in_one_protocol_only_is_in_use() -> None:
    wildcard, family = ("::", socket.AF_INET6) if _has_ipv6() else ("0.0.0.0", socket.AF_INET)
    with socket.socket(family) as holder:
        if family == socket.AF_INET6:
            holder.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        port = free_port()  # for it is free again before it is listened on
        holder.bind((wildcard, port))
        holder.listen()
        with pytest.raises(OSError, match="in use") as error:
            listen_all(Address("", port))
        assert error.value.errno == errno.EADDRINUSE
    for sock in listen_all(Address("", port)):  # nothing was left open
        sock.close()


@pytest.mark.parametrize("mode", [0o660, 0o600, 0o777])
def test_a_unix_socket_has_its_mode_and_nothing_else_has(path: str, mode: int) -> None:
    with listen_all(Address(path=path), mode)[0]:
        assert stat.S_IMODE(os.stat(path).st_mode) == mode
    before = os.umask(0o022)
    os.umask(before)
    Path("other").touch()
    assert stat.S_IMODE(os.stat("other").st_mode) == 0o666 & ~before


def test_a_unix_socket_is_listened_on(path: str, listening: Listen) -> None:
    sock = listening(Address(path=path))
    assert stat.S_ISSOCK(os.stat(path).st_mode)
    assert not sock.getblocking()
    assert _connects(sock)


def test_a_stale_unix_socket_is_replaced(path: str, listening: Listen) -> None:
    listening(Address(path=path)).close()
    assert os.path.exists(path)
    assert _connects(listening(Address(path=path)))


def test_a_unix_socket_in_use_can_be_tried_again(path: str, listening: Listen) -> None:
    first = listening(Address(path=path))
    inode = os.stat(path).st_ino
    with pytest.raises(OSError, match="in use") as error:
        listening(Address(path=path))
    assert error.value.errno == errno.EADDRINUSE
    assert os.stat(path).st_ino == inode
    first.accept()[0].close()  # that was the probe
    assert _connects(first)


def _file(path: str) -> None:
    Path(path).write_text("precious")


def _link_to_file(path: str) -> None:
    Path("target").write_text("precious")
    Path(path).symlink_to("target")


def _folder(path: str) -> None:
    Path(path).mkdir()


def _fifo(path: str) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [_file, _link_to_file, _folder, _fifo])
def test_what_is_no_socket_is_left_alone(
    make: Callable[[str], None], path: str, listening: Listen
) -> None:
    make(path)
    before = os.lstat(path)
    with pytest.raises(AddressUnusable, match="no socket"):
        listening(Address(path=path))
    assert os.lstat(path)[:4] == before[:4]
    if stat.S_ISREG(os.stat(path).st_mode):
        assert Path(path).read_text() == "precious"


def test_a_socket_of_another_kind_is_left_alone(path: str, listening: Listen) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(path)
        with pytest.raises(AddressUnusable):
            listening(Address(path=path))
        assert os.path.exists(path)


class Named:
    """A socket as far as its name goes."""

    def __init__(self, family: int, name: Any) -> None:
        self.family = family
        self._name = name

    def getsockname(self) -> Any:
        """Return the name."""
        return self._name


# (family, name, address for a user, SERVER_NAME and SERVER_PORT)
NAMES = [
    (socket.AF_INET, ("127.0.0.1", 80), "http://127.0.0.1:80", ("127.0.0.1", "80")),
    (socket.AF_INET, ("0.0.0.0", 81), "http://127.0.0.1:81", ("0.0.0.0", "81")),
    (socket.AF_INET, ("192.0.2.1", 82), "http://192.0.2.1:82", ("192.0.2.1", "82")),
    (socket.AF_INET6, ("::1", 83, 0, 0), "http://[::1]:83", ("::1", "83")),
    (socket.AF_INET6, ("::", 84, 0, 0), "http://[::1]:84", ("::", "84")),
    (socket.AF_UNIX, "/run/app.sock", "unix:/run/app.sock", ("localhost", "80")),
    (socket.AF_UNIX, b"\0app", "unix:@app", ("localhost", "80")),
]


@pytest.mark.parametrize(("family", "name", "url", "server"), NAMES)
def test_a_listening_socket_has_names(
    family: int, name: Any, url: str, server: tuple[str, str]
) -> None:
    sock: Any = Named(family, name)
    assert url_of(sock) == url
    assert name_and_port(sock) == server


@pytest.mark.parametrize(
    ("names", "urls"),
    [
        ([("0.0.0.0", 81), ("::", 81, 0, 0)], ["http://127.0.0.1:81"]),
        ([("::", 81, 0, 0)], ["http://[::1]:81"]),
        ([("0.0.0.0", 81), ("::", 82, 0, 0)], ["http://127.0.0.1:81", "http://[::1]:82"]),
        ([("::1", 81, 0, 0), ("0.0.0.0", 81)], ["http://[::1]:81", "http://127.0.0.1:81"]),
    ],
)
def test_all_interfaces_are_one_url(names: list[Any], urls: list[str]) -> None:
    socks: Any = [
        Named(socket.AF_INET6 if ":" in name[0] else socket.AF_INET, name) for name in names
    ]
    assert urls_of(socks) == urls


def test_a_port_of_this_machine_only() -> None:
    socks = listen_here(0)
    names = [sock.getsockname()[:2] for sock in socks]
    port = names[0][1]
    assert names == [("127.0.0.1", port), ("::1", port)]
    with pytest.raises(OSError, match="in use"):
        listen_here(port)
    socks.pop(0).close()
    with pytest.raises(OSError, match="in use"):  # whoever has the other half
        listen_here(port)
    socks.pop().close()
