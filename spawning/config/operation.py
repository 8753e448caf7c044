"""The options of a server that runs by itself, and of those who look after it."""

from __future__ import annotations

import dataclasses

from spawning.config.option import flag, option
from spawning.config.values import identity, path, port


@dataclasses.dataclass(frozen=True, kw_only=True)
class Daemon:
    """How the server runs in the background."""

    daemonize: bool = flag(
        "-d",
        "--daemonize",
        help="run in the background; the command returns when the application is served",
    )
    chuid: str = option(
        "-u",
        "--chuid",
        default="",
        parse=identity,
        metavar="USER[:GROUP]",
        help="change to this user, and group, once the addresses are bound",
    )
    pidfile: str = option(
        "--pidfile",
        default="",
        parse=path,
        metavar="FILE",
        help="write the controller's process id to this file",
    )
    stdout: str = option(
        "--stdout",
        default="",
        parse=path,
        metavar="FILE",
        help="append standard output to this file; SIGUSR1 opens it anew",
    )
    stderr: str = option(
        "--stderr",
        default="",
        parse=path,
        metavar="FILE",
        help="append standard error to this file; SIGUSR1 opens it anew",
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Status:
    """What the server tells of itself, to those who are let near."""

    status_port: int | None = option(
        "--status-port",
        default=None,
        parse=port,
        metavar="PORT",
        help="serve /status, /status.json, /metrics, /healthz, /readyz and /events on a port "
        "of their own; 0 picks a free one and prints it",
    )
    status_host: str | None = option(
        "--status-host",
        default=None,
        parse=str,
        metavar="HOST",
        help="address of the status page; without it that of --host",
    )
    sysinfo: bool = flag(
        "--sysinfo",
        help="answer /_sysinfo with what the system and the process are, as JSON",
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Logs:
    """What is written, and where."""

    access_log_file: str = option(
        "-l",
        "--access-log-file",
        default="",
        parse=str,
        metavar="FILE",
        help="access log; standard output if not given, /dev/null to have none; SIGUSR1 opens it "
        "anew",
    )
    access_log_format: str = option(
        "--access-log-format",
        default="",
        parse=str,
        metavar="FORMAT",
        help="common, combined, json, or fields of your own such as '%(h)s %(r)s %(s)s'; "
        "without it the form of 0.9.7",
    )
    problem_lines: bool = flag(
        "--problem-lines",
        help="mark in the log where new code begins to load and where that has ended, and tell "
        "what is wrong with it in one line, for editors and other programs",
    )
    verbose: bool = flag(
        "-v",
        "--verbose",
        help="say each value and where it came from, at start and at each reload",
    )
