"""A snapshot's own side, where it holds the whole application: changed bodies are put in.

The functions of a changed file get the codes that a cold start would give them, if that is
all that a cold start would do otherwise.  Whatever is not known for certain is a reason not
to do it, and costs the time in which that is found out.

Rules:
1. What may differ in the source is told by `bodies`, what has happened to the old one by
   `witness`.
2. A code is exchanged where all who hold it are functions.  Those are found among all
   objects, and as many references as they have must there be: nothing else knows of the
   code, no generator, no traceback, no list of somebody's.
3. A function whose code was made of another one's, or by the application itself, is not
   known: then its file is not either.
"""

from __future__ import annotations

import contextlib
import gc
import linecache
import os
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Sequence
from types import CodeType, FunctionType

from spawning.messages import Taken
from spawning_devtools.snapshots.bodies import (
    LINE,
    Elsewhere,
    Pair,
    called,
    exchanges,
    inside,
    is_function,
    is_moved,
)
from spawning_devtools.snapshots.witness import Loaded, Witness

WORTH = 0.015
"""Seconds of processor time that a start has to take, or it is done anew as soon."""


def is_possible() -> bool:
    """Return whether this Python tells what has run, and counts references."""
    has_lock = not sysconfig.get_config_var("Py_GIL_DISABLED")
    return sys.version_info >= (3, 12) and has_lock


class Full:
    """The application of this process, from before its first module."""

    def __init__(self, attend: Callable[[Witness], None]) -> None:
        """`attend` has the loader of source files tell a witness."""
        self._attend = attend
        self._witness = Witness()
        self._began = 0.0
        self._priority: tuple[int, os.sched_param] | None = None
        self._owners: dict[int, list[FunctionType]] = {}
        """By the id of its code, who holds it."""
        self._classes: dict[tuple[str, int], list[type]] = {}
        """By file and line."""
        self._others: set[str] = set()
        """Files of which functions were made otherwise."""

    def begin(self) -> str:
        """Look at the import from now on; return why that is not possible, or ''."""
        self._began = time.process_time()
        self._give_way()
        self._attend(self._witness)
        return "" if self._witness.begin() else "somebody watches it run"

    def finish(self) -> str:
        """The application is loaded; return why nothing can be exchanged in it, or ''."""
        self._go_on()
        if time.process_time() - self._began < WORTH:
            return "it is loaded in no time"
        if not self._witness.end():
            return "somebody watches it run"
        self._find_owners()
        return ""

    def _give_way(self) -> None:
        """Let others go first, as far as one may who wants to come back from there."""
        with contextlib.suppress(OSError):
            before = os.sched_getscheduler(0), os.sched_getparam(0)
            if before[0] == os.SCHED_OTHER:
                os.sched_setscheduler(0, os.SCHED_BATCH, before[1])
                self._priority = before

    def _go_on(self) -> None:
        if self._priority is not None:
            os.sched_setscheduler(0, *self._priority)

    def forget(self) -> None:
        """Nothing is exchanged in this process any more."""
        self._owners.clear()
        self._classes.clear()
        self._witness.forget()

    def take(self, files: Iterable[str]) -> Taken:
        """Put what has changed in these files into their functions, or nothing."""
        pairs: list[Pair] = []
        for file in files:
            try:
                pairs += self._changes(file)
            except Exception as error:  # a loader of the application's own raises anything
                why_not = str(error) if isinstance(error, Elsewhere) else type(error).__name__
                return Taken(why_not, file)
        for (old, new), references in zip(pairs, _references(pairs), strict=True):
            if complaint := self._about_code(old, new, references):
                return Taken(complaint, old.co_filename)
        self._exchange(pairs)
        return Taken("")

    def _exchange(self, pairs: Iterable[Pair]) -> None:
        for old, new in pairs:
            for function in self._owners.get(id(old), ()):
                function.__code__ = new
            if not is_function(old):
                for one in self._classes.get((old.co_filename, old.co_firstlineno), ()):
                    type.__setattr__(one, LINE, new.co_firstlineno)

    def _changes(self, file: str) -> list[Pair]:
        """Return which codes differ in a file; raises Elsewhere, and what loading it raises."""
        loaded = self._witness.modules.get(file)
        if loaded is None:
            raise Elsewhere("it was not imported by its file, once")
        if complaint := self._about(file, loaded):
            raise Elsewhere(complaint)
        new = loaded.loader.get_code(loaded.name)
        if new is None:
            raise Elsewhere("there is no source any more")
        return list(exchanges(loaded.code, new, self._witness.has_run))

    def _about(self, file: str, loaded: Loaded) -> str:
        """Return what is not known of a file, or ''."""
        if self._witness.was_opened(file) or file in linecache.cache:
            return "something has read its source"
        if file in self._others:
            return "it makes functions of code by itself"
        if "__warningregistry__" in vars(sys.modules.get(loaded.name, sys)):
            return "something has warned of a line of it"
        return ""

    def _about_code(self, old: CodeType, new: CodeType, references: int) -> str:
        """Return what is not known of a function's code, or ''."""
        owners = len(self._owners.get(id(old), ()))
        if self._witness.was_read(old):
            return f"something has looked at the code of {called(old)}"
        if references != _OF_ITS_PLACE + owners + self._witness.has_run(old):
            return f"something holds the code of {called(old)}"
        if is_function(old) and not owners and not is_moved(old, new):
            return f"there is no function {called(old)} any more"
        return ""

    def _find_owners(self) -> None:
        loaded = [one for one in self._witness.modules.values() if one is not None]
        codes = {id(code) for one in loaded for code in inside(one.code)}
        files = {one.name: one.code.co_filename for one in loaded}
        for thing in gc.get_objects():
            # Not `isinstance`: that asks a proxy for what it stands for.
            if type(thing) is FunctionType:
                code = thing.__code__
                if id(code) in codes:
                    self._owners.setdefault(id(code), []).append(thing)
                elif code.co_filename in self._witness.modules:
                    self._others.add(code.co_filename)
            elif issubclass(type(thing), type):
                names = _names_in(thing)
                if LINE in names and (file := files.get(names.get("__module__"))):
                    self._classes.setdefault((file, names[LINE]), []).append(thing)


_names_in = type.__dict__["__dict__"].__get__
"""Returns what is defined in a class itself, whatever its metaclass says."""


def _references(pairs: Sequence[Pair]) -> list[int]:
    """Return how many there are to each code that is to be exchanged."""
    return [sys.getrefcount(old) for old, _ in pairs]


def _of_its_place() -> int:
    """Return how many there are to a code that only that code holds in which it stands."""
    place = compile("def function(): pass", "<place>", "exec")
    pairs = [(code, place) for code in place.co_consts if isinstance(code, CodeType)]
    return _references(pairs)[0]


_OF_ITS_PLACE = _of_its_place()
