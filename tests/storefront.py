"""A small shop to be served and entered, and whoever looks after it from a terminal."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from clients import get
from screens import Screen, screen
from serving import PATIENCE, Server, StartServer

SPAWNCTL = [sys.executable, "-m", "spawning_devtools.ctl"]

SHOP = """\
import threading
going_on = threading.Event()
PRICES = {"tea": 3, "coffee": 4}

class Basket:
    def __init__(self):
        self.items = ["tea"]

    @property
    def total(self):
        raise RuntimeError("a property was run")

    def add(self, item, count=1):
        self.items += [item] * count

basket = Basket()

def order(number):
    price = number * 2
    breakpoint()
    return b"order %d costs %d" % (number, price)

def app(environ, start):
    path = environ["PATH_INFO"]
    if path == "/wait":
        going_on.wait(60)
    body = order(7) if path == "/order" else b"hello"
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


def open_shop(spawn: StartServer, folder: Path, *arguments: str, runtime: dict[str, str]) -> Server:
    """Serve it in a folder, with a backdoor."""
    folder.mkdir(exist_ok=True)
    (folder / "shop.py").write_text(SHOP)
    words = (*arguments, "--backdoor=0", "-l", "/dev/null", "shop.app")
    return spawn(folder, *words, env=runtime).wait_until_serving()


@contextlib.contextmanager
def spawnctl(
    folder: Path, runtime: dict[str, str], *words: str, size: tuple[int, int] = (140, 30)
) -> Iterator[Screen]:
    """Type a command in a terminal, in the folder of the shop."""
    state = {"XDG_STATE_HOME": str(folder / "state"), "PAGER": "less", "LESS": "RX"}
    with screen([*SPAWNCTL, *words], folder, runtime | state, size) as shown:
        yield shown


def ran(folder: Path, runtime: dict[str, str], *words: str) -> tuple[int, str]:
    """Run a command without a terminal; return its exit code and all that it says."""
    done = subprocess.run(
        [*SPAWNCTL, *words], cwd=folder, env=os.environ | runtime, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


class Customer:
    """A request that somebody waits for."""

    def __init__(self, server: Server, path: str) -> None:
        self.answer = b""
        self._thread = threading.Thread(target=self._ask, args=(server, path), daemon=True)
        self._thread.start()

    def _ask(self, server: Server, path: str) -> None:
        with contextlib.suppress(Exception):  # the server may end before it answers
            self.answer = get(server.address, path).body

    def wait(self) -> bytes:
        """Return the answer."""
        self._thread.join(PATIENCE)
        return self.answer
