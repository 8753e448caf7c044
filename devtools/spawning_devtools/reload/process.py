"""The conductor's process: the loop that carries out what the conductor decides."""

from __future__ import annotations

import collections
import contextlib
import os
import selectors
import signal
import socket
import sys
import time

from spawning.messages import Channel, Decision, Message, Prospect, Refresh, Reload
from spawning_devtools.reload import questions
from spawning_devtools.reload.conductor import Action, Conductor, Say, Watch
from spawning_devtools.reload.door import Door, address_of
from spawning_devtools.reload.origin import is_installed
from spawning_devtools.reload.places import is_below
from spawning_devtools.reload.settings import Settings
from spawning_devtools.reload.watcher import Unwatchable, Watcher

DECISIONS = 10
"""So many of the last ones are told by `spawnctl watch`."""

_NOT_FOR_US = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def main(argument: str, descriptor: int) -> None:
    """Run the conductor until the controller closes its end."""
    for number in _NOT_FOR_US:
        # Not SIG_IGN: what is ignored stays ignored in programs that are started.
        signal.signal(number, lambda *_: None)
    settings = Settings.decode(argument)
    bell, hand = socket.socketpair()
    with bell, hand, Watcher(wake=lambda: _ring(hand)) as watcher:
        bell.setblocking(False)
        hand.setblocking(False)
        channel = Channel(socket.socket(fileno=descriptor))
        _Loop(settings, channel, watcher, bell).run()


def _ring(hand: socket.socket) -> None:
    # A full socket means that the loop has not yet heard the ring before.
    with contextlib.suppress(OSError):
        hand.send(b"\0")


class _Loop:
    def __init__(
        self, settings: Settings, channel: Channel, watcher: Watcher, bell: socket.socket
    ) -> None:
        self._project = settings.project
        self._since = settings.since
        self._git_lock = git_lock(settings.project)
        self._channel = channel
        self._watcher = watcher
        self._bell = bell
        self._conductor = Conductor(settings.project, settings.watch)
        self._decisions = collections.deque[tuple[float, Reload | Refresh]](maxlen=DECISIONS)

    def run(self) -> None:
        """Run until the controller is gone."""
        conductor = self._conductor
        conductor.start(self._since)
        door = Door(address_of(os.getppid()), self._answer)
        with door, selectors.DefaultSelector() as selector:
            selector.register(door, selectors.EVENT_READ, door.serve)
            selector.register(self._bell, selectors.EVENT_READ)
            selector.register(self._channel, selectors.EVENT_READ)
            idle, again = False, None
            while not self._channel.ended:
                waiting = selectors.EVENT_WRITE if self._channel.wants_write else 0
                selector.modify(self._channel, selectors.EVENT_READ | waiting)
                came = selector.select(_seconds(again, busy=not idle))
                for key, mask in came:
                    if key.data is not None:
                        key.data()
                        continue
                    self._receive(key.fileobj is self._bell, mask)
                now = time.monotonic()
                busy = conductor.waits and os.path.exists(self._git_lock)
                actions, again = conductor.decide(now, busy)
                for action in actions:
                    self._carry_out(action)
                idle = not came and not actions and not conductor.work(now)

    def _receive(self, rang: bool, mask: int) -> None:
        if rang:
            with contextlib.suppress(BlockingIOError):
                self._bell.recv(65536)
            self._conductor.see(self._watcher.take())
            return
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
                refused = self._watcher.watch(directories, lost, self._may_poll)
                if refused:
                    _say(_remedy(refused))
            case Say(text):
                _say(text)

    def _answer(self, question: Message) -> Message:
        now = time.monotonic()
        self._conductor.finish(now)
        decisions = [
            Decision(now - moment, type(done).__name__.lower(), done.cause)
            for moment, done in self._decisions
        ]
        known = self._conductor.knowledge
        return questions.answer(question, known, self._watcher.backends(), decisions)

    def _may_poll(self, directory: str) -> bool:
        return is_below(directory, self._project) and not is_installed(directory)


def _seconds(again: float | None, busy: bool) -> float | None:
    """Return how long to wait for events."""
    if busy:
        return 0
    return None if again is None else max(0.0, again - time.monotonic())


def _say(text: str) -> None:
    print(f"spawn: {text}", file=sys.stderr, flush=True)


def _remedy(refused: list[Unwatchable]) -> str:
    """Return one line about directories that cannot be watched."""
    first = refused[0]
    others = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
    instead = "it is looked at every second" if first.polled else "changes there are not seen"
    return (
        f"cannot watch {first.path}{others} ({first.reason}), {instead}; type: "
        "sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024"
    )


def git_lock(project: str) -> str:
    """Return the path of the lock that git holds while it changes the files of `project`."""
    place = project
    while not os.path.lexists(os.path.join(place, ".git")):
        parent = os.path.dirname(place)
        if parent == place:
            return os.path.join(project, ".git", "index.lock")
        place = parent
    folder = os.path.join(place, ".git")
    with contextlib.suppress(OSError), open(folder, encoding="utf-8", errors="replace") as file:
        # A work tree beside its repository, or a submodule: a file says where it is.
        folder = os.path.join(place, file.read().removeprefix("gitdir:").strip())
    return os.path.join(folder, "index.lock")
