"""Every case of tests/http_cases, whole, byte by byte, and cut at random.

A case is accepted as the requests in `accepts`, in that order, and then refused
with the status `refused` if there is one.  Its bytes are `before` (the file's,
unless it has its own) and `request`, as latin-1; where they say FILLER, `filler`
stands `times` times.
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from spawning.http.connection import CLOSED
from spawning.http.memo import HeadMemo
from unit.core.memory_host import MemoryHost, Recorder, one_by_one, statuses

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parents[3] / "http_cases"
RANDOM_CUTS = 12
LIMITS = {"line_size": 512, "head_size": 1024, "head_fields": 16}
CASE_KEYS = {"name", "before", "request", "accepts", "refused", "filler", "times"}
ACCEPT_KEYS = {"method", "target", "version", "headers", "absent", "body", "keep_alive"}


def _cases() -> list[Any]:
    cases = []
    for path in sorted(FOLDER.glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        for case in document["case"]:
            case.setdefault("before", document.get("before", ""))
            cases.append(pytest.param(case, id=f"{path.stem}: {case['name']}"))
    return cases


def _bytes(case: dict[str, Any]) -> bytes:
    filler = case.get("filler", "") * case.get("times", 1)
    text: str = case["before"] + case["request"]
    return text.replace("FILLER", filler).encode("latin-1")


def _ways(data: bytes) -> Iterator[tuple[str, Sequence[bytes]]]:
    yield "whole", [data]
    yield "byte by byte", one_by_one(data)
    chance = random.Random(len(data))
    for number in range(RANDOM_CUTS):
        count = min(chance.choice((1, 1, 2, 5)), len(data) - 1)
        cuts = sorted(chance.sample(range(1, len(data)), count))
        edges = [0, *cuts, len(data)]
        pieces = [data[a:b] for a, b in itertools.pairwise(edges)]
        yield f"cut {number} at {cuts}", pieces


def _outcome(
    pieces: Sequence[bytes], memo: HeadMemo | None = None
) -> tuple[list[dict[str, Any]], int, list[int]]:
    recorder = Recorder()
    host = MemoryHost(recorder, **LIMITS)
    host.host.memo = memo or host.host.memo
    try:
        host.exchange(*pieces)
        host.hang_up()
        assert host.connection.phase is CLOSED
        return recorder.seen, recorder.refused, statuses(host.received)
    finally:
        host.close()


def _check_request(expected: dict[str, Any], seen: dict[str, Any]) -> None:
    for key in expected.keys() - {"headers", "absent", "body"}:
        assert seen[key] == expected[key]
    assert seen["body"] == expected.get("body", "").encode("latin-1")
    assert expected.get("headers", {}).items() <= seen["headers"].items()
    assert not set(expected.get("absent", ())) & set(seen["headers"])


@pytest.mark.parametrize("case", _cases())
def test_case_is_read_in_the_same_way_however_it_arrives(case: dict[str, Any]) -> None:
    accepts, refused = case.get("accepts", []), case.get("refused", 0)
    for way, pieces in _ways(_bytes(case)):
        seen, status, answered = _outcome(pieces)
        assert (way, len(seen), status) == (way, len(accepts), refused)
        for expected, request in zip(accepts, seen, strict=True):
            _check_request(expected, request)
        assert answered == [200] * len(accepts) + [refused] * bool(refused)


def test_cases_are_read_in_the_same_way_when_all_were_read_before() -> None:
    memo = HeadMemo(LIMITS["head_fields"])
    cases = [[_bytes(parameter.values[0])] for parameter in _cases()]
    once = [_outcome(pieces) for pieces in cases]
    for _ in range(2):
        assert [_outcome(pieces, memo) for pieces in cases] == once


@pytest.mark.parametrize("case", _cases())
def test_case_says_nothing_that_the_checker_does_not_read(case: dict[str, Any]) -> None:
    assert case.keys() <= CASE_KEYS
    assert "accepts" in case or "refused" in case
    for expected in case.get("accepts", []):
        assert expected.keys() <= ACCEPT_KEYS
