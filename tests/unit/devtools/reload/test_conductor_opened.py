"""What the conductor does about files that were opened and folders that were listed."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import pytest

from spawning.messages import Begun, Graph, Opened, Refresh, Serving

from .conftest import AN_HOUR_AGO, Companion, Project

pytestmark = pytest.mark.slow

Start = Callable[..., Companion]


def opened(project: Project, *names: str) -> tuple[Opened, ...]:
    return tuple(Opened(f"{project.folder}/{name}", "views", AN_HOUR_AGO + 60) for name in names)


def paths(project: Project, *names: str) -> tuple[str, ...]:
    return tuple(f"{project.folder}/{name}" for name in names)


def boot(companion: Companion, project: Project, **reads: object) -> None:
    """Say that a generation serves that has read files."""
    graph = dataclasses.replace(project.graph(1), **reads)  # type: ignore[arg-type]
    companion.send(Begun(1, AN_HOUR_AGO + 60), graph, Serving(1))


def later(companion: Companion, generation: int, **reads: object) -> None:
    """Say what the generation that serves has read for a request."""
    nothing = Graph(generation, "app", (), (), (), ())
    companion.send(dataclasses.replace(nothing, **reads))  # type: ignore[arg-type]


def sync(companion: Companion, project: Project) -> None:
    """Return when the conductor has heard what it was told, and has looked at all files."""
    project.write("urls.py", f"from views import index as i{time.monotonic_ns()}\n")
    assert companion.next().cause == "urls.py changed (urls <- app)"


def test_data_reloads_and_what_is_served_refreshes(project: Project, start: Start) -> None:
    for name in ("data.json", "page.html", "style.css"):
        project.write(name, "one", AN_HOUR_AGO)
    companion = start()
    served = opened(project, "style.css", "page.html")
    boot(companion, project, data=opened(project, "data.json", "absent.ini"), served=served)
    sync(companion, project)
    project.write("data.json", "two")
    told = companion.next()
    assert told.cause == "data.json changed (read by views <- urls <- app)"
    assert (told.files, told.names) == (paths(project, "data.json"), ("views",))
    before = time.monotonic()
    project.write("style.css", "two")
    refresh = companion.next_message()
    assert isinstance(refresh, Refresh)
    assert refresh.cause == "style.css changed"
    assert refresh.files == paths(project, "style.css")
    assert before <= refresh.since <= time.monotonic()
    project.write("absent.ini", "here")
    assert companion.next().cause == "absent.ini appeared (read by views <- urls <- app)"


def test_a_batch_of_both_reloads(project: Project, start: Start) -> None:
    project.write("page.html", "one", AN_HOUR_AGO)
    companion = start()
    boot(companion, project, served=opened(project, "page.html"))
    sync(companion, project)
    (project.folder / ".git").mkdir()
    lock = project.write(".git/index.lock", "")
    project.write("page.html", "two")
    project.write("views.py", "index = 22\n")
    lock.unlink()
    assert companion.next().cause == "2 files changed (page.html, views.py)"


def test_what_was_kept_reloads_until_it_is_known_to_be_read_afresh(
    project: Project, start: Start
) -> None:
    project.write("page.html", "one", AN_HOUR_AGO)
    companion = start()
    boot(companion, project)
    later(companion, 1, kept=opened(project, "page.html"))
    sync(companion, project)
    project.write("page.html", "two")
    assert companion.next().cause == "page.html changed (read by views <- urls <- app)"
    later(companion, 1, served=opened(project, "page.html"))
    sync(companion, project)
    project.write("page.html", "three")
    assert isinstance(companion.next_message(), Refresh)


def test_what_was_saved_before_it_was_opened_is_no_change(project: Project, start: Start) -> None:
    companion = start()
    boot(companion, project)
    page = project.write("page.html", "saved after the generation was begun")
    seen = Opened(str(page), "views", page.stat().st_mtime + 1)
    later(companion, 1, served=(seen,))
    sync(companion, project)


def test_a_save_between_the_opening_and_its_report(project: Project, start: Start) -> None:
    companion = start()
    boot(companion, project)
    page = project.write("page.html", "saved before the folder was watched")
    later(companion, 1, kept=(Opened(str(page), "views", page.stat().st_mtime - 1),))
    assert companion.next().cause == "page.html changed (read by views <- urls <- app)"


def test_a_worker_that_opened_before_a_save_tells_after_one_that_opened_behind_it(
    project: Project, start: Start
) -> None:
    companion = start()
    boot(companion, project)
    page = project.write("page.html", "saved before the folder was watched")
    mtime = page.stat().st_mtime
    for moment in (mtime + 1, mtime + 0.5):
        later(companion, 1, kept=(Opened(str(page), "views", moment),))
        sync(companion, project)
    later(companion, 1, kept=(Opened(str(page), "views", mtime - 1),))
    assert companion.next().cause == "page.html changed (read by views <- urls <- app)"
    later(companion, 1, kept=(Opened(str(page), "views", mtime - 2),))
    sync(companion, project)


def test_what_the_application_writes_is_never_a_cause(project: Project, start: Start) -> None:
    project.write("data.json", "one", AN_HOUR_AGO)
    companion = start()
    listed = (Opened(f"{project.folder}/", "views", AN_HOUR_AGO + 60),)
    written = paths(project, "data.json", "upload.txt")
    boot(companion, project, data=opened(project, "data.json"), listed=listed, written=written)
    sync(companion, project)
    project.write("data.json", "two")
    project.write("upload.txt", "two")
    sync(companion, project)


def test_a_new_file_in_a_listed_folder(project: Project, start: Start) -> None:
    project.write("plugins/a.py", "", AN_HOUR_AGO)
    companion = start()
    boot(companion, project, listed=opened(project, "plugins/"))
    sync(companion, project)
    project.write("plugins/a.py", "not loaded")
    for quiet in ("__pycache__/a.pyc", ".a.py.swp", "a.py~", "4913", "debug.log", "db.sqlite3"):
        project.write(f"plugins/{quiet}", "x")
    sync(companion, project)
    project.write("plugins/b.py", "")
    told = companion.next()
    assert told.cause == "plugins/ changed (listed by views <- urls <- app)"
    assert (told.files, told.names) == (paths(project, "plugins/"), ("views",))
    project.write("plugins/c/__init__.py", "")
    assert companion.next().cause.startswith("plugins/ changed")
    (project.folder / "plugins" / "b.py").unlink()
    assert companion.next().cause.startswith("plugins/ changed")


def test_a_listed_folder_behind_a_link(project: Project, start: Start) -> None:
    project.write("real/a.py", "", AN_HOUR_AGO)
    (project.folder / "plugins").symlink_to("real")
    companion = start()
    boot(companion, project, listed=opened(project, "plugins/"))
    sync(companion, project)
    project.write("real/b.py", "")
    assert companion.next().cause == "plugins/ changed (listed by views <- urls <- app)"
