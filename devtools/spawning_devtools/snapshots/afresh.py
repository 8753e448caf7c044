"""What a forked process must have for itself, so that it equals one that was started cold.

Rules:
1. Chance: Python's generator is seeded anew by Python at each fork.  Where the
   application had seeded it, that would undo the seed, so its state is brought back.
   numpy's is not seeded by anybody, so siblings would draw the same numbers.
2. Finders remember what was in a directory as long as its time does not change, and
   two saves can fall into one tick of the file system's clock: they look again.
3. A thread knows its number, and Python does not tell the main one that it has another now.
"""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable
from typing import Any


class Chance:
    """The generators of random numbers, as they were when nobody had seeded them."""

    def __init__(self) -> None:
        self._untouched = random.getstate()
        self._untouched_by_numpy: Any = None

    def look(self) -> None:
        """Take notice of numpy's state; to be called often, so also soon after its import."""
        if self._untouched_by_numpy is None:
            self._untouched_by_numpy = _state_of_numpy()

    def keep(self) -> Callable[[], None]:
        """Return what sets the generators right in a process that is forked now."""
        state = random.getstate()
        was_seeded = state != self._untouched
        numpy_was_seeded = _state_of_numpy() != self._untouched_by_numpy

        def set_right() -> None:
            if was_seeded:
                random.setstate(state)
            else:
                self._untouched = random.getstate()
            if not numpy_was_seeded and self._untouched_by_numpy is not None:
                sys.modules["numpy.random"].seed()
                self._untouched_by_numpy = _state_of_numpy()

        return set_right


def _state_of_numpy() -> Any:
    module = sys.modules.get("numpy.random")
    if module is None or not hasattr(module, "get_state"):
        return None
    kind, keys, position, *rest = module.get_state()
    return kind, bytes(keys), position, *rest


def number_thread() -> None:
    """Give the main thread its own `native_id`."""
    thread: Any = threading.main_thread()
    if hasattr(thread, "_set_native_id"):
        thread._set_native_id()


def look_again(is_project: Callable[[str], bool]) -> None:
    """Have the finders of the project's directories list them anew."""
    for path, finder in list(sys.path_importer_cache.items()):
        if finder is not None and is_project(path):
            invalidate = getattr(finder, "invalidate_caches", None)
            if invalidate is not None:
                invalidate()
