"""What keys do besides what they do everywhere: Enter, Tab, Backspace and `:`."""

from __future__ import annotations

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, emacs_insert_mode, has_selection, vi_insert_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from spawning_devtools.ctl.attach.indentation import (
    STEP,
    fewer_blanks,
    is_whole,
    next_indent,
    outdented,
)


@Condition
def _is_in_margin() -> bool:
    return not get_app().current_buffer.document.current_line_before_cursor.strip()


@Condition
def _has_choice() -> bool:
    state = get_app().current_buffer.complete_state
    return bool(state and state.current_completion)


def bindings() -> KeyBindings:
    """Return the keys of the prompt for Python."""
    keys = KeyBindings()
    is_inserting = (vi_insert_mode | emacs_insert_mode) & ~has_selection
    keys.add("enter", filter=is_inserting & _has_choice)(_choose)
    keys.add("enter", filter=is_inserting & ~_has_choice)(_enter)
    keys.add("escape", "enter")(lambda event: _run(event.current_buffer))
    keys.add("tab", filter=is_inserting & _is_in_margin)(_indent)
    keys.add("s-tab", filter=is_inserting & _is_in_margin)(_outdent)
    keys.add("backspace", filter=is_inserting)(_backspace)
    keys.add(":", filter=is_inserting)(_colon)
    keys.add("f4")(_other_mode)
    return keys


def _choose(event: KeyPressEvent) -> None:
    event.current_buffer.complete_state = None


def _enter(event: KeyPressEvent) -> None:
    buffer = event.current_buffer
    document = buffer.document
    if not document.text_after_cursor.strip() and is_whole(document.text_before_cursor):
        _run(buffer)
        return
    buffer.insert_text("\n" + next_indent(document.text_before_cursor))


def _run(buffer: Buffer) -> None:
    # Without the empty line that has ended a block: neither screen nor history needs it.
    buffer.document = Document(buffer.text.rstrip())
    buffer.validate_and_handle()


def _indent(event: KeyPressEvent) -> None:
    column = event.current_buffer.document.cursor_position_col
    event.current_buffer.insert_text(" " * (STEP - column % STEP))


def _outdent(event: KeyPressEvent) -> None:
    buffer = event.current_buffer
    before = buffer.document.current_line_before_cursor
    buffer.delete_before_cursor(fewer_blanks(before) if before else 0)


def _backspace(event: KeyPressEvent) -> None:
    before = event.current_buffer.document.current_line_before_cursor
    event.current_buffer.delete_before_cursor(fewer_blanks(before))


def _colon(event: KeyPressEvent) -> None:
    buffer = event.current_buffer
    line = outdented(buffer.document.text_before_cursor)
    if line is not None:
        buffer.delete_before_cursor(len(buffer.document.current_line_before_cursor))
        buffer.insert_text(line)
    buffer.insert_text(":")


def _other_mode(event: KeyPressEvent) -> None:
    is_vi = event.app.editing_mode is EditingMode.VI
    event.app.editing_mode = EditingMode.EMACS if is_vi else EditingMode.VI
