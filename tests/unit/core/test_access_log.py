"""How the access log is written, opened anew, and what is said when it cannot be."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from spawning.access_log import AccessLog, Origin, Record, killed, log_killed, open_log
from spawning.access_log.identity import KEY, Ids, is_sane

ORIGIN = Origin(generation=3, worker=7, pid=4711)


def _record(target: str = "/") -> Record:
    return Record("192.0.2.1", "x-1", "GET", target, "HTTP/1.1", 200, 5, 0.001)


def _opened(path: Path, text: str = "") -> AccessLog:
    log = open_log(str(path), text, ORIGIN)
    assert log is not None
    return log


def _targets(path: Path) -> list[str]:
    return re.findall(r"GET (\S+) HTTP", path.read_text())


def _opened_below(folder: Path) -> list[str]:
    """Return the files of a folder that this process has open; what else it has may go any time."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # the one that lists them
            found.append(os.readlink(f"/proc/self/fd/{number}"))
    return [name for name in found if name.startswith(f"{folder}{os.sep}")]


# ---------------------------------------------------------------- opening


def test_the_null_device_is_no_log() -> None:
    assert open_log(os.devnull, "", ORIGIN) is None


def test_no_path_is_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    log = open_log("", "", ORIGIN)
    assert log is not None
    log.write(_record("/there"))
    log.reopen()
    log.write(_record("/still"))
    assert re.findall(r"GET (\S+)", capfd.readouterr().out) == ["/there", "/still"]


