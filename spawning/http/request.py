"""The head of a request, as a value."""

from __future__ import annotations


class Request:
    """What the head of a request says (RFC 9112, 2 to 6).

    Header fields are keyed by their CGI meta-variable (RFC 3875, 4.1.18:
    `HTTP_USER_AGENT`, but `CONTENT_TYPE`), the form that every Python gateway
    speaks, so that the environ takes them over as they are.
    """

    __slots__ = (
        "chunked",
        "content_length",
        "expects_continue",
        "headers",
        "http11",
        "keep_alive",
        "line",
        "method",
        "target",
    )

    method: str
    target: str
    http11: bool
    headers: dict[str, str]
    content_length: int
    """Bytes of the body; 0 where there is none or where it is chunked."""
    chunked: bool
    keep_alive: bool
    """Whether the connection may stay open, for the client and for us."""
    expects_continue: bool
    line: bytes
    """Method and target as they came, where they are at hand; else empty (see `make_line`)."""

    def __init__(
        self,
        method: str,
        target: str,
        http11: bool,
        headers: dict[str, str],
        line: bytes = b"",
    ) -> None:
        self.method = method
        self.target = target
        self.http11 = http11
        self.headers = headers
        self.content_length = 0
        self.chunked = False
        self.keep_alive = http11
        self.expects_continue = False
        self.line = line

    def make_line(self) -> bytes:
        """Return method and target, which is all of a request line that differs."""
        return f"{self.method} {self.target}".encode("latin-1", "replace")

    def head(self) -> bytes:
        """Return the head as a client might have sent it, for another process to parse."""
        version = "1.1" if self.http11 else "1.0"
        lines = [f"{self.method} {self.target} HTTP/{version}"]
        for key, value in self.headers.items():
            lines.append(f"{key.removeprefix('HTTP_').replace('_', '-')}: {value}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    @property
    def wants_events(self) -> bool:
        """Whether a stream of server-sent events was asked for, as an EventSource does."""
        return self.method == "GET" and self.headers.get("HTTP_ACCEPT") == "text/event-stream"
