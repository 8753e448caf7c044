"""Questions that have answers, and all else that is said, over one line."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
from collections.abc import Callable, Mapping
from typing import Any

from spawning_devtools.ctl.attach.wire import Said, Wire

ANSWERS = frozenset({"completions", "signature", "is_complete"})
PATIENCE = 15.0
"""Seconds after which there is no answer.

So many, because whoever types is not held up by them: a menu that opens late, where nothing
more was typed, is better than none, on a machine that is busy.  What waits at Enter is ended by
Ctrl-C (`give_up`).
"""


@dataclasses.dataclass(frozen=True, slots=True)
class _Question:
    do: str
    fields: Mapping[str, Any]
    answer: asyncio.Future[Said | None]


class Talk:
    """Asks by number, and has `hear` called with whatever is no answer."""

    def __init__(self, wire: Wire, hear: Callable[[Said], None]) -> None:
        self._wire = wire
        self._hear = hear
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Question] = {}

    async def listen(self) -> None:
        """Hear what is said until the line ends."""
        try:
            while (message := await self._wire.receive()) is not None:
                self._take(message)
        finally:
            self.give_up()
            await self._wire.close()

    def _take(self, message: Said) -> None:
        if message["say"] in ANSWERS:
            self._answer(message.get("id", 0), message)
            return
        if message["say"] == "moved":
            # Questions may have gone down with the worker; a second answer is passed over.
            for number, question in self._waiting.items():
                self._wire.send(question.do, id=number, **question.fields)
        self._hear(message)

    def _answer(self, number: int, answer: Said | None) -> None:
        question = self._waiting.get(number)
        if question is not None and not question.answer.done():
            question.answer.set_result(answer)

    def give_up(self) -> None:
        """Wait for no answer any more."""
        for number in self._waiting:
            self._answer(number, None)

    def tell(self, do: str, **fields: Any) -> int:
        """Ask for something that is not answered, or in many messages; return its number."""
        number = next(self._numbers)
        self._wire.send(do, id=number, **fields)
        return number

    async def ask(self, do: str, **fields: Any) -> Said | None:
        """Return the answer; None where there is none in time."""
        number = next(self._numbers)
        answer: asyncio.Future[Said | None] = asyncio.get_running_loop().create_future()
        self._waiting[number] = _Question(do, fields, answer)
        try:
            self._wire.send(do, id=number, **fields)
            return await asyncio.wait_for(answer, PATIENCE)
        except asyncio.TimeoutError:
            return None
        finally:
            del self._waiting[number]
