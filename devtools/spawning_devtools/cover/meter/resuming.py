"""Measuring goes on after a debugger: `pdb` ends all tracing of a thread when it continues.

A run of tests loses the rest of one test by it.  A thread that serves would not be
measured any more for as long as the worker lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def resuming(application: Any, resume: Callable[[], None]) -> Any:
    """Return the application, in whose thread `resume` is called before each request."""

    def resumed(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        resume()
        answer: Iterable[bytes] = application(environ, start)
        return answer

    return resumed
