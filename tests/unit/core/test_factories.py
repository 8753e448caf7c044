"""What factories are given and what is read back; and how an ini file is read and found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spawning import django_factory, paste_factory, wsgi_factory
from spawning.cli.factory import merged, typed_keys
from spawning.cli.settings import COMMAND_LINE, Settings, resolve
from spawning.config import Config, from_plain
from spawning.errors import SpawningError, UsageError
from spawning.factory_arguments import arguments_of, changes

KEYS_OF_0_9_7 = (
    "args host port num_processes threadpool_workers watch dev source_directories reload"
    " deadman_timeout access_log_file pidfile sysinfo no_keepalive max_age max_memory"
    " status_port status_host verbose"
).split()


def test_every_key_of_0_9_7_is_given() -> None:
    arguments = arguments_of(Config(args=("m.a",)))
    assert [key for key in KEYS_OF_0_9_7 if key not in arguments] == []
    assert arguments["args"] == ["m.a"]
    assert arguments["num_processes"] == Config().processes


# (what is configured, key, what a factory is given)
GIVEN: list[tuple[dict[str, Any], str, Any]] = [
    ({"reload": "dev"}, "dev", True),
    ({}, "dev", False),
    ({"max_memory": 3 * 2**20}, "max_memory", 3072),
    ({"bind": (":1", "unix:/a")}, "bind", [":1", "unix:/a"]),
    ({"forwarded_allow_ips": ("10.0.0.1", "unix")}, "forwarded_allow_ips", "10.0.0.1,unix"),
    ({"deadman": 3.5}, "deadman_timeout", 3.5),
]


@pytest.mark.parametrize(("fields", "key", "value"), GIVEN)
def test_options_are_given_as_they_are_typed(
    fields: dict[str, Any], key: str, value: object
) -> None:
    assert arguments_of(Config(**fields))[key] == value


# (what a factory has made of the defaults, what has changed by that)
MADE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"port": 8080, "num_processes": 4}, {}),
    ({"port": "81"}, {"port": "81"}),
    ({"num_threads": 2}, {"threadpool_workers": 2}),
    ({"dev": True}, {"reload": "dev"}),
    ({"dev": 1}, {"reload": "dev"}),
    ({"reload": True}, {"reload": "dev"}),
    ({"reload": "dev", "dev": False}, {"reload": "dev"}),
    ({"reload": False}, {}),
    ({"watch": ("a", Path("b"))}, {"watch": ["a", "b"]}),
    ({"access_log_file": Path("a")}, {"access_log_file": "a"}),
    ({"access_log_file": None}, {"access_log_file": None}),
    ({"factory": "x", "app_factory": "y", "mine": object()}, {}),
]


@pytest.mark.parametrize(("made", "changed"), MADE)
def test_what_a_factory_changed(made: dict[str, Any], changed: dict[str, Any]) -> None:
    before = arguments_of(Config())
    assert changes(before, {**before, **made}) == changed


# (command line, pyproject.toml, what the factory changed, what comes of it)
MERGED: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("", "", {"port": 81, "host": "h"}, {"port": 81, "host": "h"}),
    ("-p 82", "", {"port": 81}, {"port": 81}),
    ("", "port = 82", {"port": "81"}, {"port": 81}),
    ("-s 2", "", {"num_processes": None}, {"processes": 4}),
    ("-l a", "", {"access_log_file": None}, {}),
    ("", "", {"max_memory": 300}, {"max_memory": 300 * 1024}),
    ("", "", {"no_keepalive": True}, {"no_keepalive": True}),
    ("", "", {"watch": ["a", "b"]}, {"watch": ("a", "b")}),
    ("", "", {"reload": "dev"}, {"reload": "dev", "host": "127.0.0.1"}),
    ("--reload=dev", "", {"reload": ""}, {}),
    ("--reload=dev", "", {"host": "0.0.0.0"}, {"reload": "dev", "host": "0.0.0.0"}),
    ("", "bind = ':1'", {"port": 81}, {"port": 81}),
    ("", "port = 82", {"bind": [":1"]}, {"port": 82, "bind": (":1",)}),
    ("--bind :2", "", {"port": 81}, {"port": 81, "bind": (":2",)}),
    ("-p 82", "", {"bind": [":1"]}, {"port": 82}),
    ("", "", {"forwarded_allow_ips": "::1"}, {"forwarded_allow_ips": ("::1",)}),
    ("", "", {"backdoor": True}, {"backdoor": "3000"}),
    ("--backdoor", "", {"backdoor": False}, {}),
    ("", "", {"backdoor": 3001}, {"backdoor": "3001"}),
]


def _settings(folder: Path, line: str, table: str) -> Settings:
    (folder / "pyproject.toml").write_text(f"[tool.spawning]\n{table}\n")
    return resolve(["m.a", *line.split()], folder)


@pytest.mark.parametrize(("line", "table", "values", "expected"), MERGED)
def test_a_factorys_values_stand_over_the_others(
    tmp_path: Path, line: str, table: str, values: dict[str, Any], expected: dict[str, Any]
) -> None:
    settings = merged(_settings(tmp_path, line, table), values, "the factory f")
    assert settings.config == Config(args=("m.a",), **expected)


def test_who_decided_is_known(tmp_path: Path) -> None:
    settings = merged(_settings(tmp_path, "-s 2", ""), {"port": 81}, "the factory f")
    names = ("port", "processes", "threads")
    assert [settings.origins[n] for n in names] == ["the factory f", COMMAND_LINE, "default"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"port": -1}, "the factory f port: '-1' will not do"),
        ({"threadpool_workers": 1.5}, "the factory f threadpool_workers: '1.5' will not do"),
        ({"no_keepalive": 1}, "the factory f no_keepalive = 1: it is true or false"),
        ({"bind": [":1"], "port": 81}, "--bind and --port both say where to listen"),
    ],
)
def test_impossible_values_of_a_factory(tmp_path: Path, values: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as raised:
        merged(_settings(tmp_path, "", ""), values, "the factory f")
    assert said in str(raised.value)


def test_what_was_typed_is_known_by_the_factorys_keys(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "-s 2 --deadman 3 -r dev", "threads = 3")
    assert set(typed_keys(settings)) == {"num_processes", "deadman_timeout", "reload"}
    assert settings.origins["processes"] == COMMAND_LINE


@pytest.mark.parametrize(
    ("name", "is_found"),
    [("spawning.log", True), ("json:loads", True), ("no_such.app", False), ("", False)],
)
def test_the_default_factory_says_where_the_source_is(name: str, is_found: bool) -> None:
    made = wsgi_factory.config_factory({"args": [name, "a.b"]})
    assert (made["app"], made["middleware"]) == (name, ["a.b"])
    assert [Path(folder).is_dir() for folder in made["source_directories"]] == [True] * is_found


def test_the_settings_of_django_are_found_and_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "zz_site"
    package.mkdir()
    (package / "settings.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    made = django_factory.config_factory({"args": ["zz_site.settings"]})
    assert made["django_settings_module"] == "zz_site.settings"
    assert made["source_directories"] == [str(package)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a.b", "c.d"], "takes one settings module, and got 2 words; type: spawn -f "),
        (["zz_site.setings"], "no settings module 'zz_site.setings'; did you mean 'settings'?"),
        (["zz_no.settings"], "no settings module 'zz_no.settings'; is this the folder of"),
        (["json.decoder.settings"], "no settings module 'json.decoder.settings'; is this the"),
        ([""], "no settings module ''; is this the folder of"),
    ],
)
def test_wrong_settings_of_django(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    (tmp_path / "zz_site").mkdir()
    (tmp_path / "zz_site" / "settings.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(SpawningError) as raised:
        django_factory.config_factory({"args": words})
    assert said in str(raised.value)


OURS = "[server:main]\nuse = egg:Spawning\n"

# (what the ini file says, the words, what is said)
MISTAKES = {
    "no file": (OURS, "dv.ini", "no ini file 'dv.ini' in .*; did you mean 'dev.ini'"),
    "no variable": (OURS, "dev.ini x", "'x' is no variable for dev.ini; write it as NAME"),
    "no ini": ("nothing", "dev.ini", "no section headers.*dev.ini', line: 1"),
    "no package": ("[server:main]\nuse = egg:nosuch\n", "dev.ini", "dev.ini: no package 'nosuch'"),
    "no use": ("[server:main]\nport = 1\n", "dev.ini", "dev.ini: No loader given in section"),
    "no value": (OURS + "host = %(x)s\n", "dev.ini", "key 'x' which is not a valid option"),
    "a key": (OURS + "treads = 1\n", "dev.ini", "there is no key 'treads'; .*'threads'"),
    "no key of its": (OURS + "factory = a.b\n", "dev.ini", "there is no key 'factory'"),
    "a flag": (OURS + "no-keepalive = 2\n", "dev.ini", "no-keepalive = 2: it is true or false"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_in_an_ini_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    text, words, said = MISTAKES[name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dev.ini").write_text(text)
    with pytest.raises(SpawningError, match=said):
        paste_factory.config_factory(arguments_of(Config(args=tuple(words.split()))))


@pytest.mark.parametrize(("text", "value"), [("true", True), ("off", False), ("1", "1")])
def test_an_option_that_may_be_given_alone_may_be_true_or_false(text: str, value: Any) -> None:
    assert paste_factory._own("dev.ini", "backdoor", text) == {"backdoor": value}


# (the launcher's command line, which application of dev.ini it loads)
LAUNCHED = [
    ("pserve dev.ini", ""),
    ("pserve -n a dev.ini", "a"),
    ("pserve --app-name a dev.ini", "a"),
    ("pserve --app-name=a dev.ini", "a"),
    ("pserve dev.ini#a", "a"),
    ("pserve config/dev.ini#a x=y", "a"),
    ("pserve -n b dev.ini#a", "b"),
    ("pserve other.ini#a", ""),
    ("pserve dev.ini -n", ""),
    ("pserve dev.ini --server-name=a", ""),
]


@pytest.mark.parametrize(("line", "application"), LAUNCHED)
def test_the_application_that_a_launcher_loads(line: str, application: str) -> None:
    assert paste_factory.application_named(line.split(), "dev.ini") == application


def test_ini_files_that_refer_to_others_are_known(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    texts = {
        "dev.ini": "use = config:base.ini\n/blog = config:sub/blog.ini#main\n# config:none.ini\n",
        "base.ini": "use = config:dev.ini\nuse = config:absent.ini\n; config:none.ini\n",
        "none.ini": "",
        "sub/blog.ini": "use = config:%(here)s/more.ini\nuse = config:../top.ini",
        "sub/more.ini": "",
        "top.ini": "",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    found = paste_factory.files_of(str(tmp_path / "dev.ini"))
    names = ["dev.ini", "base.ini", "sub/blog.ini", "sub/more.ini", "top.ini"]
    assert [Path(file).resolve() for file in found] == [tmp_path / name for name in names]


@pytest.mark.parametrize("debug", ["true", "True", "on", "1", "false", "no", ""])
def test_debug_is_development(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, debug: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dev.ini").write_text(f"[DEFAULT]\ndebug = {debug}\n")
    arguments = arguments_of(Config(args=("dev.ini",)))
    made = paste_factory.config_factory(arguments)
    is_on = debug.lower() in ("true", "on", "1")
    assert made["dev"] is is_on
    assert made["watch"] == ([str(tmp_path / "dev.ini")] if is_on else [])
    typed = {**arguments, "typed": ["reload"]}
    assert paste_factory.config_factory(typed)["dev"] is False


def test_a_configuration_survives_the_way_to_the_factory() -> None:
    config = Config(args=("dev.ini",), bind=(":1",), watch=("a",))
    plain = {name: getattr(config, name) for name in Config.__dataclass_fields__}
    assert arguments_of(from_plain(plain)) == arguments_of(config)


def test_variables_are_told_from_what_the_ini_says_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dev.ini").write_text("[DEFAULT]\nown = %(typed)s!\nother = 1\n")
    file = str(tmp_path / "dev.ini")
    base = {"__file__": file, "here": str(tmp_path), "own": "a!", "typed": "a=b"}
    words = paste_factory.words_of({**base, "own": "a=b!", "other": "2"}, ["pserve", "dev.ini"])
    assert words == ["dev.ini", "typed=a=b", "other=2"]
    with pytest.raises(SpawningError, match="not named in an ini file"):
        paste_factory.words_of({"typed": "a"}, [])
