"""What is sent of a file while a request is timed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spawning.http.errors import RequestTimeout
from spawning.http.request import Request
from spawning.wsgi.timeouts import Guard
from unit.core.sent import Sent

LONG_AGO = -1e9


class Line(Sent):
    """A connection whose request began long ago."""

    since = LONG_AGO

    def cut(self, answer: bytes) -> None:
        """Keep what is said last."""
        self.append(answer)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    """The descriptor of a file."""
    (tmp_path / "file").write_bytes(b"abc")
    descriptor = os.open(tmp_path / "file", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def _guarded() -> tuple[Any, Guard]:
    line: Any = Line()
    return line, Guard(line, Request("GET", "/", True, {}))


def test_what_is_sent_of_a_file_is_progress(file: int) -> None:
    line, guard = _guarded()
    assert guard.send_file(b"head", file, 1, 9) == 2
    assert (line, guard.begun) == ([b"head", b"bc"], True)
    assert guard.progress > LONG_AGO


def test_nothing_is_sent_of_a_file_once_the_client_was_told(file: int) -> None:
    line, guard = _guarded()
    assert guard.strike(b"504", 0.0)
    with pytest.raises(RequestTimeout):
        guard.send_file(b"head", file, 0, 9)
    assert line == [b"504"]
