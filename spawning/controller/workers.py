"""The worker processes themselves: starting, telling, hearing, killing, burying.

`children` knows what they are; this is what they are made of.
"""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable, Sequence
from time import monotonic

from spawning import log
from spawning.access_log import Origin, killed, log_killed
from spawning.config import Config
from spawning.controller.backdoor import Backdoor
from spawning.controller.coverage import NOT_MEASURED, Coverage
from spawning.controller.spawn import Process, Spawned, Spawner
from spawning.gate import Gate
from spawning.http.handoff import make_pair
from spawning.messages import Boot, Message
from spawning.scoreboard import Reading, Scoreboard

ROWS_PER_WORKER = 4
SPARE_ROWS = 64
"""Rows cost nothing until they are used, and a worker that finds none is not counted."""
KEPT_GREENLETS = 256
"""Slots of a worker with greenlets; further ones share the last."""


class Workers:
    """The processes by worker id, and what all of them share."""

    def __init__(
        self,
        config: Config,
        listeners: Sequence[socket.socket],
        sys_path: tuple[str, ...],
        spawner: Spawner,
    ) -> None:
        self.coverage = Coverage() if config.measures_coverage else None
        self.backdoor = Backdoor() if config.backdoor else None
        self._config = config
        self._plain = dataclasses.asdict(config)
        self._listeners = listeners
        self._sys_path = sys_path
        self._spawner = spawner
        self._inbox, self._outbox = make_pair()
        self._by_id: dict[int, Spawned] = {}
        self._next_id = 1
        self.gate = Gate.create()
        self.board = Scoreboard.create(
            ROWS_PER_WORKER * config.processes + SPARE_ROWS, config.threads or KEPT_GREENLETS
        )
        self._rows: dict[int, int] = {}

    def spawn(self, generation: int) -> tuple[int, Spawned | None]:
        """Start a worker; return its id, and None where the system could not, which is said."""
        worker_id = self._next_id
        self._next_id += 1
        row = self.board.free_row()
        boot = Boot(
            worker_id,
            generation,
            self._plain,
            tuple(sock.fileno() for sock in self._listeners),
            self._inbox.fileno(),
            self._outbox.fileno(),
            self.gate.descriptor,
            dataclasses.astuple(self.board.shape),
            row,
            self._sys_path,
            coverage=self.coverage.descriptors if self.coverage is not None else NOT_MEASURED,
            order=self.coverage.order if self.coverage is not None else None,
            door=self.backdoor.descriptor if self.backdoor is not None else -1,
        )
        try:
            spawned = self._spawner.spawn(boot)
        except OSError as error:
            log.say(f"worker {worker_id} could not be started: {error.strerror}")
            return worker_id, None
        self._by_id[worker_id] = spawned
        if row:
            self.board.reserve(row, worker_id)
            self._rows[worker_id] = row
        return worker_id, spawned

    def tell(self, worker_id: int, message: Message) -> None:
        """Send a worker a message."""
        self._by_id[worker_id].channel.send(message)

    def signal(self, worker_id: int, number: int) -> None:
        """Send a worker a signal."""
        self._by_id[worker_id].process.send_signal(number)

    def tell_all(self, message: Message) -> None:
        """Send every worker a message."""
        for spawned in self._by_id.values():
            spawned.channel.send(message)

    def kill(self, worker_id: int) -> None:
        """End a worker by SIGKILL."""
        self._by_id[worker_id].process.kill()

    def processes(self) -> list[Process]:
        """Return those that are not buried."""
        return [spawned.process for spawned in self._by_id.values()]

    def bury(self, last_words: Callable[[int, Spawned], None]) -> list[tuple[int, int]]:
        """Return (id, exit code) of those that died; what they said last is heard first."""
        dead = []
        for worker_id, spawned in list(self._by_id.items()):
            code = spawned.process.poll()
            if code is not None:
                last_words(worker_id, spawned)
                spawned.channel.close()
                del self._by_id[worker_id]
                if row := self._rows.pop(worker_id, 0):
                    self._log_cut(self.board.read(row))
                    self.board.release(row)
                dead.append((worker_id, code))
        return dead

    def _log_cut(self, last: Reading) -> None:
        """Log the requests that a worker was answering when it died."""
        if not last.in_flight:
            return
        now = monotonic()
        lines = [(request.line.partition(" "), now - request.since) for request in last.in_flight]
        log_killed(
            self._config.access_log_file,
            self._config.access_log_format,
            Origin(last.generation, last.worker_id, last.pid),
            [killed("", "", method, target, seconds) for (method, _, target), seconds in lines],
        )

    def end(self) -> None:
        """Kill what is left, and give up what they shared."""
        for spawned in self._by_id.values():
            spawned.process.kill()
            spawned.process.wait()
            spawned.channel.close()
        self._by_id.clear()
        self._inbox.close()
        self._outbox.close()
        for shared in (self.coverage, self.backdoor):
            if shared is not None:
                shared.close()
