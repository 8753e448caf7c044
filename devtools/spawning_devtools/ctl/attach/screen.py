"""What is shown: above the prompt where there is one, and through a pager where it is long."""

from __future__ import annotations

import asyncio
import io
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import Any

from prompt_toolkit import ANSI, print_formatted_text
from prompt_toolkit.data_structures import Size
from prompt_toolkit.formatted_text import FormattedText, to_formatted_text
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Style

from spawning_devtools.ctl.attach import colouring
from spawning_devtools.ctl.rendering import (
    Fragments,
    clean,
    coloured_only,
    lines_on_screen,
    table,
)

SOON = 0.2
"""Seconds."""

STYLE = Style.from_dict(
    {
        **colouring.STYLE,
        "bottom-toolbar": "noreverse bg:ansibrightblack fg:ansiwhite",
        "bottom-toolbar.key": "bold",
        "bottom-toolbar.argument": "bold underline",
        "completion-menu": "bg:ansibrightblack fg:ansiwhite",
        "completion-menu.completion": "bg:ansibrightblack fg:ansiwhite",
        "completion-menu.completion.current": "noreverse bg:ansicyan fg:ansiblack bold",
        "completion-menu.meta.completion": "bg:ansiblack fg:ansiwhite",
        "completion-menu.meta.completion.current": "bg:ansiblack fg:ansicyan",
        "auto-suggestion": "ansibrightblack",
    }
)

COLOURED: dict[str, Callable[[str], Fragments]] = {
    "result": colouring.coloured,
    "traceback": colouring.traceback,
    "pdb": colouring.debugger,
}
"""How what comes on a stream is coloured; what the statement itself prints has its own colours."""


def as_shown(text: str, stream: str) -> Fragments:
    """Return what a session wrote as it is shown."""
    if colour := COLOURED.get(stream):
        return colour(clean(text))
    text = coloured_only(text)
    if "\x1b" in text:
        return [(style, piece) for style, piece, *_ in to_formatted_text(ANSI(text))]
    return [("", text)]


class Screen:
    """One terminal; or a pipe, which gets the same without colours."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty()
        self._at_line_start = True
        self._result: Fragments = []
        """What has come of an answer that may be longer than the screen."""
        self._held: list[Fragments] | None = None
        """What is to be shown when the pager has ended, None where there is none."""

    @property
    def width(self) -> int:
        """Columns."""
        return shutil.get_terminal_size().columns

    def out(self, text: str, stream: str) -> None:
        """Show what a session wrote; a result is kept until `flush`."""
        if stream == "result":
            self._keep(as_shown(text, stream))
        else:
            self._show_result()
            self._show(as_shown(text, stream))

    def notice(self, text: str) -> None:
        """Say something that is not the session's."""
        self.end_line()
        self._show([("class:notice", clean(text) + "\n")])

    def error(self, text: str) -> None:
        """Say what went wrong."""
        self.end_line()
        self._show([("class:error", clean(text) + "\n")])

    def text(self, text: str) -> None:
        """Show an answer; it is kept until `flush`."""
        shown = clean(text).rstrip("\n") + "\n"
        self._keep(colouring.stack(shown) if "\n" in shown[:-1] else [("", shown)])

    def fragments(self, fragments: Fragments) -> None:
        """Show what has its colours already."""
        self.end_line()
        self._show(fragments)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Show a table; it is kept until `flush`."""
        self._keep(table(columns, rows, self.width if self.is_terminal else 10_000))

    def end_line(self) -> None:
        """Begin a new line, unless the cursor is on one."""
        self._show_result()
        if not self._at_line_start:
            self._show([("", "\n")])

    async def flush(self) -> None:
        """Show what was kept, through a pager where it is longer than the screen."""
        if self._is_long():
            whole, self._result = self._result, []
            await self._page(whole)
        self.end_line()

    def _keep(self, fragments: Fragments) -> None:
        if not self._result:
            # Of a statement that takes its time, results are shown before its end.
            asyncio.get_running_loop().call_later(SOON, self._show_short)
        self._result += fragments

    def _is_long(self) -> bool:
        text = "".join(text for _, text in self._result)
        height = shutil.get_terminal_size().lines - 1
        return self.is_terminal and lines_on_screen(text, self.width) > height

    def _show_short(self) -> None:
        if not self._is_long():
            self._show_result()

    def _show_result(self) -> None:
        kept, self._result = self._result, []
        if kept:
            self._show(kept)

    def _show(self, fragments: Fragments) -> None:
        if self._held is not None:
            self._held.append(fragments)
            return
        last = next((text for _, text in reversed(fragments) if text), "\n")
        self._at_line_start = last.endswith("\n")
        if self.is_terminal:
            print_formatted_text(FormattedText(fragments), style=STYLE, end="")
        else:
            sys.stdout.write("".join(text for _, text in fragments))
            sys.stdout.flush()

    async def _page(self, fragments: Fragments) -> None:
        self._held = []
        try:
            await _paged(rendered(fragments))
        finally:
            held, self._held = self._held, None
            for later in held:
                self._show(later)


def rendered(fragments: Fragments) -> str:
    """Return fragments as a text with the codes of their colours."""
    written = io.StringIO()
    output = Vt100_Output(
        written, lambda: Size(rows=1000, columns=1000), term=os.environ.get("TERM")
    )
    print_formatted_text(FormattedText(fragments), style=STYLE, end="", output=output)
    return written.getvalue().replace("\r\n", "\n")


async def _paged(text: str) -> None:
    """Show a text in the user's pager; it is printed where there is none."""
    command = shlex.split(os.environ.get("PAGER", "less"))
    if not command or shutil.which(command[0]) is None:
        print(text, end="")
        return
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        env=os.environ | {"LESS": os.environ.get("LESS", "FRX")},
    )
    await process.communicate(text.encode(errors="replace"))
