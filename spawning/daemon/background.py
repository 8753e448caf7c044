"""A server that goes on when its command has returned.

The command forks a process that belongs to no terminal, and waits until that
one serves or ends.  Two pipes lead back to it: by the one, what the server says
meanwhile reaches the terminal (and the file of --stderr as well); the other one
says how it went, a line each:

    pid 4711     who is starting
    serving      done: the command returns 0
    ended 3      it did not come to that; the command returns the same

End of file without a word means that it died.  Ctrl-C of the waiting command
stops the start; once more, at once.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
from collections.abc import Callable, Iterator
from types import FrameType

from spawning import log
from spawning.errors import DiedInBackground
from spawning.streams import STDERR, STDIN, STDOUT, Streams

INTERRUPTED = 130
_STOPS_THE_START = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def in_background(work: Callable[[Callable[[], None]], int], streams: Streams) -> int:
    """Run `work` in the background, and return here when it calls what it is given, or ends.

    Returns twice, in both processes: an exit code.  `work` runs where its standard
    error reaches us until then, and where standard output is in place already.
    """
    log.flush_standard_streams()
    outcome, outcome_end = os.pipe()
    voice, voice_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(outcome)
        os.close(voice)
        _leave_the_terminal(voice_end, streams)
        return _report(outcome_end, work, streams)
    os.close(outcome_end)
    os.close(voice_end)
    os.waitpid(child, 0)
    return _Vigil(outcome, voice, streams.error_of_children).keep()


def _leave_the_terminal(voice: int, streams: Streams) -> None:
    os.setsid()
    if os.fork():
        os._exit(0)  # a process that leads no session never gets a terminal again
    nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.dup2(nothing, STDIN)
    os.close(nothing)
    streams.install(STDOUT)
    os.dup2(voice, STDERR)
    os.close(voice)
    # A command that was itself started in the background may have it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _report(outcome: int, work: Callable[[Callable[[], None]], int], streams: Streams) -> int:
    serves = False

    def tell(line: str) -> None:
        with contextlib.suppress(OSError):  # nobody waits any more
            os.write(outcome, f"{line}\n".encode())

    def served() -> None:
        nonlocal serves
        streams.install(STDERR)
        tell("serving")
        os.close(outcome)
        serves = True

    tell(f"pid {os.getpid()}")
    code = work(served)
    if not serves:
        tell(f"ended {code}")
    return code


class _Vigil:
    """The command that waits."""

    def __init__(self, outcome: int, voice: int, copy: int | None) -> None:
        self._outcome = outcome
        self._voice = voice
        self._copy = copy
        """The file that what is said goes to as well."""
        self._pid = 0
        self._code: int | None = None
        self._interrupts = 0

    def keep(self) -> int:
        """Wait; return the exit code, or raise DiedInBackground."""
        with selectors.DefaultSelector() as selector, _interruptible():
            selector.register(self._outcome, selectors.EVENT_READ, self._hear_outcome)
            selector.register(self._voice, selectors.EVENT_READ, self._hear_voice)
            while self._outcome in selector.get_map():
                try:
                    for key, _events in selector.select():
                        if not key.data():
                            selector.unregister(key.fd)
                except KeyboardInterrupt:
                    self._interrupts += 1
                    self._pass_on()
        os.set_blocking(self._voice, False)
        while self._hear_voice():
            pass
        if self._interrupts:
            return INTERRUPTED
        if self._code is None:
            raise DiedInBackground(
                "the server died before it served", "start it without --daemonize to see why"
            )
        return self._code

    def _hear_outcome(self) -> bool:
        """Take note of what has happened; return whether more may come."""
        said = os.read(self._outcome, 4096)
        for line in said.decode().splitlines():
            match line.split():
                case ["pid", number]:
                    self._pid = int(number)
                    if self._interrupts:
                        self._pass_on()
                case ["serving"]:
                    self._code = 0
                case ["ended", number]:
                    self._code = int(number)
        return bool(said)

    def _hear_voice(self) -> bool:
        """Repeat what was said; return whether more may come."""
        try:
            said = os.read(self._voice, 65536)
        except BlockingIOError:
            return False
        for number in (STDERR, self._copy):
            if number is not None and said:
                with contextlib.suppress(OSError):
                    os.write(number, said)
        return bool(said)

    def _pass_on(self) -> None:
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGINT if self._interrupts == 1 else signal.SIGKILL)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let whatever ends a command interrupt the wait."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _STOPS_THE_START}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
