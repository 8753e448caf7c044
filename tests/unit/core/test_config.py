"""The declared options, and what a user may write for each."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from spawning.cli.arguments import parser
from spawning.config import Config, from_plain, key_of, options

VISIBLE = {name: declared for name, declared in options().items() if not declared.hidden}
LISTS_IN_ONE_WORD = ("forwarded_allow_ips", "proxy_protocol", "coverage_allow_ips")

# (option, text, value)
ACCEPTED: list[tuple[str, str, Any]] = [
    ("editor_url", "pycharm://open?file={path}", "pycharm://open?file={path}"),
    ("reload_wait", "2.5", 2.5),
    ("port", "0", 0),
    ("port", "65535", 65535),
    ("processes", "1", 1),
    ("processes", "512", 512),
    ("threads", "0", 0),
    ("deadman", "0", 0.0),
    ("deadman", "2.5", 2.5),
    ("reload", "dev", "dev"),
    ("host", "", ""),
    ("host", "::1", "::1"),
    ("factory", "a.b", "a.b"),
    ("factory", "a.b.c", "a.b.c"),
    ("bind", "127.0.0.1:80", "127.0.0.1:80"),
    ("bind", ":80", ":80"),
    ("bind", "[::1]:80", "[::1]:80"),
    ("bind", "localhost:0", "localhost:0"),
    ("bind", "unix:/run/app.sock", "unix:/run/app.sock"),
    ("bind", "unix:app.sock", "unix:app.sock"),
    ("watch", "no/such/file", "no/such/file"),
    ("access_log_file", "/dev/null", "/dev/null"),
    ("max_memory", "1000", 1024000),
    ("max_memory", "300M", 300 * 2**20),
    ("max_memory", "2g", 2 * 2**30),
    ("limit_request_body", "1000", 1000),
    ("limit_request_body", "1K", 1024),
    ("limit_request_body", "1KB", 1024),
    ("unix_mode", "660", "660"),
    ("unix_mode", "0o600", "600"),
    ("forwarded_allow_ips", "10.0.0.0/8, ::1,unix", ("10.0.0.0/8", "::1", "unix")),
    ("proxy_protocol", "*", ("*",)),
    ("chuid", "www-data:www-data", "www-data:www-data"),
    ("chuid", "1000", "1000"),
    ("status_port", "0", 0),
    ("backdoor", "3000", "3000"),
    ("backdoor", "0", "0"),
    ("backdoor", "unix:run/door", "unix:run/door"),
]

# (option, text, part of the reason)
REFUSED: list[tuple[str, str, str]] = [
    ("editor_url", "vscode", "a URL with {path}"),
    ("editor_url", "vscode://file/", "a URL with {path}"),
    ("editor_url", "a b://{path}", "a URL with {path}"),
    ("editor_url", "JavaScript:alert('{path}')", "a URL with {path}"),
    ("port", "-1", "0 to 65535"),
    ("port", "65536", "0 to 65535"),
    ("port", "http", "0 to 65535"),
    ("port", "", "0 to 65535"),
    ("port", "80.0", "0 to 65535"),
    ("processes", "0", "1 to 512"),
    ("processes", "513", "1 to 512"),
    ("threads", "-1", "0 to 4096"),
    ("threads", "many", "0 to 4096"),
    ("deadman", "-1", "seconds"),
    ("deadman", "soon", "seconds"),
    ("deadman", "inf", "seconds"),
    ("deadman", "nan", "seconds"),
    ("reload", "prod", "'dev'"),
    ("reload", "", "'dev'"),
    ("factory", "a", "dotted path"),
    ("factory", "a.", "dotted path"),
    ("factory", "a:b", "dotted path"),
    ("factory", "a.1", "dotted path"),
    ("bind", "80", "HOST:PORT"),
    ("bind", "localhost", "HOST:PORT"),
    ("bind", "localhost:", "0 to 65535"),
    ("bind", "localhost:99999", "0 to 65535"),
    ("bind", "::1:80", "brackets"),
    ("bind", "unix:", "a path"),
    ("bind", "", "HOST:PORT"),
    ("watch", "/", "folder"),
    ("port", "8_0", "0 to 65535"),
    ("max_memory", "lots", "size"),
    ("max_memory", "-1", "size"),
    ("max_memory", "1T", "size"),
    ("unix_mode", "rw", "octal"),
    ("unix_mode", "888", "octal"),
    ("forwarded_allow_ips", "proxy.example", "address or network"),
    ("forwarded_allow_ips", "10.0.0.0/40", "address or network"),
    ("chuid", ":group", "USER"),
    ("chuid", "user:", "USER"),
    ("pidfile", "", "path"),
    ("env_file", "no/such/file", "no such file"),
    ("backdoor", "", "a port of this machine"),
    ("backdoor", "unix:", "unix:PATH"),
    ("backdoor", "0.0.0.0:3000", "a port of this machine"),
    ("backdoor", "70000", "a port of this machine"),
    ("backdoor_log", "", "path"),
]


@pytest.mark.parametrize(("name", "text", "value"), ACCEPTED)
def test_text_becomes_a_value(name: str, text: str, value: Any) -> None:
    parsed = options()[name].parse(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(("name", "text", "reason"), REFUSED)
def test_impossible_text_says_what_is_right(name: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        options()[name].parse(text)


@pytest.mark.parametrize("name", options())
def test_option_is_declared_whole(name: str) -> None:
    declared = options()[name]
    default = getattr(Config(), name)
    assert any(flag.startswith("--") for flag in declared.flags)
    assert declared.help
    assert declared.section
    assert declared.is_flag == (default is False)
    assert declared.repeatable == (default == () and name not in LISTS_IN_ONE_WORD)
    assert bool(declared.metavar) != declared.is_flag


@pytest.mark.parametrize("name", VISIBLE)
def test_option_stands_in_the_help(name: str) -> None:
    text = " ".join(parser().format_help().split())
    declared = options()[name]
    for flag in declared.flags:
        assert f"{flag} " in text or f"{flag}," in text
    # argparse breaks lines at hyphens too.
    assert declared.help.replace(" ", "") in text.replace(" ", "")
    assert declared.section in text
    default = getattr(Config(), name)
    if not isinstance(default, (bool, tuple)) and default not in ("", None):
        assert f"[{default:g}]" in text if isinstance(default, float) else f"[{default}]" in text


def test_every_field_but_the_arguments_is_an_option() -> None:
    names = [field.name for field in dataclasses.fields(Config)]
    assert sorted(names) == sorted(["args", *options()])


def test_an_option_of_0_9_7_without_meaning_is_accepted_and_stands_nowhere() -> None:
    hidden = options().keys() - VISIBLE.keys()
    assert hidden == {"z_restart_args"}
    assert "--z-restart-args" not in parser().format_help()


def test_no_flag_and_no_key_is_declared_twice() -> None:
    flags = [flag for declared in options().values() for flag in declared.flags]
    assert len(flags) == len(set(flags))
    assert len({key_of(name) for name in options()}) == len(options())


def test_defaults_are_among_the_values_that_may_be_typed() -> None:
    for name, declared in options().items():
        default = getattr(Config(), name)
        if not isinstance(default, (bool, tuple)) and default not in ("", None):
            assert declared.parse(str(default)) == default


def test_a_configuration_survives_a_trip_through_json() -> None:
    config = Config(
        args=("mod.app", "mod.middleware"), bind=("unix:/a", ":80"), watch=("f",), deadman=2.5
    )
    assert from_plain(json.loads(json.dumps(dataclasses.asdict(config)))) == config


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().port = 1  # type: ignore[misc]


def test_a_file_that_is_watched_need_not_exist_but_is_no_folder(tmp_path: Path) -> None:
    parse = options()["watch"].parse
    assert parse(str(tmp_path / "later")) == str(tmp_path / "later")
    with pytest.raises(ValueError, match="folder"):
        parse(str(tmp_path))


# (options, whether pages refresh by themselves, how long requests wait for new code)
DEVELOPMENT: list[tuple[dict[str, Any], bool, float]] = [
    ({}, False, 0.0),
    ({"reload": "dev"}, True, 10.0),
    ({"reload": "dev", "no_livereload": True, "reload_wait": 1.0}, False, 1.0),
    ({"livereload": True, "watch": ("a",), "reload_wait": 1.0}, True, 0.0),
    ({"livereload": True, "no_livereload": True}, False, 0.0),
]


@pytest.mark.parametrize(("given", "are_live", "seconds"), DEVELOPMENT)
def test_what_goes_without_saying_with_reload(
    given: dict[str, Any], are_live: bool, seconds: float
) -> None:
    config = Config(**given)
    assert (config.has_live_pages, config.hold_time) == (are_live, seconds)
