"""Servers of one worker, in the mode of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from daemons import Daemons
from serving import Server, StartServer
from watched import APPLICATION, Watched


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


@pytest.fixture
def watch(spawn: StartServer, tmp_path: Path) -> Callable[..., Watched]:
    """Start a server with a status port."""

    def start(*arguments: str) -> Watched:
        (tmp_path / "gated.py").write_text(APPLICATION)
        quiet = ("-l", "/dev/null", "--status-port", "0")
        # Whoever looks for servers of this user does not find it, and takes no stream.
        unseen = {"XDG_RUNTIME_DIR": str(tmp_path)}
        server = spawn(tmp_path, *quiet, *arguments, "gated.app", env=unseen)
        return Watched(server.wait_until_serving(), tmp_path)

    return start
