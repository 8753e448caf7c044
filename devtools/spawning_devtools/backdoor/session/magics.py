"""The magic words: what each is for, and what it shows.

They run in the session's own native thread, so that they answer while the worker hangs;
nothing here runs what the application has written, but `time`, which is a statement.
"""

from __future__ import annotations

import inspect
import logging
import os
import time

# By name, before anything monkey-patches it.
from _thread import allocate_lock
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from types import MappingProxyType

from spawning.devhooks import WorkerView
from spawning_devtools.backdoor.session import stacks, tables
from spawning_devtools.backdoor.session.tables import Table

PATIENCE = 0.5
"""Seconds that the hub has to tell of its greenlets itself."""

ABOUT: Mapping[str, str] = MappingProxyType({
    "workers": "the workers, and what they do",
    "switch": "N or controller: go there",
    "reload": "begin a new generation, as SIGHUP does",
    "requests": "the requests in flight, with age and URL",
    "stack": "where all threads and greenlets of this worker are",
    "modules": "the modules whose source has changed since they were loaded",
    "time": "STATEMENT: run it, and say how long it took",
    "memory": "what this worker's objects take, by type",
    "log": "[LOGGER] LEVEL: let a logger of this worker say more, or less",
    "debug": "debug what waits at a breakpoint here",
    "help": "[WORD]: this list, or what a word is for",
    "exit": "leave; the server goes on",
})  # fmt: skip


class Magics:
    """Answers them, for one session."""

    def __init__(self, view: WorkerView, started: float) -> None:
        """`started`: when what is loaded here began to be loaded, in seconds since the epoch."""
        self._view = view
        self._started = started

    def answer(self, words: Sequence[str]) -> Table | str | None:
        """Return what a word shows; None where it is not one of these.

        Raises ValueError where it is used wrongly.
        """
        answers: dict[str, Callable[..., Table | str]] = {
            "workers": self.workers,
            "requests": self.requests,
            "reload": self._reload,
            "stack": self._stack,
            "modules": self._modules,
            "memory": self._memory,
            "log": self._log,
            "help": self._help,
        }
        if words[0] not in answers:
            return None
        answer = answers[words[0]]
        try:
            inspect.signature(answer).bind(*words[1:])
        except TypeError:
            raise ValueError(f"{words[0]}: {ABOUT[words[0]]}") from None
        return answer(*words[1:])

    def workers(self) -> Table:
        """Return the workers."""
        readings = self._view.board.read_all()
        return tables.workers(readings, monotonic(), time.time(), self._view.worker)

    def requests(self) -> Table:
        """Return the requests in flight, of all workers."""
        whole = {}
        for connection in self._view.busy():
            request = connection.request
            if request is not None:
                line = f"{request.method} {request.target}"
                whole[self._view.worker, line[: tables.LINE]] = line
        return tables.requests(self._view.board.read_all(), whole, monotonic())

    def _reload(self) -> str:
        self._view.reload()
        return "a new generation begins; this session moves to it"

    def _stack(self) -> str:
        told: list[str] = []
        done = allocate_lock()
        done.acquire()

        def tell() -> None:
            told.append(self._stacks())
            done.release()

        if self._view.config.threads or not self._view.worker:
            return self._stacks()
        # By the hub, if it turns: then no greenlet runs, and none of them changes meanwhile.
        self._view.call_soon(tell)
        return told[0] if done.acquire(timeout=PATIENCE) else self._stacks()

    def _stacks(self) -> str:
        now = monotonic()
        doing = {
            c.worker: f"{c.request.method} {c.request.target} ({now - c.since:.1f} s)"
            for c in self._view.busy()
            if c.request is not None
        }
        threads, names = stacks.of_threads()
        return stacks.described(threads, names, stacks.of_greenlets(), doing)

    def _modules(self) -> Table | str:
        found = tables.modules(tables.loaded_modules(), self._started, time.time())
        return found if found.rows else "no loaded module has changed since it was loaded"

    def _memory(self) -> Table:
        return tables.memory(tables.tracked(), tables.resident())

    def _log(self, *words: str) -> str:
        if len(words) not in (1, 2):
            raise ValueError(f"log: {ABOUT['log']}")
        name, level = words if len(words) == 2 else ("", words[0])
        number = logging.getLevelName(level.upper())
        if not isinstance(number, int):
            raise ValueError(f"'{level}' is no level: DEBUG, INFO, WARNING, ERROR, CRITICAL")
        logging.getLogger(name or None).setLevel(number)
        return f"{name or 'the root logger'} of worker {self._view.worker} says {level.upper()}"

    def _help(self, word: str = "") -> Table | str:
        if word:
            if word.lstrip("%") not in ABOUT:
                raise ValueError(f"there is no word '{word}'; help(x) tells what x is")
            return f"{word}: {ABOUT[word.lstrip('%')]}"
        return Table(("word", "what it does"), tuple(ABOUT.items()))


class Server:
    """`server` in the namespace."""

    def __init__(self, view: WorkerView, magics: Magics) -> None:
        self._view = view
        self._magics = magics

    @property
    def workers(self) -> Table:
        """The workers, and what they do."""
        return self._magics.workers()

    @property
    def requests(self) -> Table:
        """The requests in flight, of all workers."""
        return self._magics.requests()

    def reload(self) -> None:
        """Begin a new generation, as SIGHUP does."""
        self._view.reload()

    def __repr__(self) -> str:
        where = f"worker {self._view.worker}" if self._view.worker else "controller"
        return f"<server: {where}, generation {self._view.generation}, pid {os.getpid()}>"
