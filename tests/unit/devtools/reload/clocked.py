"""A conductor without its process, and a clock of the test's own."""

from __future__ import annotations

from spawning.messages import Begun, Prospect, Reload, Serving
from spawning_devtools.reload.conductor.actions import Action, Say, Watch
from spawning_devtools.reload.conductor.conductor import Conductor
from spawning_devtools.reload.watcher.changes import State, Touch

from .conftest import AN_HOUR_AGO, Project


class Clocked:
    """A conductor that has booted, and the time."""

    def __init__(self, project: Project, watch: tuple[str, ...] = ()) -> None:
        self.project = project
        self.conductor = Conductor(str(project.folder), watch)
        self.now = 100.0
        self.generation = 1
        self.conductor.start(AN_HOUR_AGO + 60)
        self.boot(starting=False)
        assert isinstance(self.step()[0], Watch)
        while self.conductor.work(self.now):
            pass
        (told,) = self.step()
        assert isinstance(told, Say)
        assert told.text.startswith("watching ")
        assert all(isinstance(action, Prospect) for action in self.step())

    def boot(self, starting: bool) -> None:
        wall = AN_HOUR_AGO + 60
        self.conductor.hear(Begun(self.generation, wall), wall)
        self.conductor.hear(self.project.graph(self.generation), wall)
        if not starting:
            self.conductor.hear(Serving(self.generation), wall)

    def step(self) -> list[Action]:
        return self.conductor.decide(self.now, git_is_busy=False)[0]

    def touch(self, name: str, state: State = State.WRITTEN) -> None:
        self.conductor.see([Touch(state, str(self.project.folder / name), self.now)])

    def until_action(self) -> list[Action]:
        while True:
            actions, at = self.conductor.decide(self.now, git_is_busy=False)
            if actions:
                return actions
            assert at is not None, "nothing is waited for"
            self.now = max(at, self.now)


def causes(actions: list[Action]) -> list[str]:
    return [action.cause for action in actions if isinstance(action, Reload)]
