"""Questions of `spawnctl attach`, and how long their answers may take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from spawning_devtools.ctl.attach.talk import PATIENCE, Talk
from spawning_devtools.ctl.attach.wire import Said, Wire

ANSWER = {"say": "completions", "id": 1, "items": []}


class Line:
    """Stands for a wire: what was sent, and what is received as the test says."""

    def __init__(self) -> None:
        self.sent: list[Said] = []
        self.coming: asyncio.Queue[Said | None] = asyncio.Queue()

    def send(self, do: str, **fields: Any) -> None:
        self.sent.append({"do": do, **fields})

    async def receive(self) -> Said | None:
        return await self.coming.get()

    async def close(self) -> None:
        """Nothing is to be closed."""


class Loop(asyncio.SelectorEventLoop):
    """Time that passes when the test says so."""

    now = 1000.0

    def time(self) -> float:
        return self.now


class Talking:
    """A talk, and a question that was asked in it."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.line = Line()
        self.heard: list[Said] = []
        self.talk = Talk(cast(Wire, self.line), self.heard.append)
        self.listening = asyncio.ensure_future(self.talk.listen())
        self.asked = asyncio.ensure_future(self.talk.ask("complete", source="a."))

    async def after(self, seconds: float) -> None:
        """Have time pass, and everybody look."""
        await self.hears()
        self._loop.now += seconds
        await self.hears()

    async def hears(self, *messages: Said | None) -> None:
        """Have things said, and heard."""
        for message in messages:
            self.line.coming.put_nowait(message)
        for _ in range(10):
            await asyncio.sleep(0)

    async def end(self) -> None:
        """End the line."""
        await self.hears(None)
        await self.listening


def run(test: Callable[[Talking], Awaitable[None]]) -> None:
    """Run a test in a loop of its own."""
    loop = Loop()

    async def whole() -> None:
        talking = Talking(loop)
        await test(talking)
        await talking.end()

    try:
        loop.run_until_complete(whole())
    finally:
        loop.close()


def test_an_answer_may_be_late() -> None:
    async def test(one: Talking) -> None:
        await one.after(PATIENCE - 1)
        assert not one.asked.done()
        await one.hears(ANSWER)
        assert one.asked.result() == ANSWER
        await one.hears(ANSWER, {"say": "text", "text": "x"})
        assert one.heard == [{"say": "text", "text": "x"}]

    run(test)


def test_at_last_there_is_none() -> None:
    async def test(one: Talking) -> None:
        await one.after(PATIENCE + 1)
        assert one.asked.result() is None

    run(test)


def test_who_has_enough_and_the_end_of_the_line_end_the_wait() -> None:
    async def test(one: Talking) -> None:
        await one.hears()
        one.talk.give_up()
        await one.hears()
        assert one.asked.result() is None
        again = asyncio.ensure_future(one.talk.ask("signature", source="f("))
        await one.hears()
        await one.hears(None)
        assert again.result() is None

    run(test)


def test_a_question_is_asked_again_where_the_session_has_gone_to() -> None:
    async def test(one: Talking) -> None:
        await one.hears()
        await one.hears({"say": "moved", "worker": 4})
        assert one.line.sent == [{"do": "complete", "id": 1, "source": "a."}] * 2
        await one.hears(ANSWER)
        assert one.asked.result() == ANSWER
        await one.hears({"say": "moved", "worker": 5})
        assert len(one.line.sent) == 2

    run(test)
