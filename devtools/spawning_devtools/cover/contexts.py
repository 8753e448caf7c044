"""Which requests run a line (`--coverage-contexts`): each is measured under a label.

coverage.py's own contexts are one for the whole process, and several threads serve here.
But each thread has a tracer, which looks up where to write when a function is entered; so
the wrapper gives the tracer of its thread another place while a request is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

MOST = 500
OTHERS = "other requests"

Begin = Callable[[], Callable[[], None]]


def labelling(application: Any, begin_of: Callable[[str], Begin]) -> Any:
    """Return the application, whose calls count as their request's."""
    labels: dict[str, Begin] = {}

    def begin_for(environ: dict[str, Any]) -> Begin:
        name = f"{environ['REQUEST_METHOD']} {environ.get('SCRIPT_NAME', '')}{environ['PATH_INFO']}"
        if name not in labels:
            if len(labels) >= MOST:
                name = OTHERS
            labels[name] = begin_of(name)
        return labels[name]

    def labelled(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        begin = begin_for(environ)
        end = begin()
        try:
            result = application(environ, start)
        finally:
            end()
        return _Labelled(result, begin)

    return labelled


class _Labelled:
    """What an application has returned: it runs on when it is iterated, and when it is closed."""

    def __init__(self, result: Iterable[bytes], begin: Begin) -> None:
        self._result = result
        self._begin = begin
        self._iterator: Iterator[bytes] | None = None

    def __iter__(self) -> _Labelled:
        return self

    def __next__(self) -> bytes:
        end = self._begin()
        try:
            if self._iterator is None:
                self._iterator = iter(self._result)
            return next(self._iterator)
        finally:
            end()

    def close(self) -> None:
        close = getattr(self._result, "close", None)
        if close is not None:
            end = self._begin()
            try:
                close()
            finally:
                end()
