"""`--coverage`: what a real server measures is what `coverage run` measures."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from clients import get
from covered import AFTER, BEFORE, BETWEEN, CALLS, Covered, ask, figures, line_of, run_alone, write
from serving import StartServer, wait_until

pytestmark = pytest.mark.slow

PRICING, APP, LATER = "shop/pricing.py", "shop/app.py", "shop/later.py"
KINDS = {
    "production": (),
    "cold": ("--reload=dev,cold", "--no-livereload"),
    "forked": ("--reload=dev",),
}
WAYS = [
    ("production", "4", "lines"),
    ("production", "0", "branches"),
    ("cold", "4", "branches"),
    ("cold", "0", "lines"),
    ("forked", "4", "lines"),
    ("forked", "0", "branches"),
    ("forked", "4", "branches"),
    ("forked", "0", "lines"),
]
"""Each with each, but for what differs in nothing that is measured."""

FEW = line_of(PRICING, "return str(Basket()")
MANY = line_of(PRICING, "total = 0")
RETURN = line_of(PRICING, "return str(total)")
THREAD = line_of(APP, "return found[0]")


@pytest.mark.parametrize(("kind", "threads", "measured"), WAYS)
def test_the_totals_are_those_of_one_process(
    spawn: StartServer, tmp_path: Path, kind: str, threads: str, measured: str
) -> None:
    branch = measured == "branches"
    folder = write(tmp_path, branch)
    alone, before = run_alone(folder), run_alone(folder, (*BEFORE, *BETWEEN))
    server = spawn(
        folder, "--coverage", "-s", "4", "-t", threads, *KINDS[kind], "shop.app.application"
    )
    covered = Covered(server)
    server.wait_for_workers(4)
    covered.call(BEFORE)
    covered.wait_for(PRICING, FEW)
    server.signal(signal.SIGHUP)
    server.log.wait_for("generation 2 in ")
    covered.call(BETWEEN)
    server.wait_for_workers(4)
    # A worker may have told one line of a request and not the next, which is lost with it.
    wait_until(lambda: figures(covered.report()) == figures(before), "all that has run is told")
    for worker in server.workers():
        worker.kill()
    server.log.wait_for("died by SIGKILL")
    if kind != "production":
        (folder / "shop/note.py").write_text("TEXT = 'saved'\n")
        server.log.wait_for("generation 3 in ")
    covered.call(AFTER)
    covered.wait_for(APP, THREAD)
    report: dict[str, Any] = {}

    def agrees() -> bool:
        report.update(covered.report())
        return figures(report) == figures(alone)

    wait_until(agrees, "the figures agree")
    assert report["totals"] == alone["totals"]


def test_lines_run_at_import_are_told_from_lines_run_by_requests(
    spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    folder = write(tmp_path, False)
    server = spawn(folder, "--coverage", "-t", threads, "shop.app.application")
    covered = Covered(server)
    covered.call(["/later"])
    covered.wait_for(LATER, 4)
    files: dict[str, Any] = {}

    def is_analysed() -> bool:
        told = json.loads(ask(covered.address, "/_coverage.json?since=0").body)["files"]
        files.update({Path(one["path"]).name: one for one in told})
        return {"later.py", "app.py"} <= set(files)

    wait_until(is_analysed, "the files are analysed")
    assert files["later.py"]["request_lines"] == [4]
    assert files["later.py"]["import_lines"] == [1, 3, 6]
    assert 5 in files["app.py"]["import_lines"], "the body of a decorator runs at import"
    assert 17 not in files["app.py"]["import_lines"]


def test_a_worker_that_ends_tells_what_it_has_not_told(spawn: StartServer, tmp_path: Path) -> None:
    folder = write(tmp_path, False)
    server = spawn(folder, "--coverage", "-s", "1", "shop.app.application")
    covered = Covered(server)
    (old,) = server.workers()
    assert get(covered.address, "/price?3").status == 200
    old.terminate()
    wait_until(lambda: not old.is_running(), "the worker has ended")
    covered.wait_for(PRICING, FEW)


def test_an_edited_file_loses_its_lines_and_the_others_keep_theirs(
    spawn: StartServer, tmp_path: Path
) -> None:
    folder = write(tmp_path, False)
    server = spawn(folder, "--coverage", "--reload=dev", "shop.app.application")
    covered = Covered(server)
    covered.call(CALLS)
    covered.wait_for(PRICING, RETURN)
    covered.wait_for(APP, THREAD)
    text = (folder / PRICING).read_text()
    (folder / PRICING).write_text("# a line more\n" + text)
    server.log.wait_for("generation 2 in ")
    wait_until(lambda: RETURN not in covered.executed(PRICING), "the old lines are gone")
    wait_until(lambda: 2 in covered.executed(PRICING), "the new source has been imported")
    covered.wait_for(APP, THREAD)
    covered.call(["/price?3"])
    covered.wait_for(PRICING, FEW + 1)


def test_reset_pause_and_resume(spawn: StartServer, tmp_path: Path, threads: str) -> None:
    folder = write(tmp_path, False)
    server = spawn(folder, "--coverage", "-s", "2", "-t", threads, "shop.app.application")
    covered = Covered(server)
    server.wait_for_workers(2)
    covered.call(["/price?3"])
    covered.wait_for(PRICING, FEW)
    covered.order("reset")
    covered.wait_for(PRICING, 1)  # it is imported still
    assert FEW not in covered.executed(PRICING)
    covered.call(["/price?3"])
    covered.wait_for(PRICING, FEW)
    covered.order("pause")
    covered.call(["/price?30"] * 4)
    covered.order("resume")
    assert MANY not in covered.executed(PRICING)
    covered.call(["/price?30"])
    covered.wait_for(PRICING, MANY)


def test_a_killed_keeper_is_started_anew_and_knows_what_it_knew(
    spawn: StartServer, tmp_path: Path
) -> None:
    folder = write(tmp_path, False)
    server = spawn(folder, "--coverage", "shop.app.application")
    covered = Covered(server)
    covered.call(["/price?3"])
    covered.wait_for(PRICING, FEW)
    os.kill(keeper_of(server.pid), signal.SIGKILL)
    server.log.wait_for("the keeper of the coverage died and is started again")
    covered.wait_for(PRICING, FEW)
    covered.call(["/price?30"])
    covered.wait_for(PRICING, MANY)


def test_a_broken_configuration_is_one_sentence(spawn: StartServer, tmp_path: Path) -> None:
    folder = write(tmp_path, False)
    (folder / ".coveragerc").write_text("[run]\nbranch = perhaps\n")
    server = spawn(folder, "--coverage", "shop.app.application")
    assert server.wait() == 2
    (line,) = server.log.lines
    assert ".coveragerc" in line
    assert "branch" in line


def test_contexts_tell_which_requests_ran_a_line(
    spawn: StartServer, tmp_path: Path, threads: str
) -> None:
    folder = write(tmp_path, False)
    server = spawn(folder, "--coverage-contexts", "-t", threads, "shop.app.application")
    covered = Covered(server)
    covered.call(["/price?3", "/price?30", "/"])
    covered.wait_for(PRICING, RETURN)
    path = quote(str(folder / PRICING))
    told: dict[str, Any] = {}

    def is_told() -> bool:
        told.update(json.loads(ask(covered.address, f"/_coverage/lines.json?path={path}").body))
        return str(FEW) in told["contexts"] and str(RETURN) in told["contexts"]

    wait_until(is_told, "requests are told")
    for line in (FEW, RETURN):
        assert [told["labels"][n] for n in told["contexts"][str(line)]] == ["GET /price"]


def test_nothing_is_left_behind(spawn: StartServer, tmp_path: Path) -> None:
    folder = write(tmp_path, False)
    (tmp_path / "temporary").mkdir()
    env = {"TMPDIR": str(tmp_path / "temporary")}
    server = spawn(folder, "--coverage", "shop.app.application", env=env)
    covered = Covered(server)
    assert "shop/pricing.py" in ask(covered.address, "/_coverage.txt").text
    assert list((tmp_path / "temporary").iterdir()), "reports are made there"
    assert server.stop() == 0
    assert not list((tmp_path / "temporary").iterdir())
    assert sorted(one.name for one in folder.iterdir()) == [".coveragerc", "shop", "temporary"]


def keeper_of(controller: int) -> int:
    """Return the process that keeps the coverage."""
    import psutil

    children = psutil.Process(controller).children()
    (found,) = [c.pid for c in children if "coverage" in " ".join(c.cmdline())]
    return found
