"""What the user may ask for: one frozen value, each option declared once.

A field of `Config` is an option.  Its flags, default, parser, section and help
stand in its declaration; the command line, `[tool.spawning]`, `--help` and the
manual are derived from there.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECTION_APPLICATION = "Application"
SECTION_SOCKETS = "Sockets"
SECTION_PROCESSES = "Processes"
SECTION_DEVELOPMENT = "Development"
SECTION_LOGS = "Logs"

DEFAULT_FACTORY = "spawning.wsgi_factory.config_factory"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """How one field of `Config` is written by a user.

    `parse` takes the text that the user typed and returns the value, or raises
    ValueError with what would have been right ("a port is a number from 0 to
    65535").
    """

    flags: tuple[str, ...]
    parse: Callable[[str], Any]
    section: str
    help: str
    metavar: str = ""
    is_flag: bool = False
    repeatable: bool = False


def option(*flags: str, default: Any, **description: Any) -> Any:
    """Declare a field of `Config` together with its `Option`."""
    return dataclasses.field(
        default=default, metadata={"option": Option(flags=flags, **description)}
    )


def _whole(what: str, low: int, high: float = math.inf) -> Callable[[str], int]:
    limits = f"{low} or more" if high == math.inf else f"from {low} to {high:.0f}"

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"{what} is a whole number, {limits}")
        return number

    return parse


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not (0 <= seconds < math.inf):
        raise ValueError("it is a number of seconds, 0 or more")
    return seconds


def _reload(text: str) -> str:
    if text != "dev":
        raise ValueError("the only mode is 'dev'")
    return text


def _dotted(text: str) -> str:
    module, _, _attribute = text.rpartition(".")
    if not module or not all(part.isidentifier() for part in text.split(".")):
        raise ValueError(f"it is a dotted path such as {DEFAULT_FACTORY}")
    return text


def _watched(text: str) -> str:
    if Path(text).is_dir():
        raise ValueError("it is a file, and this is a folder")
    return text


def _bind(text: str) -> str:
    if text.startswith("unix:"):
        if text == "unix:":
            raise ValueError("a path follows 'unix:', such as unix:/run/app.sock")
        return text
    host, colon, port = text.rpartition(":")
    if not colon:
        raise ValueError("it is HOST:PORT or unix:PATH, such as 127.0.0.1:8080")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise ValueError("an IPv6 address stands in brackets, such as [::1]:8080")
    _port(port)
    return text


_port = _whole("a port", 0, 65535)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that a user can choose; plain values, so that it travels as JSON."""

    args: tuple[str, ...] = ()
    """The positional arguments: the application, then middleware, each around what is before it."""

    factory: str = option(
        "-f",
        "--factory",
        default=DEFAULT_FACTORY,
        parse=_dotted,
        metavar="FACTORY",
        section=SECTION_APPLICATION,
        help="dotted path to a callable that takes the dictionary of arguments and decides "
        "what the positional ones mean",
    )
    host: str = option(
        "-i",
        "--host",
        default="",
        parse=str,
        metavar="HOST",
        section=SECTION_SOCKETS,
        help="local address to bind; '' is all interfaces; with --reload=dev the default "
        "is 127.0.0.1",
    )
    port: int = option(
        "-p",
        "--port",
        default=8080,
        parse=_port,
        metavar="PORT",
        section=SECTION_SOCKETS,
        help="port to bind; 0 picks a free one and prints it",
    )
    bind: tuple[str, ...] = option(
        "--bind",
        default=(),
        parse=_bind,
        metavar="ADDRESS",
        repeatable=True,
        section=SECTION_SOCKETS,
        help="HOST:PORT or unix:PATH to listen on instead of --host and --port; repeatable",
    )
    no_keepalive: bool = option(
        "--no-keepalive",
        default=False,
        parse=bool,
        is_flag=True,
        section=SECTION_SOCKETS,
        help="close each connection after one response",
    )
    processes: int = option(
        "-s",
        "--processes",
        default=4,
        parse=_whole("a number of processes", 1, 512),
        metavar="N",
        section=SECTION_PROCESSES,
        help="worker processes",
    )
    threads: int = option(
        "-t",
        "--threads",
        default=4,
        parse=_whole("a number of threads", 0, 4096),
        metavar="N",
        section=SECTION_PROCESSES,
        help="threads in each worker; 0: greenlets instead, with socket and pipe "
        "operations monkey-patched",
    )
    deadman: float = option(
        "--deadman",
        "--deadman_timeout",
        default=10.0,
        parse=_seconds,
        metavar="SECONDS",
        section=SECTION_PROCESSES,
        help="longest wait for an old process to finish its requests; then it is killed",
    )
    reload: str = option(
        "-r",
        "--reload",
        default="",
        parse=_reload,
        metavar="dev",
        section=SECTION_DEVELOPMENT,
        help="dev: reload whenever the source of a loaded module changes",
    )
    watch: tuple[str, ...] = option(
        "-w",
        "--watch",
        default=(),
        parse=_watched,
        metavar="FILE",
        repeatable=True,
        section=SECTION_DEVELOPMENT,
        help="watch this file too, and reload when it changes; repeatable; works without "
        "--reload=dev as well",
    )
    access_log_file: str = option(
        "-l",
        "--access-log-file",
        default="",
        parse=str,
        metavar="FILE",
        section=SECTION_LOGS,
        help="access log; standard output if not given, /dev/null to have none",
    )
    verbose: bool = option(
        "-v",
        "--verbose",
        default=False,
        parse=bool,
        is_flag=True,
        section=SECTION_LOGS,
        help="say each value and where it came from, at start and at each reload",
    )


def from_plain(values: dict[str, Any]) -> Config:
    """Return the configuration that `dataclasses.asdict` and a trip through JSON made plain."""
    revived: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return Config(**revived)


def options() -> dict[str, Option]:
    """Return every option by the name of its field, in the order of declaration."""
    return {
        field.name: field.metadata["option"]
        for field in dataclasses.fields(Config)
        if "option" in field.metadata
    }


def key_of(name: str) -> str:
    """Return the name under which a field stands in `[tool.spawning]`."""
    return name.replace("_", "-")
