"""The clients, and what becomes of what they and their sessions say."""

from __future__ import annotations

import selectors
from functools import partial
from time import monotonic

from spawning import log
from spawning_devtools.backdoor.door import pump
from spawning_devtools.backdoor.door.client import LONGEST_LINE, Client, State
from spawning_devtools.backdoor.door.placing import Placing
from spawning_devtools.backdoor.door.pump import READ, Pump
from spawning_devtools.backdoor.door.reception import Enter, FirstLine, Leave, Stay, Step

ARRIVALS = 64
"""Clients that are not in yet; of more, the oldest is dropped."""


class Conversations:
    """All of them."""

    def __init__(self, selector: selectors.BaseSelector, placing: Placing) -> None:
        self._placing = placing
        self._clients = placing.clients
        self._pump = Pump(selector)
        self._said: set[str] = set()

    def begin(self, client: Client) -> None:
        """Somebody was let near enough to speak."""
        self._clients[client.number] = client
        client.unwatch = self._pump.leave
        assert client.reception is not None
        self._take(client, client.reception.begin())
        arrived = [one for one in self._clients.values() if one.state is State.ARRIVED]
        if len(arrived) > ARRIVALS:
            self._forget(arrived[0])

    def say_once(self, text: str) -> None:
        """Tell the user of the server, not more often than once."""
        if text not in self._said:
            self._said.add(text)
            log.say(text)

    # ------------------------------------------------------------ the loop

    @property
    def wake_at(self) -> float | None:
        """When `look_at_the_clock` has something to do, on the monotonic clock."""
        times = [client.deadline for client in self._clients.values()]
        return min((at for at in times if at is not None), default=None)

    def look_at_the_clock(self, now: float) -> None:
        """Do what is due."""
        for client in list(self._clients.values()):
            if client.deadline is None or now < client.deadline:
                continue
            if client.state is State.LEAVING:
                self._forget(client)
            elif client.reception is not None:
                self._take(client, client.reception.silence())
            elif self._placing.time_is_up(client):
                client.leave()

    def attend(self) -> None:
        """Wait for what can be done with each client now."""
        for client in list(self._clients.values()):
            try:
                client.outward.send(client.sock)
            except OSError:
                self._forget(client)
                continue
            if client.state is State.LEAVING and not client.outward.waiting:
                self._forget(client)
                continue
            self._flush_in(client)
            self._pump.attend(client, partial(self._hear, client))
            self._pump.attend_session(client, partial(self._hear_session, client))

    def _flush_in(self, client: Client) -> None:
        try:
            pump.flush_in(client)
        except OSError:
            self._session_ended(client)

    # ------------------------------------------------------------ what is heard

    def _hear(self, client: Client, mask: int) -> None:
        try:
            self._listen_to(client, mask)
        except Exception:
            # Whatever a client has found that we have not thought of is its own loss.
            log.say_bug("bug in the backdoor, please report it:")
            self._forget(client)

    def _listen_to(self, client: Client, mask: int) -> None:
        if not mask & READ or client.state is State.LEAVING:
            return
        try:
            data = client.inward.receive(client.sock)
        except OSError:
            self._forget(client)
            return
        if client.reception is not None:
            if client.inward.ended:
                self._forget(client)
            elif data:
                self._take(client, client.reception.hear(data))
        elif data and self._passes(client, data):
            client.leave(f"no line may be longer than {LONGEST_LINE} bytes")
        elif client.inward.ended and client.state is State.WAITING:
            self._forget(client)

    def _passes(self, client: Client, data: bytes) -> bool:
        """Pass on what a client with a session says; return whether its line is too long."""
        if client.first_line is not None:
            match client.first_line.hear(data):
                case Leave(_, said):
                    self.say_once(said)
                    self._forget(client)
                    return False
                case Enter(plain, about, rest):
                    client.first_line = None
                    client.has_said(plain, about)
                    if why := self._placing.begin_anew(client):
                        client.leave(why)
                        return False
                    data = rest
                case bytes(passed):
                    data = passed
        return client.take_in(data)

    def _hear_session(self, client: Client, mask: int) -> None:
        if not mask & READ or client.session is None:
            return
        try:
            data = client.outward.receive(client.session)
        except OSError:
            data, client.outward.ended = b"", True
        if data:
            client.take_out(data)
        elif client.outward.ended:
            client.outward.ended = False
            self._session_ended(client)

    def _session_ended(self, client: Client) -> None:
        if client.session is not None and not client.session_ended:
            self._pump.leave(client.session)
            client.session_ended = True
            self._placing.ended(client)

    # ------------------------------------------------------------ first words

    def _take(self, client: Client, step: Step) -> None:
        match step:
            case Stay(seconds, say):
                client.deadline = monotonic() + seconds
                client.outward.put(say)
            case Enter(plain, about, rest):
                client.reception, client.deadline = None, None
                client.has_said(plain, about)
                client.first_line = FirstLine() if plain else None
                if why := self._placing.enter(client):
                    client.leave(why)
                else:
                    client.take_in(rest)
            case Leave(why, said):
                if said:
                    self.say_once(said)
                client.leave(why)

    def _forget(self, client: Client) -> None:
        if self._clients.pop(client.number, None) is not None:
            client.close()
