"""One request to the keeper of a server's coverage: HTTP, over its unix socket."""

from __future__ import annotations

import dataclasses
import http.client
import os
import socket

from spawning.errors import ServerNotFound, SpawningError
from spawning_devtools.cover.keeper.entrance import address_of
from spawning_devtools.credentials import user_behind

PATIENCE = 600.0
"""Seconds without a byte: a report is made while the server leaves time for it."""
PATH = "/_coverage"
BEHIND = 202
"""Status of an answer that comes before all workers have done it."""
REFUSED = 400


REMARK = "X-Coverage-Remark"
"""Header field of what coverage.py warned of, one each."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What the keeper says."""

    body: bytes
    is_complete: bool
    """Whether all workers have done what they were told."""
    remarks: tuple[str, ...]


def ask(controller: int, method: str, path: str) -> Answer:
    """Return the answer; raises ServerNotFound, and SpawningError with what the server says
    where there is no answer of another kind.
    """
    connection = _Connection(controller)
    try:
        connection.request(method, PATH + path)
        answer = connection.getresponse()
        body = answer.read()
    except ConnectionRefusedError:
        raise ServerNotFound(
            f"server {controller} does not measure which lines run", "start it with --coverage"
        ) from None
    except (http.client.RemoteDisconnected, ConnectionResetError):
        raise ServerNotFound(
            f"server {controller} gives no answer",
            "only the user who started it and root may ask; if that is you, try once more",
        ) from None
    except http.client.HTTPException:
        raise ServerNotFound(f"server {controller} ended before it had answered") from None
    except OSError as error:
        why = "it does not answer" if isinstance(error, TimeoutError) else error.strerror
        raise ServerNotFound(f"server {controller} cannot be asked: {why}") from None
    finally:
        connection.close()
    if answer.status >= REFUSED:
        raise SpawningError(body.decode("utf-8", "replace").strip().removesuffix("."))
    remarks = tuple(answer.headers.get_all(REMARK, ()))
    return Answer(body, answer.status != BEHIND, remarks)


class _Connection(http.client.HTTPConnection):
    """A connection to the keeper of a controller; raises ServerNotFound for a false one."""

    def __init__(self, controller: int) -> None:
        super().__init__("localhost")
        self._controller = controller

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # With a time limit, a full backlog would be an error.
        self.sock.connect(address_of(self._controller))
        self.sock.settimeout(PATIENCE)
        if os.geteuid() != 0 and user_behind(self.sock) not in (0, os.geteuid()):
            raise ServerNotFound(f"another user answers for server {self._controller}")
