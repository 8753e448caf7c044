"""What an application must not send; it is refused before anything was sent (PEP 3333)."""

from __future__ import annotations

from typing import Any

import pytest

from spawning.http.request import Request
from spawning.wsgi.fields import ApplicationError
from spawning.wsgi.heads import Heads
from spawning.wsgi.response import Response
from unit.core.sent import Sent

OK = "200 OK"


def _refuse(status: Any, headers: Any, result: Any) -> BaseException:
    """Return what is raised; nothing must have been sent, so that a 500 can be."""
    sent = Sent()
    response = Response(Request("GET", "/", True, {}), sent, Heads())
    try:
        response.start(status, headers)
        response.send_all(result)
    except Exception as error:
        assert (sent, response.head_sent) == ([], False)
        return error
    pytest.fail("nothing was refused")


# (status, headers)
BROKEN = {
    "a line feed in a value": (OK, [("X", "a\nSet-Cookie: evil")]),
    "a carriage return in a value": (OK, [("X", "a\rb")]),
    "a null in a value": (OK, [("X", "a\0b")]),
    "a line feed in a long value": (OK, [("X", "a" * 200 + "\n")]),
    "a line feed in a name": (OK, [("X\nY", "a")]),
    "a line break in a name": (OK, [("X: a\r\nY", "b")]),
    "a line feed in the status": ("200 OK\nX: y", []),
    "a carriage return in the status": ("200 OK\rX: y", []),
    "a null in the status": ("200 \0", []),
    "a status without a code": ("OK", []),
    "a code of two digits": ("20 OK", []),
    "a code of four digits": ("2000 OK", []),
    "a code that is signed": ("+20 OK", []),
    "a code of another script": ("\u0662\u0660\u0660 OK", []),
    "an empty status": ("", []),
    "Transfer-Encoding": (OK, [("Transfer-Encoding", "chunked")]),
    "Transfer-Encoding in small letters": (OK, [("transfer-encoding", "identity")]),
    "Trailer": (OK, [("Trailer", "X")]),
    "Upgrade": (OK, [("Upgrade", "websocket")]),
    "TE": (OK, [("TE", "trailers")]),
    "Keep-Alive": (OK, [("Keep-Alive", "timeout=5")]),
    "a length that is none": (OK, [("Content-Length", "abc")]),
    "a length that is signed": (OK, [("Content-Length", "+3")]),
    "a length below zero": (OK, [("Content-Length", "-1")]),
    "a length of another script": (OK, [("Content-Length", "\u0663")]),
    "an empty length": (OK, [("Content-Length", "")]),
    "two lengths": (OK, [("Content-Length", "3"), ("content-length", "3")]),
}


@pytest.mark.parametrize(("status", "headers"), BROKEN.values(), ids=BROKEN)
def test_a_broken_head_is_refused(status: str, headers: list[tuple[str, str]]) -> None:
    error = _refuse(status, headers, [b"abc"])
    assert isinstance(error, ApplicationError)
    assert str(error)


# These fail while the head is being made: it must not count as sent, or the client would
# see a connection that is cut instead of a 500.
UNTYPED: dict[str, tuple[Any, Any, Any]] = {
    "a piece that is text": (OK, [], ["text"]),
    "pieces that are text": (OK, [], ["text", "more"]),
    "text": (OK, [], "text"),
    "bytes": (OK, [], b"abc"),
    "a piece that is a number": (OK, [], [1]),
    "None": (OK, [], None),
    "a status that is bytes": (b"200 OK", [], [b"abc"]),
    "a status beyond latin-1": ("200 \u2192", [], [b"abc"]),
    "a value beyond latin-1": (OK, [("X", "\u2192")], [b"abc"]),
    "a value beyond latin-1 and no body": (OK, [("X", "\u2192")], []),
    "a value that is a number": (OK, [("X", 1)], [b"abc"]),
    "a value that is bytes": (OK, [("X", b"a")], [b"abc"]),
    "a name that is bytes": (OK, [(b"X", "a")], [b"abc"]),
    "a field of three": (OK, [("X", "a", "b")], [b"abc"]),
}


@pytest.mark.parametrize(("status", "headers", "result"), UNTYPED.values(), ids=UNTYPED)
def test_a_wrong_type_is_refused_before_anything_is_sent(
    status: Any, headers: Any, result: Any
) -> None:
    _refuse(status, headers, result)
