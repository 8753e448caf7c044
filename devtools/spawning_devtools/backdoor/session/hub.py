"""Statements with `--threads 0`: in a greenlet on the hub, as the application's handlers.

Rules:
1. Import this only where greenlets answer requests: it imports eventlet.
2. Who interrupts is in another thread, and cannot know which greenlet runs by the time
   that an exception would come.  So the hub's thread is sent a signal, and its handler,
   which runs in that thread between two instructions, looks: if the greenlet runs, it
   raises there; if it waits, the loop throws into it.  A call that blocks in the kernel
   ends with the signal too.
3. The application's other greenlets never see any of it.
"""

from __future__ import annotations

import collections
import os
import signal
import sys
from collections.abc import Callable, Hashable
from types import FrameType
from typing import Any

# First: it silences what eventlet warns of when it is imported.
import spawning.http.greenlets  # noqa: F401  isort: skip
import greenlet
from eventlet.hubs import get_hub

from spawning_devtools.backdoor.session.natives import get_ident, get_native_id
from spawning_devtools.backdoor.session.strands import Job, Target, ThreadTarget, perform
from spawning_devtools.backdoor.session.waits import ThreadWait, Wait

INTERRUPT = signal.SIGRTMAX - 1
"""TELL_STACKS is the one after it."""

CallSoon = Callable[[Callable[[], None]], None]


class Hub:
    """The thread whose greenlets answer requests."""

    def __init__(self, call_soon: CallSoon) -> None:
        self.call_soon = call_soon
        self._struck: set[GreenletTarget] = set()
        self.thread = 0
        if get_native_id() == os.getpid():
            self._settle_in()
        else:
            call_soon(self._settle_in)

    def _settle_in(self) -> None:
        self.thread = get_ident()
        signal.signal(INTERRUPT, self._look)

    def strike(self, target: GreenletTarget) -> None:
        """Interrupt a greenlet that is or was about to run; from any thread."""
        self._struck.add(target)
        if self.thread:
            signal.pthread_kill(self.thread, INTERRUPT)

    def _look(self, _number: int, _frame: FrameType | None) -> None:
        me = greenlet.getcurrent()
        for target in list(self._struck):
            if target.greenlet is me:
                self._struck.discard(target)
                raise KeyboardInterrupt
            self.call_soon(lambda target=target: self._throw(target))  # type: ignore[misc]

    def _throw(self, target: GreenletTarget) -> None:
        if target in self._struck and target.waits:
            self._struck.discard(target)
            target.greenlet.throw(KeyboardInterrupt)

    def take_back(self, target: GreenletTarget) -> None:
        """What has not struck this one never will."""
        self._struck.discard(target)

    def here(self) -> tuple[Target, Callable[[], Hashable]]:
        """Return what the caller is to whoever interrupts it, and what tells whether it is it."""
        if get_ident() != self.thread:
            return ThreadTarget(), get_ident  # of a pool
        return GreenletTarget(self), greenlet.getcurrent

    def new_wait(self) -> Wait:
        """Return what the calling greenlet can wait for; others are served meanwhile."""
        current = greenlet.getcurrent()
        # The hub itself, and what runs in no greenlet, have nobody to give way to.
        if current.parent is None or current is get_hub().greenlet:
            return ThreadWait()
        return GreenletWait(self.call_soon)

    def strand(self) -> GreenletStrand:
        """Return what runs the statements of one session."""
        return GreenletStrand(self)


class GreenletWait:
    """A wait of a greenlet, which gives way to the hub; implements `Wait`."""

    def __init__(self, call_soon: CallSoon) -> None:
        self._call_soon = call_soon
        self._greenlet: Any = None
        self._ended = False
        self._value: Any = None
        self._error: BaseException | None = None

    def end(self, value: Any = None, error: BaseException | None = None) -> bool:
        """End the wait; return False where it has ended before."""
        if self._ended:
            return False
        self._value, self._error, self._ended = value, error, True
        self._call_soon(self._wake)
        return True

    def _wake(self) -> None:
        waiter, self._greenlet = self._greenlet, None
        if waiter is not None:
            waiter.switch()

    def take(self) -> Any:
        """Return the value, or raise the error, when it has ended."""
        if not self._ended:
            self._greenlet = greenlet.getcurrent()
            try:
                get_hub().switch()
            finally:
                self._greenlet = None  # interrupted: it must not be switched to for this any more
        if self._error is not None:
            raise self._error
        return self._value


class GreenletTarget:
    """What runs in a greenlet; implements `Target`."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.greenlet: Any = None

    def begin(self) -> None:
        """The calling greenlet can be interrupted from now on."""
        self.greenlet = greenlet.getcurrent()

    def end(self) -> None:
        """It cannot any more."""
        while True:
            try:
                self.greenlet = None
                self._hub.take_back(self)
                return
            except KeyboardInterrupt:
                continue

    def strike(self) -> bool:
        """Raise KeyboardInterrupt in it; return whether it runs."""
        if self.greenlet is None:
            return False
        self._hub.strike(self)
        return True

    def new_wait(self) -> Wait:
        """Return what the calling greenlet can wait for; it is interrupted where it waits."""
        return self._hub.new_wait()

    @property
    def waits(self) -> bool:
        """Whether it has given way."""
        return self.greenlet is not None and self.greenlet.gr_frame is not None

    @property
    def hogs(self) -> bool:
        """Whether it keeps the hub from turning now."""
        return self.greenlet is not None and self.greenlet.gr_frame is None

    def frame(self) -> FrameType | None:
        """Return where it is."""
        if self.greenlet is None:
            return None
        frame: FrameType | None = self.greenlet.gr_frame
        return frame or sys._current_frames().get(self._hub.thread)


class GreenletStrand:
    """A greenlet of the session's own; implements `Strand`."""

    def __init__(self, hub: Hub) -> None:
        self.target: Target = GreenletTarget(hub)
        self._hub = hub
        self._jobs: collections.deque[Job | Callable[[], None]] = collections.deque()
        self._greenlet: Any = None
        self._is_idle = True

    def submit(self, job: Job) -> None:
        """Have a job run after those before it."""
        self._jobs.append(job)
        self._hub.call_soon(self._turn)

    def close(self, goodbye: Callable[[], None]) -> None:
        """Take no more jobs."""
        self._jobs.append(goodbye)
        self._hub.call_soon(self._turn)

    def _turn(self) -> None:
        if self._is_idle and self._jobs:
            if self._greenlet is None:
                self._greenlet = greenlet.greenlet(self._work, get_hub().greenlet)
            self._is_idle = False
            self._greenlet.switch()

    def _work(self) -> None:
        while True:
            while self._jobs:
                job = self._jobs.popleft()
                if not isinstance(job, Job):
                    job()
                    return
                perform(job, self.target)
            self._is_idle = True
            get_hub().switch()
