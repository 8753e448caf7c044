"""`--open`: the application in a browser, once, when it is served for the first time."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from spawning import log
from spawning.controller.audience import Fact
from spawning.messages import GenerationServes
from spawning.sockets import UNIX, urls_of

OPENER = Path(__file__).with_name("opener.py")


class Browser:
    """Opens it and goes on; implements `audience.Listener`."""

    wake_at = None

    def __init__(self, listeners: Sequence[socket.socket]) -> None:
        self._urls = urls_of(listeners)
        self.process: subprocess.Popen[bytes] | None = None
        """What opens it."""
        self._asked = False

    def keep_up(self, _now: float) -> None:
        """Let the process that opens the browser go when it has ended."""
        if self.process is not None and self.process.poll() is not None:
            self.process = None

    def tell(self, fact: Fact) -> None:
        """Open the browser at the first takeover."""
        if isinstance(fact, GenerationServes) and not self._asked:
            self._asked = True
            self._open()

    def end(self) -> None:
        """The browser stays."""

    def _open(self) -> None:
        url = next((url for url in self._urls if not url.startswith(UNIX)), None)
        if url is None:
            log.say("--open: a browser cannot open a unix socket")
            return
        try:
            # A session of its own: Ctrl-C is for the server, not for the browser.
            self.process = subprocess.Popen(
                [sys.executable, "-I", str(OPENER), url], start_new_session=True
            )
        except OSError as error:
            log.say(f"--open: {error.strerror}")
