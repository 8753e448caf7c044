"""Connections that are closed when their test ends, however it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from unit.core.memory_host import MemoryHost


@pytest.fixture
def host_for() -> Iterator[Callable[..., MemoryHost]]:
    """Return what makes a `MemoryHost` of a gateway."""
    made: list[MemoryHost] = []

    def make(gateway: Any, *endpoint: Any, **limits: float) -> MemoryHost:
        made.append(MemoryHost(gateway, *endpoint, **limits))
        return made[-1]

    yield make
    for host in made:
        host.close()
