"""The conductor without its process: real files, and a clock of our own."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from spawning.messages import Begun, Graph, Opened, Reload, Serving
from spawning_devtools.reload.conductor.actions import Action, Say, Watch
from spawning_devtools.reload.conductor.conductor import Conductor
from spawning_devtools.reload.watcher.changes import CLOSING, FolderTouch, Overflow, State, Touch
from spawning_devtools.reload.watcher.loops import TOLERATED

from .clocked import Clocked, causes
from .conftest import AN_HOUR_AGO, Project


def test_directories_are_watched_before_files_are_read(project: Project) -> None:
    conductor = Conductor(str(project.folder), (str(project.folder / "a.yaml"),))
    conductor.start(AN_HOUR_AGO)
    actions, again = conductor.decide(1.0, git_is_busy=False)
    assert actions == [Watch((str(project.folder),), frozenset())]
    assert again == 1.0


def test_a_file_that_is_emptied_while_it_is_read_is_waited_for(project: Project) -> None:
    clocked = Clocked(project)
    views = str(project.folder / "views.py")
    project.write("views.py", "")
    clocked.touch("views.py")
    arriving = [[Touch(State.BEING_WRITTEN, views, clocked.now)], []]
    clocked.conductor.news = lambda: arriving.pop(0) if arriving else []
    clocked.now += 0.01
    # No further event may come, so it has to ask again by itself.
    assert clocked.conductor.decide(clocked.now, git_is_busy=False) == ([], clocked.now)
    assert len(arriving) == 1
    project.write("views.py", "index = 22\n")
    clocked.touch("views.py")
    assert causes(clocked.until_action()) == ["views.py changed (views <- urls <- app)"]
    assert clocked.step() == []


def test_the_same_bytes_written_slowly_are_no_reload(project: Project) -> None:
    clocked = Clocked(project)
    views = project.folder / "views.py"
    before = views.read_text()
    views.write_text("")
    clocked.touch("views.py")
    arriving = [[Touch(State.BEING_WRITTEN, str(views), clocked.now)], []]
    clocked.conductor.news = lambda: arriving.pop(0) if arriving else []
    assert clocked.step() == []
    assert len(arriving) < 2, "it was read while it was empty"
    views.write_text(before)
    clocked.touch("views.py")
    for _ in range(10):
        assert clocked.step() == []


def save_when_opened(path: Path, text: str) -> None:
    """Have `path` saved when it is opened next, so after its status was asked for."""
    pending = [text]

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and pending and arguments[0] == str(path):
            path.write_text(pending.pop())

    sys.addaudithook(hear)


def test_a_file_that_is_saved_while_it_is_read_for_the_first_time_has_changed(
    project: Project,
) -> None:
    save_when_opened(project.folder / "views.py", "index = 22\n")
    clocked = Clocked(project)
    clocked.touch("views.py")
    assert causes(clocked.until_action()) == ["views.py changed (views <- urls <- app)"]
    clocked.touch("views.py")
    assert clocked.step() == []


def test_a_writer_that_has_closed_the_file_is_hardly_waited_for(project: Project) -> None:
    clocked = Clocked(project)
    with (project.folder / "views.py").open("w") as file:
        print("index = 22", file=file, flush=True)
        clocked.touch("views.py")  # the kernel tells of a close before it is done with it
        assert clocked.step() == []
    before = clocked.now
    assert causes(clocked.until_action()) == ["views.py changed (views <- urls <- app)"]
    assert clocked.now == before + CLOSING


def test_permissions_that_are_set_while_a_file_is_read_are_not_waited_for(
    project: Project,
) -> None:
    clocked = Clocked(project)
    project.write("views.py", "index = 22\n")
    clocked.touch("views.py")
    set_now = Touch(State.ATTRIBUTES, str(project.folder / "views.py"), clocked.now)
    clocked.conductor.news = lambda: [set_now]
    clocked.now += 0.01
    assert len(causes(clocked.step())) == 1


def test_a_reload_tells_when_the_first_change_was_seen(project: Project) -> None:
    clocked = Clocked(project)
    project.write("views.py", "index = 22\n")
    clocked.touch("views.py", State.BEING_WRITTEN)
    clocked.now += 0.1
    clocked.touch("views.py")
    changed = str(project.folder / "views.py")
    assert clocked.until_action() == [
        Reload("views.py changed (views <- urls <- app)", 100.0, (changed,), ("views",))
    ]
    assert clocked.step() == []


def test_events_that_were_lost_are_made_up_for(project: Project) -> None:
    clocked = Clocked(project)
    project.write("views.py", "index = 22\n")
    clocked.conductor.see([Overflow(clocked.now)])
    (watch,) = clocked.step()
    assert isinstance(watch, Watch)
    assert str(project.folder) in watch.lost == set(watch.directories)
    assert causes(clocked.until_action()) == ["views.py changed (views <- urls <- app)"]


def test_sweeps_are_not_more_than_one_a_second(project: Project) -> None:
    clocked = Clocked(project)
    for _ in range(2):
        clocked.conductor.see([Overflow(clocked.now)])
        clocked.step()  # watches anew
        again = clocked.conductor.decide(100.0, git_is_busy=False)
    assert again == ([], 101.0)
    assert clocked.conductor.decide(100.5, git_is_busy=False) == ([], 101.0)
    project.write("views.py", "index = 22\n")
    clocked.now = 101.0
    assert causes(clocked.until_action()) == ["views.py changed (views <- urls <- app)"]


def test_a_folder_that_was_replaced_is_watched_anew_and_its_files_looked_at(
    project: Project,
) -> None:
    clocked = Clocked(project)
    project.write("views.py", "index = 22\n")
    clocked.conductor.see([FolderTouch(str(project.folder), clocked.now)])
    (watch,) = clocked.step()
    assert isinstance(watch, Watch)
    assert watch.lost == {str(project.folder)}
    assert causes(clocked.until_action()) == ["views.py changed (views <- urls <- app)"]


def test_a_folder_of_no_interest_is_none(project: Project) -> None:
    clocked = Clocked(project)
    clocked.conductor.see([FolderTouch(str(project.folder / "__pycache__"), clocked.now)])
    assert clocked.step() == []


def written_at_each_start(clocked: Clocked, turn: int) -> list[Action]:
    clocked.generation += 1
    clocked.boot(starting=True)
    clocked.project.write("views.py", f"index = {turn + 100}\n")
    clocked.touch("views.py")
    actions = clocked.until_action()
    assert causes(actions) == ["views.py changed (views <- urls <- app)"]
    return actions


def test_an_application_that_writes_its_own_module_is_named_and_paused(project: Project) -> None:
    clocked = Clocked(project)
    said: list[str] = []
    for turn in range(TOLERATED + 1):
        before = clocked.now
        actions = written_at_each_start(clocked, turn)
        said += [action.text for action in actions if isinstance(action, Say)]
        assert clocked.now - before < 0.1
    assert len(said) == 1
    assert said[0].startswith("views.py changed again at each start")
    # Once more is no reload, for longer each time ...
    for pause in (1, 2, 4):
        before = clocked.now
        written_at_each_start(clocked, TOLERATED + pause)
        assert clocked.now - before >= pause
    # ... and any other file is served at once.
    clocked.boot(starting=True)
    project.write("views.py", "index = 200\n")
    clocked.touch("views.py")
    clocked.now += 1
    assert clocked.step() == []
    project.write("urls.py", "from views import index as i\n")
    clocked.touch("urls.py")
    before = clocked.now
    (reload,) = clocked.until_action()
    assert isinstance(reload, Reload)
    assert reload.cause == "2 files changed (views.py, urls.py)"
    assert reload.since == before
    assert clocked.now - before < 0.1


def test_a_person_who_saves_the_file_of_a_loop_is_served_at_once(project: Project) -> None:
    clocked = Clocked(project)
    for turn in range(TOLERATED + 1):
        written_at_each_start(clocked, turn)
    clocked.boot(starting=False)
    clocked.conductor.see([])
    clocked.now += 2
    project.write("views.py", "index = 1\n")
    clocked.touch("views.py")
    before = clocked.now
    assert causes(clocked.until_action()) == ["views.py changed (views <- urls <- app)"]
    assert clocked.now - before < 0.1


def test_a_clock_that_is_ahead_reloads_once_only(project: Project) -> None:
    future = AN_HOUR_AGO + 7200
    os.utime(project.folder / "views.py", (future, future))
    clocked = Clocked(project)
    assert causes(clocked.until_action()) == ["views.py changed (views <- urls <- app)"]
    for _ in range(3):
        clocked.generation += 1
        clocked.boot(starting=False)
        while clocked.conductor.work(clocked.now):
            pass
        assert not clocked.conductor.waits


def test_what_requests_open_one_by_one_is_looked_at_from_time_to_time(project: Project) -> None:
    clocked = Clocked(project)
    nothing = Graph(1, "app", (), (), (), ())
    watched = 0
    for number in range(100):
        page = Opened(str(project.folder / f"f{number}" / "page.html"), "views", AN_HOUR_AGO + 60)
        clocked.conductor.hear(replace(nothing, served=(page,)), AN_HOUR_AGO + 90)
        actions, again = clocked.conductor.decide(clocked.now, git_is_busy=False)
        watched += sum(isinstance(action, Watch) for action in actions)
        assert actions or again is not None
        clocked.now += 0.01
    assert 4 <= watched <= 5
    assert isinstance(clocked.until_action()[0], Watch)
    assert str(project.folder / "f99") in clocked.conductor.knowledge.interest.directories


def test_a_folder_waits_for_a_generation_that_has_not_said_what_it_writes(project: Project) -> None:
    clocked = Clocked(project)
    folder = f"{project.folder}/"
    listed = (Opened(folder, "views", AN_HOUR_AGO + 60),)
    wall = AN_HOUR_AGO + 60
    clocked.conductor.hear(replace(project.graph(1), listed=listed), wall)
    clocked.conductor.finish(clocked.now)
    clocked.step()
    clocked.conductor.hear(Begun(2, wall), wall)
    clocked.conductor.hear(Serving(2), wall)
    clocked.conductor.finish(clocked.now)
    own = project.write("upload.txt", "of the application")
    clocked.touch("upload.txt")
    for _ in range(30):
        clocked.now += 0.02
        assert causes(clocked.step()) == []
    graph = replace(project.graph(2), listed=listed, written=(str(own),))
    clocked.conductor.hear(graph, wall)
    for _ in range(30):
        clocked.now += 0.02
        assert causes(clocked.step()) == []
