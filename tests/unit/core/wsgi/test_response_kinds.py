"""What an application answers with may be of other kinds than PEP 3333 names.

Python does not mind, and what is compiled must not either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from spawning.http.request import Request
from spawning.wsgi.heads import Heads
from spawning.wsgi.response import Response
from unit.core.sent import Sent

PLAIN = [("Content-Type", "text/plain")]
THREE = [("Content-Length", "3")]
# (fields, pieces that are returned, pieces that are written)
ANSWERS: dict[str, tuple[list[tuple[str, str]], list[bytes], list[bytes]]] = {
    "one piece": (PLAIN, [b"abc"], []),
    "an empty one": (PLAIN, [b""], []),
    "several": (PLAIN, [b"a", b"", b"bc"], []),
    "with a length": (THREE, [b"abc"], []),
    "several with a length": (THREE, [b"a", b"bc"], []),
    "too many bytes": (THREE, [b"abcd"], []),
    "too few": (THREE, [b"ab"], []),
    "a long one": (PLAIN, [b"x" * 100_000], []),
    "long ones": (PLAIN, [b"x" * 70_000] * 2, []),
    "written": (PLAIN, [], [b"a", b"", b"bc"]),
    "written with a length": (THREE, [b"c"], [b"ab"]),
}
FIELDS = [(("A", "b"),), [["A", "b"]], {"A": "b"}.items()]


def _response() -> tuple[Response, Any]:
    sent = Sent()
    return Response(Request("GET", "/", True, {}), sent, Heads()), sent


def _answered(
    fields: Any, returned: Iterable[Any], written: Iterable[Any]
) -> tuple[bytes, str, bool]:
    response, sent = _response()
    write = response.start("200 OK", fields)
    for data in written:
        write(data)
    response.send_all(returned)
    whole = re.sub(rb"Date: [^\r]*", b"", b"".join(sent))
    return whole, response.problem, response.keep_alive


@pytest.mark.parametrize("kind", [bytearray, memoryview])
@pytest.mark.parametrize("name", ANSWERS)
def test_what_serves_as_bytes_is_answered_as_bytes_are(
    name: str, kind: Callable[[bytes], Any]
) -> None:
    fields, returned, written = ANSWERS[name]
    as_bytes = _answered(fields, returned, written)
    assert _answered(fields, [kind(one) for one in returned], map(kind, written)) == as_bytes
    assert _answered(fields, map(kind, returned), map(kind, written))[1:] == as_bytes[1:]


@pytest.mark.parametrize("fields", FIELDS)
def test_fields_may_come_otherwise_than_as_a_list_of_tuples(fields: Any) -> None:
    assert _answered(fields, [b"abc"], []) == _answered([("A", "b")], [b"abc"], [])


def test_exc_info_may_lack_a_traceback() -> None:
    response, _ = _response()
    response.start("200 OK", [])
    response.start("500 Oops", [], (ValueError, ValueError(), None))
    assert response.status == "500 Oops"
