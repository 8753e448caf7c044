"""The door's process: the loop that acts."""

from __future__ import annotations

import selectors
import signal
import socket
from collections.abc import Iterable
from functools import partial
from time import monotonic

from spawning.config import from_plain
from spawning.messages import Arrival, Channel, DoorBoot, Enterable, Line, Message, Stopping, Stops
from spawning.title import set_title
from spawning_devtools.backdoor.door.choosing import CONTROLLER
from spawning_devtools.backdoor.door.conversations import Conversations
from spawning_devtools.backdoor.door.placing import Placing
from spawning_devtools.backdoor.door.threshold import Threshold
from spawning_devtools.backdoor.door.workers import Workers

READ = selectors.EVENT_READ
_NOT_FOR_US = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1)


def main(descriptor: int) -> None:
    """Let people in until the controller closes its end."""
    for number in _NOT_FOR_US:
        signal.signal(number, lambda *_: None)
    channel = Channel(socket.socket(fileno=descriptor))
    with selectors.DefaultSelector() as selector:
        selector.register(channel, READ)
        told: list[Message] = []
        while not told and not channel.ended:
            selector.select()
            told = channel.receive()
        if told and isinstance(told[0], DoorBoot):
            Door(told[0], channel, selector).run(told[1:])


class Door:
    """What is waited for, and who hears it."""

    def __init__(self, boot: DoorBoot, channel: Channel, selector: selectors.BaseSelector) -> None:
        config = from_plain(boot.config)
        set_title(f"backdoor of {' '.join(config.args)}")
        self._channel = channel
        self._selector = selector
        controller = Line.at(boot.controller)
        self._workers = Workers(boot.chronicle, controller)
        self._placing = Placing(self._workers)
        self._conversations = Conversations(selector, self._placing)
        self._announcements = Line.at(boot.announcements)
        selector.modify(channel, READ, self._hear_controller)
        selector.register(self._announcements, READ, self._hear_announcements)
        selector.register(controller, READ, partial(self._hear_line, CONTROLLER, controller))
        listeners = [socket.socket(fileno=number) for number in boot.listeners]
        has_log = bool(config.backdoor_log)
        self._threshold = Threshold(selector, listeners, self._conversations, boot.secret, has_log)

    def run(self, told: Iterable[Message]) -> None:
        """Serve until the controller is gone."""
        self._learn(told)
        while not self._channel.ended:
            events = self._selector.select(self._timeout())
            # Before anybody is heard: who has come just now is not late, however long it takes.
            now = monotonic()
            for key, mask in events:
                # An earlier call of this batch may have closed it.
                known = self._selector.get_map().get(key.fd)
                if known is not None and known.fileobj is key.fileobj:
                    key.data(mask)
            if self._threshold.wake_at is not None and now >= self._threshold.wake_at:
                self._threshold.listen()
            self._conversations.look_at_the_clock(now)
            self._conversations.attend()

    def _timeout(self) -> float | None:
        times = (self._threshold.wake_at, self._conversations.wake_at)
        earliest = min((at for at in times if at is not None), default=None)
        return None if earliest is None else max(0.0, earliest - monotonic())

    # ------------------------------------------------------------ the server

    def _hear_controller(self, _mask: int) -> None:
        self._learn(self._channel.receive())

    def _learn(self, told: Iterable[Message]) -> None:
        for fact in told:
            gone = self._workers.learn(fact)
            if gone is not None:
                if (line := self._workers.line(gone)) is not None:
                    self._hear_line(gone, line)  # its last words are under way
                self._lose(gone)
            if isinstance(fact, Stopping):
                self._placing.is_stopping = True
                self._placing.tell_all("the server is being stopped")

    def _hear_announcements(self, _mask: int) -> None:
        """Take in the workers that can be entered now."""
        while True:
            try:
                come = self._announcements.receive()
            except BlockingIOError:
                return
            except ValueError:
                continue
            if come is None:
                return
            word, descriptor = come
            if isinstance(word, Enterable) and word.worker_id > CONTROLLER and descriptor >= 0:
                self._take_in(word, Line.at(descriptor))

    def _take_in(self, word: Enterable, line: Line) -> None:
        before = self._workers.announce(word, line)
        if before is not None:
            self._selector.unregister(before)
            before.close()
        self._selector.register(line, READ, partial(self._hear_line, word.worker_id, line))
        self._placing.somebody_can_be_entered()

    def _hear_line(self, worker_id: int, line: Line, _mask: int = 0) -> None:
        while True:
            try:
                come = line.receive()
            except BlockingIOError:
                return
            except ValueError:
                come = None  # who sends rubbish is not entered any more
            if come is None:
                self._lose(worker_id)
                return
            self._hear_worker(worker_id, *come)

    def _hear_worker(self, worker_id: int, word: Message, descriptor: int) -> None:
        match word:
            case Arrival() if descriptor >= 0:
                self._placing.came_back(worker_id, word, descriptor)
            case Stops(stops):
                self._placing.tell_of(worker_id, self._workers.stopped(worker_id, stops))
            case _:
                pass

    def _lose(self, worker_id: int) -> None:
        line = self._workers.lose(worker_id)
        if line is not None:
            self._selector.unregister(line)
            line.close()
        self._placing.lost(worker_id)
