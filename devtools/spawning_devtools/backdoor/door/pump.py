"""Bytes to and fro: which sockets are waited for, and what is read from and written to each."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable

from spawning_devtools.backdoor.door.client import Client, State

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Pump:
    """Keeps a selector for the clients' sockets and those of their sessions."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._masks: dict[socket.socket, int] = {}

    def attend(self, client: Client, hear: Callable[[int], None]) -> None:
        """Wait for what a client's sockets are ready for now; `hear` is told of its own."""
        reads = client.state is State.ARRIVED or (
            client.state in (State.WAITING, State.INSIDE) and client.inward.has_room
        )
        mask = (READ if reads else 0) | (WRITE if client.outward.waiting else 0)
        self._wait_for(client.sock, mask, hear)

    def attend_session(self, client: Client, hear: Callable[[int], None]) -> None:
        """Wait for what the session's end is ready for."""
        if client.session is None or client.session_ended:
            return
        mask = READ if client.outward.has_room else 0
        if client.inward.waiting:
            mask |= WRITE
        self._wait_for(client.session, mask, hear)

    def leave(self, sock: socket.socket) -> None:
        """Wait for a socket no more; before it is closed."""
        if self._masks.pop(sock, 0):
            self._selector.unregister(sock)

    def _wait_for(self, sock: socket.socket, mask: int, hear: Callable[[int], None]) -> None:
        before = self._masks.get(sock, 0)
        if mask == before:
            return
        if not mask:
            self._selector.unregister(sock)
        elif before:
            self._selector.modify(sock, mask, hear)
        else:
            self._selector.register(sock, mask, hear)
        self._masks[sock] = mask


def flush_in(client: Client) -> None:
    """Send a session what it takes; raises OSError where it is gone."""
    if client.session is None or client.session_ended:
        return
    client.inward.send(client.session)
    if client.inward.is_done and not client.has_shut:
        client.has_shut = True
        client.session.shutdown(socket.SHUT_WR)
