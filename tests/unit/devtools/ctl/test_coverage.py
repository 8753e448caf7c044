"""`spawnctl coverage`: what it asks for, where it puts the answer, and what it says without one."""

from __future__ import annotations

import io
import itertools
import os
import socket
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spawning.errors import ServerNotFound, SpawningError, UsageError
from spawning_devtools.cover.keeper.entrance import address_of
from spawning_devtools.ctl import main
from spawning_devtools.ctl.code import servers
from spawning_devtools.ctl.coverage import command

NUMBERS = itertools.count()
OK = "HTTP/1.1 200 OK"


class Keeper:
    """Answers one request as the test says."""

    def __init__(self) -> None:
        self.pid = os.getpid() * 1000 + next(NUMBERS)  # nobody's
        self.asked = ""
        self._listener = socket.socket(socket.AF_UNIX)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._answer = b""

    def answer(self, body: bytes, status: str = OK, length: int | None = None) -> None:
        """Be there, and answer so; with no body and no status not at all."""
        length = len(body) if length is None else length
        head = f"{status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        self._answer = head.encode() + body if status else b""
        self._listener.bind(address_of(self.pid))
        self._listener.listen()
        self._thread.start()

    def _serve(self) -> None:
        sock, _ = self._listener.accept()
        with sock, sock.makefile("rb") as lines:
            self.asked = lines.readline().decode().rsplit(" ", 1)[0]
            while lines.readline() not in (b"\r\n", b""):
                pass
            sock.sendall(self._answer)

    def close(self) -> None:
        """Be gone."""
        self._listener.close()


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    one = Keeper()
    monkeypatch.setattr(servers, "folders_of", lambda _title: {one.pid: os.getcwd()})
    yield one
    one.close()


REPORTS: list[tuple[list[str], str]] = [
    ([], "GET /_coverage.txt"),
    (["report"], "GET /_coverage.txt"),
    (["json"], "GET /_coverage.json"),
    (["xml"], "GET /_coverage.xml"),
    (["lcov"], "GET /_coverage.lcov"),
    (["data"], "GET /_coverage.data"),
]


@pytest.mark.parametrize(("words", "asked"), REPORTS)
def test_reports_are_printed_as_they_come(
    keeper: Keeper, capfdbinary: pytest.CaptureFixture[bytes], words: list[str], asked: str
) -> None:
    keeper.answer(b"a report\xff\n")
    assert main(["coverage", *words]) == 0
    assert keeper.asked == asked
    assert capfdbinary.readouterr() == (b"a report\xff\n", b"")


def test_a_report_goes_to_a_file(keeper: Keeper, tmp_path: Path) -> None:
    keeper.answer(b"a report\xff\n")
    assert main(["coverage", "xml", "-o", str(tmp_path / "out.xml"), "--pid", str(keeper.pid)]) == 0
    assert (tmp_path / "out.xml").read_bytes() == b"a report\xff\n"


def test_what_coverage_warned_of_is_said_beside_the_report(
    keeper: Keeper, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    keeper.answer(b"a report\n", f"{OK}\r\nX-Coverage-Remark: one\r\nX-Coverage-Remark: two")
    assert main(["coverage", "json"]) == 0
    assert capfdbinary.readouterr() == (b"a report\n", b"spawnctl: one\nspawnctl: two\n")


def test_a_file_that_cannot_be_written(keeper: Keeper, tmp_path: Path) -> None:
    keeper.answer(b"a report\n")
    with pytest.raises(UsageError, match=r"out.xml cannot be written: No such file or directory"):
        command.main(["xml", "-o", str(tmp_path / "none" / "out.xml")])


def test_html_is_a_folder_and_nothing_outside_of_it(
    keeper: Keeper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as packed:
        for name in ("index.html", "a.css", "../outside", "/outside", "sub/inside"):
            member = tarfile.TarInfo(name)
            member.size = len(name)
            packed.addfile(member, io.BytesIO(name.encode()))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(link)
    keeper.answer(archive.getvalue())
    folder = tmp_path / "deep" / "html"
    assert main(["coverage", "html", "-d", str(folder)]) == 0
    assert keeper.asked == "GET /_coverage.tar"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "index.html": "index.html", "a.css": "a.css",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]
    assert capsys.readouterr().out == f"Wrote HTML report to {folder}/index.html\n"


@pytest.mark.parametrize("order", command.ORDERS)
def test_orders_are_posted_and_what_is_said_is_printed(
    keeper: Keeper, capsys: pytest.CaptureFixture[str], order: str
) -> None:
    keeper.answer(b"It is done.\n")
    assert main(["coverage", order]) == 0
    assert keeper.asked == f"POST /_coverage/{order}"
    assert capsys.readouterr() == ("It is done.\n", "")


def test_an_order_that_not_all_have_heard_is_no_success(keeper: Keeper) -> None:
    keeper.answer(b"But worker 3 did not answer.\n", "HTTP/1.1 202 Accepted")
    assert main(["coverage", "reset"]) == 1


ANSWERS: list[tuple[Callable[[Keeper], None], type[SpawningError], str]] = [
    (lambda _: None, ServerNotFound, "does not measure which lines run; start it with --coverage"),
    (
        lambda keeper: keeper.answer(b"Nothing has run.\n", "HTTP/1.1 503 Service Unavailable"),
        SpawningError,
        "^Nothing has run$",
    ),
    (lambda keeper: keeper.answer(b"", ""), ServerNotFound, "gives no answer; only the user who"),
    (lambda keeper: keeper.answer(b"a", length=9), ServerNotFound, "ended before it had answered"),
    (lambda keeper: keeper.answer(b"", "what?"), ServerNotFound, "ended before it had answered"),
]


@pytest.mark.parametrize(("prepare", "kind", "said"), ANSWERS)
def test_without_an_answer_it_says_why(
    keeper: Keeper, prepare: Callable[[Keeper], None], kind: type[SpawningError], said: str
) -> None:
    prepare(keeper)
    with pytest.raises(kind, match=said):
        command.main([])


def test_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "folders_of", lambda _title: {})
    with pytest.raises(ServerNotFound, match=r"start one: spawn --coverage MODULE.APPLICATION"):
        command.main([])


WRONG: list[tuple[str, str]] = [
    ("html5", "there is no 'html5'; did you mean 'html'"),
    ("everything", "there is no 'everything'; type one of report, json"),
    ("reset -o file", "reset goes to no file; -o is for"),
    ("html -o file", "html goes to no file"),
    ("xml -d folder", "xml makes no folder; -d is for html"),
    ("--what", "unrecognized arguments: --what"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_wrong_words(words: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        command.main(words.split())


def test_data_is_not_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(UsageError, match=r"data is nothing for a terminal; type for example: -o"):
        command.main(["data"])
