"""What keeps a request from being answered, or from being answered as it was meant."""

from __future__ import annotations


class BadRequest(Exception):
    """The client sent what must be refused; the connection closes after the answer."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        """Status line text, such as `400 Bad Request`."""
        self.reason = reason


class UnreadableBody(BadRequest, OSError):
    """The body cannot be read to its end; an OSError, as applications expect of their input."""


class ClientGone(ConnectionError):
    """The client closed, reset or stopped reading the connection in the middle of a request."""


class RequestTimeout(BaseException):
    """The request took too long; raised inside the application, whose `except Exception` must
    not catch it.
    """
