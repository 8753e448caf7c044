"""One `Config` out of the command line, `[tool.spawning]` and the defaults.

The command line wins over pyproject.toml, which wins over the defaults; a factory
has its say in between (see `factory`).  Where each value came from is kept, for
`--verbose`.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spawning import env_file
from spawning.cli import arguments, discovery
from spawning.config import DEFAULT_FACTORY, Config, Option, key_of, options
from spawning.errors import UsageError, did_you_mean
from spawning.sockets import Address

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PYPROJECT = "pyproject.toml"
TABLE = "[tool.spawning]"
APP_KEY = "app"
COMMAND_LINE = "command line"
FOUND = "found in "
DEVELOPMENT_HOST = "127.0.0.1"


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """The configuration, and for each field a phrase that says where it came from."""

    config: Config
    origins: Mapping[str, str]

    def notes(self) -> list[str]:
        """Return what the user has to know though --verbose was not asked for."""
        origin = self.origins["args"]
        if not origin.startswith(FOUND):
            return []
        return [f"no application is named; taking {self.config.args[0]}, {origin}"]

    def lines(self) -> list[str]:
        """Return `--verbose`'s table: option, value, origin; and where variables come from."""
        names = ["args", *(name for name, declared in options().items() if not declared.hidden)]
        table = [
            f"{key_of(name):<20} {getattr(self.config, name)!r:<28} {self.origins[name]}"
            for name in names
        ]
        return table + self._variables()

    def _variables(self) -> list[str]:
        # Now, because a file may have changed; and without the values, which may be secret.
        try:
            variables = env_file.read(self.config.env_file)
        except UsageError as error:
            return [str(error)]
        kept = "the environment, which has it already"
        return [
            f"variable {name:<40} {kept if name in os.environ else origin}"
            for name, (_value, origin) in variables.items()
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
        values["args"], origins["args"] = tuple(words), COMMAND_LINE
    for name, value in typed.items():
        declared = options()[name]
        values[name], origins[name] = _parsed(declared, _long(declared), value), COMMAND_LINE
    settings = Settings(Config(**values), origins)
    variables = env_file.read(settings.config.env_file)
    if not settings.config.args and settings.config.factory == DEFAULT_FACTORY:
        environ = {name: value for name, (value, _origin) in variables.items()} | os.environ
        settings = _discovered(settings, folder, environ)
    return checked(settings)


def _discovered(settings: Settings, folder: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings with the application that the folder holds; raises UsageError."""

    def read(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except OSError:
            return None

    found = discovery.discover(read, environ)
    config = dataclasses.replace(settings.config, args=(found.name,))
    return Settings(config, {**settings.origins, "args": FOUND + found.reason})


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
            values[name] = value_of(declared, where, value)
        else:
            hint = did_you_mean(key, [APP_KEY, *by_key])
            raise UsageError(f"{where}: there is no such key", hint or f"keys: {', '.join(by_key)}")
    return values


def _application(where: str, value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UsageError(f"{where}: {value!r} is not the name of an application", "e.g. 'mod.app'")
    return tuple(words)


def value_of(declared: Option, where: str, value: Any) -> Any:
    """Return the value of an option that was not typed but is a value already; or UsageError."""
    if declared.alone and isinstance(value, bool):
        return declared.parse(declared.alone) if value else ""
    return _parsed(declared, where, _as_typed(declared, where, value))


def _as_typed(declared: Option, where: str, value: Any) -> Any:
    """Return a TOML value as the command line would have given it."""
    if declared.is_flag:
        if not isinstance(value, bool):
            raise UsageError(f"{where} = {value!r}: it is true or false")
        return value
    kind = _type_of(declared)
    values = value if isinstance(value, list) else [value]
    if isinstance(value, list) and not kind.startswith("tuple"):
        raise UsageError(f"{where} = {value!r}: it takes one value")
    # A number for text is often not what it looks like: 0o660 is 432.
    is_number = "int" in kind or "float" in kind or bool(declared.alone)
    allowed = (str, int, float) if is_number else (str,)
    for item in values:
        if isinstance(item, bool) or not isinstance(item, allowed):
            what = "text or a number" if is_number else "text, which stands in quotes"
            raise UsageError(f"{where} = {item!r}: it is {what}")
    texts = [str(item) for item in values]
    return texts if declared.repeatable else ",".join(texts)


def _type_of(declared: Option) -> str:
    name = _long(declared).removeprefix("--").replace("-", "_")
    return str(Config.__dataclass_fields__[name].type)


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


def checked(settings: Settings) -> Settings:
    """Return the settings with what follows from them; raises UsageError where they clash."""
    config, origins = settings.config, dict(settings.origins)
    if not config.args:
        raise UsageError("no application is named", "type for example: spawn my_module.my_wsgi_app")
    for name in ("host", "port"):
        if not config.bind or _rank(origins[name]) < _rank(origins["bind"]):
            continue
        if origins[name] == origins["bind"]:
            raise UsageError(
                f"--bind and --{name} both say where to listen",
                f"type the address once: --bind {Address(config.host or '127.0.0.1', config.port)}",
            )
        config = dataclasses.replace(config, bind=())
        origins["bind"] = f"default, because of --{name}"
    if origins["host"].startswith("default"):
        config = dataclasses.replace(config, host=DEVELOPMENT_HOST if config.reload else "")
        origins["host"] = "default with --reload=dev" if config.reload else "default"
    return Settings(config, origins)


def _rank(origin: str) -> int:
    """Return how much an origin has to say: a factory's is whatever the others are not."""
    if origin.startswith("default"):
        return 0
    return {f"{PYPROJECT} {TABLE}": 1, COMMAND_LINE: 3}.get(origin, 2)
