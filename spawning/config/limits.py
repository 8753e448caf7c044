"""The options that limit what a client, or a request, may take."""

from __future__ import annotations

import dataclasses

from spawning.config.option import option
from spawning.config.values import seconds, size, whole


@dataclasses.dataclass(frozen=True, kw_only=True)
class Requests:
    """How much and how long a request may take."""

    request_timeout: float = option(
        "--request-timeout",
        default=0.0,
        parse=seconds,
        metavar="SECONDS",
        help="longest time for an answer; then the client gets 504, and the log the request "
        "and the stack; 0: no limit",
    )
    limit_request_line: int = option(
        "--limit-request-line",
        default=8190,
        parse=size(1),
        metavar="SIZE",
        help="longest request line in bytes; a longer one gets 414",
    )
    limit_request_head: int = option(
        "--limit-request-head",
        default=65536,
        parse=size(1),
        metavar="SIZE",
        help="request line and header fields together, in bytes; more get 431",
    )
    limit_request_fields: int = option(
        "--limit-request-fields",
        default=200,
        parse=whole("a number of fields", 1),
        metavar="N",
        help="header fields of a request; more get 431",
    )
    limit_request_body: int = option(
        "--limit-request-body",
        default=0,
        parse=size(1),
        metavar="SIZE",
        help="longest request body in bytes, or with K, M or G; a longer one gets 413; 0: no limit",
    )
    header_timeout: float = option(
        "--header-timeout",
        default=20.0,
        parse=seconds,
        metavar="SECONDS",
        help="longest time from the first byte of a request's head to its last; 0: no limit",
    )
    body_timeout: float = option(
        "--body-timeout",
        default=60.0,
        parse=seconds,
        metavar="SECONDS",
        help="longest pause of a client within a request's body; 0: no limit",
    )
    write_timeout: float = option(
        "--write-timeout",
        default=60.0,
        parse=seconds,
        metavar="SECONDS",
        help="longest time in which a client takes no byte of a response; 0: no limit",
    )
    keepalive_timeout: float = option(
        "--keepalive-timeout",
        default=75.0,
        parse=seconds,
        metavar="SECONDS",
        help="close a connection that has been idle for so long; 0 is --no-keepalive",
    )
