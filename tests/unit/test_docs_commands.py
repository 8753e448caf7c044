"""What the manual says to type can be typed: commands, options, TOML, Python and JSON."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest

from manual import DOCS, PAGES, ROOT, blocks, calls, commands, inline, typed
from spawning.cli import arguments
from spawning.cli.settings import resolve
from spawning.config import options
from spawning_devtools.ctl import COMMANDS

GENERAL = {"--help", "-h", "--version"}
FOREIGN = {
    # Options of other programs, by what they belong to.
    "git": {"--continue"},
    "nginx, docker, pserve and others": {"--server-name", "--init", "--time", "--app"},
    "our benchmarks and scripts": {
        *("--mode", "--load", "--memory", "--idle", "--json", "--redraw", "--draft"),
        *("--quick",),
    },
}
APPLICATION = re.compile(r"[\w.]+(:[\w.]+(\(\))?)?")
PLACEHOLDERS = {"PID": "1", "N": "1", "PORT": "8080", "SIZE": "1M", "SECONDS": "1"}
UNIT = "%i"
"""What systemd puts into a unit for several: a port, in ours."""
WITH_COMMANDS = [page for page in PAGES if commands(page)]
COMPARISONS = [page for page in PAGES if Path(page).name.startswith("from-")]


def spawnctl_flags() -> set[str]:
    return {
        flag
        for module, _about in COMMANDS.values()
        for action in importlib.import_module(module).parser()._actions
        for flag in action.option_strings
    }


KNOWN = (
    GENERAL
    | {flag for declared in options().values() for flag in declared.flags}
    | spawnctl_flags()
    | set().union(*FOREIGN.values())
)


def check_spawn(words: list[str]) -> None:
    values = arguments.parse([word for word in words if word not in GENERAL])
    if "factory" not in values:  # which decides what the words mean
        assert all(APPLICATION.fullmatch(word) for word in values.get("args", []))
    for name, value in values.items():
        if name in ("args", "env_file") or options()[name].is_flag:
            continue
        for text in value if isinstance(value, list) else [value]:
            options()[name].parse(text)


def check_spawnctl(words: list[str]) -> None:
    command, *rest = [word for word in words if word not in GENERAL]
    assert command in {*COMMANDS, "COMMAND"}, command
    if command == "COMMAND" or not rest:  # a command that is only named
        return
    if command == "logs":  # it takes `--earliest -1hour` too, which argparse does not
        rest = [re.sub(r"^-(?=\d)", "", word) for word in rest]
    importlib.import_module(COMMANDS[command][0]).parser().parse_args(rest)


CHECKS = {"spawn": check_spawn, "spawnctl": check_spawnctl}


def plain(words: list[str]) -> list[str]:
    """Return what a reader would type: without `...` and `[optional]`, and with values."""
    kept = [word for word in words if not re.search(r"^\[|\]$|^\.\.\.$|^…$", word)]
    kept = [word.replace(UNIT, PLACEHOLDERS["PORT"]) for word in kept]
    for name, value in PLACEHOLDERS.items():
        kept = [re.sub(rf"(^|=){name}$", rf"\g<1>{value}", word) for word in kept]
    return kept


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_commands_can_be_typed(page: str) -> None:
    for program, *words in commands(page):
        if words:
            CHECKS[program](plain(words))


def test_commands_are_found() -> None:
    found = list(calls("FLASK_DEBUG=1 spawn -t 0 a.app & .venv/bin/spawnctl why x | head > spawn"))
    assert found == [["spawn", "-t", "0", "a.app"], ["spawnctl", "why", "x"]]
    assert list(calls("docker run my-image spawn --port 1 a.app")) == [
        ["spawn", "--port", "1", "a.app"]
    ]
    assert list(calls("pip install spawning")) == []
    assert sum(len(commands(page)) for page in WITH_COMMANDS) > 100


@pytest.mark.parametrize("page", PAGES)
def test_options_exist(page: str) -> None:
    assert [span for span in _options(page) if re.split(r"[ ,=\[]", span)[0] not in KNOWN] == []


def _options(page: str) -> list[str]:
    found = []
    for block in blocks(page):
        if block.is_code:
            continue
        for line in block.text.splitlines():
            # On the left stands what another server calls it.
            theirs = page in COMPARISONS and line.startswith("|")
            text = line.split("|", 2)[2] if theirs else line
            found += [s for s in re.findall(r"`([^`]+)`", text) if re.match(r"--?[a-z]", s)]
    return found


def test_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for page in PAGES
        for text in re.findall(r"(?:`|^\$ )make ([a-z ]+)", (ROOT / page).read_text(), re.MULTILINE)
        for target in text.split()
    }
    assert len(named) > 8
    assert named - targets == set()


@pytest.mark.parametrize("page", COMPARISONS)
def test_every_row_of_a_comparison_has_an_answer(page: str) -> None:
    rows = [line for block in blocks(page) for line in block.text.splitlines() if line[:1] == "|"]
    assert len(rows) > 8
    assert [row for row in rows if not all(c.strip() for c in row.strip("|").split("|")[1:])] == []


def test_every_option_of_0_9_7_is_in_its_comparison() -> None:
    text = (DOCS / "how-to/from-0.9.7.md").read_text()
    promised = (
        "verbose factory host port processes threads daemonize chuid pidfile stdout stderr watch"
        " reload deadman access-log-file coverage sysinfo max-memory backdoor max-age"
        " no-keepalive z-restart-args status-port status-host"
    )
    for name in promised.split():
        assert f"`--{name}" in text


@pytest.mark.parametrize("page", PAGES)
def test_code_is_whole(page: str, tmp_path: Path) -> None:
    for block in blocks(page):
        match block.language:
            case "python":
                compile(block.text, f"{page}:{block.line}", "exec")
            case "json":
                json.loads(block.text)
            case "toml":
                (tmp_path / "pyproject.toml").write_text(block.text)
                resolve(["app"], tmp_path)


def test_the_manual_is_read_as_it_is_written() -> None:
    page = "docs/how-to/daemon.md"
    console = [block for block in blocks(page) if block.language == "console"]
    first = typed(console[0])[0]
    assert first.command.startswith("spawn --daemonize --pidfile")
    assert first.command.endswith("my_module.app")
    assert first.output[0].startswith("spawn: serving my_module.app")
    assert "--daemonize" in inline(blocks(page)[0])
