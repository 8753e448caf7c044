"""The options for those who write the application."""

from __future__ import annotations

import dataclasses

from spawning.config.option import flag, option
from spawning.config.values import (
    BACKDOOR_PORT,
    RELOAD_WORDS,
    backdoor,
    editor_url,
    path,
    peers,
    reload_mode,
    seconds,
    watched,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Development:
    """What helps while the application is being written."""

    reload: str = option(
        "-r",
        "--reload",
        default="",
        parse=reload_mode,
        metavar="dev[,cold][,poll]",
        help="dev: reload whenever the source of a loaded module changes; "
        + "; ".join(f"dev,{word}: {meaning}" for word, meaning in RELOAD_WORDS.items()),
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
    reload_wait: float = option(
        "--reload-wait",
        default=10.0,
        parse=seconds,
        metavar="SECONDS",
        help="with --reload=dev: after a save, requests wait so long at most for the new code; "
        "0: until it is ready, they are answered by the old code",
    )
    livereload: bool = flag(
        "--livereload",
        help="pages that are open in a browser refresh when what they show has changed, and "
        "show why new code does not start; goes without saying with --reload=dev",
    )
    no_livereload: bool = flag(
        "--no-livereload",
        help="leave the pages of the application alone, with --reload=dev as well",
    )
    editor_url: str = option(
        "--editor-url",
        default="vscode://file{path}:{line}:{column}",
        parse=editor_url,
        metavar="URL",
        help="how a page that shows an error opens your editor, with {path}, {line} and {column}",
    )
    open: bool = flag(
        "--open",
        help="open the application in a browser once it is served",
    )
    coverage: bool = flag(
        "-c",
        "--coverage",
        help="measure which lines run, in all workers, and show them at /_coverage",
    )
    coverage_contexts: bool = flag(
        "--coverage-contexts",
        help="measure as well which requests ran a line; slower",
    )
    coverage_allow_ips: tuple[str, ...] = option(
        "--coverage-allow-ips",
        default=(),
        parse=peers,
        metavar="ADDRESSES",
        help="addresses and networks, separated by commas, that may see /_coverage besides this "
        "machine; 'unix' for unix sockets, '*' for everyone",
    )
    backdoor: str = option(
        "--backdoor",
        default="",
        parse=backdoor,
        metavar="PORT|unix:PATH",
        alone=BACKDOOR_PORT,
        help="let yourself, and nobody else, into the running program with 'spawnctl attach': "
        f"listen on this port of this machine, {BACKDOOR_PORT} if none is given, or on a unix "
        "socket; 'breakpoint()' waits there",
    )
    backdoor_log: str = option(
        "--backdoor-log",
        default="",
        parse=path,
        metavar="FILE",
        help="append to this file what is typed at the backdoor, and by whom",
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

    @property
    def has_live_pages(self) -> bool:
        """Whether pages refresh by themselves."""
        return (self.livereload or bool(self.reload)) and not self.no_livereload

    @property
    def measures_coverage(self) -> bool:
        """Whether it is measured which lines run."""
        return self.coverage or self.coverage_contexts

    @property
    def hold_time(self) -> float:
        """How long requests wait for new code at most, in seconds."""
        return self.reload_wait if self.reload else 0.0
