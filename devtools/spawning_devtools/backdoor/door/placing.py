"""Where sessions are: entering, moving, waiting for a worker, losing one."""

from __future__ import annotations

import dataclasses
import socket
from collections import Counter
from collections.abc import Iterable, Iterator
from time import monotonic

from spawning.messages import Arrival, Stop
from spawning_devtools.backdoor.door import notices
from spawning_devtools.backdoor.door.choosing import CONTROLLER, choose, wanted
from spawning_devtools.backdoor.door.client import Client, State
from spawning_devtools.backdoor.door.workers import Workers

SESSIONS = 8
NEW = 5.0
"""Seconds for which a client still comes for what waits, also when it is moved: news of a
breakpoint may overtake those of the worker that it is in, and of its end.
"""
GRACE = 1.0
"""Seconds in which it turns out whether a session has ended, or its worker.

A process that is killed closes what it had one after the other, and on a busy machine others
have their turn between: a session that was taken for ended is lost to its client.
"""


class Placing:
    """The clients by number, and the workers that their sessions are in."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.clients: dict[int, Client] = {}
        self.is_stopping = False
        """Whether there will be no further worker."""

    def enter(self, client: Client) -> str:
        """Begin a client's session; return why not, or ''."""
        if sum(one.is_counted for one in self.clients.values()) >= SESSIONS:
            return f"there are {SESSIONS} sessions already, and no more are let in"
        client.new_until = monotonic() + NEW
        return self._begin(client)

    def begin_anew(self, client: Client) -> str:
        """A client turns out to be another kind of client; return why not, or ''.

        Its session begins once more, where it was: there it may have got what it came for.
        """
        client.lose_session()
        return self._begin(client, client.where)

    def came_back(self, worker_id: int, arrival: Arrival, descriptor: int) -> None:
        """A worker has given a session's end back, which goes elsewhere."""
        end = socket.socket(fileno=descriptor)
        client = self.clients.get(arrival.number)
        if client is None or client.state is not State.INSIDE or client.where != worker_id:
            end.close()
            return
        client.end = end
        # Only this much is the worker's to say: who the client is, it is not.
        client.arrival = dataclasses.replace(
            client.arrival, received=arrival.received, to=arrival.to, why=arrival.why
        )
        self._place(client)

    def ended(self, client: Client) -> None:
        """A client's session says nothing more: it has ended, or its worker has."""
        if client.where is not None and client.where in self._workers:
            client.deadline = monotonic() + GRACE
        else:
            self._move_from(client)

    def lost(self, worker_id: int) -> None:
        """A worker cannot be entered any more; it is known how it ended, or soon will be."""
        for client in self._inside(worker_id):
            if worker_id in self._workers.endings:
                self._move_from(client)
            else:
                client.deadline = monotonic() + GRACE

    def time_is_up(self, client: Client) -> bool:
        """A client with a session was waited for; return whether it has ended."""
        client.deadline = None
        if client.state is not State.INSIDE:
            return False
        if client.where is not None and client.where in self._workers:
            return client.session_ended
        self._move_from(client)
        return False

    def somebody_can_be_entered(self) -> None:
        """A worker has announced itself."""
        for client in list(self.clients.values()):
            if client.state is State.WAITING:
                self._place(client)

    def tell_of(self, worker_id: int, stops: Iterable[Stop]) -> None:
        """Tell clients elsewhere what waits in a worker."""
        for stop in stops:
            for client in self.clients.values():
                if client.is_counted and client.where != worker_id:
                    client.tell(notices.breakpoint_at(worker_id, stop))

    def tell_all(self, text: str) -> None:
        """Tell every client."""
        for client in self.clients.values():
            if client.is_counted:
                client.tell(notices.text(text))

    # ------------------------------------------------------------

    def _begin(self, client: Client, where: int | None = None) -> str:
        """Begin a client's session; where it names no worker, in the worker `where`."""
        try:
            to = wanted(client.arrival.about.get("to"))
        except ValueError as error:
            return str(error)
        if to is not None and to not in self._workers:
            return self._no_such(to)
        if to is None and where is not None and where in self._workers:
            to = where
        name = "" if to is None else _name(to)
        client.arrival = dataclasses.replace(client.arrival, why="", to=name)
        self._connect(client)
        self._place(client)
        return ""

    def _connect(self, client: Client) -> None:
        client.session, client.end = socket.socketpair()
        client.session.setblocking(False)
        client.session_ended = False

    def _move_from(self, client: Client) -> None:
        """A client's worker is gone: its session begins anew elsewhere."""
        assert client.where is not None
        why = self._workers.endings.get(client.where, f"worker {client.where} is gone")
        client.deadline = None
        client.lose_session()
        client.arrival = dataclasses.replace(client.arrival, received="", to="", why=why)
        self._connect(client)
        self._place(client)

    def _place(self, client: Client) -> None:
        """Hand the end of a client's session to a worker, or keep it until there is one."""
        assert client.end is not None
        is_new = monotonic() < client.new_until
        client.arrival = dataclasses.replace(client.arrival, is_new=is_new)
        refused: set[int] = set()
        for target in self._targets(client, refused):
            if self._workers.send(target, client.arrival, client.end.fileno()):
                client.end.close()
                client.end = None
                client.where, client.state = target, State.INSIDE
                return
            refused.add(target)
        if self.is_stopping:
            client.leave("the server has been stopped")
        elif client.state is not State.WAITING:
            client.state = State.WAITING
            client.tell(notices.text("there is no worker yet; waiting for one"))

    def _targets(self, client: Client, refused: set[int]) -> Iterator[int]:
        """Yield where a client's session may go, best first; `refused`: who did not take it."""
        arrival = client.arrival
        try:
            to = wanted(arrival.to)
        except ValueError as error:
            yield from self._back(client, str(error))
        else:
            if to is not None and to in self._workers:
                yield to
            if to is not None:
                yield from self._back(client, self._no_such(to))
        inside = Counter(one.where for one in self.clients.values() if one.state is State.INSIDE)
        sessions = {where: count for where, count in inside.items() if where is not None}
        leaves = client.where if arrival.why else None
        while True:
            rooms = self._workers.rooms(sessions)
            target = choose([room for room in rooms if room.worker_id not in refused], leaves)
            if target is None:
                return
            yield target

    def _back(self, client: Client, why: str) -> Iterator[int]:
        """Yield where the client was: it cannot go where it wants to."""
        client.arrival = dataclasses.replace(client.arrival, to="", why=why)
        if client.where is not None and client.where in self._workers:
            yield client.where

    def _inside(self, worker_id: int) -> list[Client]:
        return [
            client
            for client in self.clients.values()
            if client.state is State.INSIDE and client.where == worker_id
        ]

    def _no_such(self, worker_id: int) -> str:
        numbers = sorted(room.worker_id for room in self._workers.rooms({}))
        known = ", ".join(map(str, numbers)) or "none"
        return f"there is no worker {worker_id} to be entered; there are: {known}"


def _name(number: int) -> str:
    return "controller" if number == CONTROLLER else str(number)
