"""A save after the first finds the memory that its worker writes to copied already."""

from __future__ import annotations

from pathlib import Path

import pytest

import warm
from serving import StartServer
from warm import Warm

pytestmark = pytest.mark.slow

FAULTS = "from resource import RUSAGE_SELF, getrusage\nBEGIN = getrusage(RUSAGE_SELF).ru_minflt\n"
WRITES = """
import edited
for one in steady.MANY:
    one[0] = 1
MORE = edited.getrusage(edited.RUSAGE_SELF).ru_minflt - edited.BEGIN
"""
"""What an application does that is put together by the module which depends on the edited."""


def test_pages_that_the_last_worker_wrote_to_are_copied_before(
    spawn: StartServer, tmp_path: Path
) -> None:
    """20,000 lists of 120 bytes are in 600 pages; the kernel counts how many it copies."""
    warm.write(tmp_path, steady="MANY = [[0] * 8 for _ in range(20000)]\n", edited=FAULTS)
    mine = (tmp_path / "mine.py").read_text().replace("def app", WRITES + "def app")
    mine = mine.replace("told |= {", "told |= {'copied': MORE, ")
    (tmp_path / "mine.py").write_text(mine)
    site = Warm(spawn(tmp_path, "-s", "1", "--reload=dev", "-l", "/dev/null", "mine.app"), tmp_path)
    copied = []
    for _ in range(4):
        site.save()
        copied.append(site.get()["copied"])
    assert copied[0] > 600
    assert max(copied[2:]) < 100
