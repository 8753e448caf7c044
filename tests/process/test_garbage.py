"""What was imported is no matter of the garbage collector's while requests are answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from clients import get
from serving import StartServer

pytestmark = [pytest.mark.slow, pytest.mark.once]

COUNTING = """
import gc

def app(environ, start):
    start("200 OK", [])
    return [b"%d %d" % (gc.get_freeze_count(), gc.isenabled())]
"""


@pytest.mark.parametrize(("option", "freezes"), [("--max-age=0", True), ("--backdoor=0", False)])
def test_objects_of_the_import_are_set_aside(
    option: str, freezes: bool, spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    (tmp_path / "counting.py").write_text(COUNTING)
    server = spawn(tmp_path, "-s", "1", "-t", threads, option, "counting.app")
    server.wait_until_serving()
    frozen, enabled = get(server.address, "/").text.split()
    assert (int(frozen) > 1000, enabled) == (freezes, "1")
