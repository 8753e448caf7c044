"""The conductor's process: the loop that carries out what the conductor decides."""

from __future__ import annotations

import collections
import os
import selectors
import signal
import socket
import time
from collections.abc import Collection, Sequence

from spawning import log
from spawning.messages import Channel, Decision, Message, Prospect, Refresh, Reload
from spawning_devtools.reload.conductor import questions
from spawning_devtools.reload.conductor.actions import Action, Say, Watch
from spawning_devtools.reload.conductor.conductor import Conductor
from spawning_devtools.reload.conductor.door import Door, address_of
from spawning_devtools.reload.origin import is_installed
from spawning_devtools.reload.settings import Settings
from spawning_devtools.reload.watcher.changes import State, Touch
from spawning_devtools.reload.watcher.git import Git
from spawning_devtools.reload.watcher.remarks import remarks
from spawning_devtools.reload.watcher.watcher import Watcher, Why
from spawning_devtools.reload.watcher.writers import has_writer

DECISIONS = 10
"""So many of the last ones are told by `spawnctl watch`."""

_NOT_FOR_US = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGIO)


def main(argument: str, descriptor: int) -> None:
    """Run the conductor until the controller closes its end."""
    for number in _NOT_FOR_US:
        # Not SIG_IGN: what is ignored stays ignored in programs that are started.
        signal.signal(number, lambda *_: None)
    settings = Settings.decode(argument)
    with Watcher() as watcher:
        channel = Channel(socket.socket(fileno=descriptor))
        _Loop(settings, channel, watcher).run()


class _Loop:
    def __init__(self, settings: Settings, channel: Channel, watcher: Watcher) -> None:
        self._since = settings.since
        self._polls_all = settings.poll
        self._git = Git.of(settings.project)
        self._channel = channel
        self._watcher = watcher
        self._polled: Sequence[str] = ()
        self._told: set[tuple[Why, str]] = set()
        """What the user was told of directories of which events do not tell all."""
        self._conductor = Conductor(settings.project, settings.watch, watcher.take)
        self._decisions = collections.deque[tuple[float, Reload | Refresh]](maxlen=DECISIONS)

    def run(self) -> None:
        """Run until the controller is gone."""
        conductor = self._conductor
        conductor.start(self._since)
        door = Door(address_of(os.getppid()), self._answer)
        with door, selectors.DefaultSelector() as selector:
            selector.register(door, selectors.EVENT_READ, door.serve)
            events = self._watcher.fileno()
            if events is not None:
                selector.register(events, selectors.EVENT_READ, self._see)
            selector.register(self._channel, selectors.EVENT_READ)
            idle, again = False, None
            while not self._channel.ended:
                waiting = selectors.EVENT_WRITE if self._channel.wants_write else 0
                selector.modify(self._channel, selectors.EVENT_READ | waiting)
                came = selector.select(_seconds(again, busy=not idle))
                # Messages first: what a worker has loaded before a save has to be known.
                for key, mask in sorted(came, key=lambda one: one[0].fileobj is not self._channel):
                    if key.data is not None:
                        key.data()
                    else:
                        self._converse(mask)
                now = time.monotonic()
                open_ones = filter(has_writer, conductor.unfinished(now))
                conductor.see([Touch(State.OPEN, path, now) for path in open_ones])
                busy = conductor.waits and self._git.is_busy
                actions, again = conductor.decide(now, busy)
                for action in actions:
                    self._carry_out(action)
                idle = not came and not actions and not conductor.work(now)

    def _see(self) -> None:
        self._conductor.see(self._watcher.take())

    def _converse(self, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            self._channel.flush()
        if mask & selectors.EVENT_READ:
            for message in self._channel.receive():
                self._conductor.hear(message, time.time())

    def _carry_out(self, action: Action) -> None:
        match action:
            case Reload() | Refresh():
                self._decisions.appendleft((time.monotonic(), action))
                self._channel.send(action)
            case Prospect():
                self._channel.send(action)
            case Watch(directories, lost):
                self._watch(directories, lost)
            case Say(text):
                log.say(text)

    def _watch(self, directories: Sequence[str], lost: Collection[str]) -> None:
        unheard = self._watcher.watch(directories, lost)
        own = [path for path in directories if not is_installed(path)]
        doubted = {one.path for one in unheard}
        self._polled = own if self._polls_all else [path for path in own if path in doubted]
        self._conductor.poll(self._polled, time.monotonic())
        # Nobody edits an installed package; but where the kernel gives up, it is said.
        concern = [u for u in unheard if u.path in self._polled or u.why is Why.REFUSED]
        for text in remarks(concern, self._polled, self._told):
            log.say(text)

    def _answer(self, question: Message) -> Message:
        now = time.monotonic()
        self._conductor.finish(now)
        decisions = [
            Decision(now - moment, type(done).__name__.lower(), done.cause)
            for moment, done in self._decisions
        ]
        backends = questions.backends(self._watcher.hears(), self._polled)
        return questions.answer(question, self._conductor.knowledge, backends, decisions)


def _seconds(again: float | None, busy: bool) -> float | None:
    """Return how long to wait for events."""
    if busy:
        return 0
    return None if again is None else max(0.0, again - time.monotonic())
