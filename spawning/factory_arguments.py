"""The dictionary that a factory takes and returns, in the words of 0.9.7.

Every option has a key there: the name of its field, or what 0.9.7 called it.
What a factory has changed is read back by the same keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from spawning.config import Config, options

OLD_KEYS: MappingProxyType[str, str] = MappingProxyType(
    {"processes": "num_processes", "threads": "threadpool_workers", "deadman": "deadman_timeout"}
)
"""What 0.9.7 called an option, by the name of its field."""

# These have done their work before a factory is asked.
_TOO_LATE = frozenset({"factory", "env_file", "z_restart_args"})
_KILO = 1024


def fields() -> dict[str, str]:
    """Return the name of each option's field by its key."""
    return {OLD_KEYS.get(name, name): name for name in options() if name not in _TOO_LATE}


def arguments_of(config: Config, typed: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what a `config_factory` takes; `typed` are the keys of the command line's options."""
    arguments = {key: _shown(name, getattr(config, name)) for key, name in fields().items()}
    return {
        **arguments,
        "args": list(config.args),
        "dev": bool(config.reload),
        "source_directories": [],
        "typed": list(typed),
    }


def _shown(name: str, value: Any) -> Any:
    """Return a value as its option would be typed."""
    if name == "max_memory":
        return value // _KILO
    if isinstance(value, tuple):
        return list(value) if options()[name].repeatable else ",".join(value)
    return value


def changes(before: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a factory made different, by key, as plain values."""
    # 0.9.7's manual calls the key so, its code otherwise.
    after = {**made, "threadpool_workers": made.get("num_threads", made["threadpool_workers"])}
    if after["reload"] == before["reload"] and bool(after["dev"]) != before["dev"]:
        after["reload"] = bool(after["dev"])
    if isinstance(after["reload"], bool):
        after["reload"] = "dev" if after["reload"] else ""
    plain = {key: _plain(after[key]) for key in fields()}
    return {key: value for key, value in plain.items() if value != before[key]}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return str(value)  # a Path, for example
