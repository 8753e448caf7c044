"""An application that can be entered: it waits, prints, and stops at a breakpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from serving import Server, StartServer

APP = """\
import threading
import time

going_on = threading.Event()

def price(number):
    twice = number * 2
    breakpoint()
    return twice + 1

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/wait":
        going_on.wait(60)
    if path == "/print":
        print("printed by a request")
    body = str(price(20)) if path == "/price" else path
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body.encode()]
"""

Serve = Callable[..., Server]


def priced(folder: Path) -> Path:
    """Return the folder, with the application in it."""
    (folder / "shop.py").write_text(APP)
    return folder


def serve(
    spawn: StartServer, folder: Path, threads: str, runtime: dict[str, str], *arguments: str
) -> Server:
    """Serve it in a folder, with a backdoor."""
    words = ("-t", threads, "--backdoor=0", "-l", "/dev/null", *arguments, "shop.app")
    return spawn(priced(folder), *words, env=runtime).wait_until_serving()
