"""Whose a connection is, by the kernel's table."""

from __future__ import annotations

import os
import socket

import pytest

from spawning_devtools.owners import as_in_table, forms, owner_in, user_of

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
LOCAL, OURS = "0100007F:C350", "0100007F:1F90"


def row(local: str, remote: str, state: str = "01", user: int = 1000, inode: str = "4711") -> str:
    """Return a line of the table."""
    queues = "00000000:00000000 00:00000000 00000000"
    return f"   3: {local} {remote} {state} {queues}  {user}        0 {inode} 1 0000000000000000"


def test_the_far_end_is_found_by_both_addresses() -> None:
    rows = [HEAD, row(OURS, LOCAL, user=7), row(LOCAL, "0100007F:1F91", user=8), row(LOCAL, OURS)]
    assert owner_in(rows, LOCAL, OURS) == (1000, "4711")
    assert owner_in(rows, LOCAL, ":1F90") == (1000, "4711")
    assert owner_in(rows[:3], LOCAL, OURS) is None


@pytest.mark.parametrize(("state", "inode"), [("06", "4711"), ("03", "4711"), ("01", "0")])
def test_an_end_that_nobody_holds_is_not_roots(state: str, inode: str) -> None:
    assert owner_in([row(LOCAL, OURS, state, 0, inode)], LOCAL, OURS) is None


def test_how_the_table_writes_addresses() -> None:
    assert as_in_table(socket.inet_aton("127.0.0.1"), 8080) == OURS
    mapped = socket.inet_pton(socket.AF_INET6, "::ffff:127.0.0.1")
    assert as_in_table(mapped, 8080) == "0000000000000000FFFF00000100007F:1F90"
    assert [*forms(mapped)] == [mapped[12:], mapped]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_kernel_tells_our_own(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port)) as client, server.accept()[0]:
            address, its_port = client.getsockname()[:2]
            assert user_of(address, its_port, port) == os.geteuid()
        assert user_of(address, its_port, port) is None


def test_ipv4_in_the_clothes_of_ipv6() -> None:
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0] as accepted:
            address, its_port = accepted.getpeername()[:2]
            assert address == "::ffff:127.0.0.1"
            assert user_of(address, its_port, port) == os.geteuid()
