"""The options that say where to listen, and whom to believe."""

from __future__ import annotations

import dataclasses

from spawning.config.option import flag, option
from spawning.config.values import bind, mode, peers, port


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sockets:
    """Where to listen, and what to believe of a proxy."""

    host: str = option(
        "-i",
        "--host",
        default="",
        parse=str,
        metavar="HOST",
        help="local address to bind; '' is all interfaces; with --reload=dev the default "
        "is 127.0.0.1",
    )
    port: int = option(
        "-p",
        "--port",
        default=8080,
        parse=port,
        metavar="PORT",
        help="port to bind; 0 picks a free one and prints it",
    )
    bind: tuple[str, ...] = option(
        "--bind",
        default=(),
        parse=bind,
        metavar="ADDRESS",
        repeatable=True,
        help="HOST:PORT or unix:PATH to listen on instead of --host and --port; repeatable",
    )
    unix_mode: str = option(
        "--unix-mode",
        default="",
        parse=mode,
        metavar="MODE",
        help="permissions of unix sockets, in octal; without it the umask decides",
    )
    no_keepalive: bool = flag(
        "--no-keepalive",
        help="close each connection after one response",
    )
    forwarded_allow_ips: tuple[str, ...] = option(
        "--forwarded-allow-ips",
        default=(),
        parse=peers,
        metavar="ADDRESSES",
        help="proxies whose X-Forwarded-For, -Proto, -Host and -Port are believed: addresses "
        "and networks with commas between, 'unix' for unix sockets, '*' for everyone; "
        "from others these fields are then dropped",
    )
    proxy_protocol: tuple[str, ...] = option(
        "--proxy-protocol",
        default=(),
        parse=peers,
        metavar="ADDRESSES",
        help="proxies whose connections begin with a PROXY header, version 1 or 2; written "
        "as for --forwarded-allow-ips",
    )
