"""Files that an application returns: which of them the kernel sends, and what the client gets."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spawning.http.request import Request
from spawning.wsgi.files import FileWrapper
from spawning.wsgi.heads import Heads
from spawning.wsgi.response import SENDFILE_PAYS, Response
from unit.core.sent import Sent

SIZE = 4 * SENDFILE_PAYS
CONTENT = os.urandom(SIZE)
SMALL = CONTENT[: SENDFILE_PAYS - 1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file on a disk."""
    found = tmp_path / "file"
    found.write_bytes(CONTENT)
    return found


class Proxy:
    """Stands for a file, as those of Django's storages do."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


class Deciphering(Proxy):
    """Has a descriptor, and gives something else than what is there."""

    def read(self, size: int) -> bytes:
        """Return bytes that are not those on the disk."""
        return bytes(byte ^ 1 for byte in self.file.read(size))


class Louder(io.BufferedReader):
    """A buffered file that gives something else."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return bytes that are not those on the disk."""
        return super().read(size).upper()


def _piped(_path: Path) -> Any:
    reading, writing = os.pipe()
    os.close(writing)
    return os.fdopen(reading, "rb")


def _device(_path: Path) -> Any:
    return os.fdopen(os.open("/dev/zero", os.O_RDONLY), "rb")


def _spooled(_path: Path) -> Any:
    return tempfile.SpooledTemporaryFile()


def _written(path: Path) -> Any:
    file = path.open("r+b")
    file.write(b"new")
    return file


PLAIN: dict[str, Callable[[Path], Any]] = {
    "buffered": lambda path: path.open("rb"),
    "not buffered": lambda path: path.open("rb", buffering=0),
    "to be written too": lambda path: path.open("r+b"),
    "stood for by another object": lambda path: Proxy(path.open("rb")),
}
OTHER: dict[str, Callable[[Path], Any]] = {
    "memory": lambda path: io.BytesIO(path.read_bytes()),
    "compressed": lambda path: gzip.GzipFile(path),
    "compressed in another way": lambda path: bz2.BZ2File(path),
    "a buffer of a compressed one": lambda path: io.BufferedReader(gzip.GzipFile(path)),  # type: ignore[arg-type]
    "enciphered": lambda path: Deciphering(path.open("rb")),
    "of a class of its own": lambda path: Louder(path.open("rb", buffering=0)),
    "a pipe": _piped,
    "a device": _device,
    "not to be read": lambda path: path.open("ab"),
    "not to be read and not buffered": lambda path: path.open("ab", buffering=0),
    "in memory as long as it is small": _spooled,
    "nothing that can be read": lambda _path: object(),
}


@pytest.mark.parametrize("kind", PLAIN)
def test_what_stands_on_a_disk_can_be_sent_from_there(kind: str, path: Path) -> None:
    with PLAIN[kind](path) if kind != "stood for by another object" else path.open("rb") as file:
        file = Proxy(file) if kind == "stood for by another object" else file
        file.read(10)
        extent = FileWrapper(file).extent()
        assert extent is not None
        assert (extent.start, extent.size) == (10, SIZE - 10)
        assert b"".join(extent.blocks(10, None)) == CONTENT[10:]
        assert file.tell() == 10


@pytest.mark.parametrize("kind", OTHER)
def test_what_may_read_as_something_else_is_read(kind: str, path: Path) -> None:
    file = OTHER[kind](path)
    try:
        assert FileWrapper(file).extent() is None
    finally:
        getattr(file, "close", bool)()


def test_what_was_written_is_there(path: Path) -> None:
    with _written(path) as file:
        file.write(b"er")
        extent = FileWrapper(file).extent()
        assert extent is not None
        assert (extent.start, path.read_bytes()[:5]) == (5, b"newer")


@dataclass
class Case:
    """An answer, and what comes of it."""

    content: bytes
    length: int | None
    """The Content-Length that the application gives."""
    by_kernel: int
    """Bytes that the kernel sends of its own."""
    method: str = "GET"
    http11: bool = True
    start: int = 0
    """Where the file stands."""
    written: bytes = b""
    """What was sent before, by `write`."""
    problem: str = ""
    kernel_can: bool = True
    status: str = "200 OK"

    @property
    def body(self) -> bytes:
        """What the client is to get."""
        if self.method == "HEAD" or self.status.startswith("304"):
            return b""
        return (self.written + self.content[self.start :])[: self.length]


