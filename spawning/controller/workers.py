"""The worker processes themselves: starting, telling, hearing, killing, burying.

`children` knows what they are; this is what they are made of.
"""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable, Sequence

from spawning import log
from spawning.config import Config
from spawning.controller.spawn import Spawned, Spawner
from spawning.gate import Gate
from spawning.http.handoff import make_pair
from spawning.messages import Boot, Message


class Workers:
    """The processes by worker id, and what all of them share."""

    def __init__(
        self,
        config: Config,
        listeners: Sequence[socket.socket],
        sys_path: tuple[str, ...],
        spawner: Spawner,
    ) -> None:
        self._config = config
        self._listeners = listeners
        self._sys_path = sys_path
        self._spawner = spawner
        self._inbox, self._outbox = make_pair()
        self._by_id: dict[int, Spawned] = {}
        self._next_id = 1
        self.gate = Gate.create()

    def spawn(self, generation: int) -> tuple[int, Spawned | None]:
        """Start a worker; return its id, and None where the system could not, which is said."""
        worker_id = self._next_id
        self._next_id += 1
        boot = Boot(
            worker_id,
            generation,
            dataclasses.asdict(self._config),
            tuple(sock.fileno() for sock in self._listeners),
            self._inbox.fileno(),
            self._outbox.fileno(),
            self.gate.descriptor,
            self._sys_path,
        )
        try:
            spawned = self._spawner.spawn(boot)
        except OSError as error:
            log.say(f"worker {worker_id} could not be started: {error.strerror}")
            return worker_id, None
        self._by_id[worker_id] = spawned
        return worker_id, spawned

    def tell(self, worker_id: int, message: Message) -> None:
        """Send a worker a message."""
        self._by_id[worker_id].channel.send(message)

    def kill(self, worker_id: int) -> None:
        """End a worker by SIGKILL."""
        self._by_id[worker_id].process.kill()

    def bury(self, last_words: Callable[[int, Spawned], None]) -> list[tuple[int, int]]:
        """Return (id, exit code) of those that died; what they said last is heard first."""
        dead = []
        for worker_id, spawned in list(self._by_id.items()):
            code = spawned.process.poll()
            if code is not None:
                last_words(worker_id, spawned)
                spawned.channel.close()
                del self._by_id[worker_id]
                dead.append((worker_id, code))
        return dead

    def end(self) -> None:
        """Kill what is left, and give up what they shared."""
        for spawned in self._by_id.values():
            spawned.process.kill()
            spawned.process.wait()
            spawned.channel.close()
        self._by_id.clear()
        self._inbox.close()
        self._outbox.close()
