"""One response: `start_response`, `write()`, the iterable, and how it is sent.

Rules (PEP 3333):
1. The head is sent with the first body bytes that are not empty, never earlier;
   until then `start_response(..., exc_info)` may replace it.
2. What the application yields is sent at once: nothing is held back.
3. The length is the application's Content-Length, or that of a single piece;
   otherwise the body is chunked, or ended by the close for an HTTP/1.0 client.
4. More bytes than the Content-Length promises are cut off, fewer end the
   connection: both are said, because the client cannot see them otherwise.
5. A file that the application returns as it is, wrapped by `wsgi.file_wrapper`, is sent
   by the kernel where its length is promised and that pays; otherwise in blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Protocol

from spawning.http.request import Request
from spawning.wsgi.fields import SERVER_LINE, ApplicationError, DateHeader, status_code
from spawning.wsgi.files import FileWrapper
from spawning.wsgi.heads import Heads

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

JOINED = 65536
"""Up to this size head and body are joined into one send; copying more costs more than a send."""
SENDFILE_PAYS = 65536
"""From this size on a file is sent by the kernel: less is read sooner than it is asked for."""


class Sender(Protocol):
    """What a response goes through: a connection, or what times it."""

    def send(self, data: bytes | memoryview) -> None:
        """Send all of `data`; raises ClientGone."""

    def send_file(self, head: bytes, file: int, start: int, most: int) -> int:
        """Send all of `head`, and some of a regular file; raises ClientGone.

        Returns how many bytes of the file were sent, 0 where that cannot be done.
        """


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
        sender: Sender,
        heads: Heads,
        withdraw: Callable[[], bool] = bool,
    ) -> None:
        self._request = request
        self._sender = sender
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
            # Not one of a class that is derived from it, and may give something else.
            if type(result) is FileWrapper:
                result = self._rest_of(result)
        for piece in result:
            if piece:
                self._piece(piece, len(piece) if only else None)
        if not self.head_sent or self._left or self._chunked:
            self._end()

    def replace(self, answer: bytes) -> None:
        """Send a whole answer of the server's own in its place."""
        self._sender.send(answer)

    def _rest_of(self, file: FileWrapper) -> Iterable[bytes]:
        """Send of a file what the kernel can send by itself; return what is still to be sent."""
        head = b"" if self.head_sent else self._head(None)
        if not self._has_body:
            return ()
        extent = file.extent()
        if extent is None:
            return file.blocks(self._left)
        at = extent.start
        if self._left is not None and min(self._left, extent.size) >= SENDFILE_PAYS:
            self.head_sent = True
            while self._left:
                sent = self._sender.send_file(head, extent.descriptor, at, self._left)
                head = b""
                if not sent:
                    break
                at += sent
                self.sent += sent
                self._left -= sent
        return extent.blocks(at, self._left)

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
            self._sender.send(first)
        if second:
            self._sender.send(second)

    def _end(self) -> None:
        if not self.head_sent:
            head = self._head(0)
            self.head_sent = True
            self._sender.send(head)
        elif self._chunked:
            self._sender.send(b"0\r\n\r\n")
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
