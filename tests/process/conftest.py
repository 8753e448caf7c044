"""Servers of one worker, in the mode of the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemons import Daemons
from serving import Server, StartServer


@pytest.fixture
def serve(spawn: StartServer, threads: str) -> StartServer:
    """Start one worker, with threads or with greenlets."""

    def start(folder: Path, application: str, *options: str) -> Server:
        return spawn(folder, "-s", "1", "-t", threads, *options, application).wait_until_serving()

    return start


@pytest.fixture
def echo(serve: StartServer, plain: Path) -> Server:
    """A server of an application that tells what it was sent and answers as it is asked."""
    return serve(plain, "echo.app")


@pytest.fixture
def daemons(tmp_path: Path) -> Iterator[Daemons]:
    """Servers in the background; they end with the test."""
    started = Daemons(tmp_path)
    yield started
    started.end()
