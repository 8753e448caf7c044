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

from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from spawning.http.body import RequestBody
from spawning.http.request import Request
from spawning.wsgi.fields import SERVER_LINE, ApplicationError, date_line, status_code
from spawning.wsgi.files import FileWrapper
from spawning.wsgi.heads import NO_HEAD, Headers, Heads

Piece = bytes | bytearray | memoryview
"""What an application may answer with: bytes (PEP 3333), and what serves as well."""
JOINED: Final = 65536
"""Up to this size head and body are joined into one send; copying more costs more than a send."""
SENDFILE_PAYS: Final = 65536
"""From this size on a file is sent by the kernel: less is read sooner than it is asked for."""


class Sender(Protocol):
    """What a response goes through: a connection, or what times it."""

    def send(self, data: bytes | memoryview, is_last: bool = False) -> None:
        """Send all of `data`, the last of a response or not; raises ClientGone."""

    def send_file(self, head: bytes, file: int, start: int, most: int) -> int:
        """Send all of `head`, and some of a regular file; raises ClientGone.

        Returns how many bytes of the file were sent, 0 where that cannot be done.
        """


class Response:
    """What one call of the application answers."""

    # Each is set for each response: a default on the class makes setting it dearer than this.
    __slots__ = tuple(
        "_body _heads _left _made _request _sender code cut head_sent headers keep_alive"
        " problem sent status".split()
    )

    def __init__(
        self, request: Request, sender: Sender, heads: Heads, body: RequestBody | None = None
    ) -> None:
        self._request = request
        self._sender = sender
        self._heads = heads
        self._body = body
        """Has perhaps a `100 Continue` to send, which must not follow a head."""
        self.keep_alive = request.keep_alive
        self.status = ""
        self.code = 0
        self.headers: Headers = ()
        """As the application gave them."""
        self.head_sent = False
        self._made = NO_HEAD
        self._left: int | None = None
        """Bytes that the Content-Length still promises."""
        self.sent = 0
        """Bytes of the body that were sent."""
        self.problem = ""
        """What the application did wrong after the head had been sent."""
        self.cut = ""
        """By what it was cut, in the words of the access log; empty where it is whole."""

    # ------------------------------------------------------------ for the application

    def start(self, status: str, headers: Headers, exc_info: Any = None) -> Callable[[Piece], None]:
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

    def write(self, data: Piece) -> None:
        """Send `data` at once, the older way to answer."""
        if data:
            self._piece(data, None)

    # ------------------------------------------------------------ for the server

    def send_all(self, result: Iterable[Piece]) -> None:
        """Send what the application returned, as it yields it."""
        # Not asked for its length at once: to find that it has none costs more than this.
        is_sized = type(result) is list or hasattr(result, "__len__")
        if is_sized and len(result) == 1:  # type: ignore[arg-type]
            (piece,) = result
            if piece:
                self._piece(piece, len(piece))
        else:
            # Not one of a class that is derived from it, and may give something else.
            if type(result) is FileWrapper:
                result = self._rest_of(result)
            for piece in result:
                if piece:
                    self._piece(piece, None)
        if not self.head_sent or self._left or self._made.chunked:
            self._end()

    def replace(self, answer: bytes) -> None:
        """Send a whole answer of the server's own in its place."""
        self._sender.send(answer)

    def _rest_of(self, file: FileWrapper) -> Iterable[Piece]:
        """Send of a file what the kernel can send by itself; return what is still to be sent."""
        head = b"" if self.head_sent else self._head(None)
        if not self._made.has_body:
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

    def _piece(self, data: Piece, total: int | None) -> None:
        head = b"" if self.head_sent else self._head(total)
        size = len(data)
        if size == self._left and self._made.has_body:
            self._left = 0
            self.sent += size
        else:
            data = self._framed(data)
        # A piece that is not bytes raises here, while a 500 can still be sent.
        rest = head + data if size <= JOINED else memoryview(data)
        self.head_sent = True
        if size > JOINED and head:
            self._sender.send(head)
        if rest:
            self._sender.send(rest, self._left == 0)

    def _end(self) -> None:
        if not self.head_sent:
            head = self._head(0)
            self.head_sent = True
            self._sender.send(head, True)
        elif self._made.chunked:
            self._sender.send(b"0\r\n\r\n")
        if self._left and self._made.has_body:
            self.keep_alive = False
            self.problem = f"sent {self._left} bytes fewer than its Content-Length"

    def _framed(self, data: Piece) -> Piece:
        """Return what is to be sent of a piece, and how."""
        if not self._made.has_body:
            return b""
        data = self._counted(data)
        if not self._made.chunked:
            return data
        return b"%x\r\n%b\r\n" % (len(data), data)  # type: ignore[str-format]

    def _counted(self, data: Piece) -> Piece:
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
        if request.expects_continue and self._body and self._body.withdraw_invitation():
            self.keep_alive = False  # its body may come or not, who knows
        made, data = self._heads.of(
            self.status, self.headers, total, request.method, request.http11, self.keep_alive
        )
        self._made = made
        self._left = made.length
        self.keep_alive = made.keep_alive
        return data


def simple(status: str, text: str, now: float) -> bytes:
    """Return a whole response of the server's own, which ends its connection.

    `now`: seconds since the epoch.
    """
    body = f"{text}\n".encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n{date_line(now)}{SERVER_LINE}Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body
