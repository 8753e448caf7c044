"""The command line over pyproject.toml over the defaults; and every way to get it wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spawning.cli import arguments, main
from spawning.cli.settings import Settings, resolve
from spawning.config import Config, options
from spawning.controller.binding import addresses_of
from spawning.errors import UsageError, did_you_mean
from spawning.sockets import Address

Resolve = Callable[..., Settings]
HIDDEN = "z_restart_args"


@pytest.fixture
def resolved(tmp_path: Path) -> Resolve:
    """Return what resolves a command line beside the `[tool.spawning]` given."""

    def resolve_beside(line: str, table: str = "") -> Settings:
        if table:
            text = f"[tool.spawning]\n{table}\n"
            (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        return resolve(line.split(), tmp_path)

    return resolve_beside


# (command line, table, what differs from the defaults)
SOURCES: list[tuple[str, str, dict[str, Any]]] = [
    ("m.a", "", {"args": ("m.a",)}),
    ("m.a x.y z", "", {"args": ("m.a", "x.y", "z")}),
    ("-p 81 m.a", "", {"args": ("m.a",), "port": 81}),
    ("m.a -p 81", "", {"args": ("m.a",), "port": 81}),
    ("m.a -p 81 x.y", "", {"args": ("m.a", "x.y"), "port": 81}),
    ("m.a --port=81", "", {"args": ("m.a",), "port": 81}),
    ("m.a -p81 -s2 -t0", "", {"args": ("m.a",), "port": 81, "processes": 2, "threads": 0}),
    ("m.a -p 81 -p 82", "", {"args": ("m.a",), "port": 82}),
    ("m.a --bind :1 --bind unix:/a", "", {"args": ("m.a",), "bind": (":1", "unix:/a")}),
    ("m.a -w f -w g", "", {"args": ("m.a",), "watch": ("f", "g")}),
    ("m.a --deadman_timeout 3", "", {"args": ("m.a",), "deadman": 3.0}),
    ("m.a -v --no-keepalive", "", {"args": ("m.a",), "verbose": True, "no_keepalive": True}),
    ("", "app = 'm.a'", {"args": ("m.a",)}),
    ("", "app = ['m.a', 'x.y']", {"args": ("m.a", "x.y")}),
    ("n.b", "app = ['m.a', 'x.y']", {"args": ("n.b",)}),
    ("m.a", "port = 81", {"args": ("m.a",), "port": 81}),
    ("m.a", "port = '81'", {"args": ("m.a",), "port": 81}),
    ("m.a -p 82", "port = 81", {"args": ("m.a",), "port": 82}),
    ("m.a -p 8080", "port = 81", {"args": ("m.a",)}),
    ("m.a", "deadman = 3", {"args": ("m.a",), "deadman": 3.0}),
    ("m.a", "no-keepalive = true", {"args": ("m.a",), "no_keepalive": True}),
    ("m.a", "verbose = false", {"args": ("m.a",)}),
    ("m.a", "bind = ':1'", {"args": ("m.a",), "bind": (":1",)}),
    ("m.a", "bind = [':1', 'unix:/a']", {"args": ("m.a",), "bind": (":1", "unix:/a")}),
    ("m.a --bind :2", "bind = ':1'", {"args": ("m.a",), "bind": (":2",)}),
    ("m.a", "watch = []", {"args": ("m.a",)}),
    ("m.a", "status-port = 0", {"args": ("m.a",), "status_port": 0}),
    (
        "m.a",
        "forwarded-allow-ips = ['10.0.0.0/8', 'unix']",
        {"args": ("m.a",), "forwarded_allow_ips": ("10.0.0.0/8", "unix")},
    ),
    ("m.a", "proxy-protocol = '*'", {"args": ("m.a",), "proxy_protocol": ("*",)}),
    ("m.a", "proxy-protocol = []", {"args": ("m.a",)}),
    ("m.a --bind :2", "port = 81", {"args": ("m.a",), "bind": (":2",), "port": 81}),
    ("m.a -r dev", "", {"args": ("m.a",), "reload": "dev", "host": "127.0.0.1"}),
    ("m.a --reload=dev -i 0.0.0.0", "", {"args": ("m.a",), "reload": "dev", "host": "0.0.0.0"}),
    ("m.a --reload=dev", "host = '::'", {"args": ("m.a",), "reload": "dev", "host": "::"}),
    ("m.a", "reload = 'dev'", {"args": ("m.a",), "reload": "dev", "host": "127.0.0.1"}),
    ("--backdoor m.a", "", {"args": ("m.a",), "backdoor": "3000"}),
    ("--backdoor 3001 m.a x.y", "", {"args": ("m.a", "x.y"), "backdoor": "3001"}),
    ("m.a --backdoor=unix:/a -p 81", "", {"args": ("m.a",), "backdoor": "unix:/a", "port": 81}),
    ("m.a", "backdoor = true", {"args": ("m.a",), "backdoor": "3000"}),
    ("m.a", "backdoor = 3001", {"args": ("m.a",), "backdoor": "3001"}),
    ("m.a --backdoor", "backdoor = false", {"args": ("m.a",), "backdoor": "3000"}),
]


@pytest.mark.parametrize(("line", "table", "values"), SOURCES)
def test_command_line_wins_over_pyproject_wins_over_default(
    line: str, table: str, values: dict[str, Any], resolved: Resolve
) -> None:
    assert resolved(line, table).config == Config(**values)


# (command line, table, words that stand in the one sentence)
ERRORS: list[tuple[str, str, list[str]]] = [
    ("", "", ["no application", "spawn my_module.my_wsgi_app"]),
    ("", "app = []", ["no application"]),
    ("m.a --prot 81", "", ["no option --prot", "did you mean '--port'?"]),
    ("m.a --prot=81", "", ["no option --prot", "did you mean '--port'?"]),
    ("m.a --por 81", "", ["no option --por", "did you mean '--port'?"]),
    ("m.a --verbos", "", ["no option --verbos", "did you mean '--verbose'?"]),
    ("m.a --halp", "", ["no option --halp", "did you mean '--help'?"]),
    ("m.a -y", "", ["no option -y", "spawn --help"]),
    ("m.a --quite-another", "", ["no option --quite-another", "spawn --help"]),
    ("m.a --port", "", ["--port", "expected one argument", "spawn --help"]),
    ("m.a --verbose=yes", "", ["--verbose", "yes"]),
    ("m.a -p http", "", ["--port", "'http'", "0 to 65535"]),
    ("m.a -s 0", "", ["--processes", "'0'", "1 to 512"]),
    ("m.a --deadman_timeout soon", "", ["--deadman", "'soon'", "seconds"]),
    ("m.a --reload=prod", "", ["--reload", "'prod'", "'dev'"]),
    ("m.a --bind 80", "", ["--bind", "'80'", "127.0.0.1:8080"]),
    ("m.a --bind ::1:80", "", ["--bind", "[::1]:8080"]),
    ("m.a -f factory", "", ["--factory", "'factory'", "dotted path"]),
    ("m.a -w /", "", ["--watch", "'/'", "folder"]),
    ("m.a --bind :1 --host a", "", ["--bind", "--host", "--bind a:8080"]),
    ("m.a --bind :1 --port 2", "", ["--bind", "--port", "--bind 127.0.0.1:2"]),
    ("m.a", "bind = ':1'\nport = 2", ["--bind", "--port"]),
    ("m.a --backdoor=http", "", ["--backdoor", "'http'", "unix:PATH"]),
    ("m.a", "prot = 81", ["pyproject.toml", "prot", "did you mean 'port'?"]),
    ("m.a", "no_keepalive = true", ["no_keepalive", "did you mean 'no-keepalive'?"]),
    ("m.a", "quite-another = 1", ["quite-another", "no such key", "processes"]),
    ("m.a", "args = ['m.a']", ["args", "no such key"]),
    ("m.a", "port = 'http'", ["pyproject.toml", "port", "'http'", "0 to 65535"]),
    ("m.a", "port = 80.5", ["port", "'80.5'", "0 to 65535"]),
    ("m.a", "port = true", ["port", "True", "text or a number"]),
    ("m.a", "port = [80]", ["port", "[80]", "one value"]),
    ("m.a", "port = {a = 1}", ["port", "text or a number"]),
    ("m.a", "port = 2000-01-01", ["port", "text or a number"]),
    ("m.a", "verbose = 1", ["verbose", "1", "true or false"]),
    ("m.a", "verbose = 'yes'", ["verbose", "'yes'", "true or false"]),
    ("m.a", "deadman = inf", ["deadman", "seconds"]),
    ("m.a", "bind = [':1', true]", ["bind", "True", "it is text"]),
    ("m.a", "bind = [80]", ["bind", "80", "it is text"]),
    ("m.a", "host = 80", ["host = 80", "it is text, which stands in quotes"]),
    ("m.a", "unix-mode = 0o660", ["unix-mode = 432", "it is text"]),
    ("m.a", "forwarded-allow-ips = [1]", ["forwarded-allow-ips", "it is text"]),
    ("m.a", "forwarded-allow-ips = ['a.b']", ["forwarded-allow-ips", "'a.b' is no address"]),
    ("m.a", "bind = [':1', '80']", ["bind", "'80'", "HOST:PORT"]),
    ("", "app = 1", ["app", "1", "'mod.app'"]),
    ("", "app = ['m.a', 1]", ["app", "'mod.app'"]),
    ("m.a", "port = ", ["pyproject.toml", "not valid TOML"]),
]


@pytest.mark.parametrize(("line", "table", "words"), ERRORS)
def test_error_is_one_sentence_that_helps(
    line: str, table: str, words: list[str], resolved: Resolve
) -> None:
    with pytest.raises(UsageError) as raised:
        resolved(line, table)
    text = str(raised.value)
    assert "\n" not in text
    for word in words:
        assert word in text
    assert raised.value.exit_code == 2


def test_spawning_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nspawning = 1\n")
    with pytest.raises(UsageError, match="not a table"):
        resolve(["m.a"], tmp_path)


def test_tool_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("tool = 1\n")
    with pytest.raises(UsageError, match="not a table"):
        resolve(["m.a"], tmp_path)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[tool.spawning]\nhost = '\xe9'\n"])
def test_pyproject_that_is_no_utf8_is_said(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(UsageError, match=r"pyproject\.toml"):
        resolve(["m.a"], tmp_path)


def test_pyproject_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        resolve(["m.a"], tmp_path)


def test_pyproject_of_others_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nport = 1\n")
    assert resolve(["m.a"], tmp_path).config == Config(args=("m.a",))


# What is typed wins, so an address in pyproject.toml gives way to one on the command line.
@pytest.mark.parametrize(
    ("line", "addresses"),
    [
        ("m.a -p 81", [Address("", 81)]),
        ("m.a -i 127.0.0.2", [Address("127.0.0.2", 8080)]),
        ("m.a --bind :82", [Address("", 82)]),
        ("m.a", [Address("", 1)]),
    ],
)
def test_typed_address_wins_over_bind_in_pyproject(
    line: str, addresses: list[Address], resolved: Resolve
) -> None:
    assert addresses_of(resolved(line, "bind = ':1'").config) == addresses


def test_suggestion_about_an_ipv6_host_can_be_typed(resolved: Resolve) -> None:
    with pytest.raises(UsageError) as raised:
        resolved("m.a --bind :1 --host ::1")
    suggestion = raised.value.hint.rpartition(" ")[2]
    assert options()["bind"].parse(suggestion) == "[::1]:8080"


# (command line, table, option, where its value came from)
ORIGINS = [
    ("m.a", "", "port", "default"),
    ("m.a", "port = 81", "port", "pyproject.toml [tool.spawning]"),
    ("m.a -p 81", "port = 81", "port", "command line"),
    ("m.a", "", "args", "command line"),
    ("", "app = 'm.a'", "args", "pyproject.toml [tool.spawning]"),
    ("", "", "args", "found in app.py: application"),
    ("-f a.b m.a", "", "args", "command line"),
    ("m.a --reload=dev", "", "host", "default with --reload=dev"),
    ("m.a --reload=dev -i a", "", "host", "command line"),
]


@pytest.mark.parametrize(("line", "table", "name", "origin"), ORIGINS)
def test_verbose_says_where_a_value_came_from(
    line: str, table: str, name: str, origin: str, resolved: Resolve, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text("application = 1\n")
    settings = resolved(line, table)
    [shown] = [text for text in settings.lines() if text.split()[0] == name]
    assert shown.endswith(f" {origin}")
    assert repr(getattr(settings.config, name)) in shown


def test_application_that_was_found_is_said(resolved: Resolve, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("application = 1\n")
    assert resolved("").config.args == ("app:application",)
    assert resolved("").notes() == [
        "no application is named; taking app:application, found in app.py: application"
    ]
    assert resolved("m.a").notes() == []


def test_a_factory_of_the_users_is_told_its_arguments(resolved: Resolve, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("application = 1\n")
    with pytest.raises(UsageError, match="no application is named"):
        resolved("-f my.factory")


def test_settings_of_django_may_stand_in_an_env_file(resolved: Resolve, tmp_path: Path) -> None:
    (tmp_path / "env").write_text("DJANGO_SETTINGS_MODULE=site\n")
    (tmp_path / "manage.py").write_text("")
    (tmp_path / "site.py").write_text("WSGI_APPLICATION = 'site.app'\n")
    assert resolved(f"--env-file {tmp_path / 'env'}").config.args == ("site.app",)


def test_verbose_says_where_variables_come_from(
    resolved: Resolve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "env"
    file.write_text("SPAWNING_A=secret\nSPAWNING_B=secret\n")
    monkeypatch.setenv("SPAWNING_B", "kept")
    settings = resolved(f"m.a --env-file {file}")
    a, b = settings.lines()[-2:]
    assert a.split() == ["variable", "SPAWNING_A", f"{file}:1"]
    assert b.split() == "variable SPAWNING_B the environment, which has it already".split()
    file.write_text("SPAWNING_A\n")
    assert f"{file}:1" in settings.lines()[-1]


def test_verbose_says_every_option(resolved: Resolve) -> None:
    keys = [line.split()[0] for line in resolved("m.a").lines()]
    assert keys == ["args", *(n.replace("_", "-") for n in options() if n != HIDDEN)]


@pytest.mark.parametrize("flag", ["-h", "--help", "--version"])
def test_help_and_version_end_well(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments.parse([flag])
    assert ended.value.code == 0
    assert "spawn" in capsys.readouterr().out.lower()


def test_usage_errors_end_with_2_and_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["m.a", "--prot=1"]) == 2
    output = capfd.readouterr()
    assert output.out == ""
    assert output.err == "spawn: error: there is no option --prot; did you mean '--port'?\n"


@pytest.mark.parametrize(
    ("wrong", "hint"), [("prot", "did you mean 'port'?"), ("xyz", ""), ("", "")]
)
def test_did_you_mean(wrong: str, hint: str) -> None:
    assert did_you_mean(wrong, ["port", "host"]) == hint
