"""The conductor as a process: from its start to its end, and what it is told meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from serving import PATIENCE
from spawning.messages import Abandoned, Begun, Serving

from .conftest import AN_HOUR_AGO, Companion, Project

pytestmark = pytest.mark.slow

Start = Callable[..., Companion]


def test_a_watched_file_without_reload(project: Project, start: Start) -> None:
    settings = project.write("settings.yaml", "a: 1\n", AN_HOUR_AGO)
    companion = start("settings.yaml", "../other.yaml", reload="")
    companion.send(Begun(1, AN_HOUR_AGO + 60), Serving(1))
    # Before the conductor looks; its time must be past that of the start, to the clock's tick.
    project.write("settings.yaml", "a: 2\n", time.time() + 5)
    assert companion.next().cause == "settings.yaml changed (--watch)"
    project.write("../other.yaml", "b: 1\n")
    told = f"{project.folder.parent}/other.yaml appeared (--watch)"
    assert companion.next().cause == told
    project.write("views.py", "not watched\n")
    settings.unlink()
    assert companion.next().cause == "settings.yaml deleted (--watch)"


def test_a_watched_link_that_is_pointed_elsewhere(project: Project, start: Start) -> None:
    """As a mounted configuration map does it: a link to a folder is replaced."""
    project.write("one/settings.yaml", "a: 1\n", AN_HOUR_AGO)
    project.write("two/settings.yaml", "a: 2\n", AN_HOUR_AGO)
    (project.folder / "data").symlink_to("one")
    (project.folder / "settings.yaml").symlink_to("data/settings.yaml")
    companion = start("settings.yaml", "views.py", reload="")
    companion.send(Begun(1, AN_HOUR_AGO + 60), Serving(1))
    project.write("views.py", "index = 22\n", time.time() + 5)
    companion.next()
    (project.folder / "new").symlink_to("two")
    (project.folder / "new").replace(project.folder / "data")
    assert companion.next().cause == "settings.yaml changed (--watch)"


def test_a_save_while_the_application_is_imported(project: Project, start: Start) -> None:
    """No event tells of it: the folder is watched only since the Graph came."""
    companion = start()
    project.write("views.py", "index = 22\n")
    os.utime(project.folder / "views.py", (AN_HOUR_AGO + 90, AN_HOUR_AGO + 90))
    companion.boot(project)
    assert companion.next().cause == "views.py changed (views <- urls <- app)"
    # Once: the same file with the same time is not taken for a change again.
    companion.boot(project, generation=2)
    companion.boot(project, generation=3)
    project.write("urls.py", "from views import index as i\n")
    assert companion.next().cause == "urls.py changed (urls <- app)"


def test_a_failed_start_leaves_its_files_watched(project: Project, start: Start) -> None:
    companion = start()
    companion.boot(project)
    project.write("app.py", "import urls, fresh\n")
    assert companion.next().cause == "app.py changed"
    fresh = project.write("fresh.py", "syntax error\n", AN_HOUR_AGO)
    project.modules.append("fresh.py")
    companion.send(Begun(2, time.time()), project.graph(2), Abandoned(2))
    fresh.write_text("x = 1\n")
    assert companion.next().cause == "fresh.py changed (fresh <- app)"
    # Its next start says nothing yet: both older ones still count.
    companion.send(Begun(3, time.time()))
    fresh.write_text("x = 2\n")
    assert companion.next().cause == "fresh.py changed (fresh <- app)"


def test_several_workers_report_the_same(project: Project, start: Start) -> None:
    companion = start()
    companion.send(Begun(1, AN_HOUR_AGO + 60), *[project.graph(1)] * 4, Serving(1))
    project.write("views.py", "index = 22\n")
    assert companion.next().cause == "views.py changed (views <- urls <- app)"


def test_signals_of_the_terminal_do_not_end_it_and_end_of_file_does(
    project: Project, start: Start
) -> None:
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    companion.next()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        companion.process.send_signal(number)
    project.write("views.py", "index = 3\n")
    companion.next()
    companion.channel.close()
    assert companion.process.wait(PATIENCE) == 0
    assert companion.end() == ""


def test_modules_of_the_user_do_not_shadow_ours(project: Project, start: Start) -> None:
    for name in ("select", "json", "graph", "selectors", "watchdog", "spawning", "queue"):
        project.write(f"{name}.py", "raise SystemExit('shadowed')\n", AN_HOUR_AGO)
    companion = start()
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    assert companion.next().cause == "views.py changed (views <- urls <- app)"


def test_where_the_kernel_watches_no_more_the_project_is_polled(
    project: Project, start: Start
) -> None:
    """In a user namespace the limit can be ours."""
    limit = 'echo 1 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"'
    lower = ["unshare", "-r", "sh", "-c", limit]
    if subprocess.run([*lower, "true"], capture_output=True).returncode:
        pytest.skip("user namespaces are not allowed here")
    project.write("pkg/__init__.py", "", AN_HOUR_AGO)
    project.write("pkg/sub/__init__.py", "", AN_HOUR_AGO)
    project.modules += ["pkg/__init__.py", "pkg/sub/__init__.py"]
    companion = start(prefix=lower)
    companion.boot(project)
    project.write("views.py", "index = 22\n")
    assert companion.next().cause.startswith("views.py changed")
    project.write("pkg/sub/__init__.py", "x = 1\n")
    assert companion.next().cause == "pkg/sub/__init__.py changed"
    said = companion.end()
    assert said.count("\n") == 1
    assert said.startswith(f"spawn: cannot watch {project.folder}/pkg")
    assert "max_user_watches" in said
