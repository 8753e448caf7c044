"""The loop of `spawnctl attach` on a terminal: who may type what now, and what becomes of it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from spawning.errors import SpawningError
from spawning_devtools.ctl.attach import words
from spawning_devtools.ctl.attach.dial import ENDED, Dial
from spawning_devtools.ctl.attach.help import help_on
from spawning_devtools.ctl.attach.hints import Hints
from spawning_devtools.ctl.attach.prompt import Left, Prompt
from spawning_devtools.ctl.attach.screen import Screen
from spawning_devtools.ctl.attach.session import Session, Show, State
from spawning_devtools.ctl.attach.talk import Talk
from spawning_devtools.ctl.attach.toolbar import KEYS, PDB_KEYS, standing
from spawning_devtools.ctl.attach.tty_modes import quiet
from spawning_devtools.ctl.attach.wire import Said
from spawning_devtools.ctl.rendering import Fragments

LEAVING = frozenset({"exit", "quit", "exit()", "quit()"})
OURS = {"help": "this list, and the keys", "exit": "leave; the server goes on"}


class Attached:
    """Somebody at a terminal, and the session."""

    def __init__(
        self,
        dial: Dial,
        folder: str,
        histories: tuple[Path | None, Path | None],
        vi: bool = False,
    ) -> None:
        self._dial = dial
        self._screen = Screen()
        self._session = Session(folder)
        self._hints = Hints(self._refresh)
        self._prompt = Prompt(self._hints.offers, self._hints.typed, self._toolbar, histories, vi)
        self._talk: Talk | None = None
        self._changed = asyncio.Event()
        self._over = False
        self._failure: SpawningError | None = None
        self._warned = False
        """Whether it was said that Ctrl-D leaves a request that waits."""

    async def run(self) -> int:
        """Talk until one of both has enough; return the exit code.  Raises SpawningError."""
        # The terminal is left as it was, whatever ends us; Ctrl-\ is a signal between prompts.
        ends = dict.fromkeys((signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT), self._end)
        with quiet(), _signals({**ends, signal.SIGINT: self._interrupt}):
            line = asyncio.ensure_future(self._keep_a_line())
            try:
                while not self._over:
                    await self._turn()
            finally:
                line.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await line
        if self._failure is None:
            return 0
        if self._failure.message != ENDED:
            raise self._failure
        self._screen.notice(ENDED)
        return self._failure.exit_code

    def _end(self) -> None:
        self._over = True
        self._prompt.leave()
        self._changed.set()

    # ------------------------------------------------------------ the line

    async def _keep_a_line(self) -> None:
        is_again = False
        try:
            while not self._over:
                wire = await self._dial(is_again)
                self._hints.talk = self._talk = Talk(wire, self._hear)
                await self._talk.listen()
                self._hints.talk = self._talk = None
                self._show(self._session.lost())
                is_again = True
        except SpawningError as error:
            self._failure = error
            self._end()

    def _hear(self, said: Said) -> None:
        before = self._session.state
        self._show(self._session.hear(said))
        if self._session.refused:
            self._failure = SpawningError(self._session.refused)
        if self._session.refused or self._session.is_over:
            self._end()
        elif self._session.state is not before:
            self._prompt.leave()
        self._changed.set()
        self._refresh()

    def _show(self, shown: Iterator[Show]) -> None:
        for one in shown:
            if one.how == "hello":
                self._greet(*one.what)
            elif one.how == "done":
                self._hints.forget()
            else:
                show: Callable[..., None] = getattr(self._screen, one.how)
                show(*one.what)
        self._changed.set()

    def _greet(self, is_again: bool) -> None:
        where = self._session.where
        if is_again:
            self._screen.notice(f"attached again, to {where.sentence()}; the names are made anew")
        else:
            of = f"{where.application} in " if where.application else ""
            self._screen.fragments([
                ("class:head", f"{of}{where.sentence()}"),
                ("class:dim", f"  Python {where.python}\n" if where.python else "\n"),
                ("class:dim", "help lists words and keys; Ctrl-D leaves, and the server goes on\n"),
            ])  # fmt: skip

    # ------------------------------------------------------------ turns

    async def _turn(self) -> None:
        await self._screen.flush()
        state = self._session.state  # after the pager: meanwhile it may have become another
        if self._over:
            return
        if state is State.IDLE:
            with contextlib.suppress(KeyboardInterrupt, Left):
                await self._take(await self._typed(self._prompt.statement(self._before)))
        elif state is State.ASKED:
            await self._answer()
        else:
            await self._wait()

    async def _typed(self, typing: Awaitable[str]) -> str:
        try:
            return await typing
        except EOFError:
            self._end()
            raise Left from None

    async def _take(self, text: str) -> None:
        if not text.strip():
            return
        if text.strip() in LEAVING:
            self._end()
            return
        known = [*self._session.magics, *OURS]
        in_use = {*self._session.names, *await self._hints.used(text.strip(), known)}
        magic = words.magic(text, known, in_use)
        if self._talk is None:
            self._screen.error("there is no line to the server")
        elif magic is None:
            self._session.runs(self._talk.tell("run", source=text), text)
        elif magic.word in ("exit", "quit"):
            self._end()
        elif magic.word == "help" and not magic.rest:
            self._screen.fragments(help_on(self._session.magics, OURS))
        else:
            self._session.runs(self._talk.tell("magic", words=magic.words))

    async def _answer(self) -> None:
        asked = self._session.asked or ""
        is_debugging = self._session.is_debugging
        try:
            if is_debugging:
                message = self._session.where.prompt(asked, "class:pdb")
                text: str | None = await self._prompt.command(message)
            else:
                text = await self._prompt.line(asked)
        except Left:
            return
        except KeyboardInterrupt:
            if not is_debugging:
                self._interrupt()
            return
        except EOFError:
            if is_debugging:
                self._leave_waiting()
                return
            text = None
        self._warned = False
        self._session.answered()
        if self._talk is not None:
            self._talk.tell("input", text=text)

    def _leave_waiting(self) -> None:
        if self._warned:
            self._end()
            return
        self._warned = True
        self._screen.notice(
            "the request still waits: c lets it go on; Ctrl-D once more leaves, and lets it wait"
        )

    async def _wait(self) -> None:
        await self._changed.wait()
        self._changed.clear()

    def _interrupt(self) -> None:
        state = self._session.state
        if state is State.CONNECTING:
            self._end()
        elif self._talk is not None and state is State.IDLE:
            self._talk.give_up()
        elif self._talk is not None:
            self._talk.tell("interrupt")

    # ------------------------------------------------------------ what is shown around

    def _before(self) -> Fragments:
        return self._session.where.prompt()

    def _toolbar(self) -> Fragments:
        keys = PDB_KEYS if self._session.is_debugging else KEYS
        return self._hints.signature or standing(self._session.where, self._screen.width, keys)

    def _refresh(self) -> None:
        self._prompt.refresh()


@contextlib.contextmanager
def _signals(actions: dict[signal.Signals, Callable[[], None]]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in actions}
    for number, action in actions.items():
        loop.add_signal_handler(number, action)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
