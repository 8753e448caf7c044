"""The companion that serves the status page: what it is given and told."""

from __future__ import annotations

import dataclasses
import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from spawning import log
from spawning.config import Config
from spawning.controller.companion import Brief
from spawning.controller.retold import Retold
from spawning.messages import Chronicle, Message, StatusBoot
from spawning.scoreboard import Shape
from spawning.sockets import urls_of

PROGRAM = Path(__file__).resolve().parents[1] / "status"


def brief(
    config: Config,
    status_listeners: Sequence[socket.socket],
    listeners: Sequence[socket.socket],
    board: Shape,
) -> Brief:
    """Return what makes a companion the status page; `listeners` are the application's."""
    descriptors = tuple(sock.fileno() for sock in status_listeners)
    log.say(f"status page on {' '.join(f'{url}/status' for url in urls_of(status_listeners))}")
    boot = StatusBoot(
        config=dataclasses.asdict(config),
        listeners=descriptors,
        board=(board.descriptor, board.rows, board.slots),
        controller_pid=os.getpid(),
        started_at=time.time(),
        urls=tuple(urls_of(listeners)),
        inodes=tuple(os.fstat(sock.fileno()).st_ino for sock in listeners),
        chronicle=Chronicle(),
    )
    return Brief(
        name="the status page",
        arguments=[str(PROGRAM)],
        inherited=(*descriptors, board.descriptor),
        memory=Retold(boot),
        hear=_ignore,
    )


def _ignore(_message: Message) -> None:
    """The status page asks nothing of the controller."""
