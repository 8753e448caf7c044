"""The options for those who write the application."""

from __future__ import annotations

import dataclasses

from spawning.config.option import flag, option
from spawning.config.values import reload_mode, watched


@dataclasses.dataclass(frozen=True, kw_only=True)
class Development:
    """What helps while the application is being written."""

    reload: str = option(
        "-r",
        "--reload",
        default="",
        parse=reload_mode,
        metavar="dev[,poll]",
        help="dev: reload whenever the source of a loaded module changes; dev,poll: look at the "
        "files twice a second as well, where no events tell of changes",
    )
    watch: tuple[str, ...] = option(
        "-w",
        "--watch",
        default=(),
        parse=watched,
        metavar="FILE",
        repeatable=True,
        help="watch this file too, and reload when it changes; repeatable; works without "
        "--reload=dev as well",
    )
    open: bool = flag(
        "--open",
        help="open the application in a browser once it is served",
    )
    z_restart_args: str = option(
        "-z",
        "--z-restart-args",
        default="",
        parse=str,
        metavar="TEXT",
        hidden=True,
        help="internal in 0.9.7, without meaning now",
    )
