"""Every message between our processes, and the channel that carries them.

Rules:
1. A message is a frozen dataclass of plain values, and this file declares all of them.
2. On the wire it is one line of JSON, so a worker that runs as another user can
   hand the controller data but never code.
3. A channel never blocks: what the kernel does not take waits in the channel
   until its owner's loop says that the socket is writable.
4. End of file means that the other side is gone.
"""

from __future__ import annotations

import dataclasses
import json
import socket
from typing import Any

RECEIVE_SIZE = 65536


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """Anything that crosses a channel."""


# ---------------------------------------------------------------- controller to worker


@dataclasses.dataclass(frozen=True, slots=True)
class Boot(Message):
    """The first message to a worker: everything that it needs to live."""

    worker_id: int
    generation: int
    config: dict[str, Any]
    listeners: tuple[int, ...]
    """File descriptors of the listening sockets, inherited."""
    inbox: int
    """File descriptor from which a serving worker takes over connections."""
    outbox: int
    """File descriptor to which a draining worker gives its connections."""
    gate: int
    """File descriptor of the shared word that names the serving generation."""
    sys_path: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class OpenGate(Message):
    """Your generation serves from now on: accept connections."""


@dataclasses.dataclass(frozen=True, slots=True)
class Drain(Message):
    """Begin no further request; finish those in flight, then exit."""

    successor: bool
    """Whether other workers take over the connections that stay open."""


# ---------------------------------------------------------------- worker to controller


@dataclasses.dataclass(frozen=True, slots=True)
class Ready(Message):
    """The application is imported; the gate may open."""


@dataclasses.dataclass(frozen=True, slots=True)
class Frame(Message):
    """One frame of a traceback, outermost first."""

    file: str
    line: int
    function: str
    source: str
    in_project: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Failed(Message):
    """The application could not be loaded; the worker exits after this."""

    found: bool
    """False: no such module or attribute.  True: it exists and failed inside."""
    type: str
    message: str
    file: str
    """Where to look: the project's own last frame, or a SyntaxError's position."""
    line: int
    column: int
    """1-based; 0 where no column is known."""
    frames: tuple[Frame, ...]
    hint: str


@dataclasses.dataclass(frozen=True, slots=True)
class InFlight(Message):
    """A request that is being answered."""

    method: str
    target: str
    seconds: float


@dataclasses.dataclass(frozen=True, slots=True)
class Draining(Message):
    """Sent by a draining worker when it begins to drain, and while it goes on."""

    requests: tuple[InFlight, ...]


# ---------------------------------------------------------------- about the code that runs


@dataclasses.dataclass(frozen=True, slots=True)
class Module(Message):
    """A module that a worker has loaded from a file."""

    name: str
    file: str
    """Absolute path of the source file."""
    is_package: bool


@dataclasses.dataclass(frozen=True, slots=True)
class DynamicImport(Message):
    """`importer` asked for `imported` by `importlib.import_module` and its like."""

    importer: str
    imported: str


@dataclasses.dataclass(frozen=True, slots=True)
class Graph(Message):
    """What a worker imported since its last report, in the order in which it started.

    A worker sends the first one just before `Ready` or `Failed`, and another
    whenever modules were loaded later.  The controller passes them to the
    companion and does not look inside.
    """

    generation: int
    application: str
    """Name of the module that the user named."""
    modules: tuple[Module, ...]
    dynamic: tuple[DynamicImport, ...]
    missing: tuple[str, ...]
    """Full names of modules that were looked for and not found."""
    search_path: tuple[str, ...]
    """The worker's `sys.path`, absolute."""


# ---------------------------------------------------------------- controller to companion


@dataclasses.dataclass(frozen=True, slots=True)
class Begun(Message):
    """A generation is being started; `wall` is the time of day, in seconds since the epoch."""

    generation: int
    wall: float


@dataclasses.dataclass(frozen=True, slots=True)
class Serving(Message):
    """A generation has taken over."""

    generation: int


@dataclasses.dataclass(frozen=True, slots=True)
class Abandoned(Message):
    """A generation failed; the one before it goes on serving."""

    generation: int


# ---------------------------------------------------------------- companion to controller


@dataclasses.dataclass(frozen=True, slots=True)
class Reload(Message):
    """Start a new generation."""

    cause: str
    """For the log: `views.py changed (views <- urls <- app)`."""
    since: float
    """When the first change was seen, on the clock of `time.monotonic()`."""


_KINDS: dict[str, type[Message]] = {
    kind.__name__: kind
    for kind in list(globals().values())
    if isinstance(kind, type) and issubclass(kind, Message)
}


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
    return _KINDS[name](
        **{key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
    )


class Channel:
    """One end of a socket pair that carries messages and never blocks."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._unsent = bytearray()
        self._partial = bytearray()
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
        """Send `message` now or as soon as `flush` can; a dead peer is not an error here."""
        self._unsent += encode(message)
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as the kernel takes it."""
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
