"""A nursery whose snapshots are played: processes that wait, and a test that speaks for them."""

from __future__ import annotations

import os
import socket
import sys

from spawning.controller.spawn import Spawned
from spawning.controller.switchboard import Switchboard
from spawning.messages import (
    Boot,
    Born,
    Channel,
    Complete,
    GoOn,
    Message,
    Parked,
    Prospect,
    Reload,
    Snapshots,
    Sprout,
    encode,
)
from spawning_devtools.snapshots.adopted import Adopted
from spawning_devtools.snapshots.nursery import Nursery
from unit.devtools.snapshots.waiting import Waiter

FILE = "/mine.py"
PROSPECT = Prospect(1, (("mine", FILE),), (), (), (), "")
"""Of an application that is one module."""
AT_ITS_MODULE = Parked("mine", (), (), ())
WHOLE = Parked("", (FILE,), ("mine",), ())


class Play:
    """Implements `controller.spawn.Spawner`."""

    def __init__(self) -> None:
        self.told: list[Snapshots] = []
        """What the companion is told."""
        self.executed: list[Boot] = []
        """The workers that were started cold."""
        self.born: list[int] = []
        """All that were forked, in turn."""
        self.waiters: dict[int, Waiter] = {}
        """By process id."""
        self._workers: list[Spawned] = []
        self._switchboard = Switchboard()
        self._cradle: socket.socket | None = None
        self.nursery = Nursery(self, self._switchboard, self.told.append, may_be_full=True)

    def spawn(self, boot: Boot) -> Spawned:
        """Start what is no fork."""
        made = Waiter()
        self.waiters[made.pid] = made
        if boot.cradle < 0:
            self.executed.append(boot)
        else:
            self._cradle = socket.socket(fileno=os.dup(boot.cradle))
            made.say(Parked("", (), (), ()))
        return Spawned(Adopted(made.pid), Channel(made.line))

    def fork(self, parent: int, goes_on: bool = False) -> int:
        """Announce a fork, which is heard at the next turn, or where one is waited for."""
        assert self._cradle is not None
        made = Waiter()
        self.waiters[made.pid] = made
        self.born.append(made.pid)
        word = encode(Born(made.pid, parent, goes_on))
        number = made.line.fileno().to_bytes(4, sys.byteorder)
        self._cradle.sendmsg([word], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, number)])
        made.line.close()
        return made.pid

    def worker(self, generation: int) -> int:
        """Have the nursery start a worker; return its process id."""
        spawned = self.nursery.spawn(boot(generation))
        self._workers.append(spawned)
        return spawned.process.pid

    def say(self, pid: int, message: Message) -> None:
        """Say something for a process; it is heard at the next turn, or where it is waited for."""
        self.waiters[pid].say(message)

    def turn(self) -> None:
        """Have the controller's loop turn once."""
        self._switchboard.wait(0)

    def build(self, whole: Message | None = WHOLE) -> None:
        """Do what snapshots are told to, until all is prepared.

        `whole`: what the last one says; None: nothing, and it is built as far as that.
        """
        told = len(self.told)
        self.nursery.hear(PROSPECT)
        for _ in range(20):
            if len(self.told) > told or not self._play(whole):
                return
            self.turn()
        raise AssertionError("it comes to no end")

    def _play(self, whole: Message | None) -> bool:
        """Do what was told since the last call; return whether there is more to come."""
        for pid, waiter in list(self.waiters.items()):
            for message in waiter.told():
                match message:
                    case Complete() if whole is None:
                        return False
                    case Sprout():
                        self.fork(pid)
                    case GoOn():
                        self.say(pid, AT_ITS_MODULE)
                    case Complete() if whole is not None:
                        self.say(pid, whole)
        return True

    def save(self, file: str = FILE) -> None:
        """Tell the nursery that a file was saved."""
        self.nursery.hear(Reload("", 0.0, (file,), ("mine",)))

    def end(self) -> None:
        """End all of it."""
        self.nursery.end()
        self._switchboard.close()
        if self._cradle is not None:
            self._cradle.close()
        for worker in self._workers:
            worker.channel.close()
        for waiter in self.waiters.values():
            waiter.end()


def boot(generation: int) -> Boot:
    """Return what a worker would be told."""
    return Boot(generation, generation, {}, (), -1, -1, -1, (-1, 0, 0), 0, ())
