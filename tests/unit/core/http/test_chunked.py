from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from spawning.http.chunked import MAX_LINE, MAX_TRAILERS, ChunkedDecoder
from spawning.http.errors import BadRequest

LONGEST = b"5;" + b"x" * (MAX_LINE - 3) + b"\r\nhello\r\n0\r\n\r\n"

BODIES = {
    "one chunk": (b"5\r\nhello\r\n0\r\n\r\n", b"hello", b""),
    "three chunks": (b"1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n", b"abcdef", b""),
    "nothing": (b"0\r\n\r\n", b"", b""),
    "many zeros": (b"00000\r\n\r\n", b"", b""),
    "what follows is kept": (b"1\r\na\r\n0\r\n\r\nGET /", b"a", b"GET /"),
    "what follows looks like a chunk": (b"0\r\n\r\n1\r\nb\r\n", b"", b"1\r\nb\r\n"),
    "line breaks are data": (b"4\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n", b""),
    "an extension": (b"1;a=b\r\na\r\n0;c\r\n\r\n", b"a", b""),
    "an extension with tabs": (b"1\t;\ta\r\na\r\n0\r\n\r\n", b"a", b""),
    "a trailer": (b"0\r\nA: b\r\nC:\r\n\r\n", b"", b""),
    "15 digits": (b"000000000000001\r\na\r\n0\r\n\r\n", b"a", b""),
}

MALFORMED = {
    "no digits": b"\r\n",
    "no hexadecimal digit": b"g\r\n",
    "16 digits": b"0000000000000001\r\na\r\n0\r\n\r\n",
    "a sign": b"+1\r\na\r\n0\r\n\r\n",
    "a prefix": b"0x1\r\na\r\n0\r\n\r\n",
    "an underscore": b"1_0\r\n",
    "a blank before": b" 1\r\na\r\n0\r\n\r\n",
    "a comma": b"1,\r\na\r\n0\r\n\r\n",
    "a bare line feed": b"1\na\r\n0\r\n\r\n",
    "a bare line feed at first": b"\n",
    "a line feed after a line": b"1\r\na\r\n\n",
    "a bare carriage return": b"1;\ra\r\n",
    "a null": b"1;\0\r\n",
    "data too long": b"1\r\nab\r\n0\r\n\r\n",
    "data too short": b"3\r\na\r\n0\r\n\r\n",
    "a carriage return and no line feed": b"1\r\na\rb",
    "a trailer without a colon": b"0\r\nA\r\n\r\n",
    "a trailer without a name": b"0\r\n:a\r\n\r\n",
    "a blank in a trailer's name": b"0\r\nA b: c\r\n\r\n",
    "a folded trailer": b"0\r\nA: b\r\n c\r\n\r\n",
    "a null in a trailer": b"0\r\nA: \0\r\n\r\n",
}


def _decode(pieces: Sequence[bytes]) -> tuple[bytes, bytes, bool]:
    decoder = ChunkedDecoder()
    body, rest = b"", b""
    for piece in pieces:
        if decoder.done:
            rest += piece
        else:
            body += decoder.decode(piece)
            rest = decoder.rest
    return body, rest, decoder.done


def _splits(data: bytes) -> list[list[bytes]]:
    """Return `data` whole, byte by byte, and cut in two and in three everywhere."""
    cuts: list[tuple[int, ...]] = [(), tuple(range(1, len(data)))]
    cuts += itertools.combinations(range(1, len(data)), 1)
    cuts += itertools.combinations(range(1, len(data)), 2)
    edges = [(0, *cut, len(data)) for cut in cuts]
    return [[data[a:b] for a, b in itertools.pairwise(edge)] for edge in edges]


@pytest.mark.parametrize(("data", "body", "rest"), BODIES.values(), ids=BODIES)
def test_body_is_the_same_in_every_split(data: bytes, body: bytes, rest: bytes) -> None:
    for pieces in _splits(data):
        assert _decode(pieces) == (body, rest, True)


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed_is_refused_in_every_split(data: bytes) -> None:
    for pieces in _splits(data):
        with pytest.raises(BadRequest) as refusal:
            _decode(pieces)
        assert refusal.value.status.startswith("400 ")


@pytest.mark.parametrize("data", BODIES.values(), ids=BODIES)
def test_no_beginning_is_done_and_none_is_refused(data: tuple[bytes, bytes, bytes]) -> None:
    coded, body, rest = data
    for end in range(len(coded) - len(rest)):
        so_far, left, done = _decode([coded[:end]])
        assert body.startswith(so_far)
        assert (left, done) == (b"", False)


def test_longest_line_is_taken_and_a_longer_one_refused_before_it_ends() -> None:
    assert _decode([LONGEST]) == (b"hello", b"", True)
    for data in (LONGEST.replace(b"x", b"xx", 1), b"5;" + b"x" * MAX_LINE):
        with pytest.raises(BadRequest, match="too long"):
            _decode([data])


def test_trailers_have_a_limit_together() -> None:
    field = b"A: " + b"b" * 1000 + b"\r\n"
    count = MAX_TRAILERS // (len(field) - 2)
    assert _decode([b"0\r\n" + field * count + b"\r\n"]) == (b"", b"", True)
    with pytest.raises(BadRequest, match="too long"):
        _decode([b"0\r\n" + field * (count + 1)])


def test_data_that_is_too_long_is_refused_at_its_first_byte() -> None:
    decoder = ChunkedDecoder()
    assert decoder.decode(b"1\r\na") == b"a"
    with pytest.raises(BadRequest):
        decoder.decode(b"b")


def test_data_is_delivered_before_its_chunk_is_whole() -> None:
    decoder = ChunkedDecoder()
    assert decoder.decode(b"5\r\nhe") == b"he"
    assert decoder.decode(b"l") == b"l"
    assert not decoder.done
