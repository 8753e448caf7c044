"""Packets together say what was to be told, and none is too large."""

from __future__ import annotations

from typing import Any

import pytest

from spawning.messages import CoverageTold, FileLines, decode
from spawning_devtools.cover.meter.packets import LARGEST, packets

HEAD = CoverageTold(1, 2, 3, 4, "request", ())


@pytest.mark.parametrize(
    ("files", "least"),
    [
        ([("/a.py", [1, 2]), ("/b.py", [3])], 1),
        ([(f"/{number}.py", list(range(1, 100))) for number in range(1_000)], 3),
        ([("/long.py", list(range(1_000_000, 1_090_000)))], 6),
        ([("/arcs.py", [(line, -line) for line in range(1_000_000, 1_030_000)])], 5),
        ([(f"/{'é' * 4_000}{number}.py", [1]) for number in range(20)], 4),
    ],
)
def test_nothing_is_lost(files: list[tuple[str, list[Any]]], least: int) -> None:
    sent = list(packets(HEAD, [FileLines(p, "d", tuple(lines), "GET /") for p, lines in files]))
    assert len(sent) >= least
    assert all(len(packet) <= LARGEST for packet in sent)
    found: dict[str, list[Any]] = {}
    for packet in sent:
        told = decode(packet)
        assert isinstance(told, CoverageTold)
        assert (told.worker_id, told.pid, told.generation, told.epoch) == (1, 2, 3, 4)
        assert told.phase == "request"
        for file in told.files:
            assert (file.digest, file.context) == ("d", "GET /")
            found.setdefault(file.path, []).extend(file.lines)
    assert found == dict(files)


def test_nothing_is_nothing() -> None:
    assert list(packets(HEAD, [])) == []
    assert list(packets(HEAD, [FileLines("/a.py", "d", ())])) == []
