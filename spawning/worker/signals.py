"""What signals mean to a worker, and to the processes that its application forks."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from spawning.messages import TELL_STACKS

_NOT_FOR_US = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1)
_HANDLED = (*_NOT_FOR_US, signal.SIGTERM)
_forks_one_of_us = False


def handle(terminate: Callable[[], None]) -> None:
    """Call `terminate` on SIGTERM, and take no notice of what the controller decides about."""
    take(terminate)
    faulthandler.register(TELL_STACKS, file=2)
    # Processes that it forks inherit handlers, and would not end when they are told to.
    # Blocked meanwhile: Python forgets signals that reach a child on its way out of fork.
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED),
        after_in_child=_obey_signals_again,
    )


def take(terminate: Callable[[], None]) -> None:
    """Do so again, in a forked process that is to be a worker itself."""
    # Ctrl-C reaches the whole process group, and the controller decides.  A handler that
    # does nothing, not SIG_IGN: programs that the application starts would inherit that.
    for number in _NOT_FOR_US:
        signal.signal(number, _do_nothing)
    signal.signal(signal.SIGTERM, lambda _number, _frame: terminate())
    # The controller has kept those from us that reach the process group while we start.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Have a process that is forked meanwhile take as little notice: it will be a worker itself.

    Or it would be ended by Ctrl-C, which is for the controller, until it calls `take`.
    """
    global _forks_one_of_us
    _forks_one_of_us = True
    try:
        yield
    finally:
        _forks_one_of_us = False


def _obey_signals_again() -> None:
    if not _forks_one_of_us:
        for number in _HANDLED:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)


def _do_nothing(_number: int, _frame: Any) -> None:
    pass
