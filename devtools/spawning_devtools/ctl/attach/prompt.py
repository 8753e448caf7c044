"""Where is typed: one prompt for Python, one for pdb, one for what `input()` asks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import AnyFormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input.vt100 import Vt100Input

from spawning_devtools.ctl.attach.keys import bindings
from spawning_devtools.ctl.attach.menu import Ask, Colours, Menu
from spawning_devtools.ctl.attach.screen import STYLE
from spawning_devtools.ctl.attach.tty_modes import quiet
from spawning_devtools.ctl.rendering import Fragments


class Left(Exception):
    """The prompt was taken away while somebody typed: something else is asked now."""


class QuietInput(Vt100Input):
    """The terminal, which echoes nothing while something is shown above the prompt."""

    def cooked_mode(self) -> AbstractContextManager[None]:
        """Return what is around that."""
        return _both(super().cooked_mode(), quiet())


@contextmanager
def _both(
    outer: AbstractContextManager[None], inner: AbstractContextManager[None]
) -> Iterator[None]:
    with outer, inner:
        yield


class Prompt:
    """Three prompts, of which one at a time is shown."""

    def __init__(
        self,
        offers: Ask,
        typed: Callable[[str], None],
        toolbar: Callable[[], Fragments],
        histories: tuple[Path | None, Path | None],
        vi: bool,
    ) -> None:
        mode = EditingMode.VI if vi else EditingMode.EMACS
        self._toolbar = toolbar
        terminal = QuietInput(sys.stdin)
        self._python: PromptSession[str] = PromptSession(
            completer=Menu(offers), complete_while_typing=True, lexer=Colours(), multiline=True,
            key_bindings=bindings(), history=_history(histories[0]), editing_mode=mode,
            auto_suggest=AutoSuggestFromHistory(), prompt_continuation=_continued,
            enable_open_in_editor=True, tempfile_suffix=".py", style=STYLE,
            bottom_toolbar=self._shown_toolbar, search_ignore_case=True,
            cursor=ModalCursorShapeConfig(), reserve_space_for_menu=6, input=terminal,
        )  # fmt: skip
        self._pdb: PromptSession[str] = PromptSession(
            completer=Menu(offers), complete_while_typing=True, lexer=Colours(), style=STYLE,
            history=_history(histories[1]), editing_mode=mode, search_ignore_case=True,
            bottom_toolbar=self._shown_toolbar, reserve_space_for_menu=6, input=terminal,
        )  # fmt: skip
        self._plain: PromptSession[str] = PromptSession(
            editing_mode=mode, style=STYLE, input=terminal
        )
        self._shown: PromptSession[str] | None = None
        self._kept = ""
        """What was typed when the prompt was taken away."""
        self._python.default_buffer.on_text_changed += lambda buffer: typed(
            buffer.document.text_before_cursor
        )

    async def statement(self, message: Callable[[], Fragments]) -> str:
        """Return the Python that was typed.

        Raises Left, KeyboardInterrupt and EOFError.
        """
        kept, self._kept = self._kept, ""
        try:
            return await self._ask(self._python, lambda: [*message()], kept)
        except Left:
            self._kept = self._python.default_buffer.text
            raise

    async def command(self, message: Fragments) -> str:
        """Return what was typed at pdb's prompt; raises as `statement` does."""
        return await self._ask(self._pdb, [*message])

    async def line(self, text: str) -> str:
        """Return what was typed where the statement asked; raises as `statement` does."""
        return await self._ask(self._plain, text)

    def leave(self) -> None:
        """Take the prompt away, if there is one."""
        app = self._shown.app if self._shown is not None else None
        if app is not None and app.is_running and not app.is_done:
            app.erase_when_done = True
            app.exit(exception=Left())

    def refresh(self) -> None:
        """Show anew what stands before and below what is typed."""
        if self._shown is not None:
            self._shown.app.invalidate()

    async def _ask(
        self, session: PromptSession[str], message: AnyFormattedText, default: str = ""
    ) -> str:
        self._shown = session
        session.app.erase_when_done = False
        try:
            # Ctrl-C is a key here; as a signal it is for what runs, also just before and after.
            return await session.prompt_async(message, default=default, handle_sigint=False)
        finally:
            self._shown = None

    def _shown_toolbar(self) -> AnyFormattedText:
        return [*self._toolbar()]


def _continued(width: int, _line: int, _wraps: int) -> AnyFormattedText:
    return [("class:dim", "... ".rjust(width))]


def _history(file: Path | None) -> History:
    return FileHistory(file) if file is not None else InMemoryHistory()
