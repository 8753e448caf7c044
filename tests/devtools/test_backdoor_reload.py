"""Sessions and breakpoints in workers that were forked from a snapshot, half-started."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clients import get
from serving import StartServer
from visits import session
from warm import Warm, write

pytestmark = pytest.mark.slow

STOPS = """
def stops(app):
    def stopping(environ, start):
        if environ["PATH_INFO"] == "/stop":
            breakpoint()
        return app(environ, start)
    return stopping
"""


def warm(
    spawn: StartServer, folder: Path, *words: str, runtime: dict[str, str], application: str
) -> Warm:
    """Start a server whose next worker is forked from a snapshot."""
    words = ("-s", "1", "--reload=dev", "--backdoor=0", "-l", "/dev/null", *words)
    words += tuple(application.split())
    return Warm(spawn(folder, *words, env=runtime), folder)


def test_a_session_moves_into_workers_that_were_forked(
    spawn: StartServer, tmp_path: Path, threads: str, runtime: dict[str, str]
) -> None:
    folder = write(tmp_path)
    site = warm(spawn, folder, "-t", threads, runtime=runtime, application="mine.app")
    with session(site.server) as inside:
        for number in (2, 3):
            site.save()
            moved = inside.wait_for("moved")
            assert (moved["worker"], moved["generation"]) == (number, number)
            assert inside.wait_for("hello")["pid"] == site.get()["pid"]
            assert inside.run("import edited; edited.VERSION").strip() == f"'v{number - 1}'"
    assert site.snapshots(), "and they were forked"
    assert site.server.stop() == 0


def test_a_breakpoint_in_a_worker_that_was_forked_holds_it(
    spawn: StartServer, tmp_path: Path, runtime: dict[str, str]
) -> None:
    folder = write(tmp_path)
    (folder / "middle.py").write_text(STOPS)
    impatient = ("--deadman", "3", "--heartbeat-timeout", "3", "--request-timeout", "3")
    words = ("--status-port=0", *impatient)
    site = warm(spawn, folder, *words, runtime=runtime, application="mine.app middle.stops")
    site.save()
    begin = len(site.server.log.lines)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(get, site.server.address, "/stop")
        site.server.log.wait_for("spawnctl attach", begin)
        with session(site.server) as inside:
            assert inside.wait_for("mode")["name"] == "pdb"
            asked = inside.wait_for("ask")
            assert asked["prompt"] == "(Pdb) "
            inside.answer("__import__('time').sleep(4)")
            inside.wait_for("ask")
            inside.answer("c")
            assert waiting.result().status == 200
    assert not [line for line in site.server.log.lines if "killed" in line or "hangs" in line]
