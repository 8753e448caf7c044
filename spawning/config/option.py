"""How an option is declared: its flags, default, parser and help, in one place."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """How one field of `Config` is written by a user.

    `parse` takes the text that the user typed and returns the value, or raises
    ValueError with what would have been right ("a port is a number from 0 to
    65535").
    """

    flags: tuple[str, ...]
    parse: Callable[[str], Any]
    help: str
    section: str = ""
    """The title under which it stands in `--help` and the manual."""
    metavar: str = ""
    is_flag: bool = False
    repeatable: bool = False
    alone: str = ""
    """What the option stands for where it is given without a value; empty where it needs one."""
    hidden: bool = False
    """Whether it is accepted only for old command lines' sake, and stands nowhere."""


def option(*flags: str, default: Any, **description: Any) -> Any:
    """Declare a field of `Config` together with its `Option`."""
    return dataclasses.field(
        default=default, metadata={"option": Option(flags=flags, **description)}
    )


def flag(*flags: str, **description: Any) -> Any:
    """Declare an option that is given without a value."""
    return option(*flags, default=False, parse=bool, is_flag=True, **description)
