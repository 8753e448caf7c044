"""The reloaders that are compared, for one site: each as its manual says, with one worker."""

from __future__ import annotations

from peers import Peer, granian, gunicorn, module, spawning
from sites import Site

OURS = "spawning --reload=dev"
IN_PROCESS = "uvicorn-hmr"
"""The one peer that restarts nothing: it executes changed modules again where they are."""
LEFT_OUT = (
    "Django runserver with watchman: left out, since the watchman service is no Python package",
)


def ours(site: Site, *words: str, name: str = OURS) -> Peer:
    """Return our server on `site`; `words` come before the application."""
    command = spawning(*words, f"{site.module}.{site.variable}")
    return Peer(name, command, picks_port=True, ours=True)


def reloaders(site: Site) -> tuple[Peer, ...]:
    """Return all that can serve `site`, ours first."""
    wsgi = f"{site.module}:{site.variable}"
    return (
        ours(site, "--reload=dev", "-t", "4", "-l", "/dev/null"),
        *(_django() if site.name == "django" else _flask(wsgi)),
        Peer("gunicorn, inotify", gunicorn("--reload", "--reload-engine=inotify", wsgi)),
        Peer("gunicorn, poll", gunicorn("--reload", "--reload-engine=poll", wsgi)),
        Peer("uvicorn, watchfiles", module("uvicorn", "--reload", "--port", "{port}", _ASGI)),
        Peer("granian, watchfiles", granian("--reload", wsgi)),
        Peer("hupper, waitress", (*_HUPPER, "-m", "waitress", "--listen", _LISTEN, wsgi)),
        Peer(IN_PROCESS, module("uvicorn_hmr", "--port", "{port}", _ASGI)),
    )


_ASGI = "as_asgi:app"
_HUPPER = ("{python}", "{bin}/hupper")
_LISTEN = "127.0.0.1:{port}"


def _flask(wsgi: str) -> tuple[Peer, ...]:
    run = ("--app", wsgi, "run", "--reload", "--port", "{port}")
    return (
        Peer("Flask, watchdog", module("flask", *run)),
        Peer("Flask, stat", ("{python}", "{apps}/flask_stat.py", *run)),
    )


def _django() -> tuple[Peer, ...]:
    return (Peer("Django runserver, stat", ("{python}", "manage.py", "runserver", _LISTEN)),)
