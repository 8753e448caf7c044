"""Files on their way through a connection, to clients that read slowly, or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spawning.http.connection import CLOSED, IDLE, LINGER
from spawning.wsgi.environ import endpoint
from spawning.wsgi.handler import Handler
from spawning.wsgi.response import SENDFILE_PAYS
from unit.core.memory_host import MemoryHost

SIZE = 80 * SENDFILE_PAYS
"""More than a socket holds."""
CONTENT = os.urandom(SIZE)
LEFT = 4 * SENDFILE_PAYS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file on a disk."""
    found = tmp_path / "file"
    found.write_bytes(CONTENT)
    return found


@dataclass
class Scene:
    """A file that is returned by an application, and the connection that asks for it."""

    host: MemoryHost
    errors: io.StringIO
    file: Any

    def get(self) -> bytes:
        """Return the body of an answer."""
        received = self.host.exchange(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return received.partition(b"\r\n\r\n")[2]


@pytest.fixture
def scene(path: Path, host_for: Callable[..., MemoryHost]) -> Iterator[Scene]:
    """A connection to an application that returns a file."""
    errors = io.StringIO()
    end = endpoint("a", "80", is_unix=False, errors=errors, threads=True, processes=False)

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        start("200 OK", [("Content-Length", str(path.stat().st_size))])
        return environ["wsgi.file_wrapper"](made.file)

    made = Scene(host_for(Handler(application, errors, None), end), errors, path.open("rb"))
    yield made
    made.file.close()


def test_the_kernel_sends_a_file_to_who_reads_slowly(scene: Scene) -> None:
    assert scene.get() == CONTENT
    assert scene.host.turns_of_others > 0
    assert (scene.file.closed, scene.host.connection.phase) == (True, IDLE)


def test_a_client_that_takes_no_more_is_given_up(scene: Scene) -> None:
    scene.host.client_reads = False
    scene.get()
    assert (scene.file.closed, scene.host.connection.phase) == (True, CLOSED)
    assert scene.errors.getvalue() == ""


def test_a_file_that_is_cut_while_it_is_sent_ends_the_connection(scene: Scene, path: Path) -> None:
    wait = scene.host.host.wait

    def cut(*arguments: Any) -> None:
        os.truncate(path, LEFT)
        wait(*arguments)

    scene.host.host.wait = cut
    body = scene.get()
    assert len(body) < SIZE
    assert body == CONTENT[: len(body)]
    assert "bytes fewer than its Content-Length" in scene.errors.getvalue()
    assert (scene.file.closed, scene.host.connection.phase) == (True, LINGER)
