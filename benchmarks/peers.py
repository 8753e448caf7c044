"""The servers that are measured: what to install, and how each is started.

A command is data: `{python}` is the interpreter of the benchmarks' environment, `{apps}` the
folder benchmarks/apps, `{port}` a free port, or 0 where the server picks one itself and prints
it.  Versions are pinned only where the newest do not work together: a comparison with
last year's peers says nothing, and the report names the versions that ran.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    "django",
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
    "django",
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
        known = {"python": python, "apps": apps, "port": 0 if self.picks_port else port}
        options = self.idle_options if idle else ()
        words = (*self.command[:-1], *options, self.command[-1])
        return [word.format(**known) for word in words]


def _module(*words: str) -> tuple[str, ...]:
    return ("{python}", "-m", *words)


def _spawning(*words: str) -> tuple[str, ...]:
    return _module("spawning", "-s", "1", "-i", "127.0.0.1", "-p", "0", *words)


def _gunicorn(*words: str) -> tuple[str, ...]:
    # Without its control socket, which gunicorn would make in the home folder.
    options = ("--no-control-socket", "-w", "1", "-k", "gthread", "--threads", "4")
    return _module("gunicorn", "-b", "127.0.0.1:{port}", *options, *words)


def _granian(*words: str) -> tuple[str, ...]:
    options = ("--host", "127.0.0.1", "--port", "{port}", "--workers", "1")
    return _module("granian", "--interface", "wsgi", *options, *words)


_MANY = "20000"
_GRANIAN_IDLE = ("--backlog", _MANY, "--backpressure", _MANY)

EVENTLET = "eventlet.wsgi"
GUNICORN = "gunicorn gthread, 4 threads"

SERVING = (
    Peer(
        "spawning -t 0",
        _spawning("-t", "0", "-l", "/dev/null", "serving_app.app"),
        picks_port=True,
        ours=True,
    ),
    Peer(
        "spawning -t 4",
        _spawning("-t", "4", "-l", "/dev/null", "serving_app.app"),
        picks_port=True,
        ours=True,
    ),
    Peer(EVENTLET, ("{python}", "{apps}/eventlet_server.py", "{port}"), idle_options=(_MANY,)),
    Peer(
        GUNICORN,
        _gunicorn("serving_app:app"),
        idle_options=("--worker-connections", _MANY, "--keep-alive", "600"),
    ),
    Peer(
        "waitress, 4 threads",
        _module("waitress", "--listen=127.0.0.1:{port}", "--threads=4", "serving_app:app"),
        idle_options=(
            f"--connection-limit={_MANY}",
            "--asyncore-use-poll",
            "--channel-timeout=600",
        ),
    ),
    Peer("granian", _granian("serving_app:app"), idle_options=_GRANIAN_IDLE),
    Peer(
        "granian, 4 threads",
        _granian("--blocking-threads", "4", "serving_app:app"),
        idle_options=_GRANIAN_IDLE,
    ),
)

_FLASK_RUN = ("--app", "site_app.wsgi:app", "run", "--reload", "--port", "{port}")

RELOAD_FLASK = (
    Peer(
        "spawning --reload=dev",
        _spawning("--reload=dev", "-t", "4", "site_app.wsgi.app"),
        picks_port=True,
        ours=True,
    ),
    Peer("Flask, watchdog", _module("flask", *_FLASK_RUN)),
    Peer("Flask, stat", ("{python}", "{apps}/flask_stat.py", *_FLASK_RUN)),
    Peer(
        "gunicorn, inotify", _gunicorn("--reload", "--reload-engine=inotify", "site_app.wsgi:app")
    ),
    Peer("gunicorn, poll", _gunicorn("--reload", "--reload-engine=poll", "site_app.wsgi:app")),
    Peer(
        "uvicorn, watchfiles",
        _module("uvicorn", "--reload", "--port", "{port}", "flask_as_asgi:app"),
    ),
    Peer("granian, watchfiles", _granian("--reload", "site_app.wsgi:app")),
)

RELOAD_DJANGO = (
    Peer(
        "spawning --reload=dev",
        _spawning("--reload=dev", "-t", "4", "mysite.wsgi.application"),
        picks_port=True,
        ours=True,
    ),
    Peer("Django runserver", ("{python}", "manage.py", "runserver", "127.0.0.1:{port}")),
    Peer(
        "gunicorn, inotify",
        _gunicorn("--reload", "--reload-engine=inotify", "mysite.wsgi:application"),
    ),
)


def chosen(peers: tuple[Peer, ...], only: str) -> tuple[Peer, ...]:
    """Return the peers whose name contains one of the comma-separated words of `only`."""
    words = [word.strip().lower() for word in only.split(",") if word.strip()]
    if not words:
        return peers
    return tuple(peer for peer in peers if any(word in peer.name.lower() for word in words))
