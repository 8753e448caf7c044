"""`wsgi.errors`: standard error, but one that cannot be written fails no request.

An application that complains while the disk under the log is full would otherwise
answer 500, for want of nothing that its client needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO


class Complaints:
    """A stream that can be written to whatever has become of the one below."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text` if that is possible; return its length."""
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write all of `lines`."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """See to it that what was written can be read."""
        try:
            self._stream.flush()
        except OSError:
            pass

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
