from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from spawning.http.body import CONTINUE, MAX_DISCARD, RequestBody
from spawning.http.errors import ClientGone, UnreadableBody
from spawning.http.request import Request

TEXT = b"one\ntwo\n\nlast without an end"
NEXT = b"GET /next HTTP/1.1\r\n"


class Arrivals:
    """A `Source` to which bytes come in given pieces; waiting after the last is the end."""

    def __init__(self, pieces: Sequence[bytes], present: int = 0) -> None:
        self._pieces = list(pieces)
        self._present = present
        """How many pieces are there before anybody waits."""
        self.sent: list[bytes] = []
        self.back = b""

    def take(self, wait: bool) -> bytes:
        """Return the next piece if it is there, or for waiting."""
        if self._present <= 0 and not wait:
            return b""
        self._present -= 1
        if not self._pieces:
            raise ClientGone("the end")
        return self._pieces.pop(0)

    def put_back(self, data: bytes) -> None:
        """Keep what is not the body's."""
        self.back = data + self.back

    def send(self, data: bytes) -> None:
        """Keep what the client would get."""
        self.sent.append(data)


def _body(source: Arrivals, length: int | None, expects: bool = False) -> RequestBody:
    request = Request("POST", "/", True, {})
    request.chunked = length is None
    request.content_length = length or 0
    request.expects_continue = expects
    return RequestBody(source, request)


def _arrived(pieces: Sequence[bytes], length: int | None, expects: bool = False) -> RequestBody:
    return _body(Arrivals(pieces, len(pieces)), length, expects)


def _chunked(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data) if data else b"0\r\n\r\n"


def _splits(data: bytes) -> list[list[bytes]]:
    cuts = [(), *itertools.combinations(range(1, len(data)), 1), tuple(range(1, len(data)))]
    return [[data[a:b] for a, b in itertools.pairwise((0, *cut, len(data)))] for cut in cuts]


def _until_empty(call: Callable[[], bytes]) -> list[bytes]:
    return list(iter(call, b""))


Calls = Callable[[Any], Any]

