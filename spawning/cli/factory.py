"""The factory's say in the settings, asked in a process of its own.

The controller never imports code of the user's.  A factory that is not the default
one therefore runs in `worker/settling`, which sends back what it has changed.  It
was given the command line's values and may overrule them, as in 0.9.7.
"""

from __future__ import annotations

import dataclasses
import signal
from collections.abc import Mapping
from pathlib import Path
from select import POLLIN, poll
from typing import Any

from spawning import log
from spawning.cli.settings import COMMAND_LINE, Settings, checked, value_of
from spawning.config import DEFAULT_FACTORY, Config, options
from spawning.controller import report
from spawning.controller.spawn import search_path, start
from spawning.daemon import identity
from spawning.errors import ApplicationFailed
from spawning.factory_arguments import fields
from spawning.messages import Channel, Failed, Message, Settle, Settled, encode

SETTLING = Path(__file__).resolve().parents[1] / "worker" / "settling.py"


def settled(settings: Settings) -> Settings:
    """Return the settings as the factory leaves them.

    Raises ApplicationFailed where the factory fails, UsageError where a value of
    its is impossible.
    """
    config = settings.config
    if config.factory == DEFAULT_FACTORY:
        return settings
    match _answer(config, typed_keys(settings)):
        case Settled(values, origin):
            return merged(settings, values, origin)
        case Failed() as failed:
            first, *rest = report.failure(failed, str(Path.cwd()), every_frame=True)
            told = [first.removeprefix("error: "), *rest]
            raise ApplicationFailed(f"\n{log.PREFIX}".join(told))
        case other:
            raise AssertionError(other)


def typed_keys(settings: Settings) -> tuple[str, ...]:
    """Return the factory's keys of the options that stood on the command line."""
    return tuple(key for key, name in fields().items() if settings.origins[name] == COMMAND_LINE)


def merged(settings: Settings, values: Mapping[str, Any], origin: str) -> Settings:
    """Return the settings with a factory's values, by its keys; raises UsageError."""
    changed, names = {}, fields()
    for key, value in values.items():
        declared = options()[names[key]]
        is_empty = value in (None, "", [])
        default = getattr(Config(), names[key])
        changed[names[key]] = default if is_empty else value_of(declared, f"{origin} {key}", value)
    config = dataclasses.replace(settings.config, **changed)
    return checked(Settings(config, {**settings.origins, **dict.fromkeys(changed, origin)}))


def _answer(config: Config, typed: tuple[str, ...]) -> Message:
    user = identity.find(config.chuid) if config.chuid else None
    if user is not None:
        identity.check_rights(user)
    question = Settle(dataclasses.asdict(config), typed, search_path())
    arguments = [str(SETTLING), encode(question).decode()]
    # As the user who is to be: no code of the application's ever runs as root.
    try:
        asked = start(arguments, (), options=identity.for_child(user) if user else {})
    except PermissionError:
        raise identity.cannot_run(config.chuid) from None
    try:
        messages = _heard(asked.channel)
        code = asked.process.wait()
    finally:
        asked.process.kill()
        asked.process.wait()
        asked.channel.close()
    if messages:
        return messages[-1]
    if code == -signal.SIGINT:
        raise KeyboardInterrupt  # Ctrl-C, which it has heard before us
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    raise ApplicationFailed(f"the process that ran the factory {config.factory} ended {how}")


def _heard(channel: Channel) -> list[Message]:
    """Return the answer; nothing where the process ended without one."""
    arrival = poll()
    arrival.register(channel.fileno(), POLLIN)
    messages: list[Message] = []
    # Not until the end of file: a process that the factory has forked may keep it away.
    while not messages and not channel.ended:
        arrival.poll()
        messages = channel.receive()
    return messages
