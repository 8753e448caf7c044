"""Signals become bytes in a socket; what each means is a table.

HUP        start a new generation
TERM, INT  stop gracefully; INT once more: at once
QUIT       stop at once
USR1       open the logs anew
TTIN TTOU  one worker more, one fewer
CHLD       a child has died
"""

from __future__ import annotations

import contextlib
import enum
import signal
import socket
from collections.abc import Iterator
from types import FrameType


class Order(enum.Enum):
    """What a signal asks of the controller."""

    RELOAD = "reload"
    STOP = "stop"
    INTERRUPT = "interrupt"
    STOP_AT_ONCE = "stop at once"
    REOPEN = "reopen"
    MORE = "more"
    FEWER = "fewer"
    REAP = "reap"


ORDERS = {
    signal.SIGHUP: Order.RELOAD,
    signal.SIGTERM: Order.STOP,
    signal.SIGINT: Order.INTERRUPT,
    signal.SIGQUIT: Order.STOP_AT_ONCE,
    signal.SIGUSR1: Order.REOPEN,
    signal.SIGTTIN: Order.MORE,
    signal.SIGTTOU: Order.FEWER,
    signal.SIGCHLD: Order.REAP,
}


@contextlib.contextmanager
def caught() -> Iterator[socket.socket]:
    """Deliver our signals to the socket that this yields, until the block ends."""
    arrivals, departures = socket.socketpair()
    arrivals.setblocking(False)
    departures.setblocking(False)
    before = {number: signal.signal(number, _enqueued_by_python) for number in ORDERS}
    signal.set_wakeup_fd(departures.fileno(), warn_on_full_buffer=False)
    try:
        yield arrivals
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
        arrivals.close()
        departures.close()


def arrived(arrivals: socket.socket) -> list[Order]:
    """Return the orders that have come, each kind of death once."""
    try:
        numbers = arrivals.recv(4096)
    except BlockingIOError:
        return []
    return [ORDERS[signal.Signals(n)] for n in numbers if signal.Signals(n) in ORDERS]


def _enqueued_by_python(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the interpreter has written the number to the wakeup descriptor."""
