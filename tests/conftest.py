"""Fixtures that start real servers."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serving import APPS, Server, StartServer

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Of tests that run in the background; what is ignored stays so in the servers that are started.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def notes_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the notes of servers where no editor of this machine finds them, and joins in."""
    folder = tmp_path_factory.mktemp("notes")
    folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_RUNTIME_DIR", str(folder))
        yield


@pytest.fixture
def spawn() -> Iterator[StartServer]:
    """Start servers with `spawn(folder, *arguments)`; they end with the test."""
    started: list[Server] = []

    def start(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Server:
        server = Server(["--port", "0", "--host", "127.0.0.1", *arguments], folder, env or {})
        started.append(server)
        return server

    yield start
    for server in started:
        server.destroy()


@pytest.fixture
def plain() -> Path:
    """The folder of the small applications."""
    return APPS / "plain"


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[str], Path]:
    """Copy a sample site to a folder of the test's own, to be edited."""

    def copy(name: str) -> Path:
        return shutil.copytree(
            APPS / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )

    return copy


@pytest.fixture(params=["4", "0"], ids=["threads", "greenlets"])
def threads(request: pytest.FixtureRequest) -> str:
    """The two ways to run an application: the value of `--threads`."""
    value: str = request.param
    return value
