"""The analyser on logs of every form: what it counts, and what it says of it."""

from __future__ import annotations

import gzip
import itertools
import random
import statistics
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from spawning.access_log import Origin, Record, formats
from spawning_devtools.ctl.logs import lines, scan
from spawning_devtools.ctl.logs.tally import Total, nth
from zones import move_back, move_to

ORIGIN = Origin(1, 2, 3)
NOW = 1795525115
EVIL = '/a"\\\n\x1b\xc3\xa9 [x]'
RECORDS = [
    Record("192.0.2.1", "x-1", "GET", "/a?q=1", "HTTP/1.1", 200, 100, 0.1, time=NOW - 7200),
    Record("::1", "x-2", "GET", "/a", "HTTP/1.1", 404, 0, 0.3, time=NOW - 60),
    Record("", "x-3", "POST", "/b?a?b", "HTTP/1.0", 200, 50, 0.2, "client", time=NOW),
    Record("192.0.2.1", "x-4", "GET", EVIL, "HTTP/1.1", 200, 1, 0.5, time=NOW),
    Record("192.0.2.1", "x-5", "", "\x16\x03 oh", "", 400, 0, 0.0, time=NOW),
    Record("192.0.2.1", "x-6", "", "", "", 408, 0, 0.0, time=NOW),
]
FORMS = ("", "common", "combined", "json")
OTHERS = {
    "0.9.7": (
        '192.0.2.1 - - [24/Nov/2026 12:58:35] "GET /a?b HTTP/1.1" 200 12 0.001234\n',
        0.001234,
    ),
    "0.9.7 behind a proxy": (
        '1.2.3.4, 5.6.7.8,192.0.2.1 - - [24/Nov/2026 12:58:35] "GET /a HTTP/1.1" 200 12 0.5\n',
        0.5,
    ),
    "gunicorn": (
        '192.0.2.1 - - [24/Nov/2026:12:58:35 +0000] "GET /a HTTP/1.1" 200 12 "-" "B \\"1\\""\n',
        None,
    ),
    "nginx, and more": (
        '192.0.2.1 - ann [24/Nov/2026:12:58:35 +0000] "GET /a HTTP/2.0" 200 12 "-" "B" rt=0.3\n',
        None,
    ),
    "an agent that would like to be slow": (
        '192.0.2.1 - - [24/Nov/2026:12:58:35 +0000] "GET /a HTTP/1.1" 200 12 "-"'
        ' " id=x g=1 w=1 s=9.9"\n',
        None,
    ),
    "JSON in another order": (
        '{"status": 200, "path": "/a", "method": "GET", "bytes": 12, "seconds": 0.5,'
        ' "time": "2026-11-24T12:58:35.123+00:00"}\n',
        0.5,
    ),
}
UNREADABLE = [
    "\n",
    "junk\n",
    '{"a": 1}\n',
    "[]\n",
    '{"time"\n',
    "[" * 100_000 + "\n",
    '{"x"' * 9 + "\n",
]


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the machine in Greenwich."""
    move_to("UTC", monkeypatch)
    yield
    move_back(monkeypatch)


def _written(form: str, records: Sequence[Record] = RECORDS) -> str:
    make = formats.compiled(form, ORIGIN)
    return "".join(make(record).encode("ascii", "backslashreplace").decode() for record in records)


def _found(text: str | bytes, *by: str, **when: float) -> scan.Findings:
    one = scan.Scan(scan.Question(by, **when))
    one.read(text.encode() if isinstance(text, str) else text)
    return one.findings()


def _counts(found: scan.Findings) -> dict[tuple[str, ...], int]:
    return {key: total.count for key, total in found.totals.items()}


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize("form", FORMS)
def test_our_forms_are_read(form: str) -> None:
    found = _found(_written(form), "path", "method", "status")
    evil = '/a"\\\n\x1b\xe9'
    # In text, a blank ends a path; in no request that is answered does it have one.
    evil += " [x]" if form == "json" else ""
    assert _counts(found) == {
        ("/a", "GET", "200"): 1,
        ("/a", "GET", "404"): 1,
        ("/b", "POST", "200"): 1,
        (evil, "GET", "200"): 1,
        ("\x16\x03 oh" if form == "json" else "oh", "-", "400"): 1,
        ("-", "-", "408"): 1,
    }
    assert found.unread == 0
    assert found.totals["/a", "GET", "404"].percentile(50) == 0.3
    assert found.totals["/b", "POST", "200"].size == 50


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("other", FORMS)
def test_forms_are_told_apart_line_by_line(form: str, other: str) -> None:
    mixed = _written(form) + _written(other, RECORDS[:3])
    found = _found(mixed, "method")
    assert _counts(found) == {("GET",): 5, ("POST",): 2, ("-",): 2}
    assert found.totals[("POST",)].seconds == pytest.approx(0.4)
    assert found.totals[("GET",)].timed == 5


@pytest.mark.parametrize("before", ["", _written("", RECORDS[1:2]), _written("json", RECORDS[1:2])])
@pytest.mark.parametrize(("line", "seconds"), OTHERS.values(), ids=OTHERS)
def test_the_forms_of_others_are_read(line: str, seconds: float | None, before: str) -> None:
    found = _found(before + line, "path", "method", "status")
    total = found.totals["/a", "GET", "200"]
    assert (total.count, total.size, total.percentile(100)) == (1, 12, seconds)
    assert found.unread == 0
    parsed = lines.read(line.encode())
    assert parsed is not None
    assert (parsed.path, parsed.seconds) == ("/a", seconds)


@pytest.mark.parametrize("form", FORMS)
def test_lines_that_cannot_be_read_are_counted(form: str) -> None:
    found = _found(_written(form) + "".join(UNREADABLE) + _written(form), "status")
    assert found.unread == len(UNREADABLE)
    assert sum(_counts(found).values()) == 2 * len(RECORDS)


def test_a_long_line_that_fits_nothing_takes_no_time() -> None:
    """It would take hours if a pattern went back over it again and again."""
    evil = [b"\\" * 300_001, b"/a" * 150_000, b'" "' * 100_000, b"?" * 300_000, b"[" * 300_000]
    head = b'1 - - [24/Nov/2026 12:58:35] "GET /'
    text = b"".join(head + one + b'" 2oo\n' + b'{"time":"' + one + b"\n" for one in evil)
    assert _found(text, "path").unread == 2 * len(evil)


# ---------------------------------------------------------------- ranges of time


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("when", "count"),
    [
        ({"earliest": NOW - 3600.0}, 5),
        ({"earliest": NOW - 60.0}, 5),
        ({"earliest": NOW - 59.0}, 4),
        ({"latest": NOW - 3600.0}, 1),
        ({"earliest": NOW - 7000.0, "latest": NOW - 1.0}, 1),
    ],
)
def test_only_what_is_in_the_range_counts(form: str, when: dict[str, float], count: int) -> None:
    text, other = _written(form), _written("json", RECORDS[:2])
    assert sum(_counts(_found(text, "status", **when)).values()) == count
    more = sum(_counts(_found(other, "status", **when)).values())
    assert sum(_counts(_found(other + "junk\n" + text, "status", **when)).values()) == count + more


@pytest.mark.parametrize("form", ["common", "json"])
def test_the_zone_of_a_line_counts(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    move_to("XYZ-01:30", monkeypatch)
    text = _written(form, RECORDS[2:3])
    move_to("UTC", monkeypatch)
    assert _counts(_found(text, "method", earliest=NOW, latest=NOW)) == {("POST",): 1}


# ---------------------------------------------------------------- files


def test_every_line_belongs_to_one_part(tmp_path: Path) -> None:
    path = tmp_path / "log"
    text = _written("", RECORDS * 3)
    path.write_text(text)
    size = len(text)
    for start in range(0, size, 7):
        for cut in (start, (start + size) // 2, size):
            edges = [0, start, cut, size]
            parts = [scan.Part(str(path), *ends) for ends in itertools.pairwise(edges)]
            assert b"".join(b for part in parts for b in part.blocks()) == text.encode()


def test_a_last_line_without_an_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(_written("")[:-1])
    found = scan.scan_all(scan.Question(("status",)), [str(path)], 1)
    assert sum(_counts(found).values()) == len(RECORDS)


def test_packed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(_written("json").encode()))
    found = scan.scan_all(scan.Question(("status",)), [str(path), str(path)], 1)
    assert sum(_counts(found).values()) == 2 * len(RECORDS)


def test_large_files_are_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "WORTH_A_PROCESS", 1000)
    path = tmp_path / "log"
    path.write_bytes(b"x" * 3500)
    packed = tmp_path / "log.gz"
    packed.touch()
    shares = scan.shared([str(path), "-", str(packed)], 2)
    assert shares == [
        [scan.Part(str(path), 0, 1750), scan.Part("-"), scan.Part(str(packed))],
        [scan.Part(str(path), 1750, 3500)],
    ]
    assert len(scan.shared([str(path)], 8)) == 3
    assert len(scan.shared(["-"], 8)) == 1


# ---------------------------------------------------------------- numbers


def test_percentiles_are_exact_whatever_the_pieces() -> None:
    source = random.Random(7)
    for size in (1, 2, 3, 10, 1000):
        values = [source.choice([0.0, 0.5, source.random()]) for _ in range(size)]
        cut = source.randrange(size + 1)
        pieces = [array("d", sorted(part)) for part in (values[:cut], values[cut:], [])]
        assert [nth(pieces, n) for n in range(size)] == sorted(values)
        total = Total(pieces, 0, 0)
        assert total.percentile(100) == max(values)
        assert total.percentile(50) == statistics.median_low(values)
        assert total.seconds == pytest.approx(sum(values))


def test_what_two_processes_found_is_put_together() -> None:
    one, other = (_found(_written(form), "status") for form in ("", "json"))
    one.add(other)
    assert one.totals[("200",)].count == 6
    assert one.totals[("200",)].percentile(100) == 0.5
    assert one.totals[("200",)].size == 302