FEWER = "sent 10 bytes fewer than its Content-Length"
CASES = {
    "a large file": Case(CONTENT, SIZE, SIZE),
    "a small file": Case(SMALL, len(SMALL), 0),
    "the smallest that pays": Case(CONTENT[:SENDFILE_PAYS], SENDFILE_PAYS, SENDFILE_PAYS),
    "an empty file": Case(b"", 0, 0),
    "HEAD": Case(CONTENT, SIZE, 0, method="HEAD"),
    "304": Case(CONTENT, SIZE, 0, status="304 Not Modified"),
    "not from its start": Case(CONTENT, SIZE - 99, SIZE - 99, start=99),
    "a range": Case(CONTENT, SENDFILE_PAYS, SENDFILE_PAYS, start=7),
    "a small range": Case(CONTENT, 100, 0, start=7),
    "a small range of a large file": Case(CONTENT, 1, 0),
    "shorter than promised": Case(CONTENT, SIZE + 10, SIZE, problem=FEWER),
    "small and shorter than promised": Case(SMALL, len(SMALL) + 10, 0, problem=FEWER),
    "beyond its end": Case(SMALL, 10, 0, start=SIZE, problem=FEWER),
    "after write()": Case(CONTENT, SIZE, SIZE - 5, start=5, written=CONTENT[:5]),
    "all of it by write()": Case(CONTENT, 5, 0, written=CONTENT[:5]),
    "no length": Case(CONTENT, None, 0),
    "no length and HTTP/1.0": Case(CONTENT, None, 0, http11=False),
    "HTTP/1.0": Case(CONTENT, SIZE, SIZE, http11=False),
    "a kernel that cannot": Case(CONTENT, SIZE, 0, kernel_can=False),
}


def _answered(case: Case, result: Iterable[bytes]) -> tuple[Response, Sent]:
    sent = Sent(case.kernel_can)
    request = Request(case.method, "/", case.http11, {})
    response = Response(request, sent, Heads())
    headers = [] if case.length is None else [("Content-Length", str(case.length))]
    write = response.start(case.status, headers)
    write(case.written)
    response.send_all(result)
    return response, sent


def _decoded(sent: Sent) -> bytes:
    head, _, body = b"".join(sent).partition(b"\r\n\r\n")
    if b"chunked" not in head:
        return body
    chunks = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        chunks, body = chunks + body[: int(size, 16)], body[int(size, 16) + 2 :]
    return chunks


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_answer_of_a_file(case: Case, path: Path) -> None:
    path.write_bytes(case.content)
    with path.open("rb") as file:
        file.seek(case.start)
        response, sent = _answered(case, FileWrapper(file, 4096))
    assert _decoded(sent) == case.body
    assert (sent.by_kernel, response.sent) == (case.by_kernel, len(case.body))
    assert response.problem == case.problem
    assert response.keep_alive == (not case.problem and case.http11)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_answer_of_what_is_like_a_file(case: Case) -> None:
    file = io.BytesIO(case.content)
    file.seek(case.start)
    response, sent = _answered(case, FileWrapper(file, 4096))
    assert _decoded(sent) == case.body
    assert (sent.by_kernel, response.sent, response.problem) == (0, len(case.body), case.problem)


def test_a_small_file_leaves_with_its_head_whatever_blocks_were_asked_for(path: Path) -> None:
    path.write_bytes(SMALL)
    with path.open("rb") as file:
        _, sent = _answered(Case(SMALL, len(SMALL), 0), FileWrapper(file, 4096))
    assert len(sent) == 1


def test_a_class_derived_from_the_wrapper_is_iterated_over(path: Path) -> None:
    class Reversing(FileWrapper):
        def __next__(self) -> bytes:
            return super().__next__()[::-1]

    with path.open("rb") as file:
        _, sent = _answered(Case(CONTENT, SIZE, 0), Reversing(file, SIZE))
    assert (_decoded(sent), sent.by_kernel) == (CONTENT[::-1], 0)


def test_a_file_that_is_closed_answers_500(path: Path) -> None:
    with path.open("rb") as file:
        wrapped = FileWrapper(file)
    with pytest.raises(ValueError, match="closed"):
        _answered(Case(CONTENT, SIZE, 0), wrapped)
