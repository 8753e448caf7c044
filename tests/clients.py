"""Clients that speak HTTP byte by byte, and load that runs beside a test."""

from __future__ import annotations

import dataclasses
import re
import socket
import threading
from collections.abc import Callable

from serving import PATIENCE


@dataclasses.dataclass(frozen=True)
class Answer:
    """One response, as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Client:
    """One connection."""

    def __init__(self, address: tuple[str, int] | str) -> None:
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, PATIENCE)
        self._buffer = b""

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send raw bytes."""
        self.socket.sendall(data)

    def get(self, target: str, *fields: str, method: str = "GET") -> Answer:
        """Send a request without a body and return its answer."""
        self.send(request(target, *fields, method=method))
        return self.answer(head_only=method == "HEAD")

    def line(self) -> bytes:
        """Return the next line of a response, its end included."""
        while b"\n" not in self._buffer:
            self._receive()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line + b"\n"

    def exactly(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        while len(self._buffer) < size:
            self._receive()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def rest(self) -> bytes:
        """Return everything up to the end of the connection."""
        while data := self.socket.recv(65536):
            self._buffer += data
        data, self._buffer = self._buffer, b""
        return data

    def head(self) -> tuple[int, dict[str, str]]:
        """Return status and header fields (in lower case) of the next response."""
        status = int(self.line().split()[1])
        headers = {}
        while (line := self.line().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return status, headers

    def chunk(self) -> bytes:
        """Return the next chunk of a chunked body; empty at its end."""
        size = int(self.line(), 16)
        data = self.exactly(size)
        assert self.exactly(2) == b"\r\n"
        return data

    def answer(self, head_only: bool = False) -> Answer:
        """Return the next whole response."""
        status, headers = self.head()
        if head_only or status in (204, 304) or status < 200:
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = b"".join(iter(self.chunk, b""))
        elif "content-length" in headers:
            body = self.exactly(int(headers["content-length"]))
        else:
            body = self.rest()
        return Answer(status, headers, body)

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the server closed the connection after {self._buffer!r}")
        self._buffer += data


def request(target: str, *fields: str, method: str = "GET") -> bytes:
    """Return the bytes of a request without a body."""
    lines = [f"{method} {target} HTTP/1.1", "Host: test", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def get(address: tuple[str, int] | str, target: str) -> Answer:
    """Return the answer to one request on a connection of its own."""
    with Client(address) as client:
        return client.get(target, "Connection: close")


@dataclasses.dataclass
class Load:
    """Clients that ask again and again until they are told to stop.

    They leave the processor to the server for a moment between two requests: two
    cores have to do for both.

    Half of them keep their connection, half make one for each request.  A
    keep-alive client whose connection ends without being told so counts as a
    failure: that is what a browser's user would see.
    """

    address: tuple[str, int]
    target: str
    clients: int = 4
    floor: Callable[[], Callable[[str], str]] | None = None
    """Called before each request is sent; returns what says why its answer is wrong, or ''."""
    failures: list[str] = dataclasses.field(default_factory=list)
    answered: int = 0

    def __enter__(self) -> Load:
        self._stop = threading.Event()
        self._count = threading.Lock()
        works = [self._keep, self._each]
        self._threads = [
            threading.Thread(target=works[number % 2], daemon=True)
            for number in range(self.clients)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _keep(self) -> None:
        client: Client | None = None
        while not self._stop.is_set():
            try:
                if client is None:
                    client = Client(self.address)
                if self._ask(client).headers.get("connection") == "close":
                    client.close()
                    client = None
            except (OSError, EOFError, ValueError) as error:
                self.failures.append(f"keep-alive: {error!r}")
                if client is not None:
                    client.close()
                client = None
        if client is not None:
            client.close()

    def _each(self) -> None:
        while not self._stop.is_set():
            try:
                with Client(self.address) as client:
                    self._ask(client, "Connection: close")
            except (OSError, EOFError, ValueError) as error:
                self.failures.append(f"one connection: {error!r}")

    def _ask(self, client: Client, *fields: str) -> Answer:
        accept = self.floor() if self.floor is not None else None
        answer = client.get(self.target, *fields)
        self._stop.wait(0.001)
        if answer.status != 200:
            self.failures.append(f"status {answer.status}")
        elif accept is not None and (wrong := accept(answer.text)):
            self.failures.append(wrong)
        with self._count:
            self.answered += 1
        return answer


def version_in(text: str) -> int:
    """Return the number N of the `vN` that the sample sites answer with."""
    match = re.search(r"\bv(\d+)\b", text)
    return int(match[1]) if match else -1
