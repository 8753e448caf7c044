"""Where `spawnctl` asks: an abstract unix socket, whose clients are admitted by their user.

The socket has no file, is named after the controller, whose process id people know, and
ends with this process.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

from spawning_devtools.credentials import is_one_of_us

WAITING = 16


def address_of(controller: int) -> str:
    """Return the address at which the keeper of this controller is asked."""
    return f"\0spawning/{controller}/coverage"


class Entrance:
    """Lets processes of our own user in, before a byte of theirs is read."""

    def __init__(self, address: str, welcome: Callable[[socket.socket], None]) -> None:
        """Listen; where somebody has taken the name, they are asked in our place."""
        self._welcome = welcome
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.setblocking(False)
        with contextlib.suppress(OSError):
            self._listener.bind(address)
            self._listener.listen(WAITING)

    def __enter__(self) -> Entrance:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def fileno(self) -> int:
        """Return the descriptor, for the loop."""
        return self._listener.fileno()

    def on_events(self, _events: int) -> None:
        """Let in all who wait."""
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                if is_one_of_us(sock):
                    self._welcome(sock)
                else:
                    sock.close()
