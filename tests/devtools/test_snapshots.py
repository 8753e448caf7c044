"""A worker that was forked from a snapshot, beside one that was started cold."""

from __future__ import annotations

import difflib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mirrors import explained, lines_of
from serving import APPS, Server
from warm import Warm

pytestmark = pytest.mark.slow


@dataclass
class Told:
    """What one server has told."""

    reports: list[Any] = field(default_factory=list)
    """After each save: what the process is like, and what works in it."""
    marks: list[list[dict[str, Any]]] = field(default_factory=list)
    """After each save: what was drawn at import, in each of the two workers."""
    log: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)


def listen(folder: Path, reload: str, threads: str, saves: int) -> Told:
    """Save some times; return what was told before the first save and after each."""
    shutil.copytree(APPS / "mirror_site", folder)
    words = f"--port 0 --host 127.0.0.1 -s 2 -t {threads} --reload={reload} -l /dev/null"
    env = {"PYTHONPATH": str(folder / "lib" / "site-packages"), "PYTHONUNBUFFERED": ""}
    server = Server([*words.split(), "mirror.wsgi.app"], folder, env)
    told = Told()
    try:
        site = Warm(server, folder, "mirror/edited.py")
        for number in range(saves + 1):
            if number:
                site.save()
            server.wait_for_workers(2)
            told.reports.append({"is": site.get("/report"), "does": site.get("/works")})
        server.stop()
    finally:
        server.destroy()
    told.log, told.output = server.log.lines, server.access.lines
    marks = [json.loads(line.removeprefix("marks ")) for line in told.log if "marks {" in line]
    told.marks = [
        [one for one in marks if one["version"] == f"v{number}"] for number in range(saves + 1)
    ]
    return told


Both = tuple[Told, Told]


@pytest.fixture(scope="module", params=["4", "0"], ids=["threads", "greenlets"])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    """The same site without snapshots and with them, saved once and three times."""
    folder = tmp_path_factory.mktemp("mirrors") / "site"
    cold = listen(folder, "dev,cold", request.param, 1)
    shutil.rmtree(folder)
    return cold, listen(folder, "dev", request.param, 3)


INSTALLED, HOT = 1, 3
"""Saves: the first comes when nothing is known of what is edited, the third is like the second."""


@pytest.mark.parametrize("save", [INSTALLED, HOT], ids=["installed", "hot"])
def test_a_warm_worker_equals_a_cold_one(both: Both, save: int) -> None:
    cold = lines_of(both[0].reports[1])
    warm = [explained(line) for line in lines_of(both[1].reports[save])]
    difference = [line for line in difflib.ndiff(cold, warm) if line[0] in "+-"]
    assert difference == []


def test_what_a_save_does_not_concern_is_not_imported_again(both: Both) -> None:
    cold, warm = both
    fittings, first, later = (
        [told[0][name] for told in warm.marks] for name in ("fittings", "first", "later")
    )
    edited = {marks["edited"] for told in warm.marks for marks in told}
    assert fittings[0] != fittings[1] == fittings[2] == fittings[3]
    assert first[1] != first[2] == first[3]
    assert later[1] != later[2] == later[3]  # from then on it comes before what is edited
    assert len(edited) == 8
    assert cold.marks[0][0]["fittings"] != cold.marks[1][0]["fittings"]


def test_all_workers_of_a_generation_come_from_one_snapshot(both: Both) -> None:
    cold, warm = both
    for name in ("fittings", "first", "later"):
        for told in warm.marks[2:]:
            assert len({marks[name] for marks in told}) == 1
        assert len({marks[name] for marks in cold.marks[1]}) == 2


def test_chance_differs_where_nobody_has_seeded_it(both: Both) -> None:
    drawn = [marks["chance"] for told in both[1].marks for marks in told]
    assert len(set(drawn)) == len(drawn)


def test_what_is_printed_at_import_appears_once_for_each_worker(both: Both) -> None:
    for told in both:
        workers = 2 * len(told.reports)
        assert [len(marks) for marks in told.marks] == [2] * len(told.reports)
        assert told.log.count("later is imported") == workers
        assert "".join(told.output).count("the application says goodbye") == workers
