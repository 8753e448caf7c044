"""Statements that are run in a session: compiled, executed, and their values shown."""

from __future__ import annotations
import __future__

import ast
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import CodeType
from typing import Any

from spawning_devtools.backdoor.session.output import Screen
from spawning_devtools.backdoor.session.showing import shown, traceback_of
from spawning_devtools.backdoor.session.sources import Sources

_FEATURES = [getattr(__future__, name) for name in __future__.all_feature_names]


class Leave(SystemExit):
    """The session is to end; raised by its own `exit()`."""


class Exit:
    """`exit` and `quit` of a session: Python's own would close the worker's standard input."""

    def __repr__(self) -> str:
        return "exit() or Ctrl-D leaves; the server goes on"

    def __call__(self, _code: Any = None) -> None:
        raise Leave


class Statements:
    """Runs statements, one after the other, in one namespace."""

    def __init__(
        self,
        namespace: dict[str, Any],
        sources: Sources,
        around: Callable[[], AbstractContextManager[Any]],
        width: Callable[[], int],
    ) -> None:
        """`around` is entered for each statement; `width`: of the client's screen."""
        self.namespace = namespace
        self._sources = sources
        self._around = around
        self._width = width
        self._flags = 0
        self._last: BaseException | None = None

    def run(self, source: str, screen: Screen) -> bool:
        """Run all statements of a source; return whether none has failed.  Raises Leave."""
        try:
            code = self._compiled(source)
            with self._around():
                exec(code, self.namespace)  # noqa: S102 - what a prompt is for
        except Leave:
            raise
        except BaseException as error:
            self._tell(error, screen)
            return False
        return True

    def display(self, value: Any, screen: Screen) -> None:
        """Show a value, and keep it as `_`."""
        if value is not None:
            screen.write(shown(value, self._width()) + "\n", "result")
            self.namespace["_"] = value

    def forget(self) -> None:
        """The session ends."""
        # The names stay: what was defined here may be in use by the application now.
        if self._last is not None and getattr(sys, "last_value", None) is self._last:
            for name in ("last_type", "last_value", "last_traceback", "last_exc"):
                sys.__dict__.pop(name, None)  # they keep frames, and all that is in them
        self._last = None

    def _compiled(self, source: str) -> CodeType:
        name = self._sources.keep(source)
        tree = compile(source, name, "exec", ast.PyCF_ONLY_AST | self._flags, dont_inherit=True)
        # "single" shows the value of each expression; a module's body may have several.
        code: CodeType = compile(
            ast.Interactive(tree.body), name, "single", self._flags, dont_inherit=True
        )
        for feature in _FEATURES:
            if code.co_flags & feature.compiler_flag:
                self._flags |= feature.compiler_flag
        return code

    def _tell(self, error: BaseException, screen: Screen) -> None:
        try:
            text = traceback_of(error)
        except Exception as second:
            text = f"{type(error).__name__}, which cannot be shown: {type(second).__name__}\n"
        screen.write(text, "traceback")
        self._last = error
        # For `pdb.pm()` and the like; Python's own prompt sets them too.
        sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
        if sys.version_info >= (3, 12):
            sys.last_exc = error
