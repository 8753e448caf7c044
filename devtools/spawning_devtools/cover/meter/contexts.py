"""Which requests run a line (`--coverage-contexts`): what they call is measured under labels.

coverage.py's own contexts are one for the whole process, and several threads serve here:
see `places`.  A label is method and path.  Whoever asks for ever new paths gets no more
than MOST of them, for each takes memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

MOST = 500
LONGEST = 200
OTHERS = "other requests"

Leave = Callable[[], None]
Enter = Callable[[str], Leave]
Start = Callable[..., Any]


def labelling(application: Any, enter: Enter) -> Any:
    """Return the application, whose requests are told apart.

    `enter` is given a label, and returns what ends it.
    """
    labels: set[str] = set()

    def labelled(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        label = label_of(environ)
        if label not in labels:
            if len(labels) >= MOST:
                label = OTHERS
            labels.add(label)
        leave = enter(label)
        try:
            result: Iterable[bytes] = application(environ, start)
        finally:
            leave()
        if type(result) in (list, tuple):
            return result  # nobody's code runs when it is iterated
        return (_Sized if hasattr(result, "__len__") else _Labelled)(result, enter, label)

    return labelled


def label_of(environ: dict[str, Any]) -> str:
    """Return what a request is called."""
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    # PEP 3333: bytes in the disguise of text.
    path = path.encode("latin-1", "replace").decode("utf-8", "replace")
    return f"{environ['REQUEST_METHOD']} {path}"[:LONGEST]


class _Labelled:
    """What an application has returned: its code runs when it is iterated and closed."""

    def __init__(self, result: Any, enter: Enter, label: str) -> None:
        self._result = result
        self._iterator: Iterator[bytes] | None = None
        self._enter = enter
        self._label = label

    def __iter__(self) -> _Labelled:
        return self

    def __next__(self) -> bytes:
        leave = self._enter(self._label)
        try:
            if self._iterator is None:
                self._iterator = iter(self._result)
            return next(self._iterator)
        finally:
            leave()

    def close(self) -> None:
        close = getattr(self._result, "close", None)
        if close is not None:
            leave = self._enter(self._label)
            try:
                close()
            finally:
                leave()


class _Sized(_Labelled):
    """A result that has a length, by which the server knows the length of the response."""

    def __len__(self) -> int:
        return len(self._result)
