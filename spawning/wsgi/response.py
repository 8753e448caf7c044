"""One response: `start_response`, `write()`, the iterable, and how it is sent.

Rules (PEP 3333):
1. The head is sent with the first body bytes that are not empty, never earlier;
   until then `start_response(..., exc_info)` may replace it.
2. What the application yields is sent at once: nothing is held back.
3. The length is the application's Content-Length, or that of a single piece;
   otherwise the body is chunked, or ended by the close for an HTTP/1.0 client.
4. More bytes than the Content-Length promises are cut off, fewer end the
   connection: both are said, because the client cannot see them otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any

from spawning.http.request import Request
from spawning.wsgi.fields import SERVER_LINE, ApplicationError, DateHeader, status_code
from spawning.wsgi.heads import Heads

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

JOINED = 65536
"""Up to this size head and body are joined into one send; copying more costs more than a send."""


class Response:
    """What one call of the application answers."""

    # On the class, because most responses leave them as they are.
    status = ""
    code = 0
    head_sent = False
    sent = 0
    """Bytes of the body that were sent."""
    problem = ""
    """What the application did wrong after the head had been sent."""
    cut = ""
    """By what it was cut, in the words of the access log; empty where it is whole."""
    headers: Sequence[tuple[str, str]] = ()
    """As the application gave them."""
    _chunked = False
    _has_body = True
    _left: int | None = None
    """Bytes that the Content-Length still promises."""

    def __init__(
        self,
        request: Request,
        send: Callable[[bytes | memoryview], None],
        heads: Heads,
        withdraw: Callable[[], bool] = bool,
    ) -> None:
        self._request = request
        self._send = send
        self._heads = heads
        self._withdraw = withdraw
        """Withdraws `100 Continue`, which must not follow a head; whether the client waits."""
        self.keep_alive = request.keep_alive

    # ------------------------------------------------------------ for the application

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        """`start_response`; raises ApplicationError, or `exc_info` once the head is sent."""
        if exc_info is not None:
            try:
                if self.head_sent and exc_info[1] is not None:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # breaks the cycle through this frame, as the PEP asks
        elif self.status:
            raise ApplicationError("start_response was called twice")
        self.code = status_code(status)
        self.status = status
        self.headers = headers
        return self.write

    def write(self, data: bytes) -> None:
        """Send `data` at once, the older way to answer."""
        if data:
            self._piece(data, None)

    # ------------------------------------------------------------ for the server

    def send_all(self, result: Iterable[bytes]) -> None:
        """Send what the application returned, as it yields it."""
        try:
            only = len(result) == 1  # type: ignore[arg-type]
        except TypeError:
            only = False
        for piece in result:
            if piece:
                self._piece(piece, len(piece) if only else None)
        self._end()

    def replace(self, answer: bytes) -> None:
        """Send a whole answer of the server's own in its place."""
        self._send(answer)

    def _piece(self, data: bytes, total: int | None) -> None:
        head = b"" if self.head_sent else self._head(total)
        if not self._has_body:
            data = b""
        elif self._left == len(data):
            self._left = 0
            self.sent += len(data)
        else:
            data = self._counted(data)
            if self._chunked:
                data = b"%x\r\n%b\r\n" % (len(data), data)
        # A piece that is not bytes raises here, while a 500 can still be sent.
        first, second = (head + data, b"") if len(data) <= JOINED else (head, memoryview(data))
        self.head_sent = True
        if first:
            self._send(first)
        if second:
            self._send(second)

    def _end(self) -> None:
        if not self.head_sent:
            head = self._head(0)
            self.head_sent = True
            self._send(head)
        elif self._chunked:
            self._send(b"0\r\n\r\n")
        if self._left and self._has_body:
            self.keep_alive = False
            self.problem = f"sent {self._left} bytes fewer than its Content-Length"

    def _counted(self, data: bytes) -> bytes:
        if self._left is not None:
            if len(data) > self._left:
                self.problem = "sent more bytes than its Content-Length"
                data = data[: self._left]
            self._left -= len(data)
        self.sent += len(data)
        return data

    def _head(self, total: int | None) -> bytes:
        """Return the head, whose body has `total` bytes if that is known."""
        if not self.status:
            raise ApplicationError("a body was sent before start_response was called")
        request = self._request
        if request.expects_continue and self._withdraw():
            self.keep_alive = False  # its body may come or not, who knows
        head, data = self._heads.of(
            self.status, self.headers, total, request.method, request.http11, self.keep_alive
        )
        self._left = head.length
        self._chunked = head.chunked
        self._has_body = head.has_body
        self.keep_alive = head.keep_alive
        return data


def simple(status: str, text: str, date: DateHeader) -> bytes:
    """Return a whole response of the server's own, which ends its connection."""
    body = f"{text}\n".encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n{date.line()}{SERVER_LINE}Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body


def close(result: Any) -> None:
    """Call the iterable's `close`, which applications count on (PEP 3333)."""
    if hasattr(result, "close"):
        result.close()
