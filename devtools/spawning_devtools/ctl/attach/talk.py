"""Questions that have answers, and all else that is said, over one line."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

from spawning_devtools.ctl.attach.wire import Said, Wire

ANSWERS = frozenset({"completions", "signature", "is_complete"})
PATIENCE = 1.0
"""Seconds that somebody who types waits for an answer; then there is none."""


class Talk:
    """Asks by number, and has `hear` called with whatever is no answer."""

    def __init__(self, wire: Wire, hear: Callable[[Said], None]) -> None:
        self._wire = wire
        self._hear = hear
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Said | None]] = {}

    async def listen(self) -> None:
        """Hear what is said until the line ends."""
        try:
            while (message := await self._wire.receive()) is not None:
                self._take(message)
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_result(None)
            await self._wire.close()

    def _take(self, message: Said) -> None:
        if message["say"] not in ANSWERS:
            self._hear(message)
        elif (future := self._waiting.get(message.get("id", 0))) and not future.done():
            future.set_result(message)

    def tell(self, do: str, **fields: Any) -> int:
        """Ask for something that is not answered, or in many messages; return its number."""
        number = next(self._numbers)
        self._wire.send(do, id=number, **fields)
        return number

    async def ask(self, do: str, **fields: Any) -> Said | None:
        """Return the answer; None where there is none in time."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._wire.send(do, id=number, **fields)
            return await asyncio.wait_for(self._waiting[number], PATIENCE)
        except asyncio.TimeoutError:
            return None
        finally:
            del self._waiting[number]
