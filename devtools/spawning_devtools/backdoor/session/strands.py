"""What runs the statements of one session: a thread, or a greenlet (`hub`).

Rules:
1. A strand runs one job after the other.  A job has a body, which can be interrupted, and
   what is done after it, which cannot: whoever presses Ctrl-C as a statement ends strikes
   nothing of ours, and not the next statement.
2. A strand that waits for the client (`waits`) is interrupted by ending the wait; one that
   computes, by an exception that comes with its next instruction of Python.  What it calls
   in C and blocks there is not interrupted, in a thread.
"""

from __future__ import annotations

import dataclasses
import sys

# By name, before anything monkey-patches them.
from _thread import allocate_lock, get_ident
from collections.abc import Callable
from queue import SimpleQueue
from signal import SIG_BLOCK, pthread_sigmask
from threading import Thread
from types import FrameType
from typing import Protocol

from spawning import log
from spawning.messages import TELL_STACKS
from spawning_devtools.backdoor.session.waits import ThreadWait, Wait


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """Something to run."""

    body: Callable[[], bool]
    """Returns whether it went well; handles its own exceptions, KeyboardInterrupt included."""
    after: Callable[[bool], None]


class Target(Protocol):
    """Something that can be interrupted while it runs."""

    def begin(self) -> None:
        """The caller can be interrupted from now on."""

    def end(self) -> None:
        """It cannot any more; what has not struck yet never will.  Called where it runs."""

    def strike(self) -> bool:
        """Raise KeyboardInterrupt in it; return whether it runs.  From any thread."""

    def new_wait(self) -> Wait:
        """Return what the caller, which runs, can wait for; `strike` ends the wait."""

    def frame(self) -> FrameType | None:
        """Return where it is, as far as that is known."""

    @property
    def hogs(self) -> bool:
        """Whether it keeps a loop from turning now."""


class Strand(Protocol):
    """Runs jobs."""

    target: Target
    """The job that runs."""

    def submit(self, job: Job) -> None:
        """Have a job run after those before it."""

    def close(self, goodbye: Callable[[], None]) -> None:
        """Take no more jobs; `goodbye` is called where they ran, when the last one is done."""


class ThreadTarget:
    """What runs in a native thread; implements `Target`."""

    hogs = False

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._thread = 0
        """The thread in which it runs, 0 while it does not."""
        self._wait: Wait | None = None
        self._is_struck = False

    def begin(self) -> None:
        """The calling thread can be interrupted from now on."""
        self._thread = get_ident()

    def end(self) -> None:
        """It cannot any more."""
        while True:
            try:
                with self._lock:
                    self._thread, self._wait = 0, None
                if self._is_struck:
                    # Not taken back, but taken here: Python before 3.13 would look for one that
                    # was taken back at each step from then on, and 3.11 hang where it is traced.
                    raise_in(get_ident(), KeyboardInterrupt)
                    while True:
                        pass
                return
            except KeyboardInterrupt:
                self._is_struck = False

    def strike(self) -> bool:
        """Raise KeyboardInterrupt in it; return whether it runs."""
        with self._lock:
            if not self._thread:
                return False
            wait = self._wait
            if wait is None or not wait.end(error=KeyboardInterrupt()):
                self._is_struck = True
                raise_in(self._thread, KeyboardInterrupt)
            return True

    def new_wait(self) -> Wait:
        """Return what the calling thread can wait for."""
        self._wait = ThreadWait()
        return self._wait

    def frame(self) -> FrameType | None:
        """Return where the thread is."""
        return sys._current_frames().get(self._thread)


class ThreadStrand:
    """A thread of the session's own; implements `Strand`."""

    def __init__(self, name: str) -> None:
        self.target: Target = ThreadTarget()
        self._jobs: SimpleQueue[Job | Callable[[], None]] = SimpleQueue()
        self._name = name
        self._is_started = False

    def submit(self, job: Job) -> None:
        """Have a job run after those before it."""
        if not self._is_started:
            self._is_started = True
            # A daemon: a statement that hangs must not hold the worker's exit.
            Thread(target=self._work, name=self._name, daemon=True).start()
        self._jobs.put(job)

    def close(self, goodbye: Callable[[], None]) -> None:
        """Take no more jobs."""
        if self._is_started:
            self._jobs.put(goodbye)
        else:
            goodbye()

    def _work(self) -> None:
        pthread_sigmask(SIG_BLOCK, [TELL_STACKS])  # as in `http.threads`
        while isinstance(job := self._jobs.get(), Job):
            perform(job, self.target)
        job()


def perform(job: Job, target: Target) -> None:
    """Run a job; nothing leaves here."""
    is_well = False
    try:
        try:
            target.begin()
            is_well = job.body()
        finally:
            target.end()
    except KeyboardInterrupt:
        target.end()  # it came when the body had already handled all that it could
        is_well = False
    except BaseException:
        log.say_bug("bug in the backdoor, please report it:")
    job.after(is_well)


def raise_in(thread: int, exception: type[BaseException]) -> None:
    """Raise an exception in a thread with its next instruction of Python."""
    import ctypes  # here, because few sessions interrupt anything

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))
