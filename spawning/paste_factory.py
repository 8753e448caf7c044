"""Paste: an ini file names the application, and in `[server:main]` how it is served.

The positional arguments are the ini file, or `FILE#APPLICATION`, then variables
NAME=VALUE for it.  Rules:

1. An option of the command line beats the file, which beats pyproject.toml.
2. The keys of 0.9.7 are taken from any server's section; the others, which are
   all options by name, only where the section says `use = egg:Spawning`.
3. Workers read the file anew, so a changed ini is a changed application.
4. A launcher such as `pserve` has loaded the application already.  We do not
   serve that one, which no reload could renew, but load it again from the file.
"""

from __future__ import annotations

import configparser
import contextlib
import dataclasses
import glob
import importlib.metadata
import logging.config
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from spawning.config import Option, options
from spawning.errors import ApplicationNotFound, UsageError, did_you_mean
from spawning.factory_arguments import OLD_KEYS, fields

INSTALL = "pip install 'spawning[paste]'"
FACTORY = "spawning.paste_factory.config_factory"
_SECTION = "server:main"
_KEYS_OF_0_9_7 = ("host", "port", "num_processes", "threadpool_workers")
_TRUE = configparser.ConfigParser.BOOLEAN_STATES
_REFERENCE = re.compile(r"^[^#;\n]*?\bconfig:([^\s#,]+)", re.MULTILINE)


@dataclasses.dataclass(frozen=True, slots=True)
class Ini:
    """An ini file, which of its applications is meant, and what it is to know."""

    file: str
    """Absolute path."""
    application: str
    """Empty for the one that is called main."""
    variables: Mapping[str, str]

    @property
    def here(self) -> str:
        """The folder of the file."""
        return os.path.dirname(self.file)

    @property
    def shown(self) -> str:
        """The path as the user would write it."""
        cwd = os.getcwd()
        return os.path.relpath(self.file) if Path(self.file).is_relative_to(cwd) else self.file

    @property
    def url(self) -> str:
        """PasteDeploy's name of the application."""
        return f"config:{quote(self.file)}" + (f"#{self.application}" if self.application else "")

    @property
    def global_conf(self) -> dict[str, str]:
        """What the file, and each application in it, finds among its defaults."""
        return {**self.variables, "__file__": self.file, "here": self.here}


def config_factory(args: dict[str, Any]) -> dict[str, Any]:
    """Return `args` with what the ini file says of the application and of the server."""
    ini = _ini_of(args["args"])
    loadwsgi = _loadwsgi()
    with _told_of(ini):
        loader = loadwsgi.ConfigLoader(ini.file)
        if _SECTION not in loader.parser.sections():
            loader.update_defaults(ini.variables)
            return _configured(args, ini, loader.parser.defaults(), {}, is_ours=False)
        context = loadwsgi.loadcontext(
            loadwsgi.SERVER, f"config:{quote(ini.file)}", global_conf=ini.global_conf
        )
    is_ours = context.object is server_factory
    return _configured(args, ini, context.global_conf, context.local_conf, is_ours)


def app_factory(config: dict[str, Any]) -> Any:
    """Return the application that the ini file names, with logging as the file has it."""
    loadwsgi = _loadwsgi()
    global_conf = config["global_conf"]
    ini = Ini(global_conf["__file__"], "", global_conf)
    with _told_of(ini):
        _set_up_logging(ini)
        context = loadwsgi.loadcontext(
            loadwsgi.APP,
            config["config_url"],
            relative_to=config["relative_to"],
            global_conf=global_conf,
        )
    return context.create()


def server_factory(global_conf: Mapping[str, str], **keys: str) -> Callable[[Any], None]:
    """Return what serves an application: what `use = egg:Spawning` stands for.

    Raises SystemExit with the exit code, after an error has been told.
    """
    from spawning.cli import launched  # a launcher is above us, and calls us all the same

    def words() -> list[str]:
        return ["--factory", FACTORY, *words_of(global_conf, sys.argv)]

    def answer(args: dict[str, Any]) -> dict[str, Any]:
        return _configured(args, _ini_of(args["args"]), global_conf, keys, is_ours=True)

    settings = launched.settings(words, answer)
    return lambda _application: launched.serve(settings)


# ---------------------------------------------------------------- which file


def _ini_of(words: Sequence[str]) -> Ini:
    """Return what the positional arguments name; raises ApplicationNotFound or UsageError."""
    if not words:
        raise UsageError("no ini file is named", f"type: spawn -f {FACTORY} development.ini")
    path, _, application = words[0].removeprefix("config:").partition("#")
    if not os.path.isfile(path):
        raise ApplicationNotFound(
            f"there is no ini file '{path}' in {os.getcwd()}",
            did_you_mean(path, glob.glob("*.ini")),
        )
    pairs = [word.partition("=") for word in words[1:]]
    for name, equals, _value in pairs:
        if not equals:
            raise UsageError(
                f"'{name}' is no variable for {path}", "write it as NAME=VALUE, after the file"
            )
    return Ini(os.path.abspath(path), application, {name: value for name, _, value in pairs})


