"""The processes that wait or prepare, and the lines to them, in the controller's process."""

from __future__ import annotations

import dataclasses
import select
import signal
import socket
from collections.abc import Callable, Iterator

from spawning.controller.spawn import Process, Spawned, Spawner, is_debugged
from spawning.controller.switchboard import Switchboard
from spawning.messages import Boot, Born, Channel, Message, decode
from spawning_devtools.snapshots.adopted import Adopted

BIRTH_SIZE = 4096


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """Who is told what happens to the processes."""

    said: Callable[[int, Message], None]
    """A process, by its id, has said something."""
    born: Callable[[Born], None]
    """A process was forked."""


class Processes:
    """By process id; those that were handed to the controller are its own."""

    def __init__(self, switchboard: Switchboard, heard: Heard) -> None:
        self._switchboard = switchboard
        self._heard = heard
        self._lines: dict[int, Spawned] = {}
        self._condemned: list[Spawned] = []
        self._dying: list[Spawned] = []
        self._cradle, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._cradle.setblocking(False)
        switchboard.attend(self._cradle, self.take_births)

    def __contains__(self, pid: int) -> bool:
        return pid in self._lines

    def begin(self, spawner: Spawner, template: Boot) -> int:
        """Execute a process that is to be a snapshot; return its id.  Raises OSError."""
        boot = dataclasses.replace(
            template, worker_id=0, generation=0, row=0, cradle=self._theirs.fileno()
        )
        line = spawner.spawn(boot)
        self.add(line.process.pid, line)
        return line.process.pid

    def add(self, pid: int, line: Spawned) -> None:
        """Attend to a process."""
        self._lines[pid] = line
        self._switchboard.attend(line.channel, lambda: self.listen(pid))

    def tell(self, pid: int, message: Message) -> None:
        """Send a process a message."""
        self._lines[pid].channel.send(message)

    def ask(self, pid: int, question: Message, milliseconds: int) -> Message | None:
        """Return what a process answers, which says nothing unasked; None where it does not."""
        line = self._lines[pid]
        line.channel.send(question)
        waiting = select.poll()
        waiting.register(line.channel, select.POLLIN)
        if not waiting.poll(milliseconds):
            return None
        return next(iter(self._switchboard.receive(f"snapshot {pid}", line)), None)

    def pause(self, pid: int) -> None:
        """Have a process do nothing more, though it is not ended yet."""
        # A debugger that is about to attach to it would wait for it, and keep others waiting.
        if pid in self._lines and not is_debugged():
            self._lines[pid].process.send_signal(signal.SIGSTOP)

    def listen(self, pid: int) -> None:
        """Hear what a process has said."""
        line = self._lines.get(pid)
        if line is not None:
            for message in self._switchboard.receive(f"snapshot {pid}", line):
                self._heard.said(pid, message)

    def is_alive(self, pid: int) -> bool:
        """Return whether a process lives, as far as can be known now."""
        line = self._lines.get(pid)
        return line is not None and line.process.poll() is None

    def hand_over(self, pid: int) -> Spawned:
        """Give up a process, which the controller keeps from now on."""
        line = self._lines.pop(pid)
        self._switchboard.leave(line.channel)
        return line

    def condemn(self, pid: int) -> None:
        """Give up a process, which `kill_condemned` ends; harmless where it is gone."""
        line = self._lines.pop(pid, None)
        if line is not None:
            self._switchboard.leave(line.channel)
            self._condemned.append(line)

    def kill_condemned(self) -> None:
        """End those that are condemned.

        Not at once: a process that ends gives back its memory, for milliseconds, and a
        change is just being served.
        """
        for line in self._condemned:
            line.process.kill()
            line.channel.close()
        # One that was dead before makes no signal any more by which it would be buried.
        self._dying += [line for line in self._condemned if line.process.poll() is None]
        self._condemned.clear()

    def wait_for_birth(self, milliseconds: int) -> bool:
        """Wait until a process is born; return False where none is."""
        waiting = select.poll()
        waiting.register(self._cradle, select.POLLIN)
        if not waiting.poll(milliseconds):
            return False
        self.take_births()
        return True

    def take_births(self) -> None:
        """Take in those that have announced themselves."""
        while True:
            try:
                word, descriptors, _, _ = socket.recv_fds(
                    self._cradle, BIRTH_SIZE, 1, socket.MSG_CMSG_CLOEXEC
                )
            except BlockingIOError:
                return
            born = decode(word)
            assert isinstance(born, Born)
            channel = Channel(socket.socket(fileno=descriptors[0]))
            self.add(born.pid, Spawned(Adopted(born.pid), channel))
            self._heard.born(born)

    def reap(self) -> Iterator[int]:
        """Yield those that have ended by themselves; bury them, and those that were ended."""
        self.take_births()  # who is dead may have been born since we last looked
        self._dying = [line for line in self._dying if line.process.poll() is None]
        for pid, line in list(self._lines.items()):
            if line.process.poll() is not None:
                yield pid
        for line in self._condemned:
            line.process.poll()  # who is told of one may have condemned others that are dead

    def all(self) -> list[Process]:
        """Return whoever is not buried; who is dead by now has said that it was born."""
        self.take_births()
        lines = [*self._lines.values(), *self._dying, *self._condemned]
        return [line.process for line in lines]

    def end(self) -> None:
        """End them all."""
        for pid in list(self._lines):
            self.condemn(pid)
        self.kill_condemned()
        for line in self._dying:
            line.process.wait()
        self._switchboard.leave(self._cradle)
        self._cradle.close()
        self._theirs.close()
