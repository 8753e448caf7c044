"""The screen itself: what is looked at every second, and what keys do."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
from collections.abc import Callable, Mapping
from functools import partial

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Size
from prompt_toolkit.filters import Condition, Filter
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.styles import Style

from spawning.errors import ServerNotFound
from spawning_devtools.ctl.reload.command import order
from spawning_devtools.ctl.status.look import Looker
from spawning_devtools.ctl.status.sight import Worker
from spawning_devtools.ctl.top.columns import ordered
from spawning_devtools.ctl.top.rates import History
from spawning_devtools.ctl.top.state import CPU, MEMORY, NUMBER, OLDEST, Chosen, Order
from spawning_devtools.ctl.top.view import screen

STYLE = Style.from_dict(
    {
        "label": "ansibrightblack",
        "figure": "bold",
        "good": "ansigreen",
        "notice": "ansiyellow",
        "error": "ansired bold",
        "held": "ansimagenta",
        "starting": "ansicyan",
        "curve": "ansicyan",
        "bar": "bg:ansigreen fg:ansiblack",
        "bar.sorting": "bg:ansicyan fg:ansiblack",
        "chosen": "bg:ansicyan fg:ansiblack",
        "key": "bold",
        "foot": "bg:ansicyan fg:ansiblack",
        "said": "bg:ansicyan fg:ansiblack bold",
        "question": "bg:ansiyellow fg:ansiblack bold",
    }
)

ATTACH = "attach"
_SIGNALS: Mapping[Order, signal.Signals] = {
    Order.RELOAD: signal.SIGHUP,
    Order.MORE: signal.SIGTTIN,
    Order.FEWER: signal.SIGTTOU,
    Order.STOP: signal.SIGTERM,
}
_SORTS = {"N": NUMBER, "P": CPU, "M": MEMORY, "T": OLDEST}
_STEPS = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10, "home": -10_000, "end": 10_000}
_ORDERS = {"r": Order.RELOAD, "-": Order.FEWER, "k": Order.END, "s": Order.STOP}


class Top:
    """One server, live; `chosen` and what was seen outlive the screen."""

    def __init__(self, looker: Looker, controller: int, delay: float) -> None:
        self._looker = looker
        self._controller = controller
        self._delay = delay
        self._history = History()
        self._has_ended = False
        self.chosen = Chosen()
        self._app = self._made()

    def _made(self) -> Application[str]:
        window = Window(FormattedTextControl(self._text, focusable=True, show_cursor=False))
        return Application(
            layout=Layout(window), key_bindings=self._keys(), style=STYLE, full_screen=True,
            erase_when_done=True,
        )  # fmt: skip

    async def run(self) -> str:
        """Show it until somebody leaves; return `ATTACH`, or why it is over, or ''."""
        self._app = self._made()
        looking = asyncio.ensure_future(self._look())
        try:
            return await self._app.run_async()
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if not self.chosen.paused:
                # In a thread: a status page that does not answer must not stop the keys.
                sight = await loop.run_in_executor(None, self._looker.look)
                if sight is None:
                    if self._app.is_running and not self._app.is_done:
                        self._app.exit(result=f"server {self._controller} has ended")
                    return
                self._history.add(sight)
                self._app.invalidate()
            await asyncio.sleep(self._delay)

    def _text(self) -> StyleAndTextTuples:
        size: Size = self._app.output.get_size()
        lines = screen(self._history, self.chosen, size.columns, size.rows)
        text: StyleAndTextTuples = []
        for number, line in enumerate(lines):
            text += [("", "\n")] if number else []
            text += line
        return text

    # ------------------------------------------------------------ keys

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        asks = Condition(lambda: self.chosen.asked is not None)
        filters = Condition(lambda: self.chosen.filtering)
        helps = Condition(lambda: self.chosen.helps)
        plain = ~(asks | filters | helps)
        keys.add(Keys.Any, filter=asks)(self._answer)
        keys.add(Keys.Any, filter=helps)(lambda event: self._choose(helps=False))
        keys.add(Keys.Any, filter=filters)(self._letter)
        keys.add("backspace", filter=filters)(self._shorter)
        keys.add("enter", filter=filters)(lambda event: self._choose(filtering=False))
        keys.add("escape", filter=~asks, eager=True)(
            lambda event: self._choose(filtering=False, filter="", helps=False)
        )
        for name in ("q", "f10"):
            keys.add(name, filter=plain)(lambda event: event.app.exit(result=""))
        keys.add("c-c")(lambda event: event.app.exit(result=""))
        self._bind_plain(keys, plain)
        return keys

    def _bind_plain(self, keys: KeyBindings, plain: Filter) -> None:
        def bind(names: tuple[str, ...], act: Callable[[KeyPressEvent], object]) -> None:
            for name in names:
                keys.add(name, filter=plain)(lambda event: (act(event), None)[1])

        def set_to(make: Callable[[], Chosen]) -> Callable[[KeyPressEvent], object]:
            return lambda _event: setattr(self, "chosen", make())

        for name, step in _STEPS.items():
            bind((name,), set_to(partial(self._moved, step)))
        for name, by in _SORTS.items():
            bind((name,), set_to(partial(self._sorted_by, by)))
        for name, asked in _ORDERS.items():
            bind((name,), set_to(partial(self._asking, asked)))
        bind(("<", "left"), set_to(lambda: self.chosen.next_column(-1)))
        bind((">", "right"), set_to(lambda: self.chosen.next_column(1)))
        bind(("I",), set_to(lambda: self.chosen.sorted_by(self.chosen.by)))
        bind(("f", "enter"), lambda event: self._follow())
        bind((" ",), lambda event: self._choose(paused=not self.chosen.paused))
        bind(("/", "f4"), lambda event: self._choose(filtering=True, said=""))
        bind(("?", "h", "f1"), lambda event: self._choose(helps=True))
        bind(("+",), lambda event: self._obey(Order.MORE))
        bind(("a",), lambda event: self._attach(event))

    def _moved(self, step: int) -> Chosen:
        return self.chosen.moved(self._workers(), step)

    def _sorted_by(self, by: int) -> Chosen:
        return self.chosen.sorted_by(by)

    def _asking(self, asked: Order) -> Chosen:
        return self.chosen.asking(asked, self._workers())

    def _choose(self, **changes: object) -> None:
        self.chosen = dataclasses.replace(self.chosen, **changes)  # type: ignore[arg-type]

    def _workers(self) -> list[Worker]:
        sight = self._history.sight
        if sight is None:
            return []
        return ordered(sight, self._history.rates, self.chosen.by, self.chosen.inverted)

    def _follow(self) -> None:
        self.chosen = self._moved(0)
        self._choose(only_its=not self.chosen.only_its)

    def _letter(self, event: KeyPressEvent) -> None:
        if event.data.isprintable():
            self._choose(filter=self.chosen.filter + event.data)

    def _shorter(self, _event: KeyPressEvent) -> None:
        self._choose(filter=self.chosen.filter[:-1])

    def _attach(self, event: KeyPressEvent) -> None:
        sight = self._history.sight
        self.chosen = self._moved(0)
        if sight is None or not sight.backdoor:
            self._choose(said="this server has no backdoor: start it with --backdoor")
        else:
            event.app.exit(result=ATTACH)

    def _answer(self, event: KeyPressEvent) -> None:
        asked = self.chosen.asked
        self._choose(asked=None)
        if asked is not None and event.data in ("y", "Y"):
            self._obey(asked)

    def _obey(self, asked: Order) -> None:
        try:
            if asked is Order.END:
                os.kill(self.chosen.subject, signal.SIGTERM)
            else:
                order(self._controller, _SIGNALS[asked])
        except ProcessLookupError:
            self._choose(said="that worker has ended already")
        except (PermissionError, ServerNotFound) as error:
            self._choose(said=str(error))
        else:
            what = asked.value.format(number=self.chosen.worker, pid=self.chosen.subject)
            self._choose(said=f"asked for: {what}")
