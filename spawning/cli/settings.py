"""One `Config` out of the command line, `[tool.spawning]` and the defaults.

The command line wins over pyproject.toml, which wins over the defaults.  Where
each value came from is kept, for `--verbose`.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spawning.cli import arguments
from spawning.config import Config, Option, key_of, options
from spawning.errors import UsageError, did_you_mean
from spawning.sockets import Address

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PYPROJECT = "pyproject.toml"
TABLE = "[tool.spawning]"
APP_KEY = "app"
DEVELOPMENT_HOST = "127.0.0.1"


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """The configuration, and for each field a phrase that says where it came from."""

    config: Config
    origins: Mapping[str, str]

    def lines(self) -> list[str]:
        """Return `--verbose`'s table: option, value, origin."""
        names = ["args", *(name for name, declared in options().items() if not declared.hidden)]
        return [
            f"{key_of(name):<20} {getattr(self.config, name)!r:<28} {self.origins[name]}"
            for name in names
        ]


def resolve(argv: Sequence[str], folder: Path) -> Settings:
    """Return the settings of a command line typed in `folder`.

    Raises UsageError where an option or a key is unknown, or a value impossible.
    """
    typed = arguments.parse(argv)
    table = read_table(folder / PYPROJECT)
    values: dict[str, Any] = {}
    origins = dict.fromkeys(["args", *options()], "default")
    for name, value in _from_table(table).items():
        values[name], origins[name] = value, f"{PYPROJECT} {TABLE}"
    words = typed.pop("args", [])
    if words:
        values["args"], origins["args"] = tuple(words), "command line"
    for name, value in typed.items():
        declared = options()[name]
        values[name], origins[name] = _parsed(declared, _long(declared), value), "command line"
    return _checked(Settings(Config(**values), origins))


def read_table(path: Path) -> dict[str, Any]:
    """Return `[tool.spawning]` of a pyproject.toml, empty where there is none."""
    try:
        with path.open("rb") as file:
            document = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} is not valid TOML: {error}") from None
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}") from None
    tool = document.get("tool", {})
    table = tool.get("spawning", {}) if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        raise UsageError(f"{path.name}: {TABLE} is not a table", f"write {TABLE} on a line")
    return table


def _from_table(table: dict[str, Any]) -> dict[str, Any]:
    by_key = {
        key_of(name): (name, declared)
        for name, declared in options().items()
        if not declared.hidden
    }
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{PYPROJECT}: {TABLE} {key}"
        if key == APP_KEY:
            values["args"] = _application(where, value)
        elif key in by_key:
            name, declared = by_key[key]
            values[name] = _parsed(declared, where, _as_typed(declared, where, value))
        else:
            hint = did_you_mean(key, [APP_KEY, *by_key])
            raise UsageError(f"{where}: there is no such key", hint or f"keys: {', '.join(by_key)}")
    return values


def _application(where: str, value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UsageError(f"{where}: {value!r} is not the name of an application", "e.g. 'mod.app'")
    return tuple(words)


def _as_typed(declared: Option, where: str, value: Any) -> Any:
    """Return a TOML value as the command line would have given it."""
    if declared.is_flag:
        if not isinstance(value, bool):
            raise UsageError(f"{where} = {value!r}: it is true or false")
        return value
    values = value if isinstance(value, list) else [value]
    if isinstance(value, list) and not declared.repeatable:
        raise UsageError(f"{where} = {value!r}: it takes one value")
    for item in values:
        if isinstance(item, bool) or not isinstance(item, (str, int, float)):
            raise UsageError(f"{where} = {item!r}: it is text or a number")
    texts = [str(item) for item in values]
    return texts if declared.repeatable else texts[0]


def _parsed(declared: Option, where: str, value: Any) -> Any:
    if declared.is_flag:
        return value
    texts = value if declared.repeatable else [value]
    parsed = []
    for text in texts:
        try:
            parsed.append(declared.parse(text))
        except ValueError as error:
            raise UsageError(f"{where}: {text!r} will not do, {error}") from None
    return tuple(parsed) if declared.repeatable else parsed[0]


def _long(declared: Option) -> str:
    return next(flag for flag in declared.flags if flag.startswith("--"))


def _checked(settings: Settings) -> Settings:
    config, origins = settings.config, dict(settings.origins)
    if not config.args:
        raise UsageError("no application is named", "type for example: spawn my_module.my_wsgi_app")
    typed = [name for name in ("host", "port") if origins[name] == "command line"]
    if config.bind and typed and origins["bind"] != "command line":
        config = dataclasses.replace(config, bind=())
        origins["bind"] = f"default, because of --{typed[0]}"
    for name in ("host", "port"):
        if config.bind and origins["bind"] == origins[name] != "default":
            raise UsageError(
                f"--bind and --{name} both say where to listen",
                f"type the address once: --bind {Address(config.host or '127.0.0.1', config.port)}",
            )
    if config.reload and origins["host"] == "default":
        config = dataclasses.replace(config, host=DEVELOPMENT_HOST)
        origins["host"] = "default with --reload=dev"
    return Settings(config, origins)
