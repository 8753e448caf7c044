"""The servers that are measured: what to install, and how each is started.

A command is data: `{python}` is the interpreter of the benchmarks' environment, `{bin}` the
folder of its scripts, `{interpreted}` that of our own sources, `{apps}` the folder
benchmarks/apps, `{port}` a free port, or 0 where the server picks one itself and prints it.
Versions are pinned only where the newest do not work together: a comparison with last year's
peers says nothing, and the report names the versions that ran.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = (
    "eventlet",
    "gunicorn",
    "inotify",  # gunicorn --reload-engine=inotify
    "gevent",
    "waitress",
    "cheroot",
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

COMPILED = {
    # What is compiled where it is installed, and the file of the system that it needs for that.
    "uwsgi": "",
    "bjoern": "ev.h",
}
"""Done without where they cannot be made."""

INTERPRETED = "interpreted"
"""The folder of the environment where Spawning is installed that is not compiled."""

DISTRIBUTIONS = (
    "Spawning",
    "eventlet",
    "gunicorn",
    "gevent",
    "waitress",
    "cheroot",
    "uwsgi",
    "bjoern",
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
    keeps_idle: bool = True
    """Whether it can keep more connections than it has threads."""
    needs: str = ""
    """A distribution that is not there everywhere."""
    workers: int = 1

    @property
    def has_workers(self) -> bool:
        """Return whether the server itself can have several."""
        return any("{workers}" in word for word in self.command)

    def arguments(self, python: str, apps: str, port: int, idle: bool = False) -> list[str]:
        """Return the argument vector."""
        known = {
            "python": python,
            "bin": str(Path(python).parent),
            "interpreted": str(Path(python).parent.parent / INTERPRETED),
            "apps": apps,
            "port": 0 if self.picks_port else port,
            "workers": self.workers,
        }
        options = self.idle_options if idle else ()
        words = (*self.command[:-1], *options, self.command[-1])
        return [word.format(**known) for word in words]


def module(*words: str) -> tuple[str, ...]:
    """Return the command that runs a module."""
    return ("{python}", "-m", *words)


def spawning(*words: str) -> tuple[str, ...]:
    """Return our command; a number of workers among `words` replaces the one that stands here."""
    return module("spawning", "-s", "{workers}", "-i", "127.0.0.1", "-p", "0", *words)


def gunicorn(*words: str) -> tuple[str, ...]:
    """Return the command of one worker with four threads; words may replace what stands here."""
    # Without its control socket, which gunicorn would make in the home folder.
    options = ("--no-control-socket", "-w", "{workers}", "-k", "gthread", "--threads", "4")
    return module("gunicorn", "-b", "127.0.0.1:{port}", *options, *words)


def granian(*words: str) -> tuple[str, ...]:
    """Return the command of one worker."""
    options = ("--host", "127.0.0.1", "--port", "{port}", "--workers", "{workers}")
    return module("granian", "--interface", "wsgi", *options, *words)


def chosen(peers: tuple[Peer, ...], only: str) -> tuple[Peer, ...]:
    """Return the peers whose name contains one of the comma-separated words of `only`."""
    words = [word.strip().lower() for word in only.split(",") if word.strip()]
    if not words:
        return peers
    return tuple(peer for peer in peers if any(word in peer.name.lower() for word in words))
