"""The wire of one session: a native thread that receives, sends, and looks at the clock.

Rules:
1. Nobody else touches the socket or the front.  Others `put` messages, which is one
   operation that nothing can interrupt half-way, and wake the thread.
2. A client that does not read is not heard either: what waits for it is bounded, as far
   as those that put ask `is_full` first.
3. `Hears` is called in this thread only.
"""

from __future__ import annotations

import collections
import contextlib
import os
import select
import socket
from _thread import start_new_thread
from collections.abc import Callable
from signal import SIG_BLOCK, pthread_sigmask
from time import monotonic
from typing import Protocol

from spawning import log
from spawning.messages import TELL_STACKS
from spawning_devtools.backdoor.session.fronts import Front
from spawning_devtools.backdoor.session.wire import PIECE, Message

FULL = 1024
"""Messages that wait for the client."""
ENOUGH = 256
"""How many are left when it goes on."""
RECEIVE_SIZE = 65536
RENDERED = 65536
"""Bytes that wait in front of what is not rendered yet."""

# By name: with greenlets they become others.
_poll, _POLLIN, _POLLOUT = select.poll, select.POLLIN, select.POLLOUT
_NO_SIGNAL, _BOTH_WAYS = socket.MSG_NOSIGNAL, socket.SHUT_RDWR


class Hears(Protocol):
    """The session, as its wire sees it."""

    def begin(self) -> None:
        """The thread runs."""

    def do(self, request: Message) -> None:
        """Do what the client asks for."""

    def look(self, now: float) -> float | None:
        """Look at the clock; return when to look again, None where there is nothing to wait for."""

    def drained(self) -> None:
        """There is room; called often."""

    def over(self) -> None:
        """The client is gone, or given away."""


class Link:
    """Carries messages between one session and its client."""

    def __init__(self, sock: socket.socket, front: Front, hears: Hears) -> None:
        self._socket = sock
        self._front = front
        self._hears = hears
        self._outgoing: collections.deque[Message] = collections.deque()
        self._calls: collections.deque[Callable[[], None]] = collections.deque()
        self._bytes = b""
        self._waker = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._is_closing = False
        """Whether it ends when everything is sent."""
        self._has_ended = False
        """Whether the client says nothing more."""
        self._is_given_away = False
        self.is_over = False

    def start(self) -> None:
        """Begin."""
        self._socket.setblocking(False)
        start_new_thread(self._run, ())

    # ------------------------------------------------------------ from any thread

    def put(self, message: Message) -> None:
        """Have a message sent."""
        if not self.is_over:
            self._outgoing.append(message)
            self._wake()

    @property
    def is_full(self) -> bool:
        """Whether more would be too much."""
        return len(self._outgoing) >= FULL

    def call(self, call: Callable[[], None]) -> None:
        """Have the thread call something."""
        self._calls.append(call)
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # closed meanwhile
            os.eventfd_write(self._waker, 1)

    # ------------------------------------------------------------ from its own thread

    def close(self) -> None:
        """End when everything is sent."""
        self._is_closing = True

    def drop(self) -> None:
        """End now: the client has gone."""
        self.is_over = True

    @property
    def is_flushed(self) -> bool:
        """Whether nothing waits for the client."""
        return not (self._outgoing or self._bytes)

    def feed(self, data: bytes) -> None:
        """Take what the client has said."""
        try:
            requests = self._front.feed(data)
        except ValueError as error:
            self._outgoing.append({"say": "refused", "why": f"that is not understood: {error}"})
            self._is_closing = True
            return
        self._do(requests)

    def give_up(self) -> tuple[socket.socket, bytes]:
        """Return the open socket, which is the caller's, and what was received and not used."""
        self.is_over = self._is_given_away = True
        return self._socket, self._front.unused

    def take_back(self) -> None:
        """Keep the socket after all."""
        self.is_over = self._is_given_away = False

    def _do(self, requests: list[Message]) -> None:
        for request in requests:
            if not self.is_over and not self._is_closing:
                self._hears.do(request)

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        pthread_sigmask(SIG_BLOCK, [TELL_STACKS])  # as in `http.threads`
        try:
            self._hears.begin()
            while not self.is_over:
                self._turn()
        except Exception:
            log.say_bug("bug in the backdoor, please report it:")
        self.is_over = True
        self._outgoing.clear()
        self._hears.over()
        if not self._is_given_away:
            # A process that the application has forked may have it too, and live on.
            with contextlib.suppress(OSError):
                self._socket.shutdown(_BOTH_WAYS)
            self._socket.close()
        waker, self._waker = self._waker, -1
        os.close(waker)

    def _turn(self) -> None:
        self._render()
        self._send()
        look_at = self._hears.look(monotonic()) if not self.is_over else None
        if self._is_closing and self.is_flushed:
            self.is_over = True
        if self.is_over:
            return
        ready = self._wait(None if look_at is None else max(0.0, look_at - monotonic()) * 1000)
        if self._waker in ready:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._waker)
        while self._calls and not self.is_over:
            self._calls.popleft()()
        if ready.get(self._socket.fileno(), 0) & ~_POLLOUT and not self.is_over:
            self._receive()

    def _wait(self, milliseconds: float | None) -> dict[int, int]:
        poll = _poll()
        poll.register(self._waker, _POLLIN)
        hears = not (self._has_ended or self._is_closing or self.is_full)
        sends = not self.is_flushed
        poll.register(self._socket, (_POLLIN if hears else 0) | (_POLLOUT if sends else 0))
        return dict(poll.poll(milliseconds))

    def _receive(self) -> None:
        try:
            data = self._socket.recv(RECEIVE_SIZE)
        except BlockingIOError:
            return
        except OSError:
            self.is_over = True
            return
        if data:
            self.feed(data)
        elif self._has_ended:
            self.is_over = True  # both ways
        else:
            self._has_ended = True
            self._do(self._front.end())

    def _render(self) -> None:
        while len(self._bytes) < RENDERED and not self.is_over:
            if self._outgoing:
                self._bytes += self._front.render(self._next())
            elif requests := self._front.go_on():
                self._do(requests)
            else:
                self._bytes += self._front.settle()
                break
        if len(self._outgoing) <= ENOUGH:
            self._hears.drained()

    def _next(self) -> Message:
        """Return what is to be sent next: pieces of one output together."""
        message = self._outgoing.popleft()
        if message["say"] != "out":
            return message
        stream, texts, size = message["stream"], [message["text"]], len(message["text"])
        while self._outgoing and size < PIECE:
            following = self._outgoing[0]
            if following["say"] != "out" or following["stream"] != stream:
                break
            self._outgoing.popleft()
            texts.append(following["text"])
            size += len(following["text"])
        return {"say": "out", "text": "".join(texts), "stream": stream}

    def _send(self) -> None:
        try:
            while self._bytes:
                self._bytes = self._bytes[self._socket.send(self._bytes, _NO_SIGNAL) :]
        except BlockingIOError:
            pass
        except OSError:
            self.is_over = True
