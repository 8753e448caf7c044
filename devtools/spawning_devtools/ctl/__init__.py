"""`spawnctl`: what looks after a server from outside; a module a command, loaded by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence

from spawning import __version__
from spawning.errors import SpawningError, UsageError, did_you_mean

INTERRUPTED = 130

COMMANDS: Mapping[str, tuple[str, str]] = {
    "attach": ("spawning_devtools.ctl.attach.command", "a prompt inside a worker that serves"),
    "status": ("spawning_devtools.ctl.status.command", "how a server fares, and its workers"),
    "top": ("spawning_devtools.ctl.top.command", "workers and requests, live"),
    "reload": ("spawning_devtools.ctl.reload.command", "a new generation, and what came of it"),
    "stop": ("spawning_devtools.ctl.stop.command", "the end of a server"),
    "logs": ("spawning_devtools.ctl.logs.command", "what an access log says of paths and times"),
    "why": ("spawning_devtools.ctl.code.why", "whether a file is watched, and what a save does"),
    "graph": ("spawning_devtools.ctl.code.graph", "which modules import which"),
    "watch": ("spawning_devtools.ctl.code.watch", "what is watched, and how"),
    "coverage": ("spawning_devtools.ctl.coverage.command", "which lines have run"),
}
"""By name: the module whose `main(argv) -> exit code` it is, and a phrase for the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that is named; return the exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        return _run(words)
    except SpawningError as error:
        print(f"spawnctl: error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough, and Python would complain at exit
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(words: Sequence[str]) -> int:
    if not words or words[0] in ("-h", "--help"):
        print(_help())
        return 0
    if words[0] == "--version":
        print(f"Spawning {__version__}")
        return 0
    if words[0] not in COMMANDS:
        hint = did_you_mean(words[0], COMMANDS) or "type 'spawnctl --help' for the commands"
        raise UsageError(f"there is no command {words[0]}", hint)
    module = importlib.import_module(COMMANDS[words[0]][0])
    code: int = module.main(words[1:])
    return code


def _help() -> str:
    lines = ["usage: spawnctl COMMAND [options]", ""]
    lines += [f"  {name:<10} {about}" for name, (_, about) in COMMANDS.items()]
    return "\n".join([*lines, "", "'spawnctl COMMAND --help' shows the options of a command."])
