"""The browser of this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.chromium import FOUND, Browser


@pytest.fixture(params=FOUND, ids=["browser"] * len(FOUND))
def browser(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Browser]:
    """The browser of this machine; one without has no cases."""
    started = Browser(request.param, tmp_path / "profile")
    yield started
    started.close()


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server that goes and comes back: nobody else is given it meanwhile."""
    with socket.socket() as held:
        # Nobody listens here, so who asks for this port by its number gets it.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
