"""The servers of serving.py, ours first: each as its manual says, with one worker.

What would keep a server from taking part is lifted: a greatest number of connections below that
of the benchmark, a short queue of those that wait to be accepted, a small delay of each answer
for want of TCP_NODELAY.  Ours is compiled, as most people have it, and stands here once more as
its sources are.
"""

from __future__ import annotations

from peers import Peer, granian, gunicorn, module, spawning

_MANY = "20000"
_GRANIAN_IDLE = ("--backlog", _MANY, "--backpressure", _MANY)
_GUNICORN_IDLE = ("--worker-connections", _MANY, "--keep-alive", "600")
_APP = "serving_app:app"


def _ours(threads: str, interpreted: bool = False) -> Peer:
    command = spawning("-t", threads, "-l", "/dev/null", "serving_app.app")
    if interpreted:
        command = ("env", "PYTHONPATH={interpreted}", *command)
    name = f"spawning -t {threads}{', interpreted' if interpreted else ''}"
    return Peer(name, command, picks_port=True, ours=True)


def _script(name: str, *before: str, needs: str = "") -> Peer:
    """Return a server that has no command, or not one that can say all: apps/NAME_server.py."""
    command = ("{python}", *before, f"{{apps}}/{name}_server.py", "{port}")
    return Peer(_SCRIPTED[name], command, idle_options=(_MANY,), needs=needs)


_SCRIPTED = {
    "eventlet": "eventlet.wsgi",
    "gevent": "gevent.pywsgi",
    "cheroot": "cheroot, 4 threads",
    "bjoern": "bjoern",
}
GREENLETS, THREADS = _ours("0"), _ours("4")
INTERPRETED_GREENLETS, INTERPRETED_THREADS = (_ours(threads, True) for threads in "04")
EVENTLET = _script("eventlet")
GUNICORN = Peer(
    "gunicorn gthread, 4 threads",
    gunicorn("--worker-connections", "1000", _APP),
    idle_options=_GUNICORN_IDLE,
)
GRANIAN = Peer("granian", granian(_APP), idle_options=_GRANIAN_IDLE)
GRANIAN_THREADS = Peer(
    "granian, 4 threads", granian("--blocking-threads", "4", _APP), idle_options=_GRANIAN_IDLE
)
UWSGI = Peer(
    "uwsgi, 4 threads",
    (
        "{bin}/uwsgi",
        *("--http11-socket", "127.0.0.1:{port}", "--so-keepalive", "--listen", "1024"),
        *("--master", "--processes", "{workers}", "--threads", "4", "--disable-logging"),
        *("--need-app", "--module", _APP),
    ),
    keeps_idle=False,
    needs="uwsgi",
)
BJOERN = _script("bjoern", needs="bjoern")

SERVING = (
    GREENLETS,
    THREADS,
    INTERPRETED_GREENLETS,
    INTERPRETED_THREADS,
    EVENTLET,
    GUNICORN,
    Peer("gunicorn gevent", gunicorn("-k", "gevent", _APP), idle_options=_GUNICORN_IDLE),
    _script("gevent", "-m", "gevent.monkey"),
    Peer(
        "waitress, 4 threads",
        module(
            *("waitress", "--listen=127.0.0.1:{port}", "--threads=4"),
            *("--connection-limit=1000", _APP),
        ),
        idle_options=(
            f"--connection-limit={_MANY}",
            "--asyncore-use-poll",
            "--channel-timeout=600",
        ),
    ),
    _script("cheroot"),
    UWSGI,
    GRANIAN,
    GRANIAN_THREADS,
    BJOERN,
)
