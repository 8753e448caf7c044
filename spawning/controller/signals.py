"""Signals become bytes in a socket; what each means is a table.

HUP        start a new generation; stop gracefully, if our terminal is gone (see `hangup`)
TERM, INT  stop gracefully; INT once more: at once
QUIT       stop at once
USR1       open the logs anew
TTIN TTOU  one worker more, one fewer
CHLD       a child has died
"""

from __future__ import annotations

import contextlib
import enum
import os
import signal
import socket
from collections.abc import Iterator
from types import FrameType

from spawning.controller.hangup import is_gone, own_terminal


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


class Arrivals:
    """The signals that have come and were not looked at."""

    def __init__(self, sock: socket.socket, terminal: int | None) -> None:
        self._socket = sock
        self._terminal = terminal

    def fileno(self) -> int:
        """Return a descriptor that is readable while there are some."""
        return self._socket.fileno()

    def orders(self) -> list[Order]:
        """Return what they ask, and forget them."""
        try:
            numbers = self._socket.recv(4096)
        except BlockingIOError:
            return []
        orders = [ORDERS[signal.Signals(n)] for n in numbers if signal.Signals(n) in ORDERS]
        if Order.RELOAD in orders and is_gone(self._terminal):
            return [Order.STOP if order is Order.RELOAD else order for order in orders]
        return orders


@contextlib.contextmanager
def caught() -> Iterator[Arrivals]:
    """Deliver our signals to what this yields, until the block ends."""
    terminal = own_terminal()
    arrivals, departures = socket.socketpair()
    arrivals.setblocking(False)
    departures.setblocking(False)
    before = {number: signal.signal(number, _enqueued_by_python) for number in ORDERS}
    signal.set_wakeup_fd(departures.fileno(), warn_on_full_buffer=False)
    try:
        yield Arrivals(arrivals, terminal)
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in before.items():
            signal.signal(number, handler)
        arrivals.close()
        departures.close()
        if terminal is not None:
            os.close(terminal)


def _enqueued_by_python(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the interpreter has written the number to the wakeup descriptor."""
