"""What was seen, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Moment:
    """How far the records had come, and what cannot be known afterwards."""

    modules: int
    missing: int
    dynamic: int
    packages: int
    opened: tuple[int, ...]
    search_path: tuple[str, ...]
    environ: dict[str, str]
    order_matters: str
    sets_up: tuple[str, ...]


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

    def take(self, number: int) -> tuple[T, ...]:
        """Return what is new since the last call, of the first `number`."""
        new = tuple(self._order[self._taken : number])
        self._taken += len(new)
        return new

    @property
    def has_more(self) -> bool:
        """Whether `take` has something to return."""
        return len(self._order) > self._taken

    def __len__(self) -> int:
        return len(self._order)
