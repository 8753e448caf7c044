"""The wire: a message as one line of JSON, and the channel that carries such lines."""

from __future__ import annotations

import dataclasses
import json
import socket

# By name, before anything monkey-patches it: native threads of a worker send too.
from _thread import allocate_lock
from types import MappingProxyType
from typing import Any

from spawning.messages import (
    of_backdoor,
    of_code,
    of_coverage,
    of_debuggers,
    of_factories,
    of_questions,
    of_snapshots,
    of_status,
    of_workers,
)
from spawning.messages.message import Message

RECEIVE_SIZE = 65536

_KINDS = MappingProxyType(
    {
        name: kind
        for module in (
            of_workers,
            of_debuggers,
            of_backdoor,
            of_code,
            of_coverage,
            of_snapshots,
            of_status,
            of_factories,
            of_questions,
        )
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, Message)
    }
)


def encode(message: Message) -> bytes:
    """Return `message` as one line."""
    return json.dumps(_plain(message), separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Message:
    """Return the message of one line; ValueError where it is not one of ours."""
    try:
        message = json.loads(line, object_hook=_revive)
    except (TypeError, RecursionError) as error:
        raise ValueError(f"not a message: {line[:80]!r}") from error
    if not isinstance(message, Message):
        raise ValueError(f"not a message: {line[:80]!r}")
    return message


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        fields = dataclasses.fields(value)
        return {"type=": type(value).__name__} | {
            field.name: _plain(getattr(value, field.name)) for field in fields
        }
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def _revive(fields: dict[str, Any]) -> Any:
    name = fields.pop("type=", None)
    if name is None:
        return fields
    if not isinstance(name, str) or name not in _KINDS:
        raise ValueError(f"unknown message {name!r}")
    return _KINDS[name](**{key: _frozen(value) for key, value in fields.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


class Channel:
    """One end of a socket pair that carries messages and never blocks."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._unsent = bytearray()
        self._partial = bytearray()
        self._lock = allocate_lock()
        self.ended = False
        """Whether the other side is gone."""

    def fileno(self) -> int:
        """Return the descriptor, for a selector."""
        return self._socket.fileno()

    @property
    def wants_write(self) -> bool:
        """Whether something waits for the socket to become writable."""
        return bool(self._unsent)

    def send(self, message: Message) -> None:
        """Send `message` now or as soon as `flush` can; a dead peer is not an error here.

        Callable from any thread.
        """
        line = encode(message)
        with self._lock:
            self._unsent += line
            self._flush()

    def flush(self) -> None:
        """Send what waits, as far as the kernel takes it."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: self._socket.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            # The reader learns of the death by end of file; two reports would race.
            self._unsent.clear()

    def receive(self) -> list[Message]:
        """Return all the messages that have arrived; sets `ended` at end of file."""
        while True:
            try:
                data = self._socket.recv(RECEIVE_SIZE)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                self.ended = True
                break
            self._partial += data
        *lines, rest = bytes(self._partial).split(b"\n")
        self._partial = bytearray(rest)
        return [decode(line) for line in lines]

    def finish(self) -> None:
        """Send what waits, blocking for it: the last thing that a dying process says."""
        self._socket.setblocking(True)
        self.flush()

    def close(self) -> None:
        """Close this end."""
        self._socket.close()
