"""What a response sends, kept: implements `response.Sender`."""

from __future__ import annotations

import os


class Sent(list[bytes]):
    """The pieces as they were sent; those of files read from them."""

    def __init__(self, can_send_files: bool = True, at_once: int = 1 << 20) -> None:
        super().__init__()
        self._most = at_once if can_send_files else 0
        self.by_kernel = 0
        """Bytes that came straight from a file."""

        self.said_last: list[bool] = []
        """Of each piece whether it was said to be the last."""

    def send(self, data: bytes | memoryview, is_last: bool = False) -> None:
        """Keep a piece."""
        self.append(bytes(data))
        self.said_last.append(is_last)

    def send_file(self, head: bytes, file: int, start: int, most: int) -> int:
        """Keep a head, and what one call sends of a file."""
        if head:
            self.append(head)
        data = os.pread(file, min(most, self._most), start)
        if data:
            self.append(data)
        self.by_kernel += len(data)
        return len(data)
