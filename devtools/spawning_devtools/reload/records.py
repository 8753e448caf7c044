"""What was seen, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Record(Generic[T]):
    """Things in the order of their first sight; other threads may add some at any time."""

    def __init__(self, news: Callable[[], None]) -> None:
        self._news = news
        self._seen: set[T] = set()
        self._order: list[T] = []
        self._taken = 0

    def add(self, thing: T) -> None:
        """Record `thing`.  Two threads may record it twice, which does no harm."""
        if thing not in self._seen:
            self._seen.add(thing)
            self._order.append(thing)
            self._news()

    def since(self, number: int) -> tuple[T, ...]:
        """Return all but the first `number`."""
        return tuple(self._order[number:])

    def take(self) -> tuple[T, ...]:
        """Return what is new since the last call."""
        new = tuple(self._order[self._taken :])
        self._taken += len(new)
        return new

    @property
    def has_more(self) -> bool:
        """Whether `take` has something to return."""
        return len(self._order) > self._taken
