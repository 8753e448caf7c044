"""Responses that grow, at the pace of the test.

The test names a folder in the query string (`?gate=FOLDER&chunks=N`).  `app` yields chunk 0 at
once and chunk i when the file FOLDER/i exists; in the same folder it leaves the file `closed`
when the server calls `close()`.  Files, because the test and the worker are two processes.
"""

import time
from pathlib import Path
from urllib.parse import parse_qs

PATIENCE = 20.0
HEADERS = [("Content-Type", "text/plain")]


def query(environ):
    return {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}


class Gated:
    """Yields `chunk I` lines, each when its file exists; remembers that it was closed."""

    def __init__(self, folder, chunks):
        self.folder = folder
        self.chunks = chunks
        self.sent = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.sent == self.chunks:
            raise StopIteration
        if self.sent:
            self.wait_for(self.folder / str(self.sent))
        self.sent += 1
        return f"chunk {self.sent - 1}\n".encode()

    def wait_for(self, path):
        end = time.monotonic() + PATIENCE
        while not path.exists():
            if time.monotonic() > end:
                raise TimeoutError(f"nobody opened {path}")
            time.sleep(0.005)

    def close(self):
        (self.folder / "closed").write_text(f"{self.sent}\n")


def app(environ, start_response):
    """Stream `chunks` chunks (default 3) without a Content-Length."""
    asked = query(environ)
    start_response("200 OK", HEADERS)
    return Gated(Path(asked["gate"]), int(asked.get("chunks", "3")))


def generator(environ, start_response):
    """The same as a generator, which calls start_response as late as its first chunk."""
    start_response("200 OK", HEADERS)
    asked = query(environ)
    chunks = Gated(Path(asked["gate"]), int(asked.get("chunks", "3")))
    try:
        yield from chunks
    finally:
        chunks.close()


def flood(environ, start_response):
    """Yield `count` chunks of `size` bytes, and note in the gate how many were asked for."""
    asked = query(environ)
    count, size = int(asked.get("count", "1000")), int(asked.get("size", "65536"))
    start_response("200 OK", HEADERS)
    folder = Path(asked["gate"]) if "gate" in asked else None
    for number in range(count):
        if folder:
            (folder / "asked").write_text(f"{number + 1}\n")
        yield b"x" * size


def writes(environ, start_response):
    """Use the `write` callable of PEP 3333, then return the rest."""
    write = start_response("200 OK", HEADERS)
    write(b"written 0\n")
    write(b"written 1\n")
    return [b"returned\n"]
