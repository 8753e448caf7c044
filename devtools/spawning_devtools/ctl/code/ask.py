"""One question to the watcher of a server, one answer."""

from __future__ import annotations

import os
import socket
from typing import TypeVar

from spawning.errors import ServerNotFound, UsageError
from spawning.messages import Message, Unanswered, decode, encode
from spawning_devtools.credentials import user_behind
from spawning_devtools.ctl.code import servers
from spawning_devtools.reload.conductor.door import address_of

PATIENCE = 60.0
"""Seconds: the watcher first reads what it has not yet read, and that may be much."""

A = TypeVar("A", bound=Message)


def ask(pid: int | None, question: Message, kind: type[A]) -> A:
    """Return the answer; raises ServerNotFound or UsageError."""
    controller = servers.find(pid)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        try:
            sock.connect(address_of(controller))  # with a time limit, a full backlog is an error
            sock.settimeout(PATIENCE)
            if os.geteuid() != 0 and user_behind(sock) not in (0, os.geteuid()):
                raise ServerNotFound(f"another user answers for server {controller}")
            sock.sendall(encode(question))
            with sock.makefile("rb") as lines:
                line = lines.readline()
        except ConnectionRefusedError:
            raise ServerNotFound(
                f"server {controller} does not watch its code", "start it with --reload=dev"
            ) from None
        except OSError as error:
            why = "it does not answer" if isinstance(error, TimeoutError) else error.strerror
            raise ServerNotFound(f"server {controller} cannot be asked: {why}") from None
    if not line:
        raise ServerNotFound(
            f"server {controller} gives no answer",
            "only the user who started it and root may ask; if that is you, try once more",
        )
    answer = decode(line)
    if isinstance(answer, Unanswered):
        raise UsageError(answer.why, answer.hint)
    if not isinstance(answer, kind):
        raise UsageError(f"server {controller} gives an answer of another version of Spawning")
    return answer
