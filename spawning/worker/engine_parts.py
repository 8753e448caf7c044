"""What a worker's engine is made of, as the configuration says."""

from __future__ import annotations

import os
import random
import socket
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from spawning import log, sockets
from spawning.access_log import AccessLog, Origin, open_log
from spawning.config import Config
from spawning.gate import MOST_SHARES, Gate
from spawning.http.engine import Engine
from spawning.http.gateway import Gateway
from spawning.http.limits import Limits
from spawning.http.peers import Peers
from spawning.http.share import Share
from spawning.messages import Boot, InFlight
from spawning.scoreboard import Row, Scoreboard, Shape
from spawning.slot import NO_SLOT
from spawning.worker.quota import Counted, limit_of
from spawning.wsgi.body_limit import limit_bodies
from spawning.wsgi.environ import Endpoint, EnvironOf, endpoint, environ_of
from spawning.wsgi.forwarded import environ_behind
from spawning.wsgi.handler import Handler
from spawning.wsgi.mounts import mounted
from spawning.wsgi.timeouts import Timed

FOR_EVER = 2_000_000.0
"""Seconds: poll() counts milliseconds in an int, which holds no more than 24 days."""


def limits_of(config: Config) -> Limits:
    """Return what a client may take."""
    return Limits(
        line_size=config.limit_request_line,
        head_size=config.limit_request_head,
        head_fields=config.limit_request_fields,
        head_time=_time(config.header_timeout),
        body_time=_time(config.body_timeout),
        write_time=_time(config.write_timeout),
        keep_alive_time=0.0 if config.no_keepalive else min(config.keepalive_timeout, FOR_EVER),
    )


def _time(seconds: float) -> float:
    return min(seconds, FOR_EVER) if seconds else FOR_EVER


def share_of(gate: Gate, config: Config, boot: Boot) -> Share | None:
    """Return this worker's share of the connections, None where it has no siblings."""
    rows = min(boot.board[1], MOST_SHARES)
    if config.processes < 2 or not 0 < boot.row < rows:
        return None
    return Share(gate.shares, boot.row, rows, boot.generation)


def introducers_of(config: Config) -> Peers | None:
    """Return the peers whose connections begin with a PROXY header, None where there are none."""
    return Peers(config.proxy_protocol) if config.proxy_protocol else None


def environ_for(config: Config) -> EnvironOf:
    """Return what makes the environ of a request."""
    if not config.forwarded_allow_ips and not config.proxy_protocol:
        return environ_of
    proxies = Peers(config.forwarded_allow_ips) if config.forwarded_allow_ips else None
    return environ_behind(proxies)


def within_limits(application: Any, config: Config) -> Any:
    """Return the application, whose requests are refused where their bodies are too long."""
    size = config.limit_request_body
    return limit_bodies(application, size) if size else application


def behind_mounts(application: Any, config: Config) -> Any:
    """Return the application behind the paths that an option has the server itself answer."""
    if not config.sysinfo:
        return application
    from spawning import sysinfo

    return mounted(application, {sysinfo.PATH: sysinfo.application})


def endpoints(listeners: Sequence[socket.socket], config: Config) -> list[Endpoint]:
    """Return what `environ` says of each address, in a server of this configuration."""
    return [
        endpoint(
            *sockets.name_and_port(sock),
            is_unix=sock.family == socket.AF_UNIX,
            errors=sys.stderr,
            threads=config.threads != 1,  # greenlets run side by side too
            processes=config.processes > 1,
        )
        for sock in listeners
    ]


def in_flight(engine: Engine, now: float) -> tuple[InFlight, ...]:
    """Return the requests that are being answered."""
    return tuple(
        InFlight(c.request.method, c.request.target, round(now - c.since, 3))
        for c in engine.busy()
        if c.request is not None
    )


def take_row(boot: Boot, metered: bool) -> Row | None:
    """Return the worker's row of the scoreboard, None where there was no room for one."""
    if not boot.row:
        return None
    row = Scoreboard(Shape(*boot.board)).row(boot.row, metered)
    row.introduce(boot.worker_id, boot.generation, time.time())
    return row


def runner_factory(config: Config) -> Callable[[Row | None, bool], Any]:
    """Return what makes the runner once the application is loaded; monkey-patches now.

    It is given the worker's row, and whether somebody waits for the first answer.
    """
    if config.threads > 0:
        from spawning.http.threads import ThreadRunner

        none = [NO_SLOT] * config.threads
        return lambda row, is_awaited: ThreadRunner(row.slots if row else none, is_awaited)
    from spawning.http import green, greenlets

    green.monkey_patch()
    return lambda row, _: greenlets.GreenletRunner(row.slots if row else [NO_SLOT])


def after_fork(config: Config) -> None:
    """Make anew, in a forked process, what was made before the application was loaded."""
    if config.threads == 0:
        from spawning.http import green

        green.renew_hub()


def access_log(config: Config, boot: Boot) -> AccessLog | None:
    """Return the log of the requests, None where nobody wants one."""
    origin = Origin(boot.generation, boot.worker_id, os.getpid())
    return open_log(config.access_log_file, config.access_log_format, origin)


def handler(app: Any, runner: Any, config: Config, requests: AccessLog | None) -> Handler:
    """Return what answers requests, and logs them."""
    return Handler(
        behind_mounts(within_limits(app, config), config),
        sys.stderr,
        requests,
        extras=runner.extras,
        environ=environ_for(config),
    )


def timed(
    handler: Handler,
    runner: Any,
    config: Config,
    boot: Boot,
    row: Row | None,
    is_held: Callable[[], bool],
) -> Gateway:
    """Return the handler, whose requests end at `--request-timeout` where no debugger holds any."""
    if not config.request_timeout:
        return handler

    def say(text: str) -> None:
        log.say(f"worker {boot.worker_id} (generation {boot.generation}): {text}")

    stuck = row.count_stuck if row is not None else lambda _count: None
    return Timed(handler, config.request_timeout, runner, say, stuck, is_held)


def counted(gateway: Gateway, config: Config, enough: Callable[[str], None]) -> Gateway:
    """Return the gateway, which says when it has answered `--max-requests`."""
    if not config.max_requests:
        return gateway
    limit = limit_of(config, random.random())
    return Counted(gateway, limit, lambda: enough(f"it has answered {limit} requests"))
