"""The servers that are measured: what to install, and how each is started.

A command is data: `{python}` is the interpreter of the benchmarks' environment, `{bin}` the
folder of its scripts, `{apps}` the folder benchmarks/apps, `{port}` a free port, or 0 where the
server picks one itself and prints it.  Versions are pinned only where the newest do not work
together: a comparison with last year's peers says nothing, and the report names the versions
that ran.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = (
    "eventlet",
    "gunicorn",
    "inotify",  # gunicorn --reload-engine=inotify
    "waitress",
    "granian[reload]",
    "uvicorn",
    "watchfiles",  # uvicorn --reload
    "a2wsgi",
    "flask",
    # For flask --reload.  Werkzeug's patterns match no file under watchdog 7 (seen with werkzeug
    # 3.1.9 and watchdog 7.1.0): it would never reload.
    "watchdog>=6,<7",
    # The issue of the reloader names this series.
    "django>=5.2,<5.3",
    "djangorestframework",
    "hupper",
    "uvicorn-hmr; python_version >= '3.12'",
    "numpy",
    "pandas",
    "sqlalchemy",
    "psutil",
)

DISTRIBUTIONS = (
    "Spawning",
    "eventlet",
    "gunicorn",
    "waitress",
    "granian",
    "uvicorn",
    "flask",
    "werkzeug",
    "watchdog",
    "watchfiles",
    "hupper",
    "uvicorn-hmr",
    "hmr",
    "django",
    "djangorestframework",
    "numpy",
    "pandas",
    "sqlalchemy",
)


@dataclass(frozen=True)
class Peer:
    """One way to start one server."""

    name: str
    command: tuple[str, ...]
    idle_options: tuple[str, ...] = ()
    """Put before the last word where idle connections are counted: limits lifted."""
    picks_port: bool = False
    ours: bool = False

    def arguments(self, python: str, apps: str, port: int, idle: bool = False) -> list[str]:
        """Return the argument vector."""
        known = {
            "python": python,
            "bin": str(Path(python).parent),
            "apps": apps,
            "port": 0 if self.picks_port else port,
        }
        options = self.idle_options if idle else ()
        words = (*self.command[:-1], *options, self.command[-1])
        return [word.format(**known) for word in words]


def module(*words: str) -> tuple[str, ...]:
    """Return the command that runs a module."""
    return ("{python}", "-m", *words)


def spawning(*words: str) -> tuple[str, ...]:
    """Return our command; a number of workers among `words` replaces the one that stands here."""
    return module("spawning", "-s", "1", "-i", "127.0.0.1", "-p", "0", *words)


def gunicorn(*words: str) -> tuple[str, ...]:
    """Return the command of one worker with four threads."""
    # Without its control socket, which gunicorn would make in the home folder.
    options = ("--no-control-socket", "-w", "1", "-k", "gthread", "--threads", "4")
    return module("gunicorn", "-b", "127.0.0.1:{port}", *options, *words)


def granian(*words: str) -> tuple[str, ...]:
    """Return the command of one worker."""
    options = ("--host", "127.0.0.1", "--port", "{port}", "--workers", "1")
    return module("granian", "--interface", "wsgi", *options, *words)


_MANY = "20000"
_GRANIAN_IDLE = ("--backlog", _MANY, "--backpressure", _MANY)

EVENTLET = "eventlet.wsgi"
GUNICORN = "gunicorn gthread, 4 threads"

SERVING = (
    Peer(
        "spawning -t 0",
        spawning("-t", "0", "-l", "/dev/null", "serving_app.app"),
        picks_port=True,
        ours=True,
    ),
    Peer(
        "spawning -t 4",
        spawning("-t", "4", "-l", "/dev/null", "serving_app.app"),
        picks_port=True,
        ours=True,
    ),
    Peer(EVENTLET, ("{python}", "{apps}/eventlet_server.py", "{port}"), idle_options=(_MANY,)),
    Peer(
        GUNICORN,
        gunicorn("serving_app:app"),
        idle_options=("--worker-connections", _MANY, "--keep-alive", "600"),
    ),
    Peer(
        "waitress, 4 threads",
        module("waitress", "--listen=127.0.0.1:{port}", "--threads=4", "serving_app:app"),
        idle_options=(
            f"--connection-limit={_MANY}",
            "--asyncore-use-poll",
            "--channel-timeout=600",
        ),
    ),
    Peer("granian", granian("serving_app:app"), idle_options=_GRANIAN_IDLE),
    Peer(
        "granian, 4 threads",
        granian("--blocking-threads", "4", "serving_app:app"),
        idle_options=_GRANIAN_IDLE,
    ),
)


def chosen(peers: tuple[Peer, ...], only: str) -> tuple[Peer, ...]:
    """Return the peers whose name contains one of the comma-separated words of `only`."""
    words = [word.strip().lower() for word in only.split(",") if word.strip()]
    if not words:
        return peers
    return tuple(peer for peer in peers if any(word in peer.name.lower() for word in words))
