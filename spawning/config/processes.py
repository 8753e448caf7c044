"""The options that say how many processes there are, and how long they live."""

from __future__ import annotations

import dataclasses

from spawning.config.option import option
from spawning.config.values import seconds, size, whole


@dataclasses.dataclass(frozen=True, kw_only=True)
class Processes:
    """How many workers there are, and when one is replaced."""

    processes: int = option(
        "-s",
        "--processes",
        default=4,
        parse=whole("a number of processes", 1, 512),
        metavar="N",
        help="worker processes",
    )
    threads: int = option(
        "-t",
        "--threads",
        default=4,
        parse=whole("a number of threads", 0, 4096),
        metavar="N",
        help="threads in each worker; 0: greenlets instead, with socket and pipe "
        "operations monkey-patched",
    )
    deadman: float = option(
        "--deadman",
        "--deadman_timeout",
        default=10.0,
        parse=seconds,
        metavar="SECONDS",
        help="longest wait for an old process to finish its requests; then it is killed",
    )
    shutdown_delay: float = option(
        "--shutdown-delay",
        default=0.0,
        parse=seconds,
        metavar="SECONDS",
        help="after SIGTERM, go on serving for so long while /readyz says 503, so that a "
        "load balancer can look away first",
    )
    max_memory: int = option(
        "-m",
        "--max-memory",
        default=0,
        parse=size(1024),
        metavar="SIZE",
        help="when all processes of the server together use more memory, replace the workers; "
        "a number of kilobytes, or with K, M or G; 0: no limit",
    )
    max_age: float = option(
        "-a",
        "--max-age",
        default=0.0,
        parse=seconds,
        metavar="SECONDS",
        help="replace a worker that is so old; 0: never",
    )
    max_requests: int = option(
        "--max-requests",
        default=0,
        parse=whole("a number of requests", 0),
        metavar="N",
        help="replace a worker that has answered so many requests; 0: never",
    )
    max_requests_jitter: int = option(
        "--max-requests-jitter",
        default=0,
        parse=whole("a number of requests", 0),
        metavar="N",
        help="add a random number up to this to --max-requests, for each worker its own",
    )
    heartbeat_timeout: float = option(
        "--heartbeat-timeout",
        default=30.0,
        parse=seconds,
        metavar="SECONDS",
        help="replace a worker whose loop has been blocked for so long; 0: never; with "
        "--reload=dev it is only said, because a debugger may be at work",
    )
