from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from spawning.access_log import AccessLog, open_log

LINE = re.compile(
    rb"(?P<client>[^ ]+) - - \[\d\d/\w+/\d{4} \d\d:\d\d:\d\d\] "
    rb'"(?P<line>(?:[^"\\]|\\.)*)" (?P<code>\d+) (?P<size>\d+) (?P<seconds>\d+\.\d{6})\n'
)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Return both ends of a pipe."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def _logged(
    pipe: tuple[int, int], line: str, client: str = "192.0.2.1", code: int = 200
) -> re.Match[bytes]:
    reading, writing = pipe
    AccessLog(writing).write(client, line, code, 1234, 0.0123456)
    match = LINE.fullmatch(os.read(reading, 65536))
    assert match is not None
    return match


def test_a_line_says_everything(pipe: tuple[int, int]) -> None:
    match = _logged(pipe, "GET /path?query HTTP/1.1")
    assert match.groupdict() == {
        "client": b"192.0.2.1",
        "line": b"GET /path?query HTTP/1.1",
        "code": b"200",
        "size": b"1234",
        "seconds": b"0.012346",
    }


def test_a_client_without_an_address_is_a_dash(pipe: tuple[int, int]) -> None:
    assert _logged(pipe, "GET / HTTP/1.1", client="")["client"] == b"-"


# (request line, how it stands between the quotes)
ESCAPED = {
    "a quote": ('GET /" HTTP/1.1', rb"GET /\" HTTP/1.1"),
    "a backslash": ("GET /\\ HTTP/1.1", rb"GET /\\ HTTP/1.1"),
    "a backslash and a quote": ('GET /\\" 200', rb"GET /\\\" 200"),
    "a line feed": ("GET /\nforged", rb"GET /\nforged"),
    "a carriage return": ("GET /\rforged", rb"GET /\rforged"),
    "a line feed that was written out": ("GET /\\n", rb"GET /\\n"),
    "a null": ("GET /\0", rb"GET /\x00"),
    "an escape sequence": ("GET /\x1b[2J", rb"GET /\x1b[2J"),
    "a next line": ("GET /\x85", rb"GET /\x85"),
    "a letter beyond ASCII": ("GET /\xe9", rb"GET /\xe9"),
    "everything at once": ("'\"\\\n\xe9\x7f'", rb"\'\"\\\n\xe9\x7f\'"),
    "a single quote": ("GET /it's", rb"GET /it's"),
}


@pytest.mark.parametrize(("line", "shown"), ESCAPED.values(), ids=ESCAPED)
def test_a_request_line_cannot_end_its_quotes(
    pipe: tuple[int, int], line: str, shown: bytes
) -> None:
    assert _logged(pipe, line)["line"] == shown


def test_no_pair_of_characters_forges_a_line(pipe: tuple[int, int]) -> None:
    for first, second in itertools.product(map(chr, range(256)), '"\\\n\r\0 n'):
        forged = f'{first}{second}{first} 200 0 0.000000\n192.0.2.9 - - "'
        assert _logged(pipe, forged)["client"] == b"192.0.2.1"


def test_a_log_that_cannot_be_written_fails_nothing(pipe: tuple[int, int]) -> None:
    AccessLog(pipe[0]).write("192.0.2.1", "GET / HTTP/1.1", 200, 0, 0.0)


def test_the_null_device_is_no_log() -> None:
    assert open_log(os.devnull) is None


def test_no_path_is_standard_output() -> None:
    log = open_log("")
    assert log is not None
    assert log._descriptor == 1


def test_a_file_is_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    for code in (200, 404):
        log = open_log(str(path))
        assert log is not None
        log.write("", "GET / HTTP/1.1", code, 0, 0.0)
        os.close(log._descriptor)
    assert [line.split()[-3] for line in path.read_text().splitlines()] == ["200", "404"]


def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        open_log(str(tmp_path))
