"""Conversations by chance: what clients may send, in whatever pieces, and what applications do.

    python tests/unit/core/conversations.py SEED COUNT [sources]

prints a line for each.  With `sources` nothing is run that was compiled, so that two runs can be
compared: the same seed makes the same conversations.
"""

from __future__ import annotations

import importlib
import io
import itertools
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from typing import Any

NAMES = (
    "Host Content-Length Transfer-Encoding Connection Expect Upgrade X-A X_A Cookie Accept"
    " User-Agent Content-Type Proxy TE Trailer Keep-Alive X-Forwarded-For"
).split()
VALUES = (
    *("a", "a.example:80", "5", "0", "10", "chunked", "close", "keep-alive", "100-continue", "-1"),
    *("websocket", "", "  x ", "é", "x\ty", "a, b", "gzip, chunked", "[::1]:8", "+5", "5, 5"),
    *("1" * 30, "x" * 300, "a\x00b", "a\rb"),
)
USUAL_METHODS = ("GET", "POST", "HEAD", "PUT")
METHODS = (*USUAL_METHODS, "OPTIONS", "get", "CONNECT", "PRI", "SETUP", "M-SEARCH", "G T", "")
TARGETS = (
    *("/", "/a%20b?x=1", "*", "http://h/x", "//x", "/\xff", "/#f", "", "/zz%zz", "/a?b?c"),
    "/" + "y" * 200,
)
VERSIONS = ("HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "", "HTTP/1.1 ")
DAMAGE = b"\r\n :\t\0;,Aa0\xff%"
NARROW = {"head_size": 400, "line_size": 120, "head_fields": 8}

PLAIN = [("Content-Type", "text/plain")]
Start = Callable[..., Any]


def _length(size: int) -> list[tuple[str, str]]:
    return [*PLAIN, ("Content-Length", str(size))]


def _late(start: Start) -> Iterator[bytes]:
    start("200 OK", PLAIN)
    yield b"1"
    raise OSError("late")


def _said(status: str, fields: Any, result: Any, *written: bytes) -> Callable[[Start], Any]:
    def answer(start: Start) -> Any:
        write = start(status, fields)
        for data in written:
            write(data)
        return result

    return answer


def _fails(_start: Start) -> Any:
    raise ValueError("x")


ANSWERS: tuple[Callable[[Start], Any], ...] = (
    _said("200 OK", _length(3), [b"abc"]),
    _said("200 OK", PLAIN, [b"a", b"", bytearray(b"bc")]),
    _said("204 No Content", [], []),
    _said("304 Not Modified", PLAIN, [b""]),
    _said("200 OK", _length(5), [b"abc", b"d"]),
    _said("200 OK", _length(1), [b"abc", b"d"]),
    _said("200 OK", PLAIN, [b"r"], b"q"),
    _said("200 OK", [*PLAIN, ("Connection", "close")], (memoryview(b"v"),)),
    _said("20 OK", PLAIN, [b"x"]),
    _said("200 OK", [("A", "b\r\nc")], [b"x"]),
    _fails,
    _late,
)
READS: tuple[Callable[[Any], bytes], ...] = (
    lambda body: bytes(body.read()),
    lambda body: bytes(body.read(3)),
    lambda body: bytes(body.readline()),
    lambda body: b"".join(body.readlines(5)),
    lambda body: b"".join(body),
    lambda body: bytes(body.readline(2) + body.read(None)),
    lambda _body: b"",
    lambda _body: b"",
)


class Application:
    """Reads and answers by chance, and writes down what it was asked."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.seen: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        try:
            got = self._chance.choice(READS)(environ["wsgi.input"])
        except Exception as error:
            got = f"{type(error).__name__}: {error}".encode()
        told = sorted((key, str(value)) for key, value in environ.items() if key[:4] != "wsgi")
        self.seen.append(f"{told} {got!r}")
        answered: Iterable[bytes] = self._chance.choice(ANSWERS)(start)
        return answered


def _body(chance: random.Random) -> tuple[list[str], bytes]:
    """Return the fields that tell of a body, and the body, which may be another one."""
    kind = chance.random()
    if kind < 0.25:
        body = chance.randbytes(chance.choice((0, 1, 5, 40)))
        return [f"Content-Length: {len(body) + chance.choice((0, 0, 0, 0, 1, -1))}"], body
    if kind > 0.5:
        return [], b""
    body = b""
    for _ in range(chance.randrange(4)):
        chunk = b"z" * chance.choice((1, 2, 16, 300))
        body += b"%x%s\r\n%s\r\n" % (len(chunk), chance.choice((b"", b"", b";a=b")), chunk)
    ends = (b"0\r\n\r\n", b"0\r\n\r\n", b"0\r\nT: x\r\n\r\n", b"", b"g\r\n")
    return ["Transfer-Encoding: chunked"], body + chance.choice(ends)


def _request(chance: random.Random) -> bytes:
    methods = METHODS if chance.random() < 0.3 else USUAL_METHODS
    target = chance.choice(TARGETS) if chance.random() < 0.5 else "/"
    version = chance.choice(VERSIONS) if chance.random() < 0.2 else "HTTP/1.1"
    telling, body = _body(chance)
    lines = [f"{chance.choice(methods)} {target} {version}"]
    lines += ["Host: a"] if chance.random() < 0.85 else []
    lines += telling
    for _ in range(chance.choice((0, 0, 1, 2, 5))):
        lines.append(
            f"{chance.choice(NAMES)}:{chance.choice((' ', ' ', ''))}{chance.choice(VALUES)}"
        )
    if chance.random() < 0.1:
        chance.shuffle(lines)
    end = chance.choice(("\r\n",) * 12 + ("\n",))
    request = bytearray((end.join(lines) + end * 2).encode("latin-1") + body)
    for _ in range(chance.choice((0, 0, 0, 1, 2, 4))):
        at = chance.randrange(len(request))
        request[at : at + chance.choice((0, 1))] = bytes(
            chance.choices(DAMAGE, k=chance.choice((0, 1)))
        )
    return bytes(request)


def _pieces(data: bytes, chance: random.Random) -> Sequence[bytes]:
    cuts = min(len(data), chance.choice((0, 0, 1, 2, 4, 9)))
    places = [0, *sorted(chance.sample(range(len(data) + 1), cuts)), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(places)]


def conversation(chance: random.Random) -> str:
    """Have one; return all that came of it, in a line."""
    from spawning.wsgi.environ import endpoint
    from spawning.wsgi.handler import Handler
    from unit.core.memory_host import MemoryHost

    errors, application = io.StringIO(), Application(chance)
    end = endpoint("a", "80", is_unix=False, errors=errors, threads=True, processes=False)
    limits = NARROW if chance.random() < 0.2 else {}
    host = MemoryHost(Handler(application, errors, None), end, **limits)
    sent = _pieces(b"".join(_request(chance) for _ in range(chance.choice((1, 1, 2, 3)))), chance)
    host.exchange(*sent)
    if chance.random() < 0.3:
        host.hang_up()
    # Frames and the wording of a TypeError are not the same; that there is one is.
    said = [line for line in errors.getvalue().splitlines() if line[:1] not in ("", " ")]
    said = [line for line in said if not line.startswith("TypeError")]
    received = re.sub(rb"Date: [^\r]*", b"", host.received)
    phase, given_away = host.connection.phase.name, host.given_away
    host.close()
    return repr((sent, received, phase, application.seen, given_away, said))


class Sources:
    """Finds the modules of the server as they were written."""

    def find_spec(self, name: str, path: Any, _target: object = None) -> ModuleSpec | None:
        """Return where a module of ours is; other finders know of others."""
        if name.startswith("spawning.") and path is not None:
            for folder in path:
                found = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name)
                if found is not None:
                    return found
        return None


def main(seed: str, count: str, *how: str) -> None:
    """Have as many as the command line says."""
    if "sources" in how:
        sys.meta_path.insert(0, Sources())
    print(importlib.import_module("spawning.http.connection").__file__)
    for number in range(int(count)):
        print(conversation(random.Random(f"{seed} {number}")))


if __name__ == "__main__":
    main(*sys.argv[1:])
