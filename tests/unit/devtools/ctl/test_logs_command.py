"""What `spawnctl logs` prints, and what it says where it was asked for what cannot be."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from spawning.access_log import Origin, Record, formats
from spawning.errors import UsageError
from spawning_devtools.ctl import main

ORIGIN = Origin(1, 2, 3)
RECORDS = [
    Record("192.0.2.1", "x-1", "GET", "/a?q=1", "HTTP/1.1", 200, 100, 0.1),
    Record("::1", "x-2", "GET", "/a", "HTTP/1.1", 404, 0, 0.3),
    Record("", "x-3", "POST", "/b", "HTTP/1.0", 200, 50, 0.2),
    Record("192.0.2.1", "x-4", "GET", "/\x1b", "HTTP/1.1", 200, 1, 0.5),
    Record("192.0.2.1", "x-5", "", "", "", 408, 0, 0.0),
]
UNTIMED = '192.0.2.1 - - [24/Nov/2026:12:58:35 +0000] "GET /a HTTP/1.1" 200 12 "-" "B"\n'


def _written(form: str, records: Sequence[Record] = RECORDS) -> str:
    return "".join(map(formats.compiled(form, ORIGIN), records))


def _log(tmp_path: Path, text: str) -> str:
    path = tmp_path / "access.log"
    path.write_text(text)
    return str(path)


def test_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _log(tmp_path, _written("", RECORDS[:3]) + "junk\x1b\n")
    assert main(["logs", "--by", "path", path]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "count  mean ms  p50 ms  p90 ms  p99 ms  max ms  bytes  path",
        "    2    200.0   100.0   300.0   300.0   300.0  100 B  /a",
        "    1    200.0   200.0   200.0   200.0   200.0   50 B  /b",
    ]
    assert said.err == (
        "spawnctl: 1 line is of no form that is known, and not counted; 'junk\\x1b'\n"
    )


def test_json_and_csv_say_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _log(tmp_path, _written("", RECORDS[:3]))
    assert main(["logs", "--by", "status,method", "--format", "json", path]) == 0
    said = json.loads(capsys.readouterr().out)
    assert main(["logs", "--by=status", "--by=method", "--format=csv", path]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [said["requests"], said["unread"]] == [3, 0]
    assert said["groups"][0] == {
        "status": "200", "method": "GET", "count": 1, "mean": 0.1, "p50": 0.1, "p90": 0.1,
        "p99": 0.1, "max": 0.1, "seconds": 0.1, "bytes": 100,
    }  # fmt: skip
    assert [{k: str(v) for k, v in group.items()} for group in said["groups"]] == rows


SORTED = {
    "count": ["/a", "-", "/b"],
    "max": ["/a", "/b", "-"],
    "bytes": ["/a", "/b", "-"],
    "path": ["-", "/a", "/b"],
}


@pytest.mark.parametrize(("sort", "order"), SORTED.items())
def test_sort(
    sort: str, order: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _log(tmp_path, _written("json", [*RECORDS[:3], RECORDS[4]]))
    assert main(["logs", "--sort", sort, "--format", "csv", path]) == 0
    assert [row["path"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))] == order


def test_a_limit_says_what_it_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _log(tmp_path, _written(""))
    assert main(["logs", "--limit", "1", path]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == ["and 3 more; --limit 0 shows all"]
    assert main(["logs", "--limit", "0", path]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 5
    assert "\x1b" not in out


def test_a_log_that_says_no_durations(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = _log(tmp_path, UNTIMED)
    assert main(["logs", path]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["1", *"-----", "12", "B", "/a"]


WRONG: dict[str, tuple[list[str], str]] = {
    "a column": (["logs", "--by", "paht", "x"], "--by: there is no 'paht'; did you mean 'path'?"),
    "an order": (["logs", "--sort", "p95", "x"], "--sort: there is no 'p95'; did you mean 'p"),
    "a format": (["logs", "--format", "x", "x"], "--format: there is no 'x'; type one of text,"),
    "a time": (["logs", "--earliest", "-1moon", "x"], "--earliest: '-1moon' will not do, there is"),
    "an option": (["logs", "--bye", "x"], "unrecognized arguments: --bye"),
    "a file": (["logs", "/nowhere/x"], "/nowhere/x cannot be read: No such file or directory"),
    "a command": (["lgos"], "there is no command lgos; did you mean 'logs'?"),
}


@pytest.mark.parametrize(("argv", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_one_sentence(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == UsageError.exit_code
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"spawnctl: error: {said}")
