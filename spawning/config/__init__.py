"""What the user may ask for: one frozen value, each option declared once.

A field of `Config` is an option.  Its flags, default, parser and help stand in
its declaration, in the module of its section; the command line,
`[tool.spawning]`, `--help` and the manual are derived from there.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from spawning.config.application import DEFAULT_FACTORY, Application
from spawning.config.development import Development
from spawning.config.limits import Requests
from spawning.config.operation import Daemon, Logs, Status
from spawning.config.option import Option
from spawning.config.processes import Processes
from spawning.config.sockets import Sockets

__all__ = ["DEFAULT_FACTORY", "SECTIONS", "Config", "Option", "from_plain", "key_of", "options"]

SECTIONS: tuple[type, ...] = (
    Application,
    Sockets,
    Processes,
    Requests,
    Development,
    Daemon,
    Status,
    Logs,
)
"""In the order of the manual; the name of each is its title."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config(Application, Sockets, Processes, Requests, Development, Daemon, Status, Logs):
    """Everything that a user can choose; plain values, so that it travels as JSON."""

    args: tuple[str, ...] = ()
    """The positional arguments: the application, then middleware, each around what is before it."""


def from_plain(values: dict[str, Any]) -> Config:
    """Return the configuration that `dataclasses.asdict` and a trip through JSON made plain."""
    revived: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return Config(**revived)


def options() -> dict[str, Option]:
    """Return every option by the name of its field, in the order of the manual."""
    return {
        field.name: dataclasses.replace(field.metadata["option"], section=section.__name__)
        for section in SECTIONS
        for field in dataclasses.fields(section)
    }


def key_of(name: str) -> str:
    """Return the name under which a field stands in `[tool.spawning]`."""
    return name.replace("_", "-")
