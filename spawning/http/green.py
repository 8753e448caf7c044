"""The only door to eventlet of the server, which is opened with `--threads 0` alone."""

from __future__ import annotations

import warnings
from select import epoll

with warnings.catch_warnings():
    # Its own category, a message that begins with a newline; users' warnings stay.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated", category=Warning)
    import eventlet
    import eventlet.hubs
    import eventlet.patcher
    from eventlet.greenio import GreenSocket

import greenlet

__all__ = ["GreenSocket", "eventlet", "greenlet", "monkey_patch", "renew_hub"]


def monkey_patch() -> None:
    """Make socket, pipe, time and thread operations cooperative, before the application loads."""
    eventlet.monkey_patch()


def renew_hub() -> None:
    """Have an epoll of one's own in a forked process, which shares its parent's.

    The hub itself is kept: what the application has begun with `eventlet.spawn` waits in it.
    """
    hub = eventlet.hubs.get_hub()
    if isinstance(getattr(hub, "poll", None), epoll):
        hub.poll.close()
        hub.poll = epoll()