# Each is done with a RequestBody and with an io.BytesIO, and must give the same.
READS: dict[str, Calls] = {
    "read()": lambda f: [f.read(), f.read()],
    "read(-1)": lambda f: f.read(-1),
    "read(None)": lambda f: f.read(None),
    "read(0)": lambda f: [f.read(0), f.read()],
    "read(1)": lambda f: _until_empty(lambda: f.read(1)),
    "read(5)": lambda f: _until_empty(lambda: f.read(5)),
    "read(1000)": lambda f: [f.read(1000), f.read(1000)],
    "readline()": lambda f: _until_empty(f.readline),
    "readline(-1)": lambda f: _until_empty(lambda: f.readline(-1)),
    "readline(None)": lambda f: _until_empty(lambda: f.readline(None)),
    "readline(0)": lambda f: [f.readline(0), f.readline()],
    "readline(0) within a line": lambda f: [f.read(1), f.readline(0), f.read()],
    "readline(2)": lambda f: _until_empty(lambda: f.readline(2)),
    "readline(4)": lambda f: _until_empty(lambda: f.readline(4)),
    "readline(1000)": lambda f: _until_empty(lambda: f.readline(1000)),
    "readlines()": lambda f: [f.readlines(), f.readlines()],
    "readlines(None)": lambda f: f.readlines(None),
    "readlines(0)": lambda f: f.readlines(0),
    "readlines(5)": lambda f: [f.readlines(5), f.read()],
    "iteration": lambda f: list(f),
    "mixed": lambda f: [f.read(2), f.readline(), f.readline(1), f.readlines(1), f.read()],
    "read after lines": lambda f: [f.readline(), f.read(3), f.readline(), f.read()],
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("text", [TEXT, b"", b"\n", b"no end", b"\n\n\n"])
def test_reads_as_any_file_does_in_every_split(read: Calls, text: bytes) -> None:
    expected = read(io.BytesIO(text))
    for pieces in _splits(text + NEXT):
        assert read(_body(Arrivals(pieces), len(text))) == expected
    for pieces in _splits(_chunked(text) + NEXT):
        assert read(_body(Arrivals(pieces), None)) == expected


@pytest.mark.parametrize("length", [len(TEXT), None], ids=["length", "chunked"])
def test_what_follows_is_left_for_the_next_request(length: int | None) -> None:
    data = (_chunked(TEXT) if length is None else TEXT) + NEXT
    for pieces in _splits(data):
        source = Arrivals(pieces)
        body = _body(source, length)
        assert body.read() == TEXT
        assert NEXT.startswith(source.back)
        assert source.back + b"".join(source._pieces) == NEXT


@pytest.mark.parametrize("length", [10, None], ids=["length", "chunked"])
@pytest.mark.parametrize("read", ["read()", "readline()", "iteration"])
def test_a_body_that_ends_early_raises(read: str, length: int | None) -> None:
    piece = b"hello" if length else b"5\r\nhello\r\n"
    with pytest.raises(ClientGone):
        READS[read](_body(Arrivals([piece]), length))


def test_reading_takes_no_more_than_it_needs() -> None:
    source = Arrivals([b"ab", b"cd", b"ef"])
    body = _body(source, 6)
    assert body.read(2) == b"ab"
    assert source._pieces == [b"cd", b"ef"]
    assert body.read(3) == b"cde"
    assert body.read() == b"f"


def test_close_leaves_the_rest_readable() -> None:
    body = _arrived([b"abc"], 3)
    body.close()
    assert body.read() == b"abc"


MALFORMED = b"5\r\nhelloXX\r\n"


def test_a_malformed_body_is_an_input_error() -> None:
    with pytest.raises(UnreadableBody) as error:
        _arrived([MALFORMED], None).read()
    assert isinstance(error.value, OSError)
    assert error.value.status == "400 Bad Request"


def test_a_malformed_body_stays_malformed() -> None:
    # Decoding on would find a chunk where the client has none, and then a request.
    body = _arrived([MALFORMED, b"\r\n0\r\n\r\n" + NEXT], None)
    with pytest.raises(UnreadableBody):
        body.read()
    with pytest.raises(UnreadableBody):
        body.read()


def test_a_malformed_body_cannot_be_discarded() -> None:
    body = _arrived([MALFORMED, b"\r\n0\r\n\r\n" + NEXT], None)
    with pytest.raises(UnreadableBody):
        body.read()
    try:
        reached_the_end = body.discard()
    except UnreadableBody:
        reached_the_end = False
    assert not reached_the_end


# (what the application does, how many pieces have come before, whether it is invited)
INVITATIONS: dict[str, tuple[Calls, int, bool]] = {
    "nothing is read": (lambda f: None, 0, False),
    "no byte is asked for": (lambda f: f.read(0), 0, False),
    "nothing has come": (lambda f: f.read(), 0, True),
    "a line is asked for": (lambda f: f.readline(), 0, True),
    "part has come and is enough": (lambda f: f.read(2), 1, False),
    "all has come": (lambda f: f.read(), 2, False),
}


@pytest.mark.parametrize(("read", "present", "invited"), INVITATIONS.values(), ids=INVITATIONS)
def test_the_client_is_invited_when_bytes_are_asked_for_that_have_not_come(
    read: Calls, present: int, invited: bool
) -> None:
    source = Arrivals([b"ab", b"cd"], present)
    read(_body(source, 4, expects=True))
    assert source.sent == [CONTINUE] * invited


@pytest.mark.parametrize("length", [4, None], ids=["length", "chunked"])
def test_the_client_is_invited_once(length: int | None) -> None:
    source = Arrivals([b"a", b"b", b"cd"] if length else [b"2\r\nab", b"\r\n0\r\n", b"\r\n"])
    body = _body(source, length, expects=True)
    while body.read(1):
        pass
    assert source.sent == [CONTINUE]


def test_a_withdrawn_invitation_is_not_sent() -> None:
    source = Arrivals([b"abcd"])
    body = _body(source, 4, expects=True)
    assert body.withdraw_invitation()
    assert not body.withdraw_invitation()
    assert body.read() == b"abcd"
    assert source.sent == []


@pytest.mark.parametrize("expects", [True, False])
def test_without_a_body_there_is_no_invitation(expects: bool) -> None:
    source = Arrivals([])
    body = _body(source, 0, expects)
    assert body.read() == b""
    assert not body.withdraw_invitation()
    assert source.sent == []


HALF = b"x" * (MAX_DISCARD // 2)

# (pieces that are there, length, whether the end is reached)
DISCARDS: dict[str, tuple[list[bytes], int | None, bool]] = {
    "no body": ([], 0, True),
    "all there": ([b"ab", b"cd"], 4, True),
    "all there, chunked": ([_chunked(b"abcd")], None, True),
    "not all there": ([b"ab"], 4, False),
    "not all there, chunked": ([_chunked(b"abcd")[:-2]], None, False),
    "the most that is read away": ([HALF, HALF], MAX_DISCARD, True),
    "one byte more": ([HALF, HALF, b"x"], MAX_DISCARD + 1, False),
}


@pytest.mark.parametrize(("pieces", "length", "end"), DISCARDS.values(), ids=DISCARDS)
def test_discard_reads_what_is_there_and_never_waits(
    pieces: list[bytes], length: int | None, end: bool
) -> None:
    source = Arrivals(pieces, len(pieces))
    assert _body(source, length).discard() is end
    assert source.sent == []


def test_discard_after_some_was_read() -> None:
    body = _arrived([b"abcd" + NEXT], 4)
    assert body.read(1) == b"a"
    assert body.discard()
    assert body.read() == b""


def test_discard_gives_up_a_body_that_was_never_invited() -> None:
    source = Arrivals([b"abcd"], 1)
    assert not _body(source, 4, expects=True).discard()
    assert source.sent == []


# (pieces, length or None where it is chunked, limit, whether it may be read)
LIMITED: dict[str, tuple[list[bytes], int | None, int, bool]] = {
    "as long as may be": ([b"hello"], 5, 5, True),
    "as long as may be, in chunks": ([b"3\r\nhel\r\n", b"2\r\nlo\r\n0\r\n\r\n"], None, 5, True),
    "too long in chunks": ([b"3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n"], None, 5, False),
    "too long in chunks by announcement": ([b"3\r\nhel\r\n", b"ffffff\r\n"], None, 5, False),
    "anything at all, in chunks": ([b"1\r\n"], None, 0, False),
}


@pytest.mark.parametrize(("pieces", "length", "limit", "may"), LIMITED.values(), ids=LIMITED)
def test_a_limit_ends_the_read_that_goes_beyond_it(
    pieces: list[bytes], length: int | None, limit: int, may: bool
) -> None:
    body = _arrived(pieces, length)
    body.limit(limit)
    if may:
        assert body.read() == b"hello"
    for _ in range(0 if may else 2):
        with pytest.raises(UnreadableBody) as error:
            body.read()
        assert error.value.status == "413 Content Too Large"


def test_a_length_beyond_the_limit_is_refused_unread_and_uninvited() -> None:
    source = Arrivals([b"hello!"])
    with pytest.raises(UnreadableBody) as error:
        _body(source, 6, expects=True).limit(5)
    assert error.value.status == "413 Content Too Large"
    assert source.sent == []


def test_a_body_that_came_whole_is_not_copied() -> None:
    piece = bytes(bytearray(TEXT))
    assert _arrived([piece], len(piece)).read() is piece
