"""Who has an address that is wanted, and what is to be typed."""

from __future__ import annotations

import os
import socket

import pytest

from spawning import inspection
from spawning.controller.occupant import described, remedy
from spawning.inspection import Holder
from spawning.whereabouts import Note

NOTE = Note(pid=7, started=1, folder="/home/ada/shop", application="shop.app", urls=())
OTHER = Note(pid=8, started=1, folder="/home/ada/blog", application="blog.app", urls=())
OURS = Holder("ada", 7, "spawn: controller shop.app")
THEIRS = Holder("bob", 9, "spawn: controller wiki.app wiki.around")
PYTHON = Holder("ada", 5, "python3 -m http.server 8080")


@pytest.mark.parametrize(
    ("holder", "text"),
    [
        (OURS, "the Spawning server of shop.app in /home/ada/shop (pid 7, user ada)"),
        (THEIRS, "the Spawning server of wiki.app wiki.around (pid 9, user bob)"),
        (PYTHON, "python3 -m http.server 8080 (pid 5, user ada)"),
        (Holder("ada", 6, "x" * 100), f"{'x' * 59}… (pid 6, user ada)"),
        (Holder("bob"), "a process of user bob, which we may not look at"),
        (None, "a process that we may not look at"),
    ],
)
def test_who_it_is(holder: Holder | None, text: str) -> None:
    assert described(holder, [OTHER, NOTE]) == text


@pytest.mark.parametrize(
    ("holder", "user", "text"),
    [
        (OURS, "ada", "type 'spawnctl stop --pid 7'"),
        (OURS, "root", "type 'spawnctl stop --pid 7'"),
        (OURS, "bob", "have user ada stop it"),
        (PYTHON, "ada", "stop it"),
        (PYTHON, "bob", "have user ada stop it"),
        (Holder("bob"), "ada", "have user bob stop it"),
        (None, "ada", "stop it"),
    ],
)
def test_what_to_do(holder: Holder | None, user: str, text: str) -> None:
    assert remedy(holder, user) == text


def test_whose_socket_it_is_is_in_the_kernels_table(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
        # Our own process is nobody else, and its user may look at it.
        assert inspection.listener_on(port) is None
        real = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: real + 1)
        assert inspection.listener_on(port) == Holder(inspection.name_of(real))
    assert inspection.listener_on(port) is None


def test_a_user_without_a_name() -> None:
    assert inspection.name_of(2**31 - 7) == str(2**31 - 7)
