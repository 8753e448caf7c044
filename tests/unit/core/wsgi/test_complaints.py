"""`wsgi.errors` on a full disk."""

from __future__ import annotations

import io
from typing import TextIO

import pytest

from spawning.wsgi.complaints import Complaints


class Full(io.StringIO):
    """A stream whose disk is full."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")

    flush = close = lambda self: self.write("")  # type: ignore[assignment]


@pytest.mark.parametrize("stream", [Full(), io.StringIO()], ids=["full", "with room"])
def test_whoever_complains_is_not_failed_for_it(stream: TextIO) -> None:
    errors = Complaints(stream)
    assert errors.write("oh") == 2
    errors.writelines(["one\n", "two\n"])
    errors.flush()
    print("three", file=errors, flush=True)  # type: ignore[call-overload]
    if not isinstance(stream, Full):
        assert stream.getvalue() == "ohone\ntwo\nthree\n"  # type: ignore[attr-defined]


def test_what_else_a_stream_has_is_there() -> None:
    assert Complaints(io.StringIO()).writable()