def words_of(global_conf: Mapping[str, str], argv: Sequence[str]) -> list[str]:
    """Return the positional arguments that name what a launcher has loaded."""
    if "__file__" not in global_conf:
        raise UsageError(
            "egg:Spawning was not named in an ini file, and workers load the application from one",
            "write [server:main] with use = egg:Spawning into the file that has the application",
        )
    file = os.path.abspath(global_conf["__file__"])
    loader = _loadwsgi().ConfigLoader(file)
    own = set(configparser.RawConfigParser.defaults(loader.parser))  # its own would interpolate
    loader.update_defaults(global_conf, overwrite=False)
    defaults = loader.parser.defaults()
    typed = {
        name: value
        for name, value in global_conf.items()
        if name not in own or value != defaults[name]
    }
    application = application_named(argv, os.path.basename(file))
    ini = Ini(file, application, typed)
    name = f"{ini.shown}#{application}" if application else ini.shown
    return [name, *(f"{key}={value}" for key, value in typed.items())]


def application_named(argv: Sequence[str], file: str) -> str:
    """Return which application the launcher was told to load: it does not tell the server.

    `pserve`, `paster serve` and `gearbox serve` all spell it so.
    """
    for number, word in enumerate(argv):
        flag, equals, value = word.partition("=")
        if word in ("-n", "--app-name") and number + 1 < len(argv):
            return argv[number + 1]
        if flag == "--app-name" and equals:
            return value
    for word in argv:
        path, fragment, application = word.partition("#")
        if fragment and os.path.basename(path) == file:
            return application
    return ""


def files_of(file: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return an ini file, and those that it refers to, and those that they refer to."""
    if file in known or not os.path.isfile(file):
        return known
    known = (*known, file)
    here = os.path.dirname(file)
    text = Path(file).read_text(encoding="utf-8", errors="replace")
    for reference in _REFERENCE.findall(text):
        known = files_of(os.path.join(here, reference.replace("%(here)s", here)), known)
    return known


# ---------------------------------------------------------------- what it says


def _configured(
    args: dict[str, Any],
    ini: Ini,
    global_conf: Mapping[str, str],
    keys: Mapping[str, str],
    is_ours: bool,
) -> dict[str, Any]:
    """Return `args` with the application of `ini` and the keys of its server's section."""
    origin = f"{ini.shown} [{_SECTION}]"
    made = {
        **args,
        "app_factory": "spawning.paste_factory.app_factory",
        "config_url": ini.url,
        "relative_to": ini.here,
        "global_conf": ini.global_conf,
        "source_directories": [ini.here],
        "origin": origin,
    }
    if "debug" in global_conf:
        made["dev"] = _TRUE.get(global_conf["debug"].lower(), False)
    for key, text in keys.items():
        made |= _own(origin, key, text) if is_ours else _foreign(key, text)
    typed = args.get("typed", ())
    made |= {key: args[key] for key in (*typed, *(["dev"] if "reload" in typed else []))}
    if made["dev"] or made["reload"] or made["watch"]:
        made["watch"] = [*made["watch"], *files_of(ini.file)]
    return made


def _foreign(key: str, text: str) -> dict[str, Any]:
    """Return what a key in another server's section is for us."""
    if key == "listen":  # waitress: what `pyramid-cookiecutter-starter` writes
        return {"bind": text.replace("*:", ":").split()}
    return {key: text} if key in _KEYS_OF_0_9_7 else {}


def _own(origin: str, key: str, text: str) -> dict[str, Any]:
    known = fields()
    underscored = key.replace("-", "_")
    name = OLD_KEYS.get(underscored, underscored)
    if name not in known:
        hint = did_you_mean(underscored, [*OLD_KEYS, *known])
        raise UsageError(f"{origin}: there is no key '{key}'", hint)
    declared = options()[known[name]]
    return {name: _value(declared, f"{origin}: {key} = {text}", text)}


def _value(declared: Option, where: str, text: str) -> Any:
    if declared.is_flag:
        if text.lower() not in _TRUE:
            raise UsageError(f"{where}: it is true or false")
        return _TRUE[text.lower()]
    if declared.alone and text.lower() in _TRUE and not text.isdigit():
        return _TRUE[text.lower()]
    return text.split() if declared.repeatable else text


def _set_up_logging(ini: Ini) -> None:
    parser = configparser.RawConfigParser(strict=False)
    parser.read(ini.file, encoding="utf-8")
    if parser.has_section("loggers"):
        defaults = {name: value.replace("%", "%%") for name, value in ini.global_conf.items()}
        logging.config.fileConfig(ini.file, defaults, disable_existing_loggers=False)


# ---------------------------------------------------------------- PasteDeploy


def _loadwsgi() -> Any:
    try:
        from paste.deploy import loadwsgi
    except ModuleNotFoundError as error:
        if error.name not in ("paste", "paste.deploy"):
            raise
        raise UsageError(
            "spawning.paste_factory needs PasteDeploy, which is not installed", f"type: {INSTALL}"
        ) from None
    return loadwsgi


@contextlib.contextmanager
def _told_of(ini: Ini) -> Iterator[None]:
    """Tell what PasteDeploy says of a file's mistakes in one sentence."""
    try:
        yield
    except importlib.metadata.PackageNotFoundError as error:
        raise UsageError(f"{ini.shown}: no package '{error.name}' is installed") from None
    except (configparser.Error, LookupError) as error:
        if isinstance(error, (KeyError, IndexError)):
            raise  # not PasteDeploy's own
        told = " ".join(str(error).split())
        raise UsageError(told if ini.file in told else f"{ini.shown}: {told}") from None
