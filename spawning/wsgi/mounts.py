"""Paths that are answered before the application is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def mounted(application: Application, mounts: Mapping[str, Application]) -> Application:
    """Return the application behind `mounts`, by path; itself where there are none."""
    if not mounts:
        return application

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        mount = mounts.get(environ["PATH_INFO"])
        return (mount or application)(environ, start)

    return answer