def test_a_file_is_appended_to_by_several(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    one, other = _opened(path), _opened(path, "json")
    one.write(_record("/1"))
    other.write(_record("/2"))
    one.write(_record("/3"))
    first, second, third = path.read_text().splitlines()
    assert first.endswith(" id=x-1 g=3 w=7")
    assert '"path":"/2"' in second
    assert "/3" in third
    one.close()
    other.close()


def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        open_log(str(tmp_path), "", ORIGIN)


# ---------------------------------------------------------------- opening anew


def test_a_file_that_was_moved_away_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    log = _opened(path)
    log.write(_record("/old"))
    path.rename(tmp_path / "access.log.1")
    log.write(_record("/late"))
    log.reopen()
    assert _opened_below(tmp_path) == [str(path)], "the file that was moved away is closed"
    log.write(_record("/new"))
    log.close()
    assert _targets(tmp_path / "access.log.1") == ["/old", "/late"]
    assert _targets(path) == ["/new"]


def test_a_file_that_was_opened_anew_is_no_childs(tmp_path: Path) -> None:
    log = _opened(tmp_path / "access.log")
    log.reopen()
    assert not os.get_inheritable(log._descriptor)
    log.close()


def test_a_file_that_cannot_be_opened_anew_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "access.log"
    log = _opened(path)
    path.rename(tmp_path / "moved")
    path.mkdir()
    log.reopen()
    log.write(_record("/on"))
    log.close()
    assert "cannot be opened anew: Is a directory" in capfd.readouterr().err
    assert _targets(tmp_path / "moved") == ["/on"]


# ---------------------------------------------------------------- trouble


def test_a_log_that_cannot_be_written_is_said_once_and_once_more_when_it_can(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "access.log"
    log = _opened(path)
    full = os.open("/dev/full", os.O_WRONLY)
    file = os.dup(log._descriptor)
    os.dup2(full, log._descriptor)
    for _ in range(3):
        log.write(_record("/lost"))
    assert capfd.readouterr().err == (
        f"spawn: the access log {path} cannot be written: No space left on device;"
        " lines are lost until it can\n"
    )
    os.dup2(file, log._descriptor)
    for target in ("/again", "/on"):
        log.write(_record(target))
    assert capfd.readouterr().err == "spawn: the access log is written again; 3 lines are lost\n"
    assert _targets(path) == ["/again", "/on"]
    log.close()
    os.close(full)
    os.close(file)


@pytest.fixture
def small_files() -> Iterator[int]:
    """Let no file of this process have more than so many bytes, as a full disk would."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, limits[1]))
    yield 150
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


def test_half_a_line_does_not_spoil_the_next(tmp_path: Path, small_files: int) -> None:
    path = tmp_path / "access.log"
    log = _opened(path)
    log.write(_record("/whole"))
    log.write(_record("/half"))
    assert path.stat().st_size == small_files
    os.truncate(path, small_files - 20)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (10_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    )
    log.write(_record("/next"))
    log.close()
    assert [bool(re.search(r" g=3 w=7$", line)) for line in path.read_text().splitlines()] == [
        True,
        False,
        True,
    ]


def test_a_reader_that_has_gone_fails_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    AccessLog(writing).write(_record())
    os.close(writing)
    assert "the access log cannot be written: Broken pipe" in capfd.readouterr().err


# ---------------------------------------------------------------- requests of others


def test_the_requests_of_a_worker_that_was_killed_are_logged(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    requests = [killed("192.0.2.1", "x-1", "GET", f"/{n}", n + 0.5) for n in range(2)]
    log_killed(str(path), "", ORIGIN, requests)
    log_killed(os.devnull, "", ORIGIN, requests)
    assert _opened_below(tmp_path) == []
    assert [line.partition('"')[2] for line in path.read_text().splitlines()] == [
        'GET /0 HTTP/1.1" 502 0 0.500000 id=x-1 g=3 w=7 cut=killed',
        'GET /1 HTTP/1.1" 502 0 1.500000 id=x-1 g=3 w=7 cut=killed',
    ]


def test_requests_that_cannot_be_logged_for_others_are_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log_killed(str(tmp_path), "", ORIGIN, [killed("", "", "GET", "/", 1.0)])
    assert "cannot be opened: Is a directory" in capfd.readouterr().err


# ---------------------------------------------------------------- colour


@pytest.mark.parametrize(
    ("text", "env", "has_colour"),
    [
        ("", {}, True),
        ("", {"NO_COLOR": "1"}, False),
        ("", {"NO_COLOR": ""}, True),
        ("", {"TERM": "dumb"}, False),
        ("common", {}, False),
        ("json", {}, False),
    ],
)
def test_a_terminal_shows_colour(
    text: str, env: dict[str, str], has_colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    reading, terminal = pty.openpty()
    AccessLog(terminal, text).write(_record())
    assert (b"\x1b[32m200\x1b[0m" in os.read(reading, 4096)) is has_colour
    os.close(reading)
    os.close(terminal)


def test_a_file_has_no_colour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    path = tmp_path / "access.log"
    log = _opened(path)
    log.write(_record())
    log.close()
    assert b"\x1b" not in path.read_bytes()


# ---------------------------------------------------------------- ids

GIVEN = {
    "6f1c5d7a-7b1f-4c3c-9a55-2b8d5f3b6c11": True,
    "Root=1-67891233-abcdef012345678912345678": True,
    "a" * 128: True,
    "a" * 129: False,
    "": False,
    "a b": False,
    "a, b": False,
    'a"': False,
    "a\\": False,
    "a\n": False,
    "\xe9": False,
    "\u0661": False,
}


@pytest.mark.parametrize(("given", "sane"), GIVEN.items())
def test_the_id_of_a_client_is_kept_if_it_is_sane(given: str, sane: bool) -> None:
    headers = {KEY: given}
    found = Ids().see_to(headers)
    assert (found == given) is sane
    assert headers[KEY] == found
    assert is_sane(found)


def test_a_request_without_an_id_gets_one_of_its_own() -> None:
    one, other = Ids(), Ids()
    headers: list[dict[str, str]] = [{} for _ in range(40)]
    for number, each in enumerate(headers):
        (one if number % 2 else other).see_to(each)
    assert len({each[KEY] for each in headers}) == 40
    assert one.make() not in {each[KEY] for each in headers}
