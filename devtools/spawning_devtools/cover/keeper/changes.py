"""What has changed since somebody looked; pure."""

from __future__ import annotations

from collections.abc import Iterable


class Changes:
    """Files by the number of their last change; the number grows with each change of any."""

    def __init__(self) -> None:
        self.seq = 0
        self._last: dict[str, int] = {}
        """The file that has changed last at the end."""

    def add(self, paths: Iterable[str]) -> None:
        """These files have changed."""
        for path in paths:
            self.seq += 1
            self._last.pop(path, None)
            self._last[path] = self.seq

    def since(self, seq: int) -> list[str]:
        """Return the files that have changed after `seq`, what has changed last at the end."""
        found = []
        for path in reversed(self._last):
            if self._last[path] <= seq:
                break
            found.append(path)
        return found[::-1]

    def last(self, path: str) -> int:
        """Return the number of a file's last change, 0 where there was none."""
        return self._last.get(path, 0)
