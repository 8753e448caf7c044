"""A server in a terminal that is closed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import signal
import subprocess
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clients import get
from serving import _ADDRESS, COMMAND, PATIENCE, wait_until
from terminals import terminal

pytestmark = pytest.mark.slow

APPLICATION = """
import os

def app(environ, start_response):
    start_response("200 OK", [])
    return [b"%d" % os.getpid()]
"""


class Closing:
    """A server in the foreground of a terminal that can be closed."""

    def __init__(self, folder: Path, prepare: Callable[[], object]) -> None:
        ours, theirs = pty.openpty()

        def begin() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            prepare()

        arguments = ["--host", "127.0.0.1", "--port", "0", "-s", "1", "shop.app"]
        self.process = subprocess.Popen(
            [str(COMMAND), *arguments],
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=begin,
        )
        os.close(theirs)
        self._ours = ours

    def close(self) -> None:
        """Close the terminal, when the server serves."""
        shown = ""
        with contextlib.suppress(OSError):
            while not (found := _ADDRESS.search(shown)):
                shown += os.read(self._ours, 4096).decode()
        assert found, shown
        self.address = found[1], int(found[2])
        self.worker = get(self.address, "/").text
        os.close(self._ours)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(APPLICATION)
    return tmp_path


@pytest.fixture
def closed(folder: Path) -> Iterator[Callable[..., Closing]]:
    """Start a server in a terminal, and close that."""
    with contextlib.ExitStack() as stack:

        def start(prepare: Callable[[], object] = bool) -> Closing:
            made = Closing(folder, prepare)
            stack.callback(made.process.wait, PATIENCE)
            stack.callback(made.process.terminate)
            made.close()
            return made

        yield start


def test_a_server_ends_with_its_terminal(closed: Callable[..., Closing]) -> None:
    assert closed().process.wait(PATIENCE) == 0


def test_a_server_under_nohup_goes_on_without_its_terminal(closed: Callable[..., Closing]) -> None:
    server = closed(lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    # The terminal's end is a signal like any other to it: a new generation begins.
    wait_until(lambda: get(server.address, "/").text != server.worker, "a new worker answers")
    server.process.send_signal(signal.SIGHUP)
    assert server.process.poll() is None


def test_an_order_to_reload_is_one_while_the_terminal_is_there(folder: Path) -> None:
    with terminal(folder, "-s", "1", "shop.app") as shown:
        before = get(shown.address, "/").text
        shown.process.send_signal(signal.SIGHUP)
        wait_until(lambda: get(shown.address, "/").text != before, "a new worker answers")
        assert shown.process.poll() is None
