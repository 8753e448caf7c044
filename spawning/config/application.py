"""The options that say what is served."""

from __future__ import annotations

import dataclasses

from spawning.config.option import option
from spawning.config.values import dotted, existing

DEFAULT_FACTORY = "spawning.wsgi_factory.config_factory"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Application:
    """What is served, and what it finds in its environment."""

    factory: str = option(
        "-f",
        "--factory",
        default=DEFAULT_FACTORY,
        parse=dotted,
        metavar="FACTORY",
        help="dotted path to a callable that takes the dictionary of arguments and decides "
        "what the positional ones mean",
    )
    env_file: tuple[str, ...] = option(
        "--env-file",
        default=(),
        parse=existing,
        metavar="FILE",
        repeatable=True,
        help="set environment variables from a file of NAME=VALUE lines; what the "
        "environment has already stays; repeatable",
    )
